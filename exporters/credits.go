package exporters

import (
	"cmp"
	"slices"

	"prorata/invoicing"
)

// credits is credits.csv: the credits with a balance, and those that the run
// changed (OUT-3), what expires first at the top. A credit's id is the number of
// the document that granted it.
var credits = &register{
	columns: columns{
		"CreditId", "BillingAccountId", "Kind", "Currency", "Amount", "Used", "Expired", "Balance", "GrantedOn",
		"ExpiresOn", "Document",
	},
	standing: func(p *press, _ *cells, s *Standing) {
		for i := range s.Credits {
			// What an earlier run used up was shown by that run.
			if credit := &s.Credits[i]; s.Run == p.night.Run || !credit.Balance().IsZero() {
				p.credits = append(p.credits, credit)
			}
		}
	},
	last: func(p *press, c *cells) {
		slices.SortFunc(p.credits, expiresBefore)
		for _, credit := range p.credits {
			c.credit(credit)
		}
	},
}

// expiresBefore orders credits by their last day; those that never expire, held
// credits, come last.
func expiresBefore(a, b *invoicing.Credit) int {
	return cmp.Or(btoi(a.ExpiresOn.IsZero())-btoi(b.ExpiresOn.IsZero()), cmp.Compare(a.ExpiresOn, b.ExpiresOn), cmp.Compare(a.Account, b.Account),
		cmp.Compare(a.Document.Number, b.Document.Number))
}

func (c *cells) credit(credit *invoicing.Credit) {
	c.text(credit.Document.Number)
	c.text(credit.Account)
	c.name(credit.Kind.String())
	c.name(credit.Amount.Code())
	c.amount(credit.Amount)
	c.amount(credit.Used)
	c.amount(credit.Expired)
	c.amount(credit.Balance())
	c.date(credit.GrantedOn)
	c.date(credit.ExpiresOn)
	c.text(credit.Document.Number)
	c.end()
}
