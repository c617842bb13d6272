package exporters

import "prorata/invoicing"

// cardRefunds is card-refunds.csv: what is to go back to a card, or below zero is
// to be charged to it (OUT-3, BIL-CARD-1).
var cardRefunds = &register{columns: moneyBackColumns, settlement: moneyBack(invoicing.ToCard)}

// payouts is payouts.csv: what is to be paid out (OUT-3, BIL-INV-2).
var payouts = &register{columns: moneyBackColumns, settlement: moneyBack(invoicing.ToPayout)}

var moneyBackColumns = columns{"BillingAccountId", "CardRef", "Currency", "Amount", "Document", "Requests"}

// moneyBack has a row for each part of what documents leave over that goes one way.
func moneyBack(to invoicing.LeftOverTo) func(*press, *cells, *settled) {
	return func(_ *press, c *cells, s *settled) {
		for i := range s.Documents {
			d := &s.Documents[i]
			for _, l := range d.Left {
				if l.To != to {
					continue
				}
				c.text(d.Account)
				c.text(l.Card)
				c.name(l.Amount.Code())
				c.amount(l.Amount)
				c.text(d.Number)
				c.texts(len(d.Requests), func(i int) string { return d.Requests[i] })
				c.end()
			}
		}
	}
}
