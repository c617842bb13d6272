package jobs

import (
	"prorata/invoicing"
	"prorata/jobs/ledger"
)

// decidable is the sink of a run: it refuses requests for what is not decided
// yet, so that none of them is taken for something else. A refused row can be
// sent again unchanged when the program decides it.
type decidable struct {
	*ledger.Import
	refused int // rows
}

// Request takes refunds, exchanges and transfers.
func (s *decidable) Request(r *invoicing.Request) error {
	if r.Action != invoicing.Withdraw && r.Action != invoicing.Reverse {
		return s.Import.Request(r)
	}
	s.refused++
	return s.Refuse(invoicing.Fault{Code: "NotDecidedYet", Source: r.Source, Column: "Action", Value: r.Action.String(),
		Expected: "Refund, Return, Purchase, TransferOut or TransferIn: this version takes nothing back",
		Fix:      "keep the row, and send it again when the program decides it"})
}
