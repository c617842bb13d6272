package exporters

import (
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"prorata/invoicing"
)

// layout gives every sheet what it needs on a screen and on paper.
func (a *openAudit) layout() error {
	for _, t := range a.auditTables() {
		if err := a.layTable(t.table, t.rows); err != nil {
			return fmt.Errorf("laying out the sheet %s: %w", t.table.name, err)
		}
	}
	for _, s := range [...]*sheet{a.cover, a.policies, a.timelineRows, a.ages} {
		if err := a.layPage(s); err != nil {
			return fmt.Errorf("laying out the sheet %s: %w", s.name, err)
		}
	}
	if err := a.colors(); err != nil {
		return fmt.Errorf("colouring outcomes: %w", err)
	}
	a.book.SetActiveSheet(0)
	day := a.press.night.AsOf
	y, m, d := day.Civil()
	at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Format(time.RFC3339) // nothing published carries the wall clock (DOC-1)
	return a.book.SetDocProps(&excelize.DocProperties{Title: "Audit of run " + itoa(a.press.night.Run) + ", " + day.String(), Creator: "prorata",
		LastModifiedBy: "prorata", Created: at, Modified: at})
}

// layTable gives a table its widths, frozen header, filter and print set-up.
func (a *openAudit) layTable(t *auditTable, s *sheet) error {
	for i := range t.columns {
		c := string(appendColumn(nil, i))
		if err := a.book.SetColWidth(t.name, c, c, float64(t.columns[i].width)); err != nil {
			return err
		}
	}
	last, header := string(appendColumn(nil, len(t.columns)-1)), t.headerRow()
	titles := fmt.Sprintf("'%s'!$1:$%d", t.name, header)
	if t.frozen > 0 {
		titles = fmt.Sprintf("'%s'!$A:$%s,", t.name, appendColumn(nil, t.frozen-1)) + titles
	}
	return firstOf([]error{
		a.book.SetSheetDimension(t.name, "A1:"+last+itoa(s.row)),
		a.book.SetPanes(t.name, &excelize.Panes{Freeze: true, XSplit: t.frozen, YSplit: header, TopLeftCell: cellAt(t.frozen, header+1), ActivePane: pane(t.frozen)}),
		a.book.AutoFilter(t.name, "A"+itoa(header)+":"+last+itoa(max(s.row, header+1)), nil),
		a.book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: t.name, RefersTo: titles}),
		a.paper(t.name, len(t.columns) <= 20),
	})
}

func pane(frozen int) string {
	if frozen == 0 {
		return "bottomLeft"
	}
	return "bottomRight"
}

// pageWidths are the widths of the first columns of the sheets that are no table,
// in characters; the last is that of all that follow.
var pageWidths = map[string][]float64{coverSheet: {52, 20}, policySheet: {30, 16, 34}, timelineSheet: {26, 16}, ageingSheet: {26, 20}}

// widen gives a sheet of prose and small tables its widths; before a chart is
// placed, which is measured by them.
func (a *openAudit) widen(name string) error {
	widths := pageWidths[name]
	for i, w := range widths {
		c, last := string(appendColumn(nil, i)), string(appendColumn(nil, i))
		if i == len(widths)-1 {
			last = string(appendColumn(nil, 20))
		}
		if err := a.book.SetColWidth(name, c, last, w); err != nil {
			return fmt.Errorf("laying out the sheet %s: %w", name, err)
		}
	}
	return nil
}

// layPage sets up a sheet of prose and small tables.
func (a *openAudit) layPage(s *sheet) error {
	lines := false
	return firstOf([]error{
		a.book.SetSheetDimension(s.name, "A1:"+cellAt(max(s.last-1, 0), max(s.row, 1))),
		a.book.SetSheetView(s.name, 0, &excelize.ViewOptions{ShowGridLines: &lines}),
		a.paper(s.name, true),
	})
}

// paper sets a sheet up for printing: A4 on its side, numbered pages; a narrow
// one as wide as the page.
func (a *openAudit) paper(name string, narrow bool) error {
	size, landscape, one, many := 9, "landscape", 1, 0
	layout := &excelize.PageLayoutOptions{Size: &size, Orientation: &landscape}
	if narrow {
		layout.FitToWidth, layout.FitToHeight = &one, &many
	}
	side := 0.4
	return firstOf([]error{
		a.book.SetPageLayout(name, layout),
		a.book.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &narrow}),
		a.book.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side}),
		a.book.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddHeader: "&L&8prorata, run " + itoa(a.press.night.Run) + ", " + a.press.night.AsOf.String() + "&R&8&A",
			OddFooter: "&R&8&P of &N"}),
	})
}

// colors tells outcomes, and what does not agree, by colour as well.
func (a *openAudit) colors() error {
	paint := func(t *auditTable, s *sheet, key, criteria, value, fill, font string) error {
		style, err := a.book.NewConditionalStyle(&excelize.Style{Fill: solid(fill), Font: &excelize.Font{Color: font}})
		if err != nil {
			return err
		}
		first, c := t.headerRow()+1, t.letters(key)
		return a.book.SetConditionalFormat(t.name, c+itoa(first)+":"+c+itoa(max(s.row, first)),
			[]excelize.ConditionalFormatOptions{{Type: "cell", Criteria: criteria, Value: value, Format: &style}})
	}
	quotedOutcome := func(o invoicing.Outcome) string { return `"` + o.String() + `"` }
	return firstOf([]error{
		paint(decisionTable, a.decisions, "outcome", "==", quotedOutcome(invoicing.Approved), "DDF1E4", "1B6B3A"),
		paint(decisionTable, a.decisions, "outcome", "==", quotedOutcome(invoicing.Rejected), "FBE0DD", "9B2C1F"),
		paint(decisionTable, a.decisions, "outcome", "==", quotedOutcome(invoicing.Held), "FDF0D0", "8A5A00"),
		paint(decisionTable, a.decisions, "difference", "!=", "0", "FBE0DD", "9B2C1F"),
		paint(reconciliationTable, a.reconciliation, "difference", "!=", "0", "FBE0DD", "9B2C1F"),
		paint(limitTable, a.limits, "share", ">=", "80", "FDF0D0", "8A5A00"),
	})
}

func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func listedNames(names []string) string { return strings.Join(names, ";") }
