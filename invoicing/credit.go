package invoicing

import "prorata/invoicing/money"

// Credit is an amount that an account has in hand: a lot of EA prepayment
// (BIL-EA-2) or a held credit (BIL-INV-2). Always Amount = Used + Expired +
// Balance.
type Credit struct {
	Kind      CreditKind
	Account   string
	Order     string // whose return granted it
	Amount    money.Money
	Used      money.Money
	Expired   money.Money
	GrantedOn money.Date
	ExpiresOn money.Date     // the last day of validity; zero for a held credit
	Term      CommitmentTerm // of the commitment that a lot belongs to
	Document  Ref            // that granted it; its number is the credit's id
}

// Balance is what is left of the credit.
func (c *Credit) Balance() money.Money { return c.Amount.Sub(c.Used).Sub(c.Expired) }

// CreditKind is the kind of a credit (OUT-3).
type CreditKind uint8

// The kinds.
const (
	PrepaymentLot CreditKind = iota + 1
	HeldCreditKind
)

// String is the name used in reports.
func (k CreditKind) String() string { return [...]string{"", "Prepayment", "Held"}[k] }

// Draw is what one purchase or charge took from one credit.
type Draw struct {
	Account  string
	Credit   Ref // the document that granted it
	Amount   money.Money
	Date     money.Date  // of the purchase or charge
	Order    string      // empty for a charge
	Key      string      // identifies what drew: see outlayKey
	Document Ref         // the set-off advice, for a held credit
	Invoice  Ref         // that the advice pays
	Told     money.Money // what was told to be open of that invoice; unset where nobody did
	Source   Source
}

// LimitUse is what one approved refund counts against the limit (LIM-2), in USD.
type LimitUse struct {
	Account string
	Date    money.Date
	USD     money.Money
	Request string
}
