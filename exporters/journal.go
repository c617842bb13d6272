package exporters

import "prorata/invoicing"

// journal is journal.csv: every posting of every document (OUT-4, DOC-5). Debits
// and credits of one document add up to the same, per currency.
var journal = &register{
	columns: columns{"Document", "Date", "Account", "Debit", "Credit", "Currency", "Text"},
	settlement: func(_ *press, c *cells, s *settled) {
		for i, postings := range s.postings {
			for j := range postings {
				journalRow(c, &s.Documents[i], &postings[j], j == 0)
			}
		}
	},
}

// journalRow writes a posting; first is whether it is the first of its document.
func journalRow(c *cells, d *invoicing.Document, e *invoicing.Posting, first bool) {
	if first {
		start := len(c.buf)
		c.text(d.Number)
		c.date(d.IssueDate)
		c.keep(start)
	} else {
		c.again()
	}
	start := len(c.buf)
	c.buf = append(append(append(c.buf, e.Account...), ':'), d.Account...)
	c.seal(start)
	c.amount(e.Debit)
	c.amount(e.Credit)
	c.name(either(e.Debit, e.Credit).Code())
	c.name(d.Type.String())
	c.end()
}
