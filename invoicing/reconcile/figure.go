package reconcile

import (
	"math/bits"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// figure is a refund as somebody may have computed it: ours, and with one or two
// readings changed the vendor's. It is computed as the rules compute it: exactly,
// each amount rounded once.
type figure struct {
	f        *Facts
	currency money.Currency
	quantity int64 // ours
	units    int64 // the vendor's
	price    money.Share
	period   int
	used     int
	left     int  // days remaining, or fromUsed
	shift    int  // days remaining more or less
	whole    bool // not prorated
	feeRate  money.Decimal
	down     bool // every rounding is towards zero
	partner  bool
	tax      money.Decimal
	rates    [4]money.Decimal // x 0 / 1 x 2 / 3; unset is no conversion
	convert  bool
	stated   bool // the other rate is the line's own, and takes the place of the first before it is rounded
}

// fromUsed is days remaining that are the period less the days used.
const fromUsed = -1

// ours is the figure of the facts; ok is false where amounts are beyond what can
// be searched.
func ours(e *Expected) (figure, bool) {
	f := e.Facts
	if f == nil || !f.Price.IsSet() || !searchable(f.Price) || f.PeriodDays <= 0 || e.Quantity <= 0 {
		return figure{}, false
	}
	return figure{f: f, currency: e.Amount.Currency(), quantity: int64(e.Quantity), units: int64(e.Quantity), price: f.Price,
		period: f.PeriodDays, used: f.DaysUsed, left: f.DaysRemaining, whole: f.Grace, feeRate: f.FeeRate}, true
}

// searchable bounds what readings multiply: far above any refund, far below where
// exact products end.
func searchable(s money.Share) bool {
	coef, scale, _ := s.Of.Parts()
	if s.Num <= 0 || s.Den <= 0 || coef < 0 || coef > 1e16 || scale > money.MaxDecimals {
		return false
	}
	_, ok := times(s, 1, 1)
	return ok
}

// remaining is the days that are refunded; ok is false where there are none such.
func (x *figure) remaining() (int64, bool) {
	n := x.left
	if n == fromUsed {
		n = x.period - x.used
	}
	n += x.shift
	return int64(n), n >= 0 && n <= x.period
}

// amount computes the refund; ok is false where the readings do not go together.
func (x *figure) amount() (refund money.Money, ok bool) {
	prorated, ok := x.prorated()
	if !ok {
		return refund, false
	}
	fee, ok := x.fee(prorated)
	if !ok {
		return refund, false
	}
	refund = prorated.Sub(fee)
	if x.convert && !(x.partner && x.stated) {
		s, ok := x.converted(refund.Of(1, 1))
		if !ok {
			return refund, false
		}
		refund = x.round(s)
	}
	if x.tax.Sign() > 0 {
		num, den := x.tax.Fraction()
		refund = x.round(refund.Of(100*den+num, 100*den))
	}
	return refund, true
}

// converted takes an amount from the rates of one day to those of another.
func (x *figure) converted(s money.Share) (_ money.Share, ok bool) {
	s, ok = times(s, 1, 1)
	for i := 0; i < len(x.rates) && ok; i += 2 {
		an, ad := x.rates[i].Fraction()
		bn, bd := x.rates[i+1].Fraction()
		if s, ok = times(s, an, ad); ok {
			s, ok = times(s, bd, bn)
		}
	}
	return s, ok
}

func (x *figure) prorated() (money.Money, bool) {
	s, ok := x.price, true
	if x.partner {
		s = x.f.PricingPrice
	}
	if !x.whole {
		left, fine := x.remaining()
		if !fine {
			return money.Money{}, false
		}
		s, ok = times(s, left, int64(x.period))
	}
	if ok && x.units != x.quantity {
		s, ok = times(s, x.units, x.quantity)
	}
	if !ok {
		return money.Money{}, false
	}
	if !x.partner {
		return x.round(s), true
	}
	// ROUNDDOWN(ROUNDDOWN(UnitPrice x Quantity, 2) x PCToBCExchangeRate, 2)
	num, den := x.f.PricingRate.Fraction()
	s, ok = times(s.Floor().Of(1, 1), num, den)
	if ok && x.convert && x.stated {
		s, ok = x.converted(s)
	}
	if !ok {
		return money.Money{}, false
	}
	return s.In(x.currency).Floor(), true
}

// fee is FEE-1 on another prorated amount.
func (x *figure) fee(prorated money.Money) (money.Money, bool) {
	if x.feeRate.IsZero() {
		return money.Zero(x.currency), true
	}
	base, other := prorated, money.Money{}
	switch x.f.FeeBase {
	case policy.FeeOnRemaining:
		other = x.f.Remaining
	case policy.FeeOnPurchaseAmount:
		other = x.f.FeeBaseAmount
	}
	if other.IsSet() {
		s, ok := times(other.Of(1, 1), x.units, x.quantity)
		if !ok {
			return base, false
		}
		if other = x.round(s); x.f.FeeBase == policy.FeeOnRemaining {
			other = other.Add(prorated)
		}
		base = other
	}
	num, den := x.feeRate.Fraction()
	s, ok := times(base.Of(1, 1), num, den)
	return money.Min(x.round(s), prorated), ok
}

func (x *figure) round(s money.Share) money.Money {
	if x.down || x.partner {
		return s.Floor()
	}
	return s.Round(x.f.Rounding)
}

// times multiplies a share unless its fraction or its amount gets too long. A
// fraction is reduced once it is no longer short: until then that costs more than
// all that is computed with it.
func times(s money.Share, num, den int64) (money.Share, bool) {
	if num < 0 || den <= 0 {
		return s, false
	}
	if within(s, num, den, 40, 56) {
		return money.Share{Of: s.Of, Num: s.Num * num, Den: s.Den * den}, true
	}
	s = money.Share{Of: s.Of, Num: 1, Den: s.Den}.Fraction(s.Num, 1) // in lowest terms
	if !within(s, num, den, 61, 58) {
		return s, false
	}
	return s.Fraction(num, den), true
}

// within reports whether the sides of s x num/den have at most so many bits, and
// its amount about so many.
func within(s money.Share, num, den int64, side, amount int) bool {
	size := func(n int64) int { return bits.Len64(uint64(n)) }
	above, below := size(num)+size(s.Num), size(den)+size(s.Den)
	coef, _, _ := s.Of.Parts()
	return above <= side && below <= side && size(coef)+above-below <= amount
}
