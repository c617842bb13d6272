package invoicing

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// outlay is a purchase or a charge that may draw on the credits of its account.
// Its key says the same of it on every night: what was drawn once is remembered
// under it.
type outlay struct {
	key     string
	paying  string // what the key of an instalment ends with: the invoice of the register
	date    money.Date
	order   string // empty for a charge
	amount  money.Money
	invoice Ref // for a held credit: the invoice that the set-off advice names
	sources []Source
}

// drawCredits lets the purchases and charges that are known draw on the credits
// of an account: EA prepayment on lots (BIL-EA-2), others on held credits
// (BIL-INV-2). A draw of an earlier night stands.
func (n *night) drawCredits(a *Account, st *State) {
	since, any := st.oldestOpen()
	if !any {
		return
	}
	var outlays []outlay
	kind := HeldCreditKind // what is left of the other, from when the account was billed otherwise, waits
	if a.Type == policy.EA {
		kind = PrepaymentLot
		outlays = append(n.prepaymentOutlays(a, since), n.chargeOutlays(a)...)
	} else {
		outlays = n.invoicedOutlays(a, st, since)
	}
	slices.SortStableFunc(outlays, func(x, y outlay) int { return cmp.Or(cmp.Compare(x.date, y.date), cmp.Compare(x.key, y.key)) })
	p := st.purse(kind)
	for i := range outlays {
		n.draw(st, p, &outlays[i])
	}
}

// oldestOpen is the day on which the oldest credit that is not used up was
// granted: nothing dated before it can draw.
func (s *State) oldestOpen() (since money.Date, any bool) {
	for i := range s.Credits {
		if c := &s.Credits[i]; c.Amount.Cmp(c.Used) > 0 && (!any || c.GrantedOn < since) {
			since, any = c.GrantedOn, true
		}
	}
	return since, any
}

// draw takes what an outlay still needs from the credits it may use, in their order.
func (n *night) draw(st *State, p *purse, x *outlay) {
	need := n.needed(st, x)
	open := p.on(x)
	for i := 0; i < len(open) && need.Sign() > 0; {
		c := open[i]
		if x.order != "" && x.order == c.Order && x.date == c.GrantedOn { // what its own return gave back
			i++
			continue
		}
		amount := money.Min(need, c.Amount.Sub(c.Used))
		d := Draw{Account: st.Account, Credit: c.Document, Amount: amount, Date: x.date, Order: x.order, Key: x.key, Source: x.sources[0]}
		if c.Kind == HeldCreditKind {
			d.Document, d.Invoice, d.Told = n.setOff(st, c, x, amount), x.invoice, n.toldOpen(st, x.invoice, x.amount.Currency())
		} else if missing := amount.Sub(c.Balance()); missing.Sign() > 0 {
			// It arrived after the expiry was posted, and draws all the same.
			n.postExpiry(c, missing.Neg(), x.sources)
		}
		n.out.Draws = append(n.out.Draws, d)
		st.draw(c, d)
		need = need.Sub(amount)
		if c.Amount.Cmp(c.Used) <= 0 { // those passed over move up
			copy(open[1:i+1], open[:i])
			open = open[1:]
		}
	}
	p.open[x.amount.Currency()] = open
}

// needed is what an outlay has not drawn yet. Of an invoice issued here, which may
// charge several purchases, no more is to be paid than is open, if that is known.
func (n *night) needed(st *State, x *outlay) money.Money {
	need := x.amount.Sub(st.drawnBy(x))
	if st.issuedInvoice(x.invoice) != nil {
		if open := st.stillOpen(x.invoice, n.toldOpen(st, x.invoice, x.amount.Currency())); open.IsSet() {
			need = money.Min(need, open)
		}
	}
	return need
}

// drawnBy is what an outlay has drawn so far: of an invoice of the register what any
// instalment has, for it may have been taken for another before this one was told.
func (s *State) drawnBy(x *outlay) money.Money {
	sum := s.drawn(strings.TrimSuffix(x.key, x.paying), x.amount.Currency())
	if x.paying == "" {
		return sum
	}
	at, _ := slices.BinarySearchFunc(s.Drawn, x.order+"|", func(d Drawn, k string) int { return cmp.Compare(d.Key, k) })
	for ; at < len(s.Drawn) && strings.HasPrefix(s.Drawn[at].Key, x.order+"|"); at++ {
		if strings.HasSuffix(s.Drawn[at].Key, "|"+x.amount.Code()+x.paying) {
			sum = sum.Add(s.Drawn[at].Amount)
		}
	}
	return sum
}

