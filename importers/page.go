package importers

import (
	"slices"
	"strings"

	"prorata/importers/table"
)

// isPage reports whether a sheet that is no table of a kind is a page of text, or of a
// figure beside each name: no row of it has three cells with a number or a date among
// them, as rows of data have, and no header of a kind lies in one cell.
func (how *Reading) isPage(t *table.Table) bool {
	if t.Sheet == "" || t.Long != nil || t.Problem != nil {
		return false
	}
	header := table.Row{Cells: t.Header}
	if slices.ContainsFunc(t.Above, isData) || isData(header) || slices.ContainsFunc(t.Rows, isData) {
		return false
	}
	names := strings.FieldsFunc(strings.Join(t.Header, ","), func(r rune) bool { return strings.ContainsRune(",;\t|", r) })
	return how.recognise(names).have < 2
}

// isData reports whether a row may be one of data.
func isData(r table.Row) bool {
	cells, digits := 0, false
	for i, c := range r.Cells {
		if c = strings.TrimSpace(c); c == "" {
			continue
		}
		cells++
		digits = digits || r.Mark(i) != table.IsText || c[0] >= '0' && c[0] <= '9'
	}
	return cells > 2 && digits
}
