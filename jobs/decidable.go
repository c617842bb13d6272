package jobs

import (
	"prorata/importers"
	"prorata/invoicing"
)

// decidable is the sink of a run and of a check: it refuses what is not decided
// yet, so that none of it is taken for something else. A refused row can be sent
// again unchanged when the program decides it.
type decidable struct {
	keeper
	refused int // rows
}

// keeper is what a sink does with what is decided.
type keeper interface {
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
	Refuse(...invoicing.Fault) error
}

var _ importers.Sink = &decidable{}

// Request takes refunds, exchanges and transfers.
func (s *decidable) Request(r *invoicing.Request) error {
	if r.Action != invoicing.Reverse {
		return s.keeper.Request(r)
	}
	return s.notYet(invoicing.Fault{Source: r.Source, Column: "Action", Value: r.Action.String(),
		Expected: "Refund, Return, Purchase, TransferOut, TransferIn or Withdraw: this version reverses nothing"})
}

func (s *decidable) notYet(f invoicing.Fault) error {
	s.refused++
	f.Code, f.Fix = "NotDecidedYet", "keep the row, and send it again when the program decides it"
	return s.Refuse(f)
}
