package reconcile

import (
	"slices"

	"prorata/invoicing/money"
)

// pool is the open rows of one order in one currency.
type pool struct {
	p        Params
	currency money.Currency
	expected []Expected // by date and request
	credits  []Credit   // by date and amount
	openE    []int      // those not yet explained, ascending
	openC    []int
	// Almost every order has one request and one row: room for these.
	room [2]int
	one  [1]found
}

// found is a match of a pool.
type found struct {
	group        Group
	alternatives []Alternative
	byDate       bool
}

func (pl *pool) open() {
	room := pl.room[:0]
	for i := range pl.expected {
		room = append(room, i)
	}
	for j := range pl.credits {
		room = append(room, j)
	}
	e := len(pl.expected)
	pl.openE, pl.openC = room[:e:e], room[e:]
}

func (pl *pool) done() bool { return len(pl.openE)+len(pl.openC) == 0 }

// fits reports whether the dates of a match allow a vendor row to answer a
// request (REC-1).
func (p *Params) fits(e *Expected, c *Credit) bool {
	return p.lateBy(e, c) == 0
}

// lateBy is the days by which a vendor row lies outside match_days of a request; 0
// within it, and in the month of the purchase: some vendors post there.
func (p *Params) lateBy(e *Expected, c *Credit) int {
	d := apart(e.Date, c.Date)
	if d <= p.MatchDays || inMonth(c.Date, e.Start) {
		return 0
	}
	return d - p.MatchDays
}

// comparable reports whether a vendor row may be the wrong or late answer to a
// request: a row from long before it cannot.
func (p *Params) comparable(e *Expected, c *Credit) bool {
	return int(e.Date-c.Date) <= p.MatchDays || inMonth(c.Date, e.Start)
}

func apart(a, b money.Date) int { return int(max(a, b) - min(a, b)) }

func inMonth(d, start money.Date) bool {
	if start.IsZero() || apart(d, start) > 31 {
		return false
	}
	y, m, _ := d.Civil()
	sy, sm, _ := start.Civil()
	return y == sy && m == sm
}

func units(m money.Money) int64 { u, _ := m.Units(); return u }

// match takes what matches out of the pool (REC-1).
func (pl *pool) match() []found {
	switch {
	case len(pl.openE) == 0 || len(pl.openC) == 0:
		return nil
	case len(pl.openE) == 1 && len(pl.openC) == 1:
		return pl.matchOne()
	case len(pl.openE)+len(pl.openC) > maxExhaustive:
		return pl.matchByDate()
	}
	return pl.matchBest(pl.openE, pl.openC)
}

// matchOne is what almost every order needs.
func (pl *pool) matchOne() []found {
	e, c := &pl.expected[0], &pl.credits[0]
	if c.Amount.IsZero() || distance(units(e.Amount), units(c.Amount)) > pl.p.tolerance(pl.currency, 1) || !pl.p.fits(e, c) {
		return nil
	}
	pl.openE, pl.openC = nil, nil
	pl.one[0].group = Group{Expected: pl.expected[:1:1], Credits: pl.credits[:1:1]}
	return pl.one[:]
}

// matchBest weighs every way to match some open rows, at most maxExhaustive.
func (pl *pool) matchBest(es, cs []int) []found {
	s := pl.newChoice(es, cs)
	s.addMatches()
	var out []found
	for _, part := range s.best() {
		for _, o := range part.chosen {
			f := found{group: s.group(o)}
			for _, alt := range part.alternatives(o, s.options) {
				g := s.group(alt)
				f.alternatives = append(f.alternatives, Alternative{g.Requests(), g.VendorRows()})
			}
			out = append(out, f)
			s.take(o)
		}
	}
	return out
}

// differ takes pairs that answer each other with the wrong amount out of the pool,
// or, where exact, with the right amount on the wrong date: those that leave the
// least unexplained.
func (pl *pool) differ(exact bool) []Group {
	if len(pl.openE) == 0 || len(pl.openC) == 0 {
		return nil
	}
	tolerance := pl.p.tolerance(pl.currency, 1)
	may := func(e *Expected, c *Credit) bool {
		return !c.Amount.IsZero() && pl.p.comparable(e, c) && (!exact || distance(units(e.Amount), units(c.Amount)) <= tolerance)
	}
	if len(pl.openE)+len(pl.openC) > maxExhaustive {
		return pl.pairByDate(may)
	}
	s := pl.newChoice(pl.openE, pl.openC)
	s.addPairs(may)
	var out []Group
	for _, part := range s.best() {
		for _, o := range part.chosen {
			out = append(out, s.group(o))
			s.take(o)
		}
	}
	return out
}

// takeCredits takes open vendor rows out of the pool.
func (pl *pool) takeCredits(which func(*Credit) bool) (out []Credit) {
	pl.openC = slices.DeleteFunc(pl.openC, func(j int) bool {
		if which(&pl.credits[j]) {
			out = append(out, pl.credits[j])
			return true
		}
		return false
	})
	return out
}

// pick adds some of the rows to others.
func pick[T any](to, rows []T, some []int) []T {
	for _, i := range some {
		to = append(to, rows[i])
	}
	return to
}

func distance(a, b int64) int64 {
	if a < b {
		return b - a
	}
	return a - b
}
