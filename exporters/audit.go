package exporters

import (
	"cmp"
	"errors"
	"fmt"

	"prorata/invoicing"
)

// openAudit is audit.xlsx being written (OUT-5): the night for an auditor, with
// every amount of a decision as a formula over its inputs.
type openAudit struct {
	*openBook
	press    *press
	file     string
	formulas map[formulaKey]*decisionFormulas
	granted  map[string]bool // numbers of this run's documents that granted a credit
	totals   totals

	cover, decisions, documents, taxes, lines,
	credits, limits, limitUses, timelineRows, reconciliation, ages, refused, policies, inputs *sheet

	timelines timelines
	ageing    ageing
	tonight   tonight
	scratch   []byte
}

type auditSheet struct {
	name  string
	rows  **sheet
	table *auditTable // nil where it is no table
	about string      // what it is for
}

// listed are the sheets, in the order of the workbook.
func (a *openAudit) listed() []auditSheet {
	of := func(t *auditTable, rows **sheet, about string) auditSheet { return auditSheet{t.name, rows, t, about} }
	return []auditSheet{
		{coverSheet, &a.cover, nil, ""},
		of(decisionTable, &a.decisions, "each request line: inputs in blue, formulas in black, and whether the formulas follow the reckoning"),
		of(documentTable, &a.documents, "what was issued, with what it cancels, replaces, revises or credits"),
		of(taxTable, &a.taxes, "the tax groups of each document (DOC-4)"),
		of(lineTable, &a.lines, "the lines of each document, with their rules and source rows (DOC-3)"),
		of(creditTable, &a.credits, "prepayment lots and held credits with a balance, or changed by this run"),
		of(limitTable, &a.limits, "the refund limit of each account on the as-of date"),
		of(useTable, &a.limitUses, "the refunds that count against the limits, and until when"),
		{timelineSheet, &a.timelineRows, nil, "what credits and limits will do if nothing else happens, drawn"},
		of(reconciliationTable, &a.reconciliation, "what the vendor credited against what was expected: tonight's matches, and every break with its cause (REC)"),
		{ageingSheet, &a.ages, nil, "open breaks by age, drawn, and what each class comes to"},
		of(refusedTable, &a.refused, "what could not be read, cell by cell, and how to mend it"),
		{policySheet, &a.policies, nil, "every parameter of the policies of this run, with sources"},
		of(inputTable, &a.inputs, "the files behind this workbook, with their SHA-256: #3!Requests!17 is row 17 of the sheet Requests of input 3"),
	}
}

func newAudit(p *press, name string) (part, error) {
	mark := "prorata, run " + itoa(p.night.Run) + ", " + p.night.AsOf.String()
	a := &openAudit{openBook: newBook(mark), press: p, file: name, formulas: map[formulaKey]*decisionFormulas{}, granted: map[string]bool{}}
	for _, s := range a.listed() {
		made, err := a.add(p.dir, s.name)
		if err != nil {
			return nil, errors.Join(err, a.remove())
		}
		if *s.rows = made; s.table != nil {
			s.table.head(made)
		}
	}
	return a, nil
}

func (a *openAudit) settlement(s *settled) {
	a.totals.settlement(s)
	a.tonight.begin(s, a.decisions)
	first := a.settlementDocuments(s)
	for i := range s.Decisions {
		a.decision(s, &s.Decisions[i], first)
	}
	for i := range s.Granted {
		a.granted[s.Granted[i].Document.Number] = true
	}
}

func (a *openAudit) refusal(f *invoicing.Fault) {
	a.totals.refusals++
	s := a.refused
	if !s.begin(0) {
		return
	}
	text := s.style.of(asWrapped, plain)
	s.text(text, a.press.source(f.Source).Name)
	s.text(text, f.Source.Sheet)
	if f.Source.Row > 0 {
		s.count(s.style.of(asCount, plain), f.Source.Row)
	} else {
		s.blank(1)
	}
	for _, t := range [...]string{f.Column, f.Value, f.Code, f.Expected, f.Fix} {
		s.text(text, t)
	}
	s.end()
}

