package exporters

import (
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/reconcile"
)

// supportRequests is support-requests.csv: what a partner has to send the vendor
// for each approved refund or exchange, and what goes through support because the
// card has changed (OUT-9). Each night has what is open, what the night closed,
// and by what.
var supportRequests = &register{
	columns: columns{
		"RequestId", "ExchangeId", "Status", "OpenedOn", "ClosedOn", "ClosedBy", "Why", "IssueType", "ProblemType", "Category",
		"BillingAccountId", "ReservationOrderId", "ReservationId", "Quantity", "RequestedAction", "NewProduct", "Currency", "AmountExpected",
		"Contact", "RequestedBy", "Source",
	},
	settlement: func(p *press, c *cells, s *settled) {
		for _, x := range reconcile.DecidedSupport(s.Settlement) {
			supportRow(p, c, &x)
		}
	},
	reconciliation: func(p *press, c *cells, l *reconcile.Line) {
		for i := range l.Support {
			supportRow(p, c, &l.Support[i])
		}
	},
}

func supportRow(p *press, c *cells, x *reconcile.SupportRequest) {
	c.text(x.Request)
	c.text(x.Exchange)
	c.name([...]string{"Open", "Closed"}[btoi(!x.ClosedOn.IsZero())])
	c.date(x.Since)
	c.date(x.ClosedOn)
	c.text(x.ClosedBy)
	c.name([...]string{"Partner", "CardChanged"}[btoi(x.CardChanged)])
	c.name(reconcile.IssueType)
	c.name(reconcile.ProblemType)
	c.name(reconcile.Category)
	c.text(x.Account)
	c.text(x.Order)
	c.text(x.Reservation)
	c.count(x.Quantity)
	c.name(x.Requested())
	c.text(x.NewProduct)
	c.name(x.Amount.Code())
	c.amount(x.Amount)
	c.text(p.night.Seller.reachedAt())
	c.text(x.RequestedBy)
	p.sources(c, []invoicing.Source{x.Source})
	c.end()
}

// reachedAt is the biller's own contact: the vendor answers the biller.
func (s *Seller) reachedAt() string {
	return strings.Join(slices.DeleteFunc([]string{s.Contact, s.Email, s.Phone}, func(part string) bool { return part == "" }), ", ")
}
