package reconcile

import (
	"cmp"
	"fmt"
	"math/big"
	"math/bits"
	"slices"

	"prorata/invoicing/money"
)

// Sum counts rows and adds up their amounts, in minor units and in 128 bits: no
// number of rows passes it.
type Sum struct {
	Count int64
	Hi    int64 // Units = Hi x 2^64 + Lo
	Lo    uint64
}

func (s *Sum) add(count, units int64) { s.Merge(Sum{count, units >> 63, uint64(units)}) }

// Merge adds another sum.
func (s *Sum) Merge(o Sum) {
	lo, carry := bits.Add64(s.Lo, o.Lo, 0)
	*s = Sum{s.Count + o.Count, s.Hi + o.Hi + int64(carry), lo}
}

// Number is the amount with a currency's minor digits: 1038.64.
func (s Sum) Number(c money.Currency) string {
	n := new(big.Int).Lsh(big.NewInt(s.Hi), 64)
	n.Add(n, new(big.Int).SetUint64(s.Lo))
	den := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(c.Digits())), nil)
	return new(big.Rat).SetFrac(n, den).FloatString(c.Digits())
}

// Side is one side of the proof in one currency: all rows, and the rows by class.
type Side struct {
	All Sum
	By  [classCount]Sum // by Class
}

// Classes is the sum over the classes.
func (s *Side) Classes() (sum Sum) {
	for _, by := range s.By {
		sum.Merge(by)
	}
	return sum
}

// Holds reports whether every row is in exactly one class (REC-3).
func (s *Side) Holds() bool { return s.By[0] == (Sum{}) && s.Classes() == s.All }

func (s *Side) merge(o *Side) {
	s.All.Merge(o.All)
	for i := range s.By {
		s.By[i].Merge(o.By[i])
	}
}

// CurrencyTally is the proof in one currency.
type CurrencyTally struct {
	Currency money.Currency
	Expected Side
	Vendor   Side
}

// Tally is the proof of REC-3, by currency code: what came in, and the classes it
// is in. All counts rows that come in, By counts where they end: two counts of
// different things that must agree. Tallies of orders and of nights add up.
type Tally []CurrencyTally

// Merge adds another tally.
func (t *Tally) Merge(o Tally) {
	for i := range o {
		c := t.of(o[i].Currency)
		c.Expected.merge(&o[i].Expected)
		c.Vendor.merge(&o[i].Vendor)
	}
}

func (t *Tally) of(c money.Currency) *CurrencyTally {
	switch n := len(*t); {
	case n == 0:
		*t = append(*t, CurrencyTally{Currency: c})
		return &(*t)[0]
	case n == 1 && (*t)[0].Currency == c:
		return &(*t)[0]
	}
	i, ok := slices.BinarySearchFunc(*t, c, func(x CurrencyTally, c money.Currency) int { return cmp.Compare(x.Currency.String(), c.String()) })
	if !ok {
		*t = slices.Insert(*t, i, CurrencyTally{Currency: c})
	}
	return &(*t)[i]
}

// Check returns an error that names the first sum that does not hold (OUT-8 f).
func (t Tally) Check() error {
	for i := range t {
		for _, side := range [...]struct {
			name string
			*Side
		}{{"expected credits", &t[i].Expected}, {"vendor rows", &t[i].Vendor}} {
			if !side.Holds() {
				return fmt.Errorf("reconciliation: %s in %s: %d rows over %s are not the sum of their classes",
					side.name, t[i].Currency, side.All.Count, side.All.Number(t[i].Currency))
			}
		}
	}
	return nil
}

// expected counts a credit that is expected from tonight on.
func (t *Tally) expected(e *Expected) { addTo(&t.of(e.Amount.Currency()).Expected.All, 1, e.Amount) }

// credited counts a vendor row that comes in.
func (t *Tally) credited(c *Credit) { addTo(&t.of(c.Amount.Currency()).Vendor.All, 1, c.Amount) }

// class counts the rows of a group into a class, or, with a sign below zero, out of it.
func (t *Tally) class(c Class, g *Group, sign int64) {
	for i := range g.Expected {
		m := g.Expected[i].Amount
		addTo(&t.of(m.Currency()).Expected.By[c], sign, m)
	}
	for i := range g.Credits {
		m := g.Credits[i].Amount
		addTo(&t.of(m.Currency()).Vendor.By[c], sign, m)
	}
}

func addTo(s *Sum, sign int64, m money.Money) {
	s.add(sign, sign*units(m))
}
