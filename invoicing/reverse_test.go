package invoicing

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// reversible is a small world in which one refund or exchange is approved and,
// some nights later, reversed.
type reversible struct {
	t      rapid.TB
	book   Book
	number int
	fee    money.Decimal          // of every billing type
	moved  map[string]money.Money // by account of the books, over all nights
}

// night settles and applies requests.
func (w *reversible) night(asOf money.Date, requests ...Request) *Settlement {
	w.book.Requests = requests
	p, err := policy.Builtin("azure-2020")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, byType := range p.ByType {
		byType.FeeRate = w.fee
	}
	s, err := Settle(&w.book, NewMarket(nil, nil), policy.Chain{{Policy: p}}, asOf)
	if err != nil {
		w.t.Fatal(err)
	}
	err = s.Assign(func(string, int) (int, error) { w.number++; return w.number, nil })
	if err != nil {
		w.t.Fatal(err)
	}
	after := Apply(w.book.States, s)
	var tally Tally
	tally.Add(s, w.book.States, after)
	lines, _ := tally.Lines(nil)
	for _, l := range lines[:min(3, len(lines))] { // the totals of (d) and (e) begin before this night
		if !l.Holds() {
			w.t.Fatalf("the proof (%s) does not hold: %s: %s is not %s", l.Line, l.Says, l.Left, l.Right)
		}
	}
	for i := range s.Documents {
		for _, p := range Postings(nil, &s.Documents[i]) {
			sum := w.moved[s.Documents[i].Book(p.Account)]
			if !sum.IsSet() {
				sum = money.Zero(money.USD)
			}
			if p.Debit.IsSet() {
				sum = sum.Add(p.Debit)
			} else {
				sum = sum.Sub(p.Credit)
			}
			w.moved[s.Documents[i].Book(p.Account)] = sum
		}
	}
	w.book.States = after
	return s
}

// drawReversible draws an account of any billing type with an order that is on an
// invoice, and what is asked for: a refund or an exchange.
func drawReversible(t *rapid.T) (w *reversible, asked []Request, on money.Date) {
	start := day("2026-01-10")
	kind := rapid.SampledFrom([]policy.BillingType{policy.EA, policy.PAYGInvoice, policy.CSP}).Draw(t, "type")
	a := account("A", kind, rapid.SampledFrom([]int64{0, 12, 25}).Draw(t, "tax"))
	a.Terms = []CommitmentTerm{{start - 400, start + 4000}}
	quantity := rapid.IntRange(1, 5).Draw(t, "quantity")
	plan := rapid.SampledFrom([]string{"Upfront", "Monthly"}).Draw(t, "plan")
	amount := money.Minor(rapid.Int64Range(100, 900000).Draw(t, "cents"), money.USD)
	p := bought("O1", "A", fmt.Sprintf("%s P1Y %s %d x %s", start, plan, quantity, amount))
	p.Funding = rapid.SampledFrom([]Funding{Prepayment, Overage}).Draw(t, "funding")
	line := InvoiceLine{No: 1, Kind: ChargeLine, Order: "O1", Net: amount, TaxRate: a.TaxRate, TaxCategory: a.taxCategory()}
	inv := Invoice{Number: "F1", Account: "A", IssueDate: start, Currency: money.USD, Lines: []InvoiceLine{line}}
	if rapid.Bool().Draw(t, "open") {
		inv.Open = money.Minor(rapid.Int64Range(0, 100000).Draw(t, "open cents"), money.USD)
	}
	w = &reversible{t: t, moved: map[string]money.Money{}, book: Book{Group: "A", Accounts: []Account{a}, Purchases: []Purchase{p},
		Invoices: []Invoice{inv}, States: []State{{Account: "A"}}}}
	w.fee = money.NewDecimal(rapid.SampledFrom([]int64{12, 0}).Draw(t, "fee"), 2)
	on = start + money.Date(rapid.IntRange(0, 360).Draw(t, "day"))
	r := refund("R1", "O1", on.String(), rapid.IntRange(1, quantity).Draw(t, "returned"))
	if rapid.Bool().Draw(t, "refund") {
		return w, []Request{r}, on
	}
	r.Action, r.Exchange = Return, "X1"
	buys := r
	buys.ID, buys.Action, buys.Order, buys.Quantity = "R2", PurchaseNew, "O2", 1
	price := amount.Of(rapid.Int64Range(10, 40).Draw(t, "tenths"), 10).Round(money.HalfUp)
	n := bought("O2", "A", fmt.Sprintf("%s P3Y %s 1 x %s", on, plan, price))
	n.Origin, n.Funding, buys.New = FromExchange, 0, &n
	return w, []Request{r, buys}, on
}

