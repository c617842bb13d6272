package invoicing

import (
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Decision is what became of one request line, with every figure that led there.
// An amount that could not be computed is unset; a count is then 0.
type Decision struct {
	Request    Request
	Account    string // empty where the order is unknown
	Type       policy.BillingType
	Funding    Funding // of an EA account, as BIL-EA-1 decides it
	Outcome    Outcome
	Reasons    Reasons
	PolicyID   string
	PolicyHash string // SHA-256, in hex

	// Units: what the order held before this line.
	OrderQuantity, ActiveQuantity int
	// Term is the order's: start and end (PRO-1); Plan its billing plan.
	Start, End money.Date
	Plan       Plan
	TermMonths int

	// The proration (PRO): Price x Quantity/units x DaysRemaining / PeriodDays.
	Basis         PriceBasis
	Price         money.Share // the returned units' price of the period, exact
	PurchasePrice money.Share // the same by purchase price
	CurrentPrice  money.Share // the same by current price; its amount is unset where none is known
	Coming        money.Share // Monthly: the returned units' price of each instalment to come (IMP-1)
	PriceSource   Source      // the row of the current price
	PeriodStart   money.Date
	PeriodEnd     money.Date
	PeriodDays    int
	DaysUsed      int // of the period (the current cycle if Monthly)
	DaysRemaining int
	DaysSince     int         // days since the purchase date (FEE-1, PRO-9)
	Grace         bool        // PRO-9: all of the period is refunded
	Returned      money.Money // PRO-10: what was refunded of the period before
	Capped        bool        // PRO-10: reduced to what was left
	Prorated      money.Money
	FeeRate       money.Decimal
	FeeBase       money.Money // what the rate was applied to
	Fee           money.Money
	Refund        money.Money
	Instalments   int         // Monthly: instalments not yet due
	Remaining     money.Money // remaining commitment
	Canceled      money.Money // canceled commitment (PRO-5)

	// The limit (LIM), for refunds, in USD; unset where it does not apply.
	LimitMeasured    money.Money
	LimitRateDate    money.Date    // of the reference rates; zero where none was needed
	LimitRate        money.Decimal // units of the currency for one euro
	LimitRateUSD     money.Decimal // USD for one euro
	LimitUsed        money.Money   // in the fullest window that holds the request date, before this decision
	LimitFrom        money.Date    // the first day of that window
	LimitRemaining   money.Money   // after this decision
	LimitAvailableOn money.Date    // LIM-3, only with LimitExceeded alone
	MaxQuantity      int           // LIM-3, only with LimitExceeded alone; -1 is not stated

	// An exchange as a whole (EXC-3): what its purchases commit to, and what its
	// returns cancel; unset where they could not be compared.
	Lifetime         money.Money
	ExchangeCanceled money.Money
	Resized          string // EXC-6: the size that the order has from now on; empty otherwise

	// The partner's margin (BIL-CSP-1): what the customer was charged for the order
	// on the original, and the vendor's price for it; unset where they are one.
	Charged    money.Money
	OrderPrice money.Money

	SupportSince    money.Date // OUT-9: since when the vendor's support has to be asked; zero is not
	CreditExpiresOn money.Date // of an EA prepayment lot, last day
	Original        Ref        // the original invoice (BIL-INV-3)
	Documents       []Ref
	Rules           Rules
	Sources         []Source // the request's row, then the rows of the order, the price and the rates
}

// PriceBasis says which price a proration multiplies (OUT-1).
type PriceBasis uint8

// The bases; the zero value is none.
const (
	PurchaseBasis PriceBasis = iota + 1
	CurrentBasis
)

// String is the name used in reports.
func (b PriceBasis) String() string { return [...]string{"", "Purchase", "Current"}[b] }

// BasisAmount is the returned units' price of the period, rounded for display (OUT-1).
func (d *Decision) BasisAmount() money.Money {
	if d.Basis == 0 {
		return money.Money{}
	}
	return d.Price.Round(money.HalfUp)
}
