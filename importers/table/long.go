package table

import (
	"errors"
	"fmt"
)

// A workbook may be as long as a bulk export: a million rows. Where a sheet is of a
// kind that can be read row by row, no more than a few rows of it are held: it is gone
// through twice, once to learn how its columns are written and whether the file is
// whole, and once to read it: from what was packed of it the first time.

// Long is a sheet that is not held.
type Long struct {
	book   *workbook
	part   string
	header int // its row
	score  Score
	packed packedRows
}

// Streamed is added to the score of a header whose sheet may be streamed.
const Streamed = 1 << 22

// errLong stops the reading of a sheet that is to be streamed.
var errLong = errors.New("a long sheet")

// chunkRows is how many rows of a long sheet are held at a time.
const chunkRows = 1024

// long makes a table of a sheet of which the first rows are known.
func (w *workbook) long(t Table, part string, rows []Row, score Score) Table {
	at, _, _ := findHeader(rows, score)
	t = under(t, rows[:at+1], at)
	t.Long = &Long{book: w, part: part, header: t.HeaderRow, score: score}
	return t
}

// Check goes through the whole sheet and calls f for the rows below its header, some
// at a time, which hold until the next. A Problem says why it is not to be read; an
// error is one of f. Needed are the columns that Each is to give, nil for all.
func (l *Long) Check(need []bool, f func([]Row) error) (*Problem, error) {
	var own error
	l.packed = packedRows{need: need}
	r, err := l.each(nil, func(rows []Row) error {
		for i := range rows {
			if headsAgain(&rows[i]) && l.score(rows[i].Cells) >= Likely {
				return &unreadable{Problem{"SeveralTables", fmt.Sprintf("row %d", rows[i].Number), "one table in a sheet of more than 5,000 rows", "put each table on a sheet of its own"}}
			}
		}
		if own = f(rows); own == nil {
			l.packed.add(rows)
		}
		return own
	})
	if own != nil {
		return nil, own
	}
	if err != nil {
		err = badXML(l.part, err)
	}
	for _, a := range r.merged {
		if err == nil && a.lastRow > l.header {
			err = &unreadable{Problem{"MergedCell", fmt.Sprintf("row %d", a.row), "no merged cells in a sheet of more than 5,000 rows", "unmerge the cells, and fill in each"}}
		}
	}
	var u *unreadable
	if errors.As(err, &u) {
		return &u.Problem, nil
	}
	return nil, err
}

// Close forgets what was kept of the rows.
func (l *Long) Close() { l.packed.close() }

// Each calls f for the rows below the header of a sheet that was checked, some at a
// time, with the cells of the columns that are needed; they hold until the next.
func (l *Long) Each(f func([]Row) error) error {
	if !l.packed.lost {
		return l.packed.each(f)
	}
	l.book.left = MaxUnpacked // it has been gone through once, so it ends
	_, err := l.each(l.packed.need, f)
	return err
}

func (l *Long) each(need []bool, f func([]Row) error) (*sheetReader, error) {
	rows := make([]Row, 0, chunkRows)
	r := &sheetReader{book: l.book, need: need}
	kept := l.book.kept
	r.take = func(row *Row) error {
		if row.Number <= l.header {
			return nil
		}
		if rows = append(rows, *row); len(rows) < chunkRows {
			return nil
		}
		err := f(rows)
		r.spare = append(r.spare[:0], rows...)
		rows, l.book.kept = rows[:0], kept
		return err
	}
	err := r.read(l.part)
	if err == nil && len(rows) > 0 {
		err = f(rows)
	}
	l.book.kept = kept
	return r, err
}
