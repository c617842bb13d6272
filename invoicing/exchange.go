package invoicing

import (
	"slices"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// exchange is an exchange or a transfer while it is decided as one (EXC-1, EXC-7).
type exchange struct {
	transfer  bool
	decisions []*Decision     // of every line, in order
	returns   []*refundCase   // the lines whose order and account are known
	purchases []*purchaseCase // the lines that buy
	reasons   Reasons         // of all lines
	rules     Rules
}

// purchaseCase is one line of an exchange that buys, or the TransferIn of a transfer.
type purchaseCase struct {
	decision *Decision
	account  *Account // nil where it is not known
	funding  Funding
}

// bought is what is bought, as asked: its amount is what is charged at once (EXC-4).
func (p *purchaseCase) bought() *Purchase { return p.decision.Request.New }

// exchangeLines are the lines of each exchange that are dated on or before the as-of
// date, by ExchangeId.
func exchangeLines(requests []Request, asOf money.Date) map[string][]*Request {
	lines := map[string][]*Request{}
	for i := range requests {
		if r := &requests[i]; r.tie() != "" && r.Date <= asOf {
			lines[r.tie()] = append(lines[r.tie()], r)
		}
	}
	return lines
}

// exchange decides the lines of an exchange or transfer as one: any failing line
// fails the whole, and every line carries the reasons of all.
func (n *night) exchange(lines []*Request) {
	x := &exchange{transfer: slices.ContainsFunc(lines, func(r *Request) bool { return r.Action == TransferOut || r.Action == TransferIn })}
	for _, r := range lines {
		d := n.decision(r)
		x.decisions = append(x.decisions, d)
		if r.New != nil {
			x.purchases = append(x.purchases, &purchaseCase{decision: d})
		} else if c := n.returnCase(d); c != nil {
			x.returns = append(x.returns, c)
		} else {
			n.judgeUnknown(d)
		}
	}
	n.judgeReturns(x)
	n.judgePurchases(x)
	n.judgeTogether(x)
	if x.premiumStorage() { // EXC-6
		x.moveNoMoney()
	}
	for _, d := range x.decisions {
		x.reasons |= d.Reasons
	}
	for _, d := range x.decisions {
		d.Reasons = x.reasons
		d.Rules |= x.rules
		d.Outcome = x.reasons.Outcome()
	}
	if x.reasons.Outcome() == Approved {
		n.approveExchange(x)
	}
	n.decide()
}

// moveNoMoney takes the amounts off an exchange for premium storage, and the
// reasons that are about the way of the money (EXC-6).
func (x *exchange) moveNoMoney() {
	x.purchases[0].decision.Reasons &^= 1 << OrderConflict // the order keeps its id
	for _, d := range x.decisions {
		d.Reasons &^= 1<<InvoiceUnknown | 1<<CommitmentInactive | 1<<TooManyLines
		d.Lifetime, d.ExchangeCanceled = money.Money{}, money.Money{}
	}
	if c := x.returns[0]; c.computed {
		d, zero := c.decision, money.Zero(c.order.Currency)
		d.Prorated, d.Fee, d.Refund, d.Remaining, d.Canceled = zero, zero, zero, zero, zero
		none := zero.Of(int64(d.Request.Quantity), 1)
		if d.Price, d.PurchasePrice = none, none; d.Coming.IsSet() {
			d.Coming = none
		}
	}
}

// judgeReturns judges each known return by itself; those of one order count
// together (EXC-1).
func (n *night) judgeReturns(x *exchange) {
	asked := map[string]int{}
	for _, c := range x.returns {
		asked[c.order.ID] += c.decision.Request.Quantity
	}
	for i, c := range x.returns {
		c.earlier = x.returns[:i]
		n.judge(c, asked[c.order.ID])
	}
}

// judgePurchases finds the account and the funding of what is bought. A purchase
// that names no account is one of the first return's, and so is its funding
// where it is silent (BIL-EA-1).
func (n *night) judgePurchases(x *exchange) {
	for i, p := range x.purchases {
		d := p.decision
		d.Account = p.bought().Account
		if d.Account == "" && len(x.returns) > 0 {
			d.Account = x.returns[0].account.ID
		}
		if p.account = n.accounts[d.Account]; p.account == nil {
			if d.Account != "" {
				d.Reasons.Add(AccountUnknown)
			}
			d.judgeRole([]string{ownerRole})
			continue
		}
		d.Type = p.account.Type
		d.judgeRole(n.params(d, p.account).Roles)
		if p.account.governed(n.params(d, p.account)) {
			d.Rules.Add(ELG3)
			d.Reasons.Add(GovernmentCloud)
		}
		if p.account.Type == policy.EA {
			n.fund(x, p)
		}
		if n.contradicts(n.purchase(p, "")) {
			d.conflicts(n.orders[d.Request.Order].Charges[0].Sources)
		}
		for _, e := range x.purchases[:i] {
			if e.decision.Request.Order == d.Request.Order {
				d.conflicts([]Source{e.decision.Request.Source})
			}
		}
	}
}

// fund says what pays for a purchase of an EA account (BIL-EA-1).
func (n *night) fund(x *exchange, p *purchaseCase) {
	d := p.decision
	d.Rules.Add(BILEA1)
	if p.funding = p.bought().Funding; p.funding == 0 {
		p.funding = Prepayment
		if len(x.returns) > 0 && x.returns[0].decision.Funding != 0 {
			p.funding = x.returns[0].decision.Funding
		}
	}
	d.Funding = p.funding
	if _, ok := p.account.termOn(d.Request.Date); p.funding == Prepayment && !ok {
		d.Rules.Add(BILEA2)
		d.Reasons.Add(CommitmentInactive)
	}
}

// contradicts reports whether a purchase is of an order that is on the books
// already, with other content or by another exchange (IMP-10).
func (n *night) contradicts(p Purchase) bool {
	if n.orders[p.Order] == nil {
		return false
	}
	exchanged := slices.ContainsFunc(n.rows[p.Order], func(r Purchase) bool { return r.Origin == FromExchange })
	return exchanged || n.fold(p.Order, p).Conflict()
}

// fold is the order that all that is known of it makes, with further purchases; nil
// where there are none.
func (n *night) fold(order string, rows ...Purchase) *Order {
	if rows = append(rows, n.rows[order]...); len(rows) == 0 {
		return nil
	}
	return &foldOrders(rows)[0]
}

// judgeTogether compares the lines with each other (EXC-1 to EXC-3, EXC-7).
func (n *night) judgeTogether(x *exchange) {
	refuse := func(rule Rule, why Reason, when bool) {
		if when {
			x.rules.Add(rule)
			x.reasons.Add(why)
		}
	}
	first := x.decisions[0]
	refuse(EXC1, ExchangeIncomplete, !x.complete())
	refuse(EXC1, DateMismatch, slices.ContainsFunc(x.decisions, func(d *Decision) bool { return d.Request.Date != first.Request.Date }))
	if x.transfer {
		refuse(EXC7, AccountMismatch, x.wrongWay())
	} else {
		refuse(EXC1, AccountMismatch, differ(x.accounts()))
	}
	refuse(EXC1, CurrencyMismatch, differ(x.currencies()))
	refuse(BILCSP1, CurrencyMismatch, x.unconverted())
	types := x.products()
	refuse(EXC2, TypeMismatch, differ(types) || slices.Contains(types, UnknownProduct))
	refuse(EXC2, TooManyPurchases, !x.transfer && n.tooMany(x))
	if len(x.returns) > 0 && !x.reasons.Has(CurrencyMismatch) && !x.reasons.Has(AccountMismatch) && x.computed() {
		n.judgeAmounts(x)
	}
}

// tooMany reports whether an exchange buys more often than the policy allows
// (EXC-2): that of the first account that is known, else of every billing type.
func (n *night) tooMany(x *exchange) bool {
	types := policy.BillingTypes
	for _, d := range x.decisions {
		if a := n.accounts[d.Account]; a != nil {
			types = []policy.BillingType{a.Type}
			break
		}
	}
	return !slices.ContainsFunc(types, func(t policy.BillingType) bool {
		most := n.policies.On(x.decisions[0].Request.Date).ByType[t].ExchangeMaxPurchases
		return most == 0 || len(x.purchases) <= most
	})
}

// judgeAmounts judges what needs amounts that can be compared: the lifetime
// commitment (EXC-3), and the card that money would go back to.
func (n *night) judgeAmounts(x *exchange) {
	if x.premiumStorage() { // EXC-6: no money moves
		return
	}
	c := x.returns[0].order.Currency
	canceled, lifetime, back := money.Zero(c), money.Zero(c), money.Zero(c)
	for _, r := range x.returns {
		canceled, back = canceled.Add(r.decision.Canceled), back.Add(r.decision.Refund)
	}
	for _, p := range x.purchases {
		lifetime = lifetime.Add(p.bought().Lifetime())
		if !x.transfer {
			back = back.Sub(p.bought().Amount)
		}
	}
	if !x.transfer && len(x.purchases) > 0 {
		x.rules.Add(EXC3)
		for _, d := range x.decisions {
			d.Lifetime, d.ExchangeCanceled = lifetime, canceled
		}
		if canceled.Sub(lifetime).Sign() > 0 {
			x.reasons.Add(CommitmentTooLow)
		}
	}
	for _, r := range x.returns {
		n.judgeCard(r, back)
	}
}

// complete reports whether there are returns and purchases of one kind, tied by
// an ExchangeId.
func (x *exchange) complete() bool {
	out, in := Return, PurchaseNew
	if x.transfer {
		out, in = TransferOut, TransferIn
	}
	outs, ins := 0, 0
	for _, d := range x.decisions {
		switch d.Request.Action {
		case out:
			outs++
		case in:
			ins++
		}
	}
	return outs > 0 && ins > 0 && outs+ins == len(x.decisions) && x.decisions[0].Request.Exchange != ""
}

// computed reports whether the amounts of every known return could be computed: an
// exchange is judged on those and its purchases (Outcomes).
func (x *exchange) computed() bool {
	return !slices.ContainsFunc(x.returns, func(c *refundCase) bool { return !c.computed })
}

func (x *exchange) accounts() (all []string) {
	for _, c := range x.returns {
		all = append(all, c.account.ID)
	}
	for _, p := range x.purchases {
		if p.decision.Account != "" {
			all = append(all, p.decision.Account)
		}
	}
	return all
}

// wrongWay reports whether a transfer does not go from one pay-as-you-go account
// to one CSP account (EXC-7). An account that is not known is another matter.
func (x *exchange) wrongWay() bool {
	var from, to []string
	for _, c := range x.returns {
		from = append(from, c.account.ID)
		if c.account.Type != policy.PAYGInvoice && c.account.Type != policy.PAYGCard {
			return true
		}
	}
	for _, p := range x.purchases {
		to = append(to, p.decision.Account)
		if p.account != nil && p.account.Type != policy.CSP {
			return true
		}
	}
	return differ(from) || differ(to)
}

// currencies are those of the lines; of a CSP account also the currencies of the
// customer's invoices, which one new invoice has to replace.
func (x *exchange) currencies() (all []money.Currency) {
	for _, c := range x.returns {
		all = append(all, c.order.Currency)
	}
	for _, p := range x.purchases {
		all = append(all, p.bought().Amount.Currency())
	}
	if !differ(all) {
		var invoices []money.Currency
		for _, c := range x.returns {
			if c.original != nil {
				invoices = append(invoices, c.original.invoice.Currency)
			}
		}
		if differ(invoices) {
			return invoices
		}
	}
	return all
}

// unconverted reports whether nothing says what a partner's customer is to pay for a
// purchase: the invoice is in another currency than the vendor's price, and the first
// return, whose ratio would convert it (BIL-CSP-1), cost nothing.
func (x *exchange) unconverted() bool {
	if len(x.returns) == 0 || x.transfer || x.premiumStorage() {
		return false
	}
	c := x.returns[0]
	if c.account.Type != policy.CSP || c.original == nil || !c.computed || c.original.invoice.Currency == c.order.Currency || !c.appraisal.charge.Amount.IsZero() {
		return false
	}
	return slices.ContainsFunc(x.purchases, func(p *purchaseCase) bool { return !p.decision.Request.CustomerAmount.IsSet() })
}

func (x *exchange) products() (all []string) {
	for _, c := range x.returns {
		all = append(all, c.order.Product)
	}
	for _, p := range x.purchases {
		all = append(all, p.bought().Product)
	}
	return all
}

func differ[T comparable](all []T) bool {
	return slices.ContainsFunc(all, func(x T) bool { return x != all[0] })
}
