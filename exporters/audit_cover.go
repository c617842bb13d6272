package exporters

import (
	"cmp"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

const coverSheet = "Cover"

// writeCover writes the summary: what run this is, what was decided, the money,
// and the proof (OUT-8). Its figures are formulas over the other sheets.
func (a *openAudit) writeCover(s *sheet) {
	n := a.press.night
	s.begin(34)
	title := "Audit of run " + itoa(n.Run) + ", " + n.AsOf.String()
	if n.DryRun {
		title += " (a rehearsal: nothing was kept)"
	}
	s.words(s.style.of(asTitle, plain), title)
	s.end()
	a.coverRow(s, asSubtitle, "Refunds and exchanges of Azure reservations: every decision with its amounts as formulas over its inputs, and where each figure comes from")
	a.empty(s)
	for _, fact := range [...][2]string{
		{"Folder", n.Folder}, {"As-of date, that of every document", n.AsOf.String()}, {"Program", "prorata " + n.Version},
		{"Policies", policyNames(n.Policies)}, {"SHA-256 of the run before's manifest", cmp.Or(n.PreviousManifest, "none: this is the first run")},
	} {
		a.coverFact(s, fact[0], fact[1])
	}
	a.coverOutcomes(s)
	a.coverMoney(s)
	a.coverProof(s)
	a.coverSheets(s)
	a.coverNotes(s)
}

// whole reports whether every row of a sheet was written, so that a formula over
// it tells the truth.
func (a *openAudit) whole(s *sheet) bool { return s.left == 0 }

func (a *openAudit) coverCount(s *sheet, what, formula string, n int, live bool) {
	s.begin(0)
	s.words(s.style.of(asText, strong), what)
	if live {
		s.formula(s.style.of(asCount, computed), formula, itoa(n))
	} else {
		s.count(s.style.of(asCount, plain), n)
	}
	s.end()
}

func (a *openAudit) coverOutcomes(s *sheet) {
	a.coverHeading(s, "What was decided", 10)
	live := a.whole(a.decisions)
	for o := invoicing.Approved; o <= invoicing.Withdrawn; o++ {
		a.coverCount(s, o.String(), "COUNTIF("+decisionTable.whole("outcome", a.decisions)+`,"`+o.String()+`")`, a.totals.outcomes[o], live)
	}
	difference := decisionTable.whole("difference", a.decisions)
	a.coverCount(s, "Refunds that the formulas give another", "COUNTIF("+difference+`,"&gt;0")+COUNTIF(`+difference+`,"&lt;0")`, 0, live)
	types := 0
	for _, n := range a.totals.types {
		types += n
	}
	a.coverCount(s, "Documents issued", "COUNTA("+documentTable.whole("number", a.documents)+")", types, a.whole(a.documents))
	a.coverCount(s, "Rows refused", "", a.totals.refusals, false)
}

// coverMoney writes the sums of the approved returns and of the documents, per currency.
func (a *openAudit) coverMoney(s *sheet) {
	a.coverHeading(s, "Money, per currency", 10)
	a.coverHeader(s, "Currency", "Prorated", "Fee", "Refund", "Canceled commitment", "Credit notes, gross", "Credit memos, gross", "Invoices, gross", "Set off, gross", "Expired")
	for _, code := range byCode(a.totals.currencies) {
		c := a.totals.currencies[code]
		s.begin(0)
		s.words(s.style.of(asText, strong), code.String())
		for _, of := range []struct {
			key string
			sum *money.Sum
		}{{"prorated", &c.prorated}, {"fee", &c.fee}, {"refund", &c.refund}, {"canceled", &c.cancel}} {
			f := "SUMIFS(" + decisionTable.whole(of.key, a.decisions) + "," + decisionTable.whole("currency", a.decisions) + ",$A" + itoa(s.row) + "," +
				decisionTable.whole("outcome", a.decisions) + `,"Approved")`
			a.coverSum(s, code, f, of.sum, a.whole(a.decisions))
		}
		for _, t := range [...]invoicing.DocumentType{invoicing.CreditNote, invoicing.CreditMemo, invoicing.InvoiceDoc, invoicing.SetOff, invoicing.Expiry} {
			f := "SUMIFS(" + documentTable.whole("gross", a.documents) + "," + documentTable.whole("currency", a.documents) + ",$A" + itoa(s.row) + "," +
				documentTable.whole("type", a.documents) + `,"` + t.String() + `")`
			a.coverSum(s, code, f, &c.types[t].gross, a.whole(a.documents))
		}
		s.end()
	}
}

// coverSum writes a sum, as a formula rounded to what the amounts have.
func (a *openAudit) coverSum(s *sheet, c money.Currency, formula string, of *money.Sum, live bool) {
	value := textOf(of, c)
	if live && exactInSpreadsheet(value) {
		s.formula(s.style.money(c, computed), "ROUND("+formula+","+itoa(c.Digits())+")", value)
	} else {
		s.number(s.style.money(c, plain), value)
	}
}

// coverProof writes the proof: each line, both sums, their difference.
func (a *openAudit) coverProof(s *sheet) {
	a.coverHeading(s, "The proof (OUT-8): a line that does not hold stops a run before anything is committed", 10)
	a.coverHeader(s, "What must be equal", "Line", "Currency", "Left", "Right", "Difference", "Holds")
	for _, l := range a.press.night.Proof {
		s.begin(0)
		s.words(s.style.of(asText, plain), l.Says)
		s.words(s.style.of(asText, plain), l.Line)
		s.words(s.style.of(asText, plain), l.Currency)
		look := s.style.of(asCount, given)
		calc := s.style.of(asCount, computed)
		if c, err := money.ParseCurrency(l.Currency); err == nil && !l.Counted {
			look, calc = s.style.money(c, given), s.style.money(c, computed)
		}
		s.number(look, l.Left)
		s.number(look, l.Right)
		if row := itoa(s.row); exactInSpreadsheet(l.Left) && exactInSpreadsheet(l.Right) && l.Holds {
			s.formula(calc, "ROUND(D"+row+"-E"+row+",4)", "0")
			s.textFormula(s.style.of(asText, computed), "IF(F"+row+`=0,"holds","does not hold")`, "holds")
		} else {
			s.blank(1)
			s.words(s.style.of(asText, plain), [...]string{"does not hold", "holds"}[btoi(l.Holds)])
		}
		s.end()
	}
}

// coverSheets says what each sheet is for, but for the cover.
func (a *openAudit) coverSheets(s *sheet) {
	a.coverHeading(s, "The sheets", 10)
	for _, sheet := range a.listed()[1:] {
		s.begin(0)
		s.link("#'"+sheet.name+"'!A1", sheet.name)
		s.words(s.style.of(asText, plain), sheet.about)
		if left := (*sheet.rows).left; left > 0 {
			s.blank(4)
			s.words(s.style.of(asText, strong), itoa(left)+" more rows did not fit; the registers have all")
		}
		s.end()
	}
}

func (a *openAudit) coverNotes(s *sheet) {
	a.coverHeading(s, "How to read it", 10)
	s.begin(0)
	s.words(s.style.of(asText, given), "Blue is an input: a figure that was read, or a parameter of the policy")
	s.end()
	s.begin(0)
	s.words(s.style.of(asText, computed), "Black is a formula: change an input and the refund moves, what it leaves of the limit for the rows below, and the documents; change nothing and nothing does")
	s.end()
	a.coverRow(s, asText, "What no formula follows exactly stands as a value, and the column Formulas says why; ROUND is half away from zero, as PRO-8 asks")
	a.coverRow(s, asText, "The program checks this folder and does every decision again from the inputs kept: prorata verify")
}

func policyNames(uses []PolicyUse) string {
	var names []string
	for _, u := range uses {
		name := u.ID
		if !u.From.IsZero() {
			name += " from " + u.From.String()
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}
