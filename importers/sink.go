// Package importers owns what comes in: it recognises each file by its header,
// types its cells, refuses bad rows with all that is wrong with them, and hands
// the good ones to a Sink. From the same columns it makes the template that people
// fill in, and the marked copy that goes back to them. It does not own what is a
// duplicate or a conflict (jobs/ledger), nor what a row is worth (invoicing).
package importers

import "prorata/invoicing"

// Sink takes what was read, row by row, in the order of the file. A pointer is
// valid only during the call; its strings may be kept. An error is one of
// storage and stops the reading; what is wrong with a row is a Fault.
type Sink interface {
	Account(*invoicing.Account) error
	Purchase(*invoicing.Purchase) error
	VendorCredit(*invoicing.VendorCredit) error
	Request(*invoicing.Request) error
	RegisterRow(*invoicing.RegisterRow) error
	Price(*invoicing.Price) error
	Rate(*invoicing.Rate) error
	Charge(*invoicing.Charge) error
	Usage(*invoicing.Usage) error
	Opening(*invoicing.Opening) error
	// Refuse takes every fault of one refused row, or of a whole sheet or file.
	Refuse(...invoicing.Fault) error
}

// Nowhere takes every row and keeps nothing.
var Nowhere Sink = nowhere{}

type nowhere struct{}

// Account, and each of the others, takes a row.
func (nowhere) Account(*invoicing.Account) error           { return nil }
func (nowhere) Purchase(*invoicing.Purchase) error         { return nil }
func (nowhere) VendorCredit(*invoicing.VendorCredit) error { return nil }
func (nowhere) Request(*invoicing.Request) error           { return nil }
func (nowhere) RegisterRow(*invoicing.RegisterRow) error   { return nil }
func (nowhere) Price(*invoicing.Price) error               { return nil }
func (nowhere) Rate(*invoicing.Rate) error                 { return nil }
func (nowhere) Charge(*invoicing.Charge) error             { return nil }
func (nowhere) Usage(*invoicing.Usage) error               { return nil }
func (nowhere) Opening(*invoicing.Opening) error           { return nil }
func (nowhere) Refuse(...invoicing.Fault) error            { return nil }
