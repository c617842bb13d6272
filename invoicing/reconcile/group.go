package reconcile

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// Group is expected credits and vendor rows that belong together: those of a match,
// or those of a break, of which either may be empty. All expected are of one
// currency, and all credits.
type Group struct {
	Expected []Expected // by date and request
	Credits  []Credit   // by date and amount
}

// Order is the reservation order.
func (g *Group) Order() string {
	if len(g.Expected) > 0 {
		return g.Expected[0].Order
	}
	return g.Credits[0].Order
}

// Account is the billing account: that of the request, else that of the vendor's row.
func (g *Group) Account() string {
	if len(g.Expected) > 0 {
		return g.Expected[0].Account
	}
	return g.Credits[0].Account
}

// expectedSum is what was expected in all; unset where nothing was.
func (g *Group) expectedSum() (sum money.Money) {
	for i := range g.Expected {
		sum = plus(sum, g.Expected[i].Amount)
	}
	return sum
}

// creditedSum is what the vendor credited in all; unset where nothing.
func (g *Group) creditedSum() (sum money.Money) {
	for i := range g.Credits {
		sum = plus(sum, g.Credits[i].Amount)
	}
	return sum
}

func plus(sum, m money.Money) money.Money {
	if !sum.IsSet() {
		return m
	}
	return sum.Add(m)
}

// Difference is credited less expected: below zero is what the vendor still owes.
// Where one side is empty it counts as 0; with two currencies it is unset.
func (g *Group) Difference() money.Money {
	e, c := g.expectedSum(), g.creditedSum()
	switch {
	case !e.IsSet():
		return c
	case !c.IsSet():
		return e.Neg()
	case e.Currency() != c.Currency():
		return money.Money{}
	}
	return c.Sub(e)
}

// Requests names the requests.
func (g *Group) Requests() []string {
	var out []string
	for i := range g.Expected {
		out = append(out, g.Expected[i].Request)
	}
	return out
}

// VendorRows names the vendor's rows.
func (g *Group) VendorRows() []invoicing.Source {
	var out []invoicing.Source
	for i := range g.Credits {
		out = append(out, g.Credits[i].Source)
	}
	return out
}

// expectedOn is the earliest day on which a credit was due; zero where none was expected.
func (g *Group) expectedOn() (first money.Date) {
	for i := range g.Expected {
		if d := g.Expected[i].DueOn; first.IsZero() || d < first {
			first = d
		}
	}
	return first
}

// creditedOn is the date of the latest vendor row; zero where there is none.
func (g *Group) creditedOn() (last money.Date) {
	for i := range g.Credits {
		last = max(last, g.Credits[i].Date)
	}
	return last
}

// since is the day that an age counts from: that of the earliest request, else of
// the earliest vendor row.
func (g *Group) since() money.Date {
	if len(g.Expected) > 0 {
		return g.Expected[0].Date
	}
	return g.Credits[0].Date
}

// same reports whether two groups hold the same rows.
func (g *Group) same(o *Group) bool {
	return slices.EqualFunc(g.Expected, o.Expected, func(a, b Expected) bool { return a.Request == b.Request }) &&
		slices.EqualFunc(g.Credits, o.Credits, func(a, b Credit) bool { return twins(&a, &b) && a.Nth == b.Nth })
}

// anchor is what an open break is named by: its expected credit, else its vendor row.
func (g *Group) anchor() string {
	if len(g.Expected) > 0 {
		return requestKey(&g.Expected[0])
	}
	return g.Credits[0].key()
}

func requestKey(e *Expected) string { return "expected\x00" + e.Request }

// all appends the name of a match, which is every row of it.
func (g *Group) all(b []byte) []byte {
	b = append(b, "match"...)
	for i := range g.Expected {
		b = append(append(b, 0), g.Expected[i].Request...)
	}
	for i := range g.Credits {
		b = g.Credits[i].appendKey(append(b, 0))
	}
	return b
}

// id makes a short name of a long one: 50 bits, so that among a million open ones
// two alike are not to be expected.
func id[T string | []byte](prefix string, long T) string {
	sum := sha256.Sum256([]byte(long))
	var text [16]byte
	base32.StdEncoding.Encode(text[:], sum[:10])
	return prefix + string(text[:10])
}
