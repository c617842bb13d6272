package invoicing

import (
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Account is a billing account: an EA enrollment, a pay-as-you-go account or
// billing profile, or a CSP customer. It is the scope of limits and of money.
type Account struct {
	ID, Name       string
	Type           policy.BillingType
	Currency       money.Currency // a default; lines have their own
	Country        string         // ISO 3166 alpha-2, may be empty
	Cloud          Cloud
	TaxID          string
	TaxRate        money.Decimal // percent: 25
	TaxCategory    string        // UNCL5305: S, Z, E, AE, O, G; empty is S, or Z where the rate is 0
	Address        string
	City           string
	PostalCode     string
	Email          string
	Terms          []CommitmentTerm // of an EA account, by start; a row of a sheet has one or none
	CardRef        string
	RefundTo       RefundTo
	EndpointID     string
	BuyerReference string
	Language       string
	Source         Source
}

// CommitmentTerm is one term of an EA prepayment commitment, both days inclusive.
type CommitmentTerm struct{ Start, End money.Date }

// covers reports whether the term is active on a date.
func (t CommitmentTerm) covers(d money.Date) bool { return t.Start <= d && d <= t.End }

// termOn returns the commitment term active on a date.
func (a *Account) termOn(d money.Date) (CommitmentTerm, bool) {
	for _, t := range a.Terms {
		if t.covers(d) {
			return t, true
		}
	}
	return CommitmentTerm{}, false
}

// Cloud is the cloud an account buys in (ELG-3).
type Cloud uint8

// The clouds.
const (
	Public Cloud = iota
	USGovernment
)

// String is the name used in sheets.
func (c Cloud) String() string { return [...]string{"Public", "USGovernment"}[c] }

// RefundTo is where an account's money goes back to (BIL-INV-2).
type RefundTo uint8

// The ways back.
const (
	HeldCredit RefundTo = iota
	Payout
)

// String is the name used in sheets.
func (r RefundTo) String() string { return [...]string{"HeldCredit", "Payout"}[r] }

// Charge is a charge to an EA account that draws on prepayment credit lots (IMP-6).
type Charge struct {
	Account     string
	Date        money.Date
	Amount      money.Money
	Description string
	Source      Source
}
