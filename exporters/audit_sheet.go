package exporters

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/s2"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// sheet is one sheet of the audit workbook while its rows are written. excelize
// makes the sheet around them (widths, panes, filters, charts); the rows are
// written here and wait on disk, because a night may have a hundred thousand
// decisions of seventy cells each.
type sheet struct {
	name  string
	style *auditStyles
	buf   []byte
	row   int // the row being written, from 1
	col   int // the next column, from 0
	last  int // the last column of any row
	left  int // rows that did not fit
	file  *os.File
	spill *s2.Writer
	err   error
}

const (
	// maxSheetRows is what a spreadsheet program takes.
	maxSheetRows = 1 << 20
	// maxCellText is what a cell takes, in characters; more is cut.
	maxCellText = 32000
	// spillSize is what a sheet collects before it goes to disk.
	spillSize = 64 << 10
)

func newSheet(dir, name string, style *auditStyles) (*sheet, error) {
	f, err := os.CreateTemp(dir, ".audit-*.tmp")
	if err != nil {
		return nil, fmt.Errorf("making room for the sheet %s: %w", name, err)
	}
	return &sheet{name: name, style: style, file: f, spill: s2.NewWriter(f, s2.WriterConcurrency(1), s2.WriterBlockSize(spillSize))}, nil
}

// begin starts the next row; height is in points, 0 is that of the text. It is
// false where the sheet is full: the row is counted, not written.
func (s *sheet) begin(height int) bool {
	if s.row >= maxSheetRows {
		s.left++
		return false
	}
	s.row++
	s.col = 0
	s.buf = append(s.buf, `<row r="`...)
	s.buf = strconv.AppendInt(s.buf, int64(s.row), 10)
	if height > 0 {
		s.buf = append(s.buf, `" ht="`...)
		s.buf = strconv.AppendInt(s.buf, int64(height), 10)
		s.buf = append(s.buf, `" customHeight="1`...)
	}
	s.buf = append(s.buf, `">`...)
	return true
}

// tall is the height of a row whose longest text is wrapped within a width in
// characters; 0 where one line does: not every program makes room by itself.
func tall(t string, width int) int {
	if lines := (utf8.RuneCountInString(t) + width - 1) / width; lines > 1 {
		return 14 * lines
	}
	return 0
}

func (s *sheet) end() {
	s.buf = append(s.buf, "</row>"...)
	if s.col > s.last {
		s.last = s.col
	}
	if len(s.buf) >= spillSize {
		s.flush()
	}
}

func (s *sheet) flush() {
	if _, err := s.spill.Write(s.buf); err != nil && s.err == nil {
		s.err = fmt.Errorf("writing rows of the sheet %s: %w", s.name, err)
	}
	s.buf = s.buf[:0]
}

// open writes the beginning of the next cell; kind is the cell's type, or empty
// for a number.
func (s *sheet) open(style int, kind string) {
	s.buf = append(s.buf, `<c r="`...)
	s.buf = appendColumn(s.buf, s.col)
	s.buf = strconv.AppendInt(s.buf, int64(s.row), 10)
	s.buf = append(s.buf, `" s="`...)
	s.buf = strconv.AppendInt(s.buf, int64(style), 10)
	if kind != "" {
		s.buf = append(append(s.buf, `" t="`...), kind...)
	}
	s.buf = append(s.buf, `">`...)
	s.col++
}

// blank leaves n cells empty.
func (s *sheet) blank(n int) { s.col += n }

// filled writes n empty cells of a style.
func (s *sheet) filled(style, n int) {
	for range n {
		s.open(style, "")
		s.buf = append(s.buf, "</c>"...)
	}
}

// text writes text from outside; OUT-7: it is marked as text, and guarded as in
// the registers, so that it stays harmless when the sheet is saved as CSV.
func (s *sheet) text(style int, t string) {
	if t == "" {
		s.filled(style, 1)
		return
	}
	s.words(style, harmlessText(t))
}

// harmlessText is a text from outside as the registers write it (OUT-7).
func harmlessText(t string) string {
	if t != "" && (class[t[0]]&(atStart|executes) != 0 || strings.Contains(t, ";")) {
		return string(appendGuarded(nil, []byte(t)))
	}
	return t
}

// words writes text of ours.
func (s *sheet) words(style int, t string) {
	s.open(style, "inlineStr")
	s.buf = append(s.buf, `<is><t xml:space="preserve">`...)
	s.buf = appendXML(s.buf, t)
	s.buf = append(s.buf, "</t></is></c>"...)
}

// count writes a whole number.
func (s *sheet) count(style, n int) {
	s.open(style, "")
	s.buf = append(s.buf, "<v>"...)
	s.buf = strconv.AppendInt(s.buf, int64(n), 10)
	s.buf = append(s.buf, "</v></c>"...)
}

