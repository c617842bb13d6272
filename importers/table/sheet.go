package table

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
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
	take func(*Row) error // takes each row that is not blank; what it holds may be kept
	row  Row
	at   int // the number of the row, from 1
	col  int // of the last cell, from 1
	// width is how many cells the row before had.
	width   int
	data    bool      // within sheetData
	digits  []byte    // the number of the row
	text    []byte    // of the row's cells, one behind the other
	own     []ownText // where it begins in text
	written []written // by column from 0

	// Of a long sheet:
	need  []bool // by column from 0: its text is asked for; nil for all
	spare []Row  // whose memory is used again

	merged []area
}

// ownText is a cell whose text is not a shared one: it is made with those of the
// whole row.
type ownText struct{ col, from int }

// longSheet is how many rows of a sheet are held before one that can be streamed is.
const longSheet = 5_000

// sheet reads one sheet: none, one or several tables.
func (w *workbook) sheet(e sheetEntry, score Score) ([]Table, error) {
	t := Table{Sheet: e.name, Hidden: e.hidden, Date1904: w.epoch04}
	var rows []Row
	r := &sheetReader{book: w}
	r.take = func(row *Row) error {
		switch {
		case len(rows) > MaxRows+HeaderDepth:
			return &unreadable{*tooManyRows()}
		case len(rows) == longSheet:
			if _, best, ok := findHeader(rows, score); ok && best >= Streamed {
				return errLong
			}
		}
		rows = append(rows, *row)
		return w.keep(cap(row.Cells)*17 + 80)
	}
	before := w.kept
	err := r.read(e.part)
	var u *unreadable
	switch {
	case err == nil:
		err = r.merge(rows)
	case errors.Is(err, errLong):
		w.kept = before
		return []Table{w.long(t, e.part, rows, score)}, nil
	case errors.As(err, &u) && u.Code == "TooManyRows":
		t.Problem, err = &u.Problem, nil
	}
	if err != nil {
		return nil, badXML(e.part, err)
	}
	return tablesOf(t, rows, score), nil
}

// read reads a part from its beginning.
func (r *sheetReader) read(part string) error {
	d, closer, err := r.book.open(part)
	if err != nil {
		return err
	}
	defer closer.Close()
	r.d = d
	for {
		if r.data {
			if ok, err := r.quick(); err != nil {
				return err
			} else if ok {
				continue
			}
		}
		e, err := d.next()
		if isEOF(err) {
			return r.endRow()
		}
		if err != nil {
			return err
		}
		if err := r.token(e); err != nil {
			return err
		}
	}
}

// token takes what is not a cell as nearly every program writes them.
func (r *sheetReader) token(e *token) error {
	name := string(e.name)
	switch {
	case e.kind == aText && r.data && len(bytes.TrimSpace(e.text)) > 0:
		return bad("text between the cells")
	case e.kind == anEnd && name == "sheetData":
		r.data = false
	case e.kind != aStart:
	case name == "sheetData":
		r.data = true
	case name == "row":
		hidden := truth(string(e.attr("hidden")))
		err := r.startRow(string(e.attr("r")))
		r.row.Hidden = hidden
		return err
	case name == "c":
		return r.cell(e)
	case name == "mergeCell":
		return r.takeArea(attr(e, "ref"))
	case r.data && name != "extLst" && name != "ext":
		return bad("what is no row or cell among them: " + name)
	}
	return nil
}

func (r *sheetReader) startRow(number string) error {
	if err := r.endRow(); err != nil {
		return err
	}
	n := r.at + 1
	if number == "" {
		r.book.spread += r.at
	} else {
		var err error
		if n, err = strconv.Atoi(number); err != nil || n <= r.at || n > lastRow {
			return bad("row " + number + " out of order")
		}
	}
	r.book.spread += n - r.at
	r.at, r.col, r.digits = n, 0, strconv.AppendInt(r.digits[:0], int64(n), 10)
	r.row.Number = n
	if k := len(r.spare) - 1; k >= 0 {
		r.row.Cells, r.row.Marks = r.spare[k].Cells[:0], r.spare[k].Marks[:0]
		r.spare = r.spare[:k]
	}
	return nil
}

// endRow keeps the row unless it is blank.
func (r *sheetReader) endRow() error {
	if text := string(r.text); text != "" {
		for i, o := range r.own {
			to := len(text)
			if i+1 < len(r.own) {
				to = r.own[i+1].from
			}
			r.row.Cells[o.col] = text[o.from:to]
		}
	}
	r.text, r.own = r.text[:0], r.own[:0]
	r.book.spread += r.col
	r.col = 0
	var err error
	if r.row.Fault != "" || !isBlank(r.row.Cells) {
		err = r.take(&r.row)
	}
	r.row = Row{}
	return err
}

