package exporters

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"prorata/exporters/canonical"
	"prorata/invoicing/money"
)

// openBook is a workbook being written: the audit of a night, or a claim.
// excelize makes the book: sheets, widths, panes, filters, print set-up, styles,
// charts; the rows are ours, see sheet.
type openBook struct {
	book   *excelize.File
	style  *auditStyles
	mark   string   // stands at the head of every printed page
	sheets []*sheet // in the order of the book
}

func newBook(mark string) *openBook {
	book := excelize.NewFile()
	return &openBook{book: book, mark: mark, style: &auditStyles{book: book, made: map[styleKey]int{}}}
}

// add makes the next sheet; its rows wait in a file of the folder dir.
func (w *openBook) add(dir, name string) (*sheet, error) {
	s, err := newSheet(dir, name, w.style)
	if err != nil {
		return nil, err
	}
	w.sheets = append(w.sheets, s)
	return s, nil
}

// shelve gives the book its sheets, before they are laid out.
func (w *openBook) shelve() error {
	for i, s := range w.sheets {
		var err error
		if i == 0 {
			err = w.book.SetSheetName("Sheet1", s.name)
		} else {
			_, err = w.book.NewSheet(s.name)
		}
		if err != nil {
			return fmt.Errorf("making the sheet %s: %w", s.name, err)
		}
	}
	return nil
}

// name says what the book is, as of a day: nothing published carries the wall clock (DOC-1).
func (w *openBook) name(title string, day money.Date) error {
	w.book.SetActiveSheet(0)
	y, m, d := day.Civil()
	at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)
	return w.book.SetDocProps(&excelize.DocProperties{Title: title, Creator: "prorata", LastModifiedBy: "prorata", Created: at, Modified: at})
}

// writeTo writes the book around its rows, after the last of them.
func (w *openBook) writeTo(to io.Writer) error {
	if w.style.err != nil {
		return w.style.err
	}
	var book bytes.Buffer
	if err := w.book.Write(&book); err != nil {
		return fmt.Errorf("making the workbook: %w", err)
	}
	rows := make(map[string]io.WriterTo, len(w.sheets))
	for i, s := range w.sheets {
		rows[fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)] = s
	}
	return canonical.Workbook(to, book.Bytes(), rows)
}

// remove removes what waited on disk.
func (w *openBook) remove() error {
	errs := []error{w.book.Close()}
	for _, s := range w.sheets {
		errs = append(errs, s.remove())
	}
	return errors.Join(errs...)
}

func (w *openBook) empty(s *sheet) {
	s.begin(0)
	s.end()
}

func (w *openBook) coverRow(s *sheet, l look, t string) {
	s.begin(0)
	s.words(s.style.of(l, plain), t)
	s.end()
}

// coverFact writes a name and a text from outside beside it.
func (w *openBook) coverFact(s *sheet, name, value string) {
	s.begin(0)
	s.words(s.style.of(asText, strong), name)
	s.text(s.style.of(asText, plain), value)
	s.end()
}

func (w *openBook) coverHeading(s *sheet, t string, columns int) {
	w.empty(s)
	s.begin(24)
	s.words(s.style.of(asHeading, plain), t)
	s.filled(s.style.of(asHeading, plain), columns-1)
	s.end()
}

func (w *openBook) coverHeader(s *sheet, titles ...string) {
	s.begin(32)
	for _, t := range titles {
		s.words(s.style.of(asHeader, plain), t)
	}
	s.end()
}

// layTable gives a table its widths, frozen header, filter and print set-up.
func (w *openBook) layTable(t *auditTable, s *sheet) error {
	for i := range t.columns {
		c := string(appendColumn(nil, i))
		if err := w.book.SetColWidth(t.name, c, c, float64(t.columns[i].width)); err != nil {
			return err
		}
	}
	last, header := string(appendColumn(nil, len(t.columns)-1)), t.headerRow()
	titles := fmt.Sprintf("'%s'!$1:$%d", t.name, header)
	if t.frozen > 0 {
		titles = fmt.Sprintf("'%s'!$A:$%s,", t.name, appendColumn(nil, t.frozen-1)) + titles
	}
	return cmp.Or(
		w.book.SetSheetDimension(t.name, "A1:"+last+itoa(s.row)),
		w.book.SetPanes(t.name, &excelize.Panes{Freeze: true, XSplit: t.frozen, YSplit: header, TopLeftCell: cellAt(t.frozen, header+1), ActivePane: [...]string{"bottomLeft", "bottomRight"}[btoi(t.frozen > 0)]}),
		w.book.AutoFilter(t.name, "A"+itoa(header)+":"+last+itoa(max(s.row, header+1)), nil),
		w.book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: t.name, RefersTo: titles}),
		w.paper(t.name, len(t.columns) <= 20),
	)
}

// widen gives a sheet of prose and small tables its widths, in characters; the
// last is that of all columns that follow.
func (w *openBook) widen(name string, widths []float64) error {
	for i, width := range widths {
		c, last := string(appendColumn(nil, i)), string(appendColumn(nil, i))
		if i == len(widths)-1 {
			last = string(appendColumn(nil, 20))
		}
		if err := w.book.SetColWidth(name, c, last, width); err != nil {
			return fmt.Errorf("laying out the sheet %s: %w", name, err)
		}
	}
	return nil
}

// layPage sets up a sheet of prose and small tables.
func (w *openBook) layPage(s *sheet) error {
	lines := false
	return cmp.Or(
		w.book.SetSheetDimension(s.name, "A1:"+cellAt(max(s.last-1, 0), max(s.row, 1))),
		w.book.SetSheetView(s.name, 0, &excelize.ViewOptions{ShowGridLines: &lines}),
		w.paper(s.name, true),
	)
}

// paper sets a sheet up for printing: A4 on its side, numbered pages; a narrow
// one as wide as the page.
func (w *openBook) paper(name string, narrow bool) error {
	size, landscape, one, many := 9, "landscape", 1, 0
	layout := &excelize.PageLayoutOptions{Size: &size, Orientation: &landscape}
	if narrow {
		layout.FitToWidth, layout.FitToHeight = &one, &many
	}
	side, edge, head := 0.4, 0.7, 0.3 // inches; what is not said is 0, and hides the lines at head and foot
	return cmp.Or(
		w.book.SetPageLayout(name, layout),
		w.book.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &narrow}),
		w.book.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &edge, Bottom: &edge, Header: &head, Footer: &head}),
		w.book.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddHeader: "&L&8" + w.mark + "&R&8&A", OddFooter: "&R&8&P of &N"}),
	)
}
