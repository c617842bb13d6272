package importers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"prorata/importers/table"
	"prorata/invoicing"
)

// Report says what Read found in a file, sheet by sheet.
type Report struct{ Sheets []SheetReport }

// Sum adds up the counts of the sheets, and says what kinds they are, each once.
func (r *Report) Sum() (sum SheetReport, kinds []string) {
	for _, s := range r.Sheets {
		if s.Kind != "" && !slices.Contains(kinds, s.Kind) {
			kinds = append(kinds, s.Kind)
		}
		sum.Rows, sum.LeftOut = sum.Rows+s.Rows, sum.LeftOut+s.LeftOut
		sum.Ignored, sum.Refused = sum.Ignored+s.Ignored, sum.Refused+s.Refused
	}
	return sum, kinds
}

// SheetReport counts the data rows of one sheet: Rows = handed on + LeftOut + Refused
// + Ignored. A row is left out that Of or After leaves out. A row refused counts once,
// however many faults it has. A row is ignored that is none of ours by the rules: a
// partner invoice's line without a reservation order, a total below the table.
type SheetReport struct {
	Sheet, Kind                     string // Kind is empty where it was not recognised
	Rows, LeftOut, Refused, Ignored int
	Readings                        []table.ColumnReading // how columns were read whose numbers or dates have a locale
	Unknown                         []string              // columns of a house sheet that are none of its kind's, and are not read
	Note                            string                // what else a person should know; may be empty
}

// headLength is how much of a file is looked at to tell what it is.
const headLength = 256 << 10

// Read recognises each sheet of a file by its header and hands every row to the
// sink, in the order of the file. file is the number for Source.File; name is
// only for messages: what a file is, its content says. An error is one of
// reading, of the sink or of the context; what is wrong with the file is refused.
func (how Reading) Read(ctx context.Context, name string, r io.ReaderAt, size int64, file int, sink Sink) (Report, error) {
	rd := how.reader(ctx, r, size)
	rd.file, rd.sink = file, sink
	err := rd.read()
	if rd.in.err != nil {
		err = rd.in.err // not that the file is damaged, which it may look like
	}
	if err != nil {
		return rd.report, fmt.Errorf("%s: %w", name, err)
	}
	return rd.report, nil
}

type reader struct {
	Reading
	ctx    context.Context
	in     *input
	size   int64
	file   int
	sink   Sink
	known  bool // the file has a sheet of a known kind
	report Report
}

// reader begins to read a file. The byte with which old programs end a text file, behind
// its last line, is none of it.
func (how Reading) reader(ctx context.Context, r io.ReaderAt, size int64) *reader {
	rd := &reader{Reading: how, ctx: ctx, in: &input{ctx: ctx, in: r}, size: size}
	end := make([]byte, 2)
	if size > 2 && readFull(rd.in, end, size-2) == nil && string(end) == "\n\x1a" {
		rd.size--
	}
	return rd
}

// input is the file as the containers see it: it stops with the context, and
// remembers an error of reading, so that it is never taken for one of the file.
type input struct {
	ctx context.Context
	in  io.ReaderAt
	mu  sync.Mutex // blocks are read on several goroutines
	err error
}

// errBefore is what a damaged zip file asks for: a place before the beginning. It is
// no error of reading.
var errBefore = errors.New("before the beginning of the file")

// ReadAt reads from the file.
func (i *input) ReadAt(b []byte, at int64) (int, error) {
	n, err := 0, i.ctx.Err()
	if err == nil && at < 0 {
		return 0, errBefore
	}
	if err == nil {
		n, err = i.in.ReadAt(b, at)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		i.mu.Lock()
		i.err = err
		i.mu.Unlock()
	}
	return n, err
}

func (rd *reader) read() error {
	if rd.size <= 0 {
		return nil
	}
	bulk, ok, err := rd.vendorExport()
	if err != nil {
		return err
	}
	if ok {
		return bulk.read(rd)
	}
	plain, ok, err := rd.plainSheet()
	if err != nil {
		return err
	}
	if ok {
		return plain.readPlain(rd)
	}
	return rd.whole()
}

