package invoicing

import (
	"strings"
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// BIL-INV-3: of the invoice issued here for a purchase and the register's newest of
// the same order, the original is the newer on or before the request, else the older.
func TestOriginalIsTheNewestOnOrBefore(t *testing.T) {
	for _, c := range []struct{ request, here, register, original string }{
		{"2026-05-10", "2026-04-10", "2026-05-10", "register"}, // issued on the day of the request
		{"2026-05-10", "2026-05-10", "2026-04-10", "here"},
		{"2026-05-09", "2026-04-10", "2026-05-10", "here"},
		{"2026-05-10", "2026-04-10", "2026-04-10", "register"},
		{"2026-04-01", "2026-04-10", "2026-05-10", "here"}, // both later
		{"2026-04-01", "2026-05-10", "2026-04-10", "register"},
		{"2026-04-01", "2026-05-10", "2026-05-10", "register"},
	} {
		got := "register"
		if (Ref{New: 1}).counts(day(c.request), day(c.here), &Invoice{IssueDate: day(c.register)}) {
			got = "here"
		}
		equal(t, "the original of "+c.request+", here "+c.here+", register "+c.register, got, c.original)
	}
}

// issued is an invoice over O1 of an account, of a day.
func issued(number, account, on string, net string) Invoice {
	inv := charged(number, account, "O1", money.Must(net))
	inv.IssueDate = day(on)
	return inv
}

// BIL-INV-2: a set-off advice names the account's invoice of the instalment that it
// pays; an instalment whose invoice is not known yet waits for it.
func TestSetOffNamesTheInvoiceOfTheInstalment(t *testing.T) {
	first, second := bought("O1", "P1", "2026-03-10 P1Y Monthly 1 x 100.00 USD"), bought("O1", "P1", "2026-04-10 P1Y Monthly 1 x 100.00 USD")
	first.Origin, second.Origin = FromTransactions, FromTransactions
	zero, held := money.Must("0.00 USD"), money.Must("1000.00 USD")
	for _, c := range []struct {
		known    string
		invoices []Invoice
		paid     string
	}{
		{"both", []Invoice{issued("F1", "P1", "2026-03-10", "100.00 USD"), issued("F2", "P1", "2026-04-10", "100.00 USD")}, "F1 100.00 F2 100.00"},
		{"the first", []Invoice{issued("F1", "P1", "2026-03-10", "100.00 USD")}, "F1 100.00"},
		{"the second, of its day", []Invoice{issued("F2", "P1", "2026-04-10", "100.00 USD")}, "F2 100.00"},
		{"another account's", []Invoice{issued("F1", "P2", "2026-03-10", "100.00 USD")}, ""},
	} {
		b := &Book{Group: "P1", Accounts: []Account{account("P1", policy.PAYGInvoice, 0), account("P2", policy.PAYGInvoice, 0)},
			Purchases: []Purchase{first, second}, Invoices: c.invoices,
			States: []State{{Account: "P1", Credits: []Credit{{Kind: HeldCreditKind, Account: "P1", Amount: held, Used: zero, Expired: zero,
				GrantedOn: day("2026-03-01"), Document: Ref{Number: "H1"}}}}}}
		var paid []string
		for _, d := range settled(t, b, "2026-04-20").Draws {
			paid = append(paid, d.Invoice.Number+" "+d.Amount.Number())
		}
		equal(t, "with "+c.known+" known, paid", strings.Join(paid, " "), c.paid)
	}
}

// BIL-INV-2: 355.00 of an invoice of 365.00 are left over; what is open of it, less
// what set-off advices have paid since it was told, is reduced first.
func TestWhatIsLeftOverReducesWhatIsOpen(t *testing.T) {
	for _, c := range []struct{ told, toldBefore, paid, reduced, held string }{
		{"", "", "", "", "355.00"},
		{"365.00 USD", "", "", "355.00", ""},
		{"300.00 USD", "", "", "300.00", "55.00"},
		{"365.00 USD", "365.00 USD", "100.00 USD", "265.00", "90.00"},
		{"365.00 USD", "365.00 USD", "365.00 USD", "", "355.00"},
		{"100.00 USD", "365.00 USD", "365.00 USD", "100.00", "255.00"}, // told anew
		{"3650.00 SEK", "", "", "", "355.00"},                          // the register's F1 is not in the order's currency: the purchase's own is meant
	} {
		order := bought("O1", "P1", "2026-03-02 P1Y Upfront 1 x 365.00 USD")
		order.Invoice = "F1"
		st, inv := State{Account: "P1"}, issued("F1", "P1", "2026-03-02", "365.00 USD")
		if c.told != "" {
			inv.Open = money.Must(c.told)
			inv.Currency = inv.Open.Currency()
			inv.Lines[0].Net = inv.Lines[0].Net.Of(1, 1).In(inv.Currency).Round(money.HalfUp)
		}
		if c.paid != "" {
			st.Paid = []Paid{{Invoice: Ref{Number: "F1"}, Told: money.Must(c.toldBefore), Amount: money.Must(c.paid)}}
		}
		s := settled(t, &Book{Group: "P1", Accounts: []Account{account("P1", policy.PAYGInvoice, 0)}, Purchases: []Purchase{order},
			Invoices: []Invoice{inv}, Requests: []Request{refund("R1", "O1", "2026-03-12", 1)}, States: []State{st}}, "2026-03-12")
		got := map[LeftOverTo]string{}
		for _, l := range s.Documents[1].Left {
			got[l.To] = l.Amount.Number()
		}
		equal(t, c.told+" open, "+c.paid+" paid of "+c.toldBefore+": reduced and held", got[ToOpenAmount]+" "+got[ToHeldCredit], c.reduced+" "+c.held)
	}
}

// BIL-INV-2: what the register tells of an invoice of this job in another currency says
// nothing of what is open of it, and a set-off pays what the purchase was charged.
func TestOpenInAnotherCurrency(t *testing.T) {
	zero, f1, inv1 := money.Must("0.00 USD"), issued("F1", "P1", "2026-03-10", "300.00 USD"), issued("INV-1", "P1", "2026-03-20", "300.00 USD")
	told := issued("INV-1", "P1", "2026-03-20", "3000.00 SEK")
	told.Open = money.Must("100.00 SEK")
	b := &Book{Group: "P1", Accounts: []Account{account("P1", policy.PAYGInvoice, 0)}, Invoices: []Invoice{f1, told},
		Purchases: []Purchase{bought("O1", "P1", "2026-03-10 P1Y Upfront 1 x 300.00 USD")},
		States: []State{{Account: "P1", Invoices: []Invoice{inv1}, Replaced: []Replacement{{Ref{Number: "F1"}, Ref{Number: "INV-1"}}},
			Credits: []Credit{{Kind: HeldCreditKind, Account: "P1", Amount: money.Must("1000.00 USD"), Used: zero, Expired: zero,
				GrantedOn: day("2026-03-01"), Document: Ref{Number: "H1"}}}}}}
	draws := settled(t, b, "2026-04-20").Draws
	if len(draws) != 1 || draws[0].Amount != money.Must("300.00 USD") || draws[0].Invoice.Number != "INV-1" {
		t.Errorf("drawn: %+v", draws)
	}
}

// IMP-6, DOC-4: a line of the register that says neither rate nor category has the
// account's; one that says a rate alone is S, or Z where it is 0.
func TestTaxOfTheRegister(t *testing.T) {
	for _, c := range []struct {
		silent   bool
		rate     int64
		category string
		want     string
	}{{true, 0, "", "25 S"}, {false, 12, "", "12 S"}, {false, 0, "", "0 Z"}, {false, 0, "E", "0 E"}} {
		inv := issued("F1", "P1", "2026-03-02", "365.00 USD")
		l := &inv.Lines[0]
		l.TaxSilent, l.TaxRate, l.TaxCategory = c.silent, money.NewDecimal(c.rate, 0), c.category
		s := settled(t, &Book{Group: "P1", Accounts: []Account{account("P1", policy.PAYGInvoice, 25)}, Invoices: []Invoice{inv},
			Purchases: []Purchase{bought("O1", "P1", "2026-03-02 P1Y Upfront 1 x 365.00 USD")}, Requests: []Request{refund("R1", "O1", "2026-03-12", 1)}}, "2026-03-12")
		note := s.Documents[0].Lines[0]
		equal(t, "the tax of what is credited", note.TaxRate.String()+" "+note.TaxCategory, c.want)
	}
}

// A line names what is sold as the export does, else by its size and region.
func TestLinesNameWhatIsSold(t *testing.T) {
	for want, o := range map[string]Order{
		"Reserved VM Instance, SE Central": {Description: "Reserved VM Instance, SE Central", Sku: "Standard_D2s_v5", Region: "swedencentral"},
		"Standard_D2s_v5, swedencentral":   {Sku: "Standard_D2s_v5", Region: "swedencentral"},
		"Standard_D2s_v5":                  {Sku: "Standard_D2s_v5"},
	} {
		equal(t, "what is sold", o.describe(), want)
	}
}

// The days that a line is about: a refund's begin on the request, a purchase's too, and
// both end with the period that was paid, the term or the instalment's cycle.
func TestDaysOfALine(t *testing.T) {
	a := account("E1", policy.EA, 0)
	a.Terms = []CommitmentTerm{{day("2024-01-01"), day("2028-12-31")}}
	for _, c := range []struct {
		plan             Plan
		refund, purchase string
	}{
		{Upfront, "2026-04-10 to 2027-03-14", "2026-04-10 to 2027-04-09"},
		{Monthly, "2026-04-10 to 2026-04-14", "2026-04-10 to 2026-05-09"},
	} {
		order, lines := bought("O1", "E1", "2026-03-15 P1Y Upfront 1 x 300.00 USD"), exchanged(Return, PurchaseNew, "E1", "O1")
		order.Plan, lines[1].New.Plan = c.plan, c.plan
		s := settled(t, &Book{Group: "E1", Accounts: []Account{a}, Purchases: []Purchase{order}, Requests: lines}, "2026-04-10")
		for i, want := range []string{c.refund, c.purchase} { // the memo and the commitment charge
			l := s.Documents[i].Lines[0]
			equal(t, l.Kind.String()+", "+c.plan.String(), l.From.String()+" to "+l.To.String(), want)
		}
	}
}

// BIL-CSP-1: what cost the partner nothing has no ratio. What is bought instead is charged
// as it is asked for; to an invoice in another currency only by CustomerAmount.
func TestExchangeOfWhatCostNothing(t *testing.T) {
	for _, c := range []struct{ invoiced, customer, bought string }{
		{"100.00 USD", "", "900.00 USD"},
		{"100.00 USD", "950.00 USD", "950.00 USD"},
		{"1000.00 SEK", "", "CurrencyMismatch"},
		{"1000.00 SEK", "9500.00 SEK", "9500.00 SEK"},
	} {
		lines := exchanged(Return, PurchaseNew, "C1", "O1")
		if c.customer != "" {
			lines[1].CustomerAmount = money.Must(c.customer)
		}
		s := settled(t, &Book{Group: "C1", Accounts: []Account{account("C1", policy.CSP, 0)}, Invoices: []Invoice{issued("F1", "C1", "2026-03-10", c.invoiced)},
			Purchases: []Purchase{bought("O1", "C1", "2026-03-10 P1Y Upfront 1 x 0.00 USD")}, Requests: lines}, "2026-04-10")
		got := ""
		for _, d := range s.Documents {
			for _, l := range d.Lines {
				if l.Kind == PurchaseLine {
					got += l.Net.String()
				}
			}
		}
		for _, r := range s.Decisions[0].Reasons.List() {
			got += r.String()
		}
		equal(t, "what is bought for an invoice over "+c.invoiced+" is", got, c.bought)
	}
}

// BIL-INV-3: an invoice in another currency than the order is an original as long as the
// account is a partner's customer, whose ratio converts; what an exchange bought then, too.
func TestOriginalInAnotherCurrency(t *testing.T) {
	lines := exchanged(Return, PurchaseNew, "C1", "O1")
	b := &Book{Group: "C1", Accounts: []Account{account("C1", policy.CSP, 0)}, Invoices: []Invoice{issued("F1", "C1", "2026-03-10", "3000.00 SEK")},
		Purchases: []Purchase{bought("O1", "C1", "2026-03-10 P1Y Upfront 1 x 300.00 USD")}, Requests: lines}
	b.States, b.Requests = Apply(nil, settled(t, b, "2026-04-10")), []Request{refund("R1", "N1", "2026-04-20", 1)}
	for billed, want := range map[policy.BillingType]Outcome{policy.CSP: Approved, policy.PAYGInvoice: Held} {
		b.Accounts[0].Type = billed
		d := settled(t, b, "2026-04-20").Decisions[0]
		if d.Outcome != want || d.Reasons.Has(InvoiceUnknown) != (want == Held) {
			t.Errorf("billed as %v: %v, %v", billed, d.Outcome, d.Reasons.List())
		}
	}
}

// BIL-INV-2: a purchase dated on the day on which a credit was granted draws on it,
// one of the day before does not.
func TestPurchaseOnTheDayOfTheGrant(t *testing.T) {
	for on, used := range map[string]string{"2026-08-04": "0.00", "2026-08-05": "50.00"} {
		b := &Book{Group: "P1", Accounts: []Account{account("P1", policy.PAYGInvoice, 0)}, Invoices: []Invoice{issued("F1", "P1", on, "50.00 USD")},
			Purchases: []Purchase{bought("O1", "P1", on+" P1Y Upfront 1 x 50.00 USD")},
			Openings:  []Opening{{Kind: OpeningHeld, Account: "P1", Date: day("2026-08-05"), Amount: money.Must("100.00 USD"), Source: Source{3, "Opening", 2}}}}
		equal(t, "used by what was bought on "+on, settled(t, b, "2026-08-10").Standing.Credits[0].Used.Number(), used)
	}
}

// What an exchange bought names the invoice that charges it, as a purchase of the
// register would; a commitment charge is no invoice.
func TestPurchaseNamesItsInvoice(t *testing.T) {
	for _, c := range []struct {
		account Account
		want    string
	}{{account("P1", policy.PAYGInvoice, 0), "INV-2026-000001"}, {enrollment("2024-01-01/2028-12-31"), ""}} {
		order := bought("O1", c.account.ID, "2026-03-10 P1Y Upfront 1 x 500.00 USD")
		if c.account.Type != policy.EA {
			order.Invoice = "F-1"
		}
		b := &Book{Group: c.account.ID, Accounts: []Account{c.account}, Purchases: []Purchase{order}, Requests: exchanged(Return, PurchaseNew, c.account.ID, "O1")}
		equal(t, "invoice", settled(t, b, "2026-04-10").Bought[0].Purchase.Invoice, c.want)
	}
}

// BIL-INV-3: a chain of replacements ends, also where an invoice from outside had the
// number of the one that was issued in its place.
func TestChainOfReplacementsEnds(t *testing.T) {
	ref := func(n string) Ref { return Ref{Number: n} }
	twice := []Replacement{{Invoice: ref("F-1"), By: ref("INV-1")}, {Invoice: ref("INV-1"), By: ref("INV-1")}}
	if got := follow(twice, ref("F-1")); got != ref("INV-1") {
		t.Errorf("F-1 stands as %v", got)
	}
}

// BIL-INV-3, BIL-EA-3: an account's purchases name one invoice in two currencies. The first is
// corrected; which invoice the second is on cannot be told since, and its refund is held.
func TestInvoiceNumberInTwoCurrencies(t *testing.T) {
	for _, kind := range []policy.BillingType{policy.PAYGInvoice, policy.CSP, policy.EA} {
		first, second := bought("O1", "P1", "2026-03-02 P1Y Upfront 1 x 365.00 USD"), bought("O2", "P1", "2026-03-02 P1Y Upfront 1 x 3650.00 SEK")
		for _, p := range []*Purchase{&first, &second} {
			p.Invoice = "A-17"
			if kind == policy.EA {
				p.Funding = Overage
			}
		}
		requests := []Request{refund("R1", "O1", "2026-03-12", 1), refund("R2", "O2", "2026-03-12", 1)}
		requests[1].VendorUSD = money.Must("300.00 USD")
		s := settled(t, &Book{Group: "P1", Accounts: []Account{account("P1", kind, 25)}, Purchases: []Purchase{first, second}, Requests: requests}, "2026-03-12")
		if got, want := reasonsOf(s), "R1 Approved, R2 Held InvoiceUnknown"; got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
}

// BIL-INV-2: a purchase pays no invoice of another currency, which stands for the other
// one of its number.
func TestPurchaseOnANumberInTwoCurrencies(t *testing.T) {
	p := bought("O1", "P1", "2026-03-20 P1Y Upfront 1 x 365.00 USD")
	p.Invoice = "A-17"
	zero := money.Zero(money.USD)
	s := settled(t, &Book{Group: "P1", Accounts: []Account{account("P1", policy.PAYGInvoice, 25)}, Purchases: []Purchase{p},
		States: []State{{Account: "P1", Replaced: []Replacement{{Ref{Number: "A-17"}, Ref{Number: "INV-1"}}},
			Invoices: []Invoice{{Number: "INV-1", Account: "P1", Currency: money.SEK, Open: money.Must("10.00 SEK")}},
			Credits:  []Credit{{Kind: HeldCreditKind, Account: "P1", Amount: money.Must("100.00 USD"), Used: zero, Expired: zero, GrantedOn: day("2026-03-12"), Document: Ref{Number: "INV-2"}}}}}}, "2026-03-21")
	if len(s.Draws) > 0 || len(s.Documents) > 0 {
		t.Errorf("drawn %+v, issued %+v", s.Draws, s.Documents)
	}
}

func reasonsOf(s *Settlement) string {
	var all []string
	for _, d := range s.Decisions {
		said := d.Request.ID + " " + d.Outcome.String()
		for _, r := range d.Reasons.List() {
			said += " " + r.String()
		}
		all = append(all, said)
	}
	return strings.Join(all, ", ")
}
