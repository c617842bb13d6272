package exporters

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the formats of a logo
	_ "image/png"
	"regexp"
	"strings"
)

// Seller is the biller as its documents and books show it. It comes from the
// configuration and is plain data: what a run was published with must be kept
// with the run, so that it can be published again, byte for byte.
//
// The zero value is a biller that is not configured. Its documents are issued all
// the same: as JSON and CSV in full, as PDF with a notice on top that says what is
// missing and that the paper must not be sent, and not as UBL, which the manifest
// says. Every field may be empty, but for Name where anything else is set.
type Seller struct {
	Name       string // legal name
	Address    string // street and number
	PostalCode string
	City       string
	Country    string // ISO 3166 alpha-2: SE
	VATNumber  string // with its country: SE556732170701
	CompanyID  string // the registration number: 5567321707
	TaxStatus  string // a statement that the law asks for: "Godkänd för F-skatt"; empty is none
	Endpoint   string // for e-invoices, scheme and id: 0007:5567321707
	Contact    string // a person or a department
	Email      string
	Phone      string
	Website    string
	Bank       BankAccount
	// PaymentTerms are stated where the customer has something to pay; empty is
	// "30 days net" in the language of the document.
	PaymentTerms string
	Logo         []byte // PNG or JPEG, at most maxLogo bytes and maxLogoSide pixels a side
	Accent       string // colour of titles and rules, #RRGGBB; empty is a dark blue
	Shade        string // colour behind headings and boxes, #RRGGBB; empty is a light grey
	Language     string // of documents to accounts that have neither Language nor Country: "sv", "en" (where empty)
	// AccountNumbers map the accounts of the books to a chart of accounts, for
	// general-ledger.csv, which is written only where there are any.
	AccountNumbers []AccountNumber
}

// BankAccount is where the customer pays to. Any of them may be empty.
type BankAccount struct {
	IBAN, BIC          string
	Bankgiro, Plusgiro string // digits, with or without a hyphen
}

// AccountNumber maps an account of the books, "Revenue:Reservations" (see
// invoicing), and all below it to a number of the chart of accounts. The longest
// that fits counts.
type AccountNumber struct {
	Account string // without the billing account's id
	Number  string // 3041
	Name    string // as the chart of accounts calls it; empty is Account
}

// The bounds of a logo.
const (
	maxLogo     = 1 << 20 // bytes
	maxLogoSide = 2000    // pixels
)

var (
	colour      = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
	countryCode = regexp.MustCompile(`^[A-Z]{2}$`)
	ledgerName  = regexp.MustCompile(`^[A-Za-z]+(:[A-Za-z]+)*$`)
)

// Check says what is wrong with the configuration of a seller, all of it, or
// nil. It does not ask for what a Seller may lack. Whoever reads the
// configuration calls it, so that nothing is published before it is mended.
func (s *Seller) Check() error {
	var found []error
	wrong := func(format string, args ...any) { found = append(found, fmt.Errorf(format, args...)) }
	if s.Name == "" && (s.Address != "" || s.VATNumber != "" || s.CompanyID != "" || s.Endpoint != "") {
		wrong("the seller has no name; give its legal name")
	}
	if s.Country != "" && !countryCode.MatchString(s.Country) {
		wrong("the seller's country is %q; write its two letters, such as SE", s.Country)
	}
	if scheme, id := endpoint(s.Endpoint); s.Endpoint != "" && (scheme == "" || id == "") {
		wrong("the seller's endpoint is %q; write scheme and id, such as 0007:5567321707", s.Endpoint)
	}
	for _, c := range []struct{ name, value string }{{"accent", s.Accent}, {"shade", s.Shade}} {
		if c.value != "" && !colour.MatchString(c.value) {
			wrong("the colour %s is %q; write it as #1F4E79", c.name, c.value)
		}
	}
	if l := strings.ToLower(s.Language); l != "" && l != "sv" && l != "en" {
		wrong("the seller's language is %q; documents are written in sv or en", s.Language)
	}
	if err := s.checkLogo(); err != nil {
		found = append(found, err)
	}
	seen := map[string]bool{}
	for _, a := range s.AccountNumbers {
		switch {
		case !ledgerName.MatchString(a.Account):
			wrong("%q is not an account of the books; write for example Revenue:Reservations", a.Account)
		case a.Number == "":
			wrong("the account %s has no number", a.Account)
		case seen[a.Account]:
			wrong("the account %s has two numbers", a.Account)
		}
		seen[a.Account] = true
	}
	return errors.Join(found...)
}

// checkLogo looks at the logo's header alone: a small file may claim any size.
func (s *Seller) checkLogo() error {
	if len(s.Logo) == 0 {
		return nil
	}
	if len(s.Logo) > maxLogo {
		return fmt.Errorf("the logo has %d bytes; use a picture of at most %d", len(s.Logo), maxLogo)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(s.Logo))
	switch {
	case err != nil:
		return fmt.Errorf("the logo is no PNG or JPEG: %w", err)
	case c.Width < 1 || c.Height < 1 || c.Width > maxLogoSide || c.Height > maxLogoSide:
		return fmt.Errorf("the logo is %d x %d pixels; use at most %d a side", c.Width, c.Height, maxLogoSide)
	}
	return nil
}

// endpoint takes 0007:5567321707 apart.
func endpoint(s string) (scheme, id string) {
	scheme, id, _ = strings.Cut(s, ":")
	return strings.TrimSpace(scheme), strings.TrimSpace(id)
}
