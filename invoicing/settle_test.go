package invoicing

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

func azure2020(t testing.TB) policy.Chain {
	p, err := policy.Builtin("azure-2020")
	if err != nil {
		t.Fatal(err)
	}
	return policy.Chain{{Policy: p}}
}

func day(s string) money.Date {
	d, err := money.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func account(id string, t policy.BillingType, taxRate int64) Account {
	return Account{ID: id, Name: "Kund " + id, Type: t, TaxRate: money.NewDecimal(taxRate, 0)}
}

// bought is one purchase row: "2026-01-01 P1Y Upfront 1 x 1200.00 USD".
func bought(order, account, text string) Purchase {
	f := strings.Fields(text)
	p := Purchase{Origin: FromSheet, Account: account, Order: order, Date: day(f[0]), Product: "VirtualMachines", Sku: "Standard_D2s_v5",
		Region: "swedencentral", Run: 1, Source: Source{1, "Reservations", 2}}
	p.Term = map[string]int{"P1Y": 12, "P3Y": 36, "P5Y": 60}[f[1]]
	p.Plan = map[string]Plan{"Upfront": Upfront, "Monthly": Monthly}[f[2]]
	for _, c := range f[3] {
		p.Quantity = p.Quantity*10 + int(c-'0')
	}
	p.Amount = money.Must(f[5] + " " + f[6])
	return p
}

func refund(id, order, date string, quantity int) Request {
	return Request{ID: id, Date: day(date), Action: Refund, Order: order, Quantity: quantity, Role: "Owner", Used: UsedYes, Source: Source{2, "Requests", 2}}
}

// settled settles a book on a date and numbers its documents.
func settled(t testing.TB, b *Book, asOf string) *Settlement {
	t.Helper()
	if b.States == nil {
		for _, a := range b.Accounts {
			b.States = append(b.States, State{Account: a.ID})
		}
	}
	s, err := Settle(b, NewMarket(nil, nil), azure2020(t), day(asOf))
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]int{}
	if err := s.Assign(func(series string, _ int) (int, error) { numbers[series]++; return numbers[series], nil }); err != nil {
		t.Fatal(err)
	}
	return s
}

func equal(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %s, want %s", what, got, want)
	}
}

func TestWorkedExample1(t *testing.T) {
	acc := account("E1", policy.EA, 0)
	acc.Terms = []CommitmentTerm{{day("2025-01-01"), day("2028-12-31")}}
	b := &Book{Group: "E1", Accounts: []Account{acc}, Purchases: []Purchase{bought("O1", "E1", "2025-03-10 P3Y Monthly 1 x 100.00 USD")},
		Requests: []Request{refund("R1", "O1", "2026-08-20", 1)}} // in the 18th month
	s := settled(t, b, "2026-08-20")
	d := s.Decisions[0]
	equal(t, "outcome", d.Outcome.String(), "Approved")
	equal(t, "canceled commitment", d.Canceled.String(), "1800.00 USD")
	equal(t, "limit left", d.LimitRemaining.String(), "48200.00 USD")
	uses := newAllowance(s.Uses)
	if got, _ := uses.fullest(d.Request.Date+365, 365); got != 0 {
		t.Errorf("365 days later %d cents still count", got)
	}
	if got, _ := uses.fullest(d.Request.Date+364, 365); got != 180000 {
		t.Errorf("364 days later %d cents count, want 180000", got)
	}
}

func TestWorkedExample2(t *testing.T) {
	for _, c := range []struct {
		date                         string
		used                         Used
		prorated, fee, refund, basis string
	}{
		{"2026-01-06", UsedNo, "1200.00", "0.00", "1200.00", "Purchase"},
		{"2026-01-06", UsedYes, "1183.56", "0.00", "1183.56", "Purchase"},
		{"2026-01-07", UsedYes, "1180.27", "141.63", "1038.64", "Purchase"},
	} {
		p := bought("O1", "C1", "2026-01-01 P1Y Upfront 1 x 1200.00 USD")
		p.Invoice = "E-1"
		r := refund("R1", "O1", c.date, 1)
		r.Used = c.used
		s := settled(t, &Book{Group: "C1", Accounts: []Account{account("C1", policy.CSP, 25)}, Purchases: []Purchase{p}, Requests: []Request{r}}, "2026-01-10")
		d := s.Decisions[0]
		equal(t, c.date+" prorated", d.Prorated.Number(), c.prorated)
		equal(t, c.date+" fee", d.Fee.Number(), c.fee)
		equal(t, c.date+" refund", d.Refund.Number(), c.refund)
		equal(t, c.date+" basis", d.Basis.String(), c.basis)
	}
}

