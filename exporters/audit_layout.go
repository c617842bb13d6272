package exporters

import (
	"cmp"
	"fmt"

	"github.com/xuri/excelize/v2"

	"prorata/invoicing"
)

// layout gives every sheet what it needs on a screen and on paper.
func (a *openAudit) layout() error {
	for _, s := range a.listed() {
		var err error
		if s.table != nil {
			err = a.layTable(s.table, *s.rows)
		} else {
			err = a.layPage(*s.rows)
		}
		if err != nil {
			return fmt.Errorf("laying out the sheet %s: %w", s.name, err)
		}
	}
	if err := a.colors(); err != nil {
		return fmt.Errorf("colouring outcomes: %w", err)
	}
	return a.name("Audit of run "+itoa(a.press.night.Run)+", "+a.press.night.AsOf.String(), a.press.night.AsOf)
}

// pageWidths are the widths of the sheets that are no table, see widen.
var pageWidths = map[string][]float64{coverSheet: {52, 20}, policySheet: {30, 16, 34}, timelineSheet: {26, 16}, ageingSheet: {26, 20}}

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
	return cmp.Or(
		paint(decisionTable, a.decisions, "outcome", "==", quotedOutcome(invoicing.Approved), "DDF1E4", "1B6B3A"),
		paint(decisionTable, a.decisions, "outcome", "==", quotedOutcome(invoicing.Rejected), "FBE0DD", "9B2C1F"),
		paint(decisionTable, a.decisions, "outcome", "==", quotedOutcome(invoicing.Held), "FDF0D0", "8A5A00"),
		paint(decisionTable, a.decisions, "difference", "!=", "0", "FBE0DD", "9B2C1F"),
		paint(reconciliationTable, a.reconciliation, "difference", "!=", "0", "FBE0DD", "9B2C1F"),
		paint(limitTable, a.limits, "share", ">=", "80", "FDF0D0", "8A5A00"),
	)
}
