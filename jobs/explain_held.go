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

// Undone is the Reverse that undid an approved request.
type Undone struct {
	By string     // its id
	On money.Date // the night
}

// tellNights tells what other nights say of the request: those before on which it was
// held, and the one that undid it.
func (e *Explanation) tellNights(l *ledger.Ledger) error {
	id := e.Decision.Request.ID
	var last *invoicing.Decision // the one that is explained, where no other follows
	var on money.Date
	for s, err := range l.SettlementsNaming(id) {
		if err != nil {
			return err
		}
		for _, r := range s.Reversed {
			if r.Request == id {
				e.Reversed = &Undone{r.By, s.AsOf}
			}
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
