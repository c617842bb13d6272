package invoicing

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// drawCharged draws an invoice with orders of some units, whose price divides among
// them, so that all units returned on the day of purchase are all of it.
func drawCharged(t *rapid.T, kind policy.BillingType) *reversible {
	start := day("2026-03-10")
	a := account("A", kind, rapid.SampledFrom([]int64{0, 7, 12, 25}).Draw(t, "tax"))
	a.Terms = []CommitmentTerm{{start - 400, start + 4000}}
	inv := Invoice{Number: "F1", Account: "A", IssueDate: start, Currency: money.USD}
	w := &reversible{t: t, moved: map[string]money.Money{}, book: Book{Group: "A", Accounts: []Account{a}, States: []State{{Account: "A"}}}}
	for i := range rapid.IntRange(1, 3).Draw(t, "orders") {
		quantity := rapid.IntRange(1, 7).Draw(t, "units")
		amount := money.Minor(int64(quantity)*rapid.Int64Range(1, 40000).Draw(t, "cents"), money.USD)
		p := bought(fmt.Sprintf("O%d", i), "A", fmt.Sprintf("%s P1Y Upfront %d x %s", start, quantity, amount))
		p.Funding = Overage
		line := InvoiceLine{No: i + 1, Kind: ChargeLine, Order: p.Order, Net: amount, TaxRate: a.TaxRate, TaxCategory: a.taxCategory()}
		if rapid.Bool().Draw(t, "tax stated") {
			line.Tax = percent(amount, a.TaxRate, money.HalfUp).Add(money.Minor(rapid.Int64Range(-1, 1).Draw(t, "off by"), money.USD))
		}
		w.book.Purchases, inv.Lines = append(w.book.Purchases, p), append(inv.Lines, line)
	}
	w.book.Invoices = []Invoice{inv}
	return w
}

// oneByOne returns every unit in a drawn order, over some nights.
func (w *reversible) oneByOne(t *rapid.T) (nights []*Settlement) {
	start, n := w.book.Purchases[0].Date, 0
	var all []Request
	for _, p := range w.book.Purchases {
		for range p.Quantity {
			all = append(all, refund(fmt.Sprintf("R%02d", n), p.Order, start.String(), 1))
			n++
		}
	}
	all = rapid.Permutation(all).Draw(t, "order of returns")
	for i := 0; len(all) > 0; i++ {
		some := rapid.IntRange(1, len(all)).Draw(t, "of a night")
		nights = append(nights, w.night(start+money.Date(i), all[:some]...))
		all = all[some:]
	}
	return nights
}

// However many memos credit all of an overage invoice, they add up to it, net, tax
// and gross (DOC-4); and each restatement is what the memos so far leave of it.
func TestMemosOfAnInvoiceAddUpToIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawCharged(t, policy.EA)
		left := Document{Currency: money.USD, Lines: w.book.Invoices[0].linesOn(nil, true)}
		left.total(money.HalfUp)
		for _, s := range w.oneByOne(t) {
			for i := range s.Documents {
				switch d := &s.Documents[i]; d.Type {
				case CreditMemo:
					left.Net, left.Tax, left.Gross = left.Net.Sub(d.Net), left.Tax.Sub(d.Tax), left.Gross.Sub(d.Gross)
				case InvoiceRevision:
					if d.Net != left.Net || d.Tax != left.Tax || d.Gross != left.Gross {
						t.Errorf("%s is over %s + %s, the memos leave %s + %s", d.Number, d.Net, d.Tax, left.Net, left.Tax)
					}
				}
			}
		}
		if !left.Net.IsZero() || !left.Tax.IsZero() || !left.Gross.IsZero() {
			t.Errorf("the memos leave %s + %s = %s of the invoice", left.Net, left.Tax, left.Gross)
		}
	})
}

// However many credit notes cancel an invoice and those that replace it, less the
// new invoices they are all of it, and all is left over.
func TestCreditNotesOfAnInvoiceAddUpToIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawCharged(t, rapid.SampledFrom([]policy.BillingType{policy.PAYGInvoice, policy.CSP}).Draw(t, "type"))
		whole := Document{Currency: money.USD, Lines: w.book.Invoices[0].linesOn(nil, true)}
		whole.total(money.HalfUp)
		left, held := whole, money.Zero(money.USD)
		for _, s := range w.oneByOne(t) {
			for i := range s.Documents {
				switch d := &s.Documents[i]; d.Type {
				case CreditNote:
					left.Net, left.Tax, left.Gross = left.Net.Sub(d.Net), left.Tax.Sub(d.Tax), left.Gross.Sub(d.Gross)
				case InvoiceDoc:
					left.Net, left.Tax, left.Gross = left.Net.Add(d.Net), left.Tax.Add(d.Tax), left.Gross.Add(d.Gross)
					held = held.Sub(d.Owed) // where the stated tax was less than the rate's
				}
			}
			for _, c := range s.Granted {
				held = held.Add(c.Amount)
			}
		}
		if !left.Net.IsZero() || !left.Tax.IsZero() || !left.Gross.IsZero() || held != whole.Gross {
			t.Errorf("%s + %s = %s of the invoice is left, and %s of %s is held", left.Net, left.Tax, left.Gross, held, whole.Gross)
		}
	})
}

// A refund of nothing issues its memo, and grants no lot.
func TestNothingIsNotGranted(t *testing.T) {
	a := account("A", policy.EA, 0)
	a.Terms = []CommitmentTerm{{day("2024-01-01"), day("2028-12-31")}}
	b := &Book{Group: "A", Accounts: []Account{a}, Purchases: []Purchase{bought("O1", "A", "2026-03-10 P1Y Upfront 1 x 0.00 USD")},
		Requests: []Request{refund("R1", "O1", "2026-04-10", 1)}}
	s := settled(t, b, "2026-04-10")
	if len(s.Documents) != 1 || len(s.Granted) != 0 || !s.Decisions[0].CreditExpiresOn.IsZero() {
		t.Errorf("a refund of %s issues %d documents and grants %v", s.Decisions[0].Refund, len(s.Documents), s.Granted)
	}
}
