// Package policy owns what a policy may change: the parameters of RULES.md, dated
// and by billing type, and their strict reader. It does not own what the
// parameters do: that is for the rules in package invoicing.
package policy

import (
	"prorata/invoicing/money"
)

// BillingType is how an account is billed.
type BillingType uint8

// The billing types, in the order of RULES.md.
const (
	EA BillingType = iota + 1
	PAYGInvoice
	PAYGCard
	CSP
)

// BillingTypes lists every billing type.
var BillingTypes = []BillingType{EA, PAYGInvoice, PAYGCard, CSP}

// String is the name used in sheets, policies and reports.
func (t BillingType) String() string {
	return [...]string{"", "EA", "PAYG-Invoice", "PAYG-Card", "CSP"}[t]
}

// Policy is one dated set of parameters (POL-1), immutable once read.
type Policy struct {
	ID, Title string
	Sources   []Source
	Body      []byte                      // the file it was read from, as it is kept with a run
	SHA256    string                      // of the file it was read from, after the one it extends, in hex (POL-4)
	ByType    map[BillingType]*Parameters // one for every billing type
}

// Source is a published page that a policy follows.
type Source struct {
	Title string
	Date  money.Date
	URL   string
}

// Parameters are the values of RULES.md in bold, for one billing type. The
// names of the YAML keys are in the comments.
type Parameters struct {
	GraceDays                 int            // grace.days; -1 is none (PRO-9)
	FeeRate                   money.Decimal  // fee.rate, a fraction: 0.12 (FEE-1)
	FeeBase                   FeeBase        // fee.base (FEE-1)
	FeeAfterDays              int            // fee.after_days; -1 is none: a fee from the purchase date on (FEE-1)
	LimitAmount               money.Money    // limit.amount, in USD (LIM-1)
	LimitWindowDays           int            // limit.window_days (LIM-1)
	LimitMeasure              LimitMeasure   // limit.measure (LIM-1)
	LimitCurrentInstalment    bool           // limit.current_instalment: included (PRO-5)
	ExchangeCurrentInstalment bool           // exchange.current_instalment: included (PRO-5)
	ExchangeMaxPurchases      int            // exchange.max_purchases; 0 is unlimited (EXC-2)
	Roles                     []string       // roles (ELG-1)
	NonRefundableProducts     []string       // non_refundable_products (ELG-2)
	GovernmentSelfService     bool           // government_ea_self_service (ELG-3)
	PriceBasis                PriceBasis     // price_basis (PRO-7)
	MissingCurrentPrice       MissingPrice   // missing_current_price (PRO-7)
	Rounding                  money.Rounding // rounding (PRO-8)
	CreditValidityDays        int            // credit.validity_days (BIL-EA-2)
	Overage                   Overage        // overage (BIL-EA-3)
	Tolerance                 money.Decimal  // tolerance, in the currency's unit (REC-1)
	MatchDays                 int            // match_days (REC-1)
	DueDays                   int            // due_days (REC-2)
}

// FeeBase is what the fee rate is applied to (FEE-1).
type FeeBase uint8

// The values of fee.base.
const (
	FeeOnProrated       FeeBase = iota // prorated
	FeeOnRemaining                     // remaining: prorated + remaining commitment
	FeeOnPurchaseAmount                // purchase_amount
)

// LimitMeasure is what counts against the refund limit (LIM-1).
type LimitMeasure uint8

// The values of limit.measure.
const (
	CanceledCommitment LimitMeasure = iota // canceled_commitment
	RefundAmount                           // refund_amount
)

// PriceBasis is the price that a refund is computed from (PRO-7).
type PriceBasis uint8

// The values of price_basis.
const (
	LowestPrice   PriceBasis = iota // lowest
	PurchasePrice                   // purchase
)

// MissingPrice is what happens where no current price is known (PRO-7).
type MissingPrice uint8

// The values of missing_current_price.
const (
	UsePurchasePrice MissingPrice = iota // purchase
	HoldRequest                          // hold
)

// Overage is how an EA overage invoice is corrected (BIL-EA-3).
type Overage uint8

// The values of overage.
const (
	Reopen            Overage = iota // reopen
	PartialCreditNote                // partial_credit_note
)

// Chain is the policies of a run, by date (POL-3): each holds from its date
// until the next one's.
type Chain []Link

// Link is a policy and the date from which it holds; the first has none.
type Link struct {
	From   money.Date
	Policy *Policy
}

// On returns the policy in force on a date (POL-2).
func (c Chain) On(d money.Date) *Policy {
	p := c[0].Policy
	for _, l := range c[1:] {
		if l.From <= d {
			p = l.Policy
		}
	}
	return p
}
