package importers

import (
	"io"
	"slices"
	"strings"

	"github.com/gocarina/gocsv"

	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// sheet is one recognised table on its way to the sink.
type sheet struct {
	*match
	table            *table.Table
	file             int
	sink             Sink
	faults           []table.CellFault // of Localise, in the order of rows
	exampleAt        int               // the column in which a template marks its example, -1 for nowhere
	slips            []slip            // of a list of items
	beside           []int             // columns that are of another table beside this one
	refused, ignored int
	stop             func() error // the context's error
}

func newSheet(rd *reader, t *table.Table, m match) *sheet {
	s := &sheet{match: &m, table: t, file: rd.file, sink: rd.sink, stop: rd.ctx.Err, exampleAt: -1}
	if m.kind.house {
		s.exampleAt = slices.IndexFunc(t.Header, func(h string) bool { return sameWord(h, exampleColumn) })
		s.beside = m.beside(t)
	}
	if t.JSON {
		s.slips = m.slips(t.Header)
	}
	if t.Long == nil {
		s.found(t.Localise(s.specs(), rd.Locale))
	}
	return s
}

// specs is how the columns of the file are to be read.
func (s *sheet) specs() []table.ColumnSpec {
	specs := make([]table.ColumnSpec, len(s.table.Header))
	for i, c := range s.kind.Columns {
		if at := s.at[i]; at >= 0 {
			specs[at] = table.ColumnSpec{Type: c.Type, Whole: c.Whole, CurrencyAt: -1}
			if col := s.column(c.Currency); col >= 0 {
				specs[at].CurrencyAt = col
			} else if len(c.Currency) == 3 {
				specs[at].Currency = c.Currency
			}
		}
	}
	return specs
}

// found takes what cannot be read of the rows.
func (s *sheet) found(faults []table.CellFault) {
	faults = slices.DeleteFunc(faults, func(f table.CellFault) bool {
		aside := s.kind.Columns[slices.Index(s.at, f.Col)].Aside
		if aside {
			s.table.Rows[f.Row].Cells[f.Col] = ""
		}
		return aside
	})
	slices.SortStableFunc(faults, func(a, b table.CellFault) int { return a.Row - b.Row })
	s.faults = faults
}

// column returns where the file has a column of the kind, -1 for nowhere.
func (s *sheet) column(name string) int {
	for i := range s.kind.Columns {
		if s.kind.Columns[i].Name == name {
			return s.at[i]
		}
	}
	return -1
}

// source is where row i stands.
func (s *sheet) source(i int) invoicing.Source {
	return invoicing.Source{File: s.file, Sheet: s.table.Sheet, Row: s.table.Rows[i].Number}
}

// rowFaults returns what Localise found in row i; rows are asked for in order.
func (s *sheet) rowFaults(i int) []table.CellFault {
	for len(s.faults) > 0 && s.faults[0].Row < i {
		s.faults = s.faults[1:]
	}
	n := 0
	for n < len(s.faults) && s.faults[n].Row == i {
		n++
	}
	return s.faults[:n]
}

// damaged refuses row i if the container already said that it cannot be trusted.
func (s *sheet) damaged(i int) (bool, error) {
	code := s.table.Rows[i].Fault
	if code == "" && s.torn(i) {
		code = "Torn"
	}
	for _, x := range s.slips {
		if code == "" && s.table.Rows[i].Cell(x.at) != "" {
			s.refused++
			return true, s.sink.Refuse(misspelled(s.table.Header, x.at, x.meant, s.source(i)))
		}
	}
	if code == "" {
		return false, nil
	}
	s.refused++
	return true, s.sink.Refuse(rowFault(code, s.source(i), len(s.table.Rows[i].Cells), len(s.table.Header)))
}

// torn reports whether row i of a text file stands beside a line with a single
// field: a line end may have got into its first or its last cell.
func (s *sheet) torn(i int) bool {
	return s.table.Sheet == "" && !s.table.JSON && (s.lone(i-1, i) || s.lone(i+1, i))
}

func (s *sheet) lone(i, beside int) bool {
	if i < 0 || i >= len(s.table.Rows) {
		return false
	}
	return isLone(&s.table.Rows[i], s.table.Rows[beside].Number)
}

// isLone reports whether a row is a line with a single field, next to another.
func isLone(r *table.Row, beside int) bool {
	d := r.Number - beside
	return r.Fault == "FieldCount" && len(r.Cells) == 1 && d*d == 1
}

// tornHeader reports whether the header of a text file may have been torn in two:
// what is missing then stands below it, be it the end of a name or whole columns.
func (m *match) tornHeader(t *table.Table) bool {
	if t.Sheet != "" || t.JSON || len(t.Rows) == 0 {
		return false
	}
	r := &t.Rows[0]
	return isLone(r, t.HeaderRow) || r.Fault == "FieldCount" && slices.ContainsFunc(r.Cells, m.isMissing)
}

// isMissing reports whether a cell is the name of a column that the header lacks.
func (m *match) isMissing(cell string) bool {
	name := table.Canonical(cell)
	for i := range m.kind.Columns {
		if m.at[i] < 0 && table.Canonical(m.kind.Columns[i].Name) == name {
			return true
		}
	}
	return false
}

// rowFault says what is wrong with a whole row.
func rowFault(code string, source invoicing.Source, found, want int) invoicing.Fault {
	f := invoicing.Fault{Code: code, Source: source}
	switch code {
	case "FieldCount":
		f.Value, f.Expected = invoicing.Counted(found, "field", "fields"), invoicing.Counted(want, "field", "fields")+", as in the header"
		f.Fix = "look for a missing or an extra delimiter, and put quotes around text that holds one"
	case "BadQuoting":
		f.Expected, f.Fix = "quotes that open at the beginning of a field and close at its end", "double the quotes inside the text, or remove them"
	case "CutOff":
		f.Expected = "a line end behind the last row: the file may have been cut off within it"
		f.Fix = "send the whole file; if it is whole, save it again with a line end behind the last row, or as a workbook"
	case "Torn":
		f.Expected = "a row on a line of its own: beside it stands a line with a single field, which may be a piece of it"
		f.Fix = "join the two lines if they are one row, or remove the other line"
	case "FieldTwice":
		f.Expected, f.Fix = "each field of an item once", "fetch the file again, or remove one of the two"
	case "StruckThrough":
		f.Expected, f.Fix = "a row that stands: this one is struck through", "remove the row, or the line through it if it holds"
	case "TooManyColumns":
		f.Expected, f.Fix = "at most 2,000 columns", "remove the columns that are not needed"
	default:
		f.Expected, f.Fix = "cells of at most 32 KiB", "shorten the text"
	}
	return f
}

// isTotal reports whether row i is a total, below the table or within it: one that says so
// and of what, `Total SEK` or, of the rows above, `8611537 Total`, and has no value in a
// column where each row must have one.
func (s *sheet) isTotal(i int) bool {
	cells, lacks := s.table.Rows[i].Cells, false
	for k, c := range s.kind.Columns {
		lacks = lacks || c.Filled && s.at[k] >= 0 && strings.TrimSpace(s.table.Rows[i].Cell(s.at[k])) == ""
	}
	at := slices.IndexFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
	if !lacks || at < 0 {
		return false
	}
	says, above := strings.ToLower(strings.TrimRight(strings.TrimSpace(cells[at]), " :")), ""
	if i > 0 {
		above = strings.ToLower(strings.TrimSpace(s.table.Rows[i-1].Cell(at)))
	}
	of := func(what string, ok bool) bool {
		what = strings.TrimSpace(what)
		_, err := money.ParseCurrency(strings.ToUpper(what))
		return ok && (what == "" || what == above || err == nil)
	}
	return slices.ContainsFunc(totals, func(total string) bool {
		return of(strings.CutPrefix(says, total)) || of(strings.CutSuffix(says, total))
	})
}

// isZeros reports whether row i has nothing but zeros and dashes: formulas that were filled
// down below the last row, or a line drawn between rows.
func (s *sheet) isZeros(i int) bool {
	for _, c := range s.table.Rows[i].Cells {
		if number, _, _ := strings.Cut(strings.TrimSpace(c), " "); strings.Trim(number, "0.%-") != "" {
			return false
		}
	}
	return true
}

// totals is what a total row says.
var totals = []string{"total", "totals", "grand total", "subtotal", "sub-total", "sub total", "sum", "summa", "totalt", "totalsumma", "delsumma", "gesamt", "summe", "gesamtsumme",
	"ergebnis", "gesamtergebnis", "teilergebnis", "zwischensumme", "yhteensä", "i alt"}

// house makes a kind of a house sheet: a row struct of strings, whose tags
// declare the columns, and what is made of a row.
func house[T any](name, doc string, take func(*row, *T, Sink) error) *Kind {
	columns := columnsOf[T]()
	for i := range columns {
		columns[i].aliases, columns[i].words = aliasesOf(name, columns[i].Name), wordsOf(columns[i].Name)
	}
	return &Kind{Name: name, Doc: doc, Columns: columns, house: true,
		sheet: func(s *sheet) error { return readRows(s, take) },
		plain: func(e *export, file int) func(*table.Scanner, *plainRows) { return plainWorker(e, file, take) }}
}

// oneOf asks the header of a kind for one of some columns.
func oneOf(k *Kind, columns ...string) *Kind {
	k.OneOf = columns
	return k
}

// chunk is how many rows are decoded at a time: little memory, and the work that
// gocsv does once a call is spread thin.
const chunk = 1024

// readRows takes the rows of a table one by one, or those that stand together whole.
func readRows[T any](s *sheet, take func(*row, *T, Sink) error) error {
	if s.kind.together != "" && s.tie() >= 0 {
		f, err := standing(s, take)
		if err != nil {
			return err
		}
		if len(f) > 0 {
			return takeWhole(s, f, take)
		}
	}
	return eachRow(s, func(r *row, v *T) error { return take(r, v, s.sink) })
}

// eachRow decodes the rows of a table into structs.
func eachRow[T any](s *sheet, take func(*row, *T) error) error {
	c := newChunks(s)
	r := &row{sheet: s}
	var out []T
	for c.next() {
		if err := s.stop(); err != nil {
			return err
		}
		if err := gocsv.UnmarshalCSV(c, &out); err != nil {
			return err
		}
		for k, i := range c.rows {
			ok, err := r.begin(i)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			if err := take(r, &out[k]); err != nil {
				return err
			}
			if err := r.end(); err != nil {
				return err
			}
		}
	}
	return nil
}

// chunks hands the rows of a sheet to gocsv, with the canonical names of the
// columns for a header and a cell for each, so that nothing is silently zero.
type chunks struct {
	sheet   *sheet
	from    int   // the first row not yet handed on
	rows    []int // of the table, in this chunk
	cols    []int // of the table, for each name
	kinds   []*Column
	records [][]string
	cells   []string
	said    []saidWord // the last of each column: most say one thing again and again
	line    int
}

// saidWord is a cell and what it says.
type saidWord struct{ cell, value string }

func newChunks(s *sheet) *chunks {
	c := &chunks{sheet: s, records: make([][]string, 1, chunk+1)}
	for i := range s.kind.Columns {
		if col := &s.kind.Columns[i]; s.at[i] >= 0 {
			c.cols, c.kinds = append(c.cols, s.at[i]), append(c.kinds, col)
			c.records[0] = append(c.records[0], col.Name)
		}
	}
	c.cells = make([]string, chunk*len(c.cols))
	c.said = make([]saidWord, len(c.cols))
	return c
}

// next gathers the next chunk of rows.
func (c *chunks) next() bool {
	n := min(len(c.sheet.table.Rows)-c.from, chunk)
	c.rows, c.records, c.line = c.rows[:0], c.records[:1], 0
	for k := range n {
		r := &c.sheet.table.Rows[c.from+k]
		record := c.cells[k*len(c.cols) : (k+1)*len(c.cols)]
		for j, col := range c.cols {
			cell := strings.TrimSpace(r.Cell(col))
			if cell != c.said[j].cell {
				c.said[j] = saidWord{cell, c.kinds[j].value(cell)}
			}
			record[j] = c.said[j].value
		}
		c.rows = append(c.rows, c.from+k)
		c.records = append(c.records, record)
	}
	c.from += n
	return n > 0
}

// Read is for gocsv.
func (c *chunks) Read() ([]string, error) {
	if c.line == len(c.records) {
		return nil, io.EOF
	}
	c.line++
	return c.records[c.line-1], nil
}

// ReadAll is for gocsv.
func (c *chunks) ReadAll() ([][]string, error) { return c.records, nil }
