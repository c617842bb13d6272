package reconcile

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// Cause is one reading, or two together, that give the vendor's figure to the cent.
type Cause struct{ Readings []Reading }

// String says to a person what the vendor may have done.
func (c Cause) String() string {
	var parts []string
	for _, r := range c.Readings {
		parts = append(parts, r.String())
	}
	return strings.Join(parts, " and ")
}

// Name is what breaks are summed up by: the kinds of the readings.
func (c Cause) Name() string {
	var parts []string
	for _, r := range c.Readings {
		parts = append(parts, r.Kind.String())
	}
	return strings.Join(parts, " and ")
}

// settings are the policy parameters that would make our figure the vendor's;
// empty where one of the readings is no parameter.
func (c Cause) settings() string {
	var all []string
	for _, r := range c.Readings {
		s := r.Kind.setting()
		if s == "" {
			return ""
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

// causes searches the readings of an expected credit, alone and then in pairs, for
// those that give the vendor's figure to the cent. All causes returned have the
// same number of readings, the likeliest first; where a single reading does it no
// pair is named. None: nothing known explains the figure.
func causes(e *Expected, c *Credit, p *Params) []Cause {
	x, ok := ours(e)
	if !ok || c.Amount.Currency() != e.Amount.Currency() {
		return nil
	}
	s := search{target: c.Amount, of: x, order: x.f.OrderQuantity, readings: readings(&x, e, c, p)}
	s.singles()
	if len(s.found) == 0 {
		s.pairs()
	}
	slices.SortStableFunc(s.found, compareCauses)
	return slices.CompactFunc(s.found, func(a, b Cause) bool { return slices.Equal(a.Readings, b.Readings) })
}

// compareCauses puts the simpler kinds first.
func compareCauses(a, b Cause) int {
	weight := func(c Cause) (sum int) {
		for _, r := range c.Readings {
			sum += r.Kind.rank()
			if r.Kept {
				sum++
			}
		}
		return sum
	}
	return cmp.Or(weight(a)-weight(b), slices.CompareFunc(a.Readings, b.Readings, func(x, y Reading) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Is, y.Is), cmp.Compare(x.On, y.On))
	}))
}

// variant is a reading and what it does to a figure.
type variant struct {
	Reading
	apply func(*figure)
}

type search struct {
	target   money.Money
	of       figure
	order    int // units of the order
	readings []variant
	found    []Cause
	one, two figure // with one and with two readings changed: the same room for each that is tried
}

func (s *search) singles() {
	for i := range s.readings {
		s.one = s.of
		s.readings[i].apply(&s.one)
		s.try(&s.one, s.readings[i].Reading)
	}
	s.quantities(s.of)
}

func (s *search) pairs() {
	for i := range s.readings {
		s.one = s.of
		s.readings[i].apply(&s.one)
		for j := i + 1; j < len(s.readings); j++ {
			if s.readings[i].Kind.family() != s.readings[j].Kind.family() {
				s.two = s.one
				s.readings[j].apply(&s.two)
				s.try(&s.two, s.readings[i].Reading, s.readings[j].Reading)
			}
		}
		s.quantities(s.one, s.readings[i].Reading)
	}
}

func (s *search) try(x *figure, with ...Reading) {
	if a, ok := x.amount(); ok && a == s.target {
		found := slices.Clone(with) // so that the many that are tried in vain cost no memory
		slices.SortFunc(found, func(a, b Reading) int { return cmp.Compare(a.Kind, b.Kind) })
		s.found = append(s.found, Cause{found})
	}
}

// maxUnits bounds the quantities that are sought.
const maxUnits = 1_000_000

// quantities tries the quantities next to the one that the target suggests: an
// amount goes up with the quantity, so no other can give it.
func (s *search) quantities(x figure, with ...Reading) {
	a, ok := x.amount()
	if !ok || a.Sign() <= 0 || s.order < 2 || s.order > maxUnits {
		return
	}
	hi, lo := bits.Mul64(uint64(units(s.target)), uint64(x.quantity))
	if hi >= uint64(units(a)) {
		return
	}
	near, _ := bits.Div64(hi, lo, uint64(units(a)))
	tried := append(make([]Reading, 0, 2), with...)
	for is := int64(near) - 1; is <= int64(near)+2; is++ {
		if is >= 1 && is <= int64(s.order) && is != x.quantity {
			x.units = is
			s.try(&x, append(tried, Reading{Kind: OtherQuantity, Was: int(x.quantity), Is: int(is)})...)
		}
	}
}

// readings lists what a vendor may have done otherwise, in the order in which the
// changes are made.
func readings(x *figure, e *Expected, c *Credit, p *Params) []variant {
	var out []variant
	add := func(r Reading, apply func(*figure)) { out = append(out, variant{r, apply}) }
	instalmentReadings(x, add)
	priceReadings(x, add)
	graceReadings(x, add)
	periodReadings(x, add)
	dayReadings(x, e, c, add)
	feeReadings(x, add)
	roundingReadings(x, add)
	rateReadings(e, c, p, add)
	if t := x.f.TaxRate; t.Sign() > 0 && t.Cmp(hundred) <= 0 {
		add(Reading{Kind: TaxIncluded, Rate: t}, func(y *figure) { y.tax = t })
	}
	return out
}

var hundred = money.NewDecimal(100, 0)

func instalmentReadings(x *figure, add func(Reading, func(*figure))) {
	for is, n := range [...]Instalment{x.f.Before, x.f.After} {
		if n.Price.IsSet() && n.Days > 0 && searchable(n.Price) {
			add(Reading{Kind: OtherInstalment, Is: 2*is - 1}, func(y *figure) { y.price, y.period, y.left = n.Price, n.Days, fromUsed })
		}
	}
}

