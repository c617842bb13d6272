package importers

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/policy"
)

// Kind is one kind of input: its columns, by which it is recognised, and what is
// made of its rows. Columns are declared once, with what a person should enter:
// for reading, for messages and for templates.
type Kind struct {
	Name    string // as reports name it: Requests
	Doc     string // what it is, for people
	Columns []Column
	// OneOf is columns of which the header must have one.
	OneOf []string

	together string                                              // the column whose value rows share that stand or fall together
	house    bool                                                // people fill it in
	matches  func(header []string) bool                          // instead of the columns, where these come and go
	sheet    func(*sheet) error                                  // reads a whole table; nil for a vendor's export
	vendor   *vendorKind                                         // reads record by record
	plain    func(*export, int) func(*table.Scanner, *plainRows) // reads a plain house sheet of a file's number record by record
}

// Column is one column of a kind, declared once: for reading, for messages and
// for templates.
type Column struct {
	Name     string
	Also     []string // other names it goes by
	Required bool     // the header must have it
	Filled   bool     // and each row a value in it
	Whole    bool     // its numbers are whole ones
	Aside    bool     // it decides nothing: what cannot be read there is left out, and the row is read
	Type     table.Type
	Currency string // of amounts: a code, or the name of the column that says it
	Doc      string // what to enter, and in which unit
	Example  string
	Values   []string // a closed list, empty for anything

	aliases []string          // what people call it in their language, as headers are looked up
	words   map[string]string // what they write for its values, as words are compared; nil for none
}

// kinds is every kind of input there is. A kind is one file here and one line in
// this list. Of two that fit a header the one with
// more required columns takes it, and of equals the first.
var kinds = []*Kind{
	transactionsMCA, transactionsEA, partnerInvoice,
	reservationDetails, priceSheetEA, priceSheetMCA, retailPrices,
	accountSheet, reservationSheet, requestSheet, invoiceSheet, priceSheet, openingSheet, chargeSheet,
	exchangeRates,
}

// Kinds returns every kind of input, in a fixed order.
func Kinds() []*Kind { return kinds }

// columnsOf reads the columns of a house sheet from the tags of its row struct:
// csv is the name, is the type with a star where a value is required (or a plus,
// where only the column is), in the currency, doc and eg what a person reads.
func columnsOf[T any]() []Column {
	t := reflect.TypeFor[T]()
	out := make([]Column, t.NumField())
	for i := range out {
		tag := t.Field(i).Tag
		is := tag.Get("is")
		kind, values, _ := strings.Cut(strings.TrimRight(is, "*+"), ":")
		out[i] = Column{
			Name: tag.Get("csv"), Doc: tag.Get("doc"), Example: tag.Get("eg"), Currency: tag.Get("in"), Whole: kind == "number" && tag.Get("in") == "",
			Required: strings.HasSuffix(is, "*") || strings.HasSuffix(is, "+"), Filled: strings.HasSuffix(is, "*"),
			Type: typeNames[kind],
		}
		switch {
		case values != "":
			out[i].Values = strings.Split(values, "|")
		case out[i].Name == "ProductType": // ELG-2
			out[i].Values = policy.ProductTypes
		}
		if out[i].Type == table.Unread {
			panic(fmt.Sprintf("importers: column %s of %s has no type", out[i].Name, t)) // a constant of the program
		}
	}
	return out
}

var typeNames = map[string]table.Type{
	"text": table.Text, "number": table.Numeric, "percent": table.Percent, "date": table.Date,
}

// match is how well a header fits a kind.
type match struct {
	kind  *Kind
	at    []int    // where the file has each column of the kind, -1 for nowhere
	have  int      // required columns that are there
	lacks []string // required columns that are not
	twice string   // a column that is there twice
}

func (m *match) full() bool { return m.kind != nil && len(m.lacks) == 0 }

// score is as a table wants it: a header in full is certain, and of others the one
// is nearest that lacks the smallest part.
func (m *match) score() int {
	switch {
	case m.full():
		return table.Sure + m.have
	case m.have < 2:
		return m.have
	}
	return 1000 * m.have / (m.have + len(m.lacks))
}

// recognise returns the kind that a header fits, or the one that comes nearest, of
// all there are or of some.
func recognise(header []string, of ...*Kind) (best match) {
	if len(of) == 0 {
		of = kinds
	}
	at := make(map[string]int, len(header))
	twice := map[string]bool{}
	for i, h := range header {
		if name := table.Canonical(h); name != "" && len(name) < 100 {
			if _, known := at[name]; known {
				twice[name] = true
			} else {
				at[name] = i
			}
		}
	}
	for _, k := range of {
		if m := k.fit(header, at, twice); m.score() > best.score() {
			best = m
		}
	}
	return best
}

// fit compares a header with the columns of one kind.
func (k *Kind) fit(header []string, at map[string]int, twice map[string]bool) match {
	m := match{kind: k, at: make([]int, len(k.Columns))}
	if k.matches != nil {
		if !k.matches(header) {
			return match{}
		}
		m.have = 2
	}
	oneOf := len(k.OneOf) == 0
	for i, c := range k.Columns {
		m.find(i, &c, at, twice)
		switch {
		case m.at[i] < 0 && c.Required:
			m.lacks = append(m.lacks, c.Name)
		case m.at[i] >= 0 && c.Required:
			m.have++
		}
		if m.at[i] >= 0 && !oneOf && slices.Contains(k.OneOf, c.Name) {
			oneOf = true
			m.have++
		}
	}
	if !oneOf {
		m.lacks = append(m.lacks, strings.Join(k.OneOf, " or "))
	}
	return m
}

// find looks a column up by its names, and where the header has none of them by its
// aliases.
func (m *match) find(i int, c *Column, at map[string]int, twice map[string]bool) {
	m.at[i] = -1
	look := func(name string) {
		if col, ok := at[name]; ok {
			if m.at[i] >= 0 || twice[name] {
				m.twice = c.Name
			}
			m.at[i] = col
		}
	}
	look(table.Canonical(c.Name))
	for _, name := range c.Also {
		look(table.Canonical(name))
	}
	if m.at[i] >= 0 {
		return
	}
	for _, name := range c.aliases {
		look(name)
	}
}

// unknownKind says which kind came nearest and what it lacked (IMP-8).
func unknownKind(m match, source invoicing.Source, header []string) invoicing.Fault {
	f := invoicing.Fault{Code: "UnknownKind", Source: source, Value: cut(strings.Join(header, ", "))}
	if m.kind == nil {
		names := make([]string, len(kinds))
		for i, k := range kinds {
			names[i] = k.Name
		}
		f.Expected = "the header of one of: " + strings.Join(names, ", ")
		f.Fix = "check that the header row is there, and that this is the right file"
	} else {
		f.Expected = fmt.Sprintf("the header of a known kind; the nearest is %s, which also has %s", m.kind.Name, strings.Join(m.lacks, ", "))
		f.Fix = "name these columns so, or add them, if this is meant to be " + m.kind.Name + ", or send the file that is"
	}
	if source.Sheet != "" {
		f.Fix += "; hide the sheet if nothing in it is to be read"
	}
	return f
}

// cut shortens what is shown of a cell to 200 characters.
func cut(s string) string {
	n := 0
	for i := range s {
		if n++; n > 200 {
			return s[:i]
		}
	}
	return strings.ToValidUTF8(s, "\ufffd")
}
