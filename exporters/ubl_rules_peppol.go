package exporters

import (
	"math/big"
	"regexp"
	"slices"
	"strings"

	"prorata/invoicing/money"
)

// peppolRules are those of Peppol BIS Billing 3.0 that hold in every country.
var peppolRules = []ublRule{
	{id: "PEPPOL-EN16931-R001", says: "there is no business process", holds: has("cbc:ProfileID")},
	{id: "PEPPOL-EN16931-R002", says: "there is more than one note", holds: func(u *ublCheck) bool { return len(u.find("cbc:Note")) <= 1 }},
	{id: "PEPPOL-EN16931-R003", says: "the buyer's reference is missing (sheet Accounts: BuyerReference)", holds: has("cbc:BuyerReference")},
	{id: "PEPPOL-EN16931-R004", says: "the specification is not that of Peppol BIS Billing 3.0", holds: func(u *ublCheck) bool { return u.first("cbc:CustomizationID") == customization }},
	{id: "PEPPOL-EN16931-R005", says: "the accounting currency is the document's", holds: func(u *ublCheck) bool {
		return u.first("cbc:TaxCurrencyCode") == "" || u.first("cbc:TaxCurrencyCode") != u.first("cbc:DocumentCurrencyCode")
	}},
	{id: "PEPPOL-EN16931-R008", says: "an element is empty", holds: func(u *ublCheck) bool {
		return u.every(func(e *element) bool { return len(e.children) > 0 || e.text != "" })
	}},
	{id: "PEPPOL-EN16931-R010", says: "the buyer has no electronic address (sheet Accounts: EndpointId)", holds: has("cac:AccountingCustomerParty/cac:Party/cbc:EndpointID")},
	{id: "PEPPOL-EN16931-R020", says: "the seller has no electronic address" + mendSeller, holds: has("cac:AccountingSupplierParty/cac:Party/cbc:EndpointID")},
	{id: "PEPPOL-EN16931-R051", says: "an amount is in another currency than the document", holds: func(u *ublCheck) bool {
		own := u.first("cbc:DocumentCurrencyCode")
		var accounting []*element
		for _, t := range u.taxTotals(false) {
			accounting = append(accounting, t.children...)
		}
		return u.every(func(e *element) bool {
			return !strings.HasSuffix(e.name, "Amount") || e.attr("currencyID") == own || slices.Contains(accounting, e)
		})
	}},
	{id: "PEPPOL-EN16931-R053", says: "there is not one tax total with its rates", holds: func(u *ublCheck) bool { return len(u.taxTotals(true)) == 1 }},
	{id: "PEPPOL-EN16931-R054", says: "the tax in the accounting currency is not there once", holds: func(u *ublCheck) bool {
		return len(u.taxTotals(false)) == len(u.find("cbc:TaxCurrencyCode"))
	}},
	{id: "PEPPOL-EN16931-R055", says: "the taxes in the two currencies have two signs", holds: func(u *ublCheck) bool {
		all := u.find("cac:TaxTotal/cbc:TaxAmount")
		return len(all) < 2 || rat(all[0].text).Sign()*rat(all[1].text).Sign() >= 0
	}},
	{id: "PEPPOL-EN16931-R120", says: "the amount of a line is not its quantity times its price", holds: everyLine(func(_ *ublCheck, l *element) bool {
		quantity, base := rat(l.first("cbc:InvoicedQuantity")+l.first("cbc:CreditedQuantity")), rat(l.first("cac:Price/cbc:BaseQuantity"))
		if base.Sign() == 0 {
			base.SetInt64(1)
		}
		product := new(big.Rat).Mul(quantity, rat(l.first("cac:Price/cbc:PriceAmount")))
		return near(rat(l.first("cbc:LineExtensionAmount")), product.Quo(product, base), "0.02")
	})},
	{id: "PEPPOL-EN16931-R121", says: "the base of a price is not above zero", holds: everyLine(func(_ *ublCheck, l *element) bool {
		base := l.first("cac:Price/cbc:BaseQuantity")
		return base == "" || rat(base).Sign() > 0
	})},
	{id: "PEPPOL-EN16931-R130", says: "a price and its quantity have two units", holds: everyLine(func(_ *ublCheck, l *element) bool {
		counted := elementOf(append(l.find("cbc:InvoicedQuantity"), l.find("cbc:CreditedQuantity")...))
		unit := elementOf(l.find("cac:Price/cbc:BaseQuantity")).attr("unitCode")
		return unit == "" || unit == counted.attr("unitCode")
	})},
	{id: "PEPPOL-EN16931-F001", says: "a date is not written as 2026-06-02", holds: func(u *ublCheck) bool {
		return u.every(func(e *element) bool {
			if !strings.HasSuffix(e.name, "Date") {
				return true
			}
			_, err := money.ParseDate(e.text)
			return err == nil
		})
	}},
	{id: "PEPPOL-EN16931-P0100", says: "the type of the invoice is not 380", holds: func(u *ublCheck) bool { return !u.invoice || u.first("cbc:InvoiceTypeCode") == "380" }},
	{id: "PEPPOL-EN16931-P0101", says: "the type of the credit note is not 381", holds: func(u *ublCheck) bool { return u.invoice || u.first("cbc:CreditNoteTypeCode") == "381" }},
	{id: "PEPPOL-EN16931-P0104", says: "the reason of an export stands on another tax category", holds: reasonOf("VATEX-EU-G", "G")},
	{id: "PEPPOL-EN16931-P0105", says: "the reason of what is not subject to VAT stands on another tax category", holds: reasonOf("VATEX-EU-O", "O")},
	{id: "PEPPOL-EN16931-P0107", says: "the reason of a reverse charge stands on another tax category", holds: reasonOf("VATEX-EU-AE", "AE")},
	{id: "PEPPOL-EN16931-CL007", says: "the currency has ended: no e-invoice is written in ANG, BGN or HRK", holds: func(u *ublCheck) bool {
		return !slices.Contains([]string{"ANG", "BGN", "HRK"}, u.first("cbc:DocumentCurrencyCode"))
	}},
	{id: "PEPPOL-EN16931-CL008", says: "the scheme of an electronic address is not in the list EAS, as 0007 or 0088 is (seller; sheet Accounts: EndpointId)", holds: func(u *ublCheck) bool {
		return u.endpoints(func(scheme, _ string) bool { return slices.Contains(eas, scheme) })
	}},
	{id: "PEPPOL-COMMON-R040", says: "a GLN (0088) has a wrong check digit" + mendAccount, holds: ids("0088", gln)},
	{id: "PEPPOL-COMMON-R041", says: "a Norwegian organisation number (0192) is wrong" + mendAccount, holds: ids("0192", norwegian)},
	{id: "PEPPOL-COMMON-R042", says: "a Danish CVR number (0184) is not of eight digits, with or without DK in front" + mendAccount, holds: ids("0184", like(`^(DK)?[0-9]{8}$`))},
	{id: "PEPPOL-COMMON-R043", says: "a Belgian enterprise number (0208) is wrong" + mendAccount, holds: ids("0208", belgian)},
	{id: "PEPPOL-COMMON-R044", warning: true, says: "an Italian IPA code (0201) is not of six letters and digits" + mendAccount, holds: ids("0201", like(`^[A-Za-z0-9]{6}$`))},
	{id: "PEPPOL-COMMON-R045", warning: true, says: "an Italian tax code (0210) is neither of 11 digits nor of 16 letters and digits in their places" + mendAccount,
		holds: ids("0210", like(`^([0-9]{11}|[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}.{3}[0-9][A-Za-z])$`))},
	{id: "PEPPOL-COMMON-R047", warning: true, says: "an Italian VAT number (0211) is not IT and eleven digits, the last a check digit" + mendAccount, holds: ids("0211", italian)},
	{id: "PEPPOL-COMMON-R049", says: "a Swedish organisation number (0007) is wrong: ten digits, the last a check digit" + mendAccount, holds: ids("0007", swedishCompany)},
	{id: "PEPPOL-COMMON-R050", says: "an Australian business number (0151) is not of eleven digits with their check digits" + mendAccount, holds: ids("0151", australian)},
	{id: "PEPPOL-COMMON-R052", says: "a Danish P number (0096) is not of ten digits" + mendAccount, holds: ids("0096", like(`^[0-9]{10}$`))},
	{id: "PEPPOL-COMMON-R053", says: "a Danish SE number (0198) is not DK and eight digits" + mendAccount, holds: ids("0198", like(`^DK[0-9]{8}$`))},
	{id: "PEPPOL-COMMON-R054", warning: true, says: "a Dutch KVK number (0106) is not of eight digits" + mendAccount, holds: ids("0106", like(`^[0-9]{8}$`))},
	{id: "PEPPOL-COMMON-R055", warning: true, says: "a Dutch OIN (0190) is not of twenty digits" + mendAccount, holds: ids("0190", like(`^[0-9]{20}$`))},
	{id: "PEPPOL-COMMON-R056-1", warning: true, says: "a Dutch VAT number (9944) is not written as NL123456789B01" + mendAccount, holds: ids("9944", dutchVAT)},
	{id: "PEPPOL-COMMON-R056-2", warning: true, says: "a Dutch VAT number is not written as NL123456789B01" + mendAccount, holds: func(u *ublCheck) bool {
		return !slices.ContainsFunc([]*element{u.seller, u.buyer}, func(p *element) bool {
			return strings.HasPrefix(vatNumber(p), "NL") && !dutchVAT(vatNumber(p))
		})
	}},
	{id: "PEPPOL-COMMON-R057", warning: true, says: "a Dutch establishment number (0217) is not of twelve digits" + mendAccount, holds: ids("0217", like(`^[0-9]{12}$`))},
}

