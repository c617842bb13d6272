package reconcile

import (
	"math/bits"
	"slices"
)

// maxAlternatives is how many equally good matches a match names.
const maxAlternatives = 8

// part is rows that options tie together, and the best choice among them.
type part struct {
	chosen []int // options
	asGood []int // options that choices as good as this one take in their place
}

// best chooses the options to take. Options of parts that share no row do not
// depend on each other.
func (s *choice) best() []part {
	var parts []part
	var seen uint16
	for o := range s.options {
		if s.options[o].mask&seen != 0 {
			continue
		}
		rows := s.tied(s.options[o].mask)
		seen |= rows
		parts = append(parts, s.bestOf(rows))
	}
	return parts
}

// tied is every row that options tie to some rows.
func (s *choice) tied(rows uint16) uint16 {
	for grown := true; grown; {
		grown = false
		for _, o := range s.options {
			if o.mask&rows != 0 && o.mask&^rows != 0 {
				rows |= o.mask
				grown = true
			}
		}
	}
	return rows
}

// bestOf weighs every choice of options among some rows: for each set of rows
// still open, the least that they can cost.
func (s *choice) bestOf(rows uint16) part {
	w := weigher{choice: s, byLowest: map[int][]int{}}
	for o := range s.options {
		if mask := s.options[o].mask; mask&rows != 0 {
			low := bits.TrailingZeros16(mask)
			w.byLowest[low] = append(w.byLowest[low], o)
		}
	}
	if bits.OnesCount16(rows) == 2 { // one pair: taking it never costs more than leaving it
		return part{chosen: w.byLowest[bits.TrailingZeros16(rows)][:1]}
	}
	w.cost, w.known = make([]score, int(rows)+1), make([]bool, int(rows)+1)
	p := part{chosen: w.choose(rows)}
	for o := range s.options {
		if mask := s.options[o].mask; mask&rows != 0 && !slices.Contains(p.chosen, o) && s.options[o].price.plus(w.of(rows&^mask)) == w.of(rows) {
			p.asGood = append(p.asGood, o)
		}
	}
	return p
}

// weigher finds the least cost of every set of open rows.
type weigher struct {
	*choice
	byLowest map[int][]int // options by their lowest row
	cost     []score       // by mask
	known    []bool
}

// of is the least cost of some open rows: their lowest is left, or an option takes it.
func (w *weigher) of(open uint16) score {
	if open == 0 {
		return score{}
	}
	if w.known[open] {
		return w.cost[open]
	}
	low := bits.TrailingZeros16(open)
	least := score{unexplained: w.units[low], left: 1}.plus(w.of(open &^ (1 << low)))
	for _, o := range w.byLowest[low] {
		if mask := w.options[o].mask; mask&^open == 0 {
			if c := w.options[o].price.plus(w.of(open &^ mask)); c.compare(least) < 0 {
				least = c
			}
		}
	}
	w.cost[open], w.known[open] = least, true
	return least
}

// choose takes the options of a choice of least cost: the simplest and earliest
// ones that belong to any.
func (w *weigher) choose(open uint16) (chosen []int) {
	for open != 0 {
		low := bits.TrailingZeros16(open)
		i := slices.IndexFunc(w.byLowest[low], func(o int) bool {
			mask := w.options[o].mask
			return mask&^open == 0 && w.options[o].price.plus(w.of(open&^mask)) == w.of(open)
		})
		if i < 0 {
			open &^= 1 << low
			continue
		}
		chosen = append(chosen, w.byLowest[low][i])
		open &^= w.options[w.byLowest[low][i]].mask
	}
	return chosen
}

// alternatives lists the options of equally good choices that share a row with a
// chosen one. Which of two identical vendor rows is taken is no alternative.
func (p *part) alternatives(o int, options []option) (out []int) {
	var signs []uint64
	for _, c := range p.chosen {
		signs = append(signs, options[c].sign)
	}
	for _, alt := range p.asGood {
		if x := &options[alt]; x.mask&options[o].mask != 0 && !slices.Contains(signs, x.sign) && len(out) < maxAlternatives {
			signs = append(signs, x.sign)
			out = append(out, alt)
		}
	}
	return out
}
