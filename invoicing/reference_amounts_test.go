package invoicing_test

import (
	"fmt"
	"math/big"
	"time"

	"prorata/invoicing/money"
)

// The reference implementation computes with rational numbers and with days
// counted by the standard library: it shares no arithmetic with the core, so
// that the two can only agree where both follow RULES.md.

// day is a calendar day, counted from 1970-01-01.
type day int

func dayOf(d money.Date) day {
	t, err := time.Parse("2006-01-02", d.String())
	if err != nil {
		panic(fmt.Sprintf("reference: %v", err))
	}
	return day(t.Unix() / 86400)
}

func (d day) time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

func (d day) String() string { return d.time().Format("2006-01-02") }

func (d day) date() money.Date {
	y, m, dd := d.time().Date()
	return money.DateOf(y, int(m), dd)
}

// months returns the same day n months later, or the last day of a month that is too short (PRO-1, PRO-4).
func (d day) months(n int) day {
	y, m, dd := d.time().Date()
	last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	t := time.Date(y, m+time.Month(n), min(dd, last), 0, 0, 0, 0, time.UTC)
	return day(t.Unix() / 86400)
}

// rat reads an amount or a decimal as it is printed.
func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(fmt.Sprintf("reference: %q is not a number", s))
	}
	return r
}

func ratOf(m money.Money) *big.Rat        { return rat(m.Number()) }
func whole(n int) *big.Rat                { return new(big.Rat).SetInt64(int64(n)) }
func plus(a, b *big.Rat) *big.Rat         { return new(big.Rat).Add(a, b) }
func minus(a, b *big.Rat) *big.Rat        { return new(big.Rat).Sub(a, b) }
func times(a, b *big.Rat) *big.Rat        { return new(big.Rat).Mul(a, b) }
func over(a, b *big.Rat) *big.Rat         { return new(big.Rat).Quo(a, b) }
func part(a *big.Rat, n, of int) *big.Rat { return over(times(a, whole(n)), whole(of)) }

func lesser(a, b *big.Rat) *big.Rat {
	if b.Cmp(a) < 0 {
		return b
	}
	return a
}

// rounded is PRO-8: to so many decimals, a half away from zero, or to the even neighbour.
func rounded(x *big.Rat, digits int, how money.Rounding) *big.Rat {
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil))
	scaled := times(new(big.Rat).Abs(x), scale)
	floor := new(big.Int).Quo(scaled.Num(), scaled.Denom())
	rest := minus(scaled, new(big.Rat).SetInt(floor))
	switch rest.Cmp(big.NewRat(1, 2)) {
	case 1:
		floor.Add(floor, big.NewInt(1))
	case 0:
		if how == money.HalfUp || floor.Bit(0) == 1 {
			floor.Add(floor, big.NewInt(1))
		}
	}
	out := over(new(big.Rat).SetInt(floor), scale)
	if x.Sign() < 0 {
		out.Neg(out)
	}
	return out
}

// text is an amount as it is compared: at the minor digits, empty where there is none.
func text(x *big.Rat, digits int) string {
	if x == nil {
		return ""
	}
	return x.FloatString(digits)
}
