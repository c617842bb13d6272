package importers

import (
	"slices"
	"strings"

	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// What the program itself puts into workbooks, and must know again when they come
// back: a page that explains, a page that sums up, and an example row.

// explanationHeader and summaryHeader head the pages of a template and of a
// returned copy. They are nothing to read.
var (
	explanationHeader = []string{"Sheet", "Column", "Needed", "What to enter", "One of", "Example"}
	summaryHeader     = []string{"Sheet", "Row", "Column", "Found", "Expected", "How to mend it", "Code"}
)

// isOwnPage reports whether a header is one of those.
func isOwnPage(header []string) bool {
	return startsWith(header, explanationHeader) || startsWith(header, summaryHeader)
}

func startsWith(header, want []string) bool {
	return len(header) >= len(want) && slices.EqualFunc(header[:len(want)], want, func(a, b string) bool {
		return table.Canonical(a) == table.Canonical(b)
	})
}

// exampleColumn is the column behind a template's own in which exampleMark stands
// beside the example row.
const (
	exampleColumn = "Example"
	exampleMark   = "example, not read"
)

// marked reports whether row i says that it is the example.
func (s *sheet) marked(i int) bool {
	return s.exampleAt >= 0 && sameWord(strings.TrimSpace(s.table.Rows[i].Cell(s.exampleAt)), exampleMark)
}

// isExample reports whether row i is the example of the template, unchanged.
func (s *sheet) isExample(i int) bool {
	for k, c := range s.kind.Columns {
		if at := s.at[k]; at >= 0 && !sameValue(strings.TrimSpace(s.table.Rows[i].Cell(at)), c.Example) {
			return false
		}
	}
	return true
}

// sameValue compares two plain cells, numbers by what they are worth.
func sameValue(a, b string) bool {
	if a == b {
		return true
	}
	x, err1 := money.ParseDecimal(a)
	y, err2 := money.ParseDecimal(b)
	return err1 == nil && err2 == nil && x.Cmp(y) == 0
}

// overwritten is what is wrong with a row that is written over the example, and
// still says that it is one.
func (r *row) overwritten() invoicing.Fault {
	return invoicing.Fault{Code: "ExampleRow", Source: r.source, Column: r.sheet.table.Header[r.sheet.exampleAt], Value: exampleMark,
		Expected: "the example of the template as it was, or a row of your own without this mark", Fix: "empty this cell if the row is yours"}
}
