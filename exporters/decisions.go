package exporters

import (
	"cmp"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// decisions is decisions.csv: a row for each request line decided or held in the
// run (OUT-1). Amounts are in Currency, but for the two in USD.
var decisions = &register{
	columns: columns{
		"RequestId", "ExchangeId", "Action", "RequestDate", "BillingAccountId", "BillingType", "Funding",
		"ReservationOrderId", "Quantity", "Outcome", "Reasons", "PolicyId", "PriceBasis", "BasisAmount", "PeriodDays",
		"DaysUsed", "DaysRemaining", "ProratedAmount", "FeeRate", "Fee", "RefundAmount", "RemainingCommitment",
		"CanceledCommitment", "Currency", "LimitMeasuredUSD", "LimitRemainingUSD", "LimitAvailableOn", "MaxQuantity",
		"CreditExpiresOn", "Documents", "Rules", "Source",
	},
	settlement: func(p *press, c *cells, s *settled) {
		for i := range s.Decisions {
			decisionRow(p, c, s, &s.Decisions[i])
		}
	},
}

func decisionRow(p *press, c *cells, s *settled, d *invoicing.Decision) {
	r := &d.Request
	c.text(r.ID)
	c.text(r.Exchange)
	c.name(r.Action.String())
	c.date(r.Date)
	c.text(d.Account)
	c.name(d.Type.String())
	if d.Type == policy.EA {
		c.name(d.Funding.String())
	} else {
		c.empty(1)
	}
	c.text(decidedOrder(d))
	c.countIf(r.Quantity > 0, r.Quantity) // a Withdraw has none
	c.name(d.Outcome.String())
	c.name(joined(d.Reasons.List()))
	c.text(d.PolicyID)
	prorationCells(c, d)
	c.name(decidedCurrency(d).String())
	limitCells(c, d)
	c.date(d.CreditExpiresOn)
	c.texts(len(d.Documents), func(i int) string { return s.number(d.Documents[i]) })
	c.rules(d.Rules)
	p.sources(c, d.Sources)
	c.end()
}

// prorationCells writes PriceBasis to CanceledCommitment. What could not be
// computed is empty, and so is all of it for what is bought: nothing of that is
// returned. FeeRate is 0 where no fee applies.
func prorationCells(c *cells, d *invoicing.Decision) {
	if buys(d.Request.Action) {
		c.empty(11)
		return
	}
	c.name(d.Basis.String())
	c.amount(d.BasisAmount())
	c.countIf(d.PeriodDays > 0, d.PeriodDays)
	c.countIf(d.PeriodDays > 0, d.DaysUsed)
	c.countIf(d.PeriodDays > 0, d.DaysRemaining)
	c.amount(d.Prorated)
	if d.Prorated.IsSet() {
		c.buf = append(d.FeeRate.Append(c.buf), ',')
	} else {
		c.empty(1)
	}
	c.amount(d.Fee)
	c.amount(d.Refund)
	c.amount(d.Remaining)
	c.amount(d.Canceled)
}

// limitCells writes LimitMeasuredUSD to MaxQuantity. The last two are a way out,
// and there is none where anything else stands in the way.
func limitCells(c *cells, d *invoicing.Decision) {
	c.amount(d.LimitMeasured)
	c.amount(d.LimitRemaining)
	if d.Reasons != 1<<invoicing.LimitExceeded {
		c.empty(2)
		return
	}
	c.date(d.LimitAvailableOn)
	c.countIf(d.MaxQuantity >= 0, d.MaxQuantity)
}

// buys reports whether a line buys and returns nothing.
func buys(a invoicing.Action) bool { return a == invoicing.PurchaseNew || a == invoicing.TransferIn }

// decidedOrder is the order that a line returns or buys.
func decidedOrder(d *invoicing.Decision) string {
	if d.Request.Order == "" && d.Request.New != nil {
		return d.Request.New.Order
	}
	return d.Request.Order
}

// decidedCurrency is the currency of a line's amounts, or none where nothing
// says it.
func decidedCurrency(d *invoicing.Decision) money.Currency {
	c := cmp.Or(d.Prorated.Currency(), d.Price.Of.Currency(), d.PurchasePrice.Of.Currency())
	if c.IsZero() && d.Request.New != nil {
		c = d.Request.New.Amount.Currency()
	}
	return c
}
