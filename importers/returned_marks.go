package importers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"prorata/invoicing"
)

// marker puts marks and a summary into a workbook.
type marker struct {
	*excelize.File
	styles map[int]int // by the style that a cell had: the same, coloured
}

const summarySheet = "Refused rows"

// forget removes what an earlier copy put there: its summary and its comments.
func (m *marker) forget() {
	for _, sheet := range m.GetSheetList() {
		comments, err := m.GetComments(sheet)
		if err != nil {
			continue
		}
		for _, c := range comments {
			if c.Author == author {
				_ = m.DeleteComment(sheet, c.Cell) // one that stays is told twice, no more
			}
		}
	}
	if m.isSummary(summarySheet) {
		_ = m.DeleteSheet(summarySheet)
	}
}

func (m *marker) isSummary(sheet string) bool {
	for i, want := range summaryHeader {
		if got, err := m.GetCellValue(sheet, cellName(i, 1)); err != nil || got != want {
			return false
		}
	}
	return true
}

// mark colours cells of a sheet and puts a comment on each.
func (m *marker) mark(marks []mark, sheet string) error {
	theirs := map[string]string{}
	comments, err := m.GetComments(sheet)
	if err != nil {
		return err
	}
	for _, c := range comments {
		theirs[c.Cell] = commentText(c)
	}
	areas, err := m.GetMergeCells(sheet, true)
	if err != nil {
		return err
	}
	for i := range marks {
		k := &marks[i]
		cell := shown(areas, k)
		text := strings.Join(k.texts, "\n\n")
		if before, ok := theirs[cell]; ok {
			if err := m.DeleteComment(sheet, cell); err != nil {
				return err
			}
			text = before + "\n\n" + text
		}
		if k.instead != "" {
			if err := m.SetCellStr(sheet, cell, k.instead); err != nil {
				return err
			}
		}
		if err := m.colour(sheet, cell); err != nil {
			return err
		}
		if err := m.AddComment(sheet, excelize.Comment{Cell: cell, Author: author, Width: 360, Height: 120,
			Paragraph: []excelize.RichTextRun{{Text: cutTo(text, 2000)}}}); err != nil {
			return err
		}
		theirs[cell] = text
	}
	return nil
}

// shown is the cell in which a mark can be seen: of merged ones the first.
func shown(areas []excelize.MergeCell, k *mark) string {
	for i := range areas {
		col, row, err := excelize.CellNameToCoordinates(areas[i].GetStartAxis())
		lastCol, lastRow, err2 := excelize.CellNameToCoordinates(areas[i].GetEndAxis())
		if err == nil && err2 == nil && k.col+1 >= col && k.col+1 <= lastCol && k.row >= row && k.row <= lastRow {
			return areas[i].GetStartAxis()
		}
	}
	return cellName(k.col, k.row)
}

// commentText is a comment's text without its looks.
func commentText(c excelize.Comment) string {
	text := c.Text
	for _, run := range c.Paragraph {
		text += run.Text
	}
	return text
}

// colour gives a cell a background, and leaves all else of its look.
func (m *marker) colour(sheet, cell string) error {
	id, err := m.GetCellStyle(sheet, cell)
	if err != nil {
		return err
	}
	to, ok := m.styles[id]
	if !ok {
		style, err := m.GetStyle(id)
		if err != nil {
			return err
		}
		style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFC7CE"}}
		if to, err = m.NewStyle(style); err != nil {
			return err
		}
		m.styles[id] = to
	}
	return m.SetCellStyle(sheet, cell, cell, to)
}

// summary writes the first sheet, which says what was refused.
func (m *marker) summary(faults []invoicing.Fault) error {
	name := m.freeSheet(summarySheet)
	if _, err := m.NewSheet(name); err != nil {
		return err
	}
	for i, text := range summaryHeader {
		if err := m.SetCellStr(name, cellName(i, 1), text); err != nil {
			return err
		}
	}
	for i := range faults[:min(len(faults), maxSummary)] {
		if err := m.summaryRow(name, i+2, &faults[i]); err != nil {
			return err
		}
	}
	if more := len(faults) - maxSummary; more > 0 {
		if err := m.SetCellStr(name, cellName(0, maxSummary+2), fmt.Sprintf("and %d more, which the register of refused rows has", more)); err != nil {
			return err
		}
	}
	head, err := m.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if err := m.SetCellStyle(name, "A1", cellName(len(summaryHeader)-1, 1), head); err != nil {
		return err
	}
	for i, width := range []float64{18, 8, 22, 28, 60, 60, 20} {
		if err := m.SetColWidth(name, columnName(i), columnName(i), width); err != nil {
			return err
		}
	}
	first := m.GetSheetList()[0]
	if first != name {
		if err := m.MoveSheet(name, first); err != nil {
			return err
		}
	}
	m.SetActiveSheet(0)
	return nil
}

func (m *marker) summaryRow(sheet string, row int, f *invoicing.Fault) error {
	number := ""
	if f.Source.Row > 0 {
		number = strconv.Itoa(f.Source.Row)
	}
	for i, text := range []string{f.Source.Sheet, number, f.Column, f.Value, f.Expected, f.Fix, f.Code} {
		if err := m.SetCellStr(sheet, cellName(i, row), text); err != nil {
			return err
		}
	}
	return nil
}

// freeSheet is a name that no sheet has, whatever its case.
func (m *marker) freeSheet(name string) string {
	list, base := m.GetSheetList(), name
	for n := 2; ; n++ {
		if !slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) }) {
			return name
		}
		name = cutTo(base, 24) + " " + strconv.Itoa(n)
	}
}
