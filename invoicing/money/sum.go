package money

import (
	"fmt"
	"math/big"
	"strings"
)

// Sum adds up amounts of one currency, exactly and without bound: what is committed must
// be proven and published, however many large amounts it holds. The zero value has no
// currency yet.
type Sum struct {
	currency Currency
	units    int64    // minor units, as far as they fit
	rest     *big.Int // in units of 10^-MaxScale; nil is none. It is never changed: sums are copied
}

// NewSum is a sum of nothing in a currency.
func NewSum(c Currency) Sum { return Sum{currency: c} }

// Add adds an amount, if it is set. Two currencies panic with an *Error.
func (s *Sum) Add(m Money) {
	switch {
	case !m.IsSet():
		return
	case s.currency != m.cur && s.IsSet():
		panic(&Error{Op: "sum", Why: fmt.Sprintf("%s and %s are two currencies", s.currency, m.Code())})
	}
	s.currency = m.cur
	if units, ok := m.Units(); ok {
		if next := s.units + units; (next > s.units) == (units > 0) {
			s.units = next
			return
		}
	}
	s.more(widened(big.NewInt(m.coef), int(m.scale)))
}

// Plus is two sums of one currency together.
func (s Sum) Plus(o Sum) Sum {
	if o.currency.IsZero() {
		return s
	}
	s.Add(Minor(o.units, o.currency))
	if o.rest != nil {
		s.more(o.rest)
	}
	return s
}

// Minus is the sum less another of its currency.
func (s Sum) Minus(o Sum) Sum {
	if o.units = -o.units; o.rest != nil {
		o.rest = new(big.Int).Neg(o.rest)
	}
	return s.Plus(o)
}

func (s *Sum) more(rest *big.Int) {
	if s.rest != nil {
		rest = new(big.Int).Add(s.rest, rest)
	}
	s.rest = rest
}

// widened is coef / 10^scale in units of 10^-MaxScale.
func widened(coef *big.Int, scale int) *big.Int {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(MaxScale-scale)), nil)
	return unit.Mul(unit, coef)
}

// Equal reports whether two sums are the same amount of one currency.
func (s Sum) Equal(o Sum) bool { return s.currency == o.currency && s.Exact().Cmp(o.Exact()) == 0 }

// IsSet reports whether the sum has a currency.
func (s Sum) IsSet() bool { return !s.currency.IsZero() }

// Currency is that of the amounts.
func (s Sum) Currency() Currency { return s.currency }

// Exact is the sum in units of 10^-MaxScale.
func (s Sum) Exact() *big.Int {
	total := widened(big.NewInt(s.units), s.currency.Digits())
	if s.rest != nil {
		total.Add(total, s.rest)
	}
	return total
}

// Number is the sum with its currency's minor digits, or more where there are more.
func (s Sum) Number() string {
	if s.rest == nil {
		return Minor(s.units, s.currency).Number()
	}
	total := s.Exact()
	digits, sign := total.String(), ""
	if total.Sign() < 0 {
		sign, digits = "-", digits[1:]
	}
	if short := MaxScale + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	whole, part := digits[:len(digits)-MaxScale], digits[len(digits)-MaxScale:]
	minor := s.currency.Digits()
	part = part[:minor] + strings.TrimRight(part[minor:], "0")
	if part == "" {
		return sign + whole
	}
	return sign + whole + "." + part
}

// String is the sum with its currency, and empty where it has none.
func (s Sum) String() string {
	if !s.IsSet() {
		return ""
	}
	return s.Number() + " " + s.currency.String()
}

// MarshalText writes String.
func (s Sum) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Sum) UnmarshalText(text []byte) error {
	*s = Sum{}
	if len(text) == 0 {
		return nil
	}
	number, code, _ := strings.Cut(string(text), " ")
	c, err := ParseCurrency(code)
	if err != nil {
		return err
	}
	whole, part, _ := strings.Cut(number, ".")
	coef, ok := new(big.Int).SetString(whole+part, 10)
	if !ok || len(part) > MaxScale {
		return fmt.Errorf("%q is not a sum", text)
	}
	if s.currency = c; coef.IsInt64() && len(part) == c.Digits() {
		s.units = coef.Int64()
	} else {
		s.rest = widened(coef, len(part))
	}
	return nil
}
