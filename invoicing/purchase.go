package invoicing

import "prorata/invoicing/money"

// Purchase is one row that says that a reservation was bought: a transaction of
// an export (one per instalment for a monthly plan), a line of a partner
// invoice, or a row of the house sheet Reservations. The rows of one order fold
// into an Order.
type Purchase struct {
	Origin      Origin
	Account     string
	Order       string
	Reservation string // ReservationId, may be empty
	Date        money.Date
	Term        int // months: 12, 36 or 60
	Plan        Plan
	Product     string // an ELG-2 name, or Unknown
	Sku, Region string
	Description string
	Quantity    int
	Amount      money.Money // for the whole quantity: the term's price if Upfront, one instalment if Monthly
	Funding     Funding     // as the row says; the zero value where it is silent
	Invoice     string
	CardRef     string
	Pricing     *Pricing // of a partner invoice; nil where the row does not say it
	Run         int      // of the ledger that read the row: the first source stands (IMP-10)
	Source      Source
}

// Lifetime is the lifetime commitment of the row's reservation (EXC-3): the amount if
// Upfront, all instalments if Monthly.
func (p *Purchase) Lifetime() money.Money {
	if p.Plan == Monthly {
		return p.Amount.Of(int64(p.Term), 1).Round(money.HalfUp)
	}
	return p.Amount
}

// UnknownProduct is the product type of a row that nothing recognises (IMP-1).
const UnknownProduct = "Unknown"

// VendorCredit is a row in which the vendor gave money back (REC): Amount is
// above zero. Quantity is as the row says, and never changes units (IMP-10).
type VendorCredit struct {
	Origin   Origin
	Account  string
	Order    string
	Event    string // Refund or Cancel, or the ChargeType of a partner invoice
	Date     money.Date
	Quantity int
	Amount   money.Money
	Invoice  string
	Pricing  *Pricing // of a partner invoice; nil where the row does not say it
	Source   Source
}

// Pricing is how a line of a partner invoice came about (IMP-2): the vendor prices
// in a currency of its own and converts. No amount of ours is computed from it; the
// cause of a difference is sought in it.
type Pricing struct {
	UnitPrice money.Money   // of one unit, in the pricing currency
	Rate      money.Decimal // PCToBCExchangeRate: units of the billing currency for one of the pricing currency
	On        money.Date    // of the rate; zero where the row does not say it
}

// Origin is the kind of input that a purchase came from (IMP-10).
type Origin uint8

// The origins, in the order in which they stand where one run brings several.
const (
	FromSheet        Origin = iota + 1 // house sheet Reservations
	FromTransactions                   // reservation transactions, EA or MCA
	FromPartner                        // Partner Center invoice reconciliation
	FromExchange                       // the purchase of an exchange decided here
)

// Plan is the billing plan.
type Plan uint8

// The billing plans.
const (
	Upfront Plan = iota + 1
	Monthly
)

// String is the name used in sheets and reports.
func (p Plan) String() string { return [...]string{"", "Upfront", "Monthly"}[p] }

// Funding is what paid for a purchase of an EA account (BIL-EA-1).
type Funding uint8

// The kinds of funding; the zero value is silent.
const (
	Prepayment Funding = iota + 1
	Overage
)

// String is the name used in sheets and reports.
func (f Funding) String() string { return [...]string{"", "Prepayment", "Overage"}[f] }
