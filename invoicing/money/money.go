// Package money owns exact amounts of a currency, calendar dates, rounding and
// exact multiply-and-divide. It does not own what is rounded when: that is for
// the rules (PRO-8, DOC-4, LIM-5), which name each rounding.
//
// No value is ever a float. An amount is an integer coefficient and a number of
// decimals, up to 18 digits in all; intermediate products have 128 bits, so
// nothing is lost before the one rounding that a rule asks for. Adding two
// currencies, and a sum past 18 digits, panic with an *Error: the core lets that
// stop the run before anything is committed.
package money

import (
	"cmp"
	"fmt"
	"math/bits"
	"strings"

	"github.com/shopspring/decimal"
)

// MaxDecimals is the greatest number of decimals an amount may have.
const MaxDecimals = 12

var pow10 = [19]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// Error is an impossible sum: two currencies, or more digits than an amount can hold.
type Error struct{ Op, Why string }

func (e *Error) Error() string { return "money: " + e.Op + ": " + e.Why }

// Decimal is an exact decimal number without a currency: a rate, a percentage.
// The zero value is 0. It is always in lowest terms: equal numbers are ==.
type Decimal struct {
	coef  int64
	scale uint8
}

// NewDecimal returns coef / 10^scale.
func NewDecimal(coef int64, scale int) Decimal {
	for scale > 0 && coef%10 == 0 {
		coef, scale = coef/10, scale-1
	}
	return Decimal{coef, uint8(scale)}
}

// ParseDecimal reads -1234.56: digits, at most one dot, at most 12 decimals and
// 18 digits in all. Locale is the importers' business.
func ParseDecimal(s string) (Decimal, error) {
	coef, scale, ok := parse(s)
	if !ok {
		return Decimal{}, fmt.Errorf("%q is not a decimal number of at most 18 digits and %d decimals", s, MaxDecimals)
	}
	return NewDecimal(coef, scale), nil
}

func parse[T string | []byte](s T) (coef int64, scale int, ok bool) {
	i, neg := 0, false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		neg, i = s[0] == '-', 1
	}
	nDigits, dot := 0, -1
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if coef >= pow10[17] {
				return 0, 0, false
			}
			coef = coef*10 + int64(c-'0')
			nDigits++
			if dot >= 0 {
				scale++
			}
		case c == '.' && dot < 0:
			dot = i
		default:
			return 0, 0, false
		}
	}
	for scale > MaxDecimals && coef%10 == 0 {
		coef, scale = coef/10, scale-1
	}
	if neg {
		coef = -coef
	}
	return coef, scale, nDigits > 0 && scale <= MaxDecimals
}

// Big returns the number as a shopspring decimal, for sums that need more than 18 digits.
func (d Decimal) Big() decimal.Decimal { return decimal.New(d.coef, -int32(d.scale)) }

// DecimalOf is the reverse of Big; ok is false where the number does not fit.
func DecimalOf(b decimal.Decimal) (d Decimal, ok bool) {
	coef, scale, ok := parse(b.String())
	return NewDecimal(coef, scale), ok
}

// Cmp is -1, 0 or 1.
func (d Decimal) Cmp(o Decimal) int {
	if d.scale == o.scale {
		return cmp.Compare(d.coef, o.coef)
	}
	return d.Big().Cmp(o.Big())
}

// Sign is -1, 0 or 1.
func (d Decimal) Sign() int { return cmp.Compare(d.coef, 0) }

// IsZero reports whether the number is 0.
func (d Decimal) IsZero() bool { return d.coef == 0 }

// String has no needless zeros: 0.12, 25, -3.5.
func (d Decimal) String() string { return string(appendDecimal(nil, d.coef, int(d.scale))) }

// Fraction returns the number as coef / 10^scale.
func (d Decimal) Fraction() (num, den int64) { return d.coef, pow10[d.scale] }

// Money is an amount of one currency, exact. The zero value is no amount at all
// (IsSet reports false); Zero gives nothing in a currency.
type Money struct {
	coef  int64
	scale uint8
	cur   Currency
}

