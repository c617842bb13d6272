package invoicing

import (
	"fmt"
	"strings"
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// enrollment is an EA account with commitment terms, written 2024-01-01/2026-06-30.
func enrollment(terms ...string) Account {
	a := account("E1", policy.EA, 25)
	for _, t := range terms {
		from, to, _ := strings.Cut(t, "/")
		a.Terms = append(a.Terms, CommitmentTerm{day(from), day(to)})
	}
	return a
}

// BIL-EA-2: the lot belongs to the commitment term of the purchase if that is still
// active on the request date, else to the one that is.
func TestLotBelongsToATerm(t *testing.T) {
	for _, c := range []struct{ name, first, second, want string }{
		{"of the purchase, still active", "2024-01-01/2026-12-31", "2027-01-01/2028-12-31", "2024-01-01"},
		{"of the purchase, beside one that begins later", "2026-03-01/2028-12-31", "2024-01-01/2026-12-31", "2024-01-01"},
		{"of the purchase has ended", "2024-01-01/2026-06-30", "2026-07-01/2028-12-31", "2026-07-01"},
		{"none on the day of the purchase", "2026-03-01/2028-12-31", "2029-01-01/2029-12-31", "2026-03-01"},
	} {
		b := &Book{Group: "E1", Accounts: []Account{enrollment(c.first, c.second)}, Purchases: []Purchase{bought("O1", "E1", "2026-01-01 P1Y Upfront 1 x 1000.00 USD")},
			Requests: []Request{refund("R1", "O1", "2026-08-01", 1)}}
		equal(t, c.name, settled(t, b, "2026-08-01").Granted[0].Term.Start.String(), c.want)
	}
}

// BIL-EA-1: a purchase that is silent is overage where an invoice of its own account carries it.
// One of another account that names the order says nothing of who pays.
func TestFundingOfASilentPurchase(t *testing.T) {
	other := account("E2", policy.EA, 25)
	for invoiced, want := range map[string]string{"E1": "Overage", "E2": "Prepayment"} {
		b := &Book{Group: "E1", Accounts: []Account{enrollment("2024-01-01/2028-12-31"), other}, Purchases: []Purchase{bought("O1", "E1", "2026-03-10 P1Y Upfront 1 x 1000.00 USD")},
			Invoices: []Invoice{charged("F-1", invoiced, "O1", money.Must("1000.00 USD"))}, Requests: []Request{refund("R1", "O1", "2026-08-01", 1)}}
		equal(t, "invoiced to "+invoiced, settled(t, b, "2026-08-01").Decisions[0].Funding.String(), want)
	}
}

// BIL-EA-3: later invoices of the enrollment are restated with the original, those
// before it and those in another currency, or in two of them, are not.
func TestLaterInvoicesAreRestated(t *testing.T) {
	invoice := func(number, issued, net, order string) Invoice {
		m := money.Must(net)
		return Invoice{Number: number, Account: "E1", IssueDate: day(issued), Currency: m.Currency(), Lines: []InvoiceLine{{No: 1, Kind: ChargeLine, Order: order, Net: m, TaxRate: money.NewDecimal(25, 0)}}}
	}
	order := bought("O1", "E1", "2026-01-01 P1Y Upfront 1 x 1000.00 USD")
	order.Funding = Overage
	b := &Book{Group: "E1", Accounts: []Account{enrollment("2024-01-01/2028-12-31")}, Purchases: []Purchase{order}, Requests: []Request{refund("R1", "O1", "2026-08-01", 1)},
		Invoices: []Invoice{invoice("F-0", "2025-12-01", "10.00 USD", ""), invoice("F-1", "2026-01-01", "1000.00 USD", "O1"), invoice("F-2", "2026-02-01", "20.00 EUR", ""),
			invoice("F-3", "2026-03-01", "30.00 USD", ""), invoice("F-4", "2026-04-01", "40.00 USD", "")}}
	b.Invoices[4].Lines = append(b.Invoices[4].Lines, invoice("", "2026-04-01", "40.00 EUR", "").Lines...)
	got := ""
	for _, d := range settled(t, b, "2026-08-01").Documents {
		got += " " + d.Number
	}
	equal(t, "documents", got, " CN-2026-000001 F-1-R1 F-3-R1")
}

// BIL-EA-3, BIL-INV-3: of an enrollment that was billed by invoice before, the memo credits the
// invoice that stands, which has replaced the original, and what was cancelled is not restated.
func TestMemoOfAnInvoiceThatWasReplaced(t *testing.T) {
	f1, f2 := charged("F-1", "E1", "O1", money.Must("1000.00 USD")), charged("F-2", "E1", "O2", money.Must("500.00 USD"))
	f2.IssueDate = day("2026-03-09")
	o1, o2 := bought("O1", "E1", "2026-03-10 P1Y Upfront 2 x 1000.00 USD"), bought("O2", "E1", "2026-03-09 P1Y Upfront 2 x 500.00 USD")
	b := &Book{Group: "E1", Accounts: []Account{account("E1", policy.PAYGInvoice, 25)}, Purchases: []Purchase{o1, o2}, Invoices: []Invoice{f1, f2},
		Requests: []Request{refund("R1", "O1", "2026-03-20", 1)}}
	b.States = Apply(nil, settled(t, b, "2026-03-20"))
	b.Accounts = []Account{enrollment("2024-01-01/2028-12-31")}
	for order, want := range map[string]string{"O1": " CN-2026-000001 of INV-2026-000001, INV-2026-000001-R1 of",
		"O2": " CN-2026-000001 of F-2, F-2-R1 of, INV-2026-000001-R1 of"} {
		b.Requests = []Request{refund("R2", order, "2026-03-21", 1)}
		var got []string
		for _, d := range settled(t, b, "2026-03-21").Documents {
			text := " " + d.Number + " of"
			for _, r := range d.Credits {
				text += " " + r.Number
			}
			got = append(got, text)
		}
		equal(t, "documents of "+order, strings.Join(got, ","), want)
	}
}

// BIL-EA-3: the Reverse of an overage refund charges again what was credited, and restates
// the invoice no more where that was cancelled and replaced since.
func TestReverseOfAMemoOfAnInvoiceThatWasReplaced(t *testing.T) {
	order := bought("O1", "E1", "2026-03-10 P1Y Upfront 3 x 300.00 USD")
	order.Funding = Overage
	b := &Book{Group: "E1", Accounts: []Account{enrollment("2024-01-01/2028-12-31")}, Purchases: []Purchase{order},
		Invoices: []Invoice{charged("F-1", "E1", "O1", money.Must("300.00 USD"))}, Requests: []Request{refund("R1", "O1", "2026-03-20", 1)}}
	first := settled(t, b, "2026-03-20")
	equal(t, "the revision", first.Documents[1].Number, "F-1-R1")
	b.States, b.Earlier = Apply(nil, first), []Earlier{{Request: "R1", Settlement: first}}
	b.Accounts, b.Requests = []Account{account("E1", policy.PAYGInvoice, 25)}, []Request{refund("R2", "O1", "2026-03-21", 1)}
	b.States = Apply(b.States, settled(t, b, "2026-03-21"))
	b.Requests = []Request{{ID: "V1", Date: day("2026-03-22"), Action: Reverse, Withdraws: "R1", RequestedBy: "Eva", Reason: "a mistake", Source: Source{3, "Requests", 2}}}
	got := ""
	for _, d := range settled(t, b, "2026-03-22").Documents {
		got += " " + d.Type.String()
	}
	equal(t, "documents", got, " Invoice")
}

// BIL-EA-3: what is brought forward from an invoice of the same night, which has no number
// until the night is whole, names the day.
func TestBalanceBroughtForwardFromAnInvoiceOfTheNight(t *testing.T) {
	order := bought("O1", "E1", "2026-03-10 P1Y Upfront 2 x 200.00 USD")
	order.Funding = Overage
	later := charged("F-2", "E1", "", money.Must("50.00 USD"))
	later.IssueDate = day("2026-04-20")
	requests := exchanged(Return, PurchaseNew, "E1", "O1")
	bought := refund("Z1", requests[1].Order, "2026-04-10", 1)
	b := &Book{Group: "E1", Accounts: []Account{enrollment("2024-01-01/2028-12-31")}, Purchases: []Purchase{order}, Requests: append(requests, bought),
		Invoices: []Invoice{charged("F-1", "E1", "O1", money.Must("200.00 USD")), later}}
	got := ""
	for _, d := range settled(t, b, "2026-04-10").Documents {
		if d.Number == "F-2-R2" {
			got = d.Lines[len(d.Lines)-1].Description
		}
	}
	equal(t, "the balance", got, "Balance brought forward from the restated invoice of 2026-04-10")
}

// DOC-4: a memo over all of a rate's net credits that rate's tax to the cent, whatever
// another rate of the invoice has of the same net.
func TestMemoOfOneRateOfTwo(t *testing.T) {
	o1 := bought("O1", "E1", "2026-08-01 P1Y Upfront 1 x 1000.00 USD")
	o1.Funding = Overage
	f1 := charged("F-1", "E1", "O1", money.Must("1000.00 USD"))
	f1.IssueDate = day("2026-08-01")
	f1.Lines[0].TaxRate, f1.Lines[0].Tax = money.NewDecimal(25, 0), money.Must("249.99 USD")
	f1.Lines = append(f1.Lines, InvoiceLine{No: 2, Kind: ChargeLine, Description: "books", Net: money.Must("1000.00 USD"), TaxRate: money.NewDecimal(6, 0), Tax: money.Must("60.01 USD")})
	b := &Book{Group: "E1", Accounts: []Account{enrollment("2024-01-01/2028-12-31")}, Purchases: []Purchase{o1}, Invoices: []Invoice{f1}, Requests: []Request{refund("R1", "O1", "2026-08-01", 1)}}
	equal(t, "tax of the memo", settled(t, b, "2026-08-01").Documents[0].Tax.String(), "249.99 USD")
}

// DOC-4: of an invoice that states no tax, in the register or as purchases name it, later memos
// have the rate that the first one had, though the account's was corrected between them.
func TestMemosOfAnInvoiceHaveOneRate(t *testing.T) {
	silent := charged("F-1", "E1", "O1", money.Must("1000.00 USD"))
	silent.IssueDate, silent.Lines[0].TaxSilent = day("2026-03-10"), true
	for name, invoices := range map[string][]Invoice{"in the register": {silent}, "named by the purchase": nil} {
		order := bought("O1", "E1", "2026-03-10 P1Y Upfront 2 x 1000.00 USD")
		order.Funding, order.Invoice = Overage, "F-1"
		b := &Book{Group: "E1", Accounts: []Account{enrollment("2024-01-01/2028-12-31")}, Purchases: []Purchase{order}, Invoices: invoices,
			Requests: []Request{refund("R1", "O1", "2026-03-10", 1)}}
		b.States = Apply(nil, settled(t, b, "2026-03-10"))
		b.Accounts[0].TaxRate, b.Requests = money.NewDecimal(12, 0), []Request{refund("R2", "O1", "2026-03-10", 1)}
		for _, d := range settled(t, b, "2026-03-11").Documents {
			rates := map[string]bool{}
			for _, l := range d.Lines {
				rates[l.TaxRate.String()] = true
			}
			equal(t, name+": rates of "+d.Number, fmt.Sprint(rates), "map[25:true]")
		}
	}
}

// BIL-EA-2: the charges of a day draw as one, also when one of them comes later.
func TestChargesOfADay(t *testing.T) {
	b := &Book{Group: "E1", Accounts: []Account{enrollment("2024-01-01/2028-12-31")},
		Openings: []Opening{{Kind: OpeningLot, Account: "E1", Date: day("2026-08-01"), Amount: money.Must("100.00 USD"), ExpiresOn: day("2026-10-29"), Source: Source{1, "Opening", 2}}}}
	charge := func(row int, amount string) {
		b.Charges = append(b.Charges, Charge{Account: "E1", Date: day("2026-08-05"), Amount: money.Must(amount), Source: Source{2, "Charges", row}})
	}
	charge(2, "30.00 USD")
	charge(3, "20.00 USD")
	s := settled(t, b, "2026-08-06")
	equal(t, "used by two charges", s.Standing.Credits[0].Used.Number(), "50.00")
	b.States, b.Openings = Apply(b.States, s), nil
	charge(4, "15.00 USD")
	equal(t, "used when a third has come", settled(t, b, "2026-08-07").Standing.Credits[0].Used.Number(), "65.00")
}

// BIL-EA-2: purchases draw by their dates. Of two for which a lot is enough for one, it is the
// earlier that draws, whatever the orders are called.
func TestEarlierPurchaseDrawsFirst(t *testing.T) {
	s := settled(t, &Book{Group: "E1", Accounts: []Account{enrollment("2024-01-01/2028-12-31")},
		Purchases: []Purchase{bought("O1", "E1", "2026-08-20 P1Y Upfront 1 x 100.00 USD"), bought("O2", "E1", "2026-08-10 P1Y Upfront 1 x 100.00 USD")},
		Openings:  []Opening{{Kind: OpeningLot, Account: "E1", Date: day("2026-08-01"), Amount: money.Must("100.00 USD"), ExpiresOn: day("2026-10-29"), Source: Source{1, "Opening", 2}}}}, "2026-08-21")
	drew := ""
	for _, d := range s.Draws {
		drew += d.Order + " " + d.Amount.String()
	}
	equal(t, "what drew", drew, "O2 100.00 USD")
}

// BIL-EA-2: a charge draws on the lot that expires first, a purchase on none that its own return
// of the same day gave back; and a lot that is used up pays nothing more.
func TestDrawsOnWhatExpiresFirst(t *testing.T) {
	lot := func(row int, order, granted, expires, amount string) Opening {
		return Opening{Kind: OpeningLot, Account: "E1", Order: order, Date: day(granted), Amount: money.Must(amount), ExpiresOn: day(expires), Source: Source{1, "Opening", row}}
	}
	charge := func(row int, date, amount string) Charge {
		return Charge{Account: "E1", Date: day(date), Amount: money.Must(amount), Source: Source{1, "Charges", row}}
	}
	s := settled(t, &Book{Group: "E1", Accounts: []Account{enrollment("2024-01-01/2028-12-31")},
		Openings: []Opening{
			lot(2, "", "2026-08-01", "2026-08-04", "1.00 USD"), // too early for all
			lot(3, "O1", "2026-08-05", "2026-10-01", "10.00 USD"),
			lot(4, "", "2026-08-05", "2026-11-01", "20.00 USD"),
			lot(5, "", "2026-08-08", "2026-10-15", "30.00 USD"),
			lot(6, "", "2026-08-05", "2026-09-01", "40.00 SEK"),
			lot(7, "", "2026-08-12", "2026-09-01", "50.00 USD"), // too late for all
		},
		Purchases: []Purchase{bought("O1", "E1", "2026-08-05 P1Y Upfront 1 x 15.00 USD")},
		Charges:   []Charge{charge(2, "2026-08-06", "4.00 USD"), charge(3, "2026-08-09", "35.00 USD"), charge(4, "2026-08-10", "100.00 USD"), charge(5, "2026-08-11", "9.00 USD")},
	}, "2026-08-20")
	drew := ""
	for _, d := range s.Draws {
		drew += d.Date.String() + " " + d.Credit.Number + " " + d.Amount.Number() + "\n"
	}
	equal(t, "what drew", drew, `2026-08-05 #1!Opening!4 15.00
2026-08-06 #1!Opening!3 4.00
2026-08-09 #1!Opening!3 6.00
2026-08-09 #1!Opening!5 29.00
2026-08-10 #1!Opening!5 1.00
2026-08-10 #1!Opening!4 5.00
`)
}

// BIL-EA-2, BIL-INV-2: an account that was billed by invoice is an enrollment since. Its held
// credit waits: a charge draws on prepayment lots alone, and has no invoice that a set-off could name.
func TestChargeDrawsOnNoHeldCredit(t *testing.T) {
	zero := money.Must("0.00 USD")
	s := settled(t, &Book{Group: "E1", Accounts: []Account{account("E1", policy.EA, 0)},
		Charges: []Charge{{Account: "E1", Date: day("2026-04-02"), Amount: money.Must("40.00 USD"), Source: Source{File: 1, Row: 2}}},
		States: []State{{Account: "E1", Credits: []Credit{{Kind: HeldCreditKind, Account: "E1", Amount: money.Must("100.00 USD"), Used: zero, Expired: zero,
			GrantedOn: day("2026-04-01"), Document: Ref{Number: "INV-1"}}}}}}, "2026-04-20")
	if len(s.Draws)+len(s.Documents) > 0 {
		t.Errorf("drawn: %+v, issued: %+v", s.Draws, s.Documents)
	}
}
