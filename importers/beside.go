package importers

import (
	"slices"
	"strings"

	"prorata/importers/table"
)

// beside is a column that may be of another table beside this one, -1 for none: it stands
// behind an empty column and all that the kind must have, and it and others there are
// filled in the first rows and in no later one, though that is whole. The VAT rates of
// countries beside a list of accounts would be taken for those of the accounts in the same
// rows.
func (m *match) beside(t *table.Table) int {
	if !m.kind.house || t.JSON {
		return -1
	}
	last := 0 // of the columns that the kind must have
	for k := range m.kind.Columns {
		if m.kind.Columns[k].Required {
			last = max(last, m.at[k])
		}
	}
	gap := last + 1
	for gap < len(t.Header) && !isEmpty(t, gap) {
		gap++
	}
	behind := slices.DeleteFunc(slices.Clone(m.at), func(at int) bool { return at < gap })
	if len(behind) < 2 {
		return -1 // a column that was moved away
	}
	rows := slices.DeleteFunc(slices.Clone(t.Rows), func(r table.Row) bool { return !m.whole(&r) })
	blank := func(r table.Row) bool {
		return !slices.ContainsFunc(behind, func(at int) bool { return filled(&r, at) })
	}
	end := slices.IndexFunc(rows, blank)
	if end < 1 || slices.ContainsFunc(rows[end:], func(r table.Row) bool { return !blank(r) }) {
		return -1
	}
	return slices.Min(behind)
}

// whole reports whether a row has what each row must have.
func (m *match) whole(r *table.Row) bool {
	for k := range m.kind.Columns {
		if m.kind.Columns[k].Filled && !filled(r, m.at[k]) {
			return false
		}
	}
	return true
}

// isEmpty reports whether a column has neither a name nor a value.
func isEmpty(t *table.Table, at int) bool {
	return strings.TrimSpace(t.Header[at]) == "" && !slices.ContainsFunc(t.Rows, func(r table.Row) bool { return filled(&r, at) })
}

func filled(r *table.Row, at int) bool { return strings.TrimSpace(r.Cell(at)) != "" }
