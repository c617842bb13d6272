package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs"
)

// previewed is what the night would decide by files that are checked.
type previewed struct {
	AsOf      string          `json:"as_of"`
	Decided   map[string]int  `json:"decided"` // lines by outcome
	Waiting   int             `json:"waiting"` // lines dated later
	First     string          `json:"first_waits_for,omitempty"`
	Last      string          `json:"last_waits_for,omitempty"`
	Decisions []previewedLine `json:"decisions"`

	sums []money.Money // of approved refunds, by currency
}

type previewedLine struct {
	Request  string      `json:"request"`
	Action   string      `json:"action"`
	On       string      `json:"on"`
	Order    string      `json:"order"`
	Account  string      `json:"account,omitempty"`
	Outcome  string      `json:"outcome"`
	Reasons  []string    `json:"reasons,omitempty"`
	Why      []string    `json:"why,omitempty"` // of each reason
	Prorated money.Money `json:"prorated"`
	Fee      money.Money `json:"fee"`
	Refund   money.Money `json:"refund"`
}

func previewedOf(p *jobs.Preview) *previewed {
	out := &previewed{AsOf: p.AsOf.String(), Decided: p.Decided, Waiting: p.Waiting, Decisions: []previewedLine{}}
	if p.Waiting > 0 {
		out.First, out.Last = p.First.String(), p.Last.String()
	}
	for i := range p.Decisions {
		d := &p.Decisions[i]
		line := previewedLine{d.Request.ID, d.Request.Action.String(), d.Request.Date.String(), d.Request.Order, d.Account,
			d.Outcome.String(), reasonNames(d.Reasons), nil, d.Prorated, d.Fee, d.Refund}
		for _, step := range d.Steps()[:len(line.Reasons)] { // the reasons come first
			line.Why = append(line.Why, step.How)
		}
		out.Decisions = append(out.Decisions, line)
		if d.Outcome == invoicing.Approved && d.Refund.IsSet() {
			out.add(d.Refund)
		}
	}
	return out
}

// add sums up by currency, in the order of their codes.
func (p *previewed) add(m money.Money) {
	at, found := slices.BinarySearchFunc(p.sums, m.Code(), func(s money.Money, code string) int { return strings.Compare(s.Code(), code) })
	if found {
		p.sums[at] = p.sums[at].Add(m)
	} else {
		p.sums = slices.Insert(p.sums, at, m)
	}
}

// write tells the preview on a terminal.
func (p *previewed) write(w io.Writer) error {
	if len(p.Decisions) == 0 && p.Waiting == 0 {
		_, err := fmt.Fprintf(w, "\nthe night of %s would decide nothing by this\n", p.AsOf)
		return err
	}
	fmt.Fprintf(w, "\nthe night of %s would decide %s; nothing is kept of this preview\n", p.AsOf, invoicing.Counted(len(p.Decisions), "line", "lines"))
	t, why := columns{left: 4}, columns{left: 3}
	t.row("request", "on", "order", "would be", "prorated", "fee", "refund", "")
	for _, d := range p.Decisions[:min(len(p.Decisions), maxShown)] {
		says := strings.TrimSuffix(d.Outcome+": "+strings.Join(d.Reasons, ", "), ": ")
		t.row(d.Request, d.On, d.Order, says, d.Prorated.Number(), d.Fee.Number(), d.Refund.Number(), d.Refund.Code())
		for i, reason := range d.Reasons {
			why.row(d.Request, reason, d.Why[i])
		}
	}
	if len(p.Decisions) > 0 {
		if err := errors.Join(t.write(w), why.write(w)); err != nil {
			return err
		}
	}
	if more := len(p.Decisions) - maxShown; more > 0 {
		fmt.Fprintf(w, "and %d more; --json has all of them\n", more)
	}
	if p.Waiting > 0 {
		last := ""
		if p.Last != p.First { // years away, it is a slip of the pen
			last = ", the last on " + p.Last
		}
		fmt.Fprintf(w, "%s for a later day, the first on %s%s\n", invoicing.Counted(p.Waiting, "line waits", "lines wait"), p.First, last)
	}
	_, err := fmt.Fprintln(w, p.sum())
	return err
}

// sum is the last line: how many of each outcome, and the money.
func (p *previewed) sum() string {
	var parts []string
	for _, o := range []invoicing.Outcome{invoicing.Approved, invoicing.Rejected, invoicing.Held} {
		parts = append(parts, strconv.Itoa(p.Decided[o.String()])+" "+strings.ToLower(o.String()))
	}
	if n := p.Decided[invoicing.Withdrawn.String()]; n > 0 {
		parts = append(parts, strconv.Itoa(n)+" withdrawn")
	}
	says := strings.Join(parts, ", ")
	for i, m := range p.sums {
		if i == 0 {
			says += "; refunds"
		} else {
			says += ","
		}
		says += " " + m.String()
	}
	return says
}
