package reconcile

import (
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// maxExhaustive is how many open rows of an order and currency are matched by
// weighing every way; beyond it they are matched by date.
const maxExhaustive = 12

// Match is expected credits and vendor rows that explain each other: one to one,
// one to many or many to one (REC-1). Once published it is never undone (REC-3).
type Match struct {
	ID string
	Group
	On           money.Date    // the night that found it
	Alternatives []Alternative // other matches of these rows that were as good; at most maxAlternatives
	ByDate       bool          // found by date, among more open rows than maxExhaustive
}

// Alternative is a match that was as good as the one published.
type Alternative struct {
	Requests   []string
	VendorRows []invoicing.Source
}

// Closed is what an order remembers of a match or an accepted break: enough to
// recognise a row that repeats it.
type Closed struct {
	ID       string
	Class    Class
	Expected money.Money // the sum; unset where nothing was expected
	Credits  []ClosedCredit
}

// ClosedCredit is what is remembered of a vendor row.
type ClosedCredit struct {
	Print  uint64 // of its identity (IMP-1)
	Amount money.Money
}

// owed is what a person has accepted that the vendor will not credit; unset where
// nothing is.
func (c *Closed) owed() (rest money.Money) {
	if c.Class != MissingAtVendor && c.Class != AmountDifference {
		return rest
	}
	rest = c.Expected
	for _, x := range c.Credits {
		rest = rest.Sub(x.Amount)
	}
	if rest.Sign() <= 0 {
		return money.Money{}
	}
	return rest
}

func closed(id string, class Class, g *Group) Closed {
	c := Closed{ID: id, Class: class, Expected: g.expectedSum()}
	for i := range g.Credits {
		c.Credits = append(c.Credits, ClosedCredit{g.Credits[i].print(), g.Credits[i].Amount})
	}
	return c
}
