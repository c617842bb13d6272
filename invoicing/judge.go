package invoicing

import (
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// refund decides one refund and, if it is approved, bills it.
func (n *night) refund(r *Request) {
	d := n.decision(r)
	c := n.returnCase(d)
	var rates []Source
	if c == nil {
		n.judgeUnknown(d)
	} else if n.judge(c, r.Quantity); c.computed {
		rates = n.judgeLimit(d, &c.appraisal, &c.worth)
		n.judgeCard(c, d.Refund)
	}
	d.Outcome = d.Reasons.Outcome()
	if d.Outcome == Approved {
		n.count(c)
		n.approve(c)
	} else if d.LimitMeasured.IsSet() && d.Reasons == 1<<LimitExceeded {
		n.stateWayOut(d, &c.appraisal)
	}
	if !d.Reasons.Has(OrderConflict) { // the sources of which are the rows that disagree
		d.Sources = append(d.Sources, rates...) // no line of a document is from them
	}
	n.decide()
}

// decision begins the decision on a line, by the policy in force on its date. It
// is one of the night's once decide is called.
func (n *night) decision(r *Request) *Decision {
	p := n.policies.On(r.Date)
	n.begun = n.begun[:len(n.begun)+1] // there is room for all: none moves
	d := &n.begun[len(n.begun)-1]
	*d = Decision{Request: *r, MaxQuantity: -1, Sources: make([]Source, 1, usualSources), PolicyID: p.ID, PolicyHash: p.SHA256}
	d.Sources[0] = r.Source
	return d
}

// usualSources are the rows that a decision is from: the request's, the order's, the
// price's and the rates'.
const usualSources = 4

// decide ends the decisions that are begun.
func (n *night) decide() { n.out.Decisions = n.begun }

// returnCase finds the order and the account of a return; nil where one of them
// is unknown.
func (n *night) returnCase(d *Decision) *refundCase {
	o := n.orders[d.Request.Order]
	if o == nil {
		return nil
	}
	d.Account = o.Account
	account := n.accounts[o.Account]
	if account == nil {
		return nil
	}
	return &refundCase{decision: d, order: o, account: account, state: n.state(account.ID), params: n.params(d, account)}
}

// params are the policy's parameters for a line of an account.
func (n *night) params(d *Decision, a *Account) *policy.Parameters {
	return n.policies.On(d.Request.Date).ByType[a.Type]
}

// refundCase is one return while it is decided and billed: a refund, or a return
// of an exchange or transfer.
type refundCase struct {
	decision  *Decision
	order     *Order
	account   *Account
	state     *State
	params    *policy.Parameters
	appraisal appraisal
	worth     worth
	original  *original     // BIL-INV-3; nil where none is needed or known
	computed  bool          // the amounts could be computed
	earlier   []*refundCase // lines of the same exchange that come before
}

// judgeUnknown says what can be said of an unknown order, or of an order on an
// unknown account: nothing but NotOwner, and its roles are Owner alone.
func (n *night) judgeUnknown(d *Decision) {
	if o := n.orders[d.Request.Order]; o == nil {
		d.Reasons.Add(ReservationUnknown)
	} else {
		d.Reasons.Add(AccountUnknown)
		d.Sources = append(d.Sources, o.Charges[0].Sources...)
	}
	d.judgeRole([]string{ownerRole})
}

// conflicts says that other rows disagree on the line's order (IMP-10).
func (d *Decision) conflicts(rows []Source) {
	d.Rules.Add(IMP10)
	d.Reasons.Add(OrderConflict)
	d.Sources = append(d.Sources, rows...)
}

// judgeRole applies ELG-1. Case, spaces, hyphens and underscores of a role do not
// matter: a sheet's "admin agent" is the policy's AdminAgent.
func (d *Decision) judgeRole(roles []string) {
	role := d.Request.Role
	if slices.Contains(roles, role) {
		return
	}
	role = bareRole.Replace(role)
	if !slices.ContainsFunc(roles, func(r string) bool { return strings.EqualFold(bareRole.Replace(r), role) }) {
		d.Rules.Add(ELG1)
		d.Reasons.Add(NotOwner)
	}
}

var bareRole = strings.NewReplacer(" ", "", "-", "", "_", "")

const ownerRole = "Owner"

// judge finds every reason that a return has by itself, and its amounts wherever
// they can be computed. asked is how many units of the order are asked for in
// all, by every line of an exchange (EXC-1).
func (n *night) judge(c *refundCase, asked int) {
	d, o := c.decision, c.order
	d.Type, d.Start, d.End, d.Plan, d.TermMonths = c.account.Type, o.Start, o.End, o.Plan, o.Term
	d.OrderQuantity = o.Quantity
	d.ActiveQuantity = o.Quantity - c.state.order(o.ID).Returned
	if o.Conflict() || n.broughtElsewhere(o) {
		d.conflicts(o.Against)
	}
	n.judgeEligibility(c, asked)
	n.judgeMoney(c)
	if d.Reasons.Has(BeforePurchase) || d.Reasons.Has(TermEnded) || d.Reasons.Has(QuantityExceeded) {
		d.Sources = append(d.Sources, o.Charges[0].Sources...)
		return
	}
	n.appraiseCase(c)
	c.computed = true
}

// judgeEligibility applies ELG: who may return what, and when.
func (n *night) judgeEligibility(c *refundCase, asked int) {
	d, o := c.decision, c.order
	refuse := func(rule Rule, why Reason, when bool) {
		if when {
			d.Rules.Add(rule)
			d.Reasons.Add(why)
		}
	}
	d.judgeRole(c.params.Roles)
	refuse(ELG2, NotRefundable, d.Request.Action == Refund && slices.Contains(c.params.NonRefundableProducts, o.Product))
	refuse(ELG3, GovernmentCloud, c.account.governed(c.params))
	refuse(ELG4, BeforePurchase, d.Request.Date < o.Start)
	refuse(ELG4, TermEnded, d.Request.Date >= o.End)
	refuse(ELG4, QuantityExceeded, asked > d.ActiveQuantity)
}

// governed reports whether an account can ask for nothing by itself (ELG-3).
func (a *Account) governed(p *policy.Parameters) bool {
	return a.Type == policy.EA && a.Cloud == USGovernment && !p.GovernmentSelfService
}

// judgeMoney finds where the money goes back to: the commitment or the original
// invoice (BIL).
func (n *night) judgeMoney(c *refundCase) {
	d := c.decision
	if c.account.Type == policy.EA {
		d.Rules.Add(BILEA1)
		d.Funding = n.funding(c.order)
		if d.Funding == Prepayment {
			d.Rules.Add(BILEA2)
			if _, ok := c.account.termOn(d.Request.Date); !ok {
				d.Reasons.Add(CommitmentInactive)
			}
			return
		}
	}
	d.Rules.Add(BILINV3)
	c.original = n.findOriginal(c.account, c.order, d.Request.Date)
	if c.original == nil {
		d.Reasons.Add(InvoiceUnknown)
		return
	}
	d.Original = c.original.named
	if n.full() {
		d.Reasons.Add(TooManyLines)
	}
}

// funding is what the purchase says; if it is silent, Overage where an invoice
// of the register carries the order, else Prepayment (BIL-EA-1).
func (n *night) funding(o *Order) Funding {
	if o.Funding != 0 {
		return o.Funding
	}
	if slices.ContainsFunc(n.carrying[o.ID], func(inv *Invoice) bool { return inv.Account == o.Account }) {
		return Overage
	}
	return Prepayment
}

// appraiseCase computes the amounts and puts every figure on the decision.
func (n *night) appraiseCase(c *refundCase) {
	d, p := c.decision, c.params
	returned := c.state.order(c.order.ID)
	a := appraise(c.order, &returned, p, d.Request.Date)
	a.exchanged = d.Request.Action != Refund
	a.returned = a.returned.Add(c.before(a.periodStart))
	if !a.exchanged && p.GraceDays >= 0 && a.since <= p.GraceDays {
		if a.grace = n.unused(d, c.order); a.grace {
			d.Rules.Add(PRO9)
		}
	}
	d.Sources = c.order.appendRows(d.Sources, a.charge)
	if !a.exchanged && p.PriceBasis == policy.LowestPrice {
		d.Rules.Add(PRO7)
		if a.current = n.market.price(c.order, d.Request.Date); a.current == nil {
			d.Rules.Add(PRO7Missing)
			if p.MissingCurrentPrice == policy.HoldRequest && !a.grace { // PRO-9 uses no current price
				d.Reasons.Add(PriceUnknown)
			}
		} else {
			d.PriceSource = a.current.Source
			d.Sources = append(d.Sources, a.current.Source)
		}
	}
	c.appraisal, c.worth = a, a.of(d.Request.Quantity)
	d.take(&a, &c.worth)
}

// before is what earlier lines of the same exchange take of the period (EXC-1, PRO-10).
func (c *refundCase) before(period money.Date) money.Money {
	sum := money.Zero(c.order.Currency)
	for _, x := range c.earlier {
		if x.order == c.order && x.computed && x.decision.PeriodStart == period {
			sum = sum.Add(x.decision.Prorated)
		}
	}
	return sum
}

// judgeCard holds what would go back to a card that is no longer the account's,
// or to none that is known.
func (n *night) judgeCard(c *refundCase, back money.Money) {
	card := n.payingCard(c)
	if c.account.Type == policy.PAYGCard && back.Sign() > 0 && (card == "" || card != c.account.CardRef) {
		c.decision.Rules.Add(BILCARD1)
		c.decision.Reasons.Add(CardChanged)
	}
}

// take puts the figures of an appraisal on the decision, and cites their rules.
func (d *Decision) take(a *appraisal, w *worth) {
	d.Rules.Add(PRO1, PRO2, PRO5, PRO8)
	if a.exchanged {
		d.Rules.Add(FEE2)
	} else {
		d.Rules.Add(FEE1, FEE3)
	}
	if a.order.Plan == Monthly {
		d.Rules.Add(PRO4)
	} else {
		d.Rules.Add(PRO3)
	}
	if d.Request.Quantity < d.OrderQuantity {
		d.Rules.Add(PRO6)
	}
	if w.capped {
		d.Rules.Add(PRO10)
	}
	d.Basis, d.Price, d.PurchasePrice, d.CurrentPrice, d.Coming = w.basis, w.price, w.purchase, w.current, w.coming
	d.PeriodStart, d.PeriodEnd, d.PeriodDays = a.periodStart, a.periodEnd, a.periodDays()
	d.DaysUsed, d.DaysRemaining, d.DaysSince = a.used, a.remainingDays(), a.since
	d.Grace, d.Returned, d.Capped, d.Instalments = a.grace, a.returned, w.capped, a.instalments
	d.Prorated, d.FeeRate, d.FeeBase, d.Fee, d.Refund = w.prorated, w.feeRate, w.feeBase, w.fee, w.refund
	d.Remaining, d.Canceled = w.remaining, w.canceled
}

// count counts an approved refund against the limit (LIM-2).
func (n *night) count(c *refundCase) {
	d := c.decision
	if d.LimitMeasured.IsSet() {
		u := LimitUse{Account: d.Account, Date: d.Request.Date, USD: d.LimitMeasured, Request: d.Request.ID}
		n.out.Uses = append(n.out.Uses, u)
		allowance := n.allowance(d.Account)
		allowance.add(u.Date, u.USD)
		c.state.use(u)
		used, _ := allowance.fullest(u.Date, c.params.LimitWindowDays)
		d.LimitRemaining = c.params.LimitAmount.Sub(money.Minor(used, money.USD))
		if d.LimitRemaining.Sign() < 0 { // LIM-2
			panic(&money.Error{Op: "limit", Why: fmt.Sprintf("request %s passes the refund limit of account %s", d.Request.ID, d.Account)})
		}
	}
}

// approve books an approved return: its units and its documents.
func (n *night) approve(c *refundCase) {
	c.state.returned(c.decision)
	switch {
	case !n.billing && c.decision.Request.Action == Refund:
	case c.account.Type == policy.EA && c.decision.Funding == Prepayment:
		n.billPrepayment(c)
	case c.account.Type == policy.EA:
		n.billOverage(c)
	default:
		n.billInvoice([]*refundCase{c}, nil)
	}
}
