package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs"
)

// show is the verb that tells what there is of an order or an account.
func show(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("show", flag.ContinueOnError)
	said := c.settings(f, "ledger", "policy")
	on := f.String("on", "", "the `date` for the limit and what has ended; default today, in the configured zone")
	asJSON := f.Bool("json", false, "print it as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usageError{"name one reservation order or billing account"}
	}
	cfg, err := said.resolve()
	if err != nil {
		return err
	}
	date, err := c.dateOr(*on, "--on", cfg)
	if err != nil {
		return err
	}
	chain, err := cfg.chosenPolicies()
	if err != nil {
		return err
	}
	s, err := jobs.Show(cfg.path("ledger"), rest[0], chain, date)
	switch {
	case err != nil:
		return err
	case *asJSON:
		return writeJSON(c, shownForPrograms(s, date))
	case s.Order != nil:
		return showOrder(terminal{c.stdout}, s.Order, date)
	}
	return showAccount(terminal{c.stdout}, s.Account, date)
}

// section writes a table under a blank line; one that has a heading alone is left out.
func section(w io.Writer, t columns) error {
	if len(t.rows) < 2 {
		return nil
	}
	fmt.Fprintln(w)
	return t.write(w)
}

func showOrder(w io.Writer, o *jobs.OrderShown, on money.Date) error {
	fmt.Fprintf(w, "%s  %s\n", o.ID, strings.Join(described(&o.Order), ", "))
	facts := columns{left: 2}
	facts.row("account", strings.TrimSpace(o.Holder.ID+"  "+o.Holder.Name+"  "+o.Holder.Type.String()))
	facts.row("term", fmt.Sprintf("%s to %s, %s", o.Start, o.End, termState(&o.Order, on)))
	facts.row("units", fmt.Sprintf("%d bought, %d returned, %d active", o.Quantity, o.Returned, o.Active()))
	for _, d := range o.BoughtBy {
		facts.row("came from", fmt.Sprintf("%s of %s of %s, %s of %s", d.Request.Action, invoicing.Counted(d.Request.Quantity, "unit", "units"), d.Request.Order, d.Request.ID, d.Request.Date))
	}
	if n := len(o.Usage); n > 0 {
		used := 0
		for _, u := range o.Usage {
			if u.UsedHours.Sign() > 0 {
				used++
			}
		}
		facts.row("usage", fmt.Sprintf("told of %s, %s to %s; used on %d", invoicing.Counted(n, "day", "days"), o.Usage[0].Date, o.Usage[n-1].Date, used))
	}
	if o.Conflict() {
		facts.row("conflict", sources(o.Against)+" disagrees with "+sources(o.Charges[0].Sources)+" (IMP-10); requests on it are held")
	}
	if err := facts.write(w); err != nil {
		return err
	}
	tree := columns{left: 4}
	tree.row("what became of it", "on", "", "documents", "units", "prorated", "fee", "refund", "")
	orderTree(&tree, &o.OrderNode, "")
	if err := section(w, tree); err != nil {
		return err
	}
	return standing(w, o.Documents, o.Credits)
}

// described says what an order is.
func described(o *invoicing.Order) []string {
	var parts []string
	for _, s := range []string{o.Product, o.Sku, o.Region, strings.ToLower(o.Plan.String())} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return parts
}

func termState(o *invoicing.Order, on money.Date) string {
	switch {
	case on < o.Start:
		return "not begun"
	case on >= o.End:
		return "ended"
	}
	return invoicing.Counted(int(o.End-on), "day left", "days left")
}

