package invoicing

import "prorata/invoicing/money"

// Request is one line that a customer or a partner asks for, as it was read.
type Request struct {
	ID             string
	Date           money.Date
	Action         Action
	Exchange       string // ExchangeId, empty for a refund
	Order          string
	Reservation    string
	Quantity       int
	RequestedBy    string
	Role           string // RequesterRole
	Used           Used
	Reason         string
	Withdraws      string      // the request that a Withdraw or Reverse names
	VendorUSD      money.Money // the vendor's own USD amount (LIM-5), unset where the input is silent
	New            *Purchase   // of a Purchase or TransferIn: what is bought
	CustomerAmount money.Money // of a Purchase on a CSP account (BIL-CSP-1), unset where silent
	Source         Source
}

// tie is the exchange or transfer that the request is a line of; empty for none.
func (r *Request) tie() string {
	switch r.Action {
	case Return, PurchaseNew, TransferOut, TransferIn:
		return r.Exchange
	}
	return ""
}

// Action is what a request line asks for (IMP-6).
type Action uint8

// The actions.
const (
	Refund Action = iota + 1
	Return
	PurchaseNew
	TransferOut
	TransferIn
	Withdraw
	Reverse
)

// Actions lists every action.
var Actions = []Action{Refund, Return, PurchaseNew, TransferOut, TransferIn, Withdraw, Reverse}

// String is the name used in sheets and reports.
func (a Action) String() string {
	return [...]string{"", "Refund", "Return", "Purchase", "TransferOut", "TransferIn", "Withdraw", "Reverse"}[a]
}

// returns reports whether the line returns units.
func (a Action) returns() bool { return a == Refund || a == Return || a == TransferOut }

// Used is whether the request says that the reservation was used (PRO-9).
type Used uint8

// The answers; the zero value is silent and counts as used.
const (
	UsedYes Used = iota + 1
	UsedNo
)
