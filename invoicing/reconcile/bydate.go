package reconcile

import (
	"cmp"
	"slices"

	"prorata/invoicing/money"
)

// lookAhead is how many rows of a like amount are looked at for the best date.
const lookAhead = 64

// maxPasses bounds how often what is left of many rows is gone through again.
const maxPasses = 8

// matchByDate matches more rows than can be weighed in every way, until no more
// match: first one to one with the nearest date among the same amounts, then a
// window of maxExhaustive rows at a time, in the order of their dates. Its time is
// linear in the rows but for the sorting.
func (pl *pool) matchByDate() (out []found) {
	for range maxPasses {
		before := len(out)
		if len(pl.openE)+len(pl.openC) <= maxExhaustive {
			out = append(out, pl.matchBest(pl.openE, pl.openC)...)
			break
		}
		out = append(out, pl.matchLike()...)
		out = append(out, pl.matchWindows()...)
		if len(out) == before {
			break
		}
	}
	for i := range out {
		out[i].byDate = true
	}
	return out
}

// row is an open row of a pool, of either side.
type row struct {
	date   money.Date
	credit bool
	at     int
}

// matchWindows matches within a window of rows that moves along their dates.
func (pl *pool) matchWindows() (out []found) {
	var rows []row
	for _, i := range pl.openE {
		rows = append(rows, row{pl.expected[i].Date, false, i})
	}
	for _, j := range pl.openC {
		rows = append(rows, row{pl.credits[j].Date, true, j})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.date, b.date) })
	doneE, doneC := make([]bool, len(pl.expected)), make([]bool, len(pl.credits))
	for len(rows) > 0 {
		n := min(len(rows), maxExhaustive)
		w := pl.window(rows[:n])
		es, cs := slices.Clone(w.openE), slices.Clone(w.openC)
		out = append(out, w.matchBest(es, cs)...)
		missing(es, w.openE, doneE)
		missing(cs, w.openC, doneC)
		// What the window leaves stays for the next, but for the oldest half of it.
		left := slices.DeleteFunc(slices.Clone(rows[:n]), func(r row) bool {
			return r.credit && doneC[r.at] || !r.credit && doneE[r.at]
		})
		left = left[min(len(left), maxExhaustive/2):]
		rows = rows[n-len(left):]
		copy(rows, left)
	}
	pl.openE = slices.DeleteFunc(pl.openE, func(i int) bool { return doneE[i] })
	pl.openC = slices.DeleteFunc(pl.openC, func(j int) bool { return doneC[j] })
	return out
}

// window is the pool with some of its rows alone open.
func (pl *pool) window(rows []row) *pool {
	w := &pool{p: pl.p, currency: pl.currency, expected: pl.expected, credits: pl.credits}
	for _, r := range rows {
		if r.credit {
			w.openC = append(w.openC, r.at)
		} else {
			w.openE = append(w.openE, r.at)
		}
	}
	slices.Sort(w.openE)
	slices.Sort(w.openC)
	return w
}

// missing marks what is no longer open.
func missing(before, open []int, done []bool) {
	for _, i := range before {
		if _, ok := slices.BinarySearch(open, i); !ok {
			done[i] = true
		}
	}
}

// matchLike matches one to one: requests by date, each with the vendor row of a like
// amount that is nearest.
func (pl *pool) matchLike() (out []found) {
	tolerance := pl.p.tolerance(pl.currency, 1)
	es, cs := slices.Clone(pl.openE), slices.Clone(pl.openC)
	slices.SortStableFunc(es, func(a, b int) int { return cmp.Compare(units(pl.expected[a].Amount), units(pl.expected[b].Amount)) })
	slices.SortStableFunc(cs, func(a, b int) int { return cmp.Compare(units(pl.credits[a].Amount), units(pl.credits[b].Amount)) })
	usedE, usedC := make([]bool, len(pl.expected)), make([]bool, len(pl.credits))
	from := 0
	for _, i := range es {
		e := &pl.expected[i]
		for from < len(cs) && (usedC[cs[from]] || units(pl.credits[cs[from]].Amount) < units(e.Amount)-tolerance) {
			from++
		}
		best, looked := -1, 0
		for _, j := range cs[from:] {
			c := &pl.credits[j]
			if units(c.Amount) > units(e.Amount)+tolerance || looked == lookAhead {
				break
			}
			if usedC[j] {
				continue
			}
			looked++
			if !c.Amount.IsZero() && pl.p.fits(e, c) && (best < 0 || apart(e.Date, c.Date) < apart(e.Date, pl.credits[best].Date)) {
				best = j
			}
		}
		if best >= 0 {
			usedE[i], usedC[best] = true, true
			out = append(out, found{group: Group{Expected: pl.expected[i : i+1 : i+1], Credits: pl.credits[best : best+1 : best+1]}})
		}
	}
	pl.openE = slices.DeleteFunc(pl.openE, func(i int) bool { return usedE[i] })
	pl.openC = slices.DeleteFunc(pl.openC, func(j int) bool { return usedC[j] })
	return out
}

// pairByDate pairs, in the order of their dates, what may answer each other.
func (pl *pool) pairByDate(may func(*Expected, *Credit) bool) (out []Group) {
	pairs := inTurn(len(pl.openE), len(pl.openC), func(i, j int) bool {
		return may(&pl.expected[pl.openE[i]], &pl.credits[pl.openC[j]])
	})
	usedE, usedC := make([]bool, len(pl.expected)), make([]bool, len(pl.credits))
	for _, p := range pairs {
		i, j := pl.openE[p[0]], pl.openC[p[1]]
		usedE[i], usedC[j] = true, true
		out = append(out, Group{Expected: pl.expected[i : i+1 : i+1], Credits: pl.credits[j : j+1 : j+1]})
	}
	pl.openE = slices.DeleteFunc(pl.openE, func(i int) bool { return usedE[i] })
	pl.openC = slices.DeleteFunc(pl.openC, func(j int) bool { return usedC[j] })
	return out
}

// inTurn gives each of n rows the first of m others, not yet taken, that may go
// with it, among the first lookAhead that are free.
func inTurn(n, m int, may func(i, j int) bool) (pairs [][2]int) {
	taken, from := make([]bool, m), 0
	for i := range n {
		for from < m && taken[from] {
			from++
		}
		looked := 0
		for j := from; j < m && looked < lookAhead; j++ {
			if taken[j] {
				continue
			}
			looked++
			if may(i, j) {
				taken[j] = true
				pairs = append(pairs, [2]int{i, j})
				break
			}
		}
	}
	return pairs
}
