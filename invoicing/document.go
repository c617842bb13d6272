package invoicing

import "prorata/invoicing/money"

// Document is one thing that is issued: immutable once it has its number (DOC-2).
// Amounts are positive for what the type says: a CreditNote's Net is what is
// credited.
type Document struct {
	Number    string // empty until the run is committed (DOC-1)
	Revision  int    // of an InvoiceRevision: 1 for -R1
	Type      DocumentType
	IssueDate money.Date
	Account   string
	Currency  money.Currency
	Lines     []Line
	Taxes     []TaxGroup // by rate and category, in the order of first use
	Net       money.Money
	Tax       money.Money
	Gross     money.Money
	Cancels   []Ref // the invoices that a credit note cancels
	Replaces  []Ref // the invoices that an invoice replaces
	Revises   []Ref // the invoice that a revision restates
	Credits   []Ref // the invoice that a credit memo credits, or that a set-off advice pays
	Restores  Ref   // the invoice whose lines a reversal's invoice has again, where it is one
	Requests  []string
	// Left is what a refund or an exchange leaves over, and where it goes
	// (BIL-INV-2); on the new invoice only.
	Left []LeftOver
	Owed money.Money // of a new invoice: what the customer still owes for it, where nothing is left over but less than nothing
	Open money.Money // of an invoice: what is still to be paid of it (OpenAmount); unset where that is not known
	// CardRef is the card that paid the original purchase (BIL-CARD-1).
	CardRef string
	// Credit names the document that granted the credit which a SetOff or an
	// Expiry takes from.
	Credit Ref
}

// DocumentType is the kind of a document (OUT-2).
type DocumentType uint8

// The types.
const (
	CreditNote DocumentType = iota + 1
	CreditMemo
	InvoiceDoc
	InvoiceRevision
	CommitmentCharge
	SetOff
	Expiry
)

// String is the name used in reports.
func (t DocumentType) String() string {
	return [...]string{"", "CreditNote", "CreditMemo", "Invoice", "InvoiceRevision", "CommitmentCharge", "SetOff", "Expiry"}[t]
}

// Series is the number series of the type (DOC-1); a revision has none: it
// keeps its invoice's number.
func (t DocumentType) Series() string {
	return [...]string{"", "CN", "CN", "INV", "", "CHG", "SET", "EXP"}[t]
}

// Ref names a document: one with a number, or, until its run is committed, the
// New-th (from 1) of the same settlement.
type Ref struct {
	Number string
	New    int
}

// IsZero reports whether nothing is named.
func (r Ref) IsZero() bool { return r == Ref{} }

// Line is one line of a document (DOC-3). Net is in the document's currency and
// has the sign that it has in the document's Net: on a new invoice a refund line
// is below zero, on a credit note the cancelled charge is above zero.
type Line struct {
	Kind        LineKind
	Order       string
	Description string
	Quantity    int
	Net         money.Money
	TaxRate     money.Decimal // percent
	TaxCategory string
	Tax         money.Money // copied from what is credited (DOC-4), unset where it is computed by group
	From, To    money.Date  // the days that the line is about, both inclusive; zero where the register does not say
	Rules       Rules
	Sources     []Source
}

// LineKind is the kind of a line (DOC-3).
type LineKind uint8

// The kinds.
const (
	ChargeLine LineKind = iota + 1
	RefundLine
	FeeLine
	PurchaseLine
	CreditAppliedLine
	BalanceForwardLine
)

// String is the name used in reports.
func (k LineKind) String() string {
	return [...]string{"", "Charge", "Refund", "Fee", "Purchase", "CreditApplied", "BalanceForward"}[k]
}

// TaxGroup is the tax of the lines of one rate and category (DOC-4).
type TaxGroup struct {
	Rate     money.Decimal // percent
	Category string
	Net, Tax money.Money
}

// LeftOver is one part of what a refund or an exchange leaves over. An amount
// below zero is charged to the card (BIL-CARD-1).
type LeftOver struct {
	To     LeftOverTo
	Amount money.Money
	Card   string // ToCard: which
}

// LeftOverTo is where a part of what is left over goes (BIL-INV-2, BIL-CARD-1).
type LeftOverTo uint8

// The ways.
const (
	ToOpenAmount LeftOverTo = iota + 1 // reduces what is still open on the original
	ToHeldCredit
	ToCard
	ToPayout
)

// String is the name used in reports.
func (t LeftOverTo) String() string {
	return [...]string{"", "OpenAmount", "HeldCredit", "Card", "Payout"}[t]
}