// purse is the credits of one kind that an account has, for outlays that come by date.
type purse struct {
	coming []*Credit                    // granted after the outlays so far, by the day
	open   map[money.Currency][]*Credit // not used up, the earliest expiry first, then the oldest
}

func (s *State) purse(kind CreditKind) *purse {
	p := &purse{open: map[money.Currency][]*Credit{}}
	for i := range s.Credits {
		if c := &s.Credits[i]; c.Kind == kind && c.Amount.Cmp(c.Used) > 0 {
			p.coming = append(p.coming, c)
		}
	}
	return p
}

// on is the credits that may pay an outlay: granted on or before its day, and lots that
// are valid on it.
func (p *purse) on(x *outlay) []*Credit {
	for len(p.coming) > 0 && p.coming[0].GrantedOn <= x.date {
		c := p.coming[0]
		p.coming = p.coming[1:]
		open := p.open[c.Amount.Currency()]
		at := sort.Search(len(open), func(i int) bool { return open[i].ExpiresOn > c.ExpiresOn })
		p.open[c.Amount.Currency()] = slices.Insert(open, at, c)
	}
	open := p.open[x.amount.Currency()]
	for len(open) > 0 && !open[0].ExpiresOn.IsZero() && open[0].ExpiresOn < x.date {
		open = open[1:]
	}
	return open
}

// setOff issues the advice that pays an invoice from a held credit: a payment,
// without effect on tax.
func (n *night) setOff(st *State, c *Credit, x *outlay, amount money.Money) Ref {
	zero := money.Zero(amount.Currency())
	return n.issue(Document{Type: SetOff, Account: st.Account, Currency: amount.Currency(), Net: amount, Tax: zero, Gross: amount,
		Credits: []Ref{x.invoice}, Credit: c.Document,
		Lines: []Line{{Kind: CreditAppliedLine, Order: x.order, Description: "Held credit set off against the invoice",
			Net: amount, TaxCategory: "O", Rules: Cite(BILINV2), Sources: x.sources}}})
}

// expireLots posts what is unused of lots whose last day of validity has passed.
func (n *night) expireLots(st *State) {
	for i := range st.Credits {
		c := &st.Credits[i]
		if c.Kind == PrepaymentLot && c.ExpiresOn < n.asOf && c.Balance().Sign() > 0 {
			n.postExpiry(c, c.Balance(), nil)
		}
	}
}

// postExpiry issues an expiry, which comes from no row, or with a negative amount a
// reversing one, for rows that came later.
func (n *night) postExpiry(c *Credit, amount money.Money, sources []Source) {
	what := "Expired prepayment credit"
	if amount.Sign() < 0 {
		what = "Expiry reversed: a purchase or charge of a day of validity came later"
	}
	zero := money.Zero(amount.Currency())
	ref := n.issue(Document{Type: Expiry, Account: c.Account, Currency: amount.Currency(), Net: amount, Tax: zero, Gross: amount, Credit: c.Document,
		Lines: []Line{{Kind: CreditAppliedLine, Order: c.Order, Description: what, Net: amount, TaxCategory: "O", Rules: Cite(BILEA2), Sources: sources}}})
	n.out.Expired = append(n.out.Expired, Expired{Account: c.Account, Credit: c.Document, Amount: amount, Document: ref})
	c.Expired = c.Expired.Add(amount)
}

// prepaymentOutlays are the charges of the account's orders that prepayment
// funds. A further source of an order confirms its charges and never draws again
// (IMP-10).
func (n *night) prepaymentOutlays(a *Account, since money.Date) []outlay {
	var out []outlay
	st := n.state(a.ID)
	for _, o := range n.accountOrders(a.ID) {
		for i := range o.Charges {
			c := &o.Charges[i]
			x := outlay{key: outlayKey(o, c.Date, c.Amount), date: c.Date, order: o.ID, amount: c.Amount, sources: c.Sources}
			x.exchanged(st.bought(o.ID))
			if x.date >= since && n.funding(o) == Prepayment {
				out = append(out, x)
			}
		}
	}
	return out
}

