// Package table owns the containers of the input: it makes rows of cells of a
// CSV file in any usual encoding and delimiter, or of an XLSX workbook, finds the
// header, and reads the numbers and dates of a column in that column's locale
// (IMP-7). It does not own what a column means, which kinds of file there are, or
// what becomes of a row: that is for package importers.
//
// Two ways lead through it. Open reads a file whole, bounded by the limits below,
// and is for what people fill in. Blocks streams a file of any size in the fixed
// format of a vendor's export, and keeps nothing.
//
// All input is hostile: everything is bounded, nothing is expanded that the file
// does not hold, and what cannot be read is a Problem, never a panic.
package table

import (
	"slices"
	"strings"
	"unicode"
)

// What is read at most; more is a Problem, never cut off silently.
const (
	MaxCell      = 32 << 10  // bytes of one cell
	MaxColumns   = 2000      // columns of a sheet
	MaxRows      = 200_000   // data rows of a sheet that is read whole
	MaxSheets    = 100       // sheets of a workbook
	MaxTables    = 1000      // tables of a file that is read whole
	MaxWhole     = 128 << 20 // bytes of a file that is read whole
	MaxBook      = 1 << 30   // bytes of a workbook
	MaxUnzipped  = 256 << 20 // bytes of one part of a workbook but a sheet, unpacked
	MaxUnpacked  = 4 << 30   // bytes of all that is read of a workbook, unpacked
	MaxUnpacking = 200       // times its packed size, for a part above 16 MiB
	MaxKept      = 256 << 20 // bytes of the cells kept of one file
	HeaderDepth  = 30        // rows among which the header is looked for
)

// Table is one sheet, read whole.
type Table struct {
	Sheet     string          // empty for a file without sheets
	Hidden    bool            // the sheet is hidden in the workbook
	Header    []string        // as the file has it, trimmed
	HeaderRow int             // as a spreadsheet numbers it; 0 where no row will do
	Above     []Row           // above the header: titles and the like
	Rows      []Row           // below it; blank rows are left out
	JSON      bool            // a list of items: numbers are written one way only
	Readings  []ColumnReading // how Localise read columns, where one cell or a locale settled it
	Note      string          // what else a person should know; may be empty
	Date1904  bool            // serial dates count from 1904-01-01
	Long      *Long           // a sheet that is streamed: it has no Rows
	Problem   *Problem        // of the whole sheet, whose rows are then worth nothing
	Spread    int             // what the workbook takes a program that fills every gap between its cells: see workbook

	width int              // fields of the header's row, with empty ones behind the last column
	raw   map[int][]string // by column: cells as they were where Localise rewrote them
}

// Raw returns a cell as a person sees it in the file, whatever Localise made of it.
func (t *Table) Raw(row, col int) string {
	if before := t.raw[col]; before != nil && before[row] != "" {
		return before[row]
	}
	return t.Rows[row].Cell(col)
}

// rewrite puts a plain value in the place of a cell.
func (t *Table) rewrite(row, col int, value string) {
	cell := &t.Rows[row].Cells[col]
	switch {
	case *cell == value:
		return
	case t.Rows[row].Mark(col) != IsText: // a date is shown as a date, not as its serial
		*cell = value
		return
	}
	if t.raw == nil {
		t.raw = map[int][]string{}
	}
	if t.raw[col] == nil {
		t.raw[col] = make([]string, len(t.Rows))
	}
	t.raw[col][row], *cell = *cell, value
}

// Row is one row of a table.
type Row struct {
	Number int // as a spreadsheet numbers it, from 1
	Cells  []string
	Marks  []Mark // of a workbook, one per cell; nil where all cells are text
	Fault  string // BadQuoting, FieldCount, CutOff, TooLong, ...: the cells are not to be trusted
	Hidden bool   // the sheet does not show it
}

