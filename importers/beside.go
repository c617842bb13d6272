package importers

import (
	"slices"
	"strings"

	"prorata/importers/table"
)

// beside is the columns that are of another table beside this one, if there is one. It
// stands behind an empty column and all that the kind must have, and looks like a list: the
// first rows have all of it, each under another name, and no later row has any of it. The
// VAT rates of countries beside a list of accounts would be taken for those of the accounts
// in the same rows.
func (m *match) beside(t *table.Table) []int {
	if t.JSON {
		return nil
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
	behind := slices.DeleteFunc(slices.Sorted(slices.Values(m.at)), func(at int) bool { return at < gap })
	if len(behind) < 2 {
		return nil // a column that was moved away
	}
	names, ended := map[string]bool{}, false
	for i := range t.Rows {
		r := &t.Rows[i]
		if !m.whole(r) {
			continue
		}
		has := 0
		for _, at := range behind {
			if filled(r, at) {
				has++
			}
		}
		name := bareWord(strings.TrimSpace(r.Cell(behind[0])))
		switch {
		case has == 0:
			ended = true
		case ended || has < len(behind) || names[name]:
			return nil
		default:
			names[name] = true
		}
	}
	if !ended || len(names) < 2 {
		return nil
	}
	return behind
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
