package reconcile

import (
	"cmp"
	"fmt"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// Line is a row of reconciliation.csv (OUT-3). An amount that does not apply is
// unset, a date zero. Expected and Credited are in Currency, so that the lines add
// up to the proof by class and currency.
type Line struct {
	ID         string
	Class      Class
	Status     Status // of a match: zero
	Account    string
	Order      string
	Currency   money.Currency
	Expected   money.Money
	Credited   money.Money
	Difference money.Money // credited less expected: below zero is what the vendor owes
	ExpectedOn money.Date
	CreditedOn money.Date
	AgeDays    int // of a match: from the request to the last vendor row
	Cause      string
	Requests   []string
	VendorRows []invoicing.Source
	Support    []SupportRequest // of its requests, open or closed by it (OUT-9)
}

func (g *Group) line() Line {
	l := Line{Account: g.Account(), Order: g.Order(), Expected: g.expectedSum(), Credited: g.creditedSum(), Difference: g.Difference(),
		ExpectedOn: g.expectedOn(), CreditedOn: g.creditedOn(), Requests: g.Requests(), VendorRows: g.VendorRows()}
	l.Currency = cmp.Or(l.Expected.Currency(), l.Credited.Currency())
	return l
}

// Line is the match as a row; Cause says where it was not the only way.
func (m *Match) Line() Line {
	l := m.line()
	l.ID, l.Class, l.Support = m.ID, Matched, m.support(m.On, m.ID)
	l.AgeDays = max(int(l.CreditedOn-m.since()), 0)
	if len(m.Alternatives) > 0 {
		a := &m.Alternatives[0]
		l.Cause = fmt.Sprintf("as good: %s with %s", joined(a.Requests), joined(a.VendorRows))
		switch n := len(m.Alternatives) - 1; {
		case n == maxAlternatives-1:
			l.Cause += fmt.Sprintf(", and %d or more besides", n)
		case n > 0:
			l.Cause += fmt.Sprintf(", and %d more", n)
		}
	}
	if m.ByDate {
		if l.Cause != "" {
			l.Cause += "; "
		}
		l.Cause += "matched " + ByDate
	}
	return l
}

// ByDate says how more rows were put together than can be weighed in every way.
var ByDate = fmt.Sprintf("by date: more than %d open rows", maxExhaustive)

// Lines are the break as rows on a night: one, or for a CurrencyMismatch one for
// each currency.
func (b *Break) Lines(asOf money.Date) []Line {
	l := b.line()
	l.ID, l.Class, l.Status, l.AgeDays, l.Cause = b.ID, b.Class, b.Status, b.AgeDays(asOf), b.Cause()
	l.Support = b.support()
	if b.Class != CurrencyMismatch {
		return []Line{l}
	}
	v := l
	l.Credited, l.CreditedOn, l.VendorRows = money.Money{}, 0, nil
	v.Expected, v.ExpectedOn, v.Requests, v.Support, v.Currency = money.Money{}, 0, nil, nil, v.Credited.Currency()
	return []Line{l, v}
}

// PairedByDate tells of the differences of an order, whose open breaks are given,
// which were found by date: among more open rows than maxExhaustive.
func PairedByDate(open []Break) func(*Break) bool {
	rows := 0
	for i := range open {
		rows += len(open[i].Expected) + len(open[i].Credits)
	}
	if rows <= maxExhaustive {
		return func(*Break) bool { return false }
	}
	all, others := map[money.Currency]int{}, map[money.Currency]int{}
	for i := range open {
		b := &open[i]
		taken := b.LateBy > 0 || b.Class == DuplicateAtVendor // before the other differences are sought
		for j := range b.Expected {
			all[b.Expected[j].Amount.Currency()]++
		}
		for j := range b.Credits {
			all[b.Credits[j].Amount.Currency()]++
		}
		if taken {
			others[b.line().Currency] += len(b.Expected) + len(b.Credits)
		}
	}
	return func(b *Break) bool {
		if b.Class != AmountDifference {
			return false
		}
		c := b.Expected[0].Amount.Currency()
		if b.LateBy > 0 {
			return all[c] > maxExhaustive
		}
		return all[c]-others[c] > maxExhaustive
	}
}

// Cause says to a person what lies behind a break, as far as it is known.
func (b *Break) Cause() string {
	switch {
	case b.LateBy > 0:
		return fmt.Sprintf("the amount agrees; dated %s outside the days of a match", invoicing.Counted(b.LateBy, "day", "days"))
	case b.Class == AmountDifference && len(b.Causes) == 0:
		return "no reading known gives the vendor's figure"
	case b.Class == AmountDifference:
		s := b.Causes[0].String()
		if n := len(b.Causes) - 1; n > 0 {
			s += "; or " + b.Causes[1].String()
			if n > 1 {
				s += fmt.Sprintf("; or one of %d more", n-1)
			}
		}
		return s
	case b.Class == DuplicateAtVendor:
		return "repeats " + b.Answers
	case b.Class == UnexpectedAtVendor && b.Answers != "":
		return "would have answered " + b.Answers + ", which was accepted"
	case b.Class == CurrencyMismatch:
		return fmt.Sprintf("expected %s, credited %s", b.expectedSum(), b.creditedSum())
	}
	return ""
}

func joined[T any](all []T) (s string) {
	for i, x := range all {
		if i > 0 {
			s += ";"
		}
		s += fmt.Sprint(x)
	}
	return s
}
