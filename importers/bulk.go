package importers

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"prorata/importers/table"
	"prorata/invoicing"
)

// export is a vendor's export in its own format, which is streamed: however long
// it is, no more than a few blocks are held.
type export struct {
	match  match
	header []string
	delim  byte
	width  int   // fields of a record that has empty ones behind the last column
	row    int   // of the header
	from   int64 // where its records begin
}

// extraFields is how many fields beyond the header's a record is looked at for:
// empty ones behind the last column are no harm where the header has them, too, or
// the first records do.
const extraFields = 8

// vendorExport recognises a vendor's export by the first record of the file. ok
// is false for anything else, and for an export whose cells look like a
// spreadsheet program's: that one is read whole, by the locale of its columns.
func (rd *reader) vendorExport() (e export, ok bool, err error) {
	head := make([]byte, min(rd.size, headLength))
	if err := readFull(rd.in, head, 0); err != nil {
		return e, false, err
	}
	text := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	scan := table.NewScanner(',', table.MaxColumns)
	scan.Reset(text, table.ScanState{}, int64(len(head)) == rd.size)
	if !scan.Next() || scan.Fault() != "" || scan.Len() > table.MaxColumns {
		return e, false, nil
	}
	e.delim, e.width = ',', scan.Len()
	for i := range scan.Len() {
		e.header = append(e.header, strings.TrimSpace(string(scan.Bytes(i))))
	}
	for len(e.header) > 0 && e.header[len(e.header)-1] == "" {
		e.header = e.header[:len(e.header)-1]
	}
	e.match = rd.recognise(e.header)
	if !e.match.full() || e.match.kind.vendor == nil || e.match.twice != "" {
		return e, false, nil
	}
	if slip, _ := e.match.nearMiss(e.header); slip >= 0 || slices.ContainsFunc(e.header, func(h string) bool { return !isText([]byte(h)) || strings.ContainsRune(h, '\r') }) {
		return e, false, nil
	}
	e.row = scan.Rows()
	e.from = int64(len(head) - len(text) + scan.Offset())
	if scan.Next() && scan.Len() == 1 {
		return e, false, nil // the header may be torn: see tornHeader
	}
	if e.width == len(e.header) {
		if n := scan.Len(); scan.Next() && scan.Len() == n {
			e.width = n
		}
	}
	saved, err := e.savedAgain(rd)
	return e, !saved, err
}

// read streams the records to the sink.
func (e *export) read(rd *reader) error {
	if orders, known, err := e.news(rd); err != nil {
		return err
	} else if known {
		rd.Reading = rd.Of(orders)
	}
	report := SheetReport{Kind: e.match.kind.Name}
	to, end := e.match.kind.vendor.into(rd.sink, &report)
	s := table.Stream[batch]{
		In: rd.in, From: e.from, To: rd.size, Delim: e.delim, Columns: len(e.header) + extraFields,
		NewWorker: func() func(*table.Scanner, *batch) { return e.worker(rd) },
		Deliver:   func(b *batch, rows int) error { return to.take(b, e.row+rows) },
	}
	err := s.Run(rd.ctx)
	if err == nil {
		err = to.end()
	}
	if err == nil {
		err = end()
	}
	rd.report.Sheets = append(rd.report.Sheets, report)
	return err
}

// worker makes the function that takes records into a batch.
func (e *export) worker(rd *reader) func(*table.Scanner, *batch) {
	vendor := e.match.kind.vendor
	read, leavesOut := vendor.newReader(), rd.orders != nil && vendor.byOrder > 0
	c := &cells{at: e.match.at, header: e.header, seen: map[string]*word{}}
	return func(scan *table.Scanner, b *batch) {
		b.reset()
		c.scan = scan
		for !b.full() && scan.Next() {
			c.source = invoicing.Source{File: rd.file, Row: scan.Rows()}
			c.faults = nil
			if code := e.rowCode(scan); code != "" {
				fault := rowFault(code, c.source, scan.Len(), len(e.header))
				if code == "FieldCount" && scan.Len() == 1 {
					b.lone(fault)
				} else {
					b.refuse(fault)
				}
				continue
			}
			if leavesOut && rd.others(c.bytes(vendor.byOrder)) {
				b.leaveOut()
				continue
			}
			read(c, b)
		}
	}
}

