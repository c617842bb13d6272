package invoicing_test

import (
	"fmt"
	"math/big"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// limit is LIM for the amounts of a refund. USD are counted in cents, which they are rounded to.
func (c *refCase) limit(e *expected, a refAmounts) {
	limit := cents(ratOf(c.rules.LimitAmount))
	used := c.fullest(c.date)
	e.left = dollars(limit - used)
	usd := c.usd(a, c.q.Quantity)
	if usd == nil {
		e.reasons.Add(invoicing.RateUnknown)
		return
	}
	measured := cents(usd)
	e.measured = dollars(measured)
	if used+measured > limit {
		e.reasons.Add(invoicing.LimitExceeded)
	}
	switch {
	case e.reasons == 0:
		e.left = dollars(limit - used - measured)
	case len(e.reasons.List()) == 1 && e.reasons.Has(invoicing.LimitExceeded):
		e.availableOn = c.availableOn(measured, limit)
		e.maxQuantity = c.fitting(used, limit)
	}
}

// cents of an amount that has no more than two decimals.
func cents(usd *big.Rat) int64 {
	c := times(usd, whole(100))
	if !c.IsInt() || !c.Num().IsInt64() {
		panic(fmt.Sprintf("reference: %s USD is not a sum of cents", usd.FloatString(6)))
	}
	return c.Num().Int64()
}

func dollars(cents int64) string { return big.NewRat(cents, 100).FloatString(2) }

// fullest is the sum of the fullest window that holds a date (LIM-2).
func (c *refCase) fullest(d day) int64 {
	window := day(c.rules.LimitWindowDays)
	var most int64
	for first := d - window + 1; first <= d; first++ {
		var sum int64
		for _, u := range c.biller.uses[c.account.ID] {
			if u.date >= first && u.date < first+window {
				sum += u.cents
			}
		}
		most = max(most, sum)
	}
	return most
}

// usd is what n units count (LIM-5); nil where a rate is missing.
func (c *refCase) usd(a refAmounts, n int) *big.Rat {
	if c.q.VendorUSD.IsSet() {
		return rounded(part(ratOf(c.q.VendorUSD), n, c.q.Quantity), 2, c.rules.Rounding)
	}
	amount := a.canceled
	if c.rules.LimitMeasure == policy.RefundAmount {
		amount = a.refund
	}
	rate := c.rate()
	if rate == nil {
		return nil
	}
	return rounded(times(amount, rate), 2, c.rules.Rounding)
}

// rate is USD for one unit of the order's currency on the request date, or on the last day before it within 7.
func (c *refCase) rate() *big.Rat {
	if c.order.currency == money.USD {
		return whole(1)
	}
	for d := c.date; d >= c.date-7; d-- {
		usd, own := c.published(d, money.USD), c.published(d, c.order.currency)
		if usd != nil && own != nil {
			return over(usd, own)
		}
	}
	return nil
}

// published is what the ECB published for one euro on a day.
func (c *refCase) published(d day, cur money.Currency) *big.Rat {
	if cur == money.EUR {
		return whole(1)
	}
	for _, r := range c.biller.rates {
		if dayOf(r.Date) == d && r.Currency == cur {
			return rat(r.Value.String())
		}
	}
	return nil
}

// availableOn tries day after day (LIM-3).
func (c *refCase) availableOn(measured, limit int64) string {
	if measured > limit {
		return ""
	}
	d := c.date
	for c.fullest(d)+measured > limit {
		d++
	}
	return d.String()
}

// fitting tries quantity after quantity (LIM-3).
func (c *refCase) fitting(used, limit int64) int {
	best := 0
	for n := 1; n <= c.active(); n++ {
		usd := c.usd(c.amounts(n), n)
		if usd != nil && used+cents(usd) <= limit {
			best = n
		}
	}
	return best
}
