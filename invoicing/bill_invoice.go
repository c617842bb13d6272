package invoicing

import (
	"cmp"
	"slices"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// billInvoice corrects the purchase invoices of a pay-as-you-go or CSP account
// (BIL-INV-1): each original is cancelled by a credit note for all of it, and one
// new invoice has the originals' lines, the refunds and fees, and for an exchange
// the purchases. What is left over goes where BIL-INV-2 says.
func (n *night) billInvoice(returns []*refundCase, purchases []*purchaseCase) {
	first := returns[0]
	r := first.params.Rounding
	inv := Document{Type: InvoiceDoc, Account: first.account.ID, Currency: first.original.invoice.Currency, CardRef: first.original.invoice.CardRef,
		Replaces: make([]Ref, 0, len(returns)), Requests: make([]string, 0, len(returns)+len(purchases))}
	count := len(purchases)
	for _, c := range returns {
		count += len(c.original.invoice.Lines) + 2
	}
	inv.Lines = make([]Line, 0, count)
	issued := make([]Ref, 0, len(returns)+1)
	gross, open := money.Zero(inv.Currency), money.Money{}
	for _, c := range returns {
		c.decision.Rules.Add(BILINV1, BILINV2)
		inv.Requests = append(inv.Requests, c.decision.Request.ID)
		for _, old := range c.original.corrected() {
			if slices.Contains(inv.Replaces, old.ref()) {
				continue
			}
			note := cancel(old, returns)
			inv.Replaces = append(inv.Replaces, old.ref())
			inv.Lines = old.linesOn(inv.Lines, false)
			gross = gross.Add(note.Gross)
			if old.Open.IsSet() {
				if !open.IsSet() {
					open = money.Zero(inv.Currency)
				}
				open = open.Add(old.Open)
			}
			issued = append(issued, n.issue(note))
		}
	}
	for _, c := range returns {
		inv.Lines = n.refundLines(inv.Lines, c, 1)
	}
	for _, p := range purchases {
		p.decision.Rules.Add(BILINV1)
		inv.Requests = append(inv.Requests, p.decision.Request.ID)
		inv.Lines = append(inv.Lines, n.purchaseLine(p, first))
	}
	inv.total(r)
	left := gross.Sub(inv.Gross)
	inv.Left, inv.Open = n.leaveOver(first, left, open)
	if inv.Owed = money.Max(left.Neg(), money.Zero(inv.Currency)); first.account.chargeable() {
		inv.Owed = money.Zero(inv.Currency) // it is charged to the card
	}
	issued = append(issued, n.issue(inv))
	for _, c := range returns {
		c.decision.Documents = slices.Clip(issued)
	}
	for _, l := range inv.Left {
		if l.To == ToHeldCredit {
			n.grant(first, Credit{Kind: HeldCreditKind, Amount: l.Amount, Document: issued[len(issued)-1]})
		}
	}
	n.buy(purchases, &inv, issued[len(issued)-1], inv.Owed)
}

// cancel makes the credit note for all of an original, with its tax (DOC-4).
func cancel(orig *Invoice, returns []*refundCase) Document {
	note := Document{Type: CreditNote, Account: orig.Account, Currency: orig.Currency, Cancels: []Ref{orig.ref()}, Lines: orig.linesOn(nil, true)}
	for _, x := range returns {
		if slices.ContainsFunc(x.original.corrected(), func(i *Invoice) bool { return i.ref() == orig.ref() }) {
			note.Requests = append(note.Requests, x.decision.Request.ID)
		}
	}
	if orig.Taxes != nil {
		note.copyTotals(orig.Taxes)
	} else {
		note.total(returns[0].params.Rounding)
	}
	return note
}

// taxes is the invoice's tax by rate and category: as it was issued here, else by
// its lines.
func (i *Invoice) taxes(r money.Rounding) []TaxGroup {
	if i.Taxes != nil {
		return i.Taxes
	}
	d := Document{Currency: i.Currency, Lines: i.linesOn(nil, true)}
	d.total(r)
	return d.Taxes
}

// linesOn adds the invoice's lines to those of a document that cancels or replaces it.
func (i *Invoice) linesOn(lines []Line, cancelled bool) []Line {
	lines = slices.Grow(lines, len(i.Lines))
	for j := range i.Lines {
		lines = append(lines, i.Lines[j].line(cancelled, Cite(BILINV1)))
	}
	return lines
}

// line is the invoice's line on a document: with the tax that it was charged
// where it is cancelled, without where the tax is computed anew.
func (l *InvoiceLine) line(cancelled bool, rules Rules) Line {
	out := Line{Kind: l.Kind, Order: l.Order, Description: l.Description, Quantity: l.Quantity, Net: l.Net, TaxRate: l.TaxRate,
		TaxCategory: l.TaxCategory, From: l.From, To: l.To, Rules: rules, Sources: l.Sources}
	if cancelled {
		out.Tax = l.Tax
	}
	return out
}

// refundLines adds the refund and, if any, the fee to lines, in the customer's amounts and
// with the tax of the line that is credited (DOC-4). On an invoice they stand
// against the charge (sign 1); a credit memo turns them round (sign -1).
func (n *night) refundLines(lines []Line, c *refundCase, sign int) []Line {
	d := c.decision
	charged := c.original.chargeLine(c.order.ID)
	if charged == nil {
		charged = &InvoiceLine{TaxRate: c.account.TaxRate, TaxCategory: c.account.taxCategory()}
	}
	line := func(kind LineKind, what string, net money.Money, rules Rules) Line {
		if sign < 0 {
			net = net.Neg()
		}
		return Line{Kind: kind, Order: c.order.ID, Description: what + c.order.describe(), Quantity: d.Request.Quantity, Net: net,
			TaxRate: charged.TaxRate, TaxCategory: charged.TaxCategory, From: d.Request.Date, To: d.PeriodEnd - 1, Rules: rules, Sources: d.Sources}
	}
	margin := Rules(0)
	if c.account.Type == policy.CSP {
		margin = Cite(BILCSP1)
		if sum := c.original.charged(c.order.ID); sum != c.appraisal.charge.Amount {
			d.Charged, d.OrderPrice = sum, c.appraisal.charge.Amount
		}
	}
	d.Rules |= margin
	lines = append(lines, line(RefundLine, "Refund: ", n.customerAmount(c, d.Prorated).Neg(), d.Rules&prorationRules|margin))
	if !d.Fee.IsZero() {
		lines = append(lines, line(FeeLine, "Early termination fee: ", n.customerAmount(c, d.Fee), Cite(FEE1, PRO8)|margin))
	}
	return lines
}

const prorationRules = Rules(1<<PRO1 | 1<<PRO2 | 1<<PRO3 | 1<<PRO4 | 1<<PRO6 | 1<<PRO7 | 1<<PRO7Missing | 1<<PRO8 | 1<<PRO9 | 1<<PRO10)

// customerAmount is a decided amount as the customer was charged: times the net
// of the invoice's lines for the order over the order's amount (BIL-CSP-1).
func (n *night) customerAmount(c *refundCase, m money.Money) money.Money {
	orig := &c.original.invoice
	charged, price := c.original.charged(c.order.ID), c.appraisal.charge.Amount
	switch {
	case charged == price || c.account.Type != policy.CSP || price.IsZero() && m.Currency() == orig.Currency:
		return m // what cost nothing has no ratio
	case price.IsZero():
		return money.Zero(orig.Currency)
	}
	return asCharged(m, charged, price).Round(c.params.Rounding)
}

// asCharged is an amount times what the customer was charged over the price of it. The
// ratio is made first: its powers of ten cancel, however large the amount is.
func asCharged(m, charged, price money.Money) money.Share {
	num, numDen := charged.Decimal().Fraction()
	den, denDen := price.Decimal().Fraction()
	return m.Of(num, numDen).Fraction(denDen, den).In(charged.Currency())
}

// chargeable reports whether the account has a card that can be charged.
func (a *Account) chargeable() bool { return a.Type == policy.PAYGCard && a.CardRef != "" }

// payingCard is the card of the original purchase (BIL-CARD-1): the invoice's,
// else the order's, else the account's; empty for other billing types.
func (n *night) payingCard(c *refundCase) string {
	if c.account.Type != policy.PAYGCard {
		return ""
	}
	named := ""
	if c.original != nil {
		named = c.original.invoice.CardRef
	}
	return cmp.Or(named, c.order.CardRef, c.account.CardRef)
}

// leaveOver says where what the returns leave over goes (BIL-INV-2): first to
// what is still open on the originals, then back by the account's way. A negative
// amount is owed by the customer. It returns what is then open on the new
// invoice, where the register says what was.
func (n *night) leaveOver(c *refundCase, left, open money.Money) ([]LeftOver, money.Money) {
	var parts []LeftOver
	if left.Sign() < 0 && c.account.chargeable() { // BIL-CARD-1: charged to the account's card
		c.decision.Rules.Add(BILCARD1)
		return append(parts, LeftOver{To: ToCard, Amount: left, Card: c.account.CardRef}), open
	}
	if open.IsSet() {
		taken := money.Min(left, open)
		open = open.Sub(taken)
		if taken.Sign() > 0 {
			parts = append(parts, LeftOver{To: ToOpenAmount, Amount: taken})
		}
		left = left.Sub(taken)
	}
	if left.Sign() <= 0 {
		return parts, open
	}
	part := LeftOver{To: ToHeldCredit, Amount: left}
	switch {
	case c.account.Type == policy.PAYGCard:
		part.To, part.Card = ToCard, n.payingCard(c)
		c.decision.Rules.Add(BILCARD1)
	case c.account.RefundTo == Payout:
		part.To = ToPayout
	}
	return append(parts, part), open
}

// grant gives the account a credit on the as-of date.
func (n *night) grant(c *refundCase, credit Credit) {
	zero := money.Zero(credit.Amount.Currency())
	credit.Account, credit.Order, credit.GrantedOn, credit.Used, credit.Expired = c.account.ID, c.order.ID, n.asOf, zero, zero
	n.out.Granted = append(n.out.Granted, credit)
	c.state.grant(credit)
}
