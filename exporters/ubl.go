package exporters

import (
	"cmp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// documentsUBL is documents/NUMBER.xml: invoices (380) and credit notes (381) as
// UBL 2.1 by Peppol BIS Billing 3.0 (DOC-6). Each is checked by the rules of
// EN 16931 and of Peppol that it can break (see ublRules) before it is written;
// one that breaks any is not written, and the manifest says what is missing.
var documentsUBL = &documentFiles{
	ending: ".xml", workers: 2 * runtime.GOMAXPROCS(0),
	make: func(p *press, s *settled, i int) ([]byte, error) {
		if !isTaxed(&s.Documents[i]) {
			return nil, nil
		}
		paper := newPaper(p.night, s, i)
		if p.night.Seller.Name == "" {
			p.lacking(paper, ublSeller)
			return nil, nil
		}
		e := paper.ubl()
		broken := brokenRules(e)
		if slices.ContainsFunc(broken, func(r *ublRule) bool { return !r.warning }) {
			p.lacking(paper, broken...)
			return nil, nil
		}
		p.issued(paper, broken...)
		return e.bytes(), nil
	},
}

// The identifiers of Peppol BIS Billing 3.0.
const (
	customization = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
	profile       = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
)

// ubl is the document as UBL. DOC-6: a credit note names the invoice that it
// cancels or credits; the new invoice is a plain 380 that names what it replaces.
func (p *paper) ubl() *element {
	d := p.document
	root, code, typeCode := "CreditNote", "381", "cbc:CreditNoteTypeCode"
	if d.Type == invoicing.InvoiceDoc {
		root, code, typeCode = "Invoice", "380", "cbc:InvoiceTypeCode"
	}
	sek, inSEK := taxInSEK(p.night, d)
	taxCurrency := ""
	if inSEK {
		taxCurrency = money.SEK.String()
	}
	e := el(root,
		leaf("cbc:CustomizationID", customization),
		leaf("cbc:ProfileID", profile),
		leaf("cbc:ID", d.Number),
		leaf("cbc:IssueDate", d.IssueDate.String()),
		leaf(typeCode, code),
		leaf("cbc:Note", p.note()),
		leaf("cbc:DocumentCurrencyCode", d.Currency.String()),
		leaf("cbc:TaxCurrencyCode", taxCurrency),
		p.buyerReference(),
	)
	for _, refs := range [...][]invoicing.Ref{d.Cancels, d.Credits, d.Replaces} {
		for _, r := range refs {
			e.add(el("cac:BillingReference", el("cac:InvoiceDocumentReference", leaf("cbc:ID", p.s.number(r)))))
		}
	}
	e.add(p.ublSeller(), p.ublBuyer())
	if d.Type == invoicing.InvoiceDoc {
		e.add(p.paymentMeans(), el("cac:PaymentTerms", leaf("cbc:Note", p.paymentTerms())))
	} else {
		e.add(p.noPayment())
	}
	e.add(p.taxTotal())
	if inSEK {
		e.add(el("cac:TaxTotal", amount("cbc:TaxAmount", sek.tax)))
	}
	e.add(el("cac:LegalMonetaryTotal", amount("cbc:LineExtensionAmount", d.Net), amount("cbc:TaxExclusiveAmount", d.Net),
		amount("cbc:TaxInclusiveAmount", d.Gross), amount("cbc:PayableAmount", d.Gross)))
	for i := range d.Lines {
		if d.Lines[i].Kind != invoicing.BalanceForwardLine {
			e.add(p.ublLine(i, root))
		}
	}
	e.attrs = []attr{{"xmlns", "urn:oasis:names:specification:ubl:schema:xsd:" + root + "-2"},
		{"xmlns:cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"},
		{"xmlns:cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"}}
	return e
}

func amount(name string, m money.Money) *element {
	return leaf(name, m.Number(), attr{"currencyID", m.Code()})
}

// note says in the language of the customer what the document cancels, replaces
// or credits, and what happens to the money. A document has one note (PEPPOL-EN16931-R002).
func (p *paper) note() string {
	var list []string
	for _, f := range p.references() {
		if f.value != "" {
			list = append(list, f.label+" "+f.value+".")
		}
	}
	s := p.settling()
	for _, f := range s.rows {
		list = append(list, f.label+": "+f.value+".")
	}
	return strings.Join(append(list, p.remarks()...), " ")
}

func (p *paper) buyerReference() *element {
	if p.account == nil {
		return nil
	}
	return leaf("cbc:BuyerReference", p.account.BuyerReference)
}

// party is what UBL wants to know of a seller or a buyer.
type party struct {
	name, address, city, postalCode, country  string
	vat, company, scheme, taxStatus, endpoint string
	contact, phone, email                     string
}

func (p *paper) ublSeller() *element {
	s := &p.night.Seller
	scheme, id := endpoint(s.Endpoint)
	company := strings.NewReplacer("-", "", " ", "").Replace(s.CompanyID)
	legal := ""
	switch {
	case s.Country == "SE" && len(company) == 10:
		legal = "0007"
	case s.Country == "DK" && company != "": // DK-R-014; PEPPOL-COMMON-R042 wants its country in front
		if company = strings.ToUpper(company); allDigits(company) {
			company = "DK" + company
		}
		legal = "0184"
	case id == company && strings.HasPrefix(scheme, "0"): // BR-CL-11: those of 99 are none of ISO 6523
		legal = scheme
	}
	return el("cac:AccountingSupplierParty", p.ublParty(party{name: s.Name, address: s.Address, city: s.City, postalCode: s.PostalCode, country: s.Country,
		vat: s.VATNumber, company: company, scheme: legal, taxStatus: s.TaxStatus, endpoint: s.Endpoint, contact: cmp.Or(s.Contact, s.Name), phone: s.Phone, email: s.Email}))
}

func (p *paper) ublBuyer() *element {
	if p.account == nil {
		return nil
	}
	a := p.account
	return el("cac:AccountingCustomerParty", p.ublParty(party{name: a.Name, address: a.Address, city: a.City, postalCode: a.PostalCode,
		country: strings.ToUpper(a.Country), vat: a.TaxID, endpoint: a.EndpointID, email: a.Email}))
}

// ublParty writes a party. What is not subject to VAT carries no VAT number of
// anyone (BR-O-02).
func (p *paper) ublParty(x party) *element {
	scheme, id := endpoint(x.endpoint)
	if p.untaxed() {
		x.vat = ""
	}
	vat := strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '.' {
			return -1
		}
		return r
	}, x.vat))
	var company *element
	if x.company != "" {
		company = leaf("cbc:CompanyID", x.company)
		if x.scheme != "" {
			company.attrs = []attr{{"schemeID", x.scheme}}
		}
	}
	return el("cac:Party",
		leaf("cbc:EndpointID", id, attr{"schemeID", scheme}),
		el("cac:PartyName", leaf("cbc:Name", x.name)),
		el("cac:PostalAddress", leaf("cbc:StreetName", x.address), leaf("cbc:CityName", x.city), leaf("cbc:PostalZone", x.postalCode),
			el("cac:Country", leaf("cbc:IdentificationCode", x.country))),
		taxScheme(vat, "VAT"), taxScheme(x.taxStatus, "TAX"),
		el("cac:PartyLegalEntity", leaf("cbc:RegistrationName", x.name), company),
		el("cac:Contact", leaf("cbc:Name", x.contact), leaf("cbc:Telephone", x.phone), leaf("cbc:ElectronicMail", x.email)),
	)
}

