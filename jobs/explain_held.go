package jobs

import (
	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs/ledger"
)

// HeldNights are nights in a row on which a request was held for the same reasons.
type HeldNights struct {
	From, To money.Date
	Nights   int
	Reasons  invoicing.Reasons
}

// tellHeld tells the nights before the one that is explained on which the request was
// held. Only where it was read on an earlier night there can be any.
func (e *Explanation) tellHeld(l *ledger.Ledger) error {
	read, err := l.FileByNumber(e.Decision.Request.Source.File)
	if err != nil || read.Run == e.Run {
		return err
	}
	id := e.Decision.Request.ID
	var last *invoicing.Decision // the one that is explained, where no other follows
	var on money.Date
	for s, err := range l.SettlementsNaming(id) {
		if err != nil {
			return err
		}
		for i := range s.Decisions {
			if s.Decisions[i].Request.ID != id {
				continue
			}
			if last != nil {
				e.held(on, last.Reasons)
			}
			last, on = &s.Decisions[i], s.AsOf
		}
	}
	return nil
}

func (e *Explanation) held(on money.Date, why invoicing.Reasons) {
	if n := len(e.Held); n > 0 && e.Held[n-1].Reasons == why {
		e.Held[n-1].To = on
		e.Held[n-1].Nights++
		return
	}
	e.Held = append(e.Held, HeldNights{on, on, 1, why})
}
