package importers

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"prorata/importers/table"
)

// Locale is how a sender writes numbers and dates (IMP-7).
type Locale = table.Locale

// ParseLocale finds a locale by its name: sv, en-GB. Empty is none.
func ParseLocale(name string) (Locale, error) { return table.ParseLocale(name) }

// Reading is how the files of a sender are read: what a person knows of them that
// they do not say themselves. The zero value knows nothing.
type Reading struct {
	Locale Locale // for columns that nothing settles; the zero value refuses them

	columns map[string]string                            // by the canonical name of a header: the column that it is
	orders  map[string]bool                              // see Of
	before  func(kind string) (*io.SectionReader, error) // see After
}

// Of reads of streamed transactions and partner invoices the rows of some orders alone.
// The others are left out before their cells are read, whatever is wrong with them.
func (how Reading) Of(orders map[string]bool) Reading {
	how.orders = orders
	return how
}

// After reads of a streamed export the orders with news alone: where all lines of an
// order stand in an earlier export, as often, its rows are left out. before gives an
// earlier export of a kind, nil where there is none: one of which every row was handed
// on, to where the rows of this one go. Its error ends the reading.
func (how Reading) After(before func(kind string) (*io.SectionReader, error)) Reading {
	how.before = before
	return how
}

// others reports whether the rows of an order are left out.
func (how Reading) others(order []byte) bool {
	if how.orders[string(order)] {
		return false
	}
	return len(order) == 36 && !hasUpper(order) || !how.orders[orderID(string(order))]
}

// NewReading makes a Reading of a locale's name, empty for none, and of what the
// sender calls the columns of house sheets: "Vår ref" for RequestId. An error
// names a locale or a column that there is not, and the columns there are.
func NewReading(locale string, columns map[string]string) (Reading, error) {
	named, err := ParseLocale(locale)
	how := Reading{Locale: named, columns: make(map[string]string, len(columns))}
	if err != nil {
		return Reading{}, err
	}
	for _, theirs := range slices.Sorted(maps.Keys(columns)) {
		ours, ok := houseColumn(columns[theirs])
		if !ok {
			return Reading{}, fmt.Errorf("column %q: no house sheet has a column %q; name one of %s", theirs, columns[theirs], strings.Join(houseColumns(), ", "))
		}
		key := table.Canonical(theirs)
		if other, twice := how.columns[key]; key == "" || twice && other != ours {
			return Reading{}, fmt.Errorf("column %q: expected the header of a column, and each once", theirs)
		}
		how.columns[key] = ours
	}
	return how, nil
}

// houseColumn is the own name of a column of a house sheet.
func houseColumn(name string) (own string, ok bool) {
	names := houseColumns()
	i := slices.IndexFunc(names, func(n string) bool { return table.Canonical(n) == table.Canonical(name) })
	if i < 0 {
		return "", false
	}
	return names[i], true
}

// houseColumns are the columns of all house sheets, each once.
func houseColumns() []string {
	var names []string
	for _, k := range houseSheets() {
		for i := range k.Columns {
			if !slices.Contains(names, k.Columns[i].Name) {
				names = append(names, k.Columns[i].Name)
			}
		}
	}
	return names
}

// recognise returns the kind that a header fits, or the one that comes nearest, by
// the names that the sender is known to use.
func (how Reading) recognise(header []string) match {
	if len(how.columns) == 0 {
		return recognise(header)
	}
	named := slices.Clone(header)
	for i, h := range named {
		if ours, ok := how.columns[table.Canonical(h)]; ok {
			named[i] = ours
		}
	}
	return recognise(named)
}