// Cell returns cell i, empty where the row ends before it.
func (r *Row) Cell(i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

// Mark says what a cell of a workbook is.
type Mark uint8

// The marks.
const (
	IsText     Mark = iota
	IsNumber        // a number: its text has a decimal point and no grouping
	IsError         // #REF! and the like
	IsFormula       // a formula of which the file holds no result
	IsMerged        // a cell that is merged with others and is not the one that shows
	IsDate          // a number that is shown as a date
	IsStruck        // a cell that is struck through
	IsLabelled      // a number that is shown with text, "R-"0001, or as 1E+05: the number, a space, and what is shown
)

// Mark returns the mark of cell i.
func (r *Row) Mark(i int) Mark {
	if i >= 0 && i < len(r.Marks) {
		return r.Marks[i]
	}
	return IsText
}

// Problem is why a file or a sheet cannot be read, for the person who sent it.
// Code is stable and in CamelCase.
type Problem struct{ Code, Value, Expected, Fix string }

// Canonical returns the name under which a header is looked up: lower case,
// without spaces, underscores and dots (IMP), nor the star or the colon of a form.
func Canonical(header string) string {
	for i := 0; i < len(header); i++ {
		if c := header[i]; c <= ' ' || c == '_' || c == '.' || c == '*' || c == ':' || c >= 'A' && c <= 'Z' || c >= 0x80 {
			return strings.Map(canonicalRune, header)
		}
	}
	return header
}

func canonicalRune(r rune) rune {
	if r = plainRune(r); strings.ContainsRune("_.*: ", r) || unicode.IsControl(r) {
		return -1
	}
	return unicode.ToLower(r)
}

// Score says how well a row of cells would do as the header of a known kind: 0
// not at all, more is better, and Sure or more is certain.
type Score func(cells []string) int

// Sure is the least score of a row that is a header beyond doubt, and Likely of one
// that heads another table where it stands below rows.
const (
	Sure   = 1 << 20
	Likely = 500
)

// tablesOf makes a table of the rows below the best header, and where a row below
// is one again, a table of those that follow it: a sheet may hold several, one
// below the other. There is none where all rows are blank, and one without rows where
// the sheet has a Problem.
func tablesOf(t Table, rows []Row, score Score) []Table {
	at, _, ok := findHeader(rows, score)
	if !ok {
		return nil
	}
	if t.Problem != nil {
		return []Table{under(t, rows[:at+1], at)}
	}
	var tables []Table
	for i := at + 1; i < len(rows); i++ {
		if headsAgain(&rows[i]) && score(rows[i].Cells) >= Likely {
			tables = append(tables, under(t, rows[:untitled(rows[:i], at+1)], at))
			at = i
		}
	}
	return append(tables, under(t, rows, at))
}

// untitled is how many rows come before the title of what follows them: one cell,
// apart from the rows above, which begin at from, by a blank row. It is no row of
// the table above.
func untitled(rows []Row, from int) int {
	i := len(rows) - 1
	for i > from && isBlank(rows[i].Cells) {
		i--
	}
	if i > from && filled(rows[i].Cells) == 1 && (isBlank(rows[i-1].Cells) || rows[i].Number > rows[i-1].Number+1) {
		return i
	}
	return len(rows)
}

// headsAgain reports whether a row may be a header below other rows, before it is
// looked at closely: no cell of one begins with a digit, and few rows have none.
func headsAgain(r *Row) bool {
	for i, c := range r.Cells {
		if m := r.Mark(i); m == IsNumber || m == IsDate || c != "" && c[0] >= '0' && c[0] <= '9' {
			return false
		}
	}
	return len(r.Cells) > 1
}

// Holds reports whether a row of the sheet, as a spreadsheet numbers it, is of the
// table: its header or one below.
func (t *Table) Holds(row int) bool {
	return row >= t.HeaderRow && (row == t.HeaderRow || len(t.Rows) > 0 && row <= t.Rows[len(t.Rows)-1].Number)
}

// HiddenRows counts the rows that the sheet does not show.
func (t *Table) HiddenRows() (n int) {
	for i := range t.Rows {
		if t.Rows[i].Hidden {
			n++
		}
	}
	return n
}

// findHeader returns the index of the best header among the first rows, its
// score, and false where all of them are blank. Where nothing scores, the first row with
// the most cells is taken, so that a message can name what was found.
func findHeader(rows []Row, score Score) (at, best int, ok bool) {
	widest := 0
	for i := range rows[:min(len(rows), HeaderDepth)] {
		if n := filled(rows[i].Cells); n > 0 {
			s := score(rows[i].Cells)
			if !ok || s > best || s == best && s == 0 && n > widest {
				at, best, widest, ok = i, s, n, true
			}
			if s >= Sure {
				return i, s, true
			}
		}
	}
	return at, best, ok
}

func isBlank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

func filled(cells []string) (n int) {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// under makes a table of the rows below row at, which is its header.
func under(t Table, rows []Row, at int) Table {
	t.HeaderRow, t.width = rows[at].Number, len(rows[at].Cells)
	t.Header = make([]string, len(rows[at].Cells))
	for i, c := range rows[at].Cells {
		t.Header[i] = strings.TrimSpace(c)
	}
	for len(t.Header) > 0 && t.Header[len(t.Header)-1] == "" {
		t.Header = t.Header[:len(t.Header)-1]
	}
	t.Above, t.Rows = rows[:at], rows[at+1:]
	if len(t.Rows) > MaxRows {
		t.Problem = tooManyRows()
		t.Rows = nil
	}
	return t
}

func tooManyRows() *Problem {
	return &Problem{"TooManyRows", "", "at most 200,000 rows in a sheet", "split the sheet into several files"}
}
