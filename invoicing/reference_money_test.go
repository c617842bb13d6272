package invoicing_test

import (
	"fmt"
	"math/big"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// refInvoice is an invoice: of the register, of a purchase that names it, or one of ours.
type refInvoice struct {
	number, account, card string
	issued                day
	currency              money.Currency
	lines                 []refLine
	open                  *big.Rat // what is still open on it; nil where nobody says, which counts as 0
	total                 *big.Rat // gross, of one of ours
	cancelled             bool     // by a Reverse
}

type refLine struct {
	order  string
	net    *big.Rat
	rate   string // of tax, in percent
	bought bool   // by an exchange or a transfer
	fee    bool   // which is no charge for the order
}

// gross is DOC-4: tax once per rate, and what was issued stands.
func (v *refInvoice) gross(how money.Rounding) *big.Rat {
	if v.total != nil {
		return v.total
	}
	return grossOf(v.lines, v.currency, how)
}

func grossOf(lines []refLine, c money.Currency, how money.Rounding) *big.Rat {
	sum, nets := new(big.Rat), map[string]*big.Rat{}
	for _, l := range lines {
		sum = plus(sum, l.net)
		if nets[l.rate] == nil {
			nets[l.rate] = new(big.Rat)
		}
		nets[l.rate] = plus(nets[l.rate], l.net)
	}
	for rate, net := range nets {
		sum = plus(sum, rounded(times(net, over(rat(rate), whole(100))), c.Digits(), how))
	}
	return sum
}

// charged are the lines that an order was charged by.
func (v *refInvoice) charged(order string) []refLine {
	var out []refLine
	for _, l := range v.lines {
		if l.order == order && l.net.Sign() > 0 && !l.fee {
			out = append(out, l)
		}
	}
	return out
}

// original is BIL-INV-3, to the end of the chain; nil where none is known.
func (c *refCase) original() *refInvoice {
	v := c.received()
	for v != nil && c.biller.replaced[v.number] != nil {
		v = c.biller.replaced[v.number]
	}
	return v
}

// received is the invoice that the order was bought by.
func (c *refCase) received() *refInvoice {
	var newest, oldest *refInvoice
	for _, v := range c.biller.charging(c.q.Order) {
		if v.issued <= c.date && (newest == nil || v.issued > newest.issued) {
			newest = v
		}
		if oldest == nil || v.issued < oldest.issued {
			oldest = v
		}
	}
	switch {
	case newest != nil:
		return newest
	case oldest != nil:
		return oldest
	}
	name := c.order.invoices[0]
	for i, p := range c.order.paid { // the current cycle's, else the latest before it
		if p.date <= c.date {
			name = c.order.invoices[i]
		}
	}
	return c.biller.named(name, c.order.account)
}

// charging are the invoices, received or issued for a purchase, with a positive line of an order.
func (r *refBiller) charging(order string) []*refInvoice {
	var out []*refInvoice
	for i := range r.invoices {
		if v := r.registered(&r.invoices[i]); len(v.charged(order)) > 0 {
			out = append(out, v)
		}
	}
	for _, v := range r.issued {
		for _, l := range v.lines {
			if l.order == order && l.bought && slices.ContainsFunc(r.bought, func(p invoicing.Purchase) bool { return p.Order == order }) { // over 0.00 too: the purchase names it
				out = append(out, v)
			}
		}
	}
	return out
}

func (r *refBiller) registered(inv *invoicing.Invoice) *refInvoice {
	v := &refInvoice{number: inv.Number, account: inv.Account, card: inv.CardRef, issued: dayOf(inv.IssueDate), currency: inv.Currency}
	if inv.Open.IsSet() {
		v.open = ratOf(inv.Open)
	}
	for _, l := range inv.Lines {
		v.lines = append(v.lines, refLine{order: l.Order, net: ratOf(l.Net), rate: l.TaxRate.String()})
	}
	return v
}

// named is the invoice whose lines are all the purchases that name it.
func (r *refBiller) named(name, account string) *refInvoice {
	if name == "" {
		return nil
	}
	v := &refInvoice{number: name, account: account}
	seen := map[string]bool{}
	for _, p := range r.purchases {
		if customerInvoice(p) != name || p.Account != account || seen[p.Order] {
			continue
		}
		seen[p.Order] = true // a second source of an order confirms it: its rows are no more lines
		o := r.order(p.Order)
		for _, row := range r.rows(p.Order, p.Origin) {
			if customerInvoice(row) == name {
				v.lines = append(v.lines, refLine{order: p.Order, net: ratOf(row.Amount), rate: r.taxRate(account)})
			}
		}
		v.currency, v.issued = o.currency, dayOf(p.Date)
	}
	return v
}

func (r *refBiller) taxRate(account string) string {
	if a := r.account(account); a != nil {
		return a.TaxRate.String()
	}
	return "0"
}

// taxRate is that of the line that is credited (DOC-4).
func (c *refCase) taxRate() string {
	for _, l := range c.received().lines {
		if l.order == c.q.Order {
			return l.rate
		}
	}
	return c.biller.taxRate(c.account.ID)
}

// ratio is the partner's margin (BIL-CSP-1): lines' net / order amount; nil where
// it is not plain which amount is meant, or of an order that cost nothing.
func (c *refCase) ratio() *big.Rat {
	if c.account.Type != policy.CSP {
		return whole(1)
	}
	charged := new(big.Rat)
	for _, l := range c.received().charged(c.q.Order) {
		charged = plus(charged, l.net)
	}
	amount := c.order.paid[0].amount
	if len(c.order.paid) > 1 || amount.Sign() == 0 {
		return nil
	}
	return over(charged, amount)
}

// cardChanged: the account's card is no longer the one that paid, or none is known.
func (c *refCase) cardChanged() bool {
	return c.account.Type == policy.PAYGCard && (c.card() == "" || c.card() != c.account.CardRef)
}

// card is the one that paid (BIL-CARD-1).
func (c *refCase) card() string {
	if o := c.original(); o != nil && o.card != "" {
		return o.card
	}
	if c.order.card != "" {
		return c.order.card
	}
	return c.account.CardRef
}

// giveBack writes the documents of approved returns, and of the purchases they pay for.
func (r *refBiller) giveBack(returned []*refReturned, buys []*refBuy, asOf day) {
	var billed []*refReturned
	for _, y := range returned {
		switch y.c.funding() {
		case invoicing.Prepayment:
			r.grant(y, asOf)
		case invoicing.Overage:
			r.memo(y)
		default:
			billed = append(billed, y)
		}
	}
	var together, apart []*refBuy // on the invoice that takes the returns, or on one of their own
	for _, b := range buys {
		amount := ratOf(b.q.New.Amount)
		switch {
		case b.funding == invoicing.Prepayment: // EXC-4; BIL-EA-2: it draws as of the day it is issued
			// IMP-10: what a row of the same order has drawn on an earlier night is not drawn again.
			key := fmt.Sprintf("%s %d", b.q.Order, dayOf(b.q.Date))
			charge := refSpending{key, b.id, b.q.Order, asOf, b.q.New.Amount.Currency(), amount, nil}
			r.charged, r.now.charges = append(r.charged, charge), append(r.now.charges, charge)
			r.write(b.id, b.q.New.Amount.Currency(), invoicing.CommitmentCharge.String(), amount)
		case len(billed) > 0 && billed[0].c.account.ID == b.id:
			together = append(together, b)
		default:
			apart = append(apart, b)
		}
	}
	if len(apart) > 0 {
		r.invoice(apart, asOf)
	}
	if len(billed) > 0 {
		r.replace(billed, together, asOf)
	}
}

// write counts what is written tonight.
func (r *refBiller) write(account string, c money.Currency, kind string, amount *big.Rat) {
	zero := new(big.Rat)
	if amount.Sign() != 0 {
		r.written.add(fmt.Sprintf("%s %s %s", account, c, kind), amount, zero, zero)
	}
}

// grant is BIL-EA-2: a lot, by a credit memo without tax.
func (r *refBiller) grant(y *refReturned, asOf day) {
	o, id := y.c.order, y.c.account.ID
	lot := &refLot{account: id, order: y.c.q.Order, currency: o.currency, granted: asOf, expires: y.c.lotEnd(asOf),
		amount: y.a.refund, used: new(big.Rat), expired: new(big.Rat)}
	r.lots, r.now.lots = append(r.lots, lot), append(r.now.lots, lot)
	r.now.memos = append(r.now.memos, refMemo{id, "", o.currency, y.a.refund, new(big.Rat)})
	r.write(id, o.currency, invoicing.CreditMemo.String(), y.a.refund)
}

// invoice is one for purchases alone.
func (r *refBiller) invoice(buys []*refBuy, asOf day) {
	b := buys[0]
	c := b.q.New.Amount.Currency()
	v := &refInvoice{number: r.number(), account: b.id, card: b.q.New.CardRef, issued: asOf, currency: c}
	for _, b := range buys {
		amount := ratOf(b.q.New.Amount)
		if b.account.Type == policy.CSP && b.q.CustomerAmount.IsSet() {
			amount = ratOf(b.q.CustomerAmount)
		}
		v.lines = append(v.lines, refLine{b.q.Order, amount, r.taxRate(b.id), true, false})
	}
	v.total = v.gross(r.chain.On(b.q.Date).ByType[b.account.Type].Rounding)
	r.issued, r.now.invoices = append(r.issued, v), append(r.now.invoices, v)
	r.write(b.id, c, invoicing.InvoiceDoc.String(), v.total)
	r.owes(v, v.total)
}

// number is one that no other invoice of ours has.
func (r *refBiller) number() string {
	r.numbers++
	return fmt.Sprintf("ours %d", r.numbers)
}

// owes is what later credits of the account are set off against, but for that of the purchase itself.
func (r *refBiller) owes(v *refInvoice, owed *big.Rat) {
	r.write(v.account, v.currency, "owed", owed)
	order, spent := "", owed
	for _, l := range v.lines {
		if l.bought {
			if order != "" {
				r.open[v.account] = true // which of the purchases owes what?
			}
			order = l.order
			spent = lesser(owed, grossOf([]refLine{l}, v.currency, money.HalfUp)) // for the gross of its line
		}
	}
	r.owing = append(r.owing, refSpending{v.number, v.account, order, v.issued, v.currency, spent, v})
}

// replace is BIL-INV-1: each original is cancelled, and one new invoice replaces them all.
func (r *refBiller) replace(returned []*refReturned, buys []*refBuy, asOf day) {
	var originals []*refInvoice
	for _, y := range returned {
		if v := y.c.original(); !slices.ContainsFunc(originals, func(o *refInvoice) bool { return o.number == v.number }) {
			originals = append(originals, v)
		}
	}
	account, first := returned[0].c.account, originals[0]
	v := &refInvoice{number: r.number(), account: account.ID, issued: asOf, currency: first.currency, card: first.card}
	open, cancelled, how := new(big.Rat), new(big.Rat), returned[0].c.rules.Rounding
	for _, o := range originals {
		cancelled = plus(cancelled, o.gross(how))
		if still := r.stillOpen(o); still != nil {
			open = plus(open, still)
			v.open = open
		}
		v.lines = append(v.lines, o.lines...)
		r.write(account.ID, o.currency, invoicing.CreditNote.String(), o.gross(how))
		r.replaced[o.number] = v
	}
	r.adjust(v, returned, buys)
	v.total = v.gross(how)
	r.issued, r.now.invoices = append(r.issued, v), append(r.now.invoices, v)
	zero := new(big.Rat)
	r.now.replaced = &refReplaced{v, originals, cancelled, zero, zero, zero}
	r.write(account.ID, v.currency, invoicing.InvoiceDoc.String(), v.total)
	var orders []string
	for _, y := range returned {
		orders = append(orders, y.c.q.Order)
	}
	r.leaveOver(v, minus(cancelled, v.total), open, account, orders)
}

// adjust adds the lines of refunds, fees and purchases.
func (r *refBiller) adjust(v *refInvoice, returned []*refReturned, buys []*refBuy) {
	digits := v.currency.Digits()
	ratioOf := func(c *refCase) *big.Rat {
		ratio := c.ratio()
		if ratio == nil { // RULES.md does not say of which amount
			r.open[c.account.ID] = true
			return whole(1)
		}
		return ratio
	}
	for _, y := range returned {
		ratio := ratioOf(y.c)
		how, rate := y.c.rules.Rounding, y.c.taxRate()
		refund, fee := rounded(times(y.a.prorated, ratio), digits, how), rounded(times(y.a.fee, ratio), digits, how)
		v.lines = append(v.lines, refLine{order: y.c.q.Order, net: refund.Neg(refund), rate: rate}, refLine{order: y.c.q.Order, net: fee, rate: rate, fee: true})
	}
	for _, b := range buys {
		c := returned[0].c
		amount := rounded(times(ratOf(b.q.New.Amount), ratioOf(c)), digits, c.rules.Rounding)
		if c.account.Type == policy.CSP && b.q.CustomerAmount.IsSet() {
			amount = ratOf(b.q.CustomerAmount)
		}
		v.lines = append(v.lines, refLine{b.q.Order, amount, c.taxRate(), true, false})
	}
}

// leaveOver is BIL-INV-2 and BIL-CARD-1.
func (r *refBiller) leaveOver(v *refInvoice, left, open *big.Rat, a *invoicing.Account, orders []string) {
	if left.Sign() <= 0 {
		if left.Sign() < 0 {
			owed := new(big.Rat).Neg(left)
			if chargeable(a) { // at once
				r.now.sent = true
				r.write(a.ID, v.currency, "owed", owed)
				return
			}
			if v.open != nil {
				v.open = plus(open, owed)
			}
			r.now.replaced.owed = owed
			r.owes(v, owed)
		}
		return
	}
	reduced := lesser(left, open)
	if v.open != nil {
		v.open = minus(open, reduced)
	}
	left, r.now.replaced.reduced = minus(left, reduced), reduced
	r.write(a.ID, v.currency, invoicing.ToOpenAmount.String(), reduced)
	switch {
	case left.Sign() == 0:
	case a.Type == policy.PAYGCard:
		r.now.sent = true
		r.write(a.ID, v.currency, invoicing.ToCard.String(), left)
	case a.RefundTo == invoicing.Payout:
		r.now.sent = true
		r.write(a.ID, v.currency, invoicing.ToPayout.String(), left)
	default:
		r.write(a.ID, v.currency, invoicing.ToHeldCredit.String(), left)
		lot := &refLot{account: a.ID, orders: orders, currency: v.currency, granted: v.issued, amount: left, used: new(big.Rat), expired: new(big.Rat)}
		r.held, r.now.lots, r.now.replaced.held = append(r.held, lot), append(r.now.lots, lot), left
	}
}
