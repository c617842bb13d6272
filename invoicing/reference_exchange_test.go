package invoicing_test

import (
	"math/big"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// refExchange is the lines of one exchange or transfer, decided as one (EXC-1).
type refExchange struct {
	biller   *refBiller
	lines    []invoicing.Request
	returns  []*refCase // the known ones
	buys     []*refBuy
	transfer bool
	premium  bool
	reasons  invoicing.Reasons // of all lines
	out      map[string]expected
}

// refBuy is a purchase of an exchange, or a transfer in.
type refBuy struct {
	q       invoicing.Request
	id      string             // of the account; empty where nobody says
	account *invoicing.Account // nil where it is unknown
	funding invoicing.Funding
}

// exchange decides lines, which are in the order of (RequestDate, RequestId).
func (r *refBiller) exchange(lines []invoicing.Request, asOf day) map[string]expected {
	x := &refExchange{biller: r, lines: lines, out: map[string]expected{},
		transfer: lines[0].Action == invoicing.TransferOut || lines[0].Action == invoicing.TransferIn}
	for _, q := range lines {
		if q.New == nil {
			x.take(q)
		}
	}
	for _, q := range lines {
		if q.New != nil {
			x.buy(q)
		}
	}
	x.premium = x.isPremium()
	x.judgeReturns()
	x.judgeBuys()
	x.judgeWhole()
	amounts := x.amounts()
	x.judgeAmounts(amounts)
	for id, e := range x.out {
		e.reasons, e.premium = x.reasons, x.premium
		e.outcome = e.reasons.Outcome()
		x.out[id] = e
	}
	if x.reasons == 0 {
		x.approve(amounts, asOf)
	}
	return x.out
}

// take is a return. Of an unknown order, or an order on an unknown account, nothing else can be said than NotOwner.
func (x *refExchange) take(q invoicing.Request) {
	e := expected{maxQuantity: -1}
	order := x.biller.order(q.Order)
	var account *invoicing.Account
	if order == nil {
		x.reasons.Add(invoicing.ReservationUnknown)
	} else {
		e.account = order.account
		if account = x.biller.account(order.account); account == nil {
			x.reasons.Add(invoicing.AccountUnknown)
		}
	}
	if account == nil {
		x.owner(q, nil)
	} else {
		c := x.biller.caseOf(q, order, account)
		e.funding = c.funding()
		x.returns = append(x.returns, c)
	}
	x.out[q.ID] = e
}

// owner is ELG-1: an unknown account's roles are Owner alone.
func (x *refExchange) owner(q invoicing.Request, a *invoicing.Account) {
	roles := []string{"Owner"}
	if a != nil {
		roles = x.biller.chain.On(q.Date).ByType[a.Type].Roles
	}
	if !slices.Contains(roles, q.Role) {
		x.reasons.Add(invoicing.NotOwner)
	}
}

// buy is a purchase: its account is what it says, else that of the first return (EXC-1: all of one account).
func (x *refExchange) buy(q invoicing.Request) {
	b := &refBuy{q: q, id: q.New.Account, funding: q.New.Funding}
	if b.id == "" && len(x.returns) > 0 {
		b.id = x.returns[0].order.account
	}
	b.account = x.biller.account(b.id)
	if b.account == nil && b.id != "" {
		x.reasons.Add(invoicing.AccountUnknown)
	}
	switch { // BIL-EA-1: a silent purchase follows the first return
	case b.account == nil || b.account.Type != policy.EA:
		b.funding = 0
	case b.funding == 0 && len(x.returns) > 0 && x.returns[0].funding() != 0:
		b.funding = x.returns[0].funding()
	case b.funding == 0:
		b.funding = invoicing.Prepayment
	}
	x.buys = append(x.buys, b)
	x.out[q.ID] = expected{maxQuantity: -1, account: b.id, funding: b.funding}
}

// premiumSizes are sizes and the same with premium storage (EXC-6).
var premiumSizes = map[string]string{
	"Standard_F1": "Standard_F1s", "Standard_D2_v3": "Standard_D2s_v3", "Standard_D1_v2": "Standard_DS1_v2",
}

// isPremium is EXC-6.
func (x *refExchange) isPremium() bool {
	if x.transfer || len(x.lines) != 2 || len(x.returns) != 1 || len(x.buys) != 1 {
		return false
	}
	c, n := x.returns[0], x.buys[0].q.New
	o := c.order
	size, known := premiumSizes[o.sku]
	return known && n.Sku == size && o.product == "VirtualMachines" && n.Product == "VirtualMachines" && n.Region == o.region &&
		n.Term == o.term && n.Plan == o.plan && c.q.Quantity == c.active() && x.buys[0].q.Quantity == c.active()
}

// judgeReturns is ELG and what the money back needs, for each known return. Returns of one order count together.
func (x *refExchange) judgeReturns() {
	for i, c := range x.returns {
		for j, other := range x.returns {
			if i != j && other.q.Order == c.q.Order {
				c.units += other.q.Quantity
			}
		}
		c.eligible(&x.reasons)
		if !x.premium {
			c.fundable(&x.reasons)
		}
	}
}

func (x *refExchange) judgeBuys() {
	for _, b := range x.buys {
		x.owner(b.q, b.account)
		if b.account == nil {
			continue
		}
		if known := x.biller.order(b.q.Order); known != nil && !x.premium {
			n := b.q.New
			agrees := known.account == b.id && known.start == dayOf(b.q.Date) && known.quantity == b.q.Quantity &&
				known.currency == n.Amount.Currency() && known.paid[0].amount.Cmp(ratOf(n.Amount)) == 0
			if !agrees || known.conflict { // IMP-10
				x.reasons.Add(invoicing.OrderConflict)
			}
		}
		if governed(b.account, x.biller.chain.On(b.q.Date).ByType[policy.EA]) {
			x.reasons.Add(invoicing.GovernmentCloud)
		}
		if !x.premium && b.funding == invoicing.Prepayment && !committed(b.account, dayOf(b.q.Date)) {
			x.reasons.Add(invoicing.CommitmentInactive)
		}
	}
}

// judgeWhole is EXC-1, EXC-2 and EXC-7: ExchangeIncomplete and DateMismatch of
// all lines, the others of the known returns and the purchases.
func (x *refExchange) judgeWhole() {
	if x.lines[0].Exchange == "" || len(x.buys) == 0 || len(x.buys) == len(x.lines) {
		x.reasons.Add(invoicing.ExchangeIncomplete)
	}
	for _, q := range x.lines {
		if q.Date != x.lines[0].Date {
			x.reasons.Add(invoicing.DateMismatch)
		}
	}
	var products []string
	var currencies, billed []money.Currency
	for _, c := range x.returns {
		if v := c.original(); v != nil {
			billed = append(billed, v.currency)
		}
		products, currencies = append(products, c.order.product), append(currencies, c.order.currency)
	}
	for _, b := range x.buys {
		products, currencies = append(products, b.q.New.Product), append(currencies, b.q.New.Amount.Currency())
	}
	for i := range products {
		if products[i] != products[0] || products[i] == "Unknown" {
			x.reasons.Add(invoicing.TypeMismatch)
		}
		if currencies[i] != currencies[0] {
			x.reasons.Add(invoicing.CurrencyMismatch)
		}
	}
	for _, c := range billed {
		if c != billed[0] { // one new invoice cannot replace invoices in two currencies
			x.reasons.Add(invoicing.CurrencyMismatch)
		}
	}
	if x.unpriced() {
		x.reasons.Add(invoicing.CurrencyMismatch)
	}
	if x.mismatched() {
		x.reasons.Add(invoicing.AccountMismatch)
	}
	if most := x.maxPurchases(); !x.transfer && most > 0 && len(x.buys) > most {
		x.reasons.Add(invoicing.TooManyPurchases)
	}
}

// mismatched: an exchange is of one account; a transfer is from one pay-as-you-go account to one CSP account.
func (x *refExchange) mismatched() bool {
	var from, to []string
	for _, c := range x.returns {
		from = append(from, c.account.ID)
		if x.transfer && c.account.Type != policy.PAYGInvoice && c.account.Type != policy.PAYGCard {
			return true
		}
	}
	for _, b := range x.buys {
		if b.id != "" {
			to = append(to, b.id)
		}
		if x.transfer && b.account != nil && b.account.Type != policy.CSP {
			return true
		}
	}
	if !x.transfer {
		from = append(from, to...)
	}
	return several(from) || several(to)
}

// unpriced: of what cost the partner nothing, and is invoiced in another currency, no
// ratio says what the customer is to pay for a purchase (BIL-CSP-1).
func (x *refExchange) unpriced() bool {
	if len(x.returns) == 0 || x.transfer || x.premium {
		return false
	}
	c := x.returns[0]
	v := c.original()
	if c.account.Type != policy.CSP || v == nil || v.currency == c.order.currency || !c.computable() || c.period().paidForPeriod.Sign() != 0 {
		return false
	}
	return slices.ContainsFunc(x.buys, func(b *refBuy) bool { return !b.q.CustomerAmount.IsSet() })
}

func several(ids []string) bool {
	for _, id := range ids {
		if id != ids[0] {
			return true
		}
	}
	return false
}

// maxPurchases is exchange.max_purchases of the first known return; worlds give all types the same.
func (x *refExchange) maxPurchases() int {
	return x.biller.chain.On(x.lines[0].Date).ByType[policy.EA].ExchangeMaxPurchases
}

// refReturned is a return and what it is worth.
type refReturned struct {
	c *refCase
	a refAmounts
}

// amounts are those of the known returns, shown wherever they can be; nil where one cannot be computed.
func (x *refExchange) amounts() []*refReturned {
	var all []*refReturned
	for i, c := range x.returns {
		if !c.computable() {
			continue
		}
		for _, earlier := range all { // PRO-10: returns of one order count together
			if earlier.c.q.Order == c.q.Order {
				c.before = append(c.before, refReturn{earlier.c.q.Quantity, earlier.a.period, earlier.a.prorated, ""})
			}
		}
		a := c.amounts(c.q.Quantity)
		if x.premium {
			nothing := new(big.Rat)
			a.basisAmount, a.prorated, a.fee, a.refund, a.remaining, a.canceled = nothing, nothing, nothing, nothing, nothing, nothing
		}
		e := x.out[x.returns[i].q.ID]
		c.show(&e, a)
		x.out[c.q.ID] = e
		all = append(all, &refReturned{c, a})
	}
	if len(all) < len(x.returns) {
		return nil
	}
	return all
}

// judgeAmounts is EXC-3 and CardChanged: of amounts, where they can be compared.
func (x *refExchange) judgeAmounts(all []*refReturned) {
	if x.premium || all == nil || x.reasons.Has(invoicing.CurrencyMismatch) || x.reasons.Has(invoicing.AccountMismatch) {
		return
	}
	net, canceled, lifetime, changed := new(big.Rat), new(big.Rat), new(big.Rat), false
	for _, r := range all {
		net, canceled = plus(net, r.a.refund), plus(canceled, r.a.canceled)
		changed = changed || r.c.cardChanged()
	}
	for _, b := range x.buys {
		amount := ratOf(b.q.New.Amount)
		if !x.transfer {
			net = minus(net, amount)
		}
		if b.q.New.Plan == invoicing.Monthly {
			amount = times(amount, whole(b.q.New.Term))
		}
		lifetime = plus(lifetime, amount)
	}
	if changed && net.Sign() > 0 {
		x.reasons.Add(invoicing.CardChanged)
	}
	if x.transfer || len(x.buys) == 0 || len(x.returns) == 0 {
		return
	}
	if lifetime.Cmp(canceled) < 0 {
		x.reasons.Add(invoicing.CommitmentTooLow)
	}
	minor := all[0].c.minor
	for id, e := range x.out {
		e.lifetime, e.returned = text(lifetime, minor), text(canceled, minor)
		x.out[id] = e
	}
}

// approve writes what an approved exchange changes.
func (x *refExchange) approve(all []*refReturned, asOf day) {
	r := x.biller
	var ids []string
	for _, q := range x.lines {
		ids = append(ids, q.ID)
	}
	r.begin(ids...)
	if x.premium {
		c := x.returns[0]
		r.sizes[c.q.Order] = x.buys[0].q.New.Sku
		r.now.resized, r.now.units = c, c.order.quantity-c.active()
		e := x.out[c.q.ID]
		e.resized = true
		x.out[c.q.ID] = e
		return
	}
	r.giveBack(all, x.buys, asOf)
	for _, y := range all {
		r.returns[y.c.q.Order] = append(r.returns[y.c.q.Order], refReturn{y.c.q.Quantity, y.a.period, y.a.prorated, y.c.q.ID})
		e := x.out[y.c.q.ID]
		e.expiresOn = y.c.lotUntil(asOf)
		x.out[y.c.q.ID] = e
	}
	for _, b := range x.buys { // EXC-4: a new term from the request date on
		p := *b.q.New
		p.Origin, p.Run, p.Order, p.Account, p.Date, p.Quantity = invoicing.FromExchange, r.run, b.q.Order, b.id, b.q.Date, b.q.Quantity
		p.Funding = b.funding
		r.bought, r.now.bought = append(r.bought, p), append(r.now.bought, p.Order)
	}
}