// A reversal leaves the account as it was before the request: its units, its
// limit and what it bought; no credit has a balance, and what both nights post on
// each account of the books adds up to nothing.
func TestReversalRestoresTheBook(t *testing.T) {
	approved := 0
	rapid.Check(t, func(t *rapid.T) {
		w, asked, on := drawReversible(t)
		before := w.book.States[0].clone(0)
		night := w.night(on, asked...)
		if night.Decisions[0].Outcome != Approved {
			return
		}
		approved++
		later := on + money.Date(rapid.IntRange(0, 80).Draw(t, "later"))
		w.book.Earlier = []Earlier{{Request: "R1", Settlement: night}}
		undo := w.night(later, Request{ID: "V1", Date: later, Action: Reverse, Withdraws: "R1", RequestedBy: "Åsa", Reason: "sent twice", Source: Source{3, "", 2}})
		if d := undo.Decisions[0]; d.Outcome != Approved {
			t.Fatalf("the reversal is %s: %v", d.Outcome, d.Reasons.List())
		}
		after := &w.book.States[0]
		equal := func(what string, before, after any) {
			if fmt.Sprint(before) != fmt.Sprint(after) {
				t.Errorf("%s: %v before, %v after the reversal", what, before, after)
			}
		}
		equal("units", before.Orders, after.Orders)
		equal("uses of the limit", before.Uses, after.Uses)
		equal("bought", before.Bought, after.Bought)
		equal("drawn", before.Drawn, after.Drawn)
		for i := range after.Credits {
			if b := after.Credits[i].Balance(); !b.IsZero() {
				t.Errorf("%s of the credit %s is left", b, after.Credits[i].Document.Number)
			}
		}
		whole := Document{Currency: money.USD, Lines: w.book.Invoices[0].linesOn(nil, true)}
		whole.total(money.HalfUp)
		for i := range undo.Documents {
			if d := &undo.Documents[i]; d.Type == InvoiceRevision && (d.Net != whole.Net || d.Tax != whole.Tax) { // BIL-EA-3
				t.Errorf("%s restates %s + %s, the invoice is over %s + %s", d.Number, d.Net, d.Tax, whole.Net, whole.Tax)
			}
		}
		for account, sum := range w.moved {
			if !sum.IsZero() {
				t.Errorf("%s has moved by %s", account, sum)
			}
		}
	})
	if approved < 20 {
		t.Errorf("only %d requests were approved: nothing is proven", approved)
	}
}

// Outcomes: what another request has drawn on a lot stands in the way of the reversal
// that granted it; what its own purchase has drawn does not.
func TestLotThatAnotherPurchaseDrewOnIsUsed(t *testing.T) {
	a := account("E1", policy.EA, 0)
	a.Terms = []CommitmentTerm{{day("2024-01-01"), day("2028-12-31")}}
	x1, x2 := exchanged(Return, PurchaseNew, "E1", "O1"), exchanged(Return, PurchaseNew, "E1", "O2")
	x1[1].New.Plan, x2[1].New.Plan = Monthly, Monthly // each draws an instalment of 900.00, the second on what the first leaves of O1's lot
	x2[1].ID, x2[1].Order, x2[1].New.Order = "X-N2", "N2", "N2"
	for i := range x2 {
		x2[i].Exchange = "X2"
	}
	for _, c := range []struct {
		night []Request
		want  Reasons
	}{{x1, 0}, {append(x1, x2...), 1 << CreditUsed}} {
		b := &Book{Group: "E1", Accounts: []Account{a}, Requests: c.night,
			Purchases: []Purchase{bought("O1", "E1", "2026-03-10 P1Y Upfront 1 x 5000.00 USD"), bought("O2", "E1", "2026-03-10 P1Y Upfront 1 x 5000.00 USD")}}
		s := settled(t, b, "2026-04-10")
		b.Earlier, b.States = []Earlier{{Request: "X-O1", Settlement: s}}, Apply(b.States, s)
		b.Requests = []Request{{ID: "V1", Date: day("2026-04-11"), Action: Reverse, Withdraws: "X-O1", RequestedBy: "Åsa", Reason: "sent twice", Source: Source{4, "", 2}}}
		if d := settled(t, b, "2026-04-11").Decisions[0]; d.Reasons != c.want {
			t.Errorf("after a night of %d lines: %v, want %v", len(c.night), d.Reasons.List(), c.want.List())
		}
	}
}

// Outcomes: every reason is told. What an exchange bought was paid from a held credit
// and has been returned since, which has replaced its invoice.
func TestAllThatStandsInTheWay(t *testing.T) {
	asked := exchanged(Return, PurchaseNew, "P1", "O1")
	order := bought("O1", "P1", "2026-03-10 P1Y Upfront 1 x 500.00 USD")
	order.Invoice = "F-1"
	w := &reversible{t: t, moved: map[string]money.Money{}, book: Book{Group: "P1", Accounts: []Account{account("P1", policy.PAYGInvoice, 0)},
		Purchases: []Purchase{order}, States: []State{{Account: "P1"}},
		Openings: []Opening{{Kind: OpeningHeld, Account: "P1", Date: day("2026-01-01"), Amount: money.Must("1000.00 USD"), Source: Source{1, "Opening", 2}}}}}
	first := w.night(day("2026-04-10"), asked...)
	w.book.Openings = nil
	w.night(day("2026-04-11"), refund("R2", "N1", "2026-04-10", 1))
	w.book.Earlier = []Earlier{{Request: "X-O1", Settlement: first}}
	undo := w.night(day("2026-04-12"), Request{ID: "V1", Date: day("2026-04-12"), Action: Reverse, Withdraws: "X-O1", RequestedBy: "Åsa", Reason: "sent twice", Source: Source{4, "", 2}})
	equal(t, "reasons", fmt.Sprint(undo.Decisions[0].Reasons.List()), "[InvoiceReplaced PurchaseChanged CreditUsed]")
}