func taxScheme(id, scheme string) *element {
	if id == "" {
		return nil
	}
	return el("cac:PartyTaxScheme", leaf("cbc:CompanyID", id), el("cac:TaxScheme", leaf("cbc:ID", scheme)))
}

// untaxed reports whether the document is of lines that are not subject to VAT.
func (p *paper) untaxed() bool {
	return slices.ContainsFunc(p.document.Taxes, func(g invoicing.TaxGroup) bool { return g.Category == "O" })
}

// paymentMeans is where to pay what is owed: bankgiro or plusgiro of a Swedish
// seller (SE-R-011), else the account.
func (p *paper) paymentMeans() *element {
	d, bank := p.document, &p.night.Seller.Bank
	if payable(d).Sign() <= 0 || d.CardRef != "" {
		if p.night.Seller.Country == "NL" { // NL-R-007 wants means all the same: as agreed before
			return el("cac:PaymentMeans", leaf("cbc:PaymentMeansCode", "57"))
		}
		return p.noPayment()
	}
	digits := strings.NewReplacer("-", "", " ", "")
	account, branch := digits.Replace(bank.Bankgiro), "SE:BANKGIRO"
	if account == "" {
		account, branch = digits.Replace(bank.Plusgiro), "SE:PLUSGIRO"
	}
	if account == "" || p.night.Seller.Country != "SE" {
		account, branch = digits.Replace(bank.IBAN), bank.BIC
	}
	if account == "" {
		return p.noPayment()
	}
	code := "30"
	if p.within("DK") { // DK-R-005; 42 is for a Danish account number with its registration number
		code = "31"
	}
	return el("cac:PaymentMeans", leaf("cbc:PaymentMeansCode", code), leaf("cbc:PaymentID", d.Number),
		el("cac:PayeeFinancialAccount", leaf("cbc:ID", account), el("cac:FinancialInstitutionBranch", leaf("cbc:ID", branch))))
}

