package invoicing_test

import (
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// example is one order, one refund, one night: the worked examples of RULES.md.
func example(t *testing.T, bt policy.BillingType, o invoicing.Purchase, q invoicing.Request, asOf string) world {
	t.Helper()
	a := invoicing.Account{ID: "A", Name: "Example", Type: bt, Currency: o.Amount.Currency(), TaxRate: money.NewDecimal(25, 0)}
	if bt == policy.EA {
		a.Terms = []invoicing.CommitmentTerm{{Start: date(t, "2020-01-01"), End: date(t, "2029-12-31")}}
	}
	o.Origin, o.Account, o.Order, o.Product, o.Sku = invoicing.FromSheet, "A", "R", "VirtualMachines", "Standard_D2s_v3"
	o.Source = invoicing.Source{File: 1, Row: 2}
	q.ID, q.Action, q.Order, q.Source = "Q1", invoicing.Refund, "R", invoicing.Source{File: 2, Row: 2}
	if q.Role == "" {
		q.Role = "Owner"
	}
	n := night{asOf: date(t, asOf), accounts: []invoicing.Account{a}, purchases: []invoicing.Purchase{o}, requests: []invoicing.Request{q}}
	if bt != policy.EA {
		n.invoices = []invoicing.Invoice{{Number: "F1", Account: "A", IssueDate: o.Date, Currency: o.Amount.Currency(),
			Lines: []invoicing.InvoiceLine{{No: 1, Kind: invoicing.ChargeLine, Description: "Reservation", Order: "R", Net: o.Amount,
				TaxRate: a.TaxRate, TaxCategory: "S", Sources: []invoicing.Source{{File: 3, Row: 2}}}}}}
	}
	return world{chain: policy.Chain{{Policy: azure2020()}}, nights: []night{n}}
}

func date(t *testing.T, s string) money.Date {
	t.Helper()
	d, err := money.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// monthly is the order of example 1: 36 x 100 USD.
func monthly(t *testing.T) invoicing.Purchase {
	return invoicing.Purchase{Date: date(t, "2024-03-15"), Term: 36, Plan: invoicing.Monthly, Quantity: 1, Amount: money.Must("100.00 USD")}
}

// TestReferenceExamples: the reference gives the figures of the worked examples,
// and so does the core.
func TestReferenceExamples(t *testing.T) {
	upfront := func(day, amount string, term, quantity int) invoicing.Purchase {
		return invoicing.Purchase{Date: date(t, day), Term: term, Plan: invoicing.Upfront, Quantity: quantity, Amount: money.Must(amount)}
	}
	csp := upfront("2026-01-01", "1200.00 USD", 12, 1)
	ask := func(day string, used invoicing.Used) invoicing.Request {
		return invoicing.Request{Date: date(t, day), Quantity: 1, Used: used}
	}
	cases := []struct {
		name             string
		bt               policy.BillingType
		order            invoicing.Purchase
		q                invoicing.Request
		asOf             string
		prorated, fee    string
		refund, canceled string
		left, expires    string
	}{
		{"1, first day of the 18th month", policy.EA, monthly(t), ask("2025-08-15", 0), "2025-08-20", "100.00", "0.00", "100.00", "1800.00", "48200.00", "2025-11-17"},
		{"1, last day of the 18th month", policy.EA, monthly(t), ask("2025-09-14", 0), "2025-09-14", "3.23", "0.00", "3.23", "1800.00", "48200.00", "2025-12-12"},
		{"2, unused", policy.CSP, csp, ask("2026-01-06", invoicing.UsedNo), "2026-01-06", "1200.00", "0.00", "1200.00", "1200.00", "48800.00", ""},
		{"2, used", policy.CSP, csp, ask("2026-01-06", invoicing.UsedYes), "2026-01-06", "1183.56", "0.00", "1183.56", "1183.56", "48816.44", ""},
		{"2, sixth day", policy.CSP, csp, ask("2026-01-07", invoicing.UsedNo), "2026-01-07", "1180.27", "141.63", "1038.64", "1180.27", "48961.36", ""},
		{"3", policy.EA, upfront("2024-02-29", "10000.00 SEK", 36, 1), ask("2026-11-22", 0), "2026-11-22", "894.98", "0.00", "894.98", "894.98", "", "2027-02-19"},
		{"4", policy.PAYGInvoice, upfront("2026-03-01", "900.00 EUR", 12, 3), ask("2026-06-01", 0), "2026-06-01", "224.38", "0.00", "224.38", "224.38", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := example(t, c.bt, c.order, c.q, c.asOf)
			publish(&w, c.q.Date)
			got := reference(w)[0]["Q1"]
			if got.outcome != invoicing.Approved {
				t.Fatalf("reference: %v %v", got.outcome, got.reasons.List())
			}
			if c.left == "" {
				got.left = ""
			}
			is := [...]string{got.prorated, got.fee, got.refund, got.canceled, got.left, got.expiresOn}
			want := [...]string{c.prorated, c.fee, c.refund, c.canceled, c.left, c.expires}
			if is != want {
				t.Errorf("reference: prorated, fee, refund, canceled, left, expires are %v, RULES.md says %v", is, want)
			}
			checkWorld(t, w)
		})
	}
}

// publish makes rates known for a day.
func publish(w *world, d money.Date) {
	for _, r := range []struct {
		c money.Currency
		v int64
	}{{money.USD, 11000}, {money.SEK, 110000}} {
		n := &w.nights[0]
		n.rates = append(n.rates, invoicing.Rate{Date: d, Currency: r.c, Value: money.NewDecimal(r.v, 4)})
	}
}

// TestReferenceLimitFreesAfterWindow: of example 1, 365 days after the refund
// the limit is 50,000 again; on the 364th day it is not (LIM-2).
func TestReferenceLimitFreesAfterWindow(t *testing.T) {
	for days, want := range map[int]string{364: "46400.00", 365: "48200.00"} {
		w := example(t, policy.EA, monthly(t), invoicing.Request{Date: date(t, "2025-08-20"), Quantity: 1}, "2025-08-20")
		other := w.nights[0].purchases[0]
		other.Order, other.Source.Row = "R2", 3
		q := w.nights[0].requests[0]
		q.ID, q.Order, q.Date = "Q2", "R2", q.Date+money.Date(days)
		other.Date = q.Date.AddMonths(-17)
		w.nights = append(w.nights, night{asOf: q.Date, purchases: []invoicing.Purchase{other}, requests: []invoicing.Request{q}})
		got := reference(w)[1]["Q2"]
		if got.canceled != "1800.00" || got.left != want {
			t.Errorf("%d days later: canceled %s, left %s, want 1800.00 and %s", days, got.canceled, got.left, want)
		}
		checkWorld(t, w)
	}
}

// TestReferenceLateRequest: a request dated before others that are approved must
// respect every window it falls in (LIM-2), and the decision says when and how
// much would fit (LIM-3).
func TestReferenceLateRequest(t *testing.T) {
	order := invoicing.Purchase{Date: date(t, "2024-01-01"), Term: 36, Plan: invoicing.Upfront, Quantity: 10, Amount: money.Must("1096.00 USD")}
	usd := func(day, amount string) invoicing.Request {
		return invoicing.Request{Date: date(t, day), Quantity: 1, VendorUSD: money.Must(amount + " USD")}
	}
	w := example(t, policy.EA, order, usd("2025-06-01", "30000.00"), "2025-06-01")
	late := w.nights[0].requests[0]
	late.ID, late.Date, late.VendorUSD, late.Quantity = "Q2", date(t, "2024-06-02"), money.Must("30000.00 USD"), 3
	free := late
	free.ID, free.Date = "Q3", date(t, "2024-06-01") // 365 days before: in no window with the first
	w.nights = append(w.nights, night{asOf: date(t, "2025-06-02"), requests: []invoicing.Request{free, late}})
	got := reference(w)[1]
	if got["Q3"].outcome != invoicing.Approved || got["Q3"].left != "20000.00" {
		t.Errorf("365 days before: %+v", got["Q3"])
	}
	q2 := got["Q2"]
	if !q2.reasons.Has(invoicing.LimitExceeded) || q2.left != "20000.00" || q2.maxQuantity != 2 {
		t.Errorf("364 days before: %+v", q2)
	}
	// The window that holds both others is full until both have left it: 2025-06-01 + 365.
	if q2.availableOn != "2026-06-01" {
		t.Errorf("first date on which 30,000 would fit: %s", q2.availableOn)
	}
	checkWorld(t, w)
}
