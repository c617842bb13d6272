package main

import (
	"prorata/invoicing"
	"prorata/jobs"
)

type explainedJSON struct {
	ID        string           `json:"id"`
	Run       int              `json:"run,omitempty"`
	AsOf      string           `json:"as_of,omitempty"`
	Outcome   string           `json:"outcome,omitempty"`
	Policy    string           `json:"policy,omitempty"`
	Steps     []invoicing.Step `json:"steps,omitempty"`
	Rules     string           `json:"rules,omitempty"`
	Sources   string           `json:"sources,omitempty"`
	Documents string           `json:"documents,omitempty"`
	Because   []explainedJSON  `json:"because,omitempty"`
	Gross     string           `json:"gross,omitempty"`
	Lines     []explainedLine  `json:"lines,omitempty"`
	Held      []heldJSON       `json:"held_before,omitempty"`
	Reversed  *reversedJSON    `json:"reversed,omitempty"`
	Of        string           `json:"reservation_of,omitempty"` // the order of which the request names a reservation
	Received  []receivedJSON   `json:"received,omitempty"`
	After     []afterJSON      `json:"issued_against,omitempty"`
	Moves     []moveJSON       `json:"credit_moves,omitempty"`
	Inputs    []inputJSON      `json:"inputs,omitempty"`
}

// heldJSON is nights in a row on which a request was held.
type heldJSON struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Nights  int      `json:"nights"`
	Reasons []string `json:"reasons"`
}

// reversedJSON is the Reverse that undid a request.
type reversedJSON struct {
	By string `json:"by"`
	On string `json:"on"`
}

// receivedJSON is an invoice that came in.
type receivedJSON struct {
	Account    string          `json:"account"`
	Registered bool            `json:"registered"` // else purchases name it
	IssueDate  string          `json:"issue_date"`
	Open       string          `json:"open,omitempty"`
	Lines      []explainedLine `json:"lines"`
	After      []afterJSON     `json:"issued_against,omitempty"`
	Standing   string          `json:"standing"`
}

// moveJSON is what took from the credit that a document granted.
type moveJSON struct {
	AsOf   string `json:"as_of"`
	Took   string `json:"took"`
	Amount string `json:"amount"`
	By     string `json:"by,omitempty"`
	What   string `json:"document,omitempty"`
	Source string `json:"source,omitempty"`
}

// afterJSON is a document that was issued against an invoice.
type afterJSON struct {
	Number   string   `json:"number"`
	Type     string   `json:"type"`
	IssuedOn string   `json:"issued_on"`
	Names    []string `json:"names"`
	Gross    string   `json:"gross"`
	Requests []string `json:"requests,omitempty"`
}

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
	for i := range e.Because {
		out.Because = append(out.Because, decided(&e.Because[i]))
	}
	switch {
	case e.Decision != nil:
		out = decided(e.Decision)
		out.Of = e.Of
		if u := e.Reversed; u != nil {
			out.Reversed = &reversedJSON{u.By, u.On.String()}
		}
		for _, h := range e.Held {
			out.Held = append(out.Held, heldJSON{h.From.String(), h.To.String(), h.Nights, reasonNames(h.Reasons)})
		}
	case e.Exchange != "":
		out.ID, out.Run, out.AsOf = e.Exchange, e.Run, e.AsOf
	case e.Received != nil:
		out = receivedOf(e)
	case e.Document == nil:
		out.ID, out.Sources, out.Moves = e.Credit.Document.Number, e.Credit.Brought.String(), movesOf(e.Credit)
	default:
		out = explainedJSON{ID: e.Document.Number, Run: e.Run, AsOf: e.AsOf, Gross: e.Document.Gross.String(), Because: out.Because}
		for i, step := range e.Lines {
			no := max(e.Line, i+1)
			l := &e.Document.Lines[no-1]
			out.Lines = append(out.Lines, explainedLine{no, l.Kind.String(), l.Order, l.Description, l.Net.String(), l.TaxRate.String(),
				step.How, rules(l.Rules), sources(l.Sources)})
		}
		out.After = afterOf(e.After)
		out.Moves = movesOf(e.Credit)
	}
	for _, f := range e.Inputs {
		out.Inputs = append(out.Inputs, inputJSON{f.N, f.Name, f.SHA256})
	}
	return out
}

func receivedOf(e *jobs.Explanation) (out explainedJSON) {
	for i := range e.Received {
		r := &e.Received[i]
		out.ID = r.Number
		kept := receivedJSON{Account: r.Account, Registered: r.Registered, IssueDate: r.IssueDate.String(), After: afterOf(r.After), Standing: r.Standing}
		if r.Open.IsSet() {
			kept.Open = r.Open.String()
		}
		for j := range r.Lines {
			l := &r.Lines[j]
			kept.Lines = append(kept.Lines, explainedLine{No: l.No, Kind: invoicing.ChargeLine.String(), Order: l.Order, Description: l.Description,
				Net: l.Net.String(), TaxRate: l.TaxRate.String(), Origin: "as it came in", Sources: sources(l.Sources)})
		}
		out.Received = append(out.Received, kept)
	}
	return out
}

func afterOf(after []invoicing.Document) (all []afterJSON) {
	for i := range after {
		d := &after[i]
		all = append(all, afterJSON{d.Number, d.Type.String(), d.IssueDate.String(), names(d), d.Gross.String(), d.Requests})
	}
	return all
}

func movesOf(c *jobs.CreditTold) (all []moveJSON) {
	if c == nil {
		return nil
	}
	for i := range c.Moves {
		m := &c.Moves[i]
		all = append(all, moveJSON{m.AsOf.String(), took(m), m.Amount.String(), movedBy(m), m.By, m.Source.String()})
	}
	return all
}
