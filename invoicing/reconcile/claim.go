package reconcile

import (
	"fmt"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Claim is what a biller tells the vendor's support about a break, with the fields
// of a support request (OUT-9).
type Claim struct {
	Break       string // its id
	IssueType   string
	ProblemType string
	Category    string
	Account     string
	Order       string
	Reservation string // may be empty
	Quantity    int
	Action      string // what was requested: Refund, Return, TransferOut; empty where nothing was
	Requests    []string
	RequestedOn money.Date
	CreditedOn  money.Date  // zero where nothing was credited
	Expected    money.Money // unset where nothing was expected
	Credited    money.Money // unset where nothing was credited
	Difference  money.Money // credited less expected; unset with two currencies
	Rules       []invoicing.Rule
	Cause       string
	Sources     []policy.Source // the pages that the rules follow
}

// ClaimOf makes the claim of a break; sources are those of the policy that decided
// the request (Facts.PolicyID).
func ClaimOf(b *Break, sources []policy.Source) Claim {
	c := Claim{Break: b.ID, IssueType: IssueType, ProblemType: ProblemType, Category: Category, Account: b.Account(), Order: b.Order(),
		Requests: b.Requests(), CreditedOn: b.creditedOn(), Expected: b.ExpectedSum(), Credited: b.CreditedSum(),
		Difference: b.Difference(), Cause: b.Cause(), Sources: sources}
	if len(b.Expected) > 0 {
		e := &b.Expected[0]
		c.Reservation, c.Quantity, c.Action, c.RequestedOn = e.Reservation, e.Quantity, e.Action.String(), e.Date
		if e.Facts != nil {
			c.Rules = e.Facts.Rules.List()
		}
	} else {
		c.Quantity = b.Credits[0].Quantity
	}
	return c
}

// Text is the claim as a person sends it.
func (c *Claim) Text() string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(strings.Fields(value), " ")) // a cell cannot add a line
		}
	}
	line("Issue type", c.IssueType)
	line("Problem type", c.ProblemType)
	line("Category", c.Category)
	line("Our reference", c.Break)
	line("Billing account", c.Account)
	line("Reservation order", c.Order)
	line("Reservation", c.Reservation)
	line("Quantity", fmt.Sprint(c.Quantity))
	line("Request", requested(c))
	line("Expected credit", c.Expected.String())
	line("Credited", credited(c))
	line("Difference", c.Difference.String())
	line("Possible cause", c.Cause)
	line("Rules", joined(c.Rules))
	for _, s := range c.Sources {
		line("Source", fmt.Sprintf("%s (%s), %s", s.Title, s.Date, s.URL))
	}
	return b.String()
}

func requested(c *Claim) string {
	if c.Action == "" {
		return "none"
	}
	return fmt.Sprintf("%s of %s, %s", c.Action, c.RequestedOn, joined(c.Requests))
}

func credited(c *Claim) string {
	if !c.Credited.IsSet() {
		return "nothing"
	}
	return fmt.Sprintf("%s on %s", c.Credited, c.CreditedOn)
}
