package exporters

// credits is credits.csv: the credits with a balance, and those that the run
// changed (OUT-3). A credit's id is the number of the document that granted it.
var credits = &register{
	columns: columns{
		"CreditId", "BillingAccountId", "Kind", "Currency", "Amount", "Used", "Expired", "Balance", "GrantedOn",
		"ExpiresOn", "Document",
	},
	standing: func(p *press, c *cells, s *Standing) {
		for i := range s.Credits {
			credit := &s.Credits[i]
			balance := credit.Balance()
			// What an earlier run used up was shown by that run.
			if balance.IsZero() && s.Run != p.night.Run {
				continue
			}
			c.text(credit.Document.Number)
			c.text(credit.Account)
			c.name(credit.Kind.String())
			c.name(credit.Amount.Code())
			c.amount(credit.Amount)
			c.amount(credit.Used)
			c.amount(credit.Expired)
			c.amount(balance)
			c.date(credit.GrantedOn)
			c.date(credit.ExpiresOn)
			c.text(credit.Document.Number)
			c.end()
		}
	},
}
