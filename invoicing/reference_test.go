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
}

// reference decides every request of a world, night by night, in the plainest
// way there is. It knows refunds only.
func reference(w world) []map[string]expected {
	decisions, _ := referenceNights(w)
	return decisions
}

// referenceNights returns the lots after each night too.
func referenceNights(w world) (decisions []map[string]expected, lots []string) {
	r := refBiller{chain: w.chain, decided: map[string]bool{}, uses: map[string][]refUse{}, returns: map[string][]refReturn{},
		drawn: map[string]*big.Rat{}}
	for _, n := range w.nights {
		r.learn(n)
		decisions = append(decisions, r.decideAll(n.asOf))
		r.draw()
		r.expire(dayOf(n.asOf))
		lots = append(lots, r.lotsText())
	}
	return decisions, lots
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
	decided   map[string]bool
	uses      map[string][]refUse    // by account
	returns   map[string][]refReturn // by order
	charges   []invoicing.Charge
	lots      []*refLot
	drawn     map[string]*big.Rat // by what drew
}

// refUse is what an approved refund counts against the limit.
type refUse struct {
	date  day
	cents int64
}

// refReturn is an approved return.
type refReturn struct {
	units    int
	period   day // its first day
	prorated *big.Rat
}

func (r *refBiller) learn(n night) {
	r.accounts = append(r.accounts, n.accounts...)
	r.purchases = append(r.purchases, n.purchases...)
	r.invoices = append(r.invoices, n.invoices...)
	r.charges = append(r.charges, n.charges...)
	r.prices = append(r.prices, n.prices...)
	r.rates = append(r.rates, n.rates...)
	r.requests = append(r.requests, n.requests...)
}

// decideAll decides in order of (RequestDate, RequestId); later dates wait for their day.
func (r *refBiller) decideAll(asOf money.Date) map[string]expected {
	var pending []invoicing.Request
	for _, q := range r.requests {
		if !r.decided[q.ID] && q.Date <= asOf {
			pending = append(pending, q)
		}
	}
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
	for _, q := range pending {
		e := r.decide(q, dayOf(asOf))
		out[q.ID] = e
		r.decided[q.ID] = e.outcome != invoicing.Held
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
	c := refCase{biller: r, q: q, order: order, account: account, date: dayOf(q.Date),
		rules: r.chain.On(q.Date).ByType[account.Type], minor: order.currency.Digits()}
	e.currency = order.currency
	c.eligible(&e)
	c.fundable(&e)
	if c.computable() {
		a := c.amounts(q.Quantity)
		c.show(&e, a)
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

// refCase is one refund of a known order on a known account.
type refCase struct {
	biller  *refBiller
	q       invoicing.Request
	order   *refOrder
	account *invoicing.Account
	rules   *policy.Parameters
	date    day
	minor   int // digits of the order's currency
}

// active is the units that nobody has returned.
func (c *refCase) active() int {
	n := c.order.quantity
	for _, x := range c.biller.returns[c.q.Order] {
		n -= x.units
	}
	return n
}

// eligible is ELG.
func (c *refCase) eligible(e *expected) {
	if c.order.conflict {
		e.reasons.Add(invoicing.OrderConflict)
	}
	if !slices.Contains(c.rules.Roles, c.q.Role) {
		e.reasons.Add(invoicing.NotOwner)
	}
	if slices.Contains(c.rules.NonRefundableProducts, c.order.product) {
		e.reasons.Add(invoicing.NotRefundable)
	}
	if c.account.Type == policy.EA && c.account.Cloud == invoicing.USGovernment && !c.rules.GovernmentSelfService {
		e.reasons.Add(invoicing.GovernmentCloud)
	}
	if c.date < c.order.start {
		e.reasons.Add(invoicing.BeforePurchase)
	}
	if c.date >= c.order.end() {
		e.reasons.Add(invoicing.TermEnded)
	}
	if c.q.Quantity > c.active() {
		e.reasons.Add(invoicing.QuantityExceeded)
	}
}

// fundable is whether the money can be given back: EA prepayment needs an active
// commitment term, pay-as-you-go by invoice and CSP the original invoice (BIL-INV-3).
func (c *refCase) fundable(e *expected) {
	if c.account.Type == policy.EA {
		for _, t := range c.account.Terms {
			if dayOf(t.Start) <= c.date && c.date <= dayOf(t.End) {
				return
			}
		}
		e.reasons.Add(invoicing.CommitmentInactive)
		return
	}
	if c.order.namesInvoice {
		return
	}
	for _, inv := range c.biller.invoices {
		for _, l := range inv.Lines {
			if l.Order == c.q.Order && l.Net.Sign() > 0 {
				return
			}
		}
	}
	e.reasons.Add(invoicing.InvoiceUnknown)
}

// computable: amounts cannot be computed before the purchase, after the term's end, and for more units than are active.
func (c *refCase) computable() bool {
	return c.date >= c.order.start && c.date < c.order.end() && c.q.Quantity <= c.active()
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
	r.returns[c.q.Order] = append(r.returns[c.q.Order], refReturn{c.q.Quantity, a.period, a.prorated})
	r.uses[c.account.ID] = append(r.uses[c.account.ID], refUse{c.date, cents(rat(e.measured))})
	if c.account.Type == policy.EA {
		// BIL-EA-2: through the day it is granted + 89, counting that day as the first of 90.
		last := asOf
		for n := 1; n < c.rules.CreditValidityDays; n++ {
			last++
		}
		e.expiresOn = last.String()
		r.lots = append(r.lots, &refLot{account: c.account.ID, order: c.q.Order, currency: c.order.currency, granted: asOf, expires: last,
			amount: a.refund, used: new(big.Rat), expired: new(big.Rat)})
	}
}
