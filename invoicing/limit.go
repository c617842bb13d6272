package invoicing

import (
	"slices"
	"sort"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// allowance is the refund limit of one account (LIM): what counts on each day.
type allowance struct {
	days []dayUse // by date, one a day
}

// dayUse is what counts on one day, in cents of USD; before is the sum of all earlier days.
type dayUse struct {
	date   money.Date
	cents  int64
	before int64
}

// newAllowance gathers the uses of an account.
func newAllowance(uses []LimitUse) *allowance {
	a := &allowance{}
	for _, u := range uses {
		a.add(u.Date, u.USD)
	}
	return a
}

// add counts an amount on a day.
func (a *allowance) add(d money.Date, usd money.Money) {
	cents, _ := usd.Units()
	i := a.from(d)
	if i == len(a.days) || a.days[i].date != d {
		var before int64
		if i > 0 {
			before = a.days[i-1].before + a.days[i-1].cents
		}
		a.days = slices.Insert(a.days, i, dayUse{date: d, before: before})
	}
	a.days[i].cents += cents
	for j := i + 1; j < len(a.days); j++ {
		a.days[j].before += cents
	}
}

// from is the index of the first day on or after d.
func (a *allowance) from(d money.Date) int {
	return sort.Search(len(a.days), func(i int) bool { return a.days[i].date >= d })
}

// total is what counts on all days before index i.
func (a *allowance) total(i int) int64 {
	if i == 0 {
		return 0
	}
	return a.days[i-1].before + a.days[i-1].cents
}

// window is the sum of the window of so many days that begins on a day.
func (a *allowance) window(start money.Date, days int) int64 {
	return a.total(a.from(start+money.Date(days))) - a.total(a.from(start))
}

// fullest is the sum of the fullest window that holds a day (LIM-3), and its first
// day. A window may be moved forward to the first use in it without losing any, so
// only those that begin on a use, or on the day itself, need a look.
func (a *allowance) fullest(d money.Date, days int) (most int64, from money.Date) {
	most, from = a.window(d, days), d
	i := a.from(d - money.Date(days-1))
	for end := i; i < len(a.days) && a.days[i].date < d; i++ {
		first := a.days[i].date
		for end < len(a.days) && a.days[end].date < first+money.Date(days) {
			end++
		}
		if sum := a.total(end) - a.total(i); sum > most {
			most, from = sum, first
		}
	}
	return most, from
}

// availableOn is the first date from d on whose windows all hold no more than
// room (LIM-3).
func (a *allowance) availableOn(d money.Date, days int, room int64) money.Date {
	for {
		last, full := a.lastFull(d, days, room)
		if !full {
			return d
		}
		d = last + money.Date(days)
	}
}

// lastFull is the last start of a window that holds d and more than room.
func (a *allowance) lastFull(d money.Date, days int, room int64) (money.Date, bool) {
	if a.window(d, days) > room {
		return d, true
	}
	for i := a.from(d) - 1; i >= 0 && a.days[i].date > d-money.Date(days); i-- {
		if a.window(a.days[i].date, days) > room {
			return a.days[i].date, true
		}
	}
	return 0, false
}

// measure returns what a worth counts against the limit, in the order's currency (LIM-1).
func measure(w *worth, p *policy.Parameters) money.Money {
	if p.LimitMeasure == policy.RefundAmount {
		return w.refund
	}
	return w.canceled
}

// judgeLimit applies LIM to a refund whose amounts are known: it states the
// figures on the decision and adds LimitExceeded or RateUnknown. It returns the rows
// of the rates.
func (n *night) judgeLimit(d *Decision, a *appraisal, w *worth) []Source {
	d.Rules.Add(LIM1, LIM2)
	days := a.params.LimitWindowDays
	used, from := n.allowance(d.Account).fullest(d.Request.Date, days)
	d.LimitUsed, d.LimitFrom = money.Minor(used, money.USD), from
	d.LimitRemaining = a.params.LimitAmount.Sub(d.LimitUsed)
	conv, ok := n.conversion(d.Request.VendorUSD, a.order.Currency, d.Request.Date)
	if !ok {
		d.Rules.Add(LIM5)
		d.Reasons.Add(RateUnknown)
		return nil
	}
	if conv.vendor.IsSet() || a.order.Currency != money.USD {
		d.Rules.Add(LIM5)
	}
	q, r := d.Request.Quantity, a.params.Rounding
	d.LimitMeasured = conv.usd(measure(w, a.params), q, q, r)
	d.LimitRateDate, d.LimitRate, d.LimitRateUSD = conv.date, conv.rate, conv.rateUSD

	if d.LimitMeasured.Cmp(d.LimitRemaining) > 0 {
		d.Rules.Add(LIM3)
		d.Reasons.Add(LimitExceeded)
	}
	return conv.rows
}

// stateWayOut gives LIM-3's figures for a decision that only the limit rejects:
// the largest quantity that fits today, and the first date for all of it.
func (n *night) stateWayOut(d *Decision, a *appraisal) {
	conv, _ := n.conversion(d.Request.VendorUSD, a.order.Currency, d.Request.Date)
	fits := func(q int) bool {
		w := a.of(q)
		return conv.usd(measure(&w, a.params), q, d.Request.Quantity, a.params.Rounding).Cmp(d.LimitRemaining) <= 0
	}
	// What is measured grows with the quantity, but for a cent where two roundings meet.
	q := sort.Search(d.Request.Quantity, func(i int) bool { return !fits(i + 1) })
	for _, more := range []int{2, 1} {
		if q+more < d.Request.Quantity && fits(q+more) {
			q += more
			break
		}
	}
	d.MaxQuantity = q
	if room := a.params.LimitAmount.Sub(d.LimitMeasured); room.Sign() >= 0 {
		cents, _ := room.Units()
		d.LimitAvailableOn = n.allowance(d.Account).availableOn(d.Request.Date, a.params.LimitWindowDays, cents)
	}
}

// conversion is how an amount becomes USD (LIM-5).
type conversion struct {
	vendor        money.Money   // the vendor's own amount, for all that is asked
	date          money.Date    // of the reference rates; zero where none is needed
	rate, rateUSD money.Decimal // units for one euro
	rows          []Source      // of the rates
}

// usd converts what q of the asked units measure.
func (c *conversion) usd(m money.Money, q, asked int, r money.Rounding) money.Money {
	switch {
	case c.vendor.IsSet():
		return c.vendor.Of(int64(q), int64(asked)).Round(r)
	case c.date.IsZero():
		return m.Round(r)
	}
	num, den := c.rateUSD.Fraction()
	rateNum, rateDen := c.rate.Fraction()
	return m.Of(1, 1).In(money.USD).Fraction(num, den).Fraction(rateDen, rateNum).Round(r)
}

// MaxRateAge is how many days old the last published rate may be (LIM-5).
const MaxRateAge = 7

// conversion finds the vendor's amount, or the rates of the date or the last
// published within MaxRateAge days before it.
func (n *night) conversion(vendor money.Money, c money.Currency, on money.Date) (conversion, bool) {
	if vendor.IsSet() {
		return conversion{vendor: vendor}, true
	}
	if c == money.USD {
		return conversion{}, true
	}
	for d := on; d >= on-MaxRateAge; d-- {
		rate, ok1 := n.market.rate(d, c)
		usd, ok2 := n.market.rate(d, money.USD)
		if ok1 && ok2 {
			return conversion{date: d, rate: rate.Value, rateUSD: usd.Value, rows: RateRows(rate, usd)}, true
		}
	}
	return conversion{}, false
}

// RateRows are the rows of two rates: one where both stand on it, or where one is the euro's.
func RateRows(a, b Rate) []Source {
	rows := []Source{a.Source, b.Source}
	return slices.DeleteFunc(slices.Compact(rows), func(s Source) bool { return s.File == 0 })
}
