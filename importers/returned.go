package importers

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"prorata/exporters/canonical"
	"prorata/importers/table"
	"prorata/invoicing"
)

// What a returned copy holds at most.
const (
	maxMarks       = 2000     // cells that are coloured and have a comment; the rest is told in the summary
	maxSummary     = 10_000   // rows of the summary
	maxCopied      = 200_000  // cells of a file that is not a workbook; of a longer one only refused rows are copied
	maxCopiedBook  = 8 << 20  // bytes of a workbook that is copied as it is, or of a plain sheet that is copied whole
	maxCopiedCells = 500_000  // and its cells, with the gaps between them
	maxCopiedParts = 32 << 20 // and bytes of its parts, unpacked
)

// Returned makes the copy that a sender gets back of a file with refused rows
// (IMP-8): their own workbook with the cells coloured, a comment on each that says
// what was found, what was expected and how to mend it, and a first sheet that
// sums up. Of a CSV or JSON file, or of a workbook that is too long, it is a
// workbook with the same cells, or with the refused rows alone. Mended and dropped
// again it reads clean. ext is the end of the name that the copy should have. The
// same file and faults give the same bytes.
func (how Reading) Returned(ctx context.Context, r io.ReaderAt, size int64, faults []invoicing.Fault) (book []byte, ext string, err error) {
	rd := how.reader(ctx, r, size)
	c := &returned{Reading: how, faults: faults, left: maxCopied}
	if book, ext, err = c.make(rd); rd.in.err != nil {
		err = rd.in.err
	}
	if err != nil {
		return nil, "", fmt.Errorf("making the copy for the sender: %w", err)
	}
	var out bytes.Buffer
	if err := canonical.Workbook(&out, book, nil); err != nil {
		return nil, "", fmt.Errorf("making the copy for the sender: %w", err)
	}
	return out.Bytes(), ext, nil
}

// returned is a copy while it is made.
type returned struct {
	Reading
	faults []invoicing.Fault
	left   int // cells that may still be copied
}

// fits reports whether a row may still be copied.
func (c *returned) fits(cells int) bool {
	c.left -= cells
	return c.left >= 0
}

func (c *returned) make(rd *reader) ([]byte, string, error) {
	bulk, ok, err := rd.vendorExport()
	if err == nil && !ok && rd.size > maxCopiedBook {
		bulk, ok, err = rd.plainSheet()
	}
	if err != nil {
		return nil, "", err
	}
	if ok {
		p, err := c.picked(rd, &bulk)
		if err != nil {
			return nil, "", err
		}
		book, err := c.plain([]plainSheet{p})
		return book, ".xlsx", err
	}
	tables, problem, err := table.Open(rd.in, rd.size, rd.headerScore)
	if err != nil {
		return nil, "", err
	}
	if problem != nil {
		tables = nil // there is nothing to mark, and the first sheet says why
	}
	tables = slices.DeleteFunc(tables, func(t table.Table) bool { return isOwnPage(t.Header) })
	c.bySheet(tables)
	if book, ext, ok := c.marked(rd, tables); ok {
		return book, ext, nil
	}
	var sheets []plainSheet
	all := cellsOf(tables) <= maxCopied
	for i := range tables {
		if tables[i].Long == nil {
			sheets = append(sheets, c.plainSheet(rd, &tables[i], all))
			continue
		}
		p, err := c.pickedLong(rd, &tables[i])
		if err != nil {
			return nil, "", err
		}
		sheets = append(sheets, p)
	}
	book, err := c.plain(sheets)
	return book, ".xlsx", err
}

// bySheet sorts the faults as the sheets stand in the workbook: they come by row.
func (c *returned) bySheet(tables []table.Table) {
	sheet := func(f invoicing.Fault) int {
		return slices.IndexFunc(tables, func(t table.Table) bool { return t.Sheet == f.Source.Sheet })
	}
	c.faults = slices.Clone(c.faults)
	slices.SortStableFunc(c.faults, func(a, b invoicing.Fault) int { return sheet(a) - sheet(b) })
}

