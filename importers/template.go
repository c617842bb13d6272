package importers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"prorata/exporters/canonical"
	"prorata/importers/table"
	"prorata/invoicing/money"
)

// Template writes an empty workbook for people to fill in: a page that explains
// each column, and a sheet for each house sheet with its header, a comment on each
// column, drop-downs where there is a list, number formats and an example row,
// which is known again and not read. Its bytes are always the same.
func Template(w io.Writer) error {
	t := &template{File: excelize.NewFile()}
	defer t.Close()
	if err := t.write(); err != nil {
		return fmt.Errorf("making the template: %w", err)
	}
	var book bytes.Buffer
	if err := t.Write(&book); err != nil {
		return fmt.Errorf("making the template: %w", err)
	}
	return canonical.Workbook(w, book.Bytes(), nil)
}

// template is the workbook while it is made.
type template struct {
	*excelize.File
	styles map[string]int // by number format, with a sign for the kind of cell
	lists  int            // columns of the hidden sheet that are taken
}

const (
	explanation  = "How to fill in"
	listsSheet   = "Lists"
	templateRows = 5000 // rows that have drop-downs
	author       = "prorata"
)

func (t *template) write() error {
	t.styles = map[string]int{}
	if err := t.SetSheetName("Sheet1", explanation); err != nil {
		return err
	}
	if err := t.explain(); err != nil {
		return err
	}
	for _, k := range houseSheets() {
		if err := t.sheet(k); err != nil {
			return fmt.Errorf("sheet %s: %w", k.Name, err)
		}
	}
	if t.lists > 0 {
		return t.SetSheetVisible(listsSheet, false)
	}
	return nil
}

// houseSheets is the kinds that people fill in.
func houseSheets() []*Kind {
	var out []*Kind
	for _, k := range kinds {
		if k.house {
			out = append(out, k)
		}
	}
	return out
}

// explain writes the page that explains each column, a block for each sheet.
func (t *template) explain() error {
	rows := [][]string{explanationHeader}
	var blocks []int
	for _, k := range houseSheets() {
		rows = append(rows, []string{k.Name, "", "", k.Doc})
		blocks = append(blocks, len(rows))
		for _, c := range k.Columns {
			needed := ""
			if c.Filled {
				needed = "yes"
			} else if c.Required {
				needed = "the column, yes"
			}
			rows = append(rows, []string{k.Name, c.Name, needed, c.Doc, strings.Join(c.Values, ", "), c.Example})
		}
	}
	for i, r := range rows {
		for k, text := range r {
			if err := t.SetCellStr(explanation, cellName(k, i+1), text); err != nil {
				return err
			}
		}
	}
	if err := t.dressExplanation(rows, blocks); err != nil {
		return err
	}
	if err := onePageWide(t.File, explanation); err != nil {
		return err
	}
	return t.freeze(explanation)
}

// explanationWidths are those of its columns.
var explanationWidths = []float64{16, 22, 16, 75, 50, 40}

