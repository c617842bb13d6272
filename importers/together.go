package importers

import (
	"fmt"
	"strings"
)

// Rows of some kinds stand or fall together: the lines of an exchange, which is
// decided as one (EXC-1), and those of an invoice, which is cancelled whole (BIL-INV-1).
// Where one of them is refused the others wait with it (IMP-8): what was read of
// half an exchange would be rejected as incomplete, and of half an invoice credited
// as if it were all.

// together names the column whose value the rows of a kind share that stand together.
func together(k *Kind, column string) *Kind {
	k.together = column
	return k
}

// fallen is what cannot be read yet, by the value of the column that ties its rows:
// the row that was refused.
type fallen map[string]int

// standing reads a table once for what of it cannot be read whole.
func standing[T any](s *sheet, take func(*row, *T, Sink) error) (fallen, error) {
	dry := *s
	dry.sink = Nowhere
	f := fallen{}
	known := map[string]bool{}
	err := eachRow(&dry, func(r *row, v *T) error {
		err := take(r, v, dry.sink)
		key := dry.key(r.at)
		if key != "" && !r.good() {
			f.add(key, r.source.Row)
		}
		known[key] = key != ""
		return err
	})
	for i := range dry.table.Rows {
		if dry.table.Rows[i].Fault != "" || dry.torn(i) {
			f.beside(&dry, i, known)
		}
	}
	return f, err
}

func (f fallen) add(key string, row int) {
	if _, ok := f[key]; !ok {
		f[key] = row
	}
}

// beside adds what a row may be a line of whose cells cannot be trusted: what one of
// them names, or else what the rows beside it are lines of.
func (f fallen) beside(s *sheet, i int, known map[string]bool) {
	row, named := s.table.Rows[i].Number, false
	for _, c := range s.table.Rows[i].Cells {
		if key := canonicalID(strings.TrimSpace(c)); known[key] {
			f.add(key, row)
			named = true
		}
	}
	for _, k := range []int{i - 1, i + 1} {
		if !named && k >= 0 && k < len(s.table.Rows) && s.key(k) != "" {
			f.add(s.key(k), row)
		}
	}
}

// key is what row i stands together by, empty for nothing.
func (s *sheet) key(i int) string {
	if s.table.Rows[i].Fault != "" {
		return ""
	}
	key := strings.TrimSpace(s.table.Rows[i].Cell(s.tie()))
	if isNone(key) {
		return ""
	}
	return canonicalID(key)
}

// takeWhole takes the rows of a table, and refuses those that wait for another.
func takeWhole[T any](s *sheet, f fallen, take func(*row, *T, Sink) error) error {
	return eachRow(s, func(r *row, v *T) error {
		other, waits := f[s.key(r.at)]
		if !waits {
			return take(r, v, s.sink)
		}
		err := take(r, v, Nowhere) // for what is wrong with the row itself
		if err == nil && r.good() {
			r.fault(s.kind.together, "Waits", fmt.Sprintf("all rows of %s to be right; row %d is not", s.key(r.at), other), "mend that row; this one is then read as it is")
		}
		return err
	})
}
