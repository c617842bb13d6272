package exporters

// journal is journal.csv: every posting of every document (OUT-4, DOC-5). Debits
// and credits of one document add up to the same, per currency.
var journal = &register{
	columns: columns{"Document", "Date", "Account", "Debit", "Credit", "Currency", "Text"},
	settlement: func(_ *press, c *cells, s *settled) {
		for _, postings := range s.postings {
			for i := range postings {
				e := &postings[i]
				c.text(e.Document)
				c.date(e.Date)
				c.text(e.Account)
				c.amount(e.Debit)
				c.amount(e.Credit)
				c.name(either(e.Debit, e.Credit).Code())
				c.text(e.Text)
				c.end()
			}
		}
	},
}
