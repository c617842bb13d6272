package reconcile

import (
	"cmp"
	"math/bits"
	"slices"
)

// choice is every way to explain at most maxExhaustive rows: options that each
// explain some of them, of which those are chosen that do not overlap and leave
// the least unexplained.
type choice struct {
	pl      *pool
	es, cs  []int // rows of the pool; bit i is es[i], bit len(es)+j is cs[j]
	units   []int64
	kind    []int // of a vendor row: the first one that says the same
	options []option
}

// option explains the rows of mask, at a price.
type option struct {
	mask  uint16
	sign  uint64 // the same for options that differ only in which of identical vendor rows they take
	price score
}

// score is what a way to explain costs, the weightiest first; the least is best.
type score struct {
	unexplained int64 // minor units of rows left, and of differences
	left        int64 // rows left
	differences int64 // minor units, of pairs: one row leaves as much whichever of larger ones it answers
	days        int64 // between each vendor row and each request that it answers
	squares     int64 // of those days: of two ways with the same days the more even one
	matches     int64 // below zero: many small ones are simpler than few large ones
	residual    int64 // minor units, within the tolerance
}

func (a score) plus(b score) score {
	return score{a.unexplained + b.unexplained, a.left + b.left, a.differences + b.differences, a.days + b.days, a.squares + b.squares, a.matches + b.matches, a.residual + b.residual}
}

func (a score) compare(b score) int {
	return cmp.Or(cmp.Compare(a.unexplained, b.unexplained), cmp.Compare(a.left, b.left), cmp.Compare(a.differences, b.differences), cmp.Compare(a.days, b.days),
		cmp.Compare(a.squares, b.squares), cmp.Compare(a.matches, b.matches), cmp.Compare(a.residual, b.residual))
}

func (pl *pool) newChoice(es, cs []int) *choice {
	s := &choice{pl: pl, es: slices.Clone(es), cs: slices.Clone(cs)}
	s.units, s.kind = make([]int64, 0, len(es)+len(cs)), make([]int, len(cs))
	for _, i := range es {
		s.units = append(s.units, units(pl.expected[i].Amount))
	}
	for j, k := range cs {
		s.units = append(s.units, units(pl.credits[k].Amount))
		s.kind[j] = slices.IndexFunc(cs[:j+1], func(o int) bool { return twins(&pl.credits[o], &pl.credits[k]) })
	}
	return s
}

// addMatches lists every match one to one, one to many and many to one.
func (s *choice) addMatches() {
	for i := range s.es {
		s.addSubsets(uint16(1)<<i, s.units[i], len(s.es), len(s.cs), 1, func(j int) (int, bool) { return s.fit(i, j) })
	}
	for j := range s.cs {
		bit := len(s.es) + j
		s.addSubsets(uint16(1)<<bit, s.units[bit], 0, len(s.es), 2, func(i int) (int, bool) { return s.fit(i, j) })
	}
	slices.SortFunc(s.options, func(a, b option) int {
		return cmp.Or(bits.OnesCount16(a.mask)-bits.OnesCount16(b.mask), cmp.Compare(a.mask, b.mask))
	})
}

// fit is the days between request i and vendor row j, and whether they allow a match.
func (s *choice) fit(i, j int) (int, bool) {
	e, c := &s.pl.expected[s.es[i]], &s.pl.credits[s.cs[j]]
	return apart(e.Date, c.Date), !c.Amount.IsZero() && s.pl.p.fits(e, c)
}

// addSubsets lists the sets of at least so many of n rows, which begin at a bit,
// that add up to one row of the other side within the tolerance.
func (s *choice) addSubsets(one uint16, amount int64, from, n, least int, fit func(int) (int, bool)) {
	limit := amount + s.pl.p.tolerance(s.pl.currency, n)
	var grow func(k int, mask uint16, sum int64, price score)
	grow = func(k int, mask uint16, sum int64, price score) {
		size := bits.OnesCount16(mask)
		if rest := distance(sum, amount); size >= least && rest <= s.pl.p.tolerance(s.pl.currency, size) {
			price.residual, price.matches = rest, -1
			s.add(one|mask, price)
		}
		for ; k < n; k++ {
			days, ok := fit(k)
			if u := s.units[from+k]; ok && sum+u <= limit {
				with := price.plus(score{days: int64(days), squares: int64(days) * int64(days)})
				grow(k+1, mask|1<<(from+k), sum+u, with)
			}
		}
	}
	grow(0, 0, 0, score{})
}

// addPairs lists the pairs that may answer each other with another amount.
func (s *choice) addPairs(may func(*Expected, *Credit) bool) {
	for i := range s.es {
		for j := range s.cs {
			e, c := &s.pl.expected[s.es[i]], &s.pl.credits[s.cs[j]]
			if !may(e, c) {
				continue
			}
			days := int64(apart(e.Date, c.Date))
			rest := distance(s.units[i], s.units[len(s.es)+j])
			s.add(1<<i|1<<(len(s.es)+j), score{unexplained: rest, differences: rest, days: days, squares: days * days, matches: -1})
		}
	}
}

func (s *choice) add(mask uint16, price score) {
	sign := uint64(mask) & (1<<len(s.es) - 1)
	for rest := mask >> len(s.es); rest != 0; rest &= rest - 1 {
		sign += 1 << (16 + 4*s.kind[bits.TrailingZeros16(rest)])
	}
	s.options = append(s.options, option{mask, sign, price})
}

// group makes the rows of an option a group.
func (s *choice) group(o int) (g Group) {
	for rest := s.options[o].mask; rest != 0; rest &= rest - 1 {
		if i := bits.TrailingZeros16(rest); i < len(s.es) {
			g.Expected = append(g.Expected, s.pl.expected[s.es[i]])
		} else {
			g.Credits = append(g.Credits, s.pl.credits[s.cs[i-len(s.es)]])
		}
	}
	return g
}

// take takes the rows of an option out of the pool.
func (s *choice) take(o int) {
	mask := s.options[o].mask
	s.pl.openE = slices.DeleteFunc(s.pl.openE, func(i int) bool {
		k := slices.Index(s.es, i)
		return k >= 0 && mask&(1<<k) != 0
	})
	s.pl.openC = slices.DeleteFunc(s.pl.openC, func(j int) bool {
		k := slices.Index(s.cs, j)
		return k >= 0 && mask&(1<<(len(s.es)+k)) != 0
	})
}
