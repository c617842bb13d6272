package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// Night is what one night says of one order.
type Night struct {
	Matches []Match // tonight's
	Ended   []Break // resolved tonight, by id; the open ones are in Next.Breaks
	Next    State
	Tally   Tally // what tonight adds to the proof (REC-3)
}

// Reconcile weighs an order's open rows and tonight's new ones (REC). The inputs
// are in any order and are not changed; the result is a function of what they say
// alone. Every expected credit and every vendor row comes in once, on the night
// on which it is first known; an expected amount is above zero and in minor units. A row
// of another order, a request that is expected twice, and a tally that does not
// hold are errors: the ledger is wrong, and nothing may be committed.
func Reconcile(st State, expected []Expected, credits []invoicing.VendorCredit, p Params, asOf money.Date) (Night, error) {
	n := night{p: p, asOf: asOf, st: st}
	n.next.Order, n.next.Closed = st.Order, st.Closed
	if err := n.gather(expected, credits); err != nil {
		return Night{}, fmt.Errorf("reconciling order %s: %w", st.Order, err)
	}
	es, cs := n.expected, n.credits
	for len(es)+len(cs) > 0 {
		var pl *pool
		pl, es, cs = n.firstPool(es, cs)
		n.settle(pl)
	}
	n.mismatches()
	n.alone()
	n.live()
	if err := n.tally.Check(); err != nil {
		return Night{}, fmt.Errorf("reconciling order %s: %w", st.Order, err)
	}
	return Night{Matches: n.matches, Ended: n.ended, Next: n.next, Tally: n.tally}, nil
}

// night is a Reconcile under way.
type night struct {
	p    Params
	asOf money.Date
	st   State

	expected []Expected // the open rows, old and new, by currency, date and request
	credits  []Credit   // the same, by currency, date and amount

	matches []Match
	broken  []Break    // as found tonight, before it is known which are old
	leftE   []Expected // what no pool explains
	leftC   []Credit
	repeats map[money.Money]string // amounts of closed matches, and their ids
	answers map[money.Money]string // amounts accepted as owed still, and the ids of the breaks

	ended []Break
	next  State
	tally Tally

	names [256]byte // of what gets an id
}

// gather puts the open rows and the new ones together and counts the new ones.
func (n *night) gather(expected []Expected, credits []invoicing.VendorCredit) error {
	n.expected = expected
	if len(expected) != 1 || len(n.st.Breaks) > 0 { // they will be sorted
		n.expected = append(make([]Expected, 0, len(expected)+len(n.st.Breaks)), expected...)
	}
	n.credits = make([]Credit, 0, len(credits)+len(n.st.Breaks))
	for i := range expected {
		e := &expected[i]
		if _, minor := e.Amount.Units(); !minor || e.Order != n.st.Order || e.Amount.Sign() <= 0 {
			return fmt.Errorf("request %s expects %s for order %s", e.Request, e.Amount, e.Order)
		}
		n.tally.expected(e)
	}
	for i := range credits {
		if c := &credits[i]; c.Order != n.st.Order || c.Amount.Sign() < 0 || !c.Amount.IsSet() {
			return fmt.Errorf("row %s credits %s to order %s", c.Source, c.Amount, c.Order)
		}
		n.credits = append(n.credits, creditOf(&credits[i]))
		n.tally.credited(&n.credits[i])
	}
	n.number(n.credits)
	for i := range n.st.Breaks {
		b := &n.st.Breaks[i]
		n.expected = append(n.expected, b.Expected...)
		n.credits = append(n.credits, b.Credits...)
		n.tally.class(b.Class, &b.Group, -1)
	}
	slices.SortFunc(n.expected, func(a, b Expected) int {
		return cmp.Or(compareCurrencies(a.Amount, b.Amount), compareExpected(&a, &b))
	})
	slices.SortFunc(n.credits, func(a, b Credit) int {
		return cmp.Or(compareCurrencies(a.Amount, b.Amount), compareCredits(&a, &b))
	})
	return n.expectedOnce()
}

func (n *night) expectedOnce() error {
	if len(n.expected) < 2 {
		return nil
	}
	seen := make(map[string]bool, len(n.expected))
	for i := range n.expected {
		r := n.expected[i].Request
		if seen[r] {
			return fmt.Errorf("request %s is expected twice", r)
		}
		seen[r] = true
	}
	return nil
}