// refusedTable is what was refused, cell by cell (IMP-8).
var refusedTable = &auditTable{name: "Refused rows", columns: []auditColumn{
	{"", "File", 34, ""}, {"", "Sheet", 16, ""}, {"", "Row", 8, ""}, {"", "Column", 18, ""}, {"", "Value", 24, ""}, {"", "Code", 20, ""},
	{"", "Expected", 44, ""}, {"", "How to mend it", 50, ""},
}}

// inputTable is what was read, by the number that sources name.
var inputTable = &auditTable{name: "Inputs", frozen: 2, columns: []auditColumn{
	{"", "Input", 8, ""}, {"", "File", 42, ""}, {"", "Kinds", 26, ""}, {"", "Run", 7, ""}, {"", "Bytes", 12, ""},
	{"rows", "Rows", 10, ""}, {"kept", "Kept", 10, ""}, {"known", "Known", 10, ""}, {"ignored", "Ignored", 10, ""}, {"refused", "Refused", 10, ""},
	{"", "Rows less all that became of them (OUT-8 g)", 16, ""}, {"", "Read before", 9, ""}, {"", "SHA-256", 68, ""},
}}

var inputDifference = inputTable.formula("{rows}-{kept}-{known}-{ignored}-{refused}")

// writeInputs lists the inputs that the manifest lists.
func (a *openAudit) writeInputs(s *sheet) {
	count, text := s.style.of(asCount, plain), s.style.of(asText, plain)
	for i := range a.press.night.Inputs {
		in := &a.press.night.Inputs[i]
		if in.Run != a.press.night.Run && !a.press.cited[in.Number] || !s.begin(0) {
			continue
		}
		s.count(count, in.Number)
		s.text(text, in.Name)
		s.text(text, listedNames(in.Kinds))
		s.count(count, in.Run)
		s.number(count, fmt.Sprint(in.Size))
		for _, n := range [...]int{in.Rows, in.Kept, in.Known, in.Ignored, in.Refused} {
			s.count(s.style.of(asCount, given), n)
		}
		s.formula(s.style.of(asCount, computed), inputDifference.at(s.row), itoa(in.Rows-in.Kept-in.Known-in.Ignored-in.Refused))
		s.words(text, yesNo(in.Again))
		s.words(text, in.SHA256)
		s.end()
	}
}

// close writes what stands at the front and the end, and the book around all rows.
func (a *openAudit) close() {
	if err := cmp.Or(a.finish(), a.remove()); err != nil {
		a.press.fail(fmt.Errorf("writing %s: %w", a.file, err))
	}
}

func (a *openAudit) finish() error {
	if err := a.press.failed(); err != nil {
		return nil // the press has it
	}
	if err := a.shelve(); err != nil {
		return err
	}
	for _, name := range [...]string{coverSheet, policySheet, timelineSheet, ageingSheet} { // before the charts, which are measured by them
		if err := a.widen(name, pageWidths[name]); err != nil {
			return err
		}
	}
	a.writeInputs(a.inputs)
	a.writePolicies(a.policies)
	if err := cmp.Or(a.writeTimelines(a.timelineRows), a.writeAgeing(a.ages)); err != nil {
		return err
	}
	a.writeCover(a.cover)
	if err := a.layout(); err != nil {
		return err
	}
	return a.print()
}

// print hands the workbook to the press.
func (a *openAudit) print() error {
	f, err := a.press.create(a.file)
	if err != nil {
		return err
	}
	w := &pressWriter{press: a.press, file: f}
	if err := a.writeTo(w); err != nil {
		return err
	}
	a.press.hand(f, w.buf)
	return nil
}

// pressWriter hands over what is written to it, by the chunk.
type pressWriter struct {
	press *press
	file  *file
	buf   []byte
}

func (w *pressWriter) Write(b []byte) (int, error) {
	if w.buf = append(w.buf, b...); len(w.buf) >= chunkSize {
		w.buf = w.press.hand(w.file, w.buf)
	}
	return len(b), nil
}
