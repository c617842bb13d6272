package importers

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"prorata/importers/table"
	"prorata/invoicing"
)

// vendorKind is how a vendor's export is read: record by record, by a reader of
// each goroutine's own, which takes the cells of a record into a batch.
type vendorKind struct {
	newReader func() func(*cells, *batch)
	daily     bool // its rows are added up by order and day
	byOrder   int  // the column of the order, where a row matters to that alone; 0 for none
}

// into is the sink for the rows of a file, and what is to be called behind the last.
func (k *vendorKind) into(sink Sink, report *SheetReport) (to *delivery, end func() error) {
	if !k.daily {
		return &delivery{sink: sink, report: report}, func() error { return nil }
	}
	sums := newUsageSums(sink)
	return &delivery{sink: sums, sums: sums, report: report}, sums.flush
}

// batch is what was made of some records of an export, in their order. It is
// reused: a block holds thousands of rows, and most of the time of a bulk file
// would else go into making them.
type batch struct {
	made      []made
	purchases []invoicing.Purchase
	credits   []invoicing.VendorCredit
	prices    []invoicing.Price
	usage     []invoicing.Usage
	refused   []refusal
}

// made is what became of a record.
type made uint8

const (
	aPurchase made = iota
	aCredit
	aPrice
	aUsage
	anIgnored
	aLeftOut
	aRefusal
	aLone // a refusal: a line with a single field, of which its neighbours may lack a piece
)

type refusal struct {
	faults []invoicing.Fault
	order  string // of usage: the order that the row is of, where that can be read
}

// fullBatch is how many records a batch takes at most.
const fullBatch = 8192

func (b *batch) reset() {
	b.made, b.purchases, b.credits, b.prices = b.made[:0], b.purchases[:0], b.credits[:0], b.prices[:0]
	b.usage, b.refused = b.usage[:0], b.refused[:0]
}

func (b *batch) full() bool { return len(b.made) >= fullBatch }

// purchase adds a purchase, to be filled in.
func (b *batch) purchase() *invoicing.Purchase {
	b.made = append(b.made, aPurchase)
	b.purchases = append(b.purchases, invoicing.Purchase{})
	return &b.purchases[len(b.purchases)-1]
}

// credit adds a vendor credit, to be filled in.
func (b *batch) credit() *invoicing.VendorCredit {
	b.made = append(b.made, aCredit)
	b.credits = append(b.credits, invoicing.VendorCredit{})
	return &b.credits[len(b.credits)-1]
}

func (b *batch) price(p invoicing.Price) {
	b.made = append(b.made, aPrice)
	b.prices = append(b.prices, p)
}

// use adds a row of usage.
func (b *batch) use(u invoicing.Usage) {
	b.made = append(b.made, aUsage)
	b.usage = append(b.usage, u)
}

func (b *batch) ignore() { b.made = append(b.made, anIgnored) }

func (b *batch) leaveOut() { b.made = append(b.made, aLeftOut) }

func (b *batch) refuse(faults ...invoicing.Fault) {
	b.made = append(b.made, aRefusal)
	b.refused = append(b.refused, refusal{faults: faults})
}

// lone refuses a line with a single field.
func (b *batch) lone(fault invoicing.Fault) {
	b.refuse(fault)
	b.made[len(b.made)-1] = aLone
}

// cells is the record that a vendor reader looks at: of a scanner in the bulk
// way, of a table in the other. Columns are those of the kind.
type cells struct {
	at     []int
	header []string // as the file has it
	scan   *table.Scanner
	row    *table.Row
	own    []byte // copies of the row's cells
	source invoicing.Source
	faults []invoicing.Fault
	seen   map[string]*word // strings that come again and again
	last   [maxWords]*word  // the last one of each column
	quick  [quickWords]*word
	memory strings.Builder // memory of strings that are on one row alone
}