// swedishRules are Peppol's for Swedish sellers.
var swedishRules = []ublRule{
	{id: "SE-R-001", says: "a Swedish VAT number has 14 characters" + mendSeller, holds: swedishVAT(func(vat string) bool { return len(vat) == 14 })},
	{id: "SE-R-002", says: "a Swedish VAT number ends in 12 digits" + mendSeller, holds: swedishVAT(func(vat string) bool { return allDigits(vat[2:min(14, len(vat))]) })},
	{id: "SE-R-003", says: "a Swedish organisation number is of digits" + mendSeller, holds: swedishID(allDigits)},
	{id: "SE-R-004", says: "a Swedish organisation number has ten digits" + mendSeller, holds: swedishID(func(s string) bool { return len(s) == 10 })},
	{id: "SE-R-005", says: "the seller's tax status must be \"Godkänd för F-skatt\"" + mendSeller, holds: from("SE", func(u *ublCheck) bool {
		return u.seller.first(legalID) == "" || !slices.ContainsFunc(u.seller.find("cac:PartyTaxScheme"), func(s *element) bool {
			return s.first("cac:TaxScheme/cbc:ID") != "VAT" && !strings.EqualFold(s.first("cbc:CompanyID"), "Godkänd för F-skatt")
		})
	})},
	{id: "SE-R-006", says: "the standard rates of a Swedish seller are 6, 12 and 25" + mendInvoices, holds: from("SE", func(u *ublCheck) bool {
		return !strings.HasPrefix(vatNumber(u.seller), "SE") || !slices.ContainsFunc(u.categories, func(c *element) bool {
			return c.first("cbc:ID") == "S" && !slices.Contains([]string{"6", "12", "25"}, rat(c.first("cbc:Percent")).RatString())
		})
	})},
	{id: "SE-R-007", warning: true, says: "a plusgiro number is of digits" + mendSeller, holds: giro("SE:PLUSGIRO", allDigits)},
	{id: "SE-R-008", warning: true, says: "a bankgiro number is of digits" + mendSeller, holds: giro("SE:BANKGIRO", allDigits)},
	{id: "SE-R-009", warning: true, says: "a bankgiro number has 7 or 8 digits" + mendSeller, holds: giro("SE:BANKGIRO", func(s string) bool { return len(s) == 7 || len(s) == 8 })},
	{id: "SE-R-010", warning: true, says: "a plusgiro number has 2 to 8 digits" + mendSeller, holds: giro("SE:PLUSGIRO", func(s string) bool { return len(s) >= 2 && len(s) <= 8 })},
	{id: "SE-R-011", warning: true, says: "a bankgiro or plusgiro has the code 30", holds: from("SE", func(u *ublCheck) bool {
		return !slices.Contains([]string{"50", "56"}, u.first(meansCode))
	})},
	{id: "SE-R-012", warning: true, says: "a transfer between Swedes has the code 30", holds: within("SE", func(u *ublCheck) bool { return u.first(meansCode) != "31" })},
	{id: "SE-R-013", says: "a Swedish organisation number has a wrong check digit" + mendSeller, holds: swedishID(swedishCompany)},
}