// Zero is an amount of 0 in a currency, at its minor digits.
func Zero(c Currency) Money { return Money{0, uint8(c.Digits()), c} }

// Minor is an amount in minor units: Minor(89498, SEK) is 894.98 SEK.
func Minor(units int64, c Currency) Money { return Money{units, uint8(c.Digits()), c} }

// Of is an exact decimal amount of a currency.
func Of(d Decimal, c Currency) Money { return normal(d.coef, int(d.scale), c) }

// Parse reads a plain decimal (see ParseDecimal) as an amount of a currency. It
// may have more decimals than the currency; none are dropped.
func Parse[T string | []byte](s T, c Currency) (Money, error) {
	coef, scale, ok := parse(s)
	if !ok || coef > pow10[16] || coef < -pow10[16] {
		return Money{}, fmt.Errorf("%q is not an amount of at most 16 digits and %d decimals", string(s), MaxDecimals)
	}
	return normal(coef, scale, c), nil
}

// Must is Parse for constants of a program and tests: Must("10.00 SEK").
func Must(s string) Money {
	amount, code, ok := strings.Cut(s, " ")
	c, err := ParseCurrency(code)
	if !ok || err != nil {
		panic(fmt.Sprintf("money.Must(%q)", s))
	}
	m, err := Parse(amount, c)
	if err != nil {
		panic(err)
	}
	return m
}

// normal keeps at least the currency's minor digits and no needless zeros beyond.
func normal(coef int64, scale int, c Currency) Money {
	d := c.Digits()
	for scale > d && coef%10 == 0 {
		coef, scale = coef/10, scale-1
	}
	for scale < d {
		if coef > pow10[17] || coef < -pow10[17] {
			panic(&Error{"amount", fmt.Sprintf("%d is too large for %s", coef, c)})
		}
		coef, scale = coef*10, scale+1
	}
	return Money{coef, uint8(scale), c}
}

// IsSet reports whether there is an amount, even of 0.
func (m Money) IsSet() bool { return !m.cur.IsZero() }

// Currency is the amount's currency.
func (m Money) Currency() Currency { return m.cur }

// Sign is -1, 0 or 1.
func (m Money) Sign() int { return cmp.Compare(m.coef, 0) }

// IsZero reports whether the amount is 0.
func (m Money) IsZero() bool { return m.coef == 0 }

// Add returns m + o, exactly. Two currencies panic with an *Error.
func (m Money) Add(o Money) Money {
	if m.cur != o.cur {
		panic(&Error{"add", fmt.Sprintf("%s and %s are two currencies", m.Code(), o.Code())})
	}
	if m.scale == o.scale {
		s := m.coef + o.coef
		if (s > m.coef) == (o.coef > 0) {
			return normal(s, int(m.scale), m.cur)
		}
	}
	scale := max(m.scale, o.scale)
	a, okA := shift(m.coef, scale-m.scale)
	b, okB := shift(o.coef, scale-o.scale)
	s := a + b
	if !okA || !okB || (s > a) != (b > 0) {
		panic(&Error{"add", fmt.Sprintf("%s and %s have too many digits", m, o)})
	}
	return normal(s, int(scale), m.cur)
}

func shift(coef int64, by uint8) (int64, bool) {
	r := coef * pow10[by]
	return r, r/pow10[by] == coef
}

// Sub returns m - o, exactly.
func (m Money) Sub(o Money) Money { return m.Add(o.Neg()) }

// Neg returns -m.
func (m Money) Neg() Money { m.coef = -m.coef; return m }

// Abs returns the amount without its sign.
func (m Money) Abs() Money {
	if m.coef < 0 {
		return m.Neg()
	}
	return m
}

// Cmp is -1, 0 or 1. Two currencies panic with an *Error.
func (m Money) Cmp(o Money) int {
	if m.scale == o.scale && m.cur == o.cur {
		return cmp.Compare(m.coef, o.coef)
	}
	return m.Sub(o).Sign()
}

