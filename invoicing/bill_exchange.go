package invoicing

import (
	"strings"
	"unicode"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// approveExchange books an approved exchange or transfer: a refund and a
// repurchase, each a transaction of its own (EXC-4).
func (n *night) approveExchange(x *exchange) {
	if x.premiumStorage() {
		n.keepTerm(x)
		return
	}
	x.rules.Add(EXC1, EXC2, EXC4, EXC5, LIM4)
	if x.transfer {
		x.rules.Add(EXC7)
	}
	for _, d := range x.decisions {
		d.Rules |= x.rules
	}
	account := x.returns[0].account
	switch {
	case account.Type == policy.EA:
		for _, c := range x.returns {
			n.approve(c)
		}
		n.billPurchases(x.purchases)
	case x.transfer:
		n.returnUnits(x.returns)
		n.billInvoice(x.returns, nil)
		n.billPurchases(x.purchases)
	default:
		n.returnUnits(x.returns)
		n.billInvoice(x.returns, x.purchases)
	}
}

func (n *night) returnUnits(returns []*refundCase) {
	for _, c := range returns {
		c.state.returned(c.decision)
	}
}

// billPurchases charges what is bought by itself: an EA prepayment purchase by a
// commitment charge (BIL-EA-2), others by one invoice (BIL-EA-3, EXC-7).
func (n *night) billPurchases(purchases []*purchaseCase) {
	var invoiced []*purchaseCase
	for _, p := range purchases {
		if p.funding != Prepayment {
			invoiced = append(invoiced, p)
			continue
		}
		d, b := p.decision, p.bought()
		d.Rules.Add(BILEA2)
		doc := Document{Type: CommitmentCharge, Account: p.account.ID, Currency: b.Amount.Currency(), Requests: []string{d.Request.ID}}
		line := n.purchaseLine(p, nil)
		line.TaxRate, line.TaxCategory, line.Rules = money.Decimal{}, "O", Cite(EXC4, BILEA2)
		doc.Lines = []Line{line}
		doc.total(n.params(d, p.account).Rounding)
		n.buy([]*purchaseCase{p}, &doc, n.issue(doc), doc.Gross)
	}
	if len(invoiced) == 0 {
		return
	}
	p := invoiced[0]
	inv := Document{Type: InvoiceDoc, Account: p.account.ID}
	for _, p := range invoiced {
		inv.Requests = append(inv.Requests, p.decision.Request.ID)
		inv.Lines = append(inv.Lines, n.purchaseLine(p, nil))
	}
	inv.Currency = inv.Lines[0].Net.Currency()
	inv.total(n.params(p.decision, p.account).Rounding)
	inv.Owed = inv.Gross
	n.buy(invoiced, &inv, n.issue(inv), inv.Gross)
}

// purchaseLine charges what is bought, at once what is due at once (EXC-4): in
// the customer's amount and with the tax of the first return's line, where the
// purchase stands on the invoice that replaces it; else with the account's tax.
func (n *night) purchaseLine(p *purchaseCase, first *refundCase) Line {
	d, b := p.decision, p.bought()
	o := foldOrders([]Purchase{n.purchase(p, "")})[0]
	l := Line{Kind: PurchaseLine, Order: d.Request.Order, Description: "Purchase: " + o.describe(), Quantity: d.Request.Quantity, Net: b.Amount.Round(money.HalfUp),
		TaxRate: p.account.TaxRate, TaxCategory: p.account.taxCategory(), From: o.Start, To: o.periodEnd(&o.Charges[0]) - 1,
		Rules: Cite(EXC4), Sources: d.Sources}
	custom := d.Request.CustomerAmount
	switch {
	case p.account.Type == policy.CSP && custom.IsSet():
		l.Net = custom
		if first != nil {
			l.Net = money.Of(custom.Decimal(), first.original.invoice.Currency)
		}
		l.Net = l.Net.Round(money.HalfUp)
	case first != nil:
		l.Net = n.customerAmount(first, l.Net)
	}
	if p.account.Type == policy.CSP && (first != nil || custom.IsSet()) {
		l.Rules.Add(BILCSP1)
		d.Rules.Add(BILCSP1)
	}
	if first != nil {
		if charged := first.original.chargeLine(first.order.ID); charged != nil {
			l.TaxRate, l.TaxCategory = charged.TaxRate, charged.TaxCategory
		}
	}
	return l
}

// purchase is the row of the new reservation: its term starts on the request date.
func (n *night) purchase(p *purchaseCase, invoice string) Purchase {
	row := *p.bought()
	row.Origin, row.Account, row.Order, row.Quantity = FromExchange, p.account.ID, p.decision.Request.Order, p.decision.Request.Quantity
	row.Run = n.book.Run
	row.Date, row.Funding, row.Invoice, row.Source = p.decision.Request.Date, p.funding, invoice, p.decision.Request.Source
	return row
}

// buy records what was bought by a document, and how much of it is still to be
// paid: that may draw on the credits of the account.
func (n *night) buy(purchases []*purchaseCase, doc *Document, ref Ref, owed money.Money) {
	for _, p := range purchases {
		var gross money.Money
		for _, l := range doc.Lines {
			if l.Kind == PurchaseLine && l.Order == p.decision.Request.Order {
				gross = l.Net.Add(percent(l.Net, l.TaxRate, money.HalfUp))
			}
		}
		b := Bought{Order: p.decision.Request.Order, Document: ref, IssuedOn: n.asOf, Owed: money.Max(money.Min(gross, owed), money.Zero(owed.Currency())),
			Purchase: n.purchase(p, "")}
		owed = owed.Sub(b.Owed)
		p.decision.Documents = append(p.decision.Documents, ref)
		n.out.Bought = append(n.out.Bought, b)
		n.state(p.account.ID).buy(b)
		n.orders[b.Order] = n.fold(b.Order, b.Purchase)
		n.rows[b.Order] = append(n.rows[b.Order], b.Purchase)
	}
}

// premiumStorage reports whether the exchange is one return of all active units
// for as many of the same size with premium storage (EXC-6).
func (x *exchange) premiumStorage() bool {
	if x.transfer || len(x.returns) != 1 || len(x.purchases) != 1 || len(x.decisions) != 2 {
		return false
	}
	c, b := x.returns[0], x.purchases[0].bought()
	q := c.decision.Request.Quantity
	return c.order.Product == "VirtualMachines" && b.Product == c.order.Product && premiumOf(c.order.Sku) == foldName(b.Sku) &&
		foldName(b.Region) == foldName(c.order.Region) && b.Term == c.order.Term && b.Plan == c.order.Plan &&
		q == c.decision.ActiveQuantity && x.purchases[0].decision.Request.Quantity == q
}

// premiumOf is the name of the size with premium storage, in lower case: the s is
// the last of the features that follow the number (F1s for F1, D2as_v4 for
// D2a_v4); of the D and G series before version 3 it follows the family (DS1_v2
// for D1_v2, GS1 for G1). It is empty where the size has it already or is not
// the name of one.
func premiumOf(sku string) string {
	name, isStandard := strings.CutPrefix(foldName(sku), "standard_")
	prefix := ""
	if isStandard {
		prefix = "standard_"
	}
	size, version, hasVersion := strings.Cut(name, "_")
	family := size[:strings.IndexFunc(size+"0", unicode.IsDigit)]
	number := strings.TrimRight(size[len(family):], "abcdefghijklmnopqrstuvwxyz")
	features := size[len(family)+len(number):]
	if family == "" || number == "" || strings.Contains(features, "s") || strings.HasSuffix(family, "s") {
		return ""
	}
	if hasVersion {
		version = "_" + version
	}
	if family == "g" || family == "d" && (version == "" || version == "_v2") {
		return prefix + family + "s" + number + features + version
	}
	return prefix + family + number + features + "s" + version
}

// keepTerm changes the size of the order and nothing else: the term keeps
// running (EXC-6).
func (n *night) keepTerm(x *exchange) {
	c := x.returns[0]
	d := c.decision
	d.Resized = x.purchases[0].bought().Sku
	for _, each := range x.decisions {
		each.Rules.Add(EXC1, EXC2, EXC5, EXC6, LIM4)
	}
	c.state.returned(d)
	c.order.Sku = d.Resized
}
