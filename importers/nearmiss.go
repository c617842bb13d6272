package importers

import (
	"fmt"

	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/spelling"
)

// nearMiss finds a column that nobody knows and that is spelled almost as one of
// the kind that the header lacks: a slip or damage, by which amounts would be
// lost in silence. It returns where it stands and the name that was meant, or -1.
func (m *match) nearMiss(header []string) (at int, meant string) {
	known := map[int]bool{}
	for _, col := range m.at {
		known[col] = true
	}
	for i := range m.kind.Columns {
		c := &m.kind.Columns[i]
		if m.at[i] >= 0 {
			continue
		}
		name := table.Canonical(c.Name)
		for col, h := range header {
			if h = table.Canonical(h); !known[col] && isSlip(h, name, m.kind.house) {
				return col, c.Name
			}
		}
	}
	return -1, ""
}

// isSlip reports whether a name is another one but for a letter or two. A vendor
// has columns by the hundred, of which some are alike.
func isSlip(a, b string, house bool) bool {
	allowed := 0
	switch {
	case len(b) >= 8 && house:
		allowed = 2
	case len(b) >= 5:
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
