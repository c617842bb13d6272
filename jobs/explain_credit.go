package jobs

import (
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs/ledger"
)

// CreditTold is a credit, with what is left of it today and all that took from it.
type CreditTold struct {
	invoicing.Credit
	Brought invoicing.Source // the row that brought it in; none where a document granted it
	Moves   []CreditMove     // oldest first
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

// tellGranted tells the credit that the document granted; s is its settlement.
func (e *Explanation) tellGranted(l *ledger.Ledger, s *invoicing.Settlement) (err error) {
	at := slices.IndexFunc(s.Granted, func(c invoicing.Credit) bool { return c.Document.Number == e.Document.Number })
	if at >= 0 {
		e.Credit, err = tellCredit(l, s.Granted[at])
	}
	return err
}

// tellCredit tells what took from a credit.
func tellCredit(l *ledger.Ledger, granted invoicing.Credit) (*CreditTold, error) {
	c := &CreditTold{Credit: granted}
	c.Used, c.Credit.Expired = money.Zero(c.Amount.Currency()), money.Zero(c.Amount.Currency())
	for s, err := range l.SettlementsNaming(c.Account) {
		if err != nil {
			return nil, err
		}
		for i := range s.Opened {
			if row := s.Opened[i].Source; row.String() == c.Document.Number {
				c.Brought = row
			}
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
	return c, nil
}
