package invoicing

import (
	"fmt"
	"strconv"
)

// Assign gives the documents of a settlement their numbers (DOC-1) and resolves
// every reference to them. first is asked once for each series and calendar year
// for n numbers, and returns the first of them.
func (s *Settlement) Assign(first func(series string, year, n int) (int, error)) error {
	count := map[string]int{}
	for i := range s.Documents {
		count[s.Documents[i].Type.Series()]++
	}
	next := map[string]int{}
	for _, series := range []string{"CN", "INV", "CHG", "SET", "EXP"} {
		if count[series] == 0 {
			continue
		}
		n, err := first(series, s.AsOf.Year(), count[series])
		if err != nil {
			return err
		}
		next[series] = n
	}
	revised := false
	for i := range s.Documents {
		d := &s.Documents[i]
		if series := d.Type.Series(); series != "" {
			d.Number = numberOf(series, s.AsOf.Year(), next[series])
			next[series]++
		}
		revised = revised || d.Type == InvoiceRevision
	}
	s.resolve()
	if !revised {
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
