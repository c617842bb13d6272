package table

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// lastRow is the last row that a workbook can have.
const lastRow = 1 << 20

// longest is how many bytes of one text are gathered at most: a text up to here
// makes its row refused as TooLong, a longer one the file.
const longest = 8 * MaxCell

// sheetReader reads the rows of one sheet.
type sheetReader struct {
	book *workbook
	d    *markup
	rows []Row
	row  Row
	at   int // the number of the row, from 1
	col  int // of the last cell, from 1
	// width is how many cells the row before had.
	width int

	merged []area
}

// sheet reads one sheet: none, one or several tables.
func (w *workbook) sheet(e sheetEntry, score Score) ([]Table, error) {
	d, closer, err := w.open(e.part)
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	r := &sheetReader{book: w, d: d}
	t := Table{Sheet: e.name, Hidden: e.hidden, Date1904: w.epoch04}
	err = r.read()
	if err == nil {
		err = r.merge()
	}
	var u *unreadable
	if errors.As(err, &u) && u.Code == "TooManyRows" {
		t.Problem, err = &u.Problem, nil
	}
	if err != nil {
		return nil, badXML(e.part, err)
	}
	tables := tablesOf(t, r.rows, score)
	if len(tables) > 0 && t.Problem != nil {
		tables = tables[:1]
		tables[0].Problem, tables[0].Rows = t.Problem, nil
	}
	return tables, nil
}

func (r *sheetReader) read() error {
	for {
		e, err := r.d.next()
		if isEOF(err) {
			return r.endRow()
		}
		if err != nil {
			return err
		}
		if e.kind != aStart {
			continue
		}
		switch string(e.name) {
		case "row":
			hidden := truth(string(e.attr("hidden")))
			err = r.startRow(string(e.attr("r")))
			r.row.Hidden = hidden
		case "c":
			err = r.cell(e)
		case "mergeCell":
			err = r.takeArea(attr(e, "ref"))
		}
		if err != nil {
			return err
		}
	}
}

func (r *sheetReader) startRow(number string) error {
	if err := r.endRow(); err != nil {
		return err
	}
	n := r.at + 1
	if number != "" {
		var err error
		if n, err = strconv.Atoi(number); err != nil || n <= r.at || n > lastRow {
			return bad("row " + number + " out of order")
		}
	}
	r.at, r.col = n, 0
	r.row = Row{Number: n}
	return nil
}

// endRow keeps the row unless it is blank.
func (r *sheetReader) endRow() error {
	row := r.row
	r.row = Row{}
	if filled(row.Cells) == 0 && row.Fault == "" {
		return nil
	}
	if len(r.rows) > MaxRows+HeaderDepth {
		return &unreadable{*tooManyRows()}
	}
	r.rows = append(r.rows, row)
	return r.book.keep(cap(row.Cells)*17 + 80)
}

// cell reads one cell into the row.
func (r *sheetReader) cell(e *token) error {
	col := r.col + 1
	if ref := e.attr("r"); len(ref) > 0 {
		if col = column(string(ref)); col <= r.col {
			return bad("cell " + string(ref) + " out of order")
		}
	}
	r.col = col
	kind, percent := cellKind(e.attr("t")), r.book.isPercent(e.attr("s"))
	value, hasValue, formula, err := r.value()
	if err != nil || len(value) == 0 && !formula {
		return err
	}
	if col > MaxColumns {
		r.row.Fault = "TooManyColumns"
		return nil
	}
	text, mark, err := r.typed(kind, percent, value)
	if err != nil {
		return err
	}
	if formula && !hasValue {
		mark = IsFormula
	}
	if len(text) > MaxCell {
		r.row.Fault = "TooLong"
		text = text[:MaxCell]
	}
	if r.row.Cells == nil { // as many as the row before, most likely
		r.row.Cells, r.row.Marks = make([]string, 0, r.width), make([]Mark, 0, r.width)
	}
	for len(r.row.Cells) < col {
		r.row.Cells, r.row.Marks = append(r.row.Cells, ""), append(r.row.Marks, IsText)
	}
	r.row.Cells[col-1], r.row.Marks[col-1] = text, mark
	r.width = col
	return r.book.keep(len(text))
}

// cellKind is the type of a cell, as a string that is no new one.
func cellKind(b []byte) string {
	for _, k := range [...]string{"", "s", "str", "inlineStr", "n", "b", "e", "d"} {
		if string(b) == k {
			return k
		}
	}
	return string(b)
}

// isPercent reports whether a style shows a number as a percentage.
func (w *workbook) isPercent(style []byte) bool {
	if len(style) == 0 {
		return false
	}
	i, err := strconv.Atoi(string(style))
	return err == nil && i >= 0 && i < len(w.percent) && w.percent[i]
}

// value reads to the end of a cell: its value, or the text it holds itself. It is a
// view that holds until the next.
func (r *sheetReader) value() (value []byte, has, formula bool, err error) {
	for {
		t, err := r.d.next()
		if err != nil {
			return nil, false, false, err
		}
		switch t.kind {
		case aStart:
			switch string(t.name) {
			case "v":
				has = true
				if value, err = charData(r.d, "v"); err != nil {
					return nil, false, false, err
				}
			case "is":
				has = true
				if value, err = richText(r.d); err != nil {
					return nil, false, false, err
				}
			case "f":
				formula = true
			}
		case anEnd:
			if string(t.name) == "c" {
				return value, has, formula, nil
			}
		}
	}
}

