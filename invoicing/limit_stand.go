package invoicing

import (
	"sort"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// LimitStand is the refund limit of one account on a date (LIM-3), in USD.
type LimitStand struct {
	Limit    money.Money
	Used     money.Money // in the fullest window that holds the date
	Left     money.Money // what a refund dated on it may still count
	Releases []Release   // of what counts on the date, by date
}

// Release is what a day frees again (LIM-2).
type Release struct {
	On   money.Date
	USD  money.Money
	Left money.Money // on that day
}

// Limit is the limit that policies set for a date, with the uses that count on it or later.
func (u *AccountUses) Limit(policies policy.Chain, on money.Date) AccountLimit {
	p := policies.On(on).ByType[u.Type]
	since := on - money.Date(p.LimitWindowDays)
	i := sort.Search(len(u.Uses), func(i int) bool { return u.Uses[i].Date > since })
	return AccountLimit{Account: u.Account, Limit: p.LimitAmount, WindowDays: p.LimitWindowDays, Uses: u.Uses[i:]}
}

// On is where the account stands on a date, by the uses that are known.
func (l *AccountLimit) On(on money.Date) LimitStand {
	a, window := newAllowance(l.Uses), money.Date(l.WindowDays)
	left := func(d money.Date) money.Money {
		used, _ := a.fullest(d, l.WindowDays)
		return l.Limit.Sub(money.Minor(used, money.USD))
	}
	s := LimitStand{Limit: l.Limit, Left: left(on)}
	s.Used = s.Limit.Sub(s.Left)
	for _, use := range a.days {
		if use.cents != 0 && use.date <= on && on < use.date+window {
			freed := use.date + window
			s.Releases = append(s.Releases, Release{freed, money.Minor(use.cents, money.USD), left(freed)})
		}
	}
	return s
}
