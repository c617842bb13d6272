package exporters

import (
	"net/url"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// documentTable, taxTable and lineTable are the documents: what a document's sums
// are made of stands on the sheets of tax groups and of lines, and is added up by
// formulas (DOC-4).
var (
	documentTable = &auditTable{name: "Documents", frozen: 1, columns: []auditColumn{
		{"number", "Number", 18, ""}, {"type", "Type", 16, ""}, {"", "Issued on", 12, ""}, {"", "Billing account", 38, ""}, {"currency", "Currency", 9, ""},
		{"net", "Net", 17, ""}, {"tax", "Tax", 16, ""}, {"gross", "Gross", 17, ""}, {"", "Cancels", 18, ""}, {"", "Replaces", 18, ""},
		{"", "Revises", 18, ""}, {"", "Credits", 18, ""}, {"", "Requests", 18, ""}, {"", "Left over", 44, ""}, {"lines", "Lines", 12, ""},
	}}
	taxTable = &auditTable{name: "Tax", frozen: 1, columns: []auditColumn{
		{"number", "Number", 18, ""}, {"rate", "Rate, percent", 10, ""}, {"category", "Category", 10, ""}, {"net", "Net", 17, ""}, {"tax", "Tax", 16, ""},
		{"live", "Formulas", 60, ""},
	}}
	lineTable = &auditTable{name: "Lines", frozen: 2, columns: []auditColumn{
		{"number", "Number", 18, ""}, {"", "Line", 6, ""}, {"kind", "Kind", 14, ""}, {"", "Reservation order", 38, ""}, {"", "Description", 48, ""}, {"", "Quantity", 9, ""},
		{"net", "Net", 17, ""}, {"rate", "Tax rate, percent", 10, ""}, {"category", "Tax category", 10, ""}, {"copied", "Tax, copied from what is credited", 17, ""},
		{"", "Rules", 34, ""}, {"", "Source rows", 34, ""},
	}}
)

// settlementDocuments writes the documents of a settlement; first is the row of
// the first one, 0 where they did not all fit.
func (a *openAudit) settlementDocuments(s *settled) (first int) {
	if a.documents.row+len(s.Documents) <= maxSheetRows {
		first = a.documents.row + 1
	}
	for i := range s.Documents {
		a.document(s, &s.Documents[i], first)
	}
	return first
}

func (a *openAudit) document(s *settled, d *invoicing.Document, first int) {
	lines := [2]int{a.lines.row + 1, a.lines.row + len(d.Lines)}
	for i := range d.Lines {
		a.line(d, i, first)
	}
	taxes := [2]int{a.taxes.row + 1, a.taxes.row + len(d.Taxes)}
	fits := lines[1] <= maxSheetRows && taxes[1] <= maxSheetRows
	for i := range d.Taxes {
		a.taxGroup(d, i, lines, fits)
	}
	if o := a.documents; o.begin(0) {
		text := o.style.of(asText, plain)
		a.documentLink(o, d.Account, d.Number)
		o.words(text, d.Type.String())
		o.date(o.style.of(asDate, plain), d.IssueDate)
		o.text(text, d.Account)
		o.words(text, d.Currency.String())
		a.documentSums(o, d, taxes, fits)
		for _, refs := range [...][]invoicing.Ref{d.Cancels, d.Replaces, d.Revises, d.Credits} {
			o.text(text, listedNames(numbers(s, refs)))
		}
		o.text(text, listedNames(d.Requests))
		o.text(text, leftOver(d))
		if len(d.Lines) > 0 && fits {
			o.link("#'Lines'!A"+itoa(lines[0]), invoicing.Counted(len(d.Lines), "line", "lines"))
		}
		o.end()
	}
}

// documentLink writes a number that opens the document beside the workbook, in
// the best format that the run writes.
func (a *openAudit) documentLink(s *sheet, account, number string) {
	if file := a.press.documentPath(account, number); file != "" {
		s.link(file, number)
	} else {
		s.text(s.style.of(asText, strong), number)
	}
}

// documentPath is where a document of an account lies in the folder, as a link; empty
// where the run writes none.
func (p *press) documentPath(account, number string) string {
	for _, f := range linkedFormats {
		if p.formats&f.format != 0 {
			return "documents/" + url.PathEscape(documentFile(account, number)) + f.ending
		}
	}
	return ""
}

// linkedFormats are the formats of a document that a reader is led to, the best first.
var linkedFormats = []struct {
	format Formats
	ending string
}{
	{PDF, ".pdf"}, {JSON, ".json"},
}

// documentSums writes net, tax and gross: the sums of the tax groups, where these
// are what the document says.
func (a *openAudit) documentSums(o *sheet, d *invoicing.Document, taxes [2]int, fits bool) {
	net, tax := money.Zero(d.Currency), money.Zero(d.Currency)
	for i := range d.Taxes {
		net, tax = net.Add(d.Taxes[i].Net), tax.Add(d.Taxes[i].Tax)
	}
	live := fits && len(d.Taxes) > 0 && net == d.Net && tax == d.Tax
	style := o.style.money(d.Currency, computed)
	for _, part := range []struct {
		key   string
		value money.Money
	}{{"net", d.Net}, {"tax", d.Tax}} {
		if live && exactInSpreadsheet(part.value.Number()) {
			o.formula(style, "SUM("+taxTable.span(part.key, taxes[0], taxes[1])+")", part.value.Number())
		} else {
			o.amount(plain, part.value)
		}
	}
	if d.Net.Add(d.Tax) == d.Gross && exactInSpreadsheet(d.Gross.Number()) && exactInSpreadsheet(d.Net.Number()) {
		o.formula(style, documentGross.at(o.row), d.Gross.Number())
	} else {
		o.amount(plain, d.Gross)
	}
}

var documentGross = documentTable.formula("{net}+{tax}")

// taxGroup writes a tax group: the net of its lines, and the tax on it rounded
// once, but for what lines bring with them (DOC-4).
func (a *openAudit) taxGroup(d *invoicing.Document, i int, lines [2]int, fits bool) {
	s, g := a.taxes, &d.Taxes[i]
	if !s.begin(0) {
		return
	}
	s.text(s.style.of(asText, plain), d.Number)
	s.number(s.style.of(asRate, given), g.Rate.String())
	s.text(s.style.of(asText, given), g.Category)
	net, copied, open := money.Zero(d.Currency), money.Zero(d.Currency), money.Zero(d.Currency)
	for j := range d.Lines {
		if l := &d.Lines[j]; l.Kind != invoicing.BalanceForwardLine && l.TaxRate == g.Rate && l.TaxCategory == g.Category {
			net = net.Add(l.Net)
			if l.Tax.IsSet() {
				copied = copied.Add(l.Tax)
			} else {
				open = open.Add(l.Net)
			}
		}
	}
	num, den := g.Rate.Fraction()
	exact := open.Of(num, den*100)
	style := s.style.money(d.Currency, computed)
	of := func(key string) string { return lineTable.span(key, lines[0], lines[1]) }
	same := of("rate") + ",B" + itoa(s.row) + "," + of("category") + ",C" + itoa(s.row) + "," + of("kind") + `,"&lt;&gt;BalanceForward"`
	// SUMIFS takes a category that is empty, or looks like a condition, for something else.
	live := fits && len(d.Lines) > 0 && plainName(g.Category) && exactInSpreadsheet(g.Net.Number()) && roundsAlike(net.Of(1, 1))
	if live && net == g.Net {
		s.formula(style, "SUMIFS("+of("net")+","+same+")", g.Net.Number())
	} else {
		s.amount(plain, g.Net)
	}
	tax, says := exact.Round(money.HalfUp).Add(copied), "live"
	switch {
	case !live || net != g.Net || !roundsAlike(exact):
		says = "as values: more digits than a spreadsheet keeps, more rows than a formula names, or no plain tax category"
	case tax != g.Tax:
		says = "tax as a value: " + d.TaxStep(i).How
	}
	if says == "live" {
		s.formula(style, "ROUND(SUMIFS("+of("net")+","+same+","+of("copied")+`,"")*B`+itoa(s.row)+"/100,"+itoa(d.Currency.Digits())+")+SUMIFS("+
			of("copied")+","+same+")", g.Tax.Number())
	} else {
		s.amount(plain, g.Tax)
	}
	s.words(s.style.of(asNote, plain), says)
	s.end()
}

func (a *openAudit) line(d *invoicing.Document, i, documents int) {
	s, l := a.lines, &d.Lines[i]
	if !s.begin(0) {
		return
	}
	text := s.style.of(asText, plain)
	s.text(text, d.Number)
	s.count(s.style.of(asCount, plain), i+1)
	s.words(s.style.of(asText, given), l.Kind.String())
	s.text(text, l.Order)
	s.text(text, l.Description)
	if l.Quantity != 0 {
		s.count(s.style.of(asCount, plain), l.Quantity)
	} else {
		s.blank(1)
	}
	switch from, made := a.lineFrom(l, documents); {
	case from != "":
		s.formula(s.style.money(l.Net.Currency(), computed), from, l.Net.Number())
	case made:
		s.amount(plain, l.Net)
	default:
		s.amount(given, l.Net)
	}
	s.number(s.style.of(asRate, given), l.TaxRate.String())
	s.text(s.style.of(asText, given), l.TaxCategory)
	if l.Tax.IsSet() {
		s.amount(given, l.Tax)
	} else {
		s.blank(1)
	}
	s.rules(l.Rules)
	a.sources(s, l.Sources)
	s.end()
}

// leftOver says where the money of a document goes (BIL-INV-2).
func leftOver(d *invoicing.Document) string {
	var parts []string
	for i := range d.Left {
		part := d.Left[i].To.String() + " " + d.Left[i].Amount.String()
		if d.Left[i].Card != "" {
			part += " (card " + d.Left[i].Card + ")"
		}
		parts = append(parts, part)
	}
	if d.Owed.Sign() > 0 {
		parts = append(parts, "owed by the customer "+d.Owed.String())
	}
	return strings.Join(parts, "; ")
}