// exchanged makes an outlay of what an exchange or transfer bought: it counts on
// the day its document was issued, with what is still to be paid of it.
func (x *outlay) exchanged(b *Bought) bool {
	if b == nil || b.Purchase.Date != x.date {
		return false
	}
	x.date, x.amount, x.invoice = b.IssuedOn, b.Owed, b.Document
	return true
}

// outlayKey identifies what was charged for an order (nil for charges of the
// account) on a date in a currency. Of an order paid upfront all rows add up, and a
// row that comes later may be of an earlier date (IMP-1).
func outlayKey(o *Order, d money.Date, m money.Money) string {
	switch {
	case o == nil:
		return "|" + d.String() + "|" + m.Code()
	case o.Plan == Upfront:
		d = 0
	}
	return o.ID + "|" + d.String() + "|" + m.Code()
}

func (n *night) accountOrders(account string) []*Order {
	var out []*Order
	for _, o := range n.orders {
		if o.Account == account {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(x, y *Order) int { return cmp.Compare(x.ID, y.ID) })
	return out
}

// chargeOutlays are the charges of a day, added up.
func (n *night) chargeOutlays(a *Account) []outlay {
	charges := slices.DeleteFunc(slices.Clone(n.book.Charges), func(c Charge) bool { return c.Account != a.ID })
	slices.SortFunc(charges, func(x, y Charge) int {
		return cmp.Or(cmp.Compare(x.Date, y.Date), cmp.Compare(x.Amount.Code(), y.Amount.Code()), x.Source.Compare(y.Source))
	})
	var out []outlay
	for _, c := range charges {
		k := outlayKey(nil, c.Date, c.Amount)
		if last := len(out) - 1; last >= 0 && out[last].key == k {
			out[last].amount = out[last].amount.Add(c.Amount)
			out[last].sources = append(out[last].sources, c.Source)
			continue
		}
		out = append(out, outlay{key: k, date: c.Date, amount: c.Amount, sources: []Source{c.Source}})
	}
	return out
}

// invoicedOutlays are the invoice lines of the account's purchases, gross, that a
// held credit may pay. A purchase whose invoice is not known yet waits for it.
func (n *night) invoicedOutlays(a *Account, st *State, since money.Date) []outlay {
	var out []outlay
	for _, o := range n.accountOrders(a.ID) {
		for i := range o.Charges {
			c := &o.Charges[i]
			x := outlay{date: c.Date, order: o.ID, sources: c.Sources}
			exchanged := x.exchanged(st.bought(o.ID))
			if x.date < since {
				continue
			}
			if !exchanged {
				inv := n.invoiceOfCharge(a, o, c)
				if inv == nil || st.correctedInAnother(inv.Currency, inv.ref()) {
					continue
				}
				x.amount, x.invoice = grossFor(inv, o.ID, c.Date), inv.ref()
				if l := inv.chargeLine(o.ID); o.Plan == Monthly && l != nil && l.From.IsZero() {
					x.paying = "|" + inv.Number
				}
			}
			x.key, x.invoice = outlayKey(o, c.Date, x.amount)+x.paying, st.standing(x.invoice)
			out = append(out, x)
		}
	}
	return out
}

// invoiceOfCharge is the invoice of one charge of an order: the first of the
// register that was issued on or after it and before the next one, else the one
// that the purchase names.
func (n *night) invoiceOfCharge(a *Account, o *Order, c *OrderCharge) *Invoice {
	var first *Invoice
	for _, inv := range n.carrying[o.ID] {
		if inv.Account == a.ID && inv.chargeLine(o.ID) != nil && inv.oneCurrency() && inv.IssueDate >= c.Date && (first == nil || inv.before(first)) &&
			!n.state(a.ID).canceled(inv.ref(), o.ID) {
			first = inv
		}
	}
	if first != nil && !slices.ContainsFunc(o.Charges, func(x OrderCharge) bool { return x.Date > c.Date && x.Date <= first.IssueDate }) {
		return first
	}
	return n.namedByPurchase(a, o, c.Date)
}

// grossFor is the gross of an invoice's lines for a charge of an order. Where the
// purchases themselves name the invoice, a line is what one of them charged.
func grossFor(inv *Invoice, order string, charged money.Date) money.Money {
	d := Document{Currency: inv.Currency}
	for i := range inv.Lines {
		if l := &inv.Lines[i]; l.charges(order) && (l.From.IsZero() || l.From == charged) {
			d.Lines = append(d.Lines, l.line(true, 0))
		}
	}
	d.total(money.HalfUp)
	return d.Gross
}
