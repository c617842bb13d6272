package exporters

import (
	"slices"
	"strings"
	"testing"
)

// reading is a change of a valid invoice and whether it breaks an official rule. They
// are the cases in which the texts of EN 16931 (1.3.16) and of Peppol (3.0.21) say
// something else than one would think of a rule by its title.
type reading struct {
	says    string
	country string // of seller and buyer
	change  func(*element)
	rule    string
	broken  bool
}

const (
	sellerParty = "cac:AccountingSupplierParty/cac:Party"
	buyerParty  = "cac:AccountingCustomerParty/cac:Party"
	ofCountry   = "/cac:PostalAddress/cac:Country/cbc:IdentificationCode"
	vatID       = "/cac:PartyTaxScheme/cbc:CompanyID"
	endpointID  = "/cbc:EndpointID"
	byRate      = "cac:TaxTotal/cac:TaxSubtotal"
	payableBy   = "cac:PaymentMeans/cac:PayeeFinancialAccount"
	lineOf      = "cac:InvoiceLine"
)

var readings = []reading{
	{"a tax registration is enough for tax", "NO", drop(sellerParty + "/cac:PartyTaxScheme[VAT]"), "BR-S-02", false},
	{"but the law asks for the VAT number", "NO", drop(sellerParty + "/cac:PartyTaxScheme[VAT]"), "VAT", true},
	{"neither a VAT number nor a tax registration", "NO", drop(sellerParty + "/cac:PartyTaxScheme"), "BR-S-02", true},
	{"an export needs the VAT number itself", "NO", changes(category("G"), drop(sellerParty+"/cac:PartyTaxScheme[VAT]")), "BR-G-02", true},
	{"the buyer's registration number does for a reverse charge", "SE", changes(category("AE"), drop(buyerParty+"/cac:PartyTaxScheme"),
		put(buyerParty+"/cac:PartyLegalEntity", leaf("cbc:CompanyID", "5560125790"))), "BR-AE-02", false},
	{"a reverse charge with neither number of the buyer", "SE", changes(category("AE"), drop(buyerParty+"/cac:PartyTaxScheme")), "BR-AE-02", true},
	{"the code of a reason does without its words", "SE", changes(category("AE"), put(byRate+"/cac:TaxCategory", leaf("cbc:TaxExemptionReasonCode", "VATEX-EU-AE"))), "BR-AE-10", false},
	{"neither the code nor the words of a reason", "SE", category("AE"), "BR-AE-10", true},
	{"an export without a reason", "SE", category("G"), "BR-G-10", true},
	{"the code of a reason is one too", "SE", put(byRate+"/cac:TaxCategory", leaf("cbc:TaxExemptionReasonCode", "VATEX-EU-AE")), "BR-S-10", true},
	{"XX is no country", "SE", set(buyerParty+vatID, "XX12345678"), "BR-CO-09", true},
	{"Greece is EL in VAT numbers", "SE", set(buyerParty+vatID, "EL094259216"), "BR-CO-09", false},
	{"Northern Ireland is XI in VAT numbers", "SE", set(buyerParty+vatID, "XI123456789"), "BR-CO-09", false},
	{"Greece is GR in addresses", "SE", set(buyerParty+ofCountry, "EL"), "BR-CL-14", true},
	{"Great Britain is GB", "SE", set(buyerParty+ofCountry, "UK"), "BR-CL-14", true},
	{"Northern Ireland may be XI", "SE", set(buyerParty+ofCountry, "XI"), "BR-CL-14", false},
	{"the list of EN 16931 still has STD", "SE", set("cbc:DocumentCurrencyCode", "STN"), "BR-CL-04", true},
	{"Bulgaria has the euro", "SE", set("cbc:DocumentCurrencyCode", "BGN"), "PEPPOL-EN16931-CL007", true},
	{"three signs between # are a code", "SE", set("cbc:Note", "Credits invoice 7#001#A."), "BR-CL-08", true},
	{"four are not", "SE", set("cbc:Note", "Credits invoice 7#0001#A."), "BR-CL-08", false},
	{"9930 is a scheme of addresses alone", "SE", scheme(sellerParty+"/cac:PartyLegalEntity/cbc:CompanyID", "9930"), "BR-CL-11", true},
	{"a period may have no end", "SE", drop(lineOf + "/cac:InvoicePeriod/cbc:EndDate"), "BR-30", false},
	{"a line may be off by 0.02", "SE", set(lineOf+"/cac:Price/cbc:PriceAmount", "900.02"), "PEPPOL-EN16931-R120", false},
	{"and no more", "SE", set(lineOf+"/cac:Price/cbc:PriceAmount", "900.03"), "PEPPOL-EN16931-R120", true},
	{"25 % of 100.02 is 25.01, and 24.02 is less than 1 below", "SE", changes(set(byRate+"/cbc:TaxableAmount", "100.02"), set(byRate+"/cbc:TaxAmount", "24.02")), "BR-S-09", false},
	{"24.01 is not", "SE", changes(set(byRate+"/cbc:TaxableAmount", "100.02"), set(byRate+"/cbc:TaxAmount", "24.01")), "BR-S-09", true},
	{"a tax by rate is in the document's currency", "SE", currency(byRate+"/cbc:TaxAmount", "SEK"), "PEPPOL-EN16931-R051", true},
	{"so is every amount", "SE", currency("cac:LegalMonetaryTotal/cbc:PayableAmount", ""), "PEPPOL-EN16931-R051", true},
	{"the base of a price may have no unit", "SE", func(e *element) { e.find(lineOf + "/cac:Price/cbc:BaseQuantity")[0].attrs = nil }, "PEPPOL-EN16931-R130", false},

	{"0037 is no address any longer", "SE", scheme(buyerParty+endpointID, "0037"), "PEPPOL-EN16931-CL008", true},
	{"0246 is one", "SE", scheme(buyerParty+endpointID, "0246"), "PEPPOL-EN16931-CL008", false},
	{"zeros are no Norwegian number", "SE", address("0192", "000000000"), "PEPPOL-COMMON-R041", true},
	{"a CVR number may stand without DK", "SE", address("0184", "13585628"), "PEPPOL-COMMON-R042", false},
	{"an IPA code", "SE", address("0201", "UFABCD"), "PEPPOL-COMMON-R044", false},
	{"no IPA code", "SE", address("0201", "UFABC"), "PEPPOL-COMMON-R044", true},
	{"a codice fiscale", "SE", address("0210", "RSSMRA85T10A562S"), "PEPPOL-COMMON-R045", false},
	{"no codice fiscale", "SE", address("0210", "RSSMRA85T10A56"), "PEPPOL-COMMON-R045", true},
	{"a partita IVA", "SE", address("0211", "IT00743110157"), "PEPPOL-COMMON-R047", false},
	{"a partita IVA with a wrong check digit", "SE", address("0211", "IT00743110158"), "PEPPOL-COMMON-R047", true},
	{"a VAT number of elsewhere is not checked", "SE", address("0211", "SM00743110158"), "PEPPOL-COMMON-R047", false},
	{"a P number", "SE", address("0096", "1003519123"), "PEPPOL-COMMON-R052", false},
	{"no P number", "SE", address("0096", "13585628"), "PEPPOL-COMMON-R052", true},
	{"an SE number has DK in front", "SE", address("0198", "13585628"), "PEPPOL-COMMON-R053", true},
	{"a KVK number", "SE", address("0106", "1234567"), "PEPPOL-COMMON-R054", true},
	{"an OIN", "SE", address("0190", "12345678"), "PEPPOL-COMMON-R055", true},
	{"a Dutch VAT number as an address", "SE", address("9944", "NL123456789B1"), "PEPPOL-COMMON-R056-1", true},
	{"a Dutch VAT number", "SE", set(buyerParty+vatID, "NL123456789"), "PEPPOL-COMMON-R056-2", true},
	{"a Dutch establishment", "SE", address("0217", "12345678"), "PEPPOL-COMMON-R057", true},

	{"a tax status of others than companies is free", "SE", changes(drop(sellerParty+"/cac:PartyLegalEntity/cbc:CompanyID"), set(sellerParty+vatID, "SE1")), "SE-R-005", false},
	{"a rate is a number", "SE", set(byRate+"/cac:TaxCategory/cbc:Percent", "25.00"), "SE-R-006", false},
	{"31 is wrong between Swedes", "SE", set(meansCode, "31"), "SE-R-012", true},
	{"31 is right to others", "SE", changes(set(meansCode, "31"), set(buyerParty+ofCountry, "DE")), "SE-R-012", false},
	{"31 is right from others", "DK", set(meansCode, "31"), "SE-R-012", false},
	{"a Swedish VAT number makes a seller Swedish, wherever it sits", "NO", set(sellerParty+vatID, "SE556732170701"), "NO-R-002", false},
	{"a Norwegian one makes it Norwegian", "SE", set(sellerParty+vatID, "NO974760674MVA"), "NO-R-001", true},
	{"and an Italian one Italian", "SE", changes(set(sellerParty+vatID, "IT00743110157"), drop(sellerParty+"/cac:PostalAddress/cbc:PostalZone")), "IT-R-004", true},
	{"and a Greek one Greek", "SE", set(sellerParty+vatID, "EL094259216"), "GR-R-001-1", true},
	{"a seller in Greece that is Swedish for VAT", "GR", set(sellerParty+vatID, "SE556732170701"), "GR-R-001-1", false},
	{"the account is asked for too", "DK", drop(payableBy + "/cbc:ID"), "DK-R-006", true},
	{"only what the Dutch pay each other has its codes", "NL", changes(set(meansCode, "42"), set(buyerParty+ofCountry, "DE")), "NL-R-008", false},
	{"a credit note below zero is paid by the customer", "NL", func(e *element) {
		e.name, e.find("cac:LegalMonetaryTotal/cbc:PayableAmount")[0].text = "CreditNote", "-1.00"
		drop("cac:PaymentMeans")(e)
	}, "NL-R-007", true},
	{"a telephone has three digits", "DE", set(sellerParty+"/cac:Contact/cbc:Telephone", "+4"), "DE-R-027", true},
	{"an e-mail address has a domain", "DE", set(sellerParty+"/cac:Contact/cbc:ElectronicMail", "a@example"), "DE-R-028", true},
}

