package jobs

import (
	"prorata/invoicing"
	"prorata/jobs/ledger"
)

// refundsOnly is the sink of a run: it refuses requests for what is not decided
// yet, so that none of them is taken for something else. A refused row can be
// sent again unchanged when the program decides it.
type refundsOnly struct {
	*ledger.Import
	refused int // rows
}

// Request takes a refund and refuses any other action.
func (s *refundsOnly) Request(r *invoicing.Request) error {
	if r.Action == invoicing.Refund {
		return s.Import.Request(r)
	}
	s.refused++
	return s.Refuse(invoicing.Fault{Code: "NotDecidedYet", Source: r.Source, Column: "Action", Value: r.Action.String(),
		Expected: "Refund: this version decides no exchanges, transfers, withdrawals or reversals",
		Fix:      "keep the row, and send it again when the program decides it"})
}