// number tells identical new rows apart, from each other and from those known.
func (n *night) number(fresh []Credit) {
	if len(fresh) == 1 && len(n.st.Breaks) == 0 && len(n.st.Closed) == 0 {
		fresh[0].Nth = 1
		return
	}
	slices.SortFunc(fresh, func(a, b Credit) int { return compareCredits(&a, &b) })
	known := map[uint64]int{}
	for i := range n.st.Closed {
		for _, c := range n.st.Closed[i].Credits {
			known[c.Print]++
		}
	}
	for i := range n.st.Breaks {
		for j := range n.st.Breaks[i].Credits {
			known[n.st.Breaks[i].Credits[j].print()]++
		}
	}
	for i := range fresh {
		p := fresh[i].print()
		known[p]++
		fresh[i].Nth = known[p]
	}
}

func compareCurrencies(a, b money.Money) int {
	if a.Currency() == b.Currency() {
		return 0
	}
	return strings.Compare(a.Code(), b.Code())
}

// firstPool takes the rows of the first currency off both lists.
func (n *night) firstPool(es []Expected, cs []Credit) (*pool, []Expected, []Credit) {
	pl := &pool{p: n.p}
	if len(es) == 0 || len(cs) > 0 && compareCurrencies(cs[0].Amount, es[0].Amount) < 0 {
		pl.currency = cs[0].Amount.Currency()
	} else {
		pl.currency = es[0].Amount.Currency()
	}
	i, j := 0, 0
	for i < len(es) && es[i].Amount.Currency() == pl.currency {
		i++
	}
	for j < len(cs) && cs[j].Amount.Currency() == pl.currency {
		j++
	}
	pl.expected, pl.credits = es[:i], cs[:j]
	pl.open()
	return pl, es[i:], cs[j:]
}

// settle explains what it can of one currency (doc.go, 1 to 4).
func (n *night) settle(pl *pool) {
	for _, found := range pl.match() {
		m := Match{Group: found.group, On: n.asOf, Alternatives: found.alternatives, ByDate: found.byDate}
		m.ID = id("MAT-", m.all(n.names[:0]))
		n.matches = append(n.matches, m)
		n.tally.class(Matched, &m.Group, 1)
		n.close(closed(m.ID, Matched, &m.Group))
	}
	if pl.done() {
		return
	}
	for _, g := range pl.differ(true) {
		n.broken = append(n.broken, Break{Class: AmountDifference, Group: g, LateBy: n.p.lateBy(&g.Expected[0], &g.Credits[0])})
	}
	n.remember(pl)
	for _, c := range pl.takeCredits(func(c *Credit) bool { return n.repeats[c.Amount] != "" }) {
		n.broken = append(n.broken, Break{Class: DuplicateAtVendor, Group: Group{Credits: []Credit{c}}, Answers: n.repeats[c.Amount]})
	}
	for _, g := range pl.differ(false) {
		n.broken = append(n.broken, Break{Class: AmountDifference, Group: g})
	}
	n.leftE, n.leftC = pick(n.leftE, pl.expected, pl.openE), pick(n.leftC, pl.credits, pl.openC)
}

// close adds to what is closed, and leaves the state of the night before alone.
func (n *night) close(c Closed) {
	if len(n.next.Closed) == len(n.st.Closed) {
		n.next.Closed = slices.Clip(n.next.Closed)
	}
	n.next.Closed = append(n.next.Closed, c)
}

// remember looks up what closed matches and accepted breaks hold, once there is a
// vendor row that nothing explains.
func (n *night) remember(pl *pool) {
	if n.repeats == nil {
		n.repeats, n.answers = map[money.Money]string{}, map[money.Money]string{}
	}
	if len(pl.openC) == 0 {
		return
	}
	for i := range n.next.Closed {
		c := &n.next.Closed[i]
		if owed := c.owed(); owed.IsSet() {
			first(n.answers, owed, c.ID)
		}
		if !c.Expected.IsSet() || len(c.Credits) == 0 {
			continue
		}
		first(n.repeats, c.Expected, c.ID)
		for _, credit := range c.Credits {
			first(n.repeats, credit.Amount, c.ID)
		}
	}
}

func first(m map[money.Money]string, k money.Money, v string) {
	if m[k] == "" {
		m[k] = v
	}
}