// rowCode says what is wrong with a whole record, if anything.
func (e *export) rowCode(scan *table.Scanner) string {
	n := scan.Len()
	switch {
	case scan.Fault() != "":
		return scan.Fault()
	case n == len(e.header) && scan.CutOff():
		return "CutOff"
	case n == len(e.header):
		return ""
	case n != e.width || n < len(e.header) || n > len(e.header)+extraFields:
		return "FieldCount"
	}
	for i := len(e.header); i < n; i++ {
		if len(scan.Bytes(i)) > 0 {
			return "FieldCount"
		}
	}
	return ""
}

// A sample is looked at in windows spread over the whole file: whoever saved it
// again changed every date, so a few hundred rows from everywhere tell.
const (
	sampleWindows = 16
	sampleLength  = 32 << 10
)

// savedAgain reports whether the cells of an export look like those of a
// spreadsheet program: other dates or numbers than the vendor writes, but dates
// and numbers all the same, or another encoding than UTF-8. Of a file too long to
// be read whole one such row in a hundred must be: a slip of the vendor's costs its
// row, but dates turned round are never read as they are not meant.
func (e *export) savedAgain(rd *reader) (bool, error) {
	length := min(rd.size-e.from, sampleLength)
	step := max((rd.size-e.from-length)/(sampleWindows-1), length)
	buf := make([]byte, length)
	odd, rows := 0, 0
	forms := make([]dateForm, len(e.match.kind.Columns))
	for at := e.from; at < rd.size; at += step {
		b := buf[:min(length, rd.size-at)]
		if err := readFull(rd.in, b, at); err != nil {
			return false, err
		}
		final := at+int64(len(b)) == rd.size
		if at > e.from {
			b = b[bytes.IndexByte(b, '\n')+1:]
		}
		o, r := e.oddRows(b, final, forms)
		odd, rows = odd+o, rows+r
	}
	if slices.Contains(forms, slashed|dashed) {
		return true, nil // no vendor writes both in a column: see Columns
	}
	if rd.size > table.MaxWhole {
		return odd*100 > rows, nil
	}
	return odd > 0, nil
}

// oddRows looks at the records of one window; what does not have as many fields
// as the header, as the first record may not, is left out.
func (e *export) oddRows(b []byte, final bool, forms []dateForm) (odd, rows int) {
	scan := table.NewScanner(',', len(e.header))
	scan.Reset(b, table.ScanState{}, final)
	for scan.Next() {
		if scan.Fault() != "" || scan.Len() != len(e.header) {
			continue
		}
		rows++
		isOddRow := false
		for k, c := range e.match.kind.Columns {
			if at := e.match.at[k]; at >= 0 {
				cell := bytes.TrimSpace(scan.Bytes(at))
				if c.Type == table.Date {
					forms[k] |= formOf(cell)
				}
				isOddRow = isOddRow || isOdd(c.Type, cell)
			}
		}
		for at := range e.header {
			isOddRow = isOddRow || isDayFirst(bytes.TrimSpace(scan.Bytes(at)))
		}
		if isOddRow {
			odd++
		}
	}
	return odd, rows
}

// dateForm is how dates of a column are written.
type dateForm uint8

const (
	slashed dateForm = 1 << iota // 09/21/2023
	dashed                       // 2023-09-21
)

func formOf(cell []byte) dateForm {
	switch {
	case table.IsNoEnd(cell) || len(cell) < 8:
		return 0
	case bytes.IndexByte(cell, '/') >= 0:
		return slashed
	case cell[4] == '-':
		return dashed
	}
	return 0
}

// isOdd reports whether a cell is not in the vendor's format, but could be read
// in another.
func isOdd(t table.Type, b []byte) bool {
	if len(b) == 0 || len(b) > 64 {
		return false
	}
	if !utf8.Valid(b) {
		return true
	}
	switch t {
	case table.Date:
		if _, ok := fixedDate(b); ok {
			return false
		}
		d := table.ReadDay(string(b))
		_, serial := table.Serial(string(b), false)
		return serial || d != table.Day{}
	case table.Numeric:
		for _, x := range b {
			if (x < '0' || x > '9') && x != '.' && x != '-' {
				n := table.ReadNumber(string(b))
				return n.HasDot || n.HasCom || n.Nil
			}
		}
	}
	return false
}

// isDayFirst reports whether a cell, of whatever column, is a date like 31/01/2029: then
// 01/02/2026 beside it is no 2 January.
func isDayFirst(b []byte) bool {
	if len(b) < 8 || len(b) > 24 || bytes.IndexByte(b, '/') < 0 {
		return false
	}
	d := table.ReadDay(string(b))
	return d.DMY != 0 && d.MDY == 0
}