func TestWorkedExample3(t *testing.T) {
	acc := account("E1", policy.EA, 0)
	acc.Terms = []CommitmentTerm{{day("2024-01-01"), day("2026-12-31")}}
	b := &Book{Group: "E1", Accounts: []Account{acc}, Purchases: []Purchase{bought("O1", "E1", "2024-02-29 P3Y Upfront 1 x 10000.00 SEK")},
		Requests: []Request{refund("R1", "O1", "2026-11-22", 1)}}
	b.Requests[0].VendorUSD = money.Must("82.00 USD")
	s := settled(t, b, "2026-11-22")
	d := s.Decisions[0]
	if d.DaysUsed != 997 || d.DaysRemaining != 98 || d.PeriodDays != 1095 {
		t.Errorf("%d days used, %d remain of %d", d.DaysUsed, d.DaysRemaining, d.PeriodDays)
	}
	equal(t, "prorated", d.Prorated.String(), "894.98 SEK")
	equal(t, "the credit's last day", d.CreditExpiresOn.String(), "2027-02-19")
	equal(t, "term's end", d.End.String(), "2027-02-28")
	equal(t, "the proof", proved(t, b, s), "a 894.98, b 0.00, c 894.98, d 894.98, e 894.98, e 0.00, e 0.00")
}

func TestWorkedExample5(t *testing.T) {
	p := bought("O1", "P1", "2026-03-01 P1Y Upfront 3 x 900.00 EUR")
	p.Invoice = "A-1"
	out := refund("X1", "O1", "2026-06-01", 3)
	out.Action, out.Exchange = Return, "E-1"
	in := out
	in.ID, in.Action, in.Order, in.Quantity = "X2", PurchaseNew, "O2", 1
	row := bought("O2", "", "2026-06-01 P1Y Monthly 1 x 60.00 EUR")
	in.New = &row
	b := &Book{Group: "P1", Accounts: []Account{account("P1", policy.PAYGInvoice, 25)}, Purchases: []Purchase{p}, Requests: []Request{in, out}}
	s := settled(t, b, "2026-06-01")
	if len(s.Decisions) != 2 || s.Decisions[0].Outcome != Approved || s.Decisions[1].Outcome != Approved {
		t.Fatalf("decided %v %v", s.Decisions[0].Reasons.List(), s.Decisions[1].Reasons.List())
	}
	equal(t, "prorated", s.Decisions[0].Prorated.Number(), "673.15")
	equal(t, "lifetime commitment", s.Decisions[0].Lifetime.Number(), "720.00")
	if how := (Step{"EXC-3", "this purchase commits to", "60.00 EUR x 12 instalments", "720.00 EUR"}); !slices.Contains(s.Decisions[1].Steps(), how) {
		t.Errorf("the purchase is explained by %v", s.Decisions[1].Steps())
	}
	inv := s.Documents[1]
	equal(t, "the new invoice", inv.Net.Number()+" + "+inv.Tax.Number()+" = "+inv.Gross.Number(), "286.85 + 71.71 = 358.56")
	equal(t, "the held credit", s.Granted[0].Amount.Number(), "766.44")

	// Exchanged for less than is canceled, it is rejected, and the shortfall is stated.
	row.Amount = money.Must("50.00 EUR")
	s = settled(t, b, "2026-06-01")
	if s.Decisions[0].Reasons != 1<<CommitmentTooLow || s.Decisions[1].Reasons != 1<<CommitmentTooLow {
		t.Errorf("a lifetime commitment of 600.00 gives %v", s.Decisions[0].Reasons.List())
	}
	equal(t, "why", s.Decisions[1].Steps()[0].How, "the purchases commit to 600.00 EUR, 73.15 EUR less than the 673.15 EUR that is canceled")
}

func TestPremiumStorage(t *testing.T) {
	for sku, want := range map[string]string{"Standard_F1": "standard_f1s", "Standard_D2_v3": "standard_d2s_v3", "Standard_D1_v2": "standard_ds1_v2",
		"Standard_DS1_v2": "", "Standard_F1s": "", "Standard_D2s_v3": "", "Standard_D2a_v4": "standard_d2as_v4",
		"Standard_E4d_v4": "standard_e4ds_v4", "Standard_G1": "standard_gs1", "Standard_D1": "standard_ds1", "Standard_GS1": "", "Standard_D2ads_v5": "",
		"Basic": "", "": ""} {
		if got := premiumOf(sku); got != want {
			t.Errorf("%s with premium storage is %q, want %q", sku, got, want)
		}
	}
}