// taxTotals are those with the taxes by rate, or those without.
func (u *ublCheck) taxTotals(withRates bool) (list []*element) {
	for t := range u.at("cac:TaxTotal") {
		if (len(t.find("cac:TaxSubtotal")) > 0) == withRates {
			list = append(list, t)
		}
	}
	return list
}

// reasonOf is a rule that a reason of exemption stands on its own tax category.
func reasonOf(code, category string) func(*ublCheck) bool {
	return func(u *ublCheck) bool {
		return !slices.ContainsFunc(u.categories, func(c *element) bool {
			return strings.EqualFold(c.first("cbc:TaxExemptionReasonCode"), code) && c.first("cbc:ID") != category
		})
	}
}

// endpoints holds every electronic address to a rule.
func (u *ublCheck) endpoints(holds func(scheme, id string) bool) bool {
	for _, p := range []*element{u.seller, u.buyer} {
		for _, e := range p.find("cbc:EndpointID") {
			if scheme := e.attr("schemeID"); scheme != "" && !holds(scheme, e.text) {
				return false
			}
		}
	}
	return true
}

// ids holds every identifier of a scheme to its form.
func ids(scheme string, holds func(string) bool) func(*ublCheck) bool {
	return func(u *ublCheck) bool {
		return u.every(func(e *element) bool {
			return e.name != "cbc:EndpointID" && e.name != "cbc:CompanyID" || e.attr("schemeID") != scheme || holds(e.text)
		})
	}
}

