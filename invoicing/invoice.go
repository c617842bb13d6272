package invoicing

import "prorata/invoicing/money"

// Invoice is an invoice of the register, as received (IMP-6), or one issued here
// that stands. Lines are in the order of their numbers.
type Invoice struct {
	Number    string
	New       int // of one issued here whose run is not yet committed: see Ref
	Account   string
	IssueDate money.Date
	Currency  money.Currency
	CardRef   string
	Open      money.Money // OpenAmount: what is not yet paid; unset where the register is silent
	Lines     []InvoiceLine
	Taxes     []TaxGroup // of one issued here: a credit note copies them (DOC-4)
}

// InvoiceLine is one line of an invoice of the register.
type InvoiceLine struct {
	No          int
	Kind        LineKind // of a line issued here; ChargeLine in the register
	Description string
	Order       string // ReservationOrderId, empty for lines of no order
	Quantity    int    // 0 in the register, which has none
	Net         money.Money
	TaxRate     money.Decimal // percent
	TaxCategory string
	Tax         money.Money // the register's TaxAmount, unset where silent
	TaxSilent   bool        // the register says neither rate nor category: the account's count
	From, To    money.Date  // of a line issued here: see Line
	Sources     []Source
}

// RegisterRow is one row of the house sheet Invoices: a line with the fields of its invoice.
type RegisterRow struct {
	Number    string
	Account   string
	IssueDate money.Date
	Currency  money.Currency
	CardRef   string
	Open      money.Money
	Line      InvoiceLine
}
