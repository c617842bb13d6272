package exporters

import "prorata/invoicing"

// documents is documents.csv: a row for each document (OUT-2). Credits are
// positive amounts on a CreditNote or CreditMemo.
var documents = &register{
	columns: columns{
		"Number", "Type", "IssueDate", "BillingAccountId", "Currency", "Net", "Tax", "Gross", "Cancels", "Replaces",
		"Revises", "Credits", "Requests",
	},
	settlement: func(_ *press, c *cells, s *settled) {
		for i := range s.Documents {
			documentRow(c, s, &s.Documents[i])
		}
	},
}

func documentRow(c *cells, s *settled, d *invoicing.Document) {
	c.text(d.Number)
	c.name(d.Type.String())
	c.date(d.IssueDate)
	c.text(d.Account)
	c.name(d.Currency.String())
	c.amount(d.Net)
	c.amount(d.Tax)
	c.amount(d.Gross)
	for _, refs := range [...][]invoicing.Ref{d.Cancels, d.Replaces, d.Revises, d.Credits} {
		c.texts(len(refs), func(i int) string { return s.number(refs[i]) })
	}
	c.texts(len(d.Requests), func(i int) string { return d.Requests[i] })
	c.end()
}

// documentLines is document-lines.csv: a row for each line of each document, with
// the rules and the source rows that it came from (OUT-2, DOC-3).
var documentLines = &register{
	columns: columns{
		"Number", "LineNo", "Kind", "ReservationOrderId", "Description", "Quantity", "Net", "TaxRate", "TaxCategory",
		"Rules", "Source",
	},
	settlement: func(p *press, c *cells, s *settled) {
		for i := range s.Documents {
			d := &s.Documents[i]
			for j := range d.Lines {
				lineRow(p, c, d.Number, j+1, &d.Lines[j])
			}
		}
	},
}

func lineRow(p *press, c *cells, number string, no int, l *invoicing.Line) {
	c.text(number)
	c.count(no)
	c.name(l.Kind.String())
	c.text(l.Order)
	c.text(l.Description)
	c.countIf(l.Quantity != 0, l.Quantity) // the register's lines and payments have no units
	c.amount(l.Net)
	c.buf = append(l.TaxRate.Append(c.buf), ',')
	c.text(l.TaxCategory)
	c.rules(l.Rules)
	p.sources(c, l.Sources)
	c.end()
}
