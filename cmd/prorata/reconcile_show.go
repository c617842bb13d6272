package main

import (
	"fmt"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/reconcile"
	"prorata/jobs"
)

// turnJSON is a turn in the life of a break for programs.
type turnJSON struct {
	On     string   `json:"on"`
	What   string   `json:"what"`
	Class  string   `json:"class"`
	By     string   `json:"by"`
	Reason string   `json:"reason"`
	Rows   []string `json:"rows"`
}

// foundJSON is a break with its life, or a match.
type foundJSON struct {
	Lines []breakJSON `json:"lines"` // two for a CurrencyMismatch
	Life  []turnJSON  `json:"life"`
}

func showBreak(c *console, path, id string, asJSON bool) error {
	f, err := jobs.FindBreak(path, id)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(c, foundForPrograms(f))
	}
	if f.Match != nil {
		err = writeMatch(c, f.Match)
	} else {
		err = writeBreak(c, f)
	}
	if err != nil || len(f.Inputs) == 0 {
		return err
	}
	t := columns{left: 2}
	for _, x := range f.Inputs {
		t.row(fmt.Sprintf("#%d", x.N), x.Name)
	}
	fmt.Fprintln(c.stdout)
	return t.write(c.stdout)
}

func foundForPrograms(f *jobs.FoundBreak) (j foundJSON) {
	j.Life = []turnJSON{}
	if f.Match != nil {
		l := f.Match.Line()
		j.Lines = append(j.Lines, breakForPrograms(&l))
		return j
	}
	for _, l := range f.Break.Lines(f.AsOf) {
		j.Lines = append(j.Lines, breakForPrograms(&l))
	}
	for _, e := range f.Break.Events {
		j.Life = append(j.Life, turnJSON{e.On.String(), e.What.String(), e.Class.String(), e.By, e.Reason, texts(e.Sources)})
	}
	return j
}

// writeMatch tells a match: its rows, and whether it was the only way.
func writeMatch(c *console, m *reconcile.Match) error {
	fmt.Fprintf(c.stdout, "%s  Matched on %s\norder %s of account %s\n\n", m.ID, m.On, m.Order(), m.Account())
	if err := writeRows(c, &m.Group); err != nil {
		return err
	}
	if l := m.Line(); l.Cause != "" {
		fmt.Fprintf(c.stdout, "\nnote  %s\n", l.Cause)
	}
	return nil
}

// writeRows tells what was expected, what was credited, and what they differ by.
func writeRows(c *console, g *reconcile.Group) error {
	t := columns{left: 4}
	t.row("", "what", "of", "row", "amount", "")
	for i := range g.Expected {
		e := &g.Expected[i]
		t.row("expected", e.Request, e.Date.String(), e.Source.String(), e.Amount.Number(), e.Amount.Code())
	}
	for i := range g.Credits {
		v := &g.Credits[i]
		t.row("credited", v.Event, v.Date.String(), v.Source.String(), v.Amount.Number(), v.Amount.Code())
	}
	if d := g.Difference(); d.IsSet() {
		t.row("difference", "", "", "", d.Number(), d.Code())
	}
	return t.write(c.stdout)
}

// writeBreak tells a break and its life.
func writeBreak(c *console, f *jobs.FoundBreak) error {
	b := f.Break
	fmt.Fprintf(c.stdout, "%s  %s, %s, %s old\norder %s of account %s\n\n", b.ID, b.Class, breakStatus(b), invoicing.Counted(b.AgeDays(f.AsOf), "day", "days"), b.Order(), b.Account())
	if err := writeRows(c, &b.Group); err != nil {
		return err
	}
	fmt.Fprintln(c.stdout)
	for _, x := range [...][2]string{{"cause", b.Cause()}, {"ended", b.EndedBy()}, {"computed", computedAs(b)}} {
		if x[1] != "" {
			fmt.Fprintf(c.stdout, "%-9s %s\n", x[0], x[1])
		}
	}
	fmt.Fprintln(c.stdout)
	life := columns{left: 5}
	for _, e := range b.Events {
		life.row(e.On.String(), e.What.String(), e.Class.String(), e.By, strings.TrimSpace(sources(e.Sources)+" "+e.Reason))
	}
	return life.write(c.stdout)
}

// computedAs says by what the amount expected was computed, and what tells more.
func computedAs(b *reconcile.Break) string {
	if len(b.Expected) == 0 || b.Expected[0].Facts == nil {
		return ""
	}
	return fmt.Sprintf("by policy %s; prorata explain %s tells it step by step", b.Expected[0].Facts.PolicyID, b.Expected[0].Request)
}
