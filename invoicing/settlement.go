package invoicing

import (
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Settlement is what one night writes for one group of accounts: the evidence
// that is kept for ever. Applying it to the group's State gives the next one.
type Settlement struct {
	Group     string // the smallest account id of the group
	AsOf      money.Date
	Accounts  []Account // those that documents are issued to, as they were known
	Opened    []Opening // what a biller with a past brought (IMP-6)
	Decisions []Decision
	Documents []Document
	Uses      []LimitUse // new ones
	Granted   []Credit   // new ones
	Bought    []Bought   // by exchanges and transfers
	Draws     []Draw     // new ones
	Expired   []Expired  // new ones
	Reversed  []Reversal // approved lines that are undone
	// Standing is the group's credits and limits after this night.
	Standing Standing
}

// Bought is a reservation that an exchange or a transfer bought: an order from
// now on.
type Bought struct {
	Order    string
	Document Ref         // that charges it
	IssuedOn money.Date  // of the document
	Owed     money.Money // what of its gross is still to be paid
	Purchase Purchase    // its row; Invoice is the document's number where that is an invoice
}

// Expired is what an expiry took from a lot; below zero for a reversing one.
type Expired struct {
	Account  string
	Credit   Ref
	Amount   money.Money
	Document Ref
}

// Standing is what credits.csv and limits.csv show of a group: the credits with
// a balance or changed by the run, and what has counted against the limits.
type Standing struct {
	Credits []Credit
	Uses    []AccountUses
}

// AccountUses is what has counted against the limit of one account, by date.
type AccountUses struct {
	Account string
	Type    policy.BillingType
	Uses    []LimitUse
}

// AccountLimit is the limit of one account and its uses still in a window.
type AccountLimit struct {
	Account    string
	Limit      money.Money // USD
	WindowDays int
	Uses       []LimitUse // by date
}

// Posting is one side of the double entry of a document (DOC-5). Exactly one of
// Debit and Credit is set. Its date and its text are the document's.
type Posting struct {
	Account       string // Receivable, see Document.Book
	Debit, Credit money.Money
}