func TestWorkedExample4(t *testing.T) {
	p := bought("O1", "P1", "2026-03-01 P1Y Upfront 3 x 900.00 EUR")
	p.Invoice = "A-1"
	r := refund("R1", "O1", "2026-06-01", 1)
	r.VendorUSD = money.Must("240.00 USD")
	b := &Book{Group: "P1", Accounts: []Account{account("P1", policy.PAYGInvoice, 25), account("P2", policy.PAYGInvoice, 25)}, Purchases: []Purchase{p}, Requests: []Request{r}}
	s := settled(t, b, "2026-06-02")
	note, inv := s.Documents[0], s.Documents[1]
	equal(t, "prorated", s.Decisions[0].Prorated.Number(), "224.38")
	equal(t, "the credit note", note.Net.Number()+" + "+note.Tax.Number()+" = "+note.Gross.Number(), "900.00 + 225.00 = 1125.00")
	equal(t, "the new invoice", inv.Net.Number()+" + "+inv.Tax.Number()+" = "+inv.Gross.Number(), "675.62 + 168.91 = 844.53")
	equal(t, "the held credit", s.Granted[0].Amount.Number(), "280.47")
	equal(t, "the proof", proved(t, b, s), "a 224.38, b 1125.00, c 0.00, d 280.47, e 2250.00, e -280.47, e 280.47")
	equal(t, "what is cancelled", note.Cancels[0].Number+" "+inv.Replaces[0].Number, "A-1 A-1")
	if len(inv.Lines) != 2 || inv.Lines[1].Kind != RefundLine {
		t.Errorf("the new invoice has lines %+v", inv.Lines)
	}
	if len(s.Accounts) != 1 || s.Accounts[0].ID != "P1" {
		t.Errorf("the documents are addressed to %+v, want P1 alone", s.Accounts)
	}
}

// TestAllOfItIsNotReduced: a return of all that was paid is not cut by PRO-10, and
// does not say so; the one after it, of what rounding left over, is.
func TestAllOfItIsNotReduced(t *testing.T) {
	order := bought("O-1", "C1", "2026-01-01 P1Y Upfront 3 x 100.00 USD")
	order.Invoice = "V-1"
	b := &Book{Run: 1, Group: "C1", Accounts: []Account{account("C1", policy.CSP, 0)}, Purchases: []Purchase{order}}
	for i, id := range []string{"R-1", "R-2", "R-3"} {
		r := refund(id, "O-1", "2026-01-02", 1)
		r.Used, r.Source.Row = UsedNo, 2+i
		b.Requests = append(b.Requests, r)
	}
	whole := &Book{Run: 1, Group: "C1", Accounts: b.Accounts, Purchases: b.Purchases, Requests: []Request{b.Requests[0]}}
	whole.Requests[0].Quantity = 3
	if d := settled(t, whole, "2026-01-02").Decisions[0]; d.Prorated != money.Must("100.00 USD") || d.Capped || d.Rules.Has(PRO10) {
		t.Errorf("all of it: %s, reduced %t, rules %v", d.Prorated, d.Capped, d.Rules.List())
	}
	order.Amount = money.Must("200.00 USD") // 66.67 each; 66.66 are left for the third
	b.Purchases = []Purchase{order}
	got := settled(t, b, "2026-01-02").Decisions
	for i, want := range []string{"66.67 USD", "66.67 USD", "66.66 USD"} {
		if d := got[i]; d.Prorated != money.Must(want) || d.Rules.Has(PRO10) != (i == 2) {
			t.Errorf("%s: %s, want %s; rules %v", d.Request.ID, d.Prorated, want, d.Rules.List())
		}
	}
}

