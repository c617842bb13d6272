package table

import (
	"slices"
	"strings"
)

// area is cells that are merged into one; rows and columns from 1.
type area struct{ row, col, lastRow, lastCol int }

// maxMerged is how many areas a sheet may have.
const maxMerged = 50_000

// merge marks the cells that an area covers: what stands there nobody sees, and
// whether its one value is meant for each of them nobody knows.
func (r *sheetReader) merge(rows []Row) error {
	for _, a := range r.merged {
		if a.col > MaxColumns {
			continue // nothing is read there
		}
		from, _ := slices.BinarySearchFunc(rows, a.row, func(row Row, n int) int { return row.Number - n })
		for i := from; i < len(rows) && rows[i].Number <= a.lastRow; i++ {
			row := &rows[i]
			for col := a.col; col <= min(a.lastCol, MaxColumns); col++ {
				if row.Number == a.row && col == a.col {
					continue
				}
				before := cap(row.Cells)
				for len(row.Cells) < col {
					row.Cells, row.Marks = append(row.Cells, ""), append(row.Marks, IsText)
				}
				row.Marks[col-1] = IsMerged
				if err := r.book.keep(17 * (1 + cap(row.Cells) - before)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// takeArea reads the reference of an area: A2:B7.
func (r *sheetReader) takeArea(ref string) error {
	from, to, _ := strings.Cut(ref, ":")
	a := area{}
	a.col, a.row = cellAt([]byte(from))
	a.lastCol, a.lastRow = cellAt([]byte(to))
	if a.row < 1 || a.row > lastRow || a.col < 1 || a.lastRow < a.row || a.lastCol < a.col || len(r.merged) == maxMerged {
		return bad("merged cells " + ref)
	}
	r.book.spread += len(r.merged)
	r.merged = append(r.merged, a)
	return nil
}