// bytes returns a cell without the spaces around it.
func (c *cells) bytes(col int) []byte {
	at := c.at[col]
	if at < 0 {
		return nil
	}
	if c.scan == nil {
		from := len(c.own)
		c.own = append(c.own, strings.TrimSpace(c.row.Cell(at))...)
		return c.own[from:len(c.own):len(c.own)]
	}
	b := c.scan.Bytes(at)
	if len(b) > 0 && (b[0] <= ' ' || b[len(b)-1] <= ' ' || b[0] >= 0x80 || b[len(b)-1] >= 0x80) {
		b = bytes.TrimSpace(b)
	}
	return b
}

// fault adds what is wrong with a cell, once.
func (c *cells) fault(col int, name string, value []byte, code, expected, fix string) {
	if c.isBad(col) {
		return
	}
	if at := c.at[col]; at >= 0 {
		name = c.header[at]
	}
	c.faults = append(c.faults, invoicing.Fault{Code: code, Source: c.source, Column: name, Value: cut(string(value)), Expected: expected, Fix: fix})
}

// isBad reports whether a cell is refused already.
func (c *cells) isBad(col int) bool {
	at := c.at[col]
	return at >= 0 && slices.ContainsFunc(c.faults, func(f invoicing.Fault) bool { return f.Column == c.header[at] })
}

// refuse refuses the row, unless it is none.
func (c *cells) refuse(b *batch) (refused bool) {
	if c.isNone() {
		b.ignore()
		return false
	}
	inOrder(c.faults, c.header)
	b.refuse(c.faults...)
	return true
}

// isNone reports whether the row is empty, as spreadsheet programs leave some, or the header
// again, of an export that was pasted below another.
func (c *cells) isNone() bool {
	header := true
	for col, at := range c.at {
		header = header && (at < 0 || string(c.bytes(col)) == c.header[at])
	}
	if header || c.scan == nil {
		return header
	}
	for i := range c.scan.Len() {
		if len(bytes.TrimSpace(c.scan.Bytes(i))) > 0 {
			return false
		}
	}
	return true
}

// word is a string that was seen before, with what was made of it.
type word struct {
	text    string
	product string // recognised from it as a description, with sku
	sku     *word
	region  string // its canonical name, as a region
}

const (
	maxWords   = 64      // columns of a kind
	maxWord    = 512     // bytes of a string worth remembering
	maxSeen    = 1 << 15 // strings remembered at a time
	quickWords = 1 << 12 // of them at hand: a power of two
	badTextFix = "export the file again, as UTF-8"
)

var empty = &word{}

// word returns a cell's string, the same one for the same bytes: an export says a
// few hundred things a million times. One that is not UTF-8 or has control
// characters is a fault, and empty.
func (c *cells) word(col int, name string) *word {
	b := c.bytes(col)
	if w := c.last[col]; w != nil && w.text == string(b) {
		return w
	}
	at := quickly(b)
	w := c.quick[at]
	if w == nil || w.text != string(b) {
		if w = c.remembered(b); w == nil {
			c.noError(col, name, b)
			c.fault(col, name, b, "Encoding", "text in UTF-8, without control characters", badTextFix)
			return empty
		}
		if len(b) <= maxWord {
			c.quick[at] = w
		}
	}
	c.last[col] = w
	return w
}

// quickly is where a string is at hand, by its first and last bytes.
func quickly(b []byte) uint64 {
	if len(b) < 8 {
		var few [8]byte
		copy(few[:], b)
		b = few[:]
	}
	first, last := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[len(b)-8:])
	return (first ^ bits.RotateLeft64(last, 29) ^ uint64(len(b))) * 0x9e3779b97f4a7c15 >> 52 % quickWords
}

// remembered is the word of a string, nil where that is no text, or an error.
func (c *cells) remembered(b []byte) *word {
	if w := c.seen[string(b)]; w != nil {
		return w
	}
	if !isText(b) || table.IsErrorText(b) {
		return nil
	}
	w := &word{text: string(b)}
	if len(b) <= maxWord {
		if len(c.seen) >= maxSeen {
			clear(c.seen)
		}
		c.seen[w.text] = w
	}
	return w
}