func priceReadings(x *figure, add func(Reading, func(*figure))) {
	other, is := x.f.CurrentPrice, invoicing.CurrentBasis
	if x.f.Basis == invoicing.CurrentBasis {
		other, is = x.f.PurchasePrice, invoicing.PurchaseBasis
	}
	if other.IsSet() && searchable(other) {
		add(Reading{Kind: OtherPrice, Was: int(x.f.Basis), Is: int(is)}, func(y *figure) { y.price = other })
	}
}

func graceReadings(x *figure, add func(Reading, func(*figure))) {
	if x.f.Grace {
		add(Reading{Kind: GraceDenied}, func(y *figure) { y.whole = false })
		return
	}
	add(Reading{Kind: FullPrice}, func(y *figure) { y.whole = true })
}

// periodReadings: a year with or without its leap days, a month of 30 days.
func periodReadings(x *figure, add func(Reading, func(*figure))) {
	period := func(kind Kind, days int) {
		r := Reading{Kind: kind, Was: x.f.PeriodDays, Is: days}
		add(r, func(y *figure) { y.period, y.left = days, fromUsed })
		r.Kept = true
		add(r, func(y *figure) {
			if y.left == fromUsed {
				y.left = y.period - y.used
			}
			y.period = days
		})
	}
	switch years := x.f.TermMonths / 12; {
	case x.f.Plan != invoicing.Upfront: // also of 30 days: another instalment's cycle may have another length
		period(MonthDays, 30)
	case years >= 1 && years <= 5:
		for days := 365 * years; days <= 366*years; days++ {
			if days != x.f.PeriodDays {
				period(YearDays, days)
			}
		}
		period(MonthDays, 360*years)
	}
}

// dayReadings: the day of the request counted as used, the day before still
// refunded, or all that has passed until the vendor credits it.
func dayReadings(x *figure, e *Expected, c *Credit, add func(Reading, func(*figure))) {
	day := func(kind Kind, n int, on money.Date) {
		add(Reading{Kind: kind, Was: x.f.DaysRemaining, Is: x.f.DaysRemaining + n, On: on}, func(y *figure) { y.shift = n })
	}
	day(DayCounted, -1, 0)
	day(DayCounted, 1, 0)
	if later := int(c.Date - e.Date); later < -1 || later > 1 {
		day(DayOfCredit, -later, c.Date)
	}
}

// published is the early termination fee of the policies that have one.
var published = money.NewDecimal(12, 2)

func feeReadings(x *figure, add func(Reading, func(*figure))) {
	if !x.f.FeeRate.IsZero() {
		add(Reading{Kind: FeeLeftOut, Rate: x.f.FeeRate}, func(y *figure) { y.feeRate = money.Decimal{} })
		return
	}
	rate := cmp.Or(x.f.PolicyFeeRate, published)
	add(Reading{Kind: FeeCharged, Rate: rate}, func(y *figure) { y.feeRate = rate })
}

func roundingReadings(x *figure, add func(Reading, func(*figure))) {
	add(Reading{Kind: RoundedDown}, func(y *figure) { y.down = true })
	f := x.f
	if f.PricingPrice.IsSet() && searchable(f.PricingPrice) && usable(f.PricingRate) {
		add(Reading{Kind: PartnerRounding}, func(y *figure) { y.partner = true })
	}
}

var million = money.NewDecimal(1_000_000, 0)

// rateReadings: the vendor converts at the rate of a day of the credit or the
// request where the order was priced at that of its purchase. A partner invoice
// says both rates itself; else the published ones are tried.
func rateReadings(e *Expected, c *Credit, p *Params, add func(Reading, func(*figure))) {
	if was := e.Facts.PricingRate; c.Pricing != nil && usable(was) && usable(c.Pricing.Rate) && was != c.Pricing.Rate {
		rates := [4]money.Decimal{c.Pricing.Rate, was, one, one}
		add(Reading{Kind: RateOfDay, On: cmp.Or(c.Pricing.On, c.Date)}, func(y *figure) { y.convert, y.stated, y.rates = true, true, rates })
		return
	}
	currency, pricing := e.Amount.Currency(), cmp.Or(p.Pricing, money.USD)
	if p.Rate == nil || currency == pricing {
		return
	}
	was, wasPricing, ok := p.pair(e.Start, currency, pricing)
	if !ok {
		return
	}
	y, m, _ := c.Date.Civil()
	month := money.DateOf(y, m, 1)
	var tried []money.Date
	for _, d := range [...]money.Date{e.Date, c.Date, month, month - 1} {
		is, isPricing, ok := p.pair(d, currency, pricing)
		if !ok || d == e.Start || slices.Contains(tried, d) || is == was && isPricing == wasPricing {
			continue
		}
		tried = append(tried, d)
		rates := [4]money.Decimal{is, was, wasPricing, isPricing}
		add(Reading{Kind: RateOfDay, On: d}, func(y *figure) { y.convert, y.rates = true, rates })
	}
}

var one = money.NewDecimal(1, 0)

func usable(rate money.Decimal) bool { return rate.Sign() > 0 && rate.Cmp(million) <= 0 }

// pair is the published rates of two currencies on a day.
func (p *Params) pair(d money.Date, a, b money.Currency) (ra, rb money.Decimal, ok bool) {
	ra, okA := p.Rate(d, a)
	rb, okB := p.Rate(d, b)
	return ra, rb, okA && okB && usable(ra) && usable(rb)
}
