package invoicing

import (
	"cmp"
	"slices"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// billPrepayment adds the refund to the commitment as a credit lot, by a credit
// memo without tax (BIL-EA-2).
func (n *night) billPrepayment(c *refundCase) {
	d := c.decision
	memo := Document{Type: CreditMemo, Account: c.account.ID, Currency: c.order.Currency, Requests: []string{d.Request.ID}}
	line := Line{Kind: RefundLine, Order: c.order.ID, Description: "Refund: " + c.order.describe(), Quantity: d.Request.Quantity,
		Net: d.Prorated, From: d.Request.Date, To: d.PeriodEnd - 1, TaxCategory: "O", Rules: d.Rules&prorationRules | Cite(BILEA2), Sources: d.Sources}
	memo.Lines = append(memo.Lines, line)
	if !d.Fee.IsZero() {
		line.Kind, line.Net, line.Rules = FeeLine, d.Fee.Neg(), Cite(FEE1, PRO8)
		line.Description = "Early termination fee: " + c.order.describe()
		memo.Lines = append(memo.Lines, line)
	}
	memo.total(c.params.Rounding)
	term, _ := c.account.termOn(d.Request.Date)
	if t, ok := c.account.termOn(c.order.Start); ok && t.covers(d.Request.Date) {
		term = t
	}
	ref := n.issue(memo)
	d.Documents = append(d.Documents, ref)
	if d.Refund.Sign() > 0 {
		// Valid from and including the day of issue.
		d.CreditExpiresOn = n.asOf + money.Date(c.params.CreditValidityDays-1)
		n.grant(c, Credit{Kind: PrepaymentLot, Amount: d.Refund, ExpiresOn: d.CreditExpiresOn, Term: term, Document: ref})
	}
}

// billOverage credits an overage invoice by a credit memo; where the policy says
// reopen, the original and every later invoice of the enrollment are restated
// (BIL-EA-3).
func (n *night) billOverage(c *refundCase) {
	d, r := c.decision, c.params.Rounding
	d.Rules.Add(BILEA3)
	memo := Document{Type: CreditMemo, Account: c.account.ID, Currency: c.original.invoice.Currency, Credits: []Ref{c.original.ref()},
		Requests: []string{d.Request.ID}, Lines: n.refundLines(nil, c, -1)}
	memo.total(r)
	n.creditTax(&memo, &c.original.invoice, r)
	d.Documents = append(d.Documents, n.issue(memo))
	if c.params.Overage != policy.Reopen {
		return
	}
	refund := n.refundLines(nil, c, 1)
	taxLines(refund, memo.Tax.Neg())
	d.Documents = append(d.Documents, n.revise(c.original.invoice, refund, r, d.Request.ID))
	number := cmp.Or(c.original.invoice.Number, "of "+n.asOf.String()) // one of this night has none yet
	forward := Line{Kind: BalanceForwardLine, Order: c.order.ID, Description: "Balance brought forward from the restated invoice " + number,
		Net: memo.Gross.Neg(), TaxCategory: "O", Rules: Cite(BILEA3), Sources: d.Sources}
	for _, later := range n.invoicesOf(c.account.ID) {
		if later.Currency == memo.Currency && later.oneCurrency() && c.original.invoice.before(&later) &&
			!n.state(c.account.ID).correctedInAnother(later.Currency, later.ref()) {
			d.Documents = append(d.Documents, n.revise(later, []Line{forward}, r, d.Request.ID))
		}
	}
}

// taxLines gives lines of one rate the tax that they have together.
func taxLines(lines []Line, tax money.Money) {
	for i := range lines {
		lines[i].Tax = money.Zero(tax.Currency())
	}
	lines[0].Tax = tax
}

// creditTax gives a memo the tax of all that has been credited of the invoice, with
// the memo, less what earlier memos credited: memos that credit all of a rate's net
// credit its tax to the cent, however often it was rounded on the way (DOC-4).
func (n *night) creditTax(memo *Document, inv *Invoice, r money.Rounding) {
	whole := inv.taxes(r)
	for i := range memo.Taxes {
		g := &memo.Taxes[i]
		net, before := g.Net, money.Zero(memo.Currency)
		for _, m := range n.state(memo.Account).Memos {
			for _, e := range m.Taxes {
				if m.Invoice == memo.Credits[0] && e.same(g) {
					net, before = net.Add(e.Net), before.Add(e.Tax)
				}
			}
		}
		tax := percent(net, g.Rate, r)
		for j := range whole {
			if whole[j].same(g) && whole[j].Net == net {
				tax = whole[j].Tax
			}
		}
		g.Tax = tax.Sub(before)
	}
	memo.copyTotals(memo.Taxes)
}

// invoicesOf are the invoices of an account that stand, of the register and issued here.
func (n *night) invoicesOf(account string) []Invoice {
	var all []Invoice
	st := n.state(account)
	for _, inv := range n.invoices {
		if inv.Account == account && st.issuedInvoice(inv.ref()) == nil && st.standing(inv.ref()) == inv.ref() {
			all = append(all, inv)
		}
	}
	return append(all, st.Invoices...)
}

// revise restates an invoice with further lines. A revision is no invoice, posts
// nothing, and keeps the invoice's number with -R1, -R2 (DOC-1).
func (n *night) revise(inv Invoice, more []Line, r money.Rounding, request string) Ref {
	count := 1
	if last := n.state(inv.Account).revision(inv.ref()); last != nil {
		count = last.Count + 1
		inv.Lines = slices.Concat(last.Lines, inv.since(last.Lines))
	}
	doc := Document{Revision: count, Type: InvoiceRevision, Account: inv.Account, Currency: inv.Currency,
		Revises: []Ref{inv.ref()}, Requests: []string{request}}
	for _, l := range inv.Lines {
		doc.Lines = append(doc.Lines, l.line(true, Cite(BILEA3)))
	}
	doc.Lines = append(doc.Lines, more...)
	doc.total(r)
	return n.issue(doc)
}
