package exporters

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// nationalRules are Peppol's for sellers of other countries than Sweden, those of
// them that a document of ours can break: it has no allowance, no direct debit,
// no card, no attachment and no representative. A Greek seller needs numbers of
// its tax authority on each document, which we do not have.
var nationalRules = slices.Concat(norwegianRules, danishRules, germanRules, dutchRules, italianRules, icelandicRules, []ublRule{
	{id: "GR-R-001-1", says: "a Greek seller's document needs the numbers of its tax authority, which this program does not ask for; the PDF is what there is",
		holds: func(u *ublCheck) bool { return !slices.Contains([]string{"GR", "EL"}, vatCountry(u)) }},
})

// from is a rule on documents of sellers of a country, whoever buys.
func from(country string, holds func(u *ublCheck) bool) func(*ublCheck) bool {
	return func(u *ublCheck) bool { return countryOf(u.seller) != country || holds(u) }
}

// within is a rule on documents between a seller and a buyer of a country.
func within(country string, holds func(u *ublCheck) bool) func(*ublCheck) bool {
	return from(country, func(u *ublCheck) bool { return countryOf(u.buyer) != country || holds(u) })
}

// withVATOf is a rule on documents of sellers with a VAT number of a country.
func withVATOf(country string, holds func(u *ublCheck) bool) func(*ublCheck) bool {
	return func(u *ublCheck) bool { return vatCountry(u) != country || holds(u) }
}

// vatCountry is the country of the seller's VAT number; of one that has none, that of its address.
func vatCountry(u *ublCheck) string {
	vat := vatNumber(u.seller)
	return cmp.Or(vat[:min(2, len(vat))], countryOf(u.seller))
}

// sellerHas is a rule on an element of the seller's party.
func sellerHas(paths ...string) func(*ublCheck) bool {
	return func(u *ublCheck) bool {
		return !slices.ContainsFunc(paths, func(path string) bool { return u.seller.first(path) == "" })
	}
}

// buyerHas is a rule on an element of the buyer's party.
func buyerHas(paths ...string) func(*ublCheck) bool {
	return func(u *ublCheck) bool {
		return !slices.ContainsFunc(paths, func(path string) bool { return u.buyer.first(path) == "" })
	}
}

// sellerScheme is a rule that the seller's registration number, where there is
// one, is of one of some schemes.
func sellerScheme(schemes ...string) func(*ublCheck) bool {
	return func(u *ublCheck) bool {
		found := u.seller.find(legalID)
		return len(found) == 0 || slices.Contains(schemes, found[0].attr("schemeID"))
	}
}

const street, city, postcode, legalID = "cac:PostalAddress/cbc:StreetName", "cac:PostalAddress/cbc:CityName", "cac:PostalAddress/cbc:PostalZone", "cac:PartyLegalEntity/cbc:CompanyID"

const meansCode, payee = "cac:PaymentMeans/cbc:PaymentMeansCode", "cac:PaymentMeans/cac:PayeeFinancialAccount/"

var norwegianVAT = regexp.MustCompile(`^NO[0-9]{9}MVA$`)

var norwegianRules = []ublRule{
	{id: "NO-R-001", says: "a Norwegian VAT number is NO, nine digits with their check digit, and MVA" + mendSeller, holds: withVATOf("NO", func(u *ublCheck) bool {
		vat := vatNumber(u.seller)
		return !strings.HasPrefix(vat, "NO") || norwegianVAT.MatchString(vat) && norwegian(vat[2:11])
	})},
	{id: "NO-R-002", warning: true, says: "most Norwegian sellers must state Foretaksregisteret (configuration: seller.tax_status)", holds: withVATOf("NO", func(u *ublCheck) bool {
		return slices.ContainsFunc(u.seller.find("cac:PartyTaxScheme"), func(s *element) bool {
			return s.first("cac:TaxScheme/cbc:ID") == "TAX" && s.first("cbc:CompanyID") == "Foretaksregisteret"
		})
	})},
}

var danishRules = []ublRule{
	{id: "DK-R-002", says: "a Danish seller needs its CVR number (configuration: seller.company_id)", holds: from("DK", sellerHas(legalID))},
	{id: "DK-R-005", says: "a Danish seller's means of payment to a Danish buyer has a code that Denmark does not use", holds: within("DK", func(u *ublCheck) bool {
		code := u.first(meansCode)
		return !u.invoice || code == "" || slices.Contains(strings.Fields("1 10 31 42 48 49 50 58 59 93 97"), code)
	})},
	{id: "DK-R-006", says: "a transfer between Danes needs the account and its registration number" + mendSeller, holds: within("DK", func(u *ublCheck) bool {
		return !u.invoice || !slices.Contains([]string{"31", "42"}, u.first(meansCode)) ||
			u.first(payee+"cbc:ID") != "" && u.first(payee+"cac:FinancialInstitutionBranch/cbc:ID") != ""
	})},
	{id: "DK-R-014", says: "a Danish seller's registration number is a CVR number (0184)" + mendSeller, holds: from("DK", sellerScheme("0184"))},
	{id: "DK-R-016", says: "a credit note between Danes is below zero", holds: within("DK", func(u *ublCheck) bool { return u.invoice || u.total("PayableAmount").Sign() >= 0 })},
}

const contact = "cac:Contact/cbc:"

var threeDigits, mailAddress = like(`([0-9].*){3}`), like(`^[^@\s]+@([^@.\s]+\.)+[^@.\s]+$`)

