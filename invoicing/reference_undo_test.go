package invoicing_test

import (
	"math/big"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Withdraw, Reverse and Opening as RULES.md and README's Decisions have them. They
// were added to the reference later, by an author who had seen the core.

// refDone is what an approved request wrote, and what a Reverse takes back.
type refDone struct {
	requests []string // of the request and its exchange
	run      int
	undone   bool
	lots     []*refLot // granted: lots and held credits
	invoices []*refInvoice
	charges  []refSpending // commitment charges
	memos    []refMemo
	replaced *refReplaced // BIL-INV-1
	bought   []string     // orders
	resized  *refCase     // EXC-6: the return of the order
	units    int          // of the order that had been returned then
	sent     bool         // to or from a card, or paid out
}

// refMemo is a credit memo: of prepayment without tax, of overage with it.
type refMemo struct {
	account, key string // key of the invoice and the rate, of overage
	currency     money.Currency
	net, tax     *big.Rat
}

// refReplaced is a new invoice, with what it left over.
type refReplaced struct {
	invoice             *refInvoice
	originals           []*refInvoice
	gross               *big.Rat // of the originals
	held, reduced, owed *big.Rat
}

// refDraw is what something drew on a credit on a night.
type refDraw struct {
	key    string
	lot    *refLot
	amount *big.Rat
	run    int
}

func (r *refBiller) drew(key string, lot *refLot, n *big.Rat) {
	if n.Sign() != 0 {
		r.draws = append(r.draws, refDraw{key, lot, n, r.run})
	}
}

// begin says that what is written from now on is of these requests.
func (r *refBiller) begin(requests ...string) {
	r.now = &refDone{requests: requests, run: r.run}
	for _, id := range requests {
		r.done[id] = r.now
	}
}

// withdraw takes back what the Withdraws among the pending name, before anything
// is decided, and returns what is left to decide.
func (r *refBiller) withdraw(pending []invoicing.Request, out map[string]expected) []invoicing.Request {
	gone := map[string]bool{}
	for _, w := range pending {
		if w.Action != invoicing.Withdraw {
			continue
		}
		gone[w.ID] = true
		e := expected{maxQuantity: -1}
		var named *invoicing.Request
		for i := range r.requests {
			if q := &r.requests[i]; q.ID == w.Withdraws && !r.decided[q.ID] && !gone[q.ID] {
				named = q
			}
		}
		switch told, decided := r.told[w.Withdraws]; {
		case named != nil:
			for _, q := range r.requests {
				if q.ID == named.ID || named.Exchange != "" && q.Exchange == named.Exchange && !r.decided[q.ID] {
					gone[q.ID] = true
					out[q.ID] = expected{outcome: invoicing.Withdrawn, maxQuantity: -1}
				}
			}
		case decided && told.outcome != invoicing.Held || out[w.Withdraws].outcome == invoicing.Withdrawn:
			e.reasons.Add(invoicing.AlreadyDecided)
		default:
			e.reasons.Add(invoicing.RequestUnknown)
		}
		e.outcome = e.reasons.Outcome()
		out[w.ID] = e
	}
	return slices.DeleteFunc(pending, func(q invoicing.Request) bool { return gone[q.ID] })
}

// behind puts each Reverse behind its request, where both are pending.
func behind(pending []invoicing.Request) []invoicing.Request {
	var out, later []invoicing.Request
	for i, q := range pending {
		if q.Action == invoicing.Reverse && slices.ContainsFunc(pending[i:], func(x invoicing.Request) bool { return x.ID == q.Withdraws && x.Action != invoicing.Reverse }) {
			later = append(later, q)
			continue
		}
		out = append(out, q)
		for _, v := range later {
			if v.Withdraws == q.ID {
				out = append(out, v)
			}
		}
	}
	return out
}

// reverse decides a Reverse.
func (r *refBiller) reverse(q invoicing.Request) expected {
	e := expected{maxQuantity: -1}
	told, decided := r.told[q.Withdraws]
	if !decided {
		e.reasons.Add(invoicing.RequestUnknown)
		e.outcome = e.reasons.Outcome()
		return e
	}
	e.account, e.funding = told.account, told.funding
	x := r.done[q.Withdraws]
	switch {
	case told.outcome != invoicing.Approved || x == nil:
		e.reasons.Add(invoicing.NotApproved)
	case x.undone:
		e.reasons.Add(invoicing.AlreadyReversed)
	default:
		r.standsInTheWay(x, &e.reasons)
	}
	if e.outcome = e.reasons.Outcome(); e.outcome == invoicing.Approved {
		r.undo(x)
	}
	return e
}

func (r *refBiller) standsInTheWay(x *refDone, reasons *invoicing.Reasons) {
	for _, v := range x.invoices {
		if now := r.standsFor(v); r.replaced[now.number] != nil || now.cancelled {
			reasons.Add(invoicing.InvoiceReplaced)
		}
		if slices.ContainsFunc(r.draws, func(d refDraw) bool { return d.key == v.number }) {
			reasons.Add(invoicing.CreditUsed) // a set-off has paid for what it bought
		}
	}
	if p := x.replaced; p != nil {
		now := r.standsFor(p.invoice)
		if paid, open := r.paid[now.number], r.stillOpen(now); open != nil && paid != nil && paid.Sign() > 0 && open.Cmp(p.owed) < 0 {
			reasons.Add(invoicing.CreditUsed) // a set-off for a purchase that was on the invoice before
		}
	}
	for _, order := range x.bought {
		if len(r.returns[order]) > 0 || r.sizes[order] != "" {
			reasons.Add(invoicing.PurchaseChanged)
		}
	}
	if c := x.resized; c != nil && c.order.quantity-c.active() > x.units {
		reasons.Add(invoicing.PurchaseChanged)
	}
	own := map[*refLot]*big.Rat{}
	for _, d := range r.draws {
		if slices.ContainsFunc(x.charges, func(c refSpending) bool { return c.key == d.key }) {
			if d.run != x.run {
				reasons.Add(invoicing.CreditUsed)
			}
			if own[d.lot] == nil {
				own[d.lot] = new(big.Rat)
			}
			own[d.lot] = plus(own[d.lot], d.amount)
		}
	}
	for _, l := range x.lots {
		used := l.used
		if own[l] != nil {
			used = minus(used, own[l])
		}
		if used.Sign() != 0 || l.expired.Sign() != 0 {
			reasons.Add(invoicing.CreditUsed)
		}
	}
	if x.sent {
		reasons.Add(invoicing.MoneySent)
	}
}

// standsFor is the invoice that has the lines of another again.
func (r *refBiller) standsFor(v *refInvoice) *refInvoice {
	for r.restored[v.number] != nil {
		v = r.restored[v.number]
	}
	return v
}

// undo writes the mirror documents, and takes back units, uses, credits and purchases.
func (r *refBiller) undo(x *refDone) {
	x.undone = true
	of := func(by string) bool { return slices.Contains(x.requests, by) }
	for id := range r.uses {
		r.uses[id] = slices.DeleteFunc(r.uses[id], func(u refUse) bool { return of(u.by) })
	}
	for id := range r.returns {
		r.returns[id] = slices.DeleteFunc(r.returns[id], func(u refReturn) bool { return of(u.by) })
	}
	if x.resized != nil {
		delete(r.sizes, x.resized.q.Order)
	}
	for _, c := range x.charges { // before the lots: what it drew on them is taken back
		for _, d := range r.draws {
			if d.key == c.key {
				d.lot.used = minus(d.lot.used, d.amount)
			}
		}
		r.draws = slices.DeleteFunc(r.draws, func(d refDraw) bool { return d.key == c.key })
		delete(r.drawn, c.key)
		r.charged = slices.DeleteFunc(r.charged, func(s refSpending) bool { return s.key == c.key })
		r.write(c.account, c.currency, invoicing.CreditMemo.String(), c.amount)
	}
	for _, l := range x.lots {
		l.used = l.amount
	}
	for _, m := range x.memos {
		kind := invoicing.CommitmentCharge
		if m.key != "" {
			kind = invoicing.InvoiceDoc
			r.write(m.account, m.currency, "owed", plus(m.net, m.tax))
			r.memos[m.key] = [2]*big.Rat{minus(r.memos[m.key][0], m.net), minus(r.memos[m.key][1], m.tax)}
		}
		r.write(m.account, m.currency, kind.String(), plus(m.net, m.tax))
	}
	for _, v := range x.invoices {
		r.write(v.account, v.currency, invoicing.CreditNote.String(), v.total)
		r.owing = slices.DeleteFunc(r.owing, func(s refSpending) bool { return s.key == v.number })
		if x.replaced == nil || x.replaced.invoice != v {
			v.cancelled = true
			r.write(v.account, v.currency, "owed", minus(new(big.Rat), v.total))
		}
	}
	r.bought = slices.DeleteFunc(r.bought, func(p invoicing.Purchase) bool { return slices.Contains(x.bought, p.Order) })
	if x.replaced != nil {
		r.restore(x.replaced)
	}
}

// restore is the invoice with the lines and the tax of the originals.
func (r *refBiller) restore(x *refReplaced) {
	now := r.standsFor(x.invoice)
	v := &refInvoice{number: r.number(), account: now.account, card: now.card, issued: dayOf(r.asOf), currency: now.currency, total: x.gross}
	for _, o := range x.originals {
		v.lines = append(v.lines, o.lines...)
	}
	if open := r.stillOpen(now); open != nil {
		if v.open = minus(plus(open, x.reduced), x.owed); v.open.Sign() < 0 {
			v.open = new(big.Rat)
		}
	}
	r.replaced[now.number] = v
	if len(x.originals) == 1 {
		r.restored[x.originals[0].number] = v
	}
	r.issued = append(r.issued, v)
	r.write(v.account, v.currency, invoicing.InvoiceDoc.String(), v.total)
	r.write(v.account, v.currency, "owed", minus(plus(x.held, x.reduced), x.owed))
}

// open takes the rows of the sheet Opening, before anything is decided.
func (r *refBiller) openings(rows []invoicing.Opening) {
	for _, o := range rows {
		zero := new(big.Rat)
		switch o.Kind {
		case invoicing.OpeningLimitUse:
			r.uses[o.Account] = append(r.uses[o.Account], refUse{dayOf(o.Date), cents(ratOf(o.Amount)), ""})
		case invoicing.OpeningLot:
			r.lots = append(r.lots, &refLot{account: o.Account, currency: o.Amount.Currency(), granted: dayOf(o.Date), expires: dayOf(o.ExpiresOn),
				amount: ratOf(o.Amount), used: zero, expired: zero})
		case invoicing.OpeningHeld:
			r.held = append(r.held, &refLot{account: o.Account, currency: o.Amount.Currency(), granted: dayOf(o.Date),
				amount: ratOf(o.Amount), used: zero, expired: zero})
		case invoicing.OpeningUnitsReturned:
			r.brought = append(r.brought, o)
		}
	}
}

// broughtUnits are those of the order that were returned before the ledger began;
// what is said of another account is a conflict, and takes no units.
func (c *refCase) broughtUnits() (n int) {
	for _, o := range c.biller.brought {
		if o.Order == c.q.Order && o.Account == c.account.ID {
			n += o.Quantity
		}
	}
	return n
}

// broughtElsewhere: said of another account than the order's.
func (c *refCase) broughtElsewhere() bool {
	return slices.ContainsFunc(c.biller.brought, func(o invoicing.Opening) bool { return o.Order == c.q.Order && o.Account != c.account.ID })
}

// broughtIn is what they were prorated to in the period of the request (PRO-10).
func (c *refCase) broughtIn(a refAmounts) *big.Rat {
	sum := new(big.Rat)
	for _, o := range c.biller.brought {
		on := dayOf(o.Date)
		if o.Order != c.q.Order || o.Account != c.account.ID || on >= a.period+day(a.periodDays) || c.order.plan == invoicing.Monthly && on < a.period {
			continue
		}
		switch {
		case o.Amount.IsSet() && o.Amount.Currency() == c.order.currency:
			sum = plus(sum, ratOf(o.Amount))
		default:
			left := min(int(a.period)+a.periodDays-int(on), a.periodDays)
			worth := part(part(a.paidForPeriod, o.Quantity, c.order.quantity), left, a.periodDays)
			sum = plus(sum, rounded(worth, c.minor, c.rules.Rounding))
		}
	}
	return sum
}

// chargeable is a card account with a card: a negative difference is charged at once.
func chargeable(a *invoicing.Account) bool { return a.Type == policy.PAYGCard && a.CardRef != "" }