// noPayment stands where there is nothing to pay, or nothing is said of how: between
// Germans that is said too (DE-R-001), by the code for no means in particular.
func (p *paper) noPayment() *element {
	if !p.within("DE") {
		return nil
	}
	return el("cac:PaymentMeans", leaf("cbc:PaymentMeansCode", "1"))
}

// within reports whether seller and buyer are both of a country.
func (p *paper) within(country string) bool {
	return p.night.Seller.Country == country && p.account != nil && strings.EqualFold(p.account.Country, country)
}

// paymentTerms say what there is to pay: the invoice is in full, as is the credit
// note before it, and they are set against each other.
func (p *paper) paymentTerms() string {
	s := p.settling()
	text := ""
	if len(p.partners) > 0 {
		text = p.words.cancelledBy + " " + p.partnerNumbers() + ". "
	}
	text += s.toPay.label + ": " + s.toPay.value + "."
	for _, sentence := range s.says {
		text += " " + sentence
	}
	return text
}

// taxTotal is the tax by rate and category.
func (p *paper) taxTotal() *element {
	d := p.document
	total := el("cac:TaxTotal", amount("cbc:TaxAmount", d.Tax))
	for i := range d.Taxes {
		g := &d.Taxes[i]
		category := p.taxCategory("cac:TaxCategory", g.Rate, g.Category)
		if reason := p.words.exemption[g.Category]; reason != "" && g.Category != "Z" {
			code := map[string]string{"AE": "VATEX-EU-AE", "O": "VATEX-EU-O", "G": "VATEX-EU-G"}[g.Category]
			scheme := category.children[len(category.children)-1]
			category.children = category.children[:len(category.children)-1]
			category.add(leaf("cbc:TaxExemptionReasonCode", code), leaf("cbc:TaxExemptionReason", reason), scheme)
		}
		total.children = append(total.children, el("cac:TaxSubtotal", amount("cbc:TaxableAmount", g.Net), amount("cbc:TaxAmount", g.Tax), category))
	}
	return total
}

// taxCategory is a rate and a category; what is not subject to VAT has no rate (BR-O-05).
func (p *paper) taxCategory(name string, rate money.Decimal, category string) *element {
	percent := rate.String()
	if category == "O" && rate.IsZero() {
		percent = ""
	}
	return el(name, leaf("cbc:ID", category), leaf("cbc:Percent", percent), el("cac:TaxScheme", leaf("cbc:ID", "VAT")))
}

// ublLine writes a line. A price is never below zero (BR-27): what is credited on
// an invoice has a quantity below zero. The price is that of all units together,
// with their number as its base, so that no division is rounded (PEPPOL-EN16931-R120).
func (p *paper) ublLine(i int, root string) *element {
	l := &p.document.Lines[i]
	quantity := max(1, l.Quantity)
	base := strconv.Itoa(quantity)
	if l.Net.Sign() < 0 {
		quantity = -quantity
	}
	unit := attr{"unitCode", "C62"}
	name, counted := "cac:InvoiceLine", "cbc:InvoicedQuantity"
	if root == "CreditNote" {
		name, counted = "cac:CreditNoteLine", "cbc:CreditedQuantity"
	}
	var period *element
	if !l.From.IsZero() && l.From <= l.To {
		period = el("cac:InvoicePeriod", leaf("cbc:StartDate", l.From.String()), leaf("cbc:EndDate", l.To.String()))
	}
	var order *element
	if plainText(l.Order) != "" {
		order = el("cac:AdditionalItemProperty", leaf("cbc:Name", "ReservationOrderId"), leaf("cbc:Value", l.Order))
	}
	return el(name,
		leaf("cbc:ID", strconv.Itoa(i+1)),
		leaf(counted, strconv.Itoa(quantity), unit),
		amount("cbc:LineExtensionAmount", l.Net),
		period,
		el("cac:Item", leaf("cbc:Name", p.words.lineTitle(p.document, l)), p.taxCategory("cac:ClassifiedTaxCategory", l.TaxRate, l.TaxCategory), order),
		el("cac:Price", amount("cbc:PriceAmount", l.Net.Abs()), leaf("cbc:BaseQuantity", base, unit)),
	)
}
