package importers

import (
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// invoiceSheet is the house sheet Invoices: the register of what was invoiced (IMP-6).
var invoiceSheet = together(house("Invoices", "the register of invoices: one row for each invoice line", takeInvoice), "InvoiceNumber")

type invoiceRow struct {
	Number      string `csv:"InvoiceNumber" is:"text*" doc:"number of the invoice" eg:"F-2026-0101"`
	Account     string `csv:"BillingAccountId" is:"text*" doc:"the account that was invoiced" eg:"8611537"`
	IssueDate   string `csv:"IssueDate" is:"date*" doc:"day of issue" eg:"2026-03-02"`
	Currency    string `csv:"Currency" is:"text*" doc:"ISO 4217 code" eg:"SEK"`
	LineNo      string `csv:"LineNo" is:"number*" doc:"1, 2, ..." eg:"1"`
	Description string `csv:"Description" is:"text*" doc:"the line's text" eg:"Reserved VM Instance, Standard_D2s_v5"`
	Order       string `csv:"ReservationOrderId" is:"text" doc:"the reservation order that the line charges; empty for other lines" eg:"0f0c8b5e-1f5e-4bb6-9f6a-5c1a7c2f6a01"`
	Net         string `csv:"NetAmount" is:"number*" in:"Currency" doc:"the line's amount without tax" eg:"9000.00"`
	TaxRate     string `csv:"TaxRate" is:"percent" doc:"percent; empty with no TaxCategory is the account's" eg:"25"`
	Tax         string `csv:"TaxAmount" is:"number" in:"Currency" doc:"the line's tax" eg:"2250.00"`
	TaxCategory string `csv:"TaxCategory" is:"text:S|Z|E|AE|O|G" doc:"UNCL5305 code; empty is S, or Z where the rate is 0" eg:"S"`
	CardRef     string `csv:"CardRef" is:"text" doc:"token of the card that paid, never its number" eg:""`
	Open        string `csv:"OpenAmount" is:"number" in:"Currency" doc:"what of the whole invoice is not yet paid; empty is 0" eg:"0"`
}

func takeInvoice(r *row, v *invoiceRow, sink Sink) error {
	c := r.currency("Currency", v.Currency)
	out := invoicing.RegisterRow{
		Number: r.id("InvoiceNumber", v.Number), Account: r.account(v.Account), IssueDate: r.date("IssueDate", v.IssueDate),
		Currency: c, CardRef: r.card("CardRef", v.CardRef), Open: r.rounded("OpenAmount", v.Open, c, notNegative),
		Line: invoicing.InvoiceLine{
			Kind: invoicing.ChargeLine,
			No:   r.whole("LineNo", v.LineNo), Description: r.text("Description", v.Description), Order: r.order(v.Order),
			Net: r.rounded("NetAmount", v.Net, c, anySign), TaxRate: r.percent("TaxRate", v.TaxRate),
			TaxCategory: r.chosen("TaxCategory", v.TaxCategory, taxCategories), Tax: r.amount("TaxAmount", v.Tax, c, anySign),
			TaxSilent: v.TaxRate == "" && v.TaxCategory == "", Sources: []invoicing.Source{r.source},
		},
	}
	if v.TaxRate != "" {
		r.taxFits(&out.Line)
	} else if !out.Line.Tax.IsZero() {
		r.missing("TaxRate") // a credit uses the line's rate (DOC-4), and tax without one would credit none
	}
	r.minor("TaxAmount", out.Line.Tax)
	if !r.good() {
		return nil
	}
	return sink.RegisterRow(&out)
}

// taxFits refuses a TaxAmount that is far from the tax of its line, like that of the
// whole invoice: the credit note that cancels it copies it (DOC-4). Invoices round their
// tax in several ways, and some have charged a little too much or too little. One that
// rounds to the tax of the line is that: a formula holds more decimals than its cell shows.
func (r *row) taxFits(l *invoicing.InvoiceLine) {
	if !l.Tax.IsSet() || !l.Net.IsSet() || l.TaxCategory != "" && l.TaxCategory != "S" {
		return
	}
	num, den := l.TaxRate.Fraction()
	tax := l.Net.Of(num, den*100).Round(money.HalfUp)
	if l.Tax.Round(money.HalfUp).Cmp(tax) == 0 {
		l.Tax = tax
	}
	tenth, one := tax.Of(1, 10).Round(money.HalfUp).Abs(), money.Of(money.NewDecimal(1, 0), tax.Currency())
	if off := l.Tax.Round(money.HalfUp).Sub(tax).Abs(); off.Cmp(one) > 0 && off.Cmp(tenth) > 0 {
		r.fault("TaxAmount", "OutOfRange", "the tax of the line, "+tax.String()+" at this TaxRate", "correct TaxAmount, TaxRate or NetAmount; leave TaxAmount empty to have it computed")
	}
}