var germanRules = []ublRule{
	{id: "DE-R-001", says: "a document between Germans says nothing of payment", holds: within("DE", has("cac:PaymentMeans"))},
	{id: "DE-R-002", says: "a German seller needs a contact" + mendSeller, holds: within("DE", func(u *ublCheck) bool { return len(u.seller.find("cac:Contact")) > 0 })},
	{id: "DE-R-003", says: "a German seller needs its city" + mendSeller, holds: within("DE", sellerHas(city))},
	{id: "DE-R-004", says: "a German seller needs its postal code" + mendSeller, holds: within("DE", sellerHas(postcode))},
	{id: "DE-R-005", says: "a German seller's contact needs a name" + mendSeller, holds: within("DE", sellerHas(contact+"Name"))},
	{id: "DE-R-006", says: "a German seller's contact needs a telephone" + mendSeller, holds: within("DE", sellerHas(contact+"Telephone"))},
	{id: "DE-R-007", says: "a German seller's contact needs an e-mail address" + mendSeller, holds: within("DE", sellerHas(contact+"ElectronicMail"))},
	{id: "DE-R-027", warning: true, says: "a German seller's telephone has at least three digits" + mendSeller, holds: within("DE", func(u *ublCheck) bool {
		return threeDigits(u.seller.first(contact + "Telephone"))
	})},
	{id: "DE-R-028", warning: true, says: "a German seller's e-mail address is none" + mendSeller, holds: within("DE", func(u *ublCheck) bool {
		return mailAddress(u.seller.first(contact + "ElectronicMail"))
	})},
	{id: "DE-R-008", says: "a German buyer needs a city" + mendAccount, holds: within("DE", buyerHas(city))},
	{id: "DE-R-009", says: "a German buyer needs a postal code" + mendAccount, holds: within("DE", buyerHas(postcode))},
	{id: "DE-R-014", says: "a tax between Germans has no rate" + mendInvoices, holds: within("DE", eachSubtotal("cac:TaxCategory/cbc:Percent"))},
	{id: "DE-R-015", says: "a German buyer needs a reference (sheet Accounts: BuyerReference)", holds: within("DE", has("cbc:BuyerReference"))},
	{id: "DE-R-016", says: "a German seller needs a VAT number or a tax number" + mendSeller, holds: within("DE", func(u *ublCheck) bool {
		return len(u.linesOf("O")) == len(u.lines) || len(u.seller.find("cac:PartyTaxScheme/cbc:CompanyID")) > 0
	})},
}

var dutchRules = []ublRule{
	{id: "NL-R-001", says: "a Dutch seller's credit note names no invoice", holds: from("NL", func(u *ublCheck) bool {
		return u.invoice || len(u.find("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID")) > 0
	})},
	{id: "NL-R-002", says: "a Dutch seller needs street, city and postal code" + mendSeller, holds: from("NL", sellerHas(street, city, postcode))},
	{id: "NL-R-003", says: "a Dutch seller's registration number is one of KVK (0106) or OIN (0190); give it as its endpoint too" + mendSeller, holds: from("NL", sellerScheme("0106", "0190"))},
	{id: "NL-R-004", says: "a Dutch buyer needs street, city and postal code" + mendAccount, holds: within("NL", buyerHas(street, city, postcode))},
	{id: "NL-R-007", says: "what is to be paid to a Dutch seller needs a means of payment, and there is no account" + mendSeller, holds: from("NL", func(u *ublCheck) bool {
		toPay := u.total("PayableAmount").Sign()
		return u.invoice && toPay <= 0 || !u.invoice && toPay >= 0 || len(u.find("cac:PaymentMeans")) > 0
	})},
	{id: "NL-R-008", says: "a means of payment between the Dutch has a code that they do not use", holds: within("NL", func(u *ublCheck) bool {
		code := u.first(meansCode)
		return code == "" || slices.Contains(strings.Fields("30 48 49 57 58 59"), code)
	})},
}

var italianTaxNumber = regexp.MustCompile(`^[A-Z0-9]{11,16}$`)

var italianRules = []ublRule{
	{id: "IT-R-001", says: "an Italian seller's tax number has 11 to 16 letters and digits (configuration: seller.tax_status)", holds: withVATOf("IT", func(u *ublCheck) bool {
		return !slices.ContainsFunc(u.seller.find("cac:PartyTaxScheme"), func(s *element) bool {
			return s.first("cac:TaxScheme/cbc:ID") != "VAT" && !italianTaxNumber.MatchString(s.first("cbc:CompanyID"))
		})
	})},
	{id: "IT-R-002", says: "an Italian seller needs its street" + mendSeller, holds: withVATOf("IT", sellerHas(street))},
	{id: "IT-R-003", says: "an Italian seller needs its city" + mendSeller, holds: withVATOf("IT", sellerHas(city))},
	{id: "IT-R-004", says: "an Italian seller needs its postal code" + mendSeller, holds: withVATOf("IT", sellerHas(postcode))},
}

var icelandicRules = []ublRule{
	{id: "IS-R-002", says: "an Icelandic seller needs its registration number (0196); give it as its endpoint too" + mendSeller, holds: from("IS", func(u *ublCheck) bool {
		return sellerHas(legalID)(u) && sellerScheme("0196")(u)
	})},
	{id: "IS-R-003", says: "an Icelandic seller needs street and postal code" + mendSeller, holds: from("IS", sellerHas(street, postcode))},
	{id: "IS-R-004", says: "an Icelandic buyer of an Icelandic seller needs a registration number, which the sheet Accounts does not have", holds: within("IS", buyerHas(legalID))},
	{id: "IS-R-005", says: "an Icelandic buyer needs street and postal code" + mendAccount, holds: within("IS", buyerHas(street, postcode))},
}