// invoiceOf is an invoice with something to pay, from a seller to a buyer of a country.
func invoiceOf(t testing.TB, country string) *element {
	for _, p := range abroadPapers(t, country, "S") {
		if e := p.ubl(); e.name == "Invoice" {
			return e
		}
	}
	t.Fatal("no invoice")
	return nil
}

func TestOfficialReadings(t *testing.T) {
	for _, r := range readings {
		e := invoiceOf(t, r.country)
		r.change(e)
		if got := slices.Contains(ruleIDs(brokenRules(e)), r.rule); got != r.broken {
			t.Errorf("%s: %s is broken: %v, want %v", r.says, r.rule, got, r.broken)
		}
	}
}

// A wrong Swedish organisation number stops the e-invoice: Peppol no longer only warns.
func TestSwedishNumberStops(t *testing.T) {
	e := invoiceOf(t, "SE")
	set(sellerParty+"/cac:PartyLegalEntity/cbc:CompanyID", "556732170X")(e)
	for _, r := range brokenRules(e) {
		if r.warning && slices.Contains([]string{"SE-R-003", "SE-R-004", "SE-R-013"}, r.id) {
			t.Errorf("%s only warns", r.id)
		}
	}
}

// A Dutch seller's invoice of which nothing is left to pay says that it is paid as agreed before.
func TestUBLDutchWithNothingToPay(t *testing.T) {
	night := billedNight(t)
	night.Seller = Seller{Name: "Verkoper", Address: "Straat 1", PostalCode: "1000 AA", City: "Amsterdam", Country: "NL", VATNumber: "NL123456789B01", Endpoint: "0106:12345678"}
	e := taxedPapers(t, &night, equipped(customers()[0]))[1].ubl()
	if code, broken := e.first(meansCode), ruleIDs(brokenRules(e)); e.name != "Invoice" || code != "57" || broken != nil {
		t.Errorf("the %s is paid by %q and breaks %v", e.name, code, broken)
	}
}