// Min returns the smaller of two amounts.
func Min(a, b Money) Money {
	if b.Cmp(a) < 0 {
		return b
	}
	return a
}

// Max returns the larger of two amounts.
func Max(a, b Money) Money {
	if b.Cmp(a) > 0 {
		return b
	}
	return a
}

// Of returns the exact share num/den of the amount, rounded only when asked.
func (m Money) Of(num, den int64) Share { return Share{m, num, den} }

// Times returns the exact product with a decimal, rounded only when asked.
func (m Money) Times(d Decimal) Share { num, den := d.Fraction(); return Share{m, num, den} }

// Round returns the amount at its currency's minor digits (PRO-8).
func (m Money) Round(r Rounding) Money { return Share{m, 1, 1}.Round(r) }

// Units returns the amount in minor units; ok is false where it has more decimals than the currency.
func (m Money) Units() (units int64, ok bool) { return m.coef, int(m.scale) == m.cur.Digits() }

// Decimal returns the number without its currency.
func (m Money) Decimal() Decimal { return NewDecimal(m.coef, int(m.scale)) }

// Code is the currency code, or empty.
func (m Money) Code() string { return m.cur.String() }

// Number is the amount alone, with at least the currency's minor digits: 1038.64; empty where there is none.
func (m Money) Number() string {
	if !m.IsSet() {
		return ""
	}
	return string(m.Append(nil))
}

// Append writes Number.
func (m Money) Append(b []byte) []byte {
	if !m.IsSet() {
		return b
	}
	return appendDecimal(b, m.coef, int(m.scale))
}

// String is the amount with its currency: 1038.64 USD.
func (m Money) String() string {
	if !m.IsSet() {
		return ""
	}
	return m.Number() + " " + m.Code()
}

func appendDecimal(b []byte, coef int64, scale int) []byte {
	u := uint64(coef)
	if coef < 0 {
		b, u = append(b, '-'), -u
	}
	var buf [24]byte
	i := len(buf)
	for n := 0; n <= scale || u > 0; n++ {
		if n == scale && scale > 0 {
			i--
			buf[i] = '.'
		}
		i--
		buf[i] = byte('0' + u%10)
		u /= 10
	}
	return append(b, buf[i:]...)
}

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
		panic(&Error{"round", fmt.Sprintf("%s x %d / %d has too many digits", s.Of, s.Num, s.Den)})
	}
	return q.BigInt().Int64()
}

// Cmp compares two shares of one currency exactly.
func (s Share) Cmp(o Share) int {
	if s.Of.cur != o.Of.cur {
		panic(&Error{"compare", fmt.Sprintf("%s and %s are two currencies", s.Of.Code(), o.Of.Code())})
	}
	big := func(x Share, den int64) decimal.Decimal {
		return x.Of.Decimal().Big().Mul(decimal.NewFromInt(x.Num)).Mul(decimal.NewFromInt(den))
	}
	if s.Of.scale == o.Of.scale && s.Num == 1 && o.Num == 1 && s.Of.coef >= 0 && o.Of.coef >= 0 {
		ah, al := bits.Mul64(uint64(s.Of.coef), uint64(o.Den))
		bh, bl := bits.Mul64(uint64(o.Of.coef), uint64(s.Den))
		switch {
		case ah < bh || ah == bh && al < bl:
			return -1
		case ah == bh && al == bl:
			return 0
		}
		return 1
	}
	return big(s, o.Den).Cmp(big(o, s.Den))
}

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
		return q.StringFixed(int32(s.Of.cur.Digits()))
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
		panic(&Error{"multiply", fmt.Sprintf("%s x %d/%d x %d/%d has too many digits", s.Of, s.Num, s.Den, num, den)})
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

// MarshalText writes String, and nothing where there is no amount.
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (m *Money) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*m = Money{}
		return nil
	}
	amount, code, _ := strings.Cut(string(text), " ")
	c, err := ParseCurrency(code)
	if err != nil {
		return err
	}
	*m, err = Parse(amount, c)
	return err
}
