package invoicing_test

import (
	"fmt"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

func (m *worldMaker) order(i int) {
	a := pick(m, m.accounts, "account of order")
	o := worldOrder{Purchase: invoicing.Purchase{
		Order: fmt.Sprintf("R%d", i), Account: a.ID, Plan: invoicing.Upfront, Region: "swedencentral",
		Term:    pick(m, []int{12, 36, 60}, "term"),
		Product: worldProducts[0], Sku: pick(m, []string{"SKU0", "SKU1", "Standard_F1", "Standard_D2_v3", "Standard_D1_v2", "Standard_F1s"}, "sku"),
		Quantity: pick(m, []int{1, 2, 3, 7, 10, 40}, "quantity"),
		Origin:   invoicing.FromSheet, Source: m.source(),
	}}
	if m.flaw(3, "other product") {
		o.Product = pick(m, worldProducts, "product")
	}
	cur := a.Currency
	if m.oneIn(4, "other currency") {
		cur = pick(m, worldCurrencies, "currency")
	}
	o.total = pick(m, worldTotals, "total")
	o.Amount = m.amount(o.total, cur)
	if m.oneIn(2, "monthly") {
		o.Plan = invoicing.Monthly
		o.Amount = m.amount(o.total/int64(o.Term), cur)
	}
	o.Date = m.date("start")
	if !m.flaw(6, "any start") {
		o.Date = m.w.nights[0].asOf - money.Date(m.upTo(0, o.Term*25, "age"))
	}
	if m.oneIn(10, "bought on a night") {
		o.Date = m.w.nights[m.upTo(0, len(m.w.nights)-1, "bought on")].asOf
	}
	if a.Type == policy.EA && m.oneIn(2, "funding stated") {
		o.Funding = pick(m, []invoicing.Funding{invoicing.Prepayment, invoicing.Overage}, "funding")
	}
	if a.Type == policy.PAYGCard && m.oneIn(2, "card stated") {
		o.CardRef = m.card()
	}
	o.billed = cur
	o.known = m.later(8, "order known")
	if m.spread {
		o.known = m.upTo(0, len(m.w.nights)-1, "order of night")
		o.Date = m.w.nights[o.known].asOf - money.Date(m.upTo(0, 30, "told after"))
	}
	m.rows(&o, a)
	m.orders = append(m.orders, o)
	for range m.upTo(0, 3, "prices") {
		m.price(o)
	}
}

// rows writes the order's purchase rows, and the invoice that it was charged on.
func (m *worldMaker) rows(o *worldOrder, a invoicing.Account) {
	if m.oneIn(2, "from an export") {
		o.Origin = invoicing.FromTransactions
		if a.Type == policy.CSP {
			o.Origin = invoicing.FromPartner
		}
	}
	if a.Type != policy.EA && m.oneIn(4, "names its invoice") {
		o.Invoice = "V-" + o.Order
	}
	m.put(o.known, o.Purchase)
	switch {
	case o.Origin == invoicing.FromSheet && m.flaw(6, "second source"):
		m.second(o, a)
	case o.Origin == invoicing.FromTransactions && o.Plan == invoicing.Monthly:
		m.instalments(o)
	case o.Origin == invoicing.FromTransactions && m.oneIn(4, "second row"):
		more := o.Purchase
		more.Quantity, more.Source = m.upTo(1, 3, "more units"), m.source()
		m.put(o.known, more)
	}
	if (a.Type != policy.EA || m.oneIn(2, "by overage")) && !m.flaw(8, "no invoice") {
		m.invoice(o, a)
	}
}

func (m *worldMaker) put(night int, p invoicing.Purchase) {
	n := m.on(night)
	n.purchases = append(n.purchases, p)
}

// second is another source of the same order, which agrees or does not (IMP-10).
func (m *worldMaker) second(o *worldOrder, a invoicing.Account) {
	p := o.Purchase
	p.Origin, p.Source = invoicing.FromTransactions, m.source()
	if a.Type == policy.CSP {
		p.Origin = invoicing.FromPartner
	}
	switch m.upTo(0, 7, "differs in") {
	case 0:
		p.Quantity++
	case 1:
		p.Amount = p.Amount.Add(money.Minor(1, p.Amount.Currency()))
	case 2:
		p.Date++
	case 3:
		p.Amount = money.Of(p.Amount.Decimal(), pick(m, worldCurrencies, "other source's currency"))
	case 4:
		if m.w.multi { // else the order would be in two groups
			p.Account = pick(m, m.accounts, "other source's account").ID
		}
	}
	m.put(max(o.known, m.later(2, "second source known")), p)
}

// instalments are the rows of later months: some are missing, and they may vary.
func (m *worldMaker) instalments(o *worldOrder) {
	last := m.w.nights[len(m.w.nights)-1].asOf
	vary, reversed := m.oneIn(2, "instalments vary"), m.oneIn(2, "newest first")
	for i := 1; i < o.Term && o.Date.AddMonths(i) <= last; i++ {
		if i > 3 && !m.oneIn(4, "row known") {
			continue
		}
		p := o.Purchase
		p.Date, p.Source = o.Date.AddMonths(i), m.source()
		if reversed {
			p.Source = invoicing.Source{File: o.Source.File, Row: 100 - i}
		}
		if p.Invoice != "" {
			p.Invoice = fmt.Sprintf("%s-%d", p.Invoice, i)
		}
		if vary {
			p.Amount = p.Amount.Add(money.Minor(int64(m.upTo(0, 9, "more")), p.Amount.Currency()))
		}
		known := o.known
		for known < len(m.w.nights) && m.w.nights[known].asOf < p.Date {
			known++
		}
		m.put(known, p)
	}
}

// invoice is the register's: of its own, or one with another order of the account.
func (m *worldMaker) invoice(o *worldOrder, a invoicing.Account) {
	known := max(o.known, m.later(6, "invoice known"))
	n := m.on(known)
	net := o.Amount
	if a.Type == policy.CSP && m.oneIn(2, "margin") {
		net = net.Of(115, 100).Round(money.HalfUp)
		if m.oneIn(3, "customer's currency") {
			net = m.amount(o.total+1, money.SEK)
		}
	}
	o.billed = net.Currency()
	line := invoicing.InvoiceLine{Kind: invoicing.ChargeLine, Description: "Reservation " + o.Order, Order: o.Order, Net: net,
		TaxRate: a.TaxRate, TaxCategory: "S", Sources: []invoicing.Source{m.source()}}
	if m.oneIn(3, "joins an invoice") {
		for i := range n.invoices {
			inv := &n.invoices[i]
			if inv.Account == a.ID && inv.Currency == net.Currency() && inv.IssueDate >= o.Date {
				line.No = len(inv.Lines) + 1
				inv.Lines = append(inv.Lines, line)
				return
			}
		}
	}
	line.No = 1
	inv := invoicing.Invoice{Number: "F-" + o.Order, Account: a.ID, IssueDate: o.Date + money.Date(m.upTo(0, 20, "issued after")),
		Currency: net.Currency(), Lines: []invoicing.InvoiceLine{line}}
	if a.Type == policy.PAYGCard && m.oneIn(2, "card on the invoice") {
		inv.CardRef = m.card()
	}
	if m.oneIn(4, "open") {
		inv.Open = m.amount(int64(m.upTo(0, 1000, "open amount")), inv.Currency)
	}
	if m.oneIn(3, "another line") {
		inv.Lines = append(inv.Lines, invoicing.InvoiceLine{No: 2, Kind: invoicing.ChargeLine, Description: "Support", Net: m.amount(40, inv.Currency),
			TaxRate: a.TaxRate, TaxCategory: "S", Sources: []invoicing.Source{m.source()}})
	}
	n.invoices = append(n.invoices, inv)
}

// card is mostly the account's.
func (m *worldMaker) card() string {
	return pick(m, []string{"card-1", "card-1", "card-1", "card-2"}, "card")
}

// price is a row of the house sheet for an order's product: higher, lower or the same, or one that does not fit.
func (m *worldMaker) price(o worldOrder) {
	p := invoicing.Price{Sku: o.Sku, Region: o.Region, TermMonths: o.Term, Source: m.source(),
		From: o.Date + money.Date(m.upTo(-300, 1000, "price from"))}
	months := int64(1)
	if o.Plan == invoicing.Monthly {
		months = int64(o.Term)
	}
	percent := int64(pick(m, []int{40, 90, 99, 100, 110}, "price percent"))
	p.UnitPrice = o.Amount.Of(percent*months, 100*int64(o.Quantity)).Round(money.HalfUp)
	if m.oneIn(3, "ends") {
		p.To = p.From + money.Date(m.upTo(0, 700, "price to"))
	}
	switch m.upTo(0, 9, "price for") {
	case 0:
		p.Region = ""
	case 1:
		p.Region = "northeurope"
	case 2:
		p.Account = o.Account
	case 3:
		p.Account = "A0"
	case 4:
		p.TermMonths = 36
	}
	key := fmt.Sprintf("price %s %s", p.Sku, p.From) // two of one day would leave open which is the latest
	if !m.seen[key] {
		m.seen[key] = true
		n := m.on(m.later(6, "price known"))
		n.prices = append(n.prices, p)
	}
}
