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

// explain is the verb that tells a decision or a document, step by step.
func explain(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("explain", flag.ContinueOnError)
	said := c.settings(f, "ledger")
	asJSON := f.Bool("json", false, "print the explanation as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usageError{"name one request (R-17), document (CN-2026-000001) or line of one (CN-2026-000001#2)"}
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
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	if e.Decision != nil {
		writeDecision(w, e.Decision)
	} else {
		writeDocument(w, e)
		for i := range e.Because {
			fmt.Fprintln(w)
			writeDecision(w, &e.Because[i])
		}
	}
	fmt.Fprintf(w, "\nsettled by run %d as of %s", e.Run, e.AsOf)
	if len(e.Inputs) > 0 {
		fmt.Fprint(w, ", from")
	}
	fmt.Fprintln(w)
	for _, f := range e.Inputs {
		fmt.Fprintf(w, "  #%d\t%s\tSHA-256 %s\n", f.N, f.Name, f.SHA256)
	}
	return w.Flush()
}

func writeDecision(w io.Writer, d *invoicing.Decision) {
	q := &d.Request
	what := counted(q.Quantity, "unit", "units") + " of " + q.Order
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

// writeDocument tells a document, or one line of it.
func writeDocument(w io.Writer, e *jobs.Explanation) {
	d := e.Document
	fmt.Fprintf(w, "%s  %s of %s to account %s\n", d.Number, d.Type, d.IssueDate, d.Account)
	for _, r := range []struct {
		what string
		refs []invoicing.Ref
	}{{"cancels", d.Cancels}, {"replaces", d.Replaces}, {"revises", d.Revises}, {"credits", d.Credits}} {
		if len(r.refs) > 0 {
			fmt.Fprintf(w, "%s %s\n", r.what, refs(r.refs))
		}
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
	for _, l := range d.Left {
		fmt.Fprintf(w, "  \tleft over\t%s\tto %s\n", l.Amount, l.To)
	}
	for _, p := range invoicing.Postings(nil, d) {
		side, amount := "debit", p.Debit
		if p.Credit.IsSet() {
			side, amount = "credit", p.Credit
		}
		fmt.Fprintf(w, "  \tposted\t%s\t%s\t%s\n", d.Book(p.Account), side, amount.Number())
	}
}

func rules(r invoicing.Rules) string {
	var names []string
	for _, rule := range r.List() {
		names = append(names, rule.String())
	}
	return strings.Join(names, " ")
}

func sources(all []invoicing.Source) string {
	var names []string
	for _, s := range all {
		names = append(names, s.String())
	}
	return strings.Join(names, " ")
}

func refs(all []invoicing.Ref) string {
	var names []string
	for _, r := range all {
		names = append(names, r.Number)
	}
	return strings.Join(names, " ")
}

// explainedJSON is an explanation for programs.
type explainedJSON struct {
	ID        string           `json:"id"`
	Run       int              `json:"run"`
	AsOf      string           `json:"as_of"`
	Outcome   string           `json:"outcome,omitempty"`
	Policy    string           `json:"policy,omitempty"`
	Steps     []invoicing.Step `json:"steps,omitempty"`
	Rules     string           `json:"rules,omitempty"`
	Sources   string           `json:"sources,omitempty"`
	Documents string           `json:"documents,omitempty"`
	Because   []explainedJSON  `json:"because,omitempty"`
	Gross     string           `json:"gross,omitempty"`
	Lines     []explainedLine  `json:"lines,omitempty"`
	Inputs    []inputJSON      `json:"inputs,omitempty"`
}

// explainedLine is a line of a document.
type explainedLine struct {
	No          int    `json:"no"`
	Kind        string `json:"kind"`
	Order       string `json:"order,omitempty"`
	Description string `json:"description"`
	Net         string `json:"net"`
	TaxRate     string `json:"tax_rate"`
	Origin      string `json:"origin"`
	Rules       string `json:"rules,omitempty"`
	Sources     string `json:"sources,omitempty"`
}

type inputJSON struct {
	Number int    `json:"number"`
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

func explained(e *jobs.Explanation) explainedJSON {
	decided := func(d *invoicing.Decision) explainedJSON {
		return explainedJSON{ID: d.Request.ID, Run: e.Run, AsOf: e.AsOf, Outcome: d.Outcome.String(), Policy: d.PolicyID, Steps: d.Steps(),
			Rules: rules(d.Rules), Sources: sources(d.Sources), Documents: refs(d.Documents)}
	}
	var out explainedJSON
	if e.Decision != nil {
		out = decided(e.Decision)
	} else {
		out = explainedJSON{ID: e.Document.Number, Run: e.Run, AsOf: e.AsOf, Gross: e.Document.Gross.String()}
		for i, step := range e.Lines {
			no := max(e.Line, i+1)
			l := &e.Document.Lines[no-1]
			out.Lines = append(out.Lines, explainedLine{no, l.Kind.String(), l.Order, l.Description, l.Net.String(), l.TaxRate.String(),
				step.How, rules(l.Rules), sources(l.Sources)})
		}
		for i := range e.Because {
			out.Because = append(out.Because, decided(&e.Because[i]))
		}
	}
	for _, f := range e.Inputs {
		out.Inputs = append(out.Inputs, inputJSON{f.N, f.Name, f.SHA256})
	}
	return out
}
