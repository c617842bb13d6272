package exporters

import (
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"
)

// ublRule is one rule of EN 16931 or of Peppol BIS Billing 3.0 that a document of
// ours can break, by its official name. The rules are written anew from their
// meaning and stand beside the official ones; they are held to what is written,
// never to what was meant.
type ublRule struct {
	id      string
	says    string // what is wrong, for whoever mends it: the register, the configuration
	warning bool   // Peppol warns of it; the document is valid all the same
	holds   func(u *ublCheck) bool
}

// ublCheck is a document being checked, with what many rules look at.
type ublCheck struct {
	*element
	invoice    bool
	lines      []*element
	categories []*element // of the tax breakdown
	seller     *element   // cac:Party
	buyer      *element
}

// ublRules are all rules that are checked.
var ublRules = slices.Concat(modelRules, taxRules(), peppolRules, swedishRules, nationalRules)

// brokenRules lists the rules that a document breaks, in the order of ublRules.
func brokenRules(e *element) (broken []*ublRule) {
	u := &ublCheck{element: e, invoice: e.name == "Invoice", categories: e.find("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"),
		lines:  append(e.find("cac:InvoiceLine"), e.find("cac:CreditNoteLine")...),
		seller: elementOf(e.find("cac:AccountingSupplierParty/cac:Party")), buyer: elementOf(e.find("cac:AccountingCustomerParty/cac:Party"))}
	for i := range ublRules {
		if !ublRules[i].holds(u) {
			broken = append(broken, &ublRules[i])
		}
	}
	return broken
}

// elementOf is the first of some elements, or an empty one.
func elementOf(list []*element) *element {
	if len(list) == 0 {
		return &element{}
	}
	return list[0]
}

// has is a rule that an element stands below the document.
func has(path string) func(*ublCheck) bool {
	return func(u *ublCheck) bool {
		for range u.at(path) {
			return true
		}
		return false
	}
}

// everyLine is a rule on each line.
func everyLine(holds func(u *ublCheck, line *element) bool) func(*ublCheck) bool {
	return func(u *ublCheck) bool {
		return !slices.ContainsFunc(u.lines, func(l *element) bool { return !holds(u, l) })
	}
}

// lineHas is a rule that an element stands below each line.
func lineHas(paths ...string) func(*ublCheck) bool {
	return everyLine(func(_ *ublCheck, l *element) bool {
		return slices.ContainsFunc(paths, func(path string) bool { return l.first(path) != "" })
	})
}

// rat reads a number; what is none is 0, and has failed as text elsewhere.
func rat(s string) *big.Rat {
	whole, part, dot := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if !someDigits(whole) || dot && !someDigits(part) {
		return new(big.Rat)
	}
	r, _ := new(big.Rat).SetString(s) // it is a number
	return r
}

func someDigits(s string) bool { return s != "" && len(s) <= 24 && allDigits(s) }

// sumOf adds up the texts at a path below some elements.
func sumOf(list []*element, path string) *big.Rat {
	total := new(big.Rat)
	for _, e := range list {
		for x := range e.at(path) {
			total.Add(total, rat(x.text))
		}
	}
	return total
}

// near reports whether two numbers differ by at most a bound.
func near(a, b *big.Rat, bound string) bool {
	d := new(big.Rat).Sub(a, b)
	return d.Abs(d).Cmp(rat(bound)) <= 0
}

// total is an amount of the document's totals.
func (u *ublCheck) total(name string) *big.Rat {
	return rat(u.first("cac:LegalMonetaryTotal/cbc:" + name))
}

// eachSubtotal is a rule that an element stands in each tax by rate.
func eachSubtotal(path string) func(*ublCheck) bool {
	return func(u *ublCheck) bool {
		return !slices.ContainsFunc(u.find("cac:TaxTotal/cac:TaxSubtotal"), func(s *element) bool { return s.first(path) == "" })
	}
}

// twoDecimals is a rule that amounts at the paths have at most two (BR-DEC).
func twoDecimals(paths ...string) func(*ublCheck) bool {
	return func(u *ublCheck) bool {
		for _, path := range paths {
			for e := range u.at(path) {
				if _, decimals, _ := strings.Cut(e.text, "."); len(decimals) > 2 {
					return false
				}
			}
		}
		return true
	}
}

