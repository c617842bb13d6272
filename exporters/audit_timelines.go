package exporters

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// timelines are what credits and limits will do if nothing else happens: the
// credit that expires, by week and currency, and what counts against the fullest
// limits, by month. They are bounded: what is drawn must be readable.
type timelines struct {
	currencies map[money.Currency]*[creditWeeks + 1]money.Sum
	accounts   []accountLine // the fullest, at most timelineAccounts
}

// accountLine is one account of the timeline of limits.
type accountLine struct {
	limit *invoicing.AccountLimit
	share money.Share // used of the limit
	rows  [2]int      // of its uses
}

const (
	creditWeeks      = 13 // 90 days and a little
	limitMonths      = 13
	timelineAccounts = 6
	timelineCharts   = 6 // currencies with a chart of their own
)

// credit notes what expires of a lot.
func (t *timelines) credit(c *invoicing.Credit, asOf money.Date) {
	if c.ExpiresOn.IsZero() || c.Balance().Sign() <= 0 {
		return
	}
	if t.currencies == nil {
		t.currencies = map[money.Currency]*[creditWeeks + 1]money.Sum{}
	}
	weeks := t.currencies[c.Amount.Currency()]
	if weeks == nil {
		weeks = &[creditWeeks + 1]money.Sum{}
		t.currencies[c.Amount.Currency()] = weeks
	}
	weeks[min(max(int(c.ExpiresOn-asOf)/7, 0), creditWeeks)].Add(c.Balance())
}

// limit keeps an account if it is one of the fullest.
func (t *timelines) limit(l *invoicing.AccountLimit, used money.Money, rows [2]int) {
	units, _ := l.Limit.Units()
	if rows[0] == 0 || used.Sign() <= 0 || units <= 0 {
		return
	}
	t.accounts = append(t.accounts, accountLine{l, used.Of(1, units), rows})
	slices.SortStableFunc(t.accounts, func(a, b accountLine) int {
		return cmp.Or(b.share.Cmp(a.share), strings.Compare(a.limit.Account, b.limit.Account))
	})
	t.accounts = t.accounts[:min(len(t.accounts), timelineAccounts)]
}

const timelineSheet = "Timelines"

// writeTimelines writes the sheet of timelines and its charts.
func (a *openAudit) writeTimelines(s *sheet) error {
	s.begin(30)
	s.words(s.style.of(asTitle, plain), "Timelines")
	s.end()
	a.coverRow(s, asSubtitle, "What credits and limits will do from "+a.press.night.AsOf.String()+" on if nothing else happens; the figures are formulas over Credits and Limit uses")
	a.empty(s)
	currencies := byCode(a.timelines.currencies)
	first := a.creditWeeksTable(s, currencies)
	if err := a.creditCharts(first, currencies); err != nil {
		return err
	}
	// Room for the charts, three in a row, between the two tables.
	for s.row < first+creditWeeks+3+chartRows*((min(len(currencies), timelineCharts)+2)/3) {
		a.empty(s)
	}
	return a.limitTimeline(s)
}

// chartRows is how many rows a chart covers.
const chartRows = 18

// creditWeeksTable writes the credit that expires in each week, and returns the
// row of its header.
func (a *openAudit) creditWeeksTable(s *sheet, currencies []money.Currency) (header int) {
	s.begin(22)
	s.words(s.style.of(asHeading, plain), "Prepayment credit that expires (BIL-EA-2)")
	s.filled(s.style.of(asHeading, plain), max(len(currencies), 1)+1)
	s.end()
	if len(currencies) == 0 {
		a.coverRow(s, asNote, "no credit expires")
	}
	s.begin(20)
	s.words(s.style.of(asHeader, plain), "Last day in the week from")
	s.words(s.style.of(asHeader, plain), "Week")
	for _, c := range currencies {
		s.words(s.style.of(asHeader, plain), c.String())
	}
	s.end()
	header = s.row
	for week := range creditWeeks + 1 {
		s.begin(0)
		from := a.press.night.AsOf + money.Date(7*week)
		s.date(s.style.of(asDate, plain), from)
		label(s, dayLabel, from.String()[5:])
		for i, c := range currencies {
			a.expiring(s, week, string(appendColumn(nil, i+2))+itoa(header), c)
		}
		s.end()
	}
	a.coverRow(s, asNote, "the last week holds all later ones too")
	return header
}

// A spreadsheet program draws dates on a scale of days; what is drawn here is one
// column for each row, so the axis has texts, made of the dates.
const (
	dayLabel   = `RIGHT("0"&amp;MONTH($A%[1]d),2)&amp;"-"&amp;RIGHT("0"&amp;DAY($A%[1]d),2)`
	monthLabel = `YEAR($A%[1]d)&amp;"-"&amp;RIGHT("0"&amp;MONTH($A%[1]d),2)`
)

func label(s *sheet, formula, value string) {
	s.textFormula(s.style.of(asText, computed), fmt.Sprintf(formula, s.row), value)
}

