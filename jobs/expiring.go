package jobs

import (
	"cmp"
	"iter"
	"slices"

	"prorata/exporters"
	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs/ledger"
)

// warnDays are the days before a credit's last day on which a night warns of it.
var warnDays = []int{30, 14, 7, 1}

// warnings are the credits that a night warns of: with a balance, and come within
// one of warnDays since the night before, so that a night that was left out hides
// none and none is told twice.
type warnings struct {
	asOf, before money.Date // before is zero on the first night
	found        []ExpiringCredit
}

// warningsOf is for the last of the runs.
func warningsOf(runs []ledger.Run) *warnings {
	w := &warnings{asOf: runs[len(runs)-1].AsOf}
	if len(runs) > 1 {
		w.before = runs[len(runs)-2].AsOf
	}
	return w
}

// watch looks at standings on their way.
func (w *warnings) watch(all iter.Seq2[exporters.Standing, error]) iter.Seq2[exporters.Standing, error] {
	return func(yield func(exporters.Standing, error) bool) {
		for s, err := range all {
			for i := range s.Credits {
				if c := &s.Credits[i]; w.due(c) {
					w.found = append(w.found, expiringCredit(c, w.asOf))
				}
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

func (w *warnings) due(c *invoicing.Credit) bool {
	left := int(c.ExpiresOn - w.asOf)
	if c.ExpiresOn.IsZero() || left < 0 || c.Balance().IsZero() {
		return false
	}
	known := !w.before.IsZero() && c.GrantedOn <= w.before // the night before could have told
	return slices.ContainsFunc(warnDays, func(days int) bool {
		return left <= days && (!known || int(c.ExpiresOn-w.before) > days)
	})
}

// sorted are the warnings, what expires first at the top.
func (w *warnings) sorted() []ExpiringCredit {
	slices.SortFunc(w.found, compareExpiring)
	return w.found
}

// ExpiringCredit is a credit with a balance that expires soon.
type ExpiringCredit struct {
	ID        string      `json:"id"`
	Account   string      `json:"account"`
	Balance   money.Money `json:"balance"`
	ExpiresOn string      `json:"expires_on"` // its last day
	DaysLeft  int         `json:"days_left"`  // until then
}

func expiringCredit(c *invoicing.Credit, on money.Date) ExpiringCredit {
	return ExpiringCredit{c.Document.Number, c.Account, c.Balance(), c.ExpiresOn.String(), int(c.ExpiresOn - on)}
}

func compareExpiring(a, b ExpiringCredit) int {
	return cmp.Or(cmp.Compare(a.ExpiresOn, b.ExpiresOn), cmp.Compare(a.ID, b.ID))
}
