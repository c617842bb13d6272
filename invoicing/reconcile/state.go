package reconcile

import (
	"math/bits"

	"prorata/invoicing/money"
)

// State is what an order carries from night to night. The zero value with an order
// is one that nothing is known of.
type State struct {
	Order  string
	Breaks []Break  // the open ones, by id: every open row is in exactly one
	Closed []Closed // matches and accepted breaks, as they came: what a repeated row is recognised by
}

// Params are the parameters of REC for an order, as its policy has them.
type Params struct {
	Tolerance money.Decimal // in the currency's unit, per transaction
	MatchDays int
	// Rate is the published rate of a day, or the last one before it: units of a
	// currency for one euro. nil: the exchange rate of another day is not sought.
	Rate func(money.Date, money.Currency) (money.Decimal, bool)
	// Pricing is the currency that the vendor prices in; unset is USD.
	Pricing money.Currency
}

// tolerance is what so many transactions may differ by, in minor units: what is
// below a minor unit is none.
func (p *Params) tolerance(c money.Currency, transactions int) int64 {
	num, den := p.Tolerance.Fraction()
	if num <= 0 {
		return 0
	}
	for range c.Digits() {
		num, den = scaleUp(num, den)
	}
	hi, lo := bits.Mul64(uint64(num), uint64(transactions))
	if hi >= uint64(den) {
		return maxTolerance
	}
	units, _ := bits.Div64(hi, lo, uint64(den))
	return int64(min(units, maxTolerance))
}

// scaleUp multiplies num/den by ten.
func scaleUp(num, den int64) (int64, int64) {
	if den%10 == 0 {
		return num, den / 10
	}
	return min(num, maxTolerance) * 10, den
}

// maxTolerance bounds what a configuration may tolerate, in minor units.
const maxTolerance = 1_000_000_000
