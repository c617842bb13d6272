package exporters

import (
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// limits is limits.csv: where each account stands against its refund limit on the
// as-of date, in USD (OUT-3). An account of which nothing counts any more is
// shown by the run that settled it, and not by later ones.
var limits = &register{
	columns: columns{"BillingAccountId", "Date", "UsedUSD", "LeftUSD", "NextReleaseOn", "NextReleaseUSD"},
	standing: func(p *press, c *cells, s *Standing) {
		for i := range s.Limits {
			l := &s.Limits[i]
			on := limitOn(l, p.night.AsOf)
			if on.used.IsZero() && s.Run != p.night.Run {
				continue
			}
			c.text(l.Account)
			c.date(p.night.AsOf)
			c.amount(on.used)
			c.amount(l.Limit.Sub(on.used))
			c.date(on.nextOn)
			c.amount(on.next)
			c.end()
		}
	},
}

// limitStand is what counts on one day, and what is freed next.
type limitStand struct {
	used   money.Money
	nextOn money.Date  // zero where nothing counts
	next   money.Money // unset where nothing counts
}

// limitOn adds up the window that ends on a date. LIM-2: a use on day d counts
// through d + window - 1 and is freed on d + window.
func limitOn(l *invoicing.AccountLimit, on money.Date) limitStand {
	st := limitStand{used: money.Zero(money.USD)}
	window := money.Date(l.WindowDays)
	for _, u := range l.Uses {
		if u.Date <= on-window || u.Date > on || u.USD.IsZero() {
			continue
		}
		st.used = st.used.Add(u.USD)
		switch freed := u.Date + window; {
		case st.nextOn.IsZero() || freed < st.nextOn:
			st.nextOn, st.next = freed, u.USD
		case freed == st.nextOn:
			st.next = st.next.Add(u.USD)
		}
	}
	return st
}
