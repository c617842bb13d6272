package invoicing

import (
	"fmt"
	"strings"
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// POL-4: the rules that fired are on every decision: those of the amounts, of the limit for
// a refund and of exchanges for their lines, and of the documents of the billing type.
func TestRulesThatFired(t *testing.T) {
	upfront, monthly := bought("O1", "P", "2026-03-10 P1Y Upfront 1 x 365.00 USD"), bought("O1", "P", "2026-03-10 P1Y Monthly 2 x 30.00 USD")
	as := func(p Purchase, f Funding, quantity int) Purchase { p.Funding, p.Quantity = f, quantity; return p }
	invoiced, card, partner, enrolled := account("P", policy.PAYGInvoice, 25), account("P", policy.PAYGCard, 25), account("P", policy.CSP, 25), enrollment("2024-01-01/2028-12-31")
	card.CardRef, enrolled.ID = "card-1", "P"
	one, all := []Request{refund("R", "O1", "2026-08-01", 1)}, exchanged(Return, PurchaseNew, "P", "O1")
	plain, premium := upfront, exchanged(Return, PurchaseNew, "P", "O1")
	plain.Sku, premium[1].New.Sku = "Standard_D2_v3", "Standard_D2s_v3"
	const refundOf, limit, exchange = "PRO-7 PRO-7-missing PRO-8 FEE-1 FEE-3 ", "LIM-1 LIM-2 ", "LIM-4 EXC-1 EXC-2 EXC-3 EXC-4 EXC-5 "
	for _, c := range []struct {
		name     string
		accounts []Account
		order    Purchase
		invoice  string
		requests []Request
		want     []string // of each line
	}{
		{"refund, by invoice", []Account{invoiced}, upfront, "365.00 USD", one, []string{"PRO-1 PRO-2 PRO-3 PRO-5 " + refundOf + limit + "BIL-INV-1 BIL-INV-2 BIL-INV-3"}},
		{"refund, by card", []Account{card}, upfront, "365.00 USD", one, []string{"PRO-1 PRO-2 PRO-3 PRO-5 " + refundOf + limit + "BIL-INV-1 BIL-INV-2 BIL-INV-3 BIL-CARD-1"}},
		{"refund, of a partner's customer", []Account{partner}, upfront, "400.00 USD", one,
			[]string{"PRO-1 PRO-2 PRO-3 PRO-5 " + refundOf + limit + "BIL-INV-1 BIL-INV-2 BIL-INV-3 BIL-CSP-1"}},
		{"refund of one of two, prepaid", []Account{enrolled}, as(monthly, Prepayment, 2), "", one, []string{"PRO-1 PRO-2 PRO-4 PRO-5 PRO-6 " + refundOf + limit + "BIL-EA-1 BIL-EA-2"}},
		{"refund of one of two, overage", []Account{enrolled}, as(monthly, Overage, 2), "60.00 USD", one,
			[]string{"PRO-1 PRO-2 PRO-4 PRO-5 PRO-6 " + refundOf + limit + "BIL-EA-1 BIL-EA-3 BIL-INV-3"}},
		{"exchange, by invoice", []Account{invoiced}, upfront, "365.00 USD", all,
			[]string{exchange + "BIL-INV-1", "PRO-1 PRO-2 PRO-3 PRO-5 PRO-8 FEE-2 " + exchange + "BIL-INV-1 BIL-INV-2 BIL-INV-3"}},
		{"exchange, of a partner's customer", []Account{partner}, upfront, "400.00 USD", all,
			[]string{exchange + "BIL-INV-1 BIL-CSP-1", "PRO-1 PRO-2 PRO-3 PRO-5 PRO-8 FEE-2 " + exchange + "BIL-INV-1 BIL-INV-2 BIL-INV-3 BIL-CSP-1"}},
		{"exchange for premium storage", []Account{invoiced}, plain, "365.00 USD", premium,
			[]string{"LIM-4 EXC-1 EXC-2 EXC-5 EXC-6", "PRO-1 PRO-2 PRO-3 PRO-5 PRO-8 FEE-2 LIM-4 EXC-1 EXC-2 EXC-5 EXC-6 BIL-INV-3"}},
		{"exchange, prepaid", []Account{enrolled}, as(monthly, Prepayment, 1), "", all,
			[]string{exchange + "BIL-EA-1 BIL-EA-2", "PRO-1 PRO-2 PRO-4 PRO-5 PRO-8 FEE-2 " + exchange + "BIL-EA-1 BIL-EA-2"}},
		{"transfer", []Account{account("C", policy.CSP, 25), invoiced}, upfront, "365.00 USD", exchanged(TransferOut, TransferIn, "C", "O1"),
			[]string{"LIM-4 EXC-1 EXC-2 EXC-4 EXC-5 EXC-7", "PRO-1 PRO-2 PRO-3 PRO-5 PRO-8 FEE-2 LIM-4 EXC-1 EXC-2 EXC-4 EXC-5 EXC-7 BIL-INV-1 BIL-INV-2 BIL-INV-3"}},
	} {
		b := &Book{Group: c.accounts[0].ID, Accounts: c.accounts, Purchases: []Purchase{c.order}, Requests: c.requests}
		if c.invoice != "" {
			b.Invoices = []Invoice{charged("F-1", "P", "O1", money.Must(c.invoice))}
		}
		for i, d := range settled(t, b, "2026-08-10").Decisions {
			equal(t, c.name+": "+d.Request.ID, d.Outcome.String()+" "+strings.Trim(fmt.Sprint(d.Rules.List()), "[]"), "Approved "+c.want[i])
		}
	}
}

// POL-4: a line that is refused cites the rule that refuses it; of an exchange each line that
// it refuses.
func TestRuleThatRefuses(t *testing.T) {
	order, dear := bought("O1", "E1", "2026-03-10 P1Y Upfront 1 x 365.00 USD"), bought("O1", "E1", "2026-03-10 P1Y Upfront 1 x 365000.00 USD")
	enrolled := enrollment("2024-01-01/2028-12-31")
	government := enrolled
	government.Cloud = USGovernment
	reader := refund("R", "O1", "2026-08-01", 1)
	reader.Role = "Reader"
	for _, c := range []struct {
		account  Account
		order    Purchase
		requests []Request
		reason   Reason
		rule     Rule
	}{
		{enrolled, order, []Request{reader}, NotOwner, ELG1},
		{enrolled, dear, []Request{refund("R", "O1", "2026-08-01", 1)}, LimitExceeded, LIM3},
		{government, order, exchanged(Return, PurchaseNew, "E1", "O1"), GovernmentCloud, ELG3},
	} {
		b := &Book{Group: "E1", Accounts: []Account{c.account}, Purchases: []Purchase{c.order}, Requests: c.requests}
		for _, d := range settled(t, b, "2026-08-10").Decisions {
			equal(t, d.Request.ID+": reason, and whether its rule is cited", fmt.Sprint(d.Reasons.List(), d.Rules.Has(c.rule)), fmt.Sprint([]Reason{c.reason}, true))
		}
	}
}

// The lines of a refund are about the days that are given back: from the request to the last
// day of the period, on the new invoice and on the credit memo of overage.
func TestDaysOfARefundLine(t *testing.T) {
	order := bought("O1", "P", "2026-03-10 P1Y Upfront 1 x 365.00 USD")
	order.Funding = Overage
	for _, a := range []Account{account("P", policy.PAYGInvoice, 25), {ID: "P", Type: policy.EA, Terms: enrollment("2024-01-01/2028-12-31").Terms}} {
		b := &Book{Group: "P", Accounts: []Account{a}, Purchases: []Purchase{order}, Invoices: []Invoice{charged("F-1", "P", "O1", money.Must("365.00 USD"))},
			Requests: []Request{refund("R", "O1", "2026-08-01", 1)}}
		lines := 0
		for _, d := range settled(t, b, "2026-08-01").Documents {
			for _, l := range d.Lines {
				if l.Kind == RefundLine {
					lines++
					equal(t, a.Type.String()+", "+d.Number, l.From.String()+" to "+l.To.String(), "2026-08-01 to 2027-03-09")
				}
			}
		}
		if lines == 0 {
			t.Errorf("%s: no line of a refund", a.Type)
		}
	}
}
