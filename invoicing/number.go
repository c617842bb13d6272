package invoicing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// allSeries are the series of numbers (DOC-1).
var allSeries = []string{"CN", "INV", "CHG", "SET", "EXP"}

// Assign gives the documents of a settlement their numbers (DOC-1) and resolves
// every reference to them. next is asked for each number of a series and calendar
// year, a series after the other.
func (s *Settlement) Assign(next func(series string, year int) (int, error)) error {
	for _, series := range allSeries {
		for i := range s.Documents {
			d := &s.Documents[i]
			if d.Type.Series() != series {
				continue
			}
			n, err := next(series, s.AsOf.Year())
			if err != nil {
				return err
			}
			d.Number = numberOf(series, s.AsOf.Year(), n)
		}
	}
	s.resolve()
	if !slices.ContainsFunc(s.Documents, func(d Document) bool { return d.Type == InvoiceRevision }) {
		return nil
	}
	for i := range s.Documents { // a revision keeps its invoice's number
		if d := &s.Documents[i]; d.Type == InvoiceRevision {
			d.Number = fmt.Sprintf("%s-R%d", d.Revises[0].Number, d.Revision)
		}
	}
	s.resolve()
	return nil
}

// ParseNumber takes a number of a series of ours apart, written in capitals or not; ok
// is false for any other.
func ParseNumber(s string) (series string, year, n int, ok bool) {
	if strings.Count(s, "-") != 2 { // as of most of a million purchases
		return "", 0, 0, false
	}
	parts := strings.Split(strings.ToUpper(s), "-")
	if !slices.Contains(allSeries, parts[0]) {
		return "", 0, 0, false
	}
	year, err := strconv.Atoi(parts[1])
	if err == nil {
		n, err = strconv.Atoi(parts[2])
	}
	return parts[0], year, n, err == nil && year > 0 && n > 0 && strings.EqualFold(numberOf(parts[0], year, n), s)
}

// numberOf writes a number: CN-2026-000017 (DOC-1).
func numberOf(series string, year, n int) string {
	b := append(make([]byte, 0, 24), series...)
	b = padded(append(b, '-'), year, 4)
	return string(padded(append(b, '-'), n, 6))
}

// padded writes a number, which is not below zero, with leading zeros.
func padded(b []byte, n, digits int) []byte {
	for limit := 10; digits > 1; limit, digits = limit*10, digits-1 {
		if n < limit {
			b = append(b, '0')
		}
	}
	return strconv.AppendInt(b, int64(n), 10)
}

// resolve replaces every reference to a new document by its number.
func (s *Settlement) resolve() {
	fix := func(refs ...*Ref) {
		for _, r := range refs {
			if r.New > 0 && s.Documents[r.New-1].Number != "" {
				*r = Ref{Number: s.Documents[r.New-1].Number}
			}
		}
	}
	all := func(refs []Ref) {
		for i := range refs {
			fix(&refs[i])
		}
	}
	for i := range s.Decisions {
		fix(&s.Decisions[i].Original)
		all(s.Decisions[i].Documents)
	}
	for i := range s.Documents {
		d := &s.Documents[i]
		fix(&d.Credit, &d.Restores)
		all(d.Cancels)
		all(d.Replaces)
		all(d.Revises)
		all(d.Credits)
	}
	for i := range s.Granted {
		fix(&s.Granted[i].Document)
	}
	for i := range s.Bought {
		b := &s.Bought[i]
		if b.Document.New > 0 && s.Documents[b.Document.New-1].Type == InvoiceDoc {
			b.Purchase.Invoice = s.Documents[b.Document.New-1].Number
		}
		fix(&b.Document)
	}
	for i := range s.Draws {
		fix(&s.Draws[i].Credit, &s.Draws[i].Document, &s.Draws[i].Invoice)
	}
	for i := range s.Expired {
		fix(&s.Expired[i].Credit, &s.Expired[i].Document)
	}
	for i := range s.Standing.Credits {
		fix(&s.Standing.Credits[i].Document)
	}
}
