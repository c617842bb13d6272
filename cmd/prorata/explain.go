package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs"
)

// explain is the verb that tells a decision or a document, step by step, or an
// invoice that came in with what became of it.
func explain(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("explain", flag.ContinueOnError)
	said := c.settings(f, "ledger")
	asJSON := f.Bool("json", false, "print the explanation as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usageError{"name one request (R-17), exchange (X-3), document (CN-2026-000001), invoice that came in (E000000000), line of one (CN-2026-000001#2), or credit that was brought in (#5!Opening!3)"}
	}
	cfg, err := said.resolve()
	if err != nil {
		return err
	}
	e, err := jobs.Explain(cfg.path("ledger"), rest[0])
	if err != nil {
		return err
	}
	if *asJSON {
		return writeJSON(c, explained(e))
	}
	w := tabwriter.NewWriter(terminal{c.stdout}, 0, 0, 2, ' ', 0)
	from := fmt.Sprintf("settled by run %d as of %s", e.Run, e.AsOf)
	switch {
	case e.Decision != nil:
		writeDecision(w, e.Decision)
		writeHeld(w, e.Held)
		if u := e.Reversed; u != nil {
			fmt.Fprintf(w, "reversed  by %s on %s\n", u.By, u.On)
		}
		if e.Of != "" {
			fmt.Fprintf(w, "mend      %s is a reservation of order %s: withdraw the request, and ask again for that order\n", e.Decision.Request.Order, e.Of)
		}
	case e.Document != nil:
		writeDocument(w, e)
	case e.Exchange != "":
		fmt.Fprintf(w, "%s  ExchangeId of %s\n", e.Exchange, invoicing.Counted(len(e.Because), "line", "lines"))
	case e.Credit != nil:
		writeBrought(w, e.Credit)
		from = "brought in"
	default:
		for i := range e.Received {
			writeReceived(w, &e.Received[i])
		}
		from = "kept as it was read"
	}
	for i := range e.Because {
		fmt.Fprintln(w)
		writeDecision(w, &e.Because[i])
	}
	fmt.Fprintf(w, "\n%s", from)
	if len(e.Inputs) > 0 {
		fmt.Fprint(w, "; its rows are of")
	}
	fmt.Fprintln(w)
	for _, f := range e.Inputs {
		fmt.Fprintf(w, "  #%d\t%s\tSHA-256 %s\n", f.N, graphic(f.Name), f.SHA256)
	}
	return w.Flush()
}

func writeDecision(w io.Writer, d *invoicing.Decision) {
	q := &d.Request
	what := invoicing.Counted(q.Quantity, "unit", "units") + " of " + q.Order
	if q.Withdraws != "" {
		what = q.Withdraws
	}
	fmt.Fprintf(w, "%s  %s of %s on %s: %s\n", q.ID, q.Action, what, q.Date, d.Outcome)
	if d.Account != "" {
		fmt.Fprintln(w, strings.TrimSpace(fmt.Sprintf("account %s, %s %s", d.Account, d.Type, d.Funding)))
	}
	fmt.Fprintf(w, "policy %s, SHA-256 %s\n\n", d.PolicyID, d.PolicyHash)
	for _, s := range d.Steps() {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", s.Rule, s.What, s.Result, s.How)
	}
	fmt.Fprintln(w)
	if len(d.Rules.List()) > 0 {
		fmt.Fprintf(w, "rules     %s\n", rules(d.Rules))
	}
	fmt.Fprintf(w, "sources   %s\n", sources(d.Sources))
	if len(d.Documents) > 0 {
		fmt.Fprintf(w, "documents %s\n", refs(d.Documents))
	}
}

// writeHeld tells on which nights before a request was held, and why.
func writeHeld(w io.Writer, held []jobs.HeldNights) {
	for _, h := range held {
		nights := "on " + h.From.String()
		if h.Nights > 1 {
			nights = fmt.Sprintf("on %d nights from %s to %s", h.Nights, h.From, h.To)
		}
		fmt.Fprintf(w, "held      %s: %s\n", nights, strings.Join(reasonNames(h.Reasons), " "))
	}
}

// writeLeft tells what a new invoice leaves over or asks for, against what it replaces, and
// what is still to be paid of it (BIL-INV-2).
func writeLeft(w io.Writer, d *invoicing.Document) {
	for _, l := range d.Left {
		if l.Amount.Sign() < 0 {
			fmt.Fprintf(w, "  \ttaken\t%s\tfrom %s\n", l.Amount.Neg(), l.To)
			continue
		}
		fmt.Fprintf(w, "  \tleft over\t%s\tto %s\n", l.Amount, l.To)
	}
	switch {
	case d.Owed.Sign() > 0:
		fmt.Fprintf(w, "  \towed\t%s\tby the customer, beyond what was cancelled (BIL-INV-2)\n", d.Owed)
	case d.Owed.Sign() < 0:
		fmt.Fprintf(w, "  \towed\t%s\tno more: what is reversed had asked for it (BIL-INV-2)\n", d.Owed.Neg())
	}
	if d.Open.IsSet() {
		fmt.Fprintf(w, "  \topen\t%s\tto be paid, by what the register told (BIL-INV-2)\n", d.Open)
	}
}

// writeDocument tells a document, or one line of it.
func writeDocument(w io.Writer, e *jobs.Explanation) {
	d := e.Document
	fmt.Fprintf(w, "%s  %s of %s to account %s\n", d.Number, d.Type, d.IssueDate, d.Account)
	for _, named := range names(d) {
		fmt.Fprintln(w, named)
	}
	fmt.Fprintln(w)
	for i, step := range e.Lines {
		no := max(e.Line, i+1)
		l := &d.Lines[no-1]
		fmt.Fprintf(w, "  #%d\t%s\t%s %s\ttax %s %%\t%s\t%s\t%s\n", no, l.Kind, l.Net.Number(), d.Currency, l.TaxRate, l.Description, rules(l.Rules), sources(l.Sources))
		fmt.Fprintf(w, "  \t%s (%s)\n", step.How, step.Rule)
	}
	if e.Line > 0 {
		return
	}
	for i := range d.Taxes {
		step := d.TaxStep(i)
		fmt.Fprintf(w, "  \t%s\t%s\t%s (%s)\n", step.What, step.Result, step.How, step.Rule)
	}
	for _, sum := range []struct {
		what string
		of   money.Money
	}{{"net", d.Net}, {"tax", d.Tax}, {"gross", d.Gross}} {
		fmt.Fprintf(w, "  \t%s\t%s %s\n", sum.what, sum.of.Number(), d.Currency)
	}
	writeLeft(w, d)
	for _, p := range invoicing.Postings(nil, d) {
		side, amount := "debit", p.Debit
		if p.Credit.IsSet() {
			side, amount = "credit", p.Credit
		}
		fmt.Fprintf(w, "  \tposted\t%s\t%s\t%s\n", d.Book(p.Account), side, amount.Number())
	}
	if c := e.Credit; c != nil {
		fmt.Fprintf(w, "\nthe %s credit of %s that it granted%s\n", strings.ToLower(c.Kind.String()), c.Amount, lastDay(c.ExpiresOn))
		writeMoves(w, c)
	}
	writeAfter(w, e.After)
}

// writeBrought tells a credit that was brought in.
func writeBrought(w io.Writer, c *jobs.CreditTold) {
	fmt.Fprintf(w, "%s  %s credit of %s to account %s, brought in as of %s%s\n\n", c.Document.Number, c.Kind, c.Amount, c.Account, c.GrantedOn, lastDay(c.ExpiresOn))
	writeMoves(w, c)
}

// writeMoves tells what has become of a credit.
func writeMoves(w io.Writer, c *jobs.CreditTold) {
	for i := range c.Moves {
		m := &c.Moves[i]
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\t%s\n", m.AsOf, took(m), m.Amount, movedBy(m), m.By, m.Source)
	}
	fmt.Fprintf(w, "  \tbalance\t%s\n", c.Balance())
}

func lastDay(d money.Date) string {
	if d.IsZero() {
		return ""
	}
	return ", valid through " + d.String()
}

// took says what a move did to the credit.
func took(m *jobs.CreditMove) string {
	switch {
	case m.Expired:
		return "expired"
	case m.Amount.Sign() < 0:
		return "given back"
	}
	return "drawn"
}

// movedBy is what drew.
func movedBy(m *jobs.CreditMove) string {
	switch {
	case m.Expired:
		return ""
	case m.Order == "":
		return "a charge of " + m.Date.String()
	}
	return m.Order + " of " + m.Date.String()
}

// names are what a document says of others: "cancels V-77".
func names(d *invoicing.Document) (all []string) {
	for _, r := range []struct {
		what string
		refs []invoicing.Ref
	}{{"cancels", d.Cancels}, {"replaces", d.Replaces}, {"revises", d.Revises}, {"credits", d.Credits}} {
		if len(r.refs) > 0 {
			all = append(all, r.what+" "+refs(r.refs))
		}
	}
	return all
}

func rules(r invoicing.Rules) string { return strings.Join(texts(r.List()), " ") }

func sources(all []invoicing.Source) string { return strings.Join(texts(all), " ") }

func refs(all []invoicing.Ref) string {
	var names []string
	for _, r := range all {
		names = append(names, r.Number)
	}
	return strings.Join(names, " ")
}

// writeAfter tells what was issued against an invoice.
func writeAfter(w io.Writer, after []invoicing.Document) {
	if len(after) == 0 {
		return
	}
	fmt.Fprintln(w, "\nissued against it")
	for i := range after {
		d := &after[i]
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\tgross %s\t%s\n", d.Number, d.Type, d.IssueDate, strings.Join(names(d), ", "), d.Gross, strings.Join(d.Requests, " "))
	}
}

// writeReceived tells an invoice that came in, as it was kept, and what became of it.
func writeReceived(w io.Writer, r *jobs.ReceivedInvoice) {
	where := "as the register has it"
	if !r.Registered {
		where = "as the purchases that name it have it"
	}
	fmt.Fprintf(w, "%s  Invoice of %s to account %s, %s\n", r.Number, r.IssueDate, r.Account, where)
	if r.CardRef != "" {
		fmt.Fprintf(w, "paid by card %s\n", r.CardRef)
	}
	if r.Open.IsSet() {
		fmt.Fprintf(w, "open %s, as was told last\n", r.Open)
	}
	fmt.Fprintln(w)
	for i := range r.Lines {
		l := &r.Lines[i]
		fmt.Fprintf(w, "  #%d\t%s\t%s\t%s\t%s\t%s\n", l.No, l.Net, taxOf(l), l.Description, l.Order, sources(l.Sources))
	}
	writeAfter(w, r.After)
	fmt.Fprintf(w, "\n%s\n", standsToday(r))
}

// standsToday says what an invoice that came in is worth today.
func standsToday(r *jobs.ReceivedInvoice) string {
	if r.Standing != r.Number {
		return r.Standing + " stands for it today"
	}
	for i := len(r.After) - 1; i >= 0; i-- {
		if d := &r.After[i]; d.Type == invoicing.InvoiceRevision {
			return d.Number + " restates it today"
		}
	}
	return "it stands as it came in"
}

// taxOf is the tax of a received line, as the register has it.
func taxOf(l *invoicing.InvoiceLine) string {
	switch {
	case l.TaxSilent:
		return "tax of the account"
	case l.Tax.IsSet():
		return fmt.Sprintf("tax %s %%, %s", l.TaxRate, l.Tax.Number())
	}
	return fmt.Sprintf("tax %s %%", l.TaxRate)
}
