package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
	"prorata/jobs/ledger"
)

// BreakFilter narrows a list of breaks; the zero value is every open break.
type BreakFilter struct {
	Classes   []reconcile.Class  // none: any
	Statuses  []reconcile.Status // none: Open
	Accounts  []string           // none: any
	Orders    []string           // none: any
	OlderThan int                // days
	Above     int64              // so many units of its currency are at stake
}

// lets reports whether a break passes.
func (f *BreakFilter) lets(b *reconcile.Break, asOf money.Date) bool {
	among := func(names []string, name string) bool { return len(names) == 0 || slices.Contains(names, name) }
	return f.has(b.Status) && (len(f.Classes) == 0 || slices.Contains(f.Classes, b.Class)) && among(f.Accounts, b.Account()) &&
		among(f.Orders, b.Order()) && (f.OlderThan == 0 || b.AgeDays(asOf) >= f.OlderThan) && b.Exposure().Decimal().Cmp(money.NewDecimal(f.Above, 0)) >= 0
}

func (f *BreakFilter) has(s reconcile.Status) bool {
	return slices.Contains(f.Statuses, s) || len(f.Statuses) == 0 && s == reconcile.Open
}

// Breaks returns the breaks that a filter lets through, the oldest first, and the
// as-of date of the last run (REC-3).
func Breaks(path string, f BreakFilter) ([]reconcile.Break, money.Date, error) {
	l, last, err := openSettled(path)
	if err != nil {
		return nil, 0, err
	}
	defer l.Close()
	f.Accounts, f.Orders = identifiers(f.Accounts), identifiers(f.Orders)
	var all []reconcile.Break
	err = eachBreak(l, last.N, f.has, func(b *reconcile.Break) {
		if f.lets(b, last.AsOf) {
			all = append(all, *b)
		}
	})
	if err != nil {
		return nil, 0, err
	}
	slices.SortStableFunc(all, func(a, b reconcile.Break) int {
		return cmp.Or(b.AgeDays(last.AsOf)-a.AgeDays(last.AsOf), strings.Compare(a.ID, b.ID))
	})
	return all, last.AsOf, nil
}

// eachBreak visits the breaks of some statuses: those that are open, and those
// that ended on any night.
func eachBreak(l *ledger.Ledger, runs int, has func(reconcile.Status) bool, visit func(*reconcile.Break)) error {
	all := func(breaks []reconcile.Break) {
		for i := range breaks {
			if has(breaks[i].Status) {
				visit(&breaks[i])
			}
		}
	}
	if has(reconcile.Open) {
		for x, err := range l.OpenBreaks() {
			if err != nil {
				return err
			}
			all(x.Breaks)
		}
	}
	for run := 1; run <= runs; run++ {
		if has(reconcile.Resolved) {
			for x, err := range l.Reconciled(run) {
				if err != nil {
					return err
				}
				all(x.Ended)
			}
		}
		accepted, err := l.Acceptances(run)
		if err != nil {
			return err
		}
		for i := range accepted {
			if b := accepted[i].Break; b.Status == reconcile.Accepted {
				all([]reconcile.Break{b})
			}
		}
	}
	return nil
}

// AcceptBreak keeps a person's word that a break is settled as it stands (REC-4).
// Where more than above units of its currency are at stake a second person has
// to say so too; the break returned is Open until then.
func AcceptBreak(ctx context.Context, path, id string, a reconcile.Acceptance, above int64) (reconcile.Break, error) {
	if err := ledger.Exists(path); err != nil {
		return reconcile.Break{}, err
	}
	l, err := ledger.Open(path)
	if err != nil {
		return reconcile.Break{}, err
	}
	b, err := acceptBreak(ctx, l, id, a, above)
	return b, errors.Join(err, l.Close())
}

func acceptBreak(ctx context.Context, l *ledger.Ledger, id string, a reconcile.Acceptance, above int64) (reconcile.Break, error) {
	b, err := openBreak(l, id)
	if err != nil {
		return reconcile.Break{}, err
	}
	if b == nil {
		return reconcile.Break{}, fmt.Errorf("accepting break %s: %w", id, reconcile.ErrNoBreak)
	}
	persons := 1
	if b.Exposure().Decimal().Cmp(money.NewDecimal(above, 0)) > 0 {
		persons = 2
	}
	return l.Accept(ctx, b.Order(), id, a, persons)
}