// A registration number has the scheme of the seller's address only where that is one
// of ISO 6523, and an IBAN between Danes is paid by 31.
func TestUBLSchemes(t *testing.T) {
	night := billedNight(t)
	night.Seller.Country, night.Seller.CompanyID, night.Seller.Endpoint = "AT", "ATU12345675", "9914:ATU12345675"
	e := taxedPapers(t, &night, customers()[0])[0].ubl()
	if id := e.find(sellerParty + "/cac:PartyLegalEntity/cbc:CompanyID")[0]; id.text != "ATU12345675" || id.attrs != nil {
		t.Errorf("%+v", id)
	}
	if code := invoiceOf(t, "DK").first(meansCode); code != "31" {
		t.Errorf("Danes pay by %s", code)
	}
}

// schema is the order of UBL 2.1 for the elements that are written, below each that has
// any; UBL-CR and UBL-SR forbid most of the others, and attributes but these.
var schema = map[string]string{
	"Invoice": `cbc:CustomizationID cbc:ProfileID cbc:ID cbc:IssueDate cbc:InvoiceTypeCode cbc:Note cbc:DocumentCurrencyCode cbc:TaxCurrencyCode cbc:BuyerReference
		cac:BillingReference cac:AccountingSupplierParty cac:AccountingCustomerParty cac:PaymentMeans cac:PaymentTerms cac:TaxTotal cac:LegalMonetaryTotal cac:InvoiceLine`,
	"CreditNote": `cbc:CustomizationID cbc:ProfileID cbc:ID cbc:IssueDate cbc:CreditNoteTypeCode cbc:Note cbc:DocumentCurrencyCode cbc:TaxCurrencyCode cbc:BuyerReference
		cac:BillingReference cac:AccountingSupplierParty cac:AccountingCustomerParty cac:PaymentMeans cac:PaymentTerms cac:TaxTotal cac:LegalMonetaryTotal cac:CreditNoteLine`,
	"cac:BillingReference":         "cac:InvoiceDocumentReference",
	"cac:InvoiceDocumentReference": "cbc:ID",
	"cac:AccountingSupplierParty":  "cac:Party", "cac:AccountingCustomerParty": "cac:Party",
	"cac:Party":         "cbc:EndpointID cac:PartyName cac:PostalAddress cac:PartyTaxScheme cac:PartyLegalEntity cac:Contact",
	"cac:PartyName":     "cbc:Name",
	"cac:PostalAddress": "cbc:StreetName cbc:CityName cbc:PostalZone cac:Country", "cac:Country": "cbc:IdentificationCode",
	"cac:PartyTaxScheme": "cbc:CompanyID cac:TaxScheme", "cac:TaxScheme": "cbc:ID",
	"cac:PartyLegalEntity": "cbc:RegistrationName cbc:CompanyID", "cac:Contact": "cbc:Name cbc:Telephone cbc:ElectronicMail",
	"cac:PaymentMeans":          "cbc:PaymentMeansCode cbc:PaymentID cac:PayeeFinancialAccount",
	"cac:PayeeFinancialAccount": "cbc:ID cac:FinancialInstitutionBranch", "cac:FinancialInstitutionBranch": "cbc:ID", "cac:PaymentTerms": "cbc:Note",
	"cac:TaxTotal": "cbc:TaxAmount cac:TaxSubtotal", "cac:TaxSubtotal": "cbc:TaxableAmount cbc:TaxAmount cac:TaxCategory",
	"cac:TaxCategory":        "cbc:ID cbc:Percent cbc:TaxExemptionReasonCode cbc:TaxExemptionReason cac:TaxScheme",
	"cac:LegalMonetaryTotal": "cbc:LineExtensionAmount cbc:TaxExclusiveAmount cbc:TaxInclusiveAmount cbc:PayableAmount",
	"cac:InvoiceLine":        "cbc:ID cbc:InvoicedQuantity cbc:LineExtensionAmount cac:InvoicePeriod cac:Item cac:Price",
	"cac:CreditNoteLine":     "cbc:ID cbc:CreditedQuantity cbc:LineExtensionAmount cac:InvoicePeriod cac:Item cac:Price",
	"cac:InvoicePeriod":      "cbc:StartDate cbc:EndDate", "cac:Item": "cbc:Name cac:ClassifiedTaxCategory cac:AdditionalItemProperty",
	"cac:ClassifiedTaxCategory": "cbc:ID cbc:Percent cac:TaxScheme", "cac:AdditionalItemProperty": "cbc:Name cbc:Value", "cac:Price": "cbc:PriceAmount cbc:BaseQuantity",
}

