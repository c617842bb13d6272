package importers

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// marker puts marks and a summary into a workbook.
type marker struct {
	*excelize.File
	left   int              // marks that may still be made
	styles map[cellLook]int // the style that a cell had, with another background
	places map[int]string   // by fault, where its mark is: a reference that a link can have
}

// cellLook is the style that a cell had, and the kind of background it gets.
type cellLook struct {
	style      int
	background string
}

func newMarker(f *excelize.File) *marker {
	return &marker{File: f, left: maxMarks, styles: map[cellLook]int{}, places: map[int]string{}}
}

// forget removes what an earlier copy put there: its summary, and on each cell its
// colour and its part of the comment. What cannot be removed is told twice, no more.
func (m *marker) forget() {
	for _, sheet := range m.GetSheetList() {
		comments, err := m.GetComments(sheet)
		if err != nil {
			continue
		}
		for _, c := range comments {
			text := commentText(c)
			at := markTexts.FindStringIndex(text)
			if at == nil || m.DeleteComment(sheet, c.Cell) != nil {
				continue
			}
			_ = m.restyle(sheet, c.Cell, excelize.Fill{})
			if at[0] > 0 {
				_ = m.AddComment(sheet, excelize.Comment{Cell: c.Cell, Author: c.Author, Text: text[:at[0]]})
			}
		}
	}
	if m.isSummary(summarySheet) {
		_ = m.DeleteSheet(summarySheet)
	}
}

// markTexts is what markText writes, once or more, at the end of a comment: not every
// program keeps who wrote it, and the template's own comments are to stay.
var markTexts = regexp.MustCompile(`(?s)(^|\n\n)(found: .*?\n)?expected: .*\([A-Za-z]+\)$`)

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
	marks = marks[:min(len(marks), m.left)]
	m.left -= len(marks)
	for i := range marks {
		k := &marks[i]
		cell := shown(areas, k)
		for _, fault := range k.faults {
			m.places[fault] = "'" + strings.ReplaceAll(sheet, "'", "''") + "'!" + cell
		}
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
		if err := m.restyle(sheet, cell, fill("FFC7CE")); err != nil {
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

// restyle gives a cell a background, and leaves all else of its look.
func (m *marker) restyle(sheet, cell string, background excelize.Fill) error {
	id, err := m.GetCellStyle(sheet, cell)
	if err != nil {
		return err
	}
	look := cellLook{id, background.Type}
	to, ok := m.styles[look]
	if !ok {
		style, err := m.GetStyle(id)
		if err != nil {
			return err
		}
		style.Fill = background
		if to, err = m.NewStyle(style); err != nil {
			return err
		}
		m.styles[look] = to
	}
	return m.SetCellStyle(sheet, cell, cell, to)
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
