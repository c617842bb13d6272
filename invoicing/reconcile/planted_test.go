package reconcile

import (
	"math/big"
	"math/rand/v2"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// world is a returned order as a vendor may see it, computed by rationals and in
// its own words: what readings are planted in.
type world struct {
	currency       money.Currency
	monthly        bool
	years          int
	start, request money.Date
	credited       money.Date
	units, of      int64    // returned, of the order
	unit           *big.Rat // price of one unit for the period, in minor units
	current        *big.Rat // the same by current price; nil where none is known
	useCurrent     bool
	left, period   int
	used           int
	whole          bool
	fee            *big.Rat // rate
	down           bool
	tax            *big.Rat // percent
	taxed          bool
	before, after  *big.Rat // of a monthly plan: one unit's other instalments
	beforeDays     int
	afterDays      int
	pricing        *big.Rat // one unit's price in USD, in cents; nil where not known
	pricingRate    *big.Rat
	partner        bool
	rate           *big.Rat
}

func whole(n int64) *big.Rat { return big.NewRat(n, 1) }

// minor rounds to minor units: half away from zero, or down.
func minor(x *big.Rat, down bool) *big.Rat {
	y := new(big.Rat).Set(x)
	if !down {
		y.Add(y, big.NewRat(1, 2))
	}
	return new(big.Rat).SetInt(new(big.Int).Div(y.Num(), y.Denom()))
}

func product(xs ...*big.Rat) *big.Rat {
	p := whole(1)
	for _, x := range xs {
		p.Mul(p, x)
	}
	return p
}

// refund is what the vendor credits, in minor units; ok is false where its readings
// make no sense together.
func (w *world) refund() (int64, bool) {
	price := w.unit
	if w.useCurrent {
		price = w.current
	}
	share := whole(1)
	if !w.whole {
		if w.left < 0 || w.left > w.period {
			return 0, false
		}
		share = big.NewRat(int64(w.left), int64(w.period))
	}
	down := w.down || w.partner
	prorated := minor(product(price, whole(w.units), share), down)
	if w.partner {
		prorated = minor(product(minor(product(w.pricing, whole(w.units), share), true), w.pricingRate), true)
	}
	fee := minor(product(prorated, w.fee), down)
	refund := new(big.Rat).Sub(prorated, fee)
	if w.rate != nil {
		refund = minor(product(refund, w.rate), down)
	}
	if w.taxed {
		refund = minor(product(refund, new(big.Rat).Add(whole(1), product(w.tax, big.NewRat(1, 100)))), down)
	}
	return refund.Num().Int64(), refund.Num().IsInt64()
}

// dailyRate is a published rate: one euro in USD or EUR, on a day.
func dailyRate(d money.Date, c money.Currency) (money.Decimal, bool) {
	if c == money.EUR {
		return money.NewDecimal(1, 0), true
	}
	return money.NewDecimal(10000+int64(d)*37%1500, 4), c == money.USD
}

// random draws a returned order, of a few cents to six figures.
func random(r *rand.Rand) world {
	w := world{currency: money.USD, years: []int{1, 3, 5}[r.IntN(3)], monthly: r.IntN(2) == 0, fee: whole(0), tax: whole(25)}
	if r.IntN(3) == 0 {
		w.currency = money.EUR
	}
	w.start = day("2022-01-01") + money.Date(r.IntN(1200))
	end := w.start.AddMonths(12 * w.years)
	w.request = w.start + 7 + money.Date(r.IntN(int(end-w.start)-40))
	w.credited = w.request + money.Date(r.IntN(40))
	w.of = 1 + int64(r.IntN(12))
	w.units = 1 + int64(r.IntN(int(w.of)))
	w.unit = whole(2000 + int64(r.IntN([]int{20_000, 300_000, 3_000_000}[r.IntN(3)])))
	if r.IntN(2) == 0 { // a fifth to a thousandth dearer: the lower price is the purchase's
		w.current = minor(product(w.unit, big.NewRat(1000+int64(1+r.IntN(200)), 1000)), false)
	}
	if r.IntN(2) == 0 {
		w.fee = big.NewRat(12, 100)
	}
	if r.IntN(6) == 0 { // within the days of grace
		w.whole, w.fee, w.request = true, whole(0), w.start+money.Date(r.IntN(6))
		w.credited = w.request + money.Date(r.IntN(40))
	}
	from, to := w.start, end
	if w.monthly {
		i := 0
		for w.start.AddMonths(i+1) <= w.request {
			i++
		}
		from, to = w.start.AddMonths(i), w.start.AddMonths(i+1)
		if i > 0 {
			w.before, w.beforeDays = minor(product(w.unit, big.NewRat(900+int64(r.IntN(90)), 1000)), false), int(from-w.start.AddMonths(i-1))
		}
		w.after, w.afterDays = minor(product(w.unit, big.NewRat(1010+int64(r.IntN(90)), 1000)), false), int(w.start.AddMonths(i+2)-to)
	}
	w.period, w.used = int(to-from), int(w.request-from)
	w.left = w.period - w.used
	if w.currency == money.EUR {
		w.pricingRate = big.NewRat(9000+int64(r.IntN(500)), 10000)
		w.pricing = minor(product(w.unit, new(big.Rat).Inv(w.pricingRate)), false)
	}
	return w
}

// plant changes one thing; false where it does not apply.
func (w *world) plant(k Kind, r *rand.Rand) bool {
	switch k {
	case FeeLeftOut:
		defer func() { w.fee = whole(0) }()
		return w.fee.Sign() > 0
	case FeeCharged:
		defer func() { w.fee = big.NewRat(12, 100) }()
		return w.fee.Sign() == 0
	case FullPrice:
		defer func() { w.whole = true }()
		return !w.whole
	case GraceDenied:
		defer func() { w.whole = false }()
		return w.whole
	case DayCounted:
		w.left += 2*r.IntN(2) - 1
	case DayOfCredit:
		later := int(w.credited - w.request)
		w.left -= later
		return later > 1
	case YearDays:
		if w.monthly {
			return false
		}
		p := []int{365, 366}[r.IntN(2)] * w.years
		if p == w.period {
			p = 365*w.years + 366*w.years - p
		}
		w.period, w.left = p, w.left+(p-w.period)*r.IntN(2)
	case MonthDays:
		if !w.monthly || w.period == 30 {
			return false
		}
		w.left, w.period = w.left+(30-w.period)*r.IntN(2), 30
	case OtherPrice:
		w.useCurrent = true
		return w.current != nil
	case OtherQuantity:
		q := 1 + int64(r.IntN(int(w.of)))
		defer func() { w.units = q }()
		return q != w.units
	case RoundedDown:
		w.down = true
	case PartnerRounding:
		w.partner = true
		return w.pricing != nil
	case TaxIncluded:
		w.taxed = true
	case OtherInstalment:
		if w.before == nil || w.after == nil {
			return false
		}
		w.unit, w.period = w.before, w.beforeDays
		if r.IntN(2) == 0 {
			w.unit, w.period = w.after, w.afterDays
		}
		w.left = w.period - w.used
	case RateOfDay:
		if w.currency == money.USD {
			return false
		}
		at := func(d money.Date) *big.Rat {
			x, _ := dailyRate(d, money.USD)
			num, den := x.Fraction()
			return big.NewRat(num, den)
		}
		d := []money.Date{w.request, w.credited}[r.IntN(2)]
		w.rate = product(at(w.start), new(big.Rat).Inv(at(d)))
	default:
		return false
	}
	return true
}

// expected is the order as we see it.
func (w *world) expected() (Expected, bool) {
	n, ok := w.refund()
	price := func(x *big.Rat) money.Share {
		if x == nil {
			return money.Share{}
		}
		return money.Minor(x.Num().Int64()*w.of, w.currency).Of(w.units, w.of)
	}
	f := &Facts{Plan: invoicing.Upfront, TermMonths: 12 * w.years, PeriodDays: w.period, DaysUsed: w.used, DaysRemaining: w.left,
		Grace: w.whole, Basis: invoicing.PurchaseBasis, Price: price(w.unit), PurchasePrice: price(w.unit), CurrentPrice: price(w.current),
		OrderQuantity: int(w.of), FeeBase: policy.FeeOnProrated, TaxRate: money.NewDecimal(25, 0)}
	if w.fee.Sign() > 0 {
		f.FeeRate, f.PolicyFeeRate = money.NewDecimal(12, 2), money.NewDecimal(12, 2)
	}
	if w.monthly {
		f.Plan = invoicing.Monthly
		f.Before, f.After = Instalment{price(w.before), w.beforeDays}, Instalment{price(w.after), w.afterDays}
	}
	if w.pricing != nil {
		f.PricingPrice = money.Minor(w.pricing.Num().Int64()*w.units, money.USD).Of(1, 1)
		num, den := w.pricingRate.Num().Int64(), w.pricingRate.Denom().Int64()
		f.PricingRate = money.NewDecimal(num*(10000/den), 4)
	}
	return Expected{Request: "R1", Order: "O1", Quantity: int(w.units), Amount: money.Minor(n, w.currency), Date: w.request, Start: w.start, Facts: f}, ok && n > 0
}
