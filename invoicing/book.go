package invoicing

import "prorata/invoicing/money"

// Book is what is known of one group of accounts on a night: what was read of
// them, what is asked, and what earlier nights left. One group never needs
// another.
type Book struct {
	Run       int        // of the ledger; an exchange's purchase is a source of that run (IMP-10)
	Group     string     // the smallest account id; "?" and the order for requests on an unknown order
	Accounts  []Account  // those that are known, by id
	Purchases []Purchase // of the orders asked for; those that name the same invoices; those that may draw on credits
	Invoices  []Invoice  // of the register, by account and number
	Charges   []Charge   // those that may draw on credit lots
	Openings  []Opening  // read by this run
	Usage     []Usage    // of the orders asked for, a row for each order and day
	Requests  []Request  // undecided and dated on or before the as-of date, or named by a Withdraw that is
	Earlier   []Earlier  // decisions of earlier nights that a Withdraw or a Reverse names
	States    []State    // one for each account of the group, by account id
}

// Market is the prices and rates that all groups share. It is immutable.
type Market struct {
	prices   map[priceKey][]Price
	accounts map[string]bool   // that a price names, also none
	folded   map[string]string // the names of products and regions, as prices write them
	rates    map[rateKey]Rate
}

// State is what earlier settlements left of one account: the fold of Apply. All
// slices are sorted by their first field.
type State struct {
	Account  string
	Orders   []OrderState
	Invoices []Invoice     // issued here, those that stand
	Replaced []Replacement // which invoice stands for another
	Restored []Replacement // which invoice has the lines of another again, by a reversal
	Revised  []Revision    // restated overage invoices
	Memos    []Memo        // of overage, those that stand
	Paid     []Paid        // by set-off advices
	Bought   []Bought      // by exchanges and transfers
	Credits  []Credit      // by GrantedOn, then document
	Drawn    []Drawn
	Uses     []LimitUse // by Date, then request
	Asked    []Asked    // by request
	Reversed []string   // approved lines that were undone
}

// OrderState is what was returned of an order.
type OrderState struct {
	Order    string
	Returned int            // units, with those brought
	Brought  []BroughtUnits // returned before the ledger began (IMP-6), as the rows came
	Sku      string         // EXC-6: the size since an exchange; empty where it is as bought
	Periods  []PeriodReturn // PRO-10
}

// BroughtUnits are units that were returned before the ledger began.
type BroughtUnits struct {
	On       money.Date
	Quantity int
	Prorated money.Money // what they were prorated to; unset where the row is silent
}

// PeriodReturn is what was refunded of the period that began on Start: the term
// if Upfront, one cycle if Monthly.
type PeriodReturn struct {
	Start    money.Date
	Prorated money.Money
}

// Replacement says that an invoice has been cancelled and stands no more.
type Replacement struct {
	Invoice Ref
	By      Ref // the new invoice, or the credit note where a Reverse has left none
}

// Revision is how often an overage invoice has been restated, and its lines now (BIL-EA-3).
type Revision struct {
	Invoice Ref
	Count   int
	Lines   []InvoiceLine
}

// Memo is what a credit memo has credited of an overage invoice, by rate and category.
type Memo struct {
	Document Ref
	Invoice  Ref
	Taxes    []TaxGroup
}

// Paid is what set-off advices have paid of an invoice since the register, or the
// invoice of ours itself, told what is open of it (BIL-INV-2).
type Paid struct {
	Invoice Ref
	Told    money.Money // what was open before
	Amount  money.Money
}

// Drawn is what a purchase or charge has drawn on credits so far.
type Drawn struct {
	Key    string
	Amount money.Money
}
