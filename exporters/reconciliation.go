package exporters

import "prorata/invoicing/reconcile"

// reconciliation is reconciliation.csv: the matches of the night, the breaks that
// it resolved or that a person has accepted since the night before, and every
// break that is open (OUT-3, REC-2, REC-3). A CurrencyMismatch has a row for each
// of its currencies, so that the rows add up by class and currency.
var reconciliation = &register{
	columns: columns{
		"Id", "Class", "Status", "BillingAccountId", "ReservationOrderId", "Currency", "Expected", "Credited", "Difference",
		"ExpectedOn", "CreditedOn", "AgeDays", "Cause", "Requests", "VendorRows",
	},
	reconciliation: func(p *press, c *cells, l *reconcile.Line) {
		c.name(l.ID)
		c.name(l.Class.String())
		c.name(l.Status.String())
		c.text(l.Account)
		c.text(l.Order)
		c.name(l.Currency.String())
		c.amount(l.Expected)
		c.amount(l.Credited)
		c.amount(l.Difference)
		c.date(l.ExpectedOn)
		c.date(l.CreditedOn)
		c.count(l.AgeDays)
		c.text(l.Cause)
		c.texts(len(l.Requests), func(i int) string { return l.Requests[i] })
		p.sources(c, l.VendorRows)
		c.end()
	},
}
