package money

import "testing"

// What is committed must be proven and published, however many large amounts it holds: a
// sum is exact beyond what one amount can be, and so is the text that is kept of it.
func TestSumsHaveNoBound(t *testing.T) {
	large := Must("9999989999999990.00 SEK")
	for _, c := range []struct {
		currency Currency
		amounts  []Money
		times    int
		want     string
	}{
		{SEK, []Money{large}, 2000, "19999979999999980000.00"},
		{SEK, []Money{large, Must("0.125 SEK")}, 1, "9999989999999990.125"},
		{SEK, []Money{large.Neg()}, 2000, "-19999979999999980000.00"},
		{SEK, []Money{Must("-0.005 SEK"), Must("0.02 SEK")}, 1, "0.015"},
		{SEK, []Money{Must("-0.005 SEK"), {}}, 1, "-0.005"},
		{MustCurrency("JPY"), []Money{Must("0.5 JPY")}, 2, "1"},
		{MustCurrency("KWD"), nil, 1, "0.000"},
	} {
		s, other := NewSum(c.currency), NewSum(c.currency)
		for range c.times {
			for _, m := range c.amounts {
				s.Add(m)
				other.Add(m.Neg())
			}
		}
		if got := s.Number(); got != c.want {
			t.Errorf("%d times %v is %s, want %s", c.times, c.amounts, got, c.want)
		}
		var kept Sum
		if err := kept.UnmarshalText([]byte(s.String())); err != nil || !kept.Equal(s) {
			t.Errorf("%s is kept as %s, %v", s, kept, err)
		}
		if both := s.Plus(other); !both.Equal(NewSum(c.currency)) || !s.Minus(other).Equal(s.Plus(s)) || s.Number() != c.want {
			t.Errorf("%s and %s are %s, and the difference is %s", s, other, both, s.Minus(other))
		}
	}
}

func TestSumOfTwoCurrenciesIsAnError(t *testing.T) {
	defer func() {
		if _, ok := recover().(*Error); !ok {
			t.Error("adding SEK to USD went through")
		}
	}()
	s := NewSum(USD)
	s.Add(Must("1.00 SEK"))
}
