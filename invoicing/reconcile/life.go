package reconcile

import (
	"cmp"
	"slices"

	"prorata/invoicing"
)

// live carries breaks over from the night before: opened, changed, resolved (REC-3).
func (n *night) live() {
	if len(n.st.Breaks)+len(n.broken) == 0 {
		return
	}
	before := make(map[string]*Break, len(n.st.Breaks))
	for i := range n.st.Breaks {
		before[n.st.Breaks[i].ID] = &n.st.Breaks[i]
	}
	now := make(map[string]bool, len(n.broken))
	for i := range n.broken {
		b := &n.broken[i]
		b.ID, b.Status = id("BRK-", b.anchor()), Open
		n.carry(b, before[b.ID])
		now[b.ID] = true
		n.tally.class(b.Class, &b.Group, 1)
	}
	slices.SortFunc(n.broken, func(a, b Break) int { return cmp.Compare(a.ID, b.ID) })
	n.next.Breaks = n.broken
	n.resolve(now)
}

// carry makes a break found tonight the one that it was before, if it was.
func (n *night) carry(b, was *Break) {
	if was != nil && was.Class == b.Class && was.same(&b.Group) && was.Answers == b.Answers {
		b.Causes, b.Opened, b.Changed, b.Events, b.Acceptances = was.Causes, was.Opened, was.Changed, was.Events, was.Acceptances
		return
	}
	if b.Class == AmountDifference && b.LateBy == 0 {
		b.Causes = causes(&b.Expected[0], &b.Credits[0], &n.p)
	}
	b.Opened, b.Changed = n.asOf, n.asOf
	e := Event{On: n.asOf, What: Opening, Class: b.Class, Sources: b.Sources()}
	if was != nil {
		b.Opened, b.Events = was.Opened, was.Events
		e.What, e.Sources = Change, without(e.Sources, was.Sources())
	}
	b.tell(e)
}

// resolve ends the breaks of the night before that are no more: a match has their
// rows, or another break does.
func (n *night) resolve(now map[string]bool) {
	if !slices.ContainsFunc(n.st.Breaks, func(b Break) bool { return !now[b.ID] }) {
		return
	}
	type owner struct {
		id    string
		group *Group
	}
	owners := map[string]owner{}
	own := func(id string, g *Group) {
		for i := range g.Expected {
			owners[requestKey(&g.Expected[i])] = owner{id, g}
		}
		for i := range g.Credits {
			owners[g.Credits[i].key()] = owner{id, g}
		}
	}
	for i := range n.matches {
		own(n.matches[i].ID, &n.matches[i].Group)
	}
	for i := range n.next.Breaks {
		own(n.next.Breaks[i].ID, &n.next.Breaks[i].Group)
	}
	for i := range n.st.Breaks {
		b := n.st.Breaks[i]
		if now[b.ID] {
			continue
		}
		by := owners[b.anchor()]
		b.Status, b.Ended = Resolved, n.asOf
		b.tell(Event{On: n.asOf, What: Resolution, Class: b.Class, By: by.id, Sources: without(by.group.Sources(), b.Sources())})
		n.ended = append(n.ended, b)
	}
	slices.SortFunc(n.ended, func(a, b Break) int { return cmp.Compare(a.ID, b.ID) })
}

// without is the rows that are not among others.
func without(rows, others []invoicing.Source) []invoicing.Source {
	return slices.DeleteFunc(rows, func(s invoicing.Source) bool { return slices.Contains(others, s) })
}
