package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/invoicing/reconcile"
	"prorata/jobs/ledger"
)

// Breaks returns the breaks that are open after the last run, by order, and its
// as-of date (REC-3).
func Breaks(path string) ([]reconcile.Break, money.Date, error) {
	l, last, err := openSettled(path)
	if err != nil {
		return nil, 0, err
	}
	defer l.Close()
	all, err := openBreaks(l)
	return all, last.AsOf, err
}

func openBreaks(l *ledger.Ledger) ([]reconcile.Break, error) {
	var all []reconcile.Break
	for x, err := range l.OpenBreaks() {
		if err != nil {
			return nil, err
		}
		all = append(all, x.Breaks...)
	}
	return all, nil
}

// FindBreak returns an open break by its id, or one that a person has accepted,
// and the as-of date of the last run.
func FindBreak(path, id string) (reconcile.Break, money.Date, error) {
	l, last, err := openSettled(path)
	if err != nil {
		return reconcile.Break{}, 0, err
	}
	defer l.Close()
	all, err := openBreaks(l)
	if err != nil {
		return reconcile.Break{}, 0, err
	}
	for run := last.N; run >= 1; run-- {
		accepted, err := l.Acceptances(run)
		if err != nil {
			return reconcile.Break{}, 0, err
		}
		for i := range accepted {
			all = append(all, accepted[len(accepted)-1-i].Break)
		}
	}
	i := slices.IndexFunc(all, func(b reconcile.Break) bool { return b.ID == id })
	if i < 0 {
		return reconcile.Break{}, 0, fmt.Errorf("no open or accepted break is called %s; prorata reconcile list shows the open ones", id)
	}
	return all[i], last.AsOf, nil
}

// AcceptBreak keeps a person's word that a break is settled as it stands (REC-4).
// Where more than above units of its currency are at stake a second person has
// to say so too; the break returned is Open until then.
func AcceptBreak(ctx context.Context, path, id string, a reconcile.Acceptance, above int64) (reconcile.Break, error) {
	l, err := ledger.Open(path)
	if err != nil {
		return reconcile.Break{}, err
	}
	b, err := acceptBreak(ctx, l, id, a, above)
	return b, errors.Join(err, l.Close())
}

func acceptBreak(ctx context.Context, l *ledger.Ledger, id string, a reconcile.Acceptance, above int64) (reconcile.Break, error) {
	all, err := openBreaks(l)
	if err != nil {
		return reconcile.Break{}, err
	}
	i := slices.IndexFunc(all, func(b reconcile.Break) bool { return b.ID == id })
	if i < 0 {
		return reconcile.Break{}, fmt.Errorf("accepting break %s: %w", id, reconcile.ErrNoBreak)
	}
	b := &all[i]
	persons := 1
	if b.Exposure().Decimal().Cmp(money.NewDecimal(above, 0)) > 0 {
		persons = 2
	}
	return l.Accept(ctx, b.Order(), id, a, persons)
}

// Causes sums up the likeliest causes of the open differences, and of how many
// differences there are.
func Causes(path string) ([]reconcile.CauseCount, int, error) {
	all, _, err := Breaks(path)
	counts, of := reconcile.Summarize(all)
	return counts, of, err
}

// Claims makes the claims of open breaks: those that are named, or all that the
// vendor has to answer for.
func Claims(path string, ids []string) ([]reconcile.Claim, error) {
	l, last, err := openSettled(path)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	chain, _, err := termsOf(last)
	if err != nil {
		return nil, err
	}
	all, err := openBreaks(l)
	if err != nil {
		return nil, err
	}
	var claims []reconcile.Claim
	for i := range all {
		b := &all[i]
		if len(ids) == 0 && !claimable(b) || len(ids) > 0 && !slices.Contains(ids, b.ID) {
			continue
		}
		claims = append(claims, reconcile.ClaimOf(b, sourcesOf(chain, b)))
	}
	for _, id := range ids {
		if !slices.ContainsFunc(claims, func(c reconcile.Claim) bool { return c.Break == id }) {
			return nil, fmt.Errorf("claiming break %s: %w", id, reconcile.ErrNoBreak)
		}
	}
	return claims, nil
}

// claimable: the vendor owes something, or credited it in another currency.
func claimable(b *reconcile.Break) bool {
	switch b.Class {
	case reconcile.MissingAtVendor, reconcile.CurrencyMismatch:
		return true
	case reconcile.AmountDifference:
		return b.Difference().Sign() < 0
	}
	return false
}

// sourcesOf are those of the policy that decided the request.
func sourcesOf(chain policy.Chain, b *reconcile.Break) []policy.Source {
	if len(b.Expected) == 0 {
		return nil
	}
	return chain.On(b.Expected[0].Date).Sources
}
