package exporters

import (
	"slices"

	"github.com/xuri/excelize/v2"

	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
)

const causeWidth = 60

// reconciliationTable is what reconciliation.csv says, with live differences (REC).
var reconciliationTable = &auditTable{name: "Reconciliation", frozen: 1, columns: []auditColumn{
	{"", "Match or break", 18, ""}, {"class", "Class (REC-2)", 20, ""}, {"status", "Status (REC-3)", 10, ""}, {"", "Billing account", 38, ""},
	{"", "Reservation order", 38, ""}, {"currency", "Currency", 9, ""}, {"expected", "Expected", 16, ""}, {"credited", "Credited", 16, ""},
	{"difference", "Credited less expected", 16, ""}, {"", "Expected on", 12, ""}, {"", "Credited on", 12, ""}, {"age", "Age, days", 8, ""},
	{"", "Cause, and who accepted or resolved it", causeWidth, ""}, {"", "Requests", 20, ""}, {"", "Vendor rows", 20, ""},
}}

var creditedLessExpected = reconciliationTable.formula("{credited}-{expected}")

const ageingSheet = "Ageing"

// ageing is how long breaks have been open, and what the classes come to.
type ageing struct {
	breaks [len(ageFrom)][len(agedClasses)]int
	sums   map[money.Currency]*[int(reconcile.CurrencyMismatch) + 1]classSums
}

type classSums struct {
	rows                           int
	expected, credited, difference money.Sum
}

// agedClasses are those that somebody has to answer for, in the order in which
// they are drawn.
var agedClasses = [...]reconcile.Class{reconcile.AmountDifference, reconcile.MissingAtVendor, reconcile.UnexpectedAtVendor,
	reconcile.DuplicateAtVendor, reconcile.CurrencyMismatch}

var ageColors = [len(agedClasses)]string{"2F6DB5", "D1702B", "8A4F9E", "3B8F6B", "B8860B"}

// ageFrom is the first day of each step of age.
var ageFrom = [...]int{0, 11, 31, 61, 91, 181}

func (g *ageing) add(l *reconcile.Line) {
	if l.Status == reconcile.Resolved {
		return // told by what resolved it
	}
	if g.sums == nil {
		g.sums = map[money.Currency]*[int(reconcile.CurrencyMismatch) + 1]classSums{}
	}
	if g.sums[l.Currency] == nil {
		g.sums[l.Currency] = &[int(reconcile.CurrencyMismatch) + 1]classSums{}
	}
	s := &g.sums[l.Currency][l.Class]
	s.rows++
	if l.Expected.IsSet() {
		s.expected.Add(l.Expected)
		s.difference.Add(l.Expected.Neg())
	}
	if l.Credited.IsSet() {
		s.credited.Add(l.Credited)
		s.difference.Add(l.Credited)
	}
	class := slices.Index(agedClasses[:], l.Class)
	if l.Status != reconcile.Open || class < 0 || l.Class == reconcile.CurrencyMismatch && !l.Expected.IsSet() {
		return // of a break in two currencies one of the two rows counts
	}
	step, found := slices.BinarySearch(ageFrom[:], max(l.AgeDays, 0))
	if !found {
		step--
	}
	g.breaks[step][class]++
}

func (a *openAudit) reconciled(l *reconcile.Line) {
	a.ageing.add(l)
	s := a.reconciliation
	if !s.begin(tall(l.Cause, causeWidth)) {
		return
	}
	text, days := s.style.of(asText, plain), s.style.of(asDate, plain)
	s.text(text, l.ID)
	s.words(text, l.Class.String())
	s.words(text, l.Status.String())
	s.text(text, l.Account)
	s.text(text, l.Order)
	s.words(text, l.Currency.String())
	s.amount(given, l.Expected)
	s.amount(given, l.Credited)
	if exactInSpreadsheet(l.Expected.Number()) && exactInSpreadsheet(l.Credited.Number()) && l.Difference.IsSet() {
		s.formula(s.style.money(l.Currency, computed), creditedLessExpected.at(s.row), l.Difference.Number())
	} else {
		s.amount(plain, l.Difference)
	}
	s.date(days, l.ExpectedOn)
	s.date(days, l.CreditedOn)
	s.count(s.style.of(asCount, plain), l.AgeDays)
	s.text(s.style.of(asWrapped, plain), l.Cause)
	s.text(text, listedNames(l.Requests))
	a.sources(s, l.VendorRows)
	s.end()
}

