package reconcile

import (
	"cmp"
	"slices"

	"prorata/invoicing/money"
)

// CauseCount is how many differences have a cause, and what they come to.
type CauseCount struct {
	Cause    string         // Cause.Name of the likeliest; empty: no reading known gives the figure
	Currency money.Currency // of the sum
	Count    int
	Open     int    // of Count: those that are
	Short    Sum    // what was credited too little, above zero
	Over     Sum    // what was credited too much
	Shared   int    // of Count: those that an equally simple cause explains as well
	Settings string // the policy parameters that would make our figure the vendor's: "fee.rate"; empty: none would
}

// Summarize counts the differences with another amount by their likeliest cause
// and currency, the most frequent first. of is how many there are in all.
func Summarize(breaks []Break) (counts []CauseCount, of int) {
	type key struct {
		name     string
		currency money.Currency
	}
	at := map[key]int{}
	for i := range breaks {
		b := &breaks[i]
		if b.Class != AmountDifference || b.LateBy > 0 {
			continue
		}
		of++
		k := key{currency: b.expectedSum().Currency()}
		if len(b.Causes) > 0 {
			k.name = b.Causes[0].Name()
		}
		j, ok := at[k]
		if !ok {
			j = len(counts)
			at[k] = j
			counts = append(counts, CauseCount{Cause: k.name, Currency: k.currency})
			if len(b.Causes) > 0 {
				counts[j].Settings = b.Causes[0].settings()
			}
		}
		c, d := &counts[j], units(b.Difference())
		c.Count++
		if b.Status == Open {
			c.Open++
		}
		if d < 0 {
			c.Short.add(1, -d)
		} else {
			c.Over.add(1, d)
		}
		if len(b.Causes) > 1 {
			c.Shared++
		}
	}
	slices.SortFunc(counts, func(a, b CauseCount) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.Currency.String(), b.Currency.String()))
	})
	return counts, of
}