// whole reads a file whose cells need the rest of their column, or that is no text.
func (rd *reader) whole() error {
	tables, problem, err := table.Open(rd.in, rd.size, rd.headerScore)
	if err != nil {
		return err
	}
	if problem != nil && rd.in.err == nil {
		rd.report.Sheets = append(rd.report.Sheets, SheetReport{})
		return rd.refuse(problem, invoicing.Source{File: rd.file})
	}
	for i := range tables {
		m := rd.recognise(tables[i].Header)
		rd.known = rd.known || m.full()
	}
	for i := range tables {
		if err := rd.ctx.Err(); err != nil {
			return err
		}
		if err := rd.table(&tables[i]); err != nil {
			return err
		}
		tables[i] = table.Table{} // its rows are no longer needed
	}
	return nil
}

// headerScore says how well a row would do as a header.
func (how Reading) headerScore(cells []string) int {
	if isOwnPage(cells) {
		return table.Sure
	}
	m := how.recognise(cells)
	if m.full() && m.kind.vendor != nil {
		return m.score() + table.Streamed
	}
	return m.score()
}

// refuse refuses a whole file or sheet.
func (rd *reader) refuse(p *table.Problem, source invoicing.Source) error {
	return rd.sink.Refuse(invoicing.Fault{Code: p.Code, Source: source, Value: cut(p.Value), Expected: p.Expected, Fix: p.Fix})
}

// table reads one sheet by its kind.
func (rd *reader) table(t *table.Table) error {
	report := SheetReport{Sheet: t.Sheet, Rows: len(t.Rows), Refused: len(t.Rows)}
	source := invoicing.Source{File: rd.file, Sheet: t.Sheet, Row: t.HeaderRow}
	m := rd.recognise(t.Header)
	if m.full() {
		report.Kind = m.kind.Name
	}
	if t.Hidden {
		report.Note = "the sheet is hidden"
	} else if n := t.HiddenRows(); n > 0 {
		report.Note = invoicing.Counted(n, "hidden row", "hidden rows") + " read like the others"
	}
	var err error
	slip, meant := -1, ""
	if m.full() {
		slip, meant = m.nearMiss(t.Header)
	}
	switch {
	case t.Problem != nil:
		err = rd.refuse(t.Problem, source)
	case isOwnPage(t.Header):
		report.Rows, report.Refused, report.Note = 0, 0, "the program's own page"
	case !m.full() && t.Hidden:
		report.Refused, report.Ignored = 0, len(t.Rows) // such are the lists behind drop-downs
	case m.have < 2 && rd.known && rd.isPage(t):
		report.Refused, report.Ignored, report.Note = 0, len(t.Rows), "a page without a table of data; it is not read"
	case !m.full():
		err = rd.sink.Refuse(unknownKind(m, source, t.Header))
	case m.twice != "":
		err = rd.sink.Refuse(duplicateColumn(&m, source))
	case m.tornHeader(t):
		err = rd.sink.Refuse(rowFault("Torn", source, 0, 0))
	case slip >= 0:
		err = rd.sink.Refuse(misspelled(t.Header, slip, meant, source))
	case t.Long != nil:
		var readings []table.ColumnReading
		if readings, err = rd.long(t, m, &report); err != nil {
			return err
		}
		report.Readings = readings
	default:
		s := newSheet(rd, t, m)
		switch {
		case m.kind.vendor != nil && t.JSON:
			report.Note = t.Note
			err = s.vendor()
		case m.kind.vendor != nil:
			report.Note = "not as the vendor exports it: read by the locale of its columns"
			err = s.vendor()
		default:
			err = m.kind.sheet(s)
		}
		report.Refused, report.Ignored, report.Readings, report.Unknown = s.refused, s.ignored, t.Readings, m.unread(t.Header)
	}
	rd.report.Sheets = append(rd.report.Sheets, report)
	return err
}

func duplicateColumn(m *match, source invoicing.Source) invoicing.Fault {
	return invoicing.Fault{Code: "DuplicateColumn", Source: source, Column: m.twice, Expected: "one column " + m.twice, Fix: "remove or rename the other one"}
}

// readFull fills b from the file.
func readFull(in io.ReaderAt, b []byte, at int64) error {
	if n, err := in.ReadAt(b, at); n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("reading %d bytes at %d: %w", len(b), at, err)
	}
	return nil
}