// writeAgeing writes the sheet of ageing: open breaks by age and class, drawn, and
// what each class comes to by currency.
func (a *openAudit) writeAgeing(s *sheet) error {
	s.begin(30)
	s.words(s.style.of(asTitle, plain), "Reconciliation with the vendor")
	s.end()
	a.coverRow(s, asSubtitle, "Open breaks by their age on "+a.press.night.AsOf.String()+", and what each class comes to; the figures are formulas over Reconciliation")
	a.coverHeading(s, "Open breaks by age (REC-3)", len(agedClasses)+1)
	titles := []string{"Days"}
	for _, c := range agedClasses {
		titles = append(titles, c.String())
	}
	a.coverHeader(s, titles...)
	header, live := s.row, a.whole(a.reconciliation)
	for step := range ageFrom {
		s.begin(0)
		s.words(s.style.of(asText, strong), ageName(step))
		for i, class := range agedClasses {
			if n := a.ageing.breaks[step][i]; live {
				s.formula(s.style.of(asCount, computed), a.agedCount(step, class), itoa(n))
			} else {
				s.count(s.style.of(asCount, plain), n)
			}
		}
		s.end()
	}
	if err := a.ageingChart(header); err != nil {
		return err
	}
	for range chartRows + 1 {
		a.empty(s)
	}
	a.classTable(s, live)
	return nil
}

func ageName(step int) string {
	if step == len(ageFrom)-1 {
		return itoa(ageFrom[step]) + " and more"
	}
	return itoa(ageFrom[step]) + " to " + itoa(ageFrom[step+1]-1)
}

// agedCount counts the open breaks of a class within a step of age.
func (a *openAudit) agedCount(step int, class reconcile.Class) string {
	of := func(key string) string { return reconciliationTable.whole(key, a.reconciliation) }
	f := "COUNTIFS(" + of("class") + `,"` + class.String() + `",` + of("status") + `,"Open",` + of("age") + `,"&gt;=` + itoa(ageFrom[step]) + `"`
	if step == 0 {
		f = "COUNTIFS(" + of("class") + `,"` + class.String() + `",` + of("status") + `,"Open"`
	}
	if step < len(ageFrom)-1 {
		f += "," + of("age") + `,"&lt;` + itoa(ageFrom[step+1]) + `"`
	}
	if class == reconcile.CurrencyMismatch {
		f += "," + of("expected") + `,"&gt;0"`
	}
	return f + ")"
}

func (a *openAudit) ageingChart(header int) error {
	var series []excelize.ChartSeries
	last := header + len(ageFrom)
	for i := range agedClasses {
		series = append(series, seriesOf(ageingSheet, "A", i+1, header, last, ageColors[i]))
	}
	return a.book.AddChart(ageingSheet, cellAt(0, last+2),
		chart(excelize.ColStacked, "Open breaks by age, days since the request or the vendor's row", "bottom", 820, 340, series...))
}

// classTable says what the rows of each class come to; what was resolved is told
// by what resolved it and is not counted twice.
func (a *openAudit) classTable(s *sheet, live bool) {
	a.coverHeading(s, "What the classes come to, but for what was resolved tonight", 6)
	a.coverHeader(s, "Class", "Currency", "Rows", "Expected", "Credited", "Credited less expected")
	of := func(key string) string { return reconciliationTable.whole(key, a.reconciliation) }
	for _, c := range byCode(a.ageing.sums) {
		for _, class := range reconcile.Classes {
			sums := &a.ageing.sums[c][class]
			if sums.rows == 0 {
				continue
			}
			s.begin(0)
			row := itoa(s.row)
			where := of("class") + ",$A" + row + "," + of("currency") + ",$B" + row + "," + of("status") + `,"&lt;&gt;Resolved")`
			s.words(s.style.of(asText, strong), class.String())
			s.words(s.style.of(asText, plain), c.String())
			if live {
				s.formula(s.style.of(asCount, computed), "COUNTIFS("+where, itoa(sums.rows))
			} else {
				s.count(s.style.of(asCount, plain), sums.rows)
			}
			a.coverSum(s, c, "SUMIFS("+of("expected")+","+where, &sums.expected, live)
			a.coverSum(s, c, "SUMIFS("+of("credited")+","+where, &sums.credited, live)
			a.coverSum(s, c, "E"+row+"-D"+row, &sums.difference, live)
			s.end()
		}
	}
}
