// Package money owns exact amounts of a currency, calendar dates, rounding and
// exact multiply-and-divide. It does not own what is rounded when: that is for
// the rules (PRO-8, DOC-4, LIM-5), which name each rounding.
//
// No value is ever a float. An amount is an integer coefficient and a number of
// decimals, up to 18 digits in all; intermediate products have 128 bits, so
// nothing is lost before the one rounding that a rule asks for. Adding two
// currencies, and a result past 18 digits, panic with an *Error: the core lets the
// one stop the run before anything is committed, and the other hold what it is of.
package money

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// MaxDecimals is the greatest number of decimals an amount may have.
const MaxDecimals = 12

var pow10 = [19]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// Error is an impossible sum: two currencies, or more digits than an amount can hold.
type Error struct {
	Op, Why  string
	TooLarge bool // it has too many digits, which amounts from outside can bring about
}

func tooLarge(op, format string, args ...any) *Error {
	return &Error{Op: op, Why: fmt.Sprintf(format, args...) + " has too many digits", TooLarge: true}
}

func (e *Error) Error() string { return "money: " + e.Op + ": " + e.Why }

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
	room := min(pow10[16], pow10[17]/pow10[max(c.Digits()-scale, 0)])
	if !ok || coef > room || coef < -room {
		return Money{}, fmt.Errorf("%q is not an amount of at most 16 digits and %d decimals", string(s), MaxDecimals)
	}
	return normal(coef, scale, c), nil
}

// Must is UnmarshalText for constants of a program and tests: Must("10.00 SEK").
func Must(s string) (m Money) {
	if err := m.UnmarshalText([]byte(s)); err != nil || !m.IsSet() {
		panic(fmt.Sprintf("money.Must(%q)", s))
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
			panic(tooLarge("amount", "%d %s", coef, c))
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
		panic(&Error{Op: "add", Why: fmt.Sprintf("%s and %s are two currencies", m.Code(), o.Code())})
	}
	if m.scale == o.scale {
		s := m.coef + o.coef
		if (s > m.coef) == (o.coef > 0) {
			return normal(s, int(m.scale), m.cur)
		}
	}
	s, ok := m.Plus(o)
	if !ok {
		panic(tooLarge("add", "%s + %s", m, o))
	}
	return s
}

// Plus is Add of two amounts of one currency that may be too large for it: then ok is false.
func (m Money) Plus(o Money) (sum Money, ok bool) {
	scale := max(m.scale, o.scale)
	a, okA := shift(m.coef, scale-m.scale)
	b, okB := shift(o.coef, scale-o.scale)
	s := a + b
	if !okA || !okB || (s > a) != (b > 0) {
		return Money{}, false
	}
	return normal(s, int(scale), m.cur), true
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
	return m.share().Cmp(o.share())
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

// Decimals is how many decimals the amount has, at least the currency's minor digits.
func (m Money) Decimals() int { return int(m.scale) }

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

// MarshalText writes String, and nothing where there is no amount.
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText writes, a sum of any size, too, and what Parse reads.
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
	whole, frac, _ := strings.Cut(amount, ".")
	if coef, err := strconv.ParseInt(whole+frac, 10, 64); err == nil {
		if sum, ok := FromParts(coef, len(frac), c); ok {
			*m = sum
			return nil
		}
	}
	*m, err = Parse(amount, c)
	return err
}
