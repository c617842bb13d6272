package money

import (
	"cmp"
	"fmt"

	"github.com/shopspring/decimal"
)

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
func (d Decimal) String() string { return string(d.Append(nil)) }

// Append writes String.
func (d Decimal) Append(b []byte) []byte { return appendDecimal(b, d.coef, int(d.scale)) }

// Percent is a rate times 100: 12 for 0.12.
func (d Decimal) Percent() Decimal {
	if d.scale < 2 {
		return NewDecimal(d.coef*pow10[2-d.scale], 0)
	}
	return Decimal{d.coef, d.scale - 2}
}

// Fraction returns the number as coef / 10^scale.
func (d Decimal) Fraction() (num, den int64) { return d.coef, pow10[d.scale] }
