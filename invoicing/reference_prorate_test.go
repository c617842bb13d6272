package invoicing_test

import (
	"math/big"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// refOrder is an order as its purchase rows tell it (IMP-1, IMP-10).
type refOrder struct {
	account              string
	start                day
	term                 int // months
	plan                 invoicing.Plan
	product, sku, region string
	quantity             int
	currency             money.Currency
	paid                 []refPayment // one, or one per known instalment
	invoices             []string     // that its rows name, as paid
	card                 string
	funding              invoicing.Funding
	exchanged            bool // bought by an exchange or a transfer
	conflict             bool
}

type refPayment struct {
	date   day
	amount *big.Rat // for the whole quantity
}

func (o *refOrder) end() day { return o.start.months(o.term) }

// order folds the rows of an order; nil where it is unknown. The first source
// stands; another one agrees, or the order is in conflict.
func (r *refBiller) order(id string) *refOrder {
	var out *refOrder
	sources := map[invoicing.Origin][]invoicing.Purchase{}
	var runs []int
	for _, origin := range []invoicing.Origin{invoicing.FromSheet, invoicing.FromTransactions, invoicing.FromPartner, invoicing.FromExchange} {
		if rows := r.rows(id, origin); len(rows) > 0 {
			sources[origin], runs = rows, append(runs, first(rows))
		}
	}
	slices.Sort(runs)
	for _, run := range slices.Compact(runs) {
		for _, origin := range []invoicing.Origin{invoicing.FromSheet, invoicing.FromTransactions, invoicing.FromPartner, invoicing.FromExchange} {
			rows := sources[origin]
			if len(rows) == 0 || first(rows) != run {
				continue
			}
			o := foldOrder(rows)
			if out == nil {
				out = o
				continue
			}
			agrees := o.account == out.account && o.start == out.start && o.quantity == out.quantity &&
				o.currency == out.currency && o.paid[0].amount.Cmp(out.paid[0].amount) == 0
			out.conflict = out.conflict || !agrees
			out.exchanged = out.exchanged || o.exchanged
			if agrees && out.funding == 0 { // it confirms what the first says, and says what the first does not
				out.funding = o.funding
			}
			if agrees && out.card == "" {
				out.card = o.card
			}
		}
	}
	if out != nil && r.sizes[id] != "" {
		out.sku = r.sizes[id]
	}
	return out
}

// rows are those of one origin, as a source tells them.
func (r *refBiller) rows(id string, origin invoicing.Origin) []invoicing.Purchase {
	var rows []invoicing.Purchase
	for _, all := range [][]invoicing.Purchase{r.purchases, r.bought} {
		for i := range all {
			if p := &all[i]; p.Order == id && p.Origin == origin {
				rows = append(rows, *p)
			}
		}
	}
	return rows
}

// first is the run that brought a source's first row.
func first(rows []invoicing.Purchase) int {
	run := rows[0].Run
	for _, p := range rows {
		run = min(run, p.Run)
	}
	return run
}

// foldOrder is IMP-1: the first row dates the order, OneTime rows add up, a
// recurring order has a row per instalment.
func foldOrder(rows []invoicing.Purchase) *refOrder {
	slices.SortFunc(rows, func(a, b invoicing.Purchase) int { return int(a.Date) - int(b.Date) })
	p := rows[0]
	o := &refOrder{account: p.Account, start: dayOf(p.Date), term: p.Term, plan: p.Plan, product: p.Product, card: p.CardRef, funding: p.Funding,
		sku: p.Sku, region: p.Region, quantity: p.Quantity, currency: p.Amount.Currency(), exchanged: p.Origin == invoicing.FromExchange}
	for i, row := range rows {
		if p.Plan == invoicing.Upfront && i > 0 {
			o.quantity += row.Quantity
			o.paid[0].amount = plus(o.paid[0].amount, ratOf(row.Amount))
		} else {
			o.paid = append(o.paid, refPayment{dayOf(row.Date), ratOf(row.Amount)})
			o.invoices = append(o.invoices, customerInvoice(row))
		}
	}
	return o
}

// customerInvoice is the invoice that a row names as the customer's. What Partner
// Center names is the vendor's invoice to the partner, never the customer's.
func customerInvoice(row invoicing.Purchase) string {
	if row.Origin == invoicing.FromPartner {
		return ""
	}
	return row.Invoice
}

// refAmounts is what a return of so many units would give.
type refAmounts struct {
	basis                 invoicing.PriceBasis
	period                day // its first day
	periodDays, daysUsed  int
	basisAmount           *big.Rat // rounded for display
	prorated, fee, refund *big.Rat
	remaining, canceled   *big.Rat
	feeRate               string
	priceUnknown          bool
	paidForPeriod         *big.Rat // for the whole order
}

// amounts is PRO and FEE for n units on the request date.
func (c *refCase) amounts(n int) refAmounts {
	a := c.period()
	o, round := c.order, c.rules.Rounding
	purchase := part(a.paidForPeriod, n, o.quantity)
	price := purchase
	a.basis = invoicing.PurchaseBasis
	since := int(c.date - o.start)
	grace := !c.exchanged() && c.rules.GraceDays >= 0 && since <= c.rules.GraceDays && c.q.Used == invoicing.UsedNo
	if !grace && !c.exchanged() && c.rules.PriceBasis == policy.LowestPrice {
		current := c.currentPrice(n)
		switch {
		case current == nil:
			// Held, the amounts are shown all the same, by the price that is known: it is
			// not among the cases in which they cannot be computed (Outcomes).
			a.priceUnknown = c.rules.MissingCurrentPrice == policy.HoldRequest
		case current.Cmp(purchase) < 0 && !grace:
			price, a.basis = current, invoicing.CurrentBasis
		}
	}
	if o.plan == invoicing.Monthly {
		// PRO-4, PRO-7: remaining commitment always uses the purchase price; IMP-1: the latest known instalment for those to come.
		latest := o.paid[len(o.paid)-1].amount
		a.remaining = rounded(times(part(latest, n, o.quantity), whole(c.instalmentsToCome())), c.minor, round)
	} else {
		a.remaining = new(big.Rat)
	}
	a.basisAmount = rounded(price, c.minor, money.HalfUp)
	a.prorated = rounded(part(price, a.periodDays-a.daysUsed, a.periodDays), c.minor, round)
	if grace {
		a.prorated = rounded(price, c.minor, round)
	}
	// PRO-10: never more than was paid for the period.
	left := a.paidForPeriod
	for _, x := range slices.Concat(c.biller.returns[c.q.Order], c.before) {
		if x.period == a.period {
			left = minus(left, x.prorated)
		}
	}
	if left = minus(left, c.broughtIn(a)); left.Sign() < 0 {
		left = new(big.Rat)
	}
	a.prorated = lesser(a.prorated, left)
	c.fee(&a, since)
	c.cancel(&a)
	return a
}

// fee is FEE-1 and FEE-3.
func (c *refCase) fee(a *refAmounts, since int) {
	rate := rat(c.rules.FeeRate.String())
	if since <= c.rules.FeeAfterDays || c.exchanged() { // FEE-2
		rate = new(big.Rat)
	}
	base := a.prorated
	if c.rules.FeeBase == policy.FeeOnRemaining {
		base = plus(a.prorated, a.remaining)
	}
	a.fee = lesser(rounded(times(base, rate), c.minor, c.rules.Rounding), a.prorated)
	a.refund = minus(a.prorated, a.fee)
	a.feeRate = "0"
	if rate.Sign() != 0 {
		a.feeRate = c.rules.FeeRate.String()
	}
}

// cancel is PRO-5.
func (c *refCase) cancel(a *refAmounts) {
	included := c.rules.LimitCurrentInstalment
	if c.exchanged() {
		included = c.rules.ExchangeCurrentInstalment
	}
	switch {
	case c.order.plan == invoicing.Upfront:
		a.canceled = a.prorated
	case !included:
		a.canceled = a.remaining
	default:
		a.canceled = plus(a.remaining, a.prorated)
	}
}

// period finds the term (Upfront) or the current cycle (Monthly) and counts its days one by one.
func (c *refCase) period() refAmounts {
	o := c.order
	first, next := o.start, o.end()
	paid := o.paid[0].amount
	if o.plan == invoicing.Monthly {
		for i := 0; o.start.months(i) <= c.date; i++ {
			first, next = o.start.months(i), o.start.months(i+1)
		}
		for _, p := range o.paid {
			if p.date < next { // the current cycle's row, else the latest known before it
				paid = p.amount
			}
		}
	}
	a := refAmounts{period: first, paidForPeriod: paid}
	for d := first; d < next; d++ {
		a.periodDays++
		if d < c.date {
			a.daysUsed++ // PRO-2: the day of the request is still refunded
		}
	}
	return a
}

// instalmentsToCome counts those due after the request date.
func (c *refCase) instalmentsToCome() int {
	n := 0
	for i := range c.order.term {
		if c.order.start.months(i) > c.date {
			n++
		}
	}
	return n
}

// currentPrice is PRO-7, for n units and the period; nil where none is known.
func (c *refCase) currentPrice(n int) *big.Rat {
	o := c.order
	var best *invoicing.Price
	for i := range c.biller.prices {
		p := &c.biller.prices[i]
		if p.Sku != o.sku || p.Region != "" && p.Region != o.region || p.Account != "" && p.Account != o.account ||
			p.TermMonths != o.term || p.UnitPrice.Currency() != o.currency {
			continue
		}
		if dayOf(p.From) > c.date || !p.To.IsZero() && dayOf(p.To) < c.date {
			continue
		}
		if best == nil || p.From > best.From {
			best = p
		}
	}
	if best == nil {
		return nil
	}
	price := times(ratOf(best.UnitPrice), whole(n))
	if o.plan == invoicing.Monthly {
		return over(price, whole(o.term))
	}
	return price
}