// isText reports whether bytes are UTF-8 without control characters.
func isText(b []byte) bool { return !hasControl(b) && utf8.Valid(b) }

// hasControl reports whether a text has control characters but line breaks and tabs: those
// below a space, and U+007F to U+009F, by which a terminal acts as well.
func hasControl[T string | []byte](s T) bool {
	for i := 0; i < len(s); i++ {
		switch x := s[i]; {
		case x < ' ' && x != '\n' && x != '\t' && x != '\r', x == 0x7f:
			return true
		case x == 0xc2 && i+1 < len(s) && s[i+1] >= 0x80 && s[i+1] < 0xa0:
			return true
		}
	}
	return false
}

// sheet.vendor reads a vendor's export that was saved again by a spreadsheet
// program: its cells are plain by now, and typed as those of the export.
func (s *sheet) vendor() error {
	v := s.vendorRows()
	if err := v.take(); err != nil {
		return err
	}
	return v.end()
}

// vendorRows types the rows of such an export, all of them or some at a time.
type vendorRows struct {
	*sheet
	read   func(*cells, *batch)
	cells  *cells
	batch  batch
	report SheetReport
	to     *delivery
	flush  func() error
}

func (s *sheet) vendorRows() *vendorRows {
	v := &vendorRows{sheet: s, read: s.kind.vendor.newReader(), cells: &cells{at: s.at, header: s.table.Header, seen: map[string]*word{}}}
	v.to, v.flush = s.kind.vendor.into(s.sink, &v.report)
	return v
}

// take types the rows that the table has now.
func (v *vendorRows) take() error {
	r := &row{sheet: v.sheet}
	for i := range v.table.Rows {
		if i%chunk == 0 {
			if err := v.stop(); err != nil {
				return err
			}
		}
		before := v.refused
		ok, err := r.begin(i)
		if err != nil {
			return err
		}
		if v.refused > before {
			v.to.sums.doubt("")
		}
		if !ok {
			continue
		}
		v.cells.row, v.cells.own = &v.table.Rows[i], v.cells.own[:0]
		v.cells.source, v.cells.faults = r.source, append([]invoicing.Fault(nil), r.faults...)
		v.batch.reset()
		v.read(v.cells, &v.batch)
		if err := v.to.take(&v.batch, 0); err != nil {
			return err
		}
		if err := v.to.end(); err != nil { // the sheet knows its neighbours already
			return err
		}
	}
	return nil
}

// end hands on what was added up.
func (v *vendorRows) end() error {
	v.refused, v.ignored = v.refused+v.report.Refused, v.ignored+v.report.Ignored
	return v.flush()
}

// long streams a sheet of a vendor's export that is too long to be held: see
// table.Long.
func (rd *reader) long(t *table.Table, m match, report *SheetReport) ([]table.ColumnReading, error) {
	s := newSheet(rd, t, m)
	columns := table.NewColumns(s.specs(), rd.Locale)
	defer t.Long.Close()
	problem, err := t.Long.Check(columns.Needed(), func(rows []table.Row) error {
		t.Rows = rows
		report.Rows += len(rows)
		columns.Learn(t)
		return rd.ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	if problem != nil {
		report.Rows, report.Refused = 0, 0
		return nil, rd.refuse(problem, invoicing.Source{File: rd.file, Sheet: t.Sheet, Row: t.HeaderRow})
	}
	v := s.vendorRows()
	err = t.Long.Each(func(rows []table.Row) error {
		t.Rows = rows
		s.found(columns.Read(t))
		return v.take()
	})
	if err == nil {
		err = v.end()
	}
	t.Rows = nil
	report.Refused, report.Ignored = s.refused, s.ignored
	report.Note = "not as the vendor exports it: read by the locale of its columns"
	return columns.Readings(t.Header), err
}
