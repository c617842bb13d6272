package exporters

import (
	"slices"
	"strings"
)

// auditColumn is one column of a sheet of the audit workbook.
type auditColumn struct {
	key   string // names the column in formulas; empty where none needs it
	title string
	width int    // characters
	band  string // a heading over this column and those that follow; empty continues
}

// auditTable is a sheet that is one table: its name and its columns. A band of
// headings stands over the header where any column begins one.
type auditTable struct {
	name    string
	frozen  int // columns that stay in sight
	columns []auditColumn
}

// column is the place of a column, from 0; a key that is not there is a fault of
// the program that every test shows.
func (t *auditTable) column(key string) int {
	i := slices.IndexFunc(t.columns, func(c auditColumn) bool { return c.key == key })
	if i < 0 {
		panic("the sheet " + t.name + " has no column " + key)
	}
	return i
}

func (t *auditTable) letters(key string) string { return string(appendColumn(nil, t.column(key))) }

// banded reports whether there is a row of bands over the header.
func (t *auditTable) banded() bool {
	return slices.ContainsFunc(t.columns, func(c auditColumn) bool { return c.band != "" })
}

// headerRow is the row of the header; the first row of the table is the next one.
func (t *auditTable) headerRow() int { return 1 + btoi(t.banded()) }

// head writes the bands and the header.
func (t *auditTable) head(s *sheet) {
	if t.banded() {
		s.begin(18)
		for i := range t.columns {
			if band := t.columns[i].band; band != "" {
				s.words(s.style.of(asBand, plain), band)
			} else {
				s.filled(s.style.of(asBand, plain), 1)
			}
		}
		s.end()
	}
	s.begin(44)
	for i := range t.columns {
		s.words(s.style.of(asHeader, plain), t.columns[i].title)
	}
	s.end()
}

// span is the reference of a column's cells from one row to another, for
// formulas on other sheets.
func (t *auditTable) span(key string, from, to int) string {
	c := "$" + t.letters(key) + "$"
	return "'" + t.name + "'!" + c + itoa(from) + ":" + c + itoa(max(from, to))
}

// whole is the reference of all cells of a column, of a sheet that is written.
func (t *auditTable) whole(key string, s *sheet) string {
	return t.span(key, t.headerRow()+1, s.row)
}

// rowFormula is a formula over cells of its own row: {key} stands for the cell
// of that column.
type rowFormula struct {
	text    []string // before, between and after the cells
	columns []string // their letters
}

// formula compiles a template. It is written for XML once, here.
func (t *auditTable) formula(template string) *rowFormula {
	f := &rowFormula{}
	for {
		before, rest, ok := strings.Cut(template, "{")
		f.text = append(f.text, string(appendXML(nil, before)))
		if !ok {
			return f
		}
		key, after, _ := strings.Cut(rest, "}")
		f.columns = append(f.columns, t.letters(key))
		template = after
	}
}

// at is the formula in a row.
func (f *rowFormula) at(row int) string {
	n := itoa(row)
	size := 0
	for i := range f.text {
		size += len(f.text[i]) + 3 + len(n)
	}
	b := make([]byte, 0, size)
	for i, text := range f.text {
		b = append(b, text...)
		if i < len(f.columns) {
			b = append(append(b, f.columns[i]...), n...)
		}
	}
	return string(b)
}
