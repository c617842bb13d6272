package importers

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"prorata/importers/table"
)

// A house sheet may be long: a hundred thousand requests. Where it is plain, which
// is that each of its cells means one thing whatever else is in the column, it need
// not be held to be read: it is looked through once for that, and then streamed as
// an export is. What is not plain is read whole, and reads the same.

// plainSheet recognises a plain house sheet by its first record and a look at all
// the others.
func (rd *reader) plainSheet() (e export, ok bool, err error) {
	head := make([]byte, min(rd.size, headLength))
	if err := readFull(rd.in, head, 0); err != nil {
		return e, false, err
	}
	text := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	for _, delim := range []byte(",;\t|") {
		scan := table.NewScanner(delim, table.MaxColumns)
		scan.Reset(text, table.ScanState{}, int64(len(head)) == rd.size)
		if !scan.Next() || scan.Fault() != "" || !e.plainHeader(&rd.Reading, scan) {
			continue
		}
		e.delim, e.width, e.row = delim, len(e.header), scan.Rows()
		e.from = int64(len(head) - len(text) + scan.Offset())
		ok, err = e.allPlain(rd)
		return e, ok, err
	}
	return e, false, nil
}

// plainHeader reports whether a record is the header of a house sheet, with nothing
// in it that a person should look at.
func (e *export) plainHeader(how *Reading, scan *table.Scanner) bool {
	e.header = e.header[:0]
	for i := range min(scan.Len(), table.MaxColumns) {
		h := bytes.TrimSpace(scan.Bytes(i))
		if len(h) == 0 || !isText(h) || bytes.IndexByte(h, '\r') >= 0 || sameWord(string(h), exampleColumn) {
			return false
		}
		e.header = append(e.header, string(h))
	}
	if isOwnPage(e.header) || scan.Len() != len(e.header) {
		return false
	}
	e.match = how.recognise(e.header)
	if !e.match.full() || !e.match.kind.house || e.match.twice != "" {
		return false
	}
	slip, _ := e.match.nearMiss(e.header)
	return slip < 0
}

var errNotPlain = errors.New("the sheet is not plain")

// allPlain looks through all records, and where some stand together also whether
// all of them can be read.
func (e *export) allPlain(rd *reader) (bool, error) {
	type look struct{ odd, tied bool }
	tied := false
	s := table.Stream[look]{
		In: rd.in, From: e.from, To: rd.size, Delim: e.delim, Columns: len(e.header) + 1,
		NewWorker: func() func(*table.Scanner, *look) {
			tie := e.match.tie()
			return func(scan *table.Scanner, b *look) {
				for *b = (look{}); !b.odd && scan.Next(); {
					b.odd = !e.isPlain(scan)
					b.tied = b.tied || len(scan.Bytes(tie)) > 0
				}
			}
		},
		Deliver: func(b *look, _ int) error {
			if tied = tied || b.tied; b.odd {
				return errNotPlain
			}
			return nil
		},
	}
	err := s.Run(rd.ctx)
	if err == nil && tied {
		err = e.stream(rd, func(b *plainRows, _ int) error {
			if b.err == nil && b.refused() {
				return errNotPlain
			}
			return b.err
		})
	}
	if errors.Is(err, errNotPlain) {
		return false, nil
	}
	return err == nil, err
}

// tie is where the header has the column that ties rows together, -1 for nowhere.
func (m *match) tie() int {
	for i := range m.kind.Columns {
		if m.kind.Columns[i].Name == m.kind.together {
			return m.at[i]
		}
	}
	return -1
}

// isPlain reports whether each cell of a record means one thing.
func (e *export) isPlain(scan *table.Scanner) bool {
	if scan.Fault() != "" || scan.Len() != len(e.header) || scan.CutOff() {
		return false
	}
	for i := range e.header {
		if !isPlainText(scan.Bytes(i)) {
			return false
		}
	}
	for k := range e.match.kind.Columns {
		c, at := &e.match.kind.Columns[k], e.match.at[k]
		if at < 0 {
			continue
		}
		if b := scan.Bytes(at); len(b) == 0 && c.Filled || len(b) > 0 && !c.isPlain(b) {
			return false
		}
	}
	return true
}

