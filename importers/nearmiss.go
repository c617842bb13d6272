package importers

import (
	"fmt"
	"slices"
	"strings"

	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/spelling"
)

// nearMiss finds a column that nobody knows and that is spelled almost as one that
// the header lacks, or is two that have grown together: a slip or damage, by which
// amounts would be lost in silence. What another kind lacks counts too, for Opening
// without its Kind looks like Charges: by its spelling, where that kind with it knows
// as much of the header, or where it knows more by two. It returns where the column stands
// and the name that was meant, or -1.
func (m *match) nearMiss(header []string) (at int, meant string) {
	unknown := m.unknown(header)
	for _, k := range kinds {
		has := m.at
		if k != m.kind {
			other := recognise(header, k)
			if other.kind != k || len(other.lacks) != 1 || other.known()+1 < m.known() {
				continue
			}
			has = other.at
			if len(unknown) > 0 && other.known() > m.known()+1 {
				return unknown[0], other.lacks[0]
			}
		}
		for i := range k.Columns {
			c := &k.Columns[i]
			if has[i] >= 0 || k != m.kind && !c.Required {
				continue
			}
			for _, col := range unknown {
				if h := table.Canonical(header[col]); c.almost(h, m.kind.house) || k == m.kind && c.grown(h, k) {
					return col, c.Name
				}
			}
		}
	}
	return -1, ""
}

// unknown is where a header has columns that are none of the kind's.
func (m *match) unknown(header []string) (at []int) {
	for col := range header {
		if !slices.Contains(m.at, col) {
			at = append(at, col)
		}
	}
	return at
}

// unread names the columns of a house sheet of which nothing is read: a person may
// have meant something by them. Exports of the vendor have many of no concern.
func (m *match) unread(header []string) (names []string) {
	for _, col := range m.unknown(header) {
		if m.kind.house && header[col] != "" && !sameWord(header[col], exampleColumn) {
			names = append(names, header[col])
		}
	}
	return names
}

// known is how many columns of the kind the header has.
func (m *match) known() (n int) {
	for _, at := range m.at {
		if at >= 0 {
			n++
		}
	}
	return n
}

// slip is a column of a list of items that is spelled almost as one of the kind. Each
// item names its own, so that all others may have it right.
type slip struct {
	at    int
	meant string
}

// slips finds such columns.
func (m *match) slips(header []string) (found []slip) {
	for _, col := range m.unknown(header) {
		h := table.Canonical(header[col])
		if i := slices.IndexFunc(m.kind.Columns, func(c Column) bool { return c.almost(h, false) }); i >= 0 {
			found = append(found, slip{col, m.kind.Columns[i].Name})
		}
	}
	return found
}

// almost reports whether a name is one of the column's but for a letter or two.
func (c *Column) almost(h string, house bool) bool {
	if isSlip(h, table.Canonical(c.Name), house) {
		return true
	}
	return house && slices.ContainsFunc(c.aliases, func(a string) bool { return len(a) > 4 && isSlip(h, a, house) })
}

// grown reports whether a name is the column's with that of another one of the kind
// before or behind it: a delimiter was lost between them, or became a letter.
func (c *Column) grown(h string, k *Kind) bool {
	name := table.Canonical(c.Name)
	rest, ok := strings.CutPrefix(h, name)
	if !ok {
		rest, ok = strings.CutSuffix(h, name)
	}
	return ok && slices.ContainsFunc(k.Columns, func(other Column) bool {
		o := table.Canonical(other.Name)
		return o != name && (rest == o || len(rest) == len(o)+1 && strings.Contains(rest, o))
	})
}

// isSlip reports whether a name is another one but for a letter or two. A vendor
// has columns by the hundred, of which some are alike.
func isSlip(a, b string, house bool) bool {
	allowed := 0
	switch {
	case len(b) >= 8 && house, len(b) >= 12:
		allowed = 2
	case len(b) >= 5, len(b) == 4 && house:
		allowed = 1
	}
	if d := len(a) - len(b); allowed == 0 || d > allowed || -d > allowed {
		return false
	}
	d := spelling.Distance(a, b)
	return d > 0 && d <= allowed
}

func misspelled(header []string, at int, meant string, source invoicing.Source) invoicing.Fault {
	return invoicing.Fault{Code: "UnknownColumn", Source: source, Column: header[at], Value: cut(header[at]),
		Expected: fmt.Sprintf("columns that are known; this is almost %s, which is missing", meant),
		Fix:      "name it " + meant + " if that is meant, or something else if it is not"}
}