// repeated are the elements that may stand more than once in a row.
const repeated = "cac:BillingReference cac:PartyTaxScheme cac:TaxTotal cac:TaxSubtotal cac:InvoiceLine cac:CreditNoteLine"

func TestUBLSchema(t *testing.T) {
	night := billedNight(t)
	papers := taxedPapers(t, &night, customers()...)
	for country := range abroad {
		for _, category := range []string{"S", "Z", "E", "AE", "G", "O"} {
			papers = append(papers, abroadPapers(t, country, category)...)
		}
	}
	for _, p := range papers {
		p.ubl().each(func(e *element) {
			order, last := strings.Fields(schema[e.name]), -1
			for _, c := range e.children {
				at := slices.Index(order, c.name)
				if at < last || at < 0 || at == last && !strings.Contains(repeated, c.name) {
					t.Errorf("%s stands in a wrong place in %s", c.name, e.name)
				}
				last = at
				for _, a := range c.attrs {
					allowed := map[string]bool{"currencyID": strings.HasSuffix(c.name, "Amount"), "unitCode": strings.HasSuffix(c.name, "Quantity"),
						"schemeID": c.name == "cbc:EndpointID" || c.name == "cbc:CompanyID" && e.name == "cac:PartyLegalEntity"}
					if !allowed[a.name] {
						t.Errorf("%s has the attribute %s", c.name, a.name)
					}
				}
			}
		})
	}
}

