package reconcile

import (
	"cmp"
	"slices"
)

// mismatches pairs, in the order of their dates, what is left in one currency with
// what is left in another (CurrencyMismatch).
func (n *night) mismatches() {
	if len(n.leftE) == 0 || len(n.leftC) == 0 {
		return
	}
	slices.SortStableFunc(n.leftE, func(a, b Expected) int { return compareExpected(&a, &b) })
	slices.SortStableFunc(n.leftC, func(a, b Credit) int { return cmp.Compare(a.Date, b.Date) })
	pairs := inTurn(len(n.leftE), len(n.leftC), func(i, j int) bool {
		e, c := &n.leftE[i], &n.leftC[j]
		return !c.Amount.IsZero() && e.Amount.Currency() != c.Amount.Currency() && n.p.comparable(e, c)
	})
	usedE, usedC := make([]bool, len(n.leftE)), make([]bool, len(n.leftC))
	for _, p := range pairs {
		usedE[p[0]], usedC[p[1]] = true, true
		n.broken = append(n.broken, Break{Class: CurrencyMismatch,
			Group: Group{Expected: []Expected{n.leftE[p[0]]}, Credits: []Credit{n.leftC[p[1]]}}})
	}
	n.leftE, n.leftC = unused(n.leftE, usedE), unused(n.leftC, usedC)
}

func unused[T any](rows []T, used []bool) (out []T) {
	for i := range rows {
		if !used[i] {
			out = append(out, rows[i])
		}
	}
	return out
}

// alone classes what nothing answers.
func (n *night) alone() {
	for i := range n.leftE {
		class := MissingAtVendor
		if n.asOf < n.leftE[i].DueOn {
			class = NotYetDue
		}
		n.broken = append(n.broken, Break{Class: class, Group: Group{Expected: []Expected{n.leftE[i]}}})
	}
	for j := range n.leftC {
		n.broken = append(n.broken, Break{Class: UnexpectedAtVendor, Group: Group{Credits: []Credit{n.leftC[j]}}, Answers: n.answers[n.leftC[j].Amount]})
	}
}
