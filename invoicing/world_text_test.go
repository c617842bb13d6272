package invoicing_test

import (
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing"
)

// String is the rows of a world, a row a line, for whoever has to judge a difference by hand.
func (w world) String() string {
	var b strings.Builder
	for i, n := range w.nights {
		fmt.Fprintf(&b, "  night %d, %s\n", i, n.asOf)
		for _, a := range n.accounts {
			fmt.Fprintf(&b, "    account %s %s card %q refund to %s, terms %v\n", a.ID, a.Type, a.CardRef, a.RefundTo, a.Terms)
		}
		for _, p := range n.purchases {
			fmt.Fprintf(&b, "    purchase %s origin %d for %s on %s: %s %s x%d, %d months %s, %s %q\n", p.Order, p.Origin, p.Account, p.Date, p.Product,
				p.Sku, p.Quantity, p.Term, p.Plan, p.Amount, p.Funding.String()+" "+p.Invoice+" "+p.CardRef)
		}
		for _, v := range n.invoices {
			fmt.Fprintf(&b, "    invoice %s for %s of %s, open %s, card %q:", v.Number, v.Account, v.IssueDate, v.Open, v.CardRef)
			for _, l := range v.Lines {
				fmt.Fprintf(&b, " %s %s;", l.Order, l.Net)
			}
			b.WriteString("\n")
		}
		for _, o := range n.openings {
			fmt.Fprintf(&b, "    opening %s of %s on %s: %s, %d of %s, until %s\n", o.Kind, o.Account, o.Date, o.Amount, o.Quantity, o.Order, o.ExpiresOn)
		}
		for _, q := range n.requests {
			if q.Withdraws != "" {
				fmt.Fprintf(&b, "    %s %s of %s on %s\n", q.ID, q.Action, q.Withdraws, q.Date)
				continue
			}
			fmt.Fprintf(&b, "    %s %s %q of %s x%d on %s by %q", q.ID, q.Action, q.Exchange, q.Order, q.Quantity, q.Date, q.Role)
			if p := q.New; p != nil {
				fmt.Fprintf(&b, ": for %q %s %s, %d months %s, %s %s, customer %s", p.Account, p.Product, p.Sku, p.Term, p.Plan, p.Amount, p.Funding, q.CustomerAmount)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// about is the rows that a reader needs to judge a difference in one request by hand:
// those of its exchange, and of the orders they name.
func (w world) about(q invoicing.Request) string {
	words := []string{"account ", "  night", "opening", " of " + q.ID + " ", " " + q.ID + " ", " " + q.Order + " ", " " + q.Order + ";"}
	for _, n := range w.nights {
		for _, line := range n.requests {
			if q.Exchange != "" && line.Exchange == q.Exchange {
				words = append(words, line.ID+" ", " "+line.Order+" ")
			}
		}
	}
	out := ""
	for _, line := range strings.SplitAfter(w.String(), "\n") {
		if slices.ContainsFunc(words, func(word string) bool { return strings.Contains(line, word) }) {
			out += line
		}
	}
	return out
}