func swedishVAT(holds func(vat string) bool) func(*ublCheck) bool {
	return from("SE", func(u *ublCheck) bool {
		vat := vatNumber(u.seller)
		return !strings.HasPrefix(vat, "SE") || holds(vat)
	})
}

func swedishID(holds func(string) bool) func(*ublCheck) bool {
	return from("SE", func(u *ublCheck) bool {
		id := u.seller.first(legalID)
		return id == "" || holds(id)
	})
}

func giro(branch string, holds func(string) bool) func(*ublCheck) bool {
	return from("SE", func(u *ublCheck) bool {
		account := elementOf(u.find("cac:PaymentMeans/cac:PayeeFinancialAccount"))
		return account.first("cac:FinancialInstitutionBranch/cbc:ID") != branch || holds(account.first("cbc:ID"))
	})
}

// like is the form of an identifier.
func like(pattern string) func(string) bool { return regexp.MustCompile(pattern).MatchString }

var dutchVAT, italianVAT = like(`^NL[0-9]{9}B[0-9]{2}$`), like(`^IT[0-9]{11}$`)

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// swedishCompany is ten digits, of which the last is a check digit.
func swedishCompany(s string) bool { return allDigits(s) && len(s) == 10 && luhn(s) }

// italian is a VAT number of which the last digit is a check digit, where it is one of Italy.
func italian(s string) bool {
	s = strings.ToUpper(s)
	return !strings.HasPrefix(s, "IT") || italianVAT(s) && luhn(s[2:])
}

// luhn reports whether the last of some digits is their check digit.
func luhn(digits string) bool {
	sum := 0
	for i := range digits {
		d := int(digits[i]-'0') * (1 + (len(digits)-1-i)%2)
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

// gln is digits of which the last is the check digit of GS1.
func gln(s string) bool {
	if !allDigits(s) {
		return false
	}
	sum := 0
	for i := range s {
		weight := 1
		if (len(s)-1-i)%2 == 1 {
			weight = 3
		}
		sum += int(s[i]-'0') * weight
	}
	return sum%10 == 0
}

// norwegian is nine digits, of which the last is a check digit modulo 11.
func norwegian(s string) bool {
	if !allDigits(s) || len(s) != 9 {
		return false
	}
	sum := 0
	for i, weight := range []int{3, 2, 7, 6, 5, 4, 3, 2, 1} {
		sum += int(s[i]-'0') * weight
	}
	return sum > 0 && sum%11 == 0
}

// australian is eleven digits, of which the first two make the weighted sum of all
// divisible by 89.
func australian(s string) bool {
	if !allDigits(s) || len(s) != 11 {
		return false
	}
	sum := -10 // the first digit counts as one less
	for i, weight := range []int{10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19} {
		sum += int(s[i]-'0') * weight
	}
	return sum%89 == 0
}

// belgian is ten digits, of which the last two are 97 less the rest of the others by 97.
func belgian(s string) bool {
	if !allDigits(s) || len(s) != 10 {
		return false
	}
	n := 0
	for i := range 8 {
		n = n*10 + int(s[i]-'0')
	}
	return 97-n%97 == int(s[8]-'0')*10+int(s[9]-'0')
}