// Nine hundred orders on one invoice, all returned on a night: each return writes the
// invoice anew. The night takes as many as make a million lines, the next one the others,
// and in the end the customer has what one night would have given.
func TestTooManyLinesWaitForTheNextNight(t *testing.T) {
	const orders = 900
	b := &Book{Group: "P", Accounts: []Account{account("P", policy.PAYGInvoice, 25)}, States: []State{{Account: "P"}}}
	inv := Invoice{Number: "F1", Account: "P", IssueDate: day("2026-03-10"), Currency: money.USD}
	for i := range orders {
		o := bought(fmt.Sprintf("O%03d", i), "P", "2026-03-10 P1Y Upfront 1 x 1.00 USD")
		b.Purchases = append(b.Purchases, o)
		inv.Lines = append(inv.Lines, InvoiceLine{No: i + 1, Kind: ChargeLine, Order: o.Order, Net: o.Amount, TaxRate: money.NewDecimal(25, 0), Tax: money.Must("0.25 USD")})
		b.Requests = append(b.Requests, refund(fmt.Sprintf("R%03d", i), o.Order, "2026-03-10", 1))
	}
	b.Invoices = []Invoice{inv}
	left, numbers := money.Zero(money.USD), 0
	// n returns of an invoice of l lines write (2l + n) n lines.
	for _, night := range []struct{ asOf, decided string }{
		{"2026-03-10", "map[Approved []:446 Held [TooManyLines]:454]"},
		{"2026-03-11", "map[Approved []:331 Held [TooManyLines]:123]"},
		{"2026-03-12", "map[Approved []:123]"},
	} {
		s, err := Settle(b, NewMarket(nil, nil), azure2020(t), day(night.asOf))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Assign(func(string, int) (int, error) { numbers++; return numbers, nil }); err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		b.Requests = nil
		for i := range s.Decisions {
			d := &s.Decisions[i]
			if count[fmt.Sprint(d.Outcome, d.Reasons.List())]++; d.Outcome == Held {
				b.Requests = append(b.Requests, d.Request)
			}
		}
		equal(t, night.asOf, fmt.Sprint(count), night.decided)
		for i := range s.Documents {
			for _, l := range s.Documents[i].Left {
				left = left.Add(l.Amount)
			}
		}
		b.States = Apply(b.States, s)
	}
	equal(t, "left over", left.String(), "1125.00 USD")
}

// Where amounts, or what they make with a rate, have more digits than can be computed with, the
// account's requests are held. What was brought in that night is not lost by it.
func TestAmountTooLargeHoldsTheAccount(t *testing.T) {
	kwd := bought("O1", "E1", "2026-08-01 P1Y Upfront 1 x 9999999999999.999 KWD")
	lot := Opening{Kind: OpeningLot, Account: "E1", Date: day("2026-08-01"), Amount: money.Must("100.000 KWD"), ExpiresOn: day("2026-10-29"), Source: Source{1, "Opening", 2}}
	var charges []Charge
	for i := range 1000 {
		charges = append(charges, Charge{Account: "E1", Date: day("2026-08-02"), Amount: kwd.Amount, Source: Source{1, "Charges", i + 2}})
	}
	rates := func(usd string) *Market {
		d, err := money.ParseDecimal(usd)
		if err != nil {
			t.Fatal(err)
		}
		return NewMarket(nil, []Rate{{Date: day("2026-08-02"), Currency: money.USD, Value: d}, {Date: day("2026-08-02"), Currency: kwd.Amount.Currency(), Value: money.NewDecimal(36, 2)}})
	}
	for _, c := range []struct {
		name    string
		charges []Charge
		market  *Market
		want    string
	}{
		{"a rate of a hundred thousand billion", nil, rates("100000000000000000"), "Held [AmountTooLarge]"},
		{"a thousand charges of a day", charges, rates("1.17"), "Held [AmountTooLarge]"},
		{"an amount alone", charges[:1], rates("1.17"), "Rejected [LimitExceeded]"},
	} {
		b := &Book{Group: "E1", Accounts: []Account{enrollment("2024-01-01/2028-12-31")}, Purchases: []Purchase{kwd}, States: []State{{Account: "E1"}},
			Openings: []Opening{lot}, Charges: c.charges, Requests: []Request{refund("R1", "O1", "2026-08-03", 1)}}
		s, err := Settle(b, c.market, azure2020(t), day("2026-08-03"))
		if err != nil {
			t.Fatal(c.name, err)
		}
		d := &s.Decisions[0]
		equal(t, c.name, fmt.Sprint(d.Outcome, " ", d.Reasons.List()), c.want)
		equal(t, c.name+": account", d.Account+" "+d.Type.String(), "E1 EA")
		equal(t, c.name+": documents", fmt.Sprint(len(s.Documents)), "0")
		equal(t, c.name+": the lot that was brought in", Apply(b.States, s)[0].Credits[0].Amount.String(), "100.000 KWD")
	}
}
