package money

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"github.com/shopspring/decimal"
)

// Rounding is how a half is rounded (PRO-8, parameter rounding).
type Rounding uint8

// The two values of the parameter rounding.
const (
	HalfUp   Rounding = iota // half away from zero
	HalfEven                 // half to the even neighbour
)

// Share is an exact fraction of an amount: Of x Num / Den. Den is above 0.
type Share struct {
	Of       Money
	Num, Den int64
}

// Round computes the share at the currency's minor digits, rounding once.
func (s Share) Round(r Rounding) Money {
	c := s.Of.cur
	num, den := s.Num, s.Den
	if extra := int(s.Of.scale) - c.Digits(); extra > 0 {
		hi, lo := bits.Mul64(uint64(den), uint64(pow10[extra]))
		if hi != 0 || lo > 1<<62 {
			return Money{s.roundBig(r), uint8(c.Digits()), c}
		}
		den = int64(lo)
	}
	if q, ok := mulDiv(s.Of.coef, num, den, r); ok {
		return Money{q, uint8(c.Digits()), c}
	}
	return Money{s.roundBig(r), uint8(c.Digits()), c}
}

// mulDiv returns a*b/c rounded; c > 0. ok is false on overflow.
func mulDiv(a, b, c int64, r Rounding) (int64, bool) {
	neg := (a < 0) != (b < 0)
	hi, lo := bits.Mul64(abs(a), abs(b))
	if hi >= uint64(c) {
		return 0, false
	}
	q, rem := bits.Div64(hi, lo, uint64(c))
	if half := uint64(c) - rem; rem > half || rem == half && (r == HalfUp || q&1 == 1) {
		q++
	}
	if q > 1<<62 {
		return 0, false
	}
	if neg {
		return -int64(q), true
	}
	return int64(q), true
}

// roundBig is Round where 128 bits do not do.
func (s Share) roundBig(r Rounding) int64 {
	n := s.Of.Decimal().Big().Mul(decimal.NewFromInt(s.Num)).Shift(int32(s.Of.cur.Digits()))
	q, rem := n.QuoRem(decimal.NewFromInt(s.Den), 0)
	switch c := rem.Abs().Mul(decimal.NewFromInt(2)).Cmp(decimal.NewFromInt(s.Den)); {
	case c > 0, c == 0 && (r == HalfUp || q.BigInt().Bit(0) == 1):
		q = q.Add(decimal.NewFromInt(int64(n.Sign())))
	}
	if !q.BigInt().IsInt64() {
		panic(tooLarge("round", "%s x %d / %d", s.Of, s.Num, s.Den))
	}
	return q.BigInt().Int64()
}

// Cmp compares two shares of one currency exactly.
func (s Share) Cmp(o Share) int {
	if s.Of.cur != o.Of.cur {
		panic(&Error{Op: "compare", Why: fmt.Sprintf("%s and %s are two currencies", s.Of.Code(), o.Of.Code())})
	}
	if s.Of.scale == o.Of.scale {
		x, y := s.over(o.Den), o.over(s.Den)
		if x.sign != y.sign || x.sign == 0 {
			return cmp.Compare(x.sign, y.sign)
		}
		return x.sign * x.cmp(&y)
	}
	big := func(x Share, den int64) decimal.Decimal {
		return x.Of.Decimal().Big().Mul(decimal.NewFromInt(x.Num)).Mul(decimal.NewFromInt(den))
	}
	return big(s, o.Den).Cmp(big(o, s.Den))
}

// wide is a product of three numbers: its sign and 192 bits, the highest first.
type wide struct {
	sign int
	bits [3]uint64
}

// over is the share's numerator, units of its scale, times another's denominator.
func (s Share) over(den int64) wide {
	hi, lo := bits.Mul64(abs(s.Of.coef), abs(s.Num))
	top, high := bits.Mul64(hi, uint64(den))
	carry, low := bits.Mul64(lo, uint64(den))
	high, c := bits.Add64(high, carry, 0)
	return wide{s.Of.Sign() * cmp.Compare(s.Num, 0), [3]uint64{top + c, high, low}}
}

func (w *wide) cmp(o *wide) int { return slices.Compare(w.bits[:], o.bits[:]) }

// In names the same number as an amount of another currency: the last step of a
// conversion whose rate is in the fraction (LIM-5, BIL-CSP-1).
func (s Share) In(c Currency) Share { return Share{Of(s.Of.Decimal(), c), s.Num, s.Den} }

// IsSet reports whether the share is of an amount.
func (s Share) IsSet() bool { return s.Of.IsSet() }

// Exact writes the share with so many decimals, cut, and three dots where more
// would follow: 894.977168... For explanations, never for sums.
func (s Share) Exact(decimals int) string {
	n := s.Of.Decimal().Big().Mul(decimal.NewFromInt(s.Num))
	q, rem := n.QuoRem(decimal.NewFromInt(s.Den), int32(decimals))
	if rem.IsZero() {
		d, _ := DecimalOf(q) // in lowest terms
		return q.StringFixed(int32(max(int(d.scale), s.Of.cur.Digits())))
	}
	return q.StringFixed(int32(decimals)) + "..."
}

// Floor computes the share at the currency's minor digits, rounding towards
// zero: for what may not be passed (PRO-10).
func (s Share) Floor() Money {
	m := s.Round(HalfUp)
	if (s.Of.coef > 0) == (m.coef > 0) && m.Abs().share().Cmp(s.abs()) > 0 {
		m.coef -= int64(m.Sign())
	}
	return m
}

func (m Money) share() Share { return Share{m, 1, 1} }

func (s Share) abs() Share { return Share{s.Of.Abs(), s.Num, s.Den} }

// Fraction multiplies the share by num/den once more, exactly; factors common to
// both sides are taken out so that products stay small. A product past 18 digits
// panics with an *Error.
func (s Share) Fraction(num, den int64) Share {
	g := gcd(num, s.Den)
	num, sDen := num/g, s.Den/g
	g = gcd(s.Num, den)
	sNum, den := s.Num/g, den/g
	nh, nl := bits.Mul64(abs(sNum), abs(num))
	dh, dl := bits.Mul64(uint64(sDen), uint64(den))
	if nh != 0 || dh != 0 || nl > 1<<62 || dl > 1<<62 {
		panic(tooLarge("multiply", "%s x %d/%d x %d/%d", s.Of, s.Num, s.Den, num, den))
	}
	return Share{s.Of, sNum * num, sDen * den}
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	if a < 0 {
		return -a
	}
	if a == 0 {
		return 1
	}
	return a
}

func abs(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}
