package exporters

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/invoicing/reconcile"
)

// Claims are what a biller tells the vendor's support of some breaks: as a text
// that is sent, and as a workbook that goes with it (OUT-9).
type Claims struct {
	AsOf   money.Date // of the night that the breaks were seen on
	Seller Seller
	Claims []reconcile.Claim
}

// claimSum is what the claims of one currency come to.
type claimSum struct {
	currency                       money.Currency
	claims                         int
	expected, credited, difference money.Sum
}

// text is a sum of the currency.
func (c *claimSum) text(s *money.Sum) string {
	return textOf(s, c.currency) + " " + c.currency.String()
}

// sums are what the claims come to by currency. Of a claim in two currencies both
// amounts count, each in its own.
func (c *Claims) sums() []*claimSum {
	var all []*claimSum
	of := func(m money.Money) *claimSum {
		i, found := slices.BinarySearchFunc(all, m.Code(), func(s *claimSum, code string) int { return strings.Compare(s.currency.String(), code) })
		if !found {
			all = slices.Insert(all, i, &claimSum{currency: m.Currency()})
		}
		return all[i]
	}
	for i := range c.Claims {
		x := &c.Claims[i]
		if x.Expected.IsSet() {
			s := of(x.Expected)
			s.claims++
			s.expected.Add(x.Expected)
			s.difference.Add(x.Expected.Neg())
		}
		if x.Credited.IsSet() {
			s := of(x.Credited)
			if !x.Difference.IsSet() || !x.Expected.IsSet() {
				s.claims++
			}
			s.credited.Add(x.Credited)
			s.difference.Add(x.Credited)
		}
	}
	return all
}

// fields are what the form of a support request asks for, and who asks.
func (c *Claims) fields() [][2]string {
	fields := [][2]string{
		{"Issue type", reconcile.IssueType}, {"Problem type", reconcile.ProblemType}, {"Category", reconcile.Category},
		{"From", c.Seller.Name}, {"Contact", c.Seller.reachedAt()}, {"As of", c.AsOf.String()},
	}
	return slices.DeleteFunc(fields, func(f [2]string) bool { return f[1] == "" })
}

// request is what is asked for.
const claimRequest = "We compared your credits for returned Azure reservations with what your published policy gives. The credits below are missing or " +
	"differ. Please credit the difference, or tell us by which rule the amount credited was computed."

// Text is the claims as a person sends them. Every value is on one line: a cell of
// a spreadsheet cannot add one.
func (c *Claims) Text() string {
	t := claimText{}
	for _, f := range c.fields() {
		t.line("", f[0], f[1])
	}
	t.WriteString("\n" + claimRequest + "\n\n")
	for _, s := range c.sums() {
		fmt.Fprintf(&t, "In %s, %s: %s expected, %s credited; credited less expected is %s\n", s.currency, invoicing.Counted(s.claims, "credit", "credits"), s.text(&s.expected),
			s.text(&s.credited), s.text(&s.difference))
	}
	for i := range c.Claims {
		t.claim(i+1, &c.Claims[i])
	}
	for _, p := range c.policies() {
		fmt.Fprintf(&t, "\nThe amounts expected %s follow your published policy:\n", p.of)
		for _, s := range p.sources {
			fmt.Fprintf(&t, "   %s, %s\n   %s\n", oneLine(s.Title), s.Date, oneLine(s.URL))
		}
	}
	return t.String()
}

// claimPolicy is a policy that claims rest on: its pages, and of which claims.
type claimPolicy struct {
	title   string
	sources []policy.Source
	of      string // "in 1, 2, 5"
}

// policies are those of the claims, in their order.
func (c *Claims) policies() []claimPolicy {
	var all []claimPolicy
	for i := range c.Claims {
		x := &c.Claims[i]
		if len(x.Sources) == 0 {
			continue
		}
		if at := slices.IndexFunc(all, func(p claimPolicy) bool { return p.title == x.Policy }); at < 0 {
			all = append(all, claimPolicy{title: x.Policy, sources: x.Sources, of: "in " + itoa(i+1)})
		} else {
			all[at].of += ", " + itoa(i+1)
		}
	}
	return all
}

// claimText is the text being written.
type claimText struct{ strings.Builder }

func (t *claimText) line(indent, name, value string) {
	if value = oneLine(value); value != "" {
		fmt.Fprintf(t, "%s%-18s%s\n", indent, name, value)
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func (t *claimText) claim(n int, c *reconcile.Claim) {
	fmt.Fprintf(t, "\n%d. Reservation order %s: %s\n", n, oneLine(c.Order), c.Wrong())
	const in = "   "
	t.line(in, "Reservation", c.Reservation)
	t.line(in, "Billing account", c.Account)
	t.line(in, "Quantity", itoa(c.Quantity))
	t.line(in, "Requested action", requestedOf(c))
	t.line(in, "New product", c.NewProduct)
	t.line(in, "Amount expected", cmp.Or(c.Expected.String(), "nothing"))
	t.line(in, "Amount credited", creditedOf(c))
	t.line(in, "Difference", c.Difference.String())
	t.line(in, "Possible cause", c.Cause)
	t.line(in, "Our reference", c.Break)
	if len(c.Steps) > 0 {
		t.WriteString(in + "How the amount expected was computed\n")
	}
	for _, s := range c.Steps {
		t.line(in+"  ", s.What, s.Result+": "+s.How+" ["+s.Rule+"]")
	}
}

// requestedOf tells what was requested of the vendor, when and by whom.
func requestedOf(c *reconcile.Claim) string {
	if c.Action == "" {
		return "none"
	}
	s := fmt.Sprintf("%s on %s, our request %s", c.Action, c.RequestedOn, listedNames(c.Requests))
	if c.RequestedBy != "" {
		s += " by " + c.RequestedBy
	}
	return s
}

func creditedOf(c *reconcile.Claim) string {
	if !c.Credited.IsSet() {
		return "nothing"
	}
	s := fmt.Sprintf("%s on %s", c.Credited, c.CreditedOn)
	if len(c.Invoices) > 0 {
		s += ", invoice " + listedNames(c.Invoices)
	}
	return s
}
