package invoicing_test

import (
	"math/big"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// expected is what RULES.md says of one request on one night. An empty text is
// an amount that cannot be computed.
type expected struct {
	account  string
	outcome  invoicing.Outcome
	reasons  invoicing.Reasons
	currency money.Currency

	basis                          invoicing.PriceBasis
	basisAmount                    string
	periodDays, daysUsed, daysLeft int
	prorated, feeRate, fee, refund string
	remaining, canceled            string
	measured                       string // USD
	left                           string // of the limit after the decision, USD
	availableOn                    string
	maxQuantity                    int // -1 where it is not stated
	expiresOn                      string

	funding            invoicing.Funding // of EA
	lifetime, returned string            // of an exchange as a whole (EXC-3)
	premium, resized   bool              // EXC-6
}

// reference decides every request of a world, night by night, in the plainest
// way there is.
func reference(w world) []map[string]expected {
	decisions, _, _ := referenceNights(w)
	return decisions
}

// referenceNights returns what is in hand after each night, and what was written on it, too.
func referenceNights(w world) (decisions []map[string]expected, money []string, open map[string]bool) {
	r := newRefBiller(w)
	for _, n := range w.nights {
		r.learn(n)
		r.openings(n.openings)
		decisions = append(decisions, r.decideAll(n.asOf))
		r.draw()
		r.setOff(dayOf(n.asOf))
		r.expire(dayOf(n.asOf))
		money = append(money, r.lotsText()+r.heldText()+r.writtenText())
	}
	return decisions, money, r.open
}

func newRefBiller(w world) refBiller {
	return refBiller{chain: w.chain, decided: map[string]bool{}, closed: map[string]bool{}, uses: map[string][]refUse{},
		returns: map[string][]refReturn{}, sizes: map[string]string{}, drawn: map[string]*big.Rat{}, replaced: map[string]*refInvoice{},
		told: map[string]expected{}, done: map[string]*refDone{}, restored: map[string]*refInvoice{},
		open: map[string]bool{}, paid: map[string]*big.Rat{}, memos: map[string][2]*big.Rat{}}
}

// refBiller is all that is known, and all that was approved.
type refBiller struct {
	chain     policy.Chain
	accounts  []invoicing.Account
	purchases []invoicing.Purchase
	invoices  []invoicing.Invoice
	prices    []invoicing.Price
	rates     []invoicing.Rate
	requests  []invoicing.Request
	run       int
	decided   map[string]bool
	closed    map[string]bool        // exchanges that are decided
	bought    []invoicing.Purchase   // by exchanges and transfers
	sizes     map[string]string      // EXC-6: by order
	uses      map[string][]refUse    // by account
	returns   map[string][]refReturn // by order
	charges   []invoicing.Charge
	lots      []*refLot
	drawn     map[string]*big.Rat // by what drew

	issued   []*refInvoice          // invoices of ours
	numbers  int                    // that they have been given
	replaced map[string]*refInvoice // by the number of what it replaced
	held     []*refLot              // held credits
	paid     map[string]*big.Rat    // by set-off advices, by the number of the invoice
	memos    map[string][2]*big.Rat // net and tax that memos have credited, by invoice and rate
	written  lotSums                // tonight, by account, currency and kind
	owing    []refSpending          // purchases of exchanges and transfers, for what is owed
	charged  []refSpending          // the same, by prepayment
	draws    []refDraw              // all of them
	told     map[string]expected    // what was decided last, by request
	done     map[string]*refDone    // by approved request
	now      *refDone               // what is being written
	restored map[string]*refInvoice // by the number of the original
	brought  []invoicing.Opening    // units returned before
	asOf     money.Date
	open     map[string]bool // accounts of which RULES.md leaves an amount open
}

// refUse is what an approved refund counts against the limit.
type refUse struct {
	date  day
	cents int64
	by    string
}

// refReturn is an approved return.
type refReturn struct {
	units    int
	period   day // its first day
	prorated *big.Rat
	by       string
}

func (r *refBiller) learn(n night) {
	r.run++
	r.written = lotSums{}
	r.accounts = append(r.accounts, n.accounts...)
	for _, p := range n.purchases {
		p.Run = r.run
		r.purchases = append(r.purchases, p)
	}
	r.invoices = append(r.invoices, n.invoices...)
	r.charges = append(r.charges, n.charges...)
	r.prices = append(r.prices, n.prices...)
	r.rates = append(r.rates, n.rates...)
	for _, q := range n.requests {
		// EXC-1: a further line for a decided exchange is refused as a conflict, before it is a request.
		if q.Exchange == "" || !r.closed[q.Exchange] {
			r.requests = append(r.requests, q)
		}
	}
}

// due is what is undecided and not dated after the as-of date.
func (r *refBiller) due(asOf money.Date) []invoicing.Request {
	var out []invoicing.Request
	for _, q := range r.requests {
		if !r.decided[q.ID] && q.Date <= asOf {
			out = append(out, q)
		}
	}
	return out
}

// decideAll decides in order of (RequestDate, RequestId), an exchange where its
// first line stands; later dates wait for their day.
func (r *refBiller) decideAll(asOf money.Date) map[string]expected {
	r.asOf = asOf
	pending := r.due(asOf)
	slices.SortFunc(pending, func(a, b invoicing.Request) int {
		if a.Date != b.Date {
			return int(a.Date) - int(b.Date)
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	out := map[string]expected{}
	pending = behind(r.withdraw(pending, out))
	for id, e := range out {
		r.told[id] = e
	}
	for i, q := range pending {
		if _, done := out[q.ID]; done {
			continue
		}
		switch q.Action {
		case invoicing.Refund:
			out[q.ID] = r.decide(q, dayOf(asOf))
		case invoicing.Reverse:
			out[q.ID] = r.reverse(q)
		default:
			lines := []invoicing.Request{q}
			for _, other := range pending[i+1:] {
				if q.Exchange != "" && other.Exchange == q.Exchange && other.Action != invoicing.Refund {
					lines = append(lines, other)
				}
			}
			for id, e := range r.exchange(lines, dayOf(asOf)) {
				out[id] = e
			}
		}
		for id, e := range out {
			r.told[id] = e
		}
	}
	for _, q := range r.requests {
		if _, now := out[q.ID]; !now {
			continue
		}
		r.decided[q.ID], r.told[q.ID] = out[q.ID].outcome != invoicing.Held, out[q.ID]
		if q.Exchange != "" && r.decided[q.ID] {
			r.closed[q.Exchange] = true
		}
	}
	return out
}

// decide is one refund.
func (r *refBiller) decide(q invoicing.Request, asOf day) expected {
	e := expected{maxQuantity: -1}
	order := r.order(q.Order)
	if order == nil {
		e.reasons.Add(invoicing.ReservationUnknown)
		return e.unknown(q)
	}
	e.account = order.account
	account := r.account(order.account)
	if account == nil {
		e.reasons.Add(invoicing.AccountUnknown)
		return e.unknown(q)
	}
	c := r.caseOf(q, order, account)
	e.currency, e.funding = order.currency, c.funding()
	c.eligible(&e.reasons)
	c.fundable(&e.reasons)
	if c.computable() {
		a := c.amounts(q.Quantity)
		c.show(&e, a)
		if a.refund.Sign() > 0 && c.cardChanged() {
			e.reasons.Add(invoicing.CardChanged)
		}
		c.limit(&e, a)
	}
	e.outcome = e.reasons.Outcome()
	if e.outcome == invoicing.Approved {
		c.approve(&e, asOf)
	}
	return e
}

// unknown: of an unknown order, or an order on an unknown account, nothing else can be said than NotOwner.
func (e expected) unknown(q invoicing.Request) expected {
	if q.Role != "Owner" {
		e.reasons.Add(invoicing.NotOwner)
	}
	e.outcome = e.reasons.Outcome()
	return e
}

func (r *refBiller) account(id string) *invoicing.Account {
	for i := range r.accounts {
		if r.accounts[i].ID == id {
			return &r.accounts[i]
		}
	}
	return nil
}

func (r *refBiller) caseOf(q invoicing.Request, o *refOrder, a *invoicing.Account) *refCase {
	return &refCase{biller: r, q: q, order: o, account: a, date: dayOf(q.Date), units: q.Quantity,
		rules: r.chain.On(q.Date).ByType[a.Type], minor: o.currency.Digits()}
}

// refCase is one refund, or one return of an exchange, of a known order on a known account.
type refCase struct {
	biller  *refBiller
	q       invoicing.Request
	order   *refOrder
	account *invoicing.Account
	rules   *policy.Parameters
	date    day
	minor   int         // digits of the order's currency
	units   int         // of the order, by all lines of the exchange
	before  []refReturn // of the order, by the lines of the exchange before this one
}

// exchanged says that this is no refund: an exchange or a transfer.
func (c *refCase) exchanged() bool { return c.q.Action != invoicing.Refund }

// active is the units that nobody has returned.
func (c *refCase) active() int {
	n := c.order.quantity
	for _, x := range c.biller.returns[c.q.Order] {
		n -= x.units
	}
	return n - c.broughtUnits()
}

// eligible is ELG.
func (c *refCase) eligible(reasons *invoicing.Reasons) {
	if c.order.conflict || c.broughtElsewhere() {
		reasons.Add(invoicing.OrderConflict)
	}
	if !slices.Contains(c.rules.Roles, c.q.Role) {
		reasons.Add(invoicing.NotOwner)
	}
	if !c.exchanged() && slices.Contains(c.rules.NonRefundableProducts, c.order.product) {
		reasons.Add(invoicing.NotRefundable)
	}
	if governed(c.account, c.rules) {
		reasons.Add(invoicing.GovernmentCloud)
	}
	if c.date < c.order.start {
		reasons.Add(invoicing.BeforePurchase)
	}
	if c.date >= c.order.end() {
		reasons.Add(invoicing.TermEnded)
	}
	if c.units > c.active() {
		reasons.Add(invoicing.QuantityExceeded)
	}
}

func governed(a *invoicing.Account, p *policy.Parameters) bool {
	return a.Type == policy.EA && a.Cloud == invoicing.USGovernment && !p.GovernmentSelfService
}

// fundable is whether the money can be given back: EA prepayment needs an active
// commitment term, all others the original invoice (BIL-INV-3).
func (c *refCase) fundable(reasons *invoicing.Reasons) {
	switch {
	case c.funding() == invoicing.Prepayment:
		if !committed(c.account, c.date) {
			reasons.Add(invoicing.CommitmentInactive)
		}
	case c.original() == nil:
		reasons.Add(invoicing.InvoiceUnknown)
	}
}

func committed(a *invoicing.Account, d day) bool {
	for _, t := range a.Terms {
		if dayOf(t.Start) <= d && d <= dayOf(t.End) {
			return true
		}
	}
	return false
}

// funding is BIL-EA-1; zero for all but EA.
func (c *refCase) funding() invoicing.Funding {
	if c.account.Type != policy.EA {
		return 0
	}
	if c.order.funding != 0 {
		return c.order.funding
	}
	for _, inv := range c.biller.invoices {
		for _, l := range inv.Lines {
			if l.Order == c.q.Order {
				return invoicing.Overage
			}
		}
	}
	return invoicing.Prepayment
}

// computable: amounts cannot be computed before the purchase, after the term's end, and for more units than are active.
func (c *refCase) computable() bool {
	return c.date >= c.order.start && c.date < c.order.end() && c.units <= c.active()
}

func (c *refCase) show(e *expected, a refAmounts) {
	e.basis, e.basisAmount = a.basis, text(a.basisAmount, c.minor)
	e.periodDays, e.daysUsed, e.daysLeft = a.periodDays, a.daysUsed, a.periodDays-a.daysUsed
	e.prorated, e.fee, e.refund = text(a.prorated, c.minor), text(a.fee, c.minor), text(a.refund, c.minor)
	e.remaining, e.canceled = text(a.remaining, c.minor), text(a.canceled, c.minor)
	e.feeRate = a.feeRate
	if a.priceUnknown {
		e.reasons.Add(invoicing.PriceUnknown)
	}
}

func (c *refCase) approve(e *expected, asOf day) {
	r, a := c.biller, c.amounts(c.q.Quantity)
	r.begin(c.q.ID)
	r.uses[c.account.ID] = append(r.uses[c.account.ID], refUse{c.date, cents(rat(e.measured)), c.q.ID})
	r.giveBack([]*refReturned{{c, a}}, nil, asOf)
	e.expiresOn = c.lotUntil(asOf)
	r.returns[c.q.Order] = append(r.returns[c.q.Order], refReturn{c.q.Quantity, a.period, a.prorated, c.q.ID})
}

// lotUntil is BIL-EA-2: through the day it is granted + 89, counting that day as the
// first of 90; empty where no lot is granted.
func (c *refCase) lotUntil(asOf day) string {
	if c.funding() != invoicing.Prepayment {
		return ""
	}
	return c.lotEnd(asOf).String()
}

func (c *refCase) lotEnd(asOf day) day {
	last := asOf
	for n := 1; n < c.rules.CreditValidityDays; n++ {
		last++
	}
	return last
}
