package reconcile

import (
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Claim is what a biller tells the vendor's support about a break, with the fields
// of a support request (OUT-9). What does not apply is empty, zero or unset.
type Claim struct {
	Break       string // its id
	Class       Class
	Account     string
	Order       string
	Reservation string
	Quantity    int
	Action      string // what was requested, in the vendor's words: Refund, Exchange, Transfer
	NewProduct  string // of an exchange
	Requests    []string
	RequestedBy string
	RequestedOn money.Date
	CreditedOn  money.Date
	Invoices    []string         // the vendor's, that credited it
	Expected    money.Money      // unset where nothing was expected
	Credited    money.Money      // unset where nothing was credited
	Difference  money.Money      // credited less expected; unset with two currencies
	Cause       string           // of a difference, as far as one is known
	Steps       []invoicing.Step // how the amount expected was computed, each with its rule
	Policy      string           // the title of the one that decided the request
	Sources     []policy.Source  // the pages that it follows
}

// ClaimOf makes the claim of a break, from the decision of its request and the
// policy that decided it; both are nil where nothing was expected.
func ClaimOf(b *Break, d *invoicing.Decision, p *policy.Policy) Claim {
	c := Claim{Break: b.ID, Class: b.Class, Account: b.Account(), Order: b.Order(), Requests: b.Requests(),
		CreditedOn: b.creditedOn(), Expected: b.expectedSum(), Credited: b.creditedSum(), Difference: b.Difference()}
	if len(b.Causes) > 0 || b.LateBy > 0 {
		c.Cause = b.Cause()
	}
	for i := range b.Credits {
		if n := b.Credits[i].Invoice; n != "" && !slices.Contains(c.Invoices, n) {
			c.Invoices = append(c.Invoices, n)
		}
	}
	if len(b.Expected) == 0 {
		c.Quantity = b.Credits[0].Quantity
		return c
	}
	e := &b.Expected[0]
	c.Reservation, c.Quantity, c.Action, c.RequestedOn = e.Reservation, e.Quantity, requestedAction(e.Action), e.Date
	if e.Support != nil {
		c.NewProduct = e.Support.NewProduct
	}
	if d != nil {
		c.RequestedBy, c.Steps = d.Request.RequestedBy, towardsRefund(d)
	}
	if p != nil {
		c.Policy, c.Sources = p.Title, p.Sources
	}
	return c
}

// towardsRefund are the steps that lead to the amount that is expected of the
// vendor; those that follow are about the limit and the customer.
func towardsRefund(d *invoicing.Decision) []invoicing.Step {
	steps := d.Steps()
	return steps[:slices.IndexFunc(steps, func(s invoicing.Step) bool {
		return s.Rule == invoicing.FEE2.String() || s.Rule == invoicing.FEE3.String()
	})+1]
}

// Wrong says in a sentence what is wrong with the credit.
func (c *Claim) Wrong() string {
	switch c.Class {
	case AmountDifference:
		switch c.Difference.Sign() {
		case -1:
			return "credited too little"
		case 1:
			return "credited too much"
		}
		return "credited on another date"
	case CurrencyMismatch:
		return "credited in another currency"
	case DuplicateAtVendor:
		return "credited twice"
	case UnexpectedAtVendor:
		return "credited, though nothing was requested"
	}
	return "not credited"
}