// date writes a date, or an empty cell.
func (s *sheet) date(style int, d money.Date) {
	if d.IsZero() {
		s.filled(style, 1)
		return
	}
	s.count(style, serial(d))
}

// serial is a date as spreadsheet programs count, in days since 1899-12-30.
func serial(d money.Date) int { return int(d) + 1 }

// number writes a decimal number as it stands; one of more digits than a
// spreadsheet keeps is written as text, whole, and an empty one as no value.
func (s *sheet) number(style int, n string) {
	switch {
	case n == "":
		s.filled(style, 1)
	case !exactInSpreadsheet(n):
		s.words(style, n)
	default:
		s.open(style, "")
		s.buf = append(append(append(s.buf, "<v>"...), n...), "</v></c>"...)
	}
}

// amount writes an amount in the format of its currency, or an empty cell.
func (s *sheet) amount(ink ink, m money.Money) {
	if !m.IsSet() {
		s.filled(s.style.of(asText, ink), 1)
		return
	}
	s.number(s.style.money(m.Currency(), ink), m.Number())
}

// formula writes a formula, already in the form of XML, and the number that it
// gives; an empty one is the empty text.
func (s *sheet) formula(style int, formula, value string) {
	kind := ""
	if value == "" {
		kind = "str"
	}
	s.open(style, kind)
	s.buf = append(append(append(s.buf, "<f>"...), formula...), "</f><v>"...)
	s.buf = append(append(s.buf, value...), "</v></c>"...)
}

// textFormula writes a formula and the text that it gives.
func (s *sheet) textFormula(style int, formula, value string) {
	s.open(style, "str")
	s.buf = append(append(append(s.buf, "<f>"...), formula...), "</f><v>"...)
	s.buf = appendXML(s.buf, value)
	s.buf = append(s.buf, "</v></c>"...)
}

// link writes a text that leads to a place: a cell of the workbook, or a file
// beside it. A formula does it, because a sheet takes only 65,530 links.
func (s *sheet) link(to, t string) {
	if len(t) > maxLinkText { // a text within a formula has a bound of its own
		s.text(s.style.of(asText, plain), t)
		return
	}
	t = harmlessText(t)
	s.textFormula(s.style.of(asText, linked), "HYPERLINK("+quoted(to)+","+quoted(t)+")", t)
}

// maxLinkText is how long a text within a formula may be.
const maxLinkText = 255

// quoted is a text within a formula, for XML.
func quoted(t string) string {
	return string(appendXML(nil, `"`+strings.ReplaceAll(t, `"`, `""`)+`"`))
}

// rules writes a list of rule ids.
func (s *sheet) rules(r invoicing.Rules) { s.words(s.style.of(asText, plain), joined(r.List())) }

// WriteTo writes all rows, after the last one has been written.
func (s *sheet) WriteTo(w io.Writer) (int64, error) {
	s.flush()
	if err := s.spill.Close(); err != nil && s.err == nil {
		s.err = fmt.Errorf("writing rows of the sheet %s: %w", s.name, err)
	}
	if s.err != nil {
		return 0, s.err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return 0, fmt.Errorf("reading back the sheet %s: %w", s.name, err)
	}
	return io.Copy(w, s2.NewReader(s.file, s2.ReaderMaxBlockSize(spillSize)))
}

// remove removes what waited on disk.
func (s *sheet) remove() error {
	_ = s.file.Close() // nothing of it is kept
	if err := os.Remove(s.file.Name()); err != nil {
		return fmt.Errorf("removing %s: %w", filepath.Base(s.file.Name()), err)
	}
	return nil
}

// exactInSpreadsheet reports whether a decimal number has at most the 15 digits
// that a spreadsheet program keeps.
func exactInSpreadsheet(n string) bool {
	digits := 0
	for i := range len(n) {
		if c := n[i]; c >= '0' && c <= '9' && (digits > 0 || c != '0') {
			digits++
		}
	}
	return digits <= 15
}

// appendColumn writes the letters of a column, from 0.
func appendColumn(b []byte, col int) []byte {
	if col >= 26 {
		b = appendColumn(b, col/26-1)
	}
	return append(b, byte('A'+col%26))
}

// cellAt is the reference of a cell, row from 1 and column from 0.
func cellAt(col, row int) string {
	return string(strconv.AppendInt(appendColumn(nil, col), int64(row), 10))
}

// appendXML writes text for XML. What XML cannot hold becomes a question mark in
// a box; what a spreadsheet would read as an escape is escaped.
func appendXML(b []byte, t string) []byte {
	n := 0
	for i, r := range t {
		if n++; n > maxCellText {
			return append(b, "..."...)
		}
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '\r':
			b = append(b, "&#13;"...)
		case r == '_' && strings.HasPrefix(t[i:], "_x"):
			b = append(b, "_x005F_"...)
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			b = utf8.AppendRune(b, utf8.RuneError)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