// orderTree has a row for an order, for each request on it and, further in, for
// what an exchange bought.
func orderTree(t *columns, n *jobs.OrderNode, in string) {
	first := &n.Charges[0]
	each := ""
	if n.Plan == invoicing.Monthly {
		each = fmt.Sprintf(" x %d", n.Term)
	}
	t.row(in+n.ID, n.Start.String(), fmt.Sprintf("bought for %s%s", first.Amount, each), first.Invoice, strconv.Itoa(n.Quantity))
	if n.Brought > 0 {
		t.row(in+"  before the ledger", "", "returned", "", "-"+strconv.Itoa(n.Brought))
	}
	for i := range n.Returns {
		r := &n.Returns[i]
		row := []string{in + "  " + r.Request.ID, r.Request.Date.String(), became(&r.Decision), refs(r.Documents)}
		switch {
		case r.ReversedBy != "":
			row[2] += ", reversed by " + r.ReversedBy
		case r.Outcome == invoicing.Approved && r.Resized == "":
			row = append(row, "-"+strconv.Itoa(r.Request.Quantity), r.Prorated.Number(), r.Fee.Number(), r.Refund.Number(), r.Refund.Code())
		}
		t.row(row...)
		for j := range r.Into {
			orderTree(t, &r.Into[j], in+"    ")
		}
	}
	t.row(in+"  active", "", "", "", strconv.Itoa(n.Active()))
}

// became is what was asked, and the outcome with its reasons.
func became(d *invoicing.Decision) string {
	says := d.Request.Action.String()
	if d.Request.Exchange != "" {
		says += " of " + d.Request.Exchange
	}
	says += ", " + strings.ToLower(d.Outcome.String())
	if d.Resized != "" {
		says += ", now " + d.Resized
	}
	if why := reasonNames(d.Reasons); len(why) > 0 {
		says += ": " + strings.Join(why, ", ")
	}
	return says
}

func standing(w io.Writer, documents []invoicing.Document, credits []invoicing.Credit) error {
	t := columns{left: 4}
	t.row("document", "type", "issued on", "requests", "net", "tax", "gross", "")
	for i := range documents {
		d := &documents[i]
		t.row(d.Number, d.Type.String(), d.IssueDate.String(), strings.Join(d.Requests, " "), d.Net.Number(), d.Tax.Number(), d.Gross.Number(), d.Currency.String())
	}
	if err := section(w, t); err != nil {
		return err
	}
	t = columns{left: 4}
	t.row("credit", "kind", "granted on", "last day", "amount", "used", "expired", "balance", "")
	for i := range credits {
		x := &credits[i]
		t.row(x.Document.Number, x.Kind.String(), x.GrantedOn.String(), x.ExpiresOn.String(), x.Amount.Number(), x.Used.Number(), x.Expired.Number(),
			x.Balance().Number(), x.Amount.Code())
	}
	return section(w, t)
}

func showAccount(w io.Writer, a *jobs.AccountShown, on money.Date) error {
	fmt.Fprintf(w, "%s  %s\n", a.ID, a.Name)
	facts := columns{left: 2}
	facts.row("billed by", a.Type.String()+", "+a.Currency.String())
	if a.RefundTo == invoicing.Payout {
		facts.row("refunds", "paid out")
	}
	for _, t := range a.Terms {
		facts.row("commitment", fmt.Sprintf("%s to %s", t.Start, t.End))
	}
	facts.row("limit", fmt.Sprintf("on %s %s of %s are used, %s left", on, a.Limit.Used, a.Limit.Limit, a.Limit.Left))
	for _, r := range a.Limit.Releases {
		facts.row("", fmt.Sprintf("%s are free again on %s: then %s left", r.USD, r.On, r.Left))
	}
	if err := facts.write(w); err != nil {
		return err
	}
	t := columns{left: 5}
	t.row("order", "what", "bought on", "last day", "", "bought", "returned", "active", "paid", "")
	for i := range a.Orders {
		o := &a.Orders[i]
		paid := &o.Charges[len(o.Charges)-1]
		t.row(o.ID, cmp.Or(o.Sku, o.Product)+", "+strings.ToLower(o.Plan.String()), o.Start.String(), (o.End - 1).String(), termState(&o.Order, on),
			strconv.Itoa(o.Quantity), strconv.Itoa(o.Returned), strconv.Itoa(o.Active()), paid.Amount.Number(), paid.Amount.Code())
	}
	if err := section(w, t); err != nil {
		return err
	}
	return standing(w, a.Documents, a.Credits)
}