// cellAttributes are those that a cell can have; one that is none of them is damage,
// by which a shared string would be read as a number.
var cellAttributes = []string{"r", "s", "t", "cm", "vm", "ph", "xmlns"}

// cell reads one cell into the row.
func (r *sheetReader) cell(e *token) error {
	for i := range e.attrs {
		if a := &e.attrs[i]; !a.prefixed && !slices.Contains(cellAttributes, string(a.name)) {
			return bad("a cell's attribute " + string(e.attrs[i].name))
		}
	}
	ref := e.attr("r")
	style, kind := r.book.style(e.attr("s")), cellTypeOf(e.attr("t"))
	if err := r.place(ref); err != nil {
		return err
	}
	r.d.struck = false
	value, hasValue, formula, err := r.value()
	if err != nil || len(value) == 0 && !formula {
		return err
	}
	lacksValue := !hasValue || kind == aNumber && len(value) == 0 // the result may be a text without characters, but no such number
	style.struck = style.struck || r.d.struck
	return r.keepCell(kind, style, value, formula && lacksValue)
}

// place sets where the next cell stands.
func (r *sheetReader) place(ref []byte) error {
	col := r.col + 1
	if len(ref) > 0 {
		var row int
		if col, row = cellAt(ref); col <= r.col || row != r.at {
			return bad("cell " + string(ref) + " out of order")
		}
	}
	r.col = col
	return nil
}

// keepCell puts a cell into the row.
func (r *sheetReader) keepCell(kind cellType, style style, value []byte, lacksValue bool) error {
	col := r.col
	if col > MaxColumns {
		r.row.Fault = "TooManyColumns"
		return nil
	}
	if r.need != nil && (col > len(r.need) || !r.need[col-1]) {
		return nil
	}
	from := len(r.text)
	shared, mark, err := r.typed(kind, style, value)
	if err != nil {
		return err
	}
	switch {
	case style.struck:
		mark = IsStruck
	case lacksValue:
		mark = IsFormula
	}
	length := len(r.text) - from + len(shared)
	if length > MaxCell {
		r.row.Fault, length = "TooLong", MaxCell
		r.text, shared = r.text[:min(len(r.text), from+MaxCell)], shared[:min(len(shared), MaxCell)]
	}
	if r.row.Cells == nil { // as many as the row before, most likely
		r.row.Cells, r.row.Marks = make([]string, 0, r.width), make([]Mark, 0, r.width)
	}
	for len(r.row.Cells) < col {
		r.row.Cells, r.row.Marks = append(r.row.Cells, ""), append(r.row.Marks, IsText)
	}
	r.row.Cells[col-1], r.row.Marks[col-1] = shared, mark
	if len(r.text) > from {
		r.own = append(r.own, ownText{col - 1, from})
	}
	r.width = col
	return r.book.keep(length)
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
				if _, err = charData(r.d, "f"); err != nil {
					return nil, false, false, err
				}
			case "extLst", "ext":
			default:
				return nil, false, false, bad("what is no value in a cell: " + string(t.name))
			}
		case aText:
			if len(bytes.TrimSpace(t.text)) > 0 {
				return nil, false, false, bad("text beside the value of a cell")
			}
		case anEnd:
			if string(t.name) == "c" {
				return value, has, formula, nil
			}
		}
	}
}

// cellAt returns the column and the row of a cell, from 1: 28 and 7 for AB7; 0 where
// there is none.
func cellAt(ref []byte) (col, row int) {
	i := 0
	for ; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && col <= 1<<20; i++ {
		col = col*26 + int(ref[i]-'A') + 1
	}
	if i == len(ref) || len(ref) > 12 || !allDigits(ref[i:]) {
		return 0, 0
	}
	return col, number(ref[i:])
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
	phonetic, struck := false, false
	d.struck = false
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
			case "strike":
				val := attr(t, "val")
				struck = val == "" || truth(val)
			case "t":
				run, err := charData(d, "t")
				if err != nil {
					return nil, err
				}
				if !phonetic {
					s, d.struck = append(s, run...), d.struck || struck
				}
			}
		case anEnd:
			switch string(t.name) {
			case "rPh":
				phonetic = false
			case "r":
				struck = false
			case "si", "is":
				return s, nil
			}
		}
		if len(s) > longest {
			return nil, bad("a cell too long")
		}
	}
}
