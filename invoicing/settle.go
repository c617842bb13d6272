package invoicing

import (
	"cmp"
	"fmt"
	"slices"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Settle decides the requests of a book by the policies in force on their dates
// and says all that is to be written: decisions, documents that refer to each
// other by index, credits, draws and expiries. It is a pure function: the same
// book, market, policies and as-of date give the same settlement, in whatever
// order the book's rows stand.
//
// An error is an impossible state, as adding two currencies; it stops the run
// before anything is committed.
func Settle(b *Book, m *Market, policies policy.Chain, asOf money.Date) (s *Settlement, err error) {
	defer func() {
		if e := recover(); e != nil {
			impossible, ok := e.(*money.Error)
			if !ok {
				panic(e)
			}
			err = fmt.Errorf("settle %s: %w", b.Group, impossible)
		}
	}()
	n := open(b, m, policies, asOf)
	requests := slices.Clone(b.Requests)
	slices.SortFunc(requests, func(x, y Request) int {
		return cmp.Or(cmp.Compare(x.Date, y.Date), cmp.Compare(x.ID, y.ID))
	})
	for i := range requests {
		if requests[i].Date <= asOf {
			n.refund(&requests[i])
		}
	}
	for _, st := range n.states {
		if account := n.accounts[st.Account]; account != nil {
			n.drawCredits(account, st)
			n.expireLots(st)
		}
	}
	n.out.Accounts = n.addressed()
	n.out.Standing = n.standing()
	return n.out, nil
}

// night is the working state of Settle: what is read by name, and the states as
// they change from one request to the next.
type night struct {
	book       *Book
	asOf       money.Date
	market     *Market
	policies   policy.Chain
	accounts   map[string]*Account
	orders     map[string]*Order
	invoices   []Invoice // of the register, by account and number
	carrying   map[string][]*Invoice
	naming     map[invoiceName][]namedCharge
	charges    []Charge
	states     []*State // by account
	allowances map[string]*allowance
	out        *Settlement
}

func open(b *Book, m *Market, policies policy.Chain, asOf money.Date) *night {
	n := &night{book: b, asOf: asOf, market: m, policies: policies, charges: b.Charges,
		accounts: make(map[string]*Account, len(b.Accounts)), orders: map[string]*Order{}, allowances: map[string]*allowance{},
		out: &Settlement{Group: b.Group, AsOf: asOf, Decisions: make([]Decision, 0, len(b.Requests)), Documents: make([]Document, 0, 2*len(b.Requests))}}
	for i := range b.Accounts {
		n.accounts[b.Accounts[i].ID] = &b.Accounts[i]
	}
	orders := FoldOrders(b.Purchases)
	for i := range orders {
		n.orders[orders[i].ID] = &orders[i]
	}
	n.invoices = slices.Clone(b.Invoices)
	slices.SortFunc(n.invoices, func(x, y Invoice) int {
		return cmp.Or(cmp.Compare(x.Account, y.Account), cmp.Compare(x.Number, y.Number))
	})
	n.fillTax()
	n.index(orders)
	for i := range b.States {
		st := b.States[i].clone()
		n.states = append(n.states, &st)
	}
	slices.SortFunc(n.states, func(x, y *State) int { return cmp.Compare(x.Account, y.Account) })
	return n
}

// state is the working state of an account.
func (n *night) state(account string) *State {
	i, ok := slices.BinarySearchFunc(n.states, account, func(s *State, a string) int { return cmp.Compare(s.Account, a) })
	if !ok {
		n.states = slices.Insert(n.states, i, &State{Account: account})
	}
	return n.states[i]
}

func (n *night) allowance(account string) *allowance {
	a := n.allowances[account]
	if a == nil {
		a = newAllowance(n.state(account).Uses)
		n.allowances[account] = a
	}
	return a
}

// refund decides one refund and, if it is approved, bills it.
func (n *night) refund(r *Request) {
	d := Decision{Request: *r, MaxQuantity: -1, Sources: []Source{r.Source}}
	p := n.policies.On(r.Date)
	d.PolicyID, d.PolicyHash = p.ID, p.SHA256
	o := n.orders[r.Order]
	var account *Account
	if o != nil {
		d.Account = o.Account
		account = n.accounts[o.Account]
	}
	if account == nil {
		n.judgeUnknown(&d, o)
		n.out.Decisions = append(n.out.Decisions, d)
		return
	}
	c := &refundCase{decision: &d, order: o, account: account, state: n.state(account.ID), params: p.ByType[account.Type]}
	n.judge(c)
	d.Outcome = d.Reasons.Outcome()
	if d.Outcome == Approved {
		n.approve(c)
	} else if d.LimitMeasured.IsSet() && d.Reasons == 1<<LimitExceeded {
		n.stateWayOut(&d, &c.appraisal)
	}
	n.out.Decisions = append(n.out.Decisions, d)
}

// refundCase is one refund while it is decided and billed.
type refundCase struct {
	decision  *Decision
	order     *Order
	account   *Account
	state     *State
	params    *policy.Parameters
	appraisal appraisal
	worth     worth
	original  *original // BIL-INV-3; nil where none is needed or known
}

// judgeUnknown says what can be said of an unknown order, or of an order on an
// unknown account: nothing but NotOwner, and its roles are Owner alone.
func (n *night) judgeUnknown(d *Decision, o *Order) {
	if o == nil {
		d.Reasons.Add(ReservationUnknown)
	} else {
		d.Reasons.Add(AccountUnknown)
		d.Sources = append(d.Sources, o.Charges[0].Sources...)
	}
	if d.Request.Role != ownerRole {
		d.Rules.Add(ELG1)
		d.Reasons.Add(NotOwner)
	}
	d.Outcome = d.Reasons.Outcome()
}

const ownerRole = "Owner"

// judge finds every reason that applies to a refund, and its amounts wherever
// they can be computed.
func (n *night) judge(c *refundCase) {
	d, o := c.decision, c.order
	d.Type, d.Start, d.End, d.Plan, d.TermMonths = c.account.Type, o.Start, o.End, o.Plan, o.Term
	d.OrderQuantity = o.Quantity
	d.ActiveQuantity = o.Quantity - c.state.order(o.ID).Returned
	if o.Conflict {
		d.Rules.Add(IMP10)
		d.Reasons.Add(OrderConflict)
	}
	n.judgeEligibility(c)
	n.judgeMoney(c)
	if d.Reasons.Has(BeforePurchase) || d.Reasons.Has(TermEnded) || d.Reasons.Has(QuantityExceeded) {
		d.Sources = append(d.Sources, o.Charges[0].Sources...)
		return
	}
	n.appraiseCase(c)
	n.judgeLimit(d, &c.appraisal, &c.worth)
}

// judgeEligibility applies ELG: who may return what, and when.
func (n *night) judgeEligibility(c *refundCase) {
	d, o := c.decision, c.order
	refuse := func(rule Rule, why Reason, when bool) {
		if when {
			d.Rules.Add(rule)
			d.Reasons.Add(why)
		}
	}
	refuse(ELG1, NotOwner, !slices.Contains(c.params.Roles, d.Request.Role))
	refuse(ELG2, NotRefundable, slices.Contains(c.params.NonRefundableProducts, o.Product))
	refuse(ELG3, GovernmentCloud, c.account.Type == policy.EA && c.account.Cloud == USGovernment && !c.params.GovernmentSelfService)
	refuse(ELG4, BeforePurchase, d.Request.Date < o.Start)
	refuse(ELG4, TermEnded, d.Request.Date >= o.End)
	refuse(ELG4, QuantityExceeded, d.Request.Quantity > d.ActiveQuantity)
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
			if _, ok := c.account.TermOn(d.Request.Date); !ok {
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
}

// funding is what the purchase says; if it is silent, Overage where an invoice
// of the register carries the order, else Prepayment (BIL-EA-1).
func (n *night) funding(o *Order) Funding {
	if o.Funding != 0 {
		return o.Funding
	}
	for i := range n.invoices {
		if n.invoices[i].Account == o.Account && n.invoices[i].carries(o.ID) {
			return Overage
		}
	}
	return Prepayment
}

// appraiseCase computes the amounts and puts every figure on the decision.
func (n *night) appraiseCase(c *refundCase) {
	d, p := c.decision, c.params
	a := appraise(c.order, c.state.order(c.order.ID), p, d.Request.Date)
	if a.grace = p.GraceDays >= 0 && a.since <= p.GraceDays && d.Request.Used == UsedNo; a.grace {
		d.Rules.Add(PRO9)
	}
	d.Sources = append(d.Sources, a.charge.Sources...)
	if p.PriceBasis == policy.LowestPrice {
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
	if c.account.Type == policy.PAYGCard && d.Refund.Sign() > 0 && c.original != nil {
		if card := n.payingCard(c); card == "" || card != c.account.CardRef {
			d.Rules.Add(BILCARD1)
			d.Reasons.Add(CardChanged)
		}
	}
}

// take puts the figures of an appraisal on the decision, and cites their rules.
func (d *Decision) take(a *appraisal, w *worth) {
	d.Rules.Add(PRO1, PRO2, PRO5, PRO8, FEE1, FEE3)
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
	d.Basis, d.Price, d.PurchasePrice, d.CurrentPrice = w.basis, w.price, w.purchase, w.current
	d.PeriodStart, d.PeriodEnd, d.PeriodDays = a.periodStart, a.periodEnd, a.periodDays()
	d.DaysUsed, d.DaysRemaining, d.DaysSince = a.used, a.remainingDays(), a.since
	d.Grace, d.Capped, d.Instalments = a.grace, w.capped, a.instalments
	d.Prorated, d.FeeRate, d.FeeBase, d.Fee, d.Refund = w.prorated, w.feeRate, w.feeBase, w.fee, w.refund
	d.Remaining, d.Canceled = w.remaining, w.canceled
}

// approve books an approved refund: its units, what it counts, its documents.
func (n *night) approve(c *refundCase) {
	d := c.decision
	if d.LimitMeasured.IsSet() {
		u := LimitUse{Account: d.Account, Date: d.Request.Date, USD: d.LimitMeasured, Request: d.Request.ID}
		n.out.Uses = append(n.out.Uses, u)
		allowance := n.allowance(d.Account)
		allowance.add(u.Date, u.USD)
		c.state.use(u)
		used := money.Minor(allowance.fullest(u.Date, c.params.LimitWindowDays), money.USD)
		d.LimitRemaining = c.params.LimitAmount.Sub(used)
		if d.LimitRemaining.Sign() < 0 { // LIM-2
			panic(&money.Error{Op: "limit", Why: fmt.Sprintf("request %s passes the refund limit of account %s", d.Request.ID, d.Account)})
		}
	}
	c.state.returned(d)
	switch {
	case c.account.Type == policy.EA && d.Funding == Prepayment:
		n.billPrepayment(c)
	case c.account.Type == policy.EA:
		n.billOverage(c)
	default:
		n.billInvoice(c)
	}
}

// issue adds a document to the settlement and the working states, and returns
// its reference.
func (n *night) issue(d Document) Ref {
	d.IssueDate = n.asOf
	n.out.Documents = append(n.out.Documents, d)
	ref := Ref{New: len(n.out.Documents)}
	n.state(d.Account).issued(&d, ref)
	return ref
}

// addressed are the accounts that documents are issued to, by id.
func (n *night) addressed() []Account {
	var out []Account
	for i := range n.book.Accounts {
		a := &n.book.Accounts[i]
		if slices.ContainsFunc(n.out.Documents, func(d Document) bool { return d.Account == a.ID }) {
			out = append(out, *a)
		}
	}
	slices.SortFunc(out, func(x, y Account) int { return cmp.Compare(x.ID, y.ID) })
	return out
}

// standing is what the registers of credits and limits show of the accounts.
func (n *night) standing() Standing {
	var s Standing
	changed := map[Ref]bool{}
	for _, d := range n.out.Draws {
		changed[d.Credit] = true
	}
	for _, e := range n.out.Expired {
		changed[e.Credit] = true
	}
	for _, st := range n.states {
		for _, c := range st.Credits {
			if !c.Balance().IsZero() || changed[c.Document] || c.GrantedOn == n.asOf {
				s.Credits = append(s.Credits, c)
			}
		}
		account := n.accounts[st.Account]
		if account == nil {
			continue
		}
		p := n.policies.On(n.asOf).ByType[account.Type]
		since := n.asOf - money.Date(p.LimitWindowDays)
		var uses []LimitUse
		for _, u := range st.Uses {
			if u.Date > since {
				uses = append(uses, u)
			}
		}
		s.Limits = append(s.Limits, AccountLimit{Account: st.Account, Limit: p.LimitAmount, WindowDays: p.LimitWindowDays, Uses: uses})
	}
	return s
}
