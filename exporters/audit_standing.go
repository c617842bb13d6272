package exporters

import (
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// creditTable, limitTable and useTable are what accounts have in hand and what
// counts against their limits, on the as-of date.
var (
	creditTable = &auditTable{name: "Credits", frozen: 1, columns: []auditColumn{
		{"id", "Credit", 18, ""}, {"", "Billing account", 38, ""}, {"kind", "Kind", 12, ""}, {"currency", "Currency", 9, ""}, {"amount", "Granted", 17, ""},
		{"used", "Used", 17, ""}, {"expired", "Expired", 17, ""}, {"balance", "Balance", 17, ""}, {"", "Granted on", 12, ""}, {"expires", "Last day", 12, ""},
		{"", "Days left, from the as-of date", 11, ""},
	}}
	limitTable = &auditTable{name: "Limits", frozen: 1, columns: []auditColumn{
		{"account", "Billing account", 38, ""}, {"limit", "Limit, USD (LIM-1)", 17, ""}, {"used", "Counts on the as-of date, USD", 17, ""}, {"left", "Left, USD", 17, ""},
		{"share", "Used of the limit", 10, ""}, {"", "Next released on", 12, ""}, {"", "Next released, USD", 17, ""}, {"", "Refunds that count", 12, ""},
	}}
	useTable = &auditTable{name: "Limit uses", frozen: 1, columns: []auditColumn{
		{"account", "Billing account", 38, ""}, {"", "Request", 18, ""}, {"date", "Counts from", 12, ""}, {"usd", "Measured, USD", 17, ""},
		{"window", "Days (LIM-1)", 9, ""}, {"freed", "Free again on (LIM-2)", 12, ""},
	}}
	creditBalance = creditTable.formula("{amount}-{used}-{expired}")
	limitLeft     = limitTable.formula("{limit}-{used}")
	limitShare    = limitTable.formula("IF({limit}=0,0,ROUND({used}/{limit}*100,2))")
	useFreed      = useTable.formula("{date}+{window}")
)

func (a *openAudit) standing(st *Standing) {
	for i := range st.Credits {
		c := &st.Credits[i]
		if !c.Balance().IsZero() || st.Run == a.press.night.Run {
			a.credit(c)
			a.timelines.credit(c, a.press.night.AsOf)
		}
	}
	for i := range st.Limits {
		l := &st.Limits[i]
		on := limitOn(l, a.press.night.AsOf)
		if !on.used.IsZero() || st.Run == a.press.night.Run {
			uses := a.uses(l)
			a.limit(l, on, uses)
			a.timelines.limit(l, on.used, uses)
		}
	}
}

func (a *openAudit) credit(c *invoicing.Credit) {
	s := a.credits
	if !s.begin(0) {
		return
	}
	text, days := s.style.of(asText, plain), s.style.of(asDate, plain)
	if number := c.Document.Number; a.granted[number] {
		a.documentLink(s, c.Account, number)
	} else { // the document lies in another night's folder
		s.text(s.style.of(asText, strong), number)
	}
	s.text(text, c.Account)
	s.words(text, c.Kind.String())
	s.words(text, c.Amount.Code())
	s.amount(given, c.Amount)
	s.amount(given, c.Used)
	s.amount(given, c.Expired)
	if exactInSpreadsheet(c.Amount.Number()) {
		s.formula(s.style.money(c.Amount.Currency(), computed), creditBalance.at(s.row), c.Balance().Number())
	} else {
		s.amount(plain, c.Balance())
	}
	s.date(days, c.GrantedOn)
	s.date(days, c.ExpiresOn)
	if !c.ExpiresOn.IsZero() {
		s.count(s.style.of(asCount, plain), int(c.ExpiresOn-a.press.night.AsOf))
	}
	s.end()
}

// uses writes what counts against a limit and returns the rows, first and last;
// no rows where they did not fit or there are none.
func (a *openAudit) uses(l *invoicing.AccountLimit) (rows [2]int) {
	s := a.limitUses
	if s.row+len(l.Uses) > maxSheetRows || len(l.Uses) == 0 {
		s.left += len(l.Uses)
		return rows
	}
	rows = [2]int{s.row + 1, s.row + len(l.Uses)}
	for i := range l.Uses {
		u := &l.Uses[i]
		s.begin(0)
		s.text(s.style.of(asText, plain), l.Account)
		s.text(s.style.of(asText, plain), u.Request)
		s.date(s.style.of(asDate, given), u.Date)
		s.amount(given, u.USD)
		s.count(s.style.of(asCount, given), l.WindowDays)
		s.formula(s.style.of(asDate, computed), useFreed.at(s.row), itoa(serial(u.Date)+l.WindowDays))
		s.end()
	}
	return rows
}

// countsOn is a formula for what counts of rows of the sheet of uses on the day
// in a cell, which is given for XML.
func countsOn(rows [2]int, day string) string {
	of := func(key string) string { return useTable.span(key, rows[0], rows[1]) }
	return "SUMIFS(" + of("usd") + "," + of("date") + `,"&lt;="&amp;` + day + "," + of("freed") + `,"&gt;"&amp;` + day + ")"
}

func (a *openAudit) limit(l *invoicing.AccountLimit, on limitStand, uses [2]int) {
	s := a.limits
	if !s.begin(0) {
		return
	}
	usd := s.style.money(money.USD, computed)
	s.text(s.style.of(asText, strong), l.Account)
	s.amount(given, l.Limit)
	if uses[0] > 0 {
		s.formula(usd, countsOn(uses, itoa(serial(a.press.night.AsOf))), on.used.Number())
	} else {
		s.amount(plain, on.used)
	}
	s.formula(usd, limitLeft.at(s.row), l.Limit.Sub(on.used).Number())
	s.formula(s.style.of(asShare, computed), limitShare.at(s.row), shareOf(on.used, l.Limit))
	s.date(s.style.of(asDate, plain), on.nextOn)
	s.amount(plain, on.next)
	s.count(s.style.of(asCount, plain), len(l.Uses))
	s.end()
}

// shareOf is a part of a whole in percent with two decimals; 0 of nothing.
func shareOf(part, whole money.Money) string {
	units, ok := whole.Units()
	if !ok || units <= 0 {
		return "0"
	}
	return part.Of(10000, units).Round(money.HalfUp).Number() // USD has two decimals
}
