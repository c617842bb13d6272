package reconcile

import (
	"cmp"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Expected is a credit that the biller expects of the vendor: an approved refund,
// or the return side of an approved exchange or transfer (REC).
type Expected struct {
	Request     string
	Account     string
	Order       string
	Reservation string // may be empty
	Action      invoicing.Action
	Quantity    int
	Amount      money.Money // above zero, at the currency's minor digits
	Date        money.Date  // of the request
	DueOn       money.Date  // ExpectedOn: the first day on which it is missing (REC-2)
	Start       money.Date  // of the order; some vendors post in the month of the purchase (REC-1)
	Source      invoicing.Source
	Support     *Support // OUT-9; nil where the vendor's support need not be asked
	Facts       *Facts   // what a cause is sought in; nil where none can be
}

// Facts are what the expected amount was computed from, and what else the vendor
// may have computed with: a copy of the decision's figures. What is unset is not
// tried.
type Facts struct {
	PolicyID      string
	Rules         invoicing.Rules // that fired
	Plan          invoicing.Plan
	TermMonths    int
	PeriodDays    int
	DaysUsed      int
	DaysRemaining int
	Grace         bool // PRO-9: the whole period was refunded
	Basis         invoicing.PriceBasis
	Price         money.Share // the returned units' price of the period
	PurchasePrice money.Share
	CurrentPrice  money.Share
	OrderQuantity int
	Prorated      money.Money
	Fee           money.Money
	FeeRate       money.Decimal // 0 where no fee applied
	PolicyFeeRate money.Decimal // the policy's, whether it applied or not
	FeeBase       policy.FeeBase
	FeeBaseAmount money.Money // what the rate was applied to, or would have been
	Remaining     money.Money // remaining commitment
	Rounding      money.Rounding
	TaxRate       money.Decimal // percent, of the account
	Before, After Instalment    // Monthly: the instalments beside the current one
	PricingPrice  money.Share   // the returned units' price of the period in the vendor's pricing currency
	PricingRate   money.Decimal // PCToBCExchangeRate: units of the billing currency for one of the pricing currency
}

// Instalment is one payment of a monthly plan: the returned units' price of it and
// the days of its cycle.
type Instalment struct {
	Price money.Share
	Days  int
}

// ExpectedOf makes the expected credit of a decision under the parameters that
// decided it. ok is false where nothing is expected: the line is not approved, it
// returns nothing, or what comes back is nothing (EXC-6). Facts.Complete adds what
// is not on a decision.
func ExpectedOf(d *invoicing.Decision, p *policy.Parameters) (e Expected, ok bool) {
	if !Expects(d) {
		return Expected{}, false
	}
	r := &d.Request
	e = Expected{Request: r.ID, Account: d.Account, Order: r.Order, Reservation: r.Reservation, Action: r.Action,
		Quantity: r.Quantity, Amount: d.Refund, Date: r.Date, DueOn: r.Date + money.Date(p.DueDays), Start: d.Start, Source: r.Source}
	e.Facts = &Facts{
		PolicyID: d.PolicyID, Rules: d.Rules, Plan: d.Plan, TermMonths: d.TermMonths, PeriodDays: d.PeriodDays,
		DaysUsed: d.DaysUsed, DaysRemaining: d.DaysRemaining, Grace: d.Grace, Basis: d.Basis, Price: d.Price,
		PurchasePrice: d.PurchasePrice, CurrentPrice: d.CurrentPrice, OrderQuantity: d.OrderQuantity, Prorated: d.Prorated,
		Fee: d.Fee, FeeRate: d.FeeRate, PolicyFeeRate: p.FeeRate, FeeBase: p.FeeBase, FeeBaseAmount: d.FeeBase,
		Remaining: d.Remaining, Rounding: p.Rounding,
	}
	return e, true
}

func compareExpected(a, b *Expected) int {
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Request, b.Request))
}
