package reconcile

import (
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// Break is what does not agree, and its life over nights (REC-3). A break of
// class NotYetDue is no fault yet: it waits.
type Break struct {
	ID     string // the same for as long as its expected credit (else its vendor row) is open
	Class  Class
	Status Status
	Group
	Causes  []Cause    // of an AmountDifference: the simplest that give the vendor's figure; empty: none does
	LateBy  int        // of an AmountDifference of 0: days outside match_days
	Answers string     // the closed match that a duplicate repeats, or the accepted break that a row would have answered
	Opened  money.Date // the night it was first seen
	Changed money.Date // the last night on which its class or its rows changed
	Ended   money.Date // the night it was resolved or accepted; zero while open
	Events  []Event    // oldest first: the opening and at most maxEvents - 1 of the latest
	// Acceptances are those of the break as it stands: a change of it voids them.
	Acceptances []Acceptance
}

// Event is one turn in the life of a break.
type Event struct {
	On      money.Date
	What    Turn
	Class   Class              // after it
	By      string             // the match or break that resolved it, the person who accepted it, or the request that undid its own
	Sources []invoicing.Source // the rows that brought it about
	Reason  string             // of an acceptance
}

// Turn is what happened to a break.
type Turn uint8

// The turns.
const (
	Opening Turn = iota + 1
	Change
	Resolution
	Acceptation
	Reversal // the request was undone: no credit is expected any more
)

// String is the name used in reports.
func (t Turn) String() string {
	return [...]string{"", "Opened", "Changed", "Resolved", "Accepted", "Reversed"}[t]
}

const maxEvents = 16

// tell adds an event; of a break that changes for ever the middle is forgotten.
func (b *Break) tell(e Event) {
	if len(b.Events) >= maxEvents {
		b.Events = append(b.Events[:1:1], b.Events[2:]...)
	}
	b.Events = append(b.Events[:len(b.Events):len(b.Events)], e)
}

// AgeDays is the days since the request, or since the vendor's row where nothing
// was expected, until a night or the one that ended the break.
func (b *Break) AgeDays(asOf money.Date) int {
	if !b.Ended.IsZero() {
		asOf = b.Ended
	}
	return int(asOf - b.since())
}

// Exposure is what is at stake, above or equal to zero: the difference without its
// sign, and of a CurrencyMismatch what was expected.
func (b *Break) Exposure() money.Money {
	if d := b.Difference(); d.IsSet() {
		return d.Abs()
	}
	return b.expectedSum()
}

// end is the turn that ended a break; its zero value while it is open.
func (b *Break) end() Event {
	if b.Status == Open || len(b.Events) == 0 {
		return Event{}
	}
	return b.Events[len(b.Events)-1]
}

// EndedBy says what ended a break: "resolved by MAT-...", "accepted by Eva" or
// "reversed by V1"; empty while it is open.
func (b *Break) EndedBy() string {
	end := b.end()
	if end.By == "" {
		return ""
	}
	return strings.ToLower(end.What.String()) + " by " + end.By
}

// Sources names every row of a group: those of the requests, then the vendor's.
func (g *Group) Sources() []invoicing.Source {
	var out []invoicing.Source
	for i := range g.Expected {
		out = append(out, g.Expected[i].Source)
	}
	return append(out, g.VendorRows()...)
}