const mendSeller, mendAccount, mendInvoices = " (configuration: seller)", " (sheet Accounts)", " (sheet Invoices)"

// modelRules are those of EN 16931 that do not depend on the tax category.
var modelRules = []ublRule{
	{id: "BR-01", says: "there is no specification", holds: has("cbc:CustomizationID")},
	{id: "BR-04", says: "the document has no type", holds: func(u *ublCheck) bool { return u.first("cbc:InvoiceTypeCode")+u.first("cbc:CreditNoteTypeCode") != "" }},
	{id: "BR-12", says: "there is no sum of the lines", holds: has("cac:LegalMonetaryTotal/cbc:LineExtensionAmount")},
	{id: "BR-13", says: "there is no amount without tax", holds: has("cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount")},
	{id: "BR-14", says: "there is no amount with tax", holds: has("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount")},
	{id: "BR-15", says: "there is no amount due", holds: has("cac:LegalMonetaryTotal/cbc:PayableAmount")},
	{id: "BR-02", says: "the document has no number", holds: has("cbc:ID")},
	{id: "BR-03", says: "the document has no date", holds: has("cbc:IssueDate")},
	{id: "BR-05", says: "the document has no currency", holds: has("cbc:DocumentCurrencyCode")},
	{id: "BR-06", says: "the seller has no name" + mendSeller, holds: has("cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName")},
	{id: "BR-07", says: "the buyer has no name" + mendAccount, holds: has("cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName")},
	{id: "BR-08", says: "the seller has no address" + mendSeller, holds: has("cac:AccountingSupplierParty/cac:Party/cac:PostalAddress")},
	{id: "BR-09", says: "the seller has no country" + mendSeller, holds: has("cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode")},
	{id: "BR-10", says: "the buyer has no address" + mendAccount, holds: has("cac:AccountingCustomerParty/cac:Party/cac:PostalAddress")},
	{id: "BR-11", says: "the buyer has no country" + mendAccount, holds: has("cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode")},
	{id: "BR-16", says: "the document has no line", holds: func(u *ublCheck) bool { return len(u.lines) > 0 }},
	{id: "BR-21", says: "a line has no number", holds: lineHas("cbc:ID")},
	{id: "BR-22", says: "a line has no quantity", holds: lineHas("cbc:InvoicedQuantity", "cbc:CreditedQuantity")},
	{id: "BR-23", says: "the quantity of a line has no unit", holds: everyLine(func(_ *ublCheck, l *element) bool {
		return elementOf(append(l.find("cbc:InvoicedQuantity"), l.find("cbc:CreditedQuantity")...)).attr("unitCode") != ""
	})},
	{id: "BR-24", says: "a line has no amount", holds: lineHas("cbc:LineExtensionAmount")},
	{id: "BR-25", says: "a line has no description" + mendInvoices, holds: lineHas("cac:Item/cbc:Name")},
	{id: "BR-26", says: "a line has no price", holds: lineHas("cac:Price/cbc:PriceAmount")},
	{id: "BR-27", says: "a line has a price below zero", holds: everyLine(func(_ *ublCheck, l *element) bool { return rat(l.first("cac:Price/cbc:PriceAmount")).Sign() >= 0 })},
	{id: "BR-30", says: "the period of a line ends before it begins", holds: everyLine(func(_ *ublCheck, l *element) bool {
		end := l.first("cac:InvoicePeriod/cbc:EndDate")
		return end == "" || l.first("cac:InvoicePeriod/cbc:StartDate") <= end
	})},
	{id: "BR-45", says: "a tax by rate has no net", holds: eachSubtotal("cbc:TaxableAmount")},
	{id: "BR-46", says: "a tax by rate has no amount", holds: eachSubtotal("cbc:TaxAmount")},
	{id: "BR-47", says: "a tax by rate has no category", holds: eachSubtotal("cac:TaxCategory/cbc:ID")},
	{id: "BR-49", says: "a means of payment has no code", holds: func(u *ublCheck) bool {
		return len(u.find("cac:PaymentMeans")) == len(u.find("cac:PaymentMeans/cbc:PaymentMeansCode"))
	}},
	{id: "BR-54", says: "a property of an item lacks its name or its value", holds: everyLine(func(_ *ublCheck, l *element) bool {
		n := len(l.find("cac:Item/cac:AdditionalItemProperty"))
		return n == len(l.find("cac:Item/cac:AdditionalItemProperty/cbc:Name")) && n == len(l.find("cac:Item/cac:AdditionalItemProperty/cbc:Value"))
	})},
	{id: "BR-53", says: "the tax in the accounting currency is missing", holds: func(u *ublCheck) bool {
		code := u.first("cbc:TaxCurrencyCode")
		return code == "" || slices.ContainsFunc(u.find("cac:TaxTotal/cbc:TaxAmount"), func(e *element) bool { return e.attr("currencyID") == code })
	}},
	{id: "BR-55", says: "a reference to an invoice has no number", holds: func(u *ublCheck) bool {
		return len(u.find("cac:BillingReference")) == len(u.find("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"))
	}},
	{id: "BR-61", says: "a credit transfer has no account" + mendSeller, holds: func(u *ublCheck) bool {
		return !slices.Contains([]string{"30", "58"}, u.first("cac:PaymentMeans/cbc:PaymentMeansCode")) || len(u.find("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID")) > 0
	}},
	{id: "BR-62", says: "the seller's endpoint has no scheme, as 0007 in 0007:5567321707" + mendSeller, holds: func(u *ublCheck) bool { return schemed(u.seller) }},
	{id: "BR-63", says: "the buyer's EndpointID has no scheme, as 0007 in 0007:5567321707" + mendAccount, holds: func(u *ublCheck) bool { return schemed(u.buyer) }},
	{id: "BR-CO-04", says: "a line has no tax category" + mendInvoices, holds: lineHas("cac:Item/cac:ClassifiedTaxCategory/cbc:ID")},
	{id: "BR-CO-09", says: "a VAT number does not begin with its country, as in SE556732170701" + mendAccount, holds: func(u *ublCheck) bool {
		for _, p := range []*element{u.seller, u.buyer} {
			vat := vatNumber(p)
			if country := vat[:min(2, len(vat))]; vat != "" && country != "EL" && !slices.Contains(countries, country) {
				return false
			}
		}
		return true
	}},
	{id: "BR-CO-10", says: "the net is not the sum of the lines", holds: func(u *ublCheck) bool {
		return u.total("LineExtensionAmount").Cmp(sumOf(u.lines, "cbc:LineExtensionAmount")) == 0
	}},
	{id: "BR-CO-13", says: "the amount without tax is not the net", holds: func(u *ublCheck) bool {
		return u.total("TaxExclusiveAmount").Cmp(u.total("LineExtensionAmount")) == 0
	}},
	{id: "BR-CO-14", says: "the tax is not the sum of the taxes by rate", holds: func(u *ublCheck) bool {
		total := u.withSubtotals()
		return rat(total.first("cbc:TaxAmount")).Cmp(sumOf([]*element{total}, "cac:TaxSubtotal/cbc:TaxAmount")) == 0
	}},
	{id: "BR-CO-15", says: "the gross is not the net and the tax", holds: func(u *ublCheck) bool {
		sum := new(big.Rat).Add(u.total("TaxExclusiveAmount"), rat(u.withSubtotals().first("cbc:TaxAmount")))
		return u.total("TaxInclusiveAmount").Cmp(sum) == 0
	}},
	{id: "BR-CO-16", says: "the amount due is not the gross less what is paid", holds: func(u *ublCheck) bool {
		return u.total("PayableAmount").Cmp(new(big.Rat).Sub(u.total("TaxInclusiveAmount"), u.total("PrepaidAmount"))) == 0
	}},
	{id: "BR-CO-17", says: "a tax is not its rate of the net, within 1; the register's TaxAmount differs" + mendInvoices, holds: func(u *ublCheck) bool {
		return !slices.ContainsFunc(u.find("cac:TaxTotal/cac:TaxSubtotal"), func(s *element) bool { return !taxFits(s) })
	}},
	{id: "BR-CO-18", says: "there is no tax by rate", holds: func(u *ublCheck) bool { return len(u.categories) > 0 }},
	{id: "BR-CO-20", says: "the period of a line has neither a first nor a last day", holds: everyLine(func(_ *ublCheck, l *element) bool {
		return len(l.find("cac:InvoicePeriod")) == 0 || l.first("cac:InvoicePeriod/cbc:StartDate")+l.first("cac:InvoicePeriod/cbc:EndDate") != ""
	})},
	{id: "BR-CO-26", says: "no number identifies the seller: of what is not subject to VAT its VAT number may not stand there, so that it needs a registration number (configuration: seller.company_id)", holds: func(u *ublCheck) bool {
		return vatNumber(u.seller) != "" || u.seller.first("cac:PartyLegalEntity/cbc:CompanyID") != ""
	}},
	{id: "BR-CL-04", says: "the currency STN is missing in the list of EN 16931", holds: func(u *ublCheck) bool { return u.first("cbc:DocumentCurrencyCode") != "STN" }},
	{id: "BR-CL-08", says: "the note holds three signs between two #, as #ABC#, which are read as a code", holds: func(u *ublCheck) bool {
		_, rest, _ := strings.Cut(u.first("cbc:Note"), "#")
		code, _, closed := strings.Cut(rest, "#")
		return !closed || utf8.RuneCountInString(code) != 3
	}},
	{id: "BR-CL-11", says: "the scheme of the seller's registration number is none of ISO 6523", holds: func(u *ublCheck) bool {
		scheme := elementOf(u.seller.find(legalID)).attr("schemeID")
		return scheme == "" || strings.HasPrefix(scheme, "0")
	}},
	{id: "BR-CL-14", says: "a country is none of ISO 3166, as SE, GB and GR are (configuration: seller; sheet Accounts)", holds: func(u *ublCheck) bool {
		return !slices.ContainsFunc([]string{countryOf(u.seller), countryOf(u.buyer)}, func(c string) bool { return c != "" && !slices.Contains(countries, c) })
	}},
	{id: "BR-DEC-09", says: "the sum of the lines has more than two decimals; Peppol has no currency with three", holds: twoDecimals("cac:LegalMonetaryTotal/cbc:LineExtensionAmount")},
	{id: "BR-DEC-12", says: "the amount without tax has more than two decimals", holds: twoDecimals("cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount")},
	{id: "BR-DEC-13", says: "the tax has more than two decimals", holds: twoDecimals("cac:TaxTotal/cbc:TaxAmount")},
	{id: "BR-DEC-14", says: "the amount with tax has more than two decimals", holds: twoDecimals("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount")},
	{id: "BR-DEC-18", says: "the amount due has more than two decimals", holds: twoDecimals("cac:LegalMonetaryTotal/cbc:PayableAmount")},
	{id: "BR-DEC-19", says: "the net of a tax by rate has more than two decimals", holds: twoDecimals("cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount")},
	{id: "BR-DEC-20", says: "a tax by rate has more than two decimals", holds: twoDecimals("cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount")},
	{id: "BR-DEC-23", says: "a line has more than two decimals", holds: twoDecimals("cac:InvoiceLine/cbc:LineExtensionAmount", "cac:CreditNoteLine/cbc:LineExtensionAmount")},
}

// schemed: an endpoint that is there has a scheme.
func schemed(party *element) bool {
	found := party.find("cbc:EndpointID")
	return len(found) == 0 || found[0].attr("schemeID") != ""
}

// vatNumber is a party's VAT number, or empty.
func vatNumber(party *element) string {
	for s := range party.at("cac:PartyTaxScheme") {
		if s.first("cac:TaxScheme/cbc:ID") == "VAT" {
			return s.first("cbc:CompanyID")
		}
	}
	return ""
}

func countryOf(party *element) string {
	return party.first("cac:PostalAddress/cac:Country/cbc:IdentificationCode")
}

// withSubtotals is the tax total in the document's currency.
func (u *ublCheck) withSubtotals() *element { return elementOf(u.taxTotals(true)) }

// taxFits: the tax of a rate is the net times the rate, to cents, give or take less
// than 1, as the official rules have it.
func taxFits(subtotal *element) bool {
	share := new(big.Rat).Mul(rat(subtotal.first("cbc:TaxableAmount")), rat(subtotal.first("cac:TaxCategory/cbc:Percent")))
	return near(rat(subtotal.first("cbc:TaxAmount")), rat(share.Quo(share, big.NewRat(100, 1)).FloatString(2)), "0.99")
}
