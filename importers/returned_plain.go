package importers

import (
	"bytes"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"prorata/importers/table"
)

// plainSheet is a table that is copied cell by cell. What could be read is written
// plainly, numbers as numbers and dates as 2026-11-22, so that the copy reads the
// same without the rows that are not in it.
type plainSheet struct {
	table *table.Table
	kinds []table.Type // of the columns
	rows  []plainRow
	all   bool // every row is there, where it was
}

type plainRow struct {
	number int // in the sender's file
	cells  []string
	asIs   []bool // by cell: it was not read, and stays as the sender wrote it
	broken bool   // its cells cannot be trusted: they are written as one text
}

// cellsOf counts what a copy of all rows takes, each where it was.
func cellsOf(tables []table.Table) (n int) {
	for i := range tables {
		t := &tables[i]
		last := t.HeaderRow
		for k := range t.Rows {
			last = t.Rows[k].Number
			n += len(t.Rows[k].Cells)
		}
		n += last
	}
	return n
}

// plainSheet reads a table once more and keeps all its rows, or the refused ones alone.
func (c *returned) plainSheet(rd *reader, t *table.Table, all bool) plainSheet {
	p := plainSheet{table: t, kinds: make([]table.Type, len(t.Header)), all: all}
	m := rd.recognise(t.Header)
	known := m.full() && m.twice == "" && t.Problem == nil
	unread := map[[2]int]bool{}
	if known {
		for i, col := range m.kind.Columns {
			if at := m.at[i]; at >= 0 {
				p.kinds[at] = col.Type
			}
		}
		for _, f := range newSheet(rd, t, m).faults {
			unread[[2]int{f.Row, f.Col}] = true
		}
	}
	refused := c.refusedRows(t.Sheet)
	for i := range t.Rows {
		r := &t.Rows[i]
		if !all && (!refused[r.Number] || !c.fits(len(r.Cells))) {
			continue
		}
		row := plainRow{number: r.Number, cells: make([]string, len(r.Cells)), asIs: make([]bool, len(r.Cells)), broken: r.Fault != ""}
		for k := range r.Cells {
			row.cells[k] = r.Cells[k]
			// A percentage is told from a fraction by its sign, which reading takes away.
			if row.asIs[k] = unread[[2]int{i, k}] || k < len(p.kinds) && p.kinds[k] == table.Percent; row.asIs[k] {
				row.cells[k] = t.Raw(i, k)
			}
		}
		p.rows = append(p.rows, row)
	}
	return p
}

// pickedLong streams a long sheet and keeps the refused rows, written plainly where
// they could be read.
func (c *returned) pickedLong(rd *reader, t *table.Table) (plainSheet, error) {
	m := rd.recognise(t.Header)
	s := newSheet(rd, t, m)
	specs := s.specs()
	p := plainSheet{table: t, kinds: make([]table.Type, len(t.Header))}
	for i := range specs {
		p.kinds[i] = specs[i].Type
	}
	refused, columns := c.refusedRows(t.Sheet), table.NewColumns(specs, rd.Locale)
	defer t.Long.Close()
	problem, err := t.Long.Check(nil, func(rows []table.Row) error {
		t.Rows = rows
		columns.Learn(t)
		return rd.ctx.Err()
	})
	if err != nil || problem != nil {
		return p, err
	}
	err = t.Long.Each(func(rows []table.Row) error {
		t.Rows = slices.DeleteFunc(slices.Clone(rows), func(r table.Row) bool { return !refused[r.Number] })
		columns.Read(t)
		for i := range t.Rows {
			if r := &t.Rows[i]; c.fits(len(r.Cells)) {
				p.rows = append(p.rows, plainRow{number: r.Number, cells: slices.Clone(r.Cells), asIs: make([]bool, len(r.Cells)), broken: r.Fault != ""})
			}
		}
		return rd.ctx.Err()
	})
	t.Rows = nil
	return p, err
}

func (c *returned) refusedRows(sheet string) map[int]bool {
	rows := map[int]bool{}
	for i := range c.faults {
		if c.faults[i].Source.Sheet == sheet {
			rows[c.faults[i].Source.Row] = true
		}
	}
	return rows
}

