package jobs

import (
	"slices"
	"sync"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs/ledger"
)

// ratesOnDemand reads the published rates when the cause of a difference is first
// sought in them: on most nights none is.
type ratesOnDemand struct {
	work *ledger.Work
	once sync.Once
	by   map[money.Currency][]invoicing.Rate // by date
	err  error
}

// on is the rate of a day, or the last one before it: units of a currency for one euro.
func (r *ratesOnDemand) on(d money.Date, c money.Currency) (money.Decimal, bool) {
	if c == money.EUR {
		return money.NewDecimal(1, 0), true
	}
	r.once.Do(r.read)
	all := r.by[c]
	i, found := slices.BinarySearchFunc(all, d, func(x invoicing.Rate, d money.Date) int { return int(x.Date - d) })
	if !found {
		i--
	}
	if i < 0 {
		return money.Decimal{}, false
	}
	return all[i].Value, true
}

func (r *ratesOnDemand) read() {
	all, err := r.work.Rates()
	if r.err = err; err != nil {
		return
	}
	r.by = map[money.Currency][]invoicing.Rate{}
	for _, x := range all { // by date, as the ledger keeps them
		r.by[x.Currency] = append(r.by[x.Currency], x)
	}
}