// expiring writes what expires in one week in one currency, whose code stands in the cell named.
func (a *openAudit) expiring(s *sheet, week int, code string, c money.Currency) {
	of := func(key string) string { return creditTable.whole(key, a.credits) }
	day := "$A" + itoa(s.row)
	f := "SUMIFS(" + of("balance") + "," + of("currency") + "," + code + "," + of("expires") + `,"&gt;="&amp;` + day
	if week == 0 { // what is past its day would stand in the first week
		f = "SUMIFS(" + of("balance") + "," + of("currency") + "," + code + "," + of("expires") + `,"&gt;0"`
	}
	if week < creditWeeks {
		f += "," + of("expires") + `,"&lt;"&amp;` + day + "+7"
	}
	value := textOf(&a.timelines.currencies[c][week], c)
	if exactInSpreadsheet(value) && a.credits.left == 0 {
		s.formula(s.style.money(c, computed), f+")", value)
	} else {
		s.number(s.style.money(c, plain), value)
	}
}

// creditCharts draws a chart for each currency, side by side under the table:
// amounts of two currencies share no axis.
func (a *openAudit) creditCharts(header int, currencies []money.Currency) error {
	for i, c := range currencies[:min(len(currencies), timelineCharts)] {
		at := cellAt([...]int{0, 4, 8}[i%3], header+creditWeeks+3+chartRows*(i/3))
		series := seriesOf(timelineSheet, "B", i+2, header, header+1+creditWeeks, "2F6DB5")
		err := a.book.AddChart(timelineSheet, at, chart(excelize.Col, "Credit that expires, "+c.String()+", by week", "none", 460, 320, series))
		if err != nil {
			return fmt.Errorf("drawing the timeline of credits: %w", err)
		}
	}
	return nil
}

func solid(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

// seriesOf is a column of a sheet as a series of a chart: its name is in the header,
// its values from there through the last row, over the texts of another column.
func seriesOf(sheet, texts string, column, header, last int, color string) excelize.ChartSeries {
	cells := func(c string) string { return fmt.Sprintf("%s!$%s$%d:$%s$%d", sheet, c, header+1, c, last) }
	values := string(appendColumn(nil, column))
	return excelize.ChartSeries{Name: fmt.Sprintf("%s!$%s$%d", sheet, values, header), Categories: cells(texts), Values: cells(values), Fill: solid(color)}
}

// chart is a chart of whole numbers; its size is in pixels.
func chart(kind excelize.ChartType, title, legend string, width, height uint, series ...excelize.ChartSeries) *excelize.Chart {
	font, gap := excelize.Font{Size: 9, Color: inkMuted}, uint(60)
	c := &excelize.Chart{Type: kind, Series: series, Legend: excelize.ChartLegend{Position: legend},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: &excelize.Font{Bold: true, Size: 12, Color: inkDark}}}},
		Dimension: excelize.ChartDimension{Width: width, Height: height},
		XAxis:     excelize.ChartAxis{Font: font},
		YAxis:     excelize.ChartAxis{MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"}, Font: font}}
	if kind != excelize.Line {
		c.GapWidth = &gap
	}
	return c
}

// limitTimeline writes what will count against the fullest limits on the first of
// each month, and draws it.
func (a *openAudit) limitTimeline(s *sheet) error {
	accounts := a.timelines.accounts
	s.begin(22)
	s.words(s.style.of(asHeading, plain), "What counts against the fullest refund limits, USD (LIM-2)")
	s.filled(s.style.of(asHeading, plain), max(len(accounts), 1)+1)
	s.end()
	if len(accounts) == 0 {
		a.coverRow(s, asNote, "nothing counts against a limit")
		return nil
	}
	s.begin(46)
	s.words(s.style.of(asHeader, plain), "On")
	s.words(s.style.of(asHeader, plain), "Month")
	for i := range accounts {
		s.text(s.style.of(asHeader, plain), accounts[i].limit.Account)
	}
	s.end()
	header, asOf := s.row, a.press.night.AsOf
	y, m, _ := asOf.Civil()
	for month := range limitMonths {
		day := asOf
		if month > 0 {
			day = money.DateOf(y, m, 1).AddMonths(month)
		}
		s.begin(0)
		s.date(s.style.of(asDate, plain), day)
		label(s, monthLabel, day.String()[:7])
		for i := range accounts {
			s.formula(s.style.money(money.USD, computed), countsOn(accounts[i].rows, "$A"+itoa(s.row)), limitOn(accounts[i].limit, day).used.Number())
		}
		s.end()
	}
	return a.limitChart(header)
}

// limitColors are told apart by everyone, in print too.
var limitColors = [timelineAccounts]string{"1F4E79", "D1702B", "3B8F6B", "8A4F9E", "B8860B", "5B6472"}

func (a *openAudit) limitChart(header int) error {
	var all []excelize.ChartSeries
	for i := range a.timelines.accounts {
		series := seriesOf(timelineSheet, "B", i+2, header, header+limitMonths, limitColors[i])
		series.Line, series.Marker = excelize.LineOptions{Width: 2}, excelize.ChartMarker{Symbol: "none"}
		all = append(all, series)
	}
	err := a.book.AddChart(timelineSheet, cellAt(0, header+limitMonths+2), chart(excelize.Line, "What counts against the limit, USD", "bottom", 1040, 360, all...))
	if err != nil {
		return fmt.Errorf("drawing the timeline of limits: %w", err)
	}
	return nil
}