// picked streams an export and keeps the refused rows.
func (c *returned) picked(rd *reader, e *export) (plainSheet, error) {
	t := &table.Table{Header: e.header, HeaderRow: e.row}
	p := plainSheet{table: t, kinds: make([]table.Type, len(e.header))}
	for i, col := range e.match.kind.Columns {
		if at := e.match.at[i]; at >= 0 {
			p.kinds[at] = col.Type
		}
	}
	refused := c.refusedRows("")
	type picks struct{ rows []plainRow }
	s := table.Stream[picks]{
		In: rd.in, From: e.from, To: rd.size, Delim: e.delim, Columns: len(e.header) + extraFields,
		NewWorker: func() func(*table.Scanner, *picks) {
			return func(scan *table.Scanner, b *picks) {
				b.rows = b.rows[:0]
				for len(b.rows) < fullBatch && scan.Next() {
					b.rows = append(b.rows, e.plainRow(scan, p.kinds))
				}
			}
		},
		Deliver: func(b *picks, rows int) error {
			for _, r := range b.rows {
				if r.number += e.row + rows; refused[r.number] && c.fits(len(r.cells)) {
					p.rows = append(p.rows, r)
				}
			}
			return nil
		},
	}
	return p, s.Run(rd.ctx)
}

// plainRow copies a record of an export, its dates written one way.
func (e *export) plainRow(scan *table.Scanner, kinds []table.Type) plainRow {
	n := min(scan.Len(), len(e.header)+extraFields)
	r := plainRow{number: scan.Rows(), cells: make([]string, n), asIs: make([]bool, n), broken: e.rowCode(scan) != ""}
	for i := range r.cells {
		cell := bytes.TrimSpace(scan.Bytes(i))
		if i < len(kinds) && kinds[i] == table.Date {
			if d, ok := fixedDate(cell); ok {
				r.cells[i] = d.String()
				continue
			}
		}
		r.cells[i] = strings.ToValidUTF8(string(cell[:min(len(cell), table.MaxCell)]), "\ufffd")
	}
	return r
}

// plain writes tables into a new workbook, with marks and a summary.
func (c *returned) plain(sheets []plainSheet) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	m := newMarker(f)
	const blank = "Sheet1"
	for i := range sheets {
		p := &sheets[i]
		name := m.freeSheet(sheetName(p.table.Sheet))
		if _, err := m.NewSheet(name); err != nil {
			return nil, err
		}
		at, err := m.copyRows(name, p)
		if err != nil {
			return nil, err
		}
		if err := m.mark(c.places(p.table, at), name); err != nil {
			return nil, err
		}
		if err := m.dress(name, p, at[p.table.HeaderRow]); err != nil {
			return nil, err
		}
	}
	if err := m.summary(c.faults); err != nil {
		return nil, err
	}
	if err := m.DeleteSheet(blank); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err := f.Write(&out)
	return out.Bytes(), err
}

func sheetName(name string) string {
	if name == "" || strings.EqualFold(name, "Sheet1") {
		return "Rows"
	}
	return name
}

// copyRows writes the header and the rows; at says where each row now is.
func (m *marker) copyRows(sheet string, p *plainSheet) (at map[int]int, err error) {
	top := max(p.table.HeaderRow, 1)
	if !p.all {
		top = 1
	}
	at = map[int]int{p.table.HeaderRow: top}
	for i, h := range p.table.Header {
		if err := m.SetCellStr(sheet, cellName(i, top), h); err != nil {
			return nil, err
		}
	}
	row := top
	for i := range p.rows {
		r := &p.rows[i]
		if row++; p.all && r.number > row {
			row = r.number
		}
		at[r.number] = row
		if err := m.copyRow(sheet, row, r, p.kinds); err != nil {
			return nil, err
		}
	}
	return at, nil
}

func (m *marker) copyRow(sheet string, row int, r *plainRow, kinds []table.Type) error {
	if r.broken { // in columns of their own they would be read as what they are not
		return m.SetCellStr(sheet, cellName(0, row), cutTo(strings.Join(r.cells, " | "), table.MaxCell-8))
	}
	for i, v := range r.cells {
		v = strings.TrimSpace(v)
		cell := cellName(i, row)
		var err error
		switch {
		case v == "":
		case i < len(kinds) && kinds[i] == table.Numeric && !r.asIs[i] && table.IsPlainNumber(v):
			err = m.SetCellDefault(sheet, cell, v)
		default:
			err = m.SetCellStr(sheet, cell, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dress makes a copied sheet pleasant to work in: its header stands out and stays,
// and its columns are as wide as what is in the first rows.
func (m *marker) dress(sheet string, p *plainSheet, top int) error {
	widths := make([]int, len(p.table.Header))
	for i, h := range p.table.Header {
		widths[i] = len([]rune(h))
	}
	for _, r := range p.rows[:min(len(p.rows), 200)] {
		for i := range min(len(widths), len(r.cells)) {
			if !r.broken {
				widths[i] = max(widths[i], len([]rune(r.cells[i])))
			}
		}
	}
	for i, w := range widths {
		if err := m.SetColWidth(sheet, columnName(i), columnName(i), float64(min(w, 40)+3)); err != nil {
			return err
		}
	}
	if len(widths) == 0 {
		return nil
	}
	return m.head(sheet, top, len(widths))
}
