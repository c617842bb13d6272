package money

import (
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDates(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2024-02-29", 12, "2025-02-28"}, // PRO-1: no 29 February that year
		{"2024-02-29", 36, "2027-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2026-01-31", 1, "2026-02-28"}, // PRO-4: clamped to the end of the month
		{"2026-01-31", 2, "2026-03-31"}, // and counted from the start date
	} {
		d, err := ParseDate(c.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.AddMonths(c.months).String(); got != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.months, got, c.want)
		}
	}
	for _, bad := range []string{"2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", "1989-12-31", "2200-01-01", ""} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("%q was read as %s", bad, d)
		}
	}
}

func TestBoundsOfDates(t *testing.T) {
	if MinDate.String() != "1990-01-01" || MaxDate.String() != "2199-12-31" {
		t.Errorf("dates run from %s through %s", MinDate, MaxDate)
	}
}

func TestDateAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int32Range(int32(MinDate), int32(MaxDate)).Draw(t, "day")
		std := time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n))
		if got := Date(n).String(); got != std.Format("2006-01-02") {
			t.Fatalf("day %d is %s, want %s", n, got, std.Format("2006-01-02"))
		}
		if d, err := ParseDate(Date(n).String()); err != nil || d != Date(n) {
			t.Fatalf("%s read back as %v, %v", Date(n), d, err)
		}
	})
}

func TestMinorDigits(t *testing.T) {
	for in, want := range map[string]string{
		"1038.6449 SEK": "1038.64", "1038.645 SEK": "1038.65", "-1038.645 SEK": "-1038.65",
		"1.5 JPY": "2", "1.0005 KWD": "1.001", "0 USD": "0.00",
	} {
		if got := Must(in).Round(HalfUp).Number(); got != want {
			t.Errorf("%s rounds to %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{"2.5 JPY": "2", "3.5 JPY": "4", "-2.5 JPY": "-2", "0.125 USD": "0.12", "0.1251 USD": "0.13"} {
		if got := Must(in).Round(HalfEven).Number(); got != want {
			t.Errorf("%s rounds half to even to %s, want %s", in, got, want)
		}
	}
}

func TestTooManyDigitsAreAnError(t *testing.T) {
	for _, in := range []string{"9999999999999999", "99999999999999999999", "-9999999999999999"} {
		if m, err := Parse(in, MustCurrency("KWD")); err == nil {
			t.Errorf("%s was read as %s", in, m)
		}
	}
}

func TestTwoCurrenciesAreAnError(t *testing.T) {
	defer func() {
		if _, ok := recover().(*Error); !ok {
			t.Error("adding SEK to USD went through")
		}
	}()
	Must("1 USD").Add(Must("1 SEK"))
}

// rounded is the plainest rounding of a fraction: half away from zero, or half to even.
func rounded(n *big.Rat, r Rounding) *big.Int {
	num, den := new(big.Int).Abs(n.Num()), n.Denom()
	q, rem := new(big.Int).QuoRem(num, den, new(big.Int))
	if c := rem.Lsh(rem, 1).Cmp(den); c > 0 || c == 0 && (r == HalfUp || q.Bit(0) == 1) {
		q.Add(q, big.NewInt(1))
	}
	if n.Sign() < 0 {
		q.Neg(q)
	}
	return q
}

func TestShareAgreesWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cur := MustCurrency(rapid.SampledFrom([]string{"JPY", "SEK", "KWD"}).Draw(t, "currency"))
		coef := rapid.Int64Range(-1e15, 1e15).Draw(t, "coef")
		scale := rapid.IntRange(0, 8).Draw(t, "scale")
		num := rapid.Int64Range(0, 1<<40).Draw(t, "num")
		den := rapid.Int64Range(1, 1<<40).Draw(t, "den")
		if num > den {
			num, den = den, num
		}
		if den == 0 {
			den = 1
		}
		r := rapid.SampledFrom([]Rounding{HalfUp, HalfEven}).Draw(t, "rounding")
		m := Of(NewDecimal(coef, scale), cur)
		got, _ := m.Of(num, den).Round(r).Units()
		want := big.NewRat(coef, pow10[scale])
		want.Mul(want, big.NewRat(num, den)).Mul(want, big.NewRat(pow10[cur.Digits()], 1))
		if w := rounded(want, r); w.Cmp(big.NewInt(got)) != 0 {
			t.Fatalf("%s x %d / %d = %d minor units, want %s", m, num, den, got, w)
		}
	})
}

func TestCmpAgreesWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		share := func(name string) (Share, *big.Rat) {
			coef := rapid.Int64Range(-1e15, 1e15).Draw(t, name)
			scale := rapid.IntRange(0, 3).Draw(t, name+" scale")
			num, den := rapid.Int64Range(-1e18, 1e18).Draw(t, name+" num"), rapid.Int64Range(1, 1e18).Draw(t, name+" den")
			r := big.NewRat(coef, pow10[scale])
			return Of(NewDecimal(coef, scale), USD).Of(num, den), r.Mul(r, big.NewRat(num, den))
		}
		a, ra := share("a")
		b, rb := share("b")
		if got, want := a.Cmp(b), ra.Cmp(rb); got != want {
			t.Fatalf("%v <=> %v is %d, want %d", a, b, got, want)
		}
	})
}

// Amounts that are too far apart to be added are compared all the same: rows stand in an
// order before anyone adds them.
func TestAmountsTooFarApartToAddAreCompared(t *testing.T) {
	large, small := Must("12345678.00 USD"), Must("0.123456789012 USD")
	if large.Cmp(small) != 1 || small.Cmp(large) != -1 || small.Cmp(small.Neg()) != 1 {
		t.Errorf("%s <=> %s is %d, the other way round %d", large, small, large.Cmp(small), small.Cmp(large))
	}
}

func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Of(NewDecimal(rapid.Int64Range(-1e7, 1e7).Draw(t, "coef"), rapid.IntRange(0, 9).Draw(t, "scale")), SEK)
		back, err := Parse(m.Number(), SEK)
		if err != nil || back != m {
			t.Fatalf("%s read back as %s, %v", m, back, err)
		}
	})
}

// What is kept of a night has its sums as text, which are larger than any amount from outside.
func TestTextOfSums(t *testing.T) {
	for _, units := range []int64{0, -50, 123_456_789_012_345_678, math.MaxInt64, -math.MaxInt64} {
		var back Money
		m := Minor(units, MustCurrency("KWD"))
		if err := back.UnmarshalText([]byte(m.String())); err != nil || back != m {
			t.Errorf("%s is read back as %s, %v", m, back, err)
		}
	}
}

func TestExactShowsWhatIsExact(t *testing.T) {
	for _, c := range []struct {
		of       string
		num, den int64
		want     string
	}{
		{"900.00 EUR", 1, 3, "300.00"}, {"11.2015 SEK", 1, 1, "11.2015"}, {"10000.00 SEK", 98, 1095, "894.977168..."}, {"1 JPY", 1, 2, "0.5"},
	} {
		if got := Must(c.of).Of(c.num, c.den).Exact(6); got != c.want {
			t.Errorf("%s x %d / %d is shown as %s, want %s", c.of, c.num, c.den, got, c.want)
		}
	}
}

func TestPercentIsARateTimesHundred(t *testing.T) {
	for rate, want := range map[string]string{"0.12": "12", "0.1": "10", "1": "100", "0.125": "12.5", "0": "0", "-0.005": "-0.5"} {
		d, err := ParseDecimal(rate)
		if want, _ := ParseDecimal(want); err != nil || d.Percent() != want {
			t.Errorf("%s is %s %%, want %s %% (%v)", rate, d.Percent(), want, err)
		}
	}
}
