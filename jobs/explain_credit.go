package jobs

import (
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs/ledger"
)

// CreditTold is a credit that a document granted, with what is left of it today and
// all that took from it.
type CreditTold struct {
	invoicing.Credit
	Moves []CreditMove // oldest first
}

// CreditMove is a draw on a credit, or what of it expired; below zero it is given back.
type CreditMove struct {
	AsOf    money.Date // of the night
	Expired bool       // else drawn
	Amount  money.Money
	Order   string           // that drew; empty for a charge of the account
	Date    money.Date       // of what drew; zero for an expiry
	By      string           // the document that takes it, where one does
	Source  invoicing.Source // the row that drew; none for an expiry
}

// tellCredit tells the credit that the document granted; s is its settlement.
func (e *Explanation) tellCredit(l *ledger.Ledger, s *invoicing.Settlement) error {
	at := slices.IndexFunc(s.Granted, func(c invoicing.Credit) bool { return c.Document.Number == e.Document.Number })
	if at < 0 {
		return nil
	}
	c := &CreditTold{Credit: s.Granted[at]}
	for s, err := range l.SettlementsNaming(c.Account) {
		if err != nil {
			return err
		}
		for _, w := range s.Draws {
			if w.Credit == c.Document {
				c.Used = c.Used.Add(w.Amount)
				c.Moves = append(c.Moves, CreditMove{s.AsOf, false, w.Amount, w.Order, w.Date, w.Document.Number, w.Source})
			}
		}
		for _, x := range s.Expired {
			if x.Credit == c.Document {
				c.Credit.Expired = c.Credit.Expired.Add(x.Amount)
				c.Moves = append(c.Moves, CreditMove{AsOf: s.AsOf, Expired: true, Amount: x.Amount, By: x.Document.Number})
			}
		}
	}
	e.Credit = c
	return nil
}