// isPlain reports whether a cell that is not empty means one thing in the column.
func (c *Column) isPlain(b []byte) bool {
	switch c.Type {
	case table.Date:
		_, ok := fixedDate(b)
		return ok && len(b) == 10 && b[4] == '-'
	case table.Numeric, table.Percent:
		whole, frac, has := bytes.Cut(b, []byte{'.'})
		return len(b) <= 15 && digitsOnly(whole) && (whole[0] != '0' || len(whole) == 1 && c.Type == table.Numeric || len(b) == 1) &&
			(!has || digitsOnly(frac) && len(frac) <= 2)
	}
	return true
}

func digitsOnly(b []byte) bool {
	return len(b) > 0 && bytes.IndexFunc(b, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// isPlainText reports whether a cell is short text with nothing around it, and none
// that a spreadsheet program left there: an error, or a number that lost digits.
func isPlainText(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if len(b) > table.MaxCell || b[0] <= ' ' || b[len(b)-1] <= ' ' || b[0] == '#' || bytes.HasPrefix(b, []byte("Err:")) {
		return false
	}
	ascii := true
	for _, x := range b {
		if x < ' ' || x == 0x7f {
			return false
		}
		ascii = ascii && x < 0x80
	}
	return (ascii || !bytes.ContainsRune(b, utf8.RuneError)) && !bytes.Contains(b, []byte("E+"))
}

// readPlain streams the records to the sink.
func (e *export) readPlain(rd *reader) error {
	report := SheetReport{Kind: e.match.kind.Name, Unknown: e.match.unread(e.header)}
	err := e.stream(rd, func(b *plainRows, rows int) error { return b.deliver(rd.sink, e.row+rows, &report) })
	rd.report.Sheets = append(rd.report.Sheets, report)
	return err
}

// stream reads the records of a plain sheet.
func (e *export) stream(rd *reader, deliver func(b *plainRows, rows int) error) error {
	s := table.Stream[plainRows]{
		In: rd.in, From: e.from, To: rd.size, Delim: e.delim, Columns: len(e.header) + 1,
		NewWorker: func() func(*table.Scanner, *plainRows) { return e.match.kind.plain(e, rd.file) },
		Deliver:   deliver,
	}
	return s.Run(rd.ctx)
}

// plainWorker makes the function that takes records of a plain sheet into rows, by
// the same function that takes the rows of a sheet that is read whole.
func plainWorker[T any](e *export, file int, take func(*row, *T, Sink) error) func(*table.Scanner, *plainRows) {
	var v T
	cells, columns := fieldsOf(&v, e.match.kind), e.match.kind.Columns
	t := &table.Table{Header: e.header, Rows: []table.Row{{Cells: make([]string, len(e.header))}}}
	s := &sheet{match: &e.match, table: t, file: file, exampleAt: -1}
	r := &row{sheet: s}
	var text []byte
	return func(scan *table.Scanner, b *plainRows) {
		b.items, s.sink = b.items[:0], b
		for len(b.items) < fullBatch && scan.Next() {
			text = text[:0]
			for i := range e.header {
				text = append(text, scan.Bytes(i)...)
			}
			record, from := string(text), 0
			for i := range e.header {
				n := len(scan.Bytes(i))
				t.Rows[0].Cells[i], from = record[from:from+n], from+n
			}
			for k, cell := range cells {
				if at := e.match.at[k]; at >= 0 {
					*cell = columns[k].value(t.Rows[0].Cells[at])
				}
			}
			t.Rows[0].Number = scan.Rows()
			r.source, r.faults = s.source(0), r.faults[:0]
			b.err = errors.Join(b.err, take(r, &v, b), r.end())
		}
	}
}