// changes makes several changes.
func changes(list ...func(*element)) func(*element) {
	return func(e *element) {
		for _, change := range list {
			change(e)
		}
	}
}

// set gives the first element at a path another text.
func set(path, text string) func(*element) {
	return func(e *element) { e.find(path)[0].text = text }
}

// scheme gives it another scheme, and currency an amount another currency.
func scheme(path, id string) func(*element) {
	return func(e *element) { e.find(path)[0].attrs = []attr{{"schemeID", id}} }
}

func currency(path, code string) func(*element) {
	return func(e *element) { e.find(path)[0].attrs = []attr{{"currencyID", code}} }
}

// address gives the buyer another electronic address.
func address(id, text string) func(*element) {
	return changes(scheme(buyerParty+endpointID, id), set(buyerParty+endpointID, text))
}

// put adds an element below the first at a path.
func put(path string, child *element) func(*element) {
	return func(e *element) {
		p := e.find(path)[0]
		p.children = append(p.children, child)
	}
}

// drop takes the elements at a path away; with [VAT] only that of VAT.
func drop(path string) func(*element) {
	path, vat := strings.CutSuffix(path, "[VAT]")
	i := strings.LastIndexByte(path, '/')
	return func(e *element) {
		parents := []*element{e}
		if i >= 0 {
			parents = e.find(path[:i])
		}
		for _, p := range parents {
			p.children = slices.DeleteFunc(p.children, func(c *element) bool {
				return c.name == path[i+1:] && (!vat || c.first("cac:TaxScheme/cbc:ID") == "VAT")
			})
		}
	}
}

// category makes everything of another tax category, without a reason.
func category(code string) func(*element) {
	return changes(set(byRate+"/cac:TaxCategory/cbc:ID", code), func(e *element) {
		for c := range e.at(lineOf + "/cac:Item/cac:ClassifiedTaxCategory/cbc:ID") {
			c.text = code
		}
	})
}
