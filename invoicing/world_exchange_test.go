package invoicing_test

import (
	"fmt"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// exchange draws the lines of an exchange or a transfer: mostly whole, on one
// date and night, of one account; else with one or several things wrong.
func (m *worldMaker) exchange(i int) {
	o := pick(m, m.orders, "returned")
	m.transferring = m.oneIn(4, "transfer")
	if x, ok := m.transferable(); m.transferring && !m.flaw(6, "any order") {
		if !ok {
			m.transferring = false
		} else {
			o = x
		}
	}
	arrives := m.upTo(min(o.known, len(m.w.nights)-1), len(m.w.nights)-1, "exchange arrives")
	base := invoicing.Request{Action: invoicing.Return, Exchange: fmt.Sprintf("X%d", i), Date: m.exchangeDate(o, arrives),
		RequestedBy: "anna@example.com", Role: "Owner"}
	if m.flaw(20, "no ExchangeId") {
		base.Exchange = ""
	}
	if m.transferring {
		base.Action = invoicing.TransferOut
	}
	premium := !m.transferring && m.oneIn(4, "premium storage")
	var returned []worldOrder
	for n := range pick(m, []int{1, 1, 1, 1, 1, 1, 2, 2, 3, 0}, "returns") {
		r := o
		if n > 0 {
			r = m.like(o)
		}
		returned = append(returned, r)
		m.line(m.giveUp(base, r, premium), arrives, fmt.Sprintf("return %d", n))
	}
	if len(returned) == 0 && m.calm {
		return
	}
	for n := range pick(m, []int{1, 1, 1, 1, 1, 1, 1, 2, 3, 0}, "purchases") {
		q := m.wanted(base, o, returned, fmt.Sprintf("N%d-%d", i, n), premium)
		m.line(q, arrives, fmt.Sprintf("purchase %d", n))
		m.became(q, o, arrives)
	}
	m.dates = append(m.dates, base.Date)
}

// transferable is an order of a pay-as-you-go account, where there is a CSP account that may take it.
func (m *worldMaker) transferable() (worldOrder, bool) {
	taken := false
	types := map[string]policy.BillingType{}
	for _, a := range m.accounts {
		types[a.ID] = a.Type
		taken = taken || a.Type == policy.CSP
	}
	var from []worldOrder
	for _, o := range m.orders {
		if t := types[o.Account]; t == policy.PAYGInvoice || t == policy.PAYGCard {
			from = append(from, o)
		}
	}
	if !taken || len(from) == 0 {
		return worldOrder{}, false
	}
	return pick(m, from, "transferred"), true
}

// exchangeDate is mostly a day on which the order can be returned.
func (m *worldMaker) exchangeDate(o worldOrder, arrives int) money.Date {
	if m.oneIn(3, "any date") {
		return m.requestDate(o, arrives)
	}
	on := m.w.nights[arrives].asOf - money.Date(m.upTo(0, 60, "ago"))
	return max(o.Date, min(on, o.Date.AddMonths(o.Term)-1))
}

// like is another order of the same account, currency, product and invoice currency, or any.
func (m *worldMaker) like(o worldOrder) worldOrder {
	var same []worldOrder
	for _, x := range m.orders {
		if x.Account == o.Account && x.Amount.Currency() == o.Amount.Currency() && x.Product == o.Product && x.billed == o.billed {
			same = append(same, x)
		}
	}
	if m.flaw(4, "other order") {
		x := pick(m, m.orders, "another")
		if x.billed == o.billed { // one new invoice is in one currency
			return x
		}
	}
	return pick(m, same, "like it")
}

// giveUp is the line of a return.
func (m *worldMaker) giveUp(base invoicing.Request, o worldOrder, premium bool) invoicing.Request {
	q := base
	q.Order, q.Source = o.Order, m.source()
	q.Quantity = m.upTo(1, max(1, o.Quantity/m.upTo(1, 2, "share")), "units")
	if premium || m.oneIn(4, "all units") {
		q.Quantity = o.Quantity
	}
	if m.flaw(12, "too many") {
		q.Quantity += o.Quantity
	}
	if m.flaw(20, "never known") {
		q.Order = "R-nobody-knows"
	}
	if m.oneIn(8, "vendor's USD") {
		q.VendorUSD = money.Must("60000.00 USD") // LIM-4: never counted
	}
	return q
}

// wanted is the line of a purchase like the returned order, for about as much.
func (m *worldMaker) wanted(base invoicing.Request, o worldOrder, returned []worldOrder, order string, premium bool) invoicing.Request {
	q, p := base, o.Purchase
	q.Action, q.Order, q.Source, q.Quantity = invoicing.PurchaseNew, order, m.source(), pick(m, []int{1, 2, 3, 7, 10}, "bought units")
	p.Origin, p.Order, p.Invoice, p.CardRef, p.Source, p.Date = invoicing.FromExchange, order, "", "", q.Source, q.Date
	p.Term, p.Plan = pick(m, []int{12, 36, 60}, "bought term"), pick(m, []invoicing.Plan{invoicing.Upfront, invoicing.Monthly}, "bought plan")
	total := int64(0)
	for _, r := range returned {
		total += r.total
	}
	total = total * pick(m, []int64{150, 100, 60, 300, 30, 10, 0}, "percent") / 100
	if m.oneIn(4, "just so much") {
		total = pick(m, worldTotals, "bought for")
	}
	if p.Plan == invoicing.Monthly {
		total /= int64(p.Term)
	}
	cur := p.Amount.Currency()
	if m.flaw(10, "bought in another currency") {
		cur = pick(m, worldCurrencies, "bought in")
	}
	p.Amount = m.amount(total, cur)
	p.Funding = pick(m, []invoicing.Funding{0, 0, 0, invoicing.Prepayment, invoicing.Overage}, "bought by")
	if m.flaw(8, "bought another product") {
		p.Product = pick(m, worldProducts, "bought product")
	}
	if premium {
		p.Sku, p.Term, p.Plan, q.Quantity = premiumSizes[o.Sku], o.Term, o.Plan, o.Quantity
		if p.Sku == "" || m.oneIn(8, "another size") {
			p.Sku = "Standard_D4s_v3"
		}
		if m.oneIn(12, "another region") {
			p.Region = "northeurope"
		}
	}
	m.forAccount(&q, &p, o)
	p.Quantity = q.Quantity
	q.New = &p
	return q
}

// forAccount says who buys: nobody, the same account, or another.
func (m *worldMaker) forAccount(q *invoicing.Request, p *invoicing.Purchase, o worldOrder) {
	if q.Exchange != "" && m.oneIn(2, "silent about the account") {
		p.Account = ""
	}
	switch {
	case m.flaw(10, "another account"):
		p.Account = pick(m, m.accounts, "that buys").ID
	case m.flaw(20, "an unknown account"):
		p.Account = "A9"
	}
	if m.transferring {
		q.Action, p.Funding = invoicing.TransferIn, 0
		for _, a := range m.accounts { // the first that may take it, else the way is wrong
			if p.Account = a.ID; a.Type == policy.CSP {
				break
			}
		}
		if m.flaw(8, "any account") {
			p.Account = pick(m, []string{"A0", "A1", "A9"}, "taken by")
		}
	}
	if o.billed == p.Amount.Currency() && m.oneIn(4, "customer's amount") {
		q.CustomerAmount = m.amount(int64(m.upTo(1, 60000, "customer pays")), o.billed)
	}
}

// line puts a line on its night, seldom with another date, role or night than the others.
func (m *worldMaker) line(q invoicing.Request, arrives int, label string) {
	q.ID = label + " of " + q.Exchange
	if m.flaw(20, "another date") {
		q.Date += money.Date(m.upTo(-3, 3, "by days"))
		if q.New != nil {
			q.New.Date = q.Date
		}
	}
	if m.flaw(20, "role") {
		q.Role = pick(m, worldRoles, "role of")
	}
	if m.flaw(10, "another night") {
		arrives = m.upTo(0, len(m.w.nights)-1, "arrives on")
	}
	n := m.on(arrives)
	n.requests = append(n.requests, q)
}

// became is what a purchase may become: an order that later requests ask for, and
// that an export tells of on a later night (IMP-10).
func (m *worldMaker) became(q invoicing.Request, o worldOrder, arrives int) {
	x := worldOrder{Purchase: *q.New, billed: o.billed, known: arrives, total: o.total}
	if x.Account == "" {
		x.Account = o.Account
	}
	m.orders = append(m.orders, x)
	if !m.oneIn(3, "exported") || arrives+1 >= len(m.w.nights) {
		return
	}
	p := x.Purchase
	p.Origin, p.Source, p.Funding = invoicing.FromTransactions, m.source(), 0
	if m.flaw(4, "exported otherwise") {
		p.Quantity++
	}
	m.put(m.upTo(arrives+1, len(m.w.nights)-1, "exported on"), p)
}
