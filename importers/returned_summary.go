package importers

import (
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"

	"prorata/invoicing"
)

// The first sheet of a returned copy sums up what was refused: a line that says
// what to do, and below its header a row for each cell, with a link to it.
const (
	summarySheet = "Refused rows"
	summaryTop   = 4 // the row of its header
)

// isSummary reports whether a sheet is that of an earlier copy.
func (m *marker) isSummary(sheet string) bool {
	for i, want := range summaryHeader {
		if got, err := m.GetCellValue(sheet, cellName(i, summaryTop)); err != nil || got != want {
			return false
		}
	}
	return true
}

// summary writes the first sheet.
func (m *marker) summary(faults []invoicing.Fault) error {
	name := m.freeSheet(summarySheet)
	if _, err := m.NewSheet(name); err != nil {
		return err
	}
	title, what := invoicing.Counted(len(faults), "cell", "cells")+" to mend", "mend the coloured cells, each has a comment, and drop this workbook again; rows that were taken may stay, they count once"
	if len(m.places) == 0 {
		title, what = "this file was not read", "below stands why, and what to send instead"
	}
	rows := [][]string{{title}, {what}, {}, summaryHeader}
	for i := range faults[:min(len(faults), maxSummary)] {
		f := &faults[i]
		number := ""
		if f.Source.Row > 0 {
			number = strconv.Itoa(f.Source.Row)
		}
		rows = append(rows, []string{f.Source.Sheet, number, f.Column, f.Value, f.Expected, f.Fix, f.Code})
	}
	if more := len(faults) - maxSummary; more > 0 {
		rows = append(rows, []string{fmt.Sprintf("and %d more, which the register of refused rows has", more)})
	}
	for i, row := range rows {
		for k, text := range row {
			if err := m.SetCellStr(name, cellName(k, i+1), text); err != nil {
				return err
			}
		}
	}
	if err := m.layOut(name, len(rows)); err != nil {
		return err
	}
	if err := m.links(name, min(len(faults), maxSummary)); err != nil {
		return err
	}
	if first := m.GetSheetList()[0]; first != name {
		if err := m.MoveSheet(name, first); err != nil {
			return err
		}
	}
	m.SetActiveSheet(0)
	return nil
}

// layOut makes the summary easy to read on a screen and on a page.
func (m *marker) layOut(sheet string, last int) error {
	title, err := m.NewStyle(&excelize.Style{Font: &excelize.Font{Family: fontOf(m.File), Bold: true, Size: 14}})
	if err != nil {
		return err
	}
	text, err := m.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	if err != nil {
		return err
	}
	if err := m.SetCellStyle(sheet, "A1", "A1", title); err != nil {
		return err
	}
	if last > summaryTop {
		if err := m.SetCellStyle(sheet, cellName(0, summaryTop+1), cellName(len(summaryHeader)-1, last), text); err != nil {
			return err
		}
	}
	for i, width := range []float64{18, 8, 22, 28, 52, 52, 20} {
		if err := m.SetColWidth(sheet, columnName(i), columnName(i), width); err != nil {
			return err
		}
	}
	if err := m.head(sheet, summaryTop, len(summaryHeader)); err != nil {
		return err
	}
	return onePageWide(m.File, sheet)
}

// onePageWide prints a sheet across, as wide as the page.
func onePageWide(f *excelize.File, sheet string) error {
	yes, landscape, wide, any := true, "landscape", 1, 0
	if err := f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	return f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, FitToWidth: &wide, FitToHeight: &any})
}

// head makes a header stand out, and stay while the rows are scrolled.
func (m *marker) head(sheet string, row, columns int) error {
	style, err := m.NewStyle(&excelize.Style{Font: &excelize.Font{Family: fontOf(m.File), Bold: true, Color: headInk}, Fill: fill(headPaper)})
	if err != nil {
		return err
	}
	if err := m.SetCellStyle(sheet, cellName(0, row), cellName(columns-1, row), style); err != nil {
		return err
	}
	return m.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: row, TopLeftCell: cellName(0, row+1), ActivePane: "bottomLeft"})
}

// links leads from the row of a fault to its mark.
func (m *marker) links(sheet string, faults int) error {
	style, err := m.NewStyle(&excelize.Style{Font: &excelize.Font{Family: fontOf(m.File), Color: "0563C1", Underline: "single"}, Alignment: &excelize.Alignment{Vertical: "top"}})
	if err != nil {
		return err
	}
	for i := range faults {
		place, marked := m.places[i]
		if !marked {
			continue
		}
		cell := cellName(1, summaryTop+1+i)
		if err := m.SetCellHyperLink(sheet, cell, place, "Location"); err != nil {
			return err
		}
		if err := m.SetCellStyle(sheet, cell, cell, style); err != nil {
			return err
		}
	}
	return nil
}
