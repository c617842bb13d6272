package importers

import (
	"strconv"

	"github.com/xuri/excelize/v2"

	"prorata/importers/table"
)

// styleOf is how a cell of a template looks, beside its number format.
type styleOf string

const (
	stylePlain   styleOf = "plain"
	styleHead    styleOf = "head"
	styleExample styleOf = "example"
)

// How a header looks, here and in a returned copy.
const headInk, headPaper = "FFFFFF", "1F4E78"

// fontOf is the font that a workbook's cells have; a style that names none has
// another in some programs.
func fontOf(f *excelize.File) string {
	name, err := f.GetDefaultFont()
	if err != nil {
		return "Calibri"
	}
	return name
}

func fill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

// style returns the number of a style, made when it is first asked for.
func (t *template) style(format string, of styleOf) (int, error) {
	key := string(of) + format
	if n, ok := t.styles[key]; ok {
		return n, nil
	}
	s := &excelize.Style{CustomNumFmt: &format}
	switch of {
	case styleHead:
		s.Font, s.Fill = &excelize.Font{Family: fontOf(t.File), Bold: true, Color: headInk}, fill(headPaper)
	case styleExample:
		s.Font = &excelize.Font{Family: fontOf(t.File), Italic: true, Color: "7F7F7F"}
	}
	n, err := t.NewStyle(s)
	if err == nil {
		t.styles[key] = n
	}
	return n, err
}

// numberFormat is how a column's cells are shown; text stays as it is typed.
func numberFormat(c *Column) string {
	switch {
	case c.Type == table.Date:
		return "yyyy-mm-dd"
	case c.Type == table.Percent:
		return "0.##"
	case c.Type == table.Numeric && c.Currency != "":
		return "#,##0.00##"
	case c.Type == table.Numeric:
		return "0"
	}
	return "@"
}

// columnWidth is wide enough for the name and for what is usually in it.
func columnWidth(c *Column) float64 {
	n := max(len(c.Name), min(len(c.Example), 40)) + 3
	return float64(n)
}

// columnName is the letter of a column, from 0.
func columnName(col int) string {
	name, err := excelize.ColumnNumberToName(col + 1)
	if err != nil {
		return "XFD" // there are no more; a table has at most 2,000
	}
	return name
}

// cellName is a cell by its column, from 0, and its row, from 1.
func cellName(col, row int) string { return columnName(col) + strconv.Itoa(row) }