// marked marks the sender's own workbook; ok is false where that cannot be done.
func (c *returned) marked(rd *reader, tables []table.Table) (book []byte, ext string, ok bool) {
	long := func(t table.Table) bool { return t.Long != nil }
	if len(tables) == 0 || tables[0].Sheet == "" || slices.ContainsFunc(tables, long) || rd.size > maxCopiedBook || tables[0].Spread > maxCopiedCells {
		return nil, "", false
	}
	defer func() {
		// The library is not made for hostile files, and takes memory for every gap between
		// cells. The copy is then one of the cells alone, which our own reader has read.
		if recover() != nil {
			book, ext, ok = nil, "", false
		}
	}()
	f, err := excelize.OpenReader(io.NewSectionReader(rd.in, 0, rd.size), excelize.Options{UnzipSizeLimit: maxCopiedParts, UnzipXMLSizeLimit: maxCopiedParts})
	if err != nil {
		return nil, "", false
	}
	defer f.Close()
	if err := pairComments(f); err != nil {
		return nil, "", false
	}
	m := newMarker(f)
	m.forget()
	for i := range tables {
		if err := m.mark(c.places(&tables[i], nil), tables[i].Sheet); err != nil {
			return nil, "", false
		}
	}
	var out bytes.Buffer
	if err := m.summary(c.faults); err != nil || f.Write(&out) != nil {
		return nil, "", false
	}
	return out.Bytes(), bookExt(f), true
}

// bookExt is the end of a workbook's name: one with macros is not opened by another.
func bookExt(f *excelize.File) string {
	if _, macros := f.Pkg.Load("xl/vbaProject.bin"); macros {
		return ".xlsm"
	}
	return ".xlsx"
}

// mark is one cell to be marked, with what is wrong with it.
type mark struct {
	col, row int // from 0, from 1
	faults   []int
	texts    []string
	instead  string // what is written in its place; empty to leave it
}

// places finds the cells that the faults of a table are about; at says where the
// copy has a row, nil that it is where it was.
func (c *returned) places(t *table.Table, at map[int]int) []mark {
	m := c.recognise(t.Header)
	found := map[[2]int]int{}
	var all []mark
	for i := range c.faults {
		f := &c.faults[i]
		if f.Source.Sheet != t.Sheet || f.Source.Row == 0 || at == nil && !t.Holds(f.Source.Row) {
			continue
		}
		row := f.Source.Row
		if at != nil {
			if row = at[row]; row == 0 {
				continue
			}
		}
		place := [2]int{m.columnOf(t.Header, f.Column), row}
		k, ok := found[place]
		if !ok {
			if len(all) == maxMarks {
				continue
			}
			k = len(all)
			found[place] = k
			all = append(all, mark{col: place[0], row: row})
		}
		all[k].faults, all[k].texts = append(all[k].faults, i), append(all[k].texts, markText(f))
		if f.Code == "CardNumber" || strings.HasPrefix(f.Value, "****") {
			all[k].instead = f.Value // a card number is not sent around (IMP-6)
		}
	}
	return all
}

// columnOf is where a header has a column, by its own name or the kind's; the
// first one where it has none.
func (m *match) columnOf(header []string, name string) int {
	if i := slices.Index(header, name); i >= 0 && name != "" {
		return i
	}
	if m.kind != nil {
		for i := range m.kind.Columns {
			if m.kind.Columns[i].Name == name && m.at[i] >= 0 {
				return m.at[i]
			}
		}
	}
	return 0
}

func markText(f *invoicing.Fault) string {
	var b strings.Builder
	if f.Value != "" {
		fmt.Fprintf(&b, "found: %s\n", f.Value)
	}
	fmt.Fprintf(&b, "expected: %s\n", f.Expected)
	if f.Fix != "" {
		fmt.Fprintf(&b, "how to mend it: %s\n", f.Fix)
	}
	return b.String() + "(" + f.Code + ")"
}
