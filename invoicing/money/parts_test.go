package money

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPartsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cur := MustCurrency(rapid.SampledFrom([]string{"JPY", "SEK", "KWD", "CLF"}).Draw(t, "currency"))
		d := NewDecimal(rapid.Int64Range(-1e12, 1e12).Draw(t, "coef"), rapid.IntRange(0, MaxDecimals).Draw(t, "scale"))
		if back, ok := DecimalFromParts(d.Parts()); !ok || back != d {
			t.Fatalf("%s came back as %s, %v", d, back, ok)
		}
		m := Of(d, cur)
		if back, ok := FromParts(m.Parts()); !ok || back != m {
			t.Fatalf("%s came back as %s, %v", m, back, ok)
		}
	})
	if m, ok := FromParts(Money{}.Parts()); !ok || m != (Money{}) {
		t.Errorf("no amount came back as %v, %v", m, ok)
	}
}

func TestPartsOfNoAmountAreRefused(t *testing.T) {
	for _, c := range []struct {
		coef  int64
		scale int
		why   string
	}{{5, 1, "fewer decimals than SEK has"}, {50, 3, "a needless zero"}, {5, MaxScale + 1, "a scale past the powers of ten"}, {5, -1, "a scale below zero"}} {
		if m, ok := FromParts(c.coef, c.scale, SEK); ok {
			t.Errorf("%s: %d/10^%d was taken as %v", c.why, c.coef, c.scale, m)
		}
		if d, ok := DecimalFromParts(c.coef, c.scale); ok && c.scale != 1 {
			t.Errorf("%s: %d/10^%d was taken as %v", c.why, c.coef, c.scale, d)
		}
	}
}