// typed makes the text of a cell of its stored value.
func (r *sheetReader) typed(kind string, percent bool, value []byte) (string, Mark, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(string(bytes.TrimSpace(value)))
		if err != nil || i < 0 || i >= len(r.book.shared) {
			return "", 0, bad("shared string " + string(value) + " is missing")
		}
		return r.book.shared[i], IsText, nil
	case "b":
		if truth(string(value)) {
			return "TRUE", IsText, nil
		}
		return "FALSE", IsText, nil
	case "e":
		return string(value), IsError, nil
	case "str", "inlineStr", "d":
		return string(value), IsText, nil
	}
	text, ok := plainNumber(string(bytes.TrimSpace(value)), percent)
	if !ok {
		return string(value), IsText, nil
	}
	return text, IsNumber, nil
}

// shownDigits is how many digits of a number a spreadsheet program shows: it
// stores 1234.56 as 1234.5599999999999.
const shownDigits = 15

// plainNumber writes a stored number without an exponent, at shownDigits. A
// number shown as a percentage is written as such: 0.25 is 25%.
func plainNumber(s string, percent bool) (string, bool) {
	if len(s) <= shownDigits && !percent && digitsOnly(s) {
		return s, true
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	mantissa, exponent, hasExponent := strings.Cut(strings.ToUpper(s), "E")
	point := 0
	if hasExponent {
		var err error
		if point, err = strconv.Atoi(exponent); err != nil || point < -40 || point > 40 {
			return "", false
		}
	}
	if len(mantissa) > 40 || strings.HasPrefix(mantissa, "-") || !digitsOnly(mantissa) {
		return "", false
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	digits := whole + frac
	point += len(whole)
	suffix := ""
	if percent {
		point, suffix = point+2, "%"
	}
	lead := len(digits) - len(strings.TrimLeft(digits, "0"))
	digits, carry := roundDigits(digits[lead:], shownDigits)
	return sign + place(digits, point-lead+carry) + suffix, true
}

// roundDigits rounds a digit string to n digits, half up; carry is 1 where a
// digit was gained in front.
func roundDigits(digits string, n int) (string, int) {
	if len(digits) <= n {
		return digits, 0
	}
	b := []byte(digits[:n])
	if digits[n] < '5' {
		return string(b), 0
	}
	for i := n - 1; i >= 0; i-- {
		if b[i]++; b[i] <= '9' {
			return string(b), 0
		}
		b[i] = '0'
	}
	return "1" + string(b[:n-1]), 1
}

// place puts the decimal point behind the first point digits.
func place(digits string, point int) string {
	digits = strings.TrimRight(digits, "0")
	switch {
	case digits == "":
		return "0"
	case point <= 0:
		return "0." + strings.Repeat("0", -point) + digits
	case point >= len(digits):
		return digits + strings.Repeat("0", point-len(digits))
	}
	return digits[:point] + "." + digits[point:]
}

func digitsOnly(s string) bool {
	for i := 0; i < len(s); i++ {
		if (s[i] < '0' || s[i] > '9') && s[i] != '.' && (i > 0 || s[i] != '-') {
			return false
		}
	}
	return s != "" && s != "-" && s != "." && strings.Count(s, ".") <= 1
}

// column returns the number of a cell's column, from 1: 28 for AB7; 0 if there is none.
func column(ref string) (n int) {
	for i := 0; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && n <= 1<<20; i++ {
		n = n*26 + int(ref[i]-'A') + 1
	}
	return n
}

// charData reads the text up to the end of an element: a view that holds until the next.
func charData(d *markup, element string) ([]byte, error) {
	s := d.cell[:0]
	defer func() { d.cell = s }()
	for {
		t, err := d.next()
		if err != nil {
			return nil, err
		}
		switch t.kind {
		case aText:
			s = append(s, t.text...)
		case anEnd:
			if string(t.name) == element {
				return s, nil
			}
		}
		if len(s) > longest {
			return nil, bad("a cell too long")
		}
	}
}

// richText reads the runs of a string item up to its end; phonetic readings are
// left out. It is a view that holds until the next.
func richText(d *markup) ([]byte, error) {
	s := d.item[:0]
	defer func() { d.item = s }()
	phonetic := false
	for {
		t, err := d.next()
		if err != nil {
			return nil, err
		}
		switch t.kind {
		case aStart:
			switch string(t.name) {
			case "rPh":
				phonetic = true
			case "t":
				run, err := charData(d, "t")
				if err != nil {
					return nil, err
				}
				if !phonetic {
					s = append(s, run...)
				}
			}
		case anEnd:
			switch string(t.name) {
			case "rPh":
				phonetic = false
			case "si", "is":
				return s, nil
			}
		}
		if len(s) > longest {
			return nil, bad("a cell too long")
		}
	}
}

// IsPlainNumber reports whether a cell is a number that a spreadsheet program
// stores as it is: digits, at most one dot and a minus, few enough to be exact.
func IsPlainNumber(s string) bool { return len(s) <= shownDigits && digitsOnly(s) }
