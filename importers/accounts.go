package importers

import (
	"strings"

	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// accountSheet is the house sheet Accounts (IMP-6). An EA account has a row for
// each commitment term; that they are one account is for whoever keeps them.
var accountSheet = house("Accounts", "who is billed and how: one row for each billing account, or for each commitment term of an EA account", takeAccount)

type accountRow struct {
	ID              string `csv:"BillingAccountId" is:"text*" doc:"enrollment, billing profile or customer id, as in the vendor's exports" eg:"8611537"`
	Name            string `csv:"Name" is:"text*" doc:"the customer's name, as on its invoices" eg:"Björk & Åström AB"`
	Type            string `csv:"BillingType" is:"text:EA|PAYG-Invoice|PAYG-Card|CSP*" doc:"how the account is billed" eg:"EA"`
	Currency        string `csv:"Currency" is:"text*" doc:"ISO 4217 code; rows with a currency of their own keep it" eg:"SEK"`
	Country         string `csv:"Country" is:"text" doc:"ISO 3166 code of two letters" eg:"SE"`
	Cloud           string `csv:"Cloud" is:"text:Public|USGovernment" doc:"the cloud it buys in; empty is Public" eg:"Public"`
	TaxID           string `csv:"TaxId" is:"text" doc:"VAT or other tax number" eg:"SE556012345601"`
	TaxRate         string `csv:"TaxRate" is:"percent" doc:"percent; empty is no tax" eg:"25"`
	TaxCategory     string `csv:"TaxCategory" is:"text:S|Z|E|AE|O|G" doc:"UNCL5305 code; empty is S, or Z where the rate is 0" eg:"S"`
	Address         string `csv:"Address" is:"text" doc:"street and number" eg:"Storgatan 1"`
	City            string `csv:"City" is:"text" doc:"city" eg:"Malmö"`
	PostalCode      string `csv:"PostalCode" is:"text" doc:"postal code" eg:"211 34"`
	Email           string `csv:"Email" is:"text" doc:"where documents go" eg:"faktura@example.com"`
	CommitmentStart string `csv:"CommitmentStart" is:"date" doc:"first day of a commitment term of an EA account" eg:"2026-01-01"`
	CommitmentEnd   string `csv:"CommitmentEnd" is:"date" doc:"last day of that term" eg:"2026-12-31"`
	CardRef         string `csv:"CardRef" is:"text" doc:"the payment provider's token of the card, never its number" eg:"card_1N3T00"`
	RefundTo        string `csv:"RefundTo" is:"text:HeldCredit|Payout" doc:"where money left over goes; empty is HeldCredit" eg:"HeldCredit"`
	EndpointID      string `csv:"EndpointId" is:"text" doc:"Peppol endpoint: scheme and id" eg:"0007:5567321707"`
	BuyerReference  string `csv:"BuyerReference" is:"text" doc:"what the customer wants on its documents" eg:"KST 4711"`
	Language        string `csv:"Language" is:"text" doc:"language of its documents, ISO 639" eg:"sv"`
}

var (
	taxCategories = []string{"S", "Z", "E", "AE", "O", "G"}
	clouds        = []string{invoicing.Public.String(), invoicing.USGovernment.String()}
	refundTo      = []string{invoicing.HeldCredit.String(), invoicing.Payout.String()}
	billingTypes  = namesOf(policy.BillingTypes)
)

// namesOf lists the names that sheets use.
func namesOf[T interface{ String() string }](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.String()
	}
	return out
}

func takeAccount(r *row, a *accountRow, sink Sink) error {
	out := invoicing.Account{
		ID: r.account(a.ID), Name: r.text("Name", a.Name),
		Currency: r.currency("Currency", a.Currency), Country: r.country(a.Country),
		TaxID: r.text("TaxId", a.TaxID), TaxRate: r.percent("TaxRate", a.TaxRate), TaxCategory: r.chosen("TaxCategory", a.TaxCategory, taxCategories),
		Address: r.text("Address", a.Address), City: r.text("City", a.City), PostalCode: r.text("PostalCode", a.PostalCode), Email: r.text("Email", a.Email),
		CardRef: r.card("CardRef", a.CardRef), EndpointID: r.line("EndpointId", a.EndpointID),
		BuyerReference: r.text("BuyerReference", a.BuyerReference), Language: r.line("Language", a.Language),
		Source: r.source,
	}
	if i := r.choice("BillingType", a.Type, billingTypes); i >= 0 {
		out.Type = policy.BillingTypes[i]
	}
	if r.choice("Cloud", a.Cloud, clouds) == 1 {
		out.Cloud = invoicing.USGovernment
	}
	if r.choice("RefundTo", a.RefundTo, refundTo) == 1 {
		out.RefundTo = invoicing.Payout
	}
	if term, ok := r.commitment(a, out.Type); ok {
		out.Terms = []invoicing.CommitmentTerm{term}
	}
	if !r.good() {
		return nil
	}
	return sink.Account(&out)
}

// commitment is the commitment term of a row, which only an EA account has.
func (r *row) commitment(a *accountRow, t policy.BillingType) (invoicing.CommitmentTerm, bool) {
	start, end := r.date("CommitmentStart", a.CommitmentStart), r.date("CommitmentEnd", a.CommitmentEnd)
	switch {
	case a.CommitmentStart == "" && a.CommitmentEnd == "":
		return invoicing.CommitmentTerm{}, false
	case t != policy.EA && t != 0:
		r.fault("CommitmentStart", "OutOfRange", "no commitment on an account of type "+t.String(), "empty the cell, or correct BillingType")
	case a.CommitmentStart == "":
		r.missing("CommitmentStart")
	case a.CommitmentEnd == "":
		r.missing("CommitmentEnd")
	case start != 0 && end != 0 && end < start:
		r.fault("CommitmentEnd", "OutOfRange", "a day on or after CommitmentStart", "correct the dates")
	}
	return invoicing.CommitmentTerm{Start: start, End: end}, start != money.Date(0) && end != 0
}

func (r *row) country(v string) string {
	v = strings.ToUpper(table.Plain(v))
	if len(v) != 0 && (len(v) != 2 || v[0] < 'A' || v[0] > 'Z' || v[1] < 'A' || v[1] > 'Z') {
		r.fault("Country", "UnknownValue", "a country code of two letters, like SE", "enter the ISO 3166 code")
	}
	return v
}
