package reconcile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing/money"
)

// Acceptance is a person's word that a break is settled as it stands (REC-4).
type Acceptance struct {
	By     string
	Reason string
	On     money.Date
}

// Reasons why a break is not accepted.
var (
	ErrNoBreak    = errors.New("no open break has this id; list them to see which do")
	errNotDue     = errors.New("the credit is not due yet: there is nothing to accept")
	errIncomplete = errors.New("an acceptance needs a reason and the name of who accepts")
	errSamePerson = errors.New("the same person has accepted it already: a second one has to")
)

// Accept adds a person's acceptance to an open break. Once so many different
// persons have accepted it as it stands, the break is Accepted and leaves the
// state: its class stays, and its rows meet no new ones, other than as
// duplicates. The state given is not changed.
func (s State) Accept(id string, a Acceptance, persons int) (State, Break, error) {
	a.By, a.Reason = strings.Join(strings.Fields(a.By), " "), strings.TrimSpace(a.Reason) // blanks make no second person
	i := slices.IndexFunc(s.Breaks, func(b Break) bool { return b.ID == id })
	if i < 0 {
		return s, Break{}, fmt.Errorf("accepting break %s of order %s: %w", id, s.Order, ErrNoBreak)
	}
	b := s.Breaks[i]
	fail := func(why error) (State, Break, error) {
		return s, b, fmt.Errorf("accepting break %s of order %s: %w", id, s.Order, why)
	}
	switch {
	case b.Class == NotYetDue:
		return fail(errNotDue)
	case a.By == "" || a.Reason == "":
		return fail(errIncomplete)
	case slices.ContainsFunc(b.Acceptances, func(x Acceptance) bool { return strings.EqualFold(x.By, a.By) }):
		return fail(errSamePerson)
	}
	b.Acceptances = append(slices.Clip(b.Acceptances), a)
	b.tell(Event{On: a.On, What: Acceptation, Class: b.Class, By: a.By, Reason: a.Reason})
	s.Breaks = slices.Clone(s.Breaks)
	if len(b.Acceptances) < persons {
		s.Breaks[i] = b
		return s, b, nil
	}
	b.Status, b.Ended = Accepted, a.On
	s.Breaks = slices.Delete(s.Breaks, i, i+1)
	s.Closed = append(slices.Clip(s.Closed), closed(b.ID, b.Class, &b.Group))
	return s, b, nil
}
