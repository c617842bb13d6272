package jobs

import (
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/jobs/ledger"
)

// explainElse explains what is no request and no document: an invoice that came in, an
// exchange, or a credit that was brought in.
func explainElse(l *ledger.Ledger, id string, line int) (*Explanation, error) {
	e, err := explainReceived(l, id, line)
	if e == nil && err == nil {
		e, err = explainExchange(l, id)
	}
	if e == nil && err == nil {
		e, err = explainBrought(l, id)
	}
	if err != nil {
		return nil, err
	}
	if e != nil {
		return e, e.findInputs(l)
	}
	day, err := l.Awaits(id)
	switch {
	case err != nil:
		return nil, err
	case !day.IsZero():
		return nil, fmt.Errorf("request %s is not decided yet: it is dated %s and waits for that night; a Withdraw takes it back", id, day)
	}
	return nil, fmt.Errorf("no request, exchange, document or credit is called %q, and no invoice of that number came in; decisions.csv, documents.csv and credits.csv list them; "+
		"prorata show tells orders and accounts, prorata reconcile show breaks", id)
}

// explainExchange tells the lines of an exchange, as they were decided or held last;
// nil where no line has the id.
func explainExchange(l *ledger.Ledger, id string) (*Explanation, error) {
	line, err := lineOfExchange(l, id)
	if err != nil || line == "" {
		return nil, err
	}
	run, group, err := l.FindDecision(line)
	if err != nil {
		return nil, err
	}
	s, err := l.Settlement(run, group)
	if err != nil {
		return nil, err
	}
	e := &Explanation{Run: run, AsOf: s.AsOf.String(), Exchange: id, Because: s.Decisions}
	e.Because = slices.DeleteFunc(e.Because, func(d invoicing.Decision) bool { return d.Request.Exchange != id })
	return e, nil
}

// lineOfExchange is the request of some line of an exchange; empty where none has its id.
func lineOfExchange(l *ledger.Ledger, id string) (string, error) {
	for s, err := range l.SettlementsNaming(id) {
		if err != nil {
			return "", err
		}
		for i := range s.Decisions {
			if r := &s.Decisions[i].Request; r.Exchange != "" && r.Exchange == id {
				return r.ID, nil
			}
		}
	}
	return "", nil
}

// explainBrought tells a credit that a row of the sheet Opening brought in, whose id is
// the row; nil where none has it.
func explainBrought(l *ledger.Ledger, id string) (*Explanation, error) {
	if !strings.HasPrefix(id, "#") {
		return nil, nil
	}
	for k, err := range l.Accounts() {
		if err != nil {
			return nil, err
		}
		for _, c := range k.State.Credits {
			if c.Document.Number == id {
				told, err := tellCredit(l, c)
				return &Explanation{Credit: told}, err
			}
		}
	}
	return nil, nil
}