// dressExplanation wraps what is long, and lets the row of each sheet stand out.
func (t *template) dressExplanation(rows [][]string, blocks []int) error {
	head, err := t.style("@", styleHead)
	if err != nil {
		return err
	}
	text, err := t.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	block, err := t.NewStyle(&excelize.Style{Font: &excelize.Font{Family: fontOf(t.File), Bold: true}, Fill: fill("DDE7F3"), Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	end := len(explanationHeader) - 1
	err = errors.Join(t.SetCellStyle(explanation, "A1", cellName(end, 1), head), t.SetCellStyle(explanation, "A2", cellName(end, len(rows)), text))
	for _, row := range blocks {
		err = errors.Join(err, t.SetCellStyle(explanation, cellName(0, row), cellName(end, row), block))
	}
	for col, width := range explanationWidths {
		err = errors.Join(err, t.SetColWidth(explanation, columnName(col), columnName(col), width))
	}
	for i, r := range rows {
		lines := 1
		for col, s := range r {
			lines = max(lines, 1+(len(s)-1)/int(explanationWidths[col]))
		}
		if lines > 1 {
			err = errors.Join(err, t.SetRowHeight(explanation, i+1, float64(15*lines)))
		}
	}
	return err
}

// sheet writes one house sheet.
func (t *template) sheet(k *Kind) error {
	if _, err := t.NewSheet(k.Name); err != nil {
		return err
	}
	for i := range k.Columns {
		if err := t.column(k, i); err != nil {
			return fmt.Errorf("column %s: %w", k.Columns[i].Name, err)
		}
	}
	head, err := t.style("@", styleHead)
	if err != nil {
		return err
	}
	last := len(k.Columns)
	if err := t.SetCellStr(k.Name, cellName(last, 1), exampleColumn); err != nil {
		return err
	}
	if err := t.SetCellStr(k.Name, cellName(last, 2), exampleMark); err != nil {
		return err
	}
	if err := t.SetCellStyle(k.Name, "A1", cellName(last, 1), head); err != nil {
		return err
	}
	return t.freeze(k.Name)
}

// column writes a column's header, comment, format, list and example.
func (t *template) column(k *Kind, i int) error {
	c := &k.Columns[i]
	name := columnName(i)
	plain, err := t.style(numberFormat(c), stylePlain)
	if err != nil {
		return err
	}
	example, err := t.style(numberFormat(c), styleExample)
	if err != nil {
		return err
	}
	if err := t.SetColStyle(k.Name, name, plain); err != nil {
		return err
	}
	if err := t.SetColWidth(k.Name, name, name, columnWidth(c)); err != nil {
		return err
	}
	if err := t.SetCellStr(k.Name, name+"1", c.Name); err != nil {
		return err
	}
	if err := t.comment(k.Name, name+"1", comment(c)); err != nil {
		return err
	}
	if err := t.choices(k.Name, name, c.Values); err != nil {
		return err
	}
	if err := t.example(k.Name, name+"2", c); err != nil {
		return err
	}
	return t.SetCellStyle(k.Name, name+"2", name+"2", example)
}

// example writes a cell of the example row as a person would: numbers and dates
// as such.
func (t *template) example(sheet, cell string, c *Column) error {
	switch {
	case c.Example == "":
		return nil
	case c.Type == table.Date:
		d, err := money.ParseDate(c.Example)
		if err != nil {
			return err
		}
		return t.SetCellInt(sheet, cell, int64(table.SerialOf(d)))
	case c.Type == table.Numeric || c.Type == table.Percent:
		return t.SetCellDefault(sheet, cell, c.Example)
	}
	return t.SetCellStr(sheet, cell, c.Example)
}

// choices gives a column a drop-down of its values, which stand in a hidden sheet:
// in the cell's own rule there is room for 255 characters only.
func (t *template) choices(sheet, col string, values []string) error {
	if len(values) == 0 {
		return nil
	}
	if t.lists == 0 {
		if _, err := t.NewSheet(listsSheet); err != nil {
			return err
		}
	}
	at := columnName(t.lists)
	t.lists++
	for i, v := range values {
		if err := t.SetCellStr(listsSheet, at+strconv.Itoa(i+1), v); err != nil {
			return err
		}
	}
	v := excelize.NewDataValidation(true)
	v.Sqref = fmt.Sprintf("%s2:%s%d", col, col, templateRows)
	v.SetSqrefDropList(fmt.Sprintf("%s!$%s$1:$%s$%d", listsSheet, at, at, len(values)))
	v.SetError(excelize.DataValidationErrorStyleStop, "Not in the list", "Choose one of: "+cutTo(strings.Join(values, ", "), 200))
	return t.AddDataValidation(sheet, v)
}

func (t *template) freeze(sheet string) error {
	return t.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (t *template) comment(sheet, cell, text string) error {
	return t.AddComment(sheet, excelize.Comment{Cell: cell, Author: author, Width: 320, Height: 110, Paragraph: []excelize.RichTextRun{{Text: text}}})
}

// comment is what a person reads on a column's header.
func comment(c *Column) string {
	var b strings.Builder
	b.WriteString(c.Doc)
	switch {
	case c.Filled:
		b.WriteString("\nneeded in every row")
	case !c.Required:
		b.WriteString("\nmay be empty")
	}
	if len(c.Values) > 0 {
		b.WriteString("\none of " + cutTo(strings.Join(c.Values, ", "), 300))
	}
	if c.Example != "" {
		b.WriteString("\nlike " + c.Example)
	}
	return b.String()
}

func cutTo(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "..."
}
