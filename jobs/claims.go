package jobs

import (
	"fmt"
	"slices"

	"prorata/exporters"
	"prorata/invoicing"
	"prorata/invoicing/policy"
	"prorata/invoicing/reconcile"
	"prorata/jobs/ledger"
)

// Causes sums up the likeliest causes of the differences that a filter lets
// through, and says of how many there are.
func Causes(path string, f BreakFilter) ([]reconcile.CauseCount, int, error) {
	all, _, err := Breaks(path, f)
	counts, of := reconcile.Summarize(all)
	return counts, of, err
}

// Claims makes the claims of breaks: those that are named, or of the ones that a
// filter lets through all that the vendor has to answer for.
func Claims(path string, ids []string, f BreakFilter) (*exporters.Claims, error) {
	breaks, asOf, err := Breaks(path, f)
	if err != nil {
		return nil, err
	}
	breaks = slices.DeleteFunc(breaks, func(b reconcile.Break) bool {
		return len(ids) == 0 && !claimable(&b) || len(ids) > 0 && !slices.Contains(ids, b.ID)
	})
	for _, id := range ids {
		if !slices.ContainsFunc(breaks, func(b reconcile.Break) bool { return b.ID == id }) {
			return nil, fmt.Errorf("claiming break %s: %w", id, reconcile.ErrNoBreak)
		}
	}
	l, last, err := openSettled(path)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	c := claimer{l: l, terms: map[int]policy.Chain{}}
	out := &exporters.Claims{AsOf: asOf}
	if out.Seller, err = sellerOf(last); err != nil {
		return nil, err
	}
	if c.runs, err = l.Runs(); err != nil {
		return nil, err
	}
	for i := range breaks {
		claim, err := c.claim(&breaks[i])
		if err != nil {
			return nil, fmt.Errorf("claiming break %s: %w", breaks[i].ID, err)
		}
		out.Claims = append(out.Claims, claim)
	}
	return out, nil
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

// claimer finds what a claim rests on: the decision, and the policy by which it was made.
type claimer struct {
	l     *ledger.Ledger
	runs  []ledger.Run
	terms map[int]policy.Chain // by run
}

func (c *claimer) claim(b *reconcile.Break) (reconcile.Claim, error) {
	if len(b.Expected) == 0 {
		return reconcile.ClaimOf(b, nil, nil), nil
	}
	request := b.Expected[0].Request
	run, group, err := c.l.FindDecision(request)
	if err != nil {
		return reconcile.Claim{}, err
	}
	if run == 0 {
		return reconcile.Claim{}, fmt.Errorf("no run has decided request %s: verify the ledger", request)
	}
	s, err := c.l.Settlement(run, group)
	if err != nil {
		return reconcile.Claim{}, err
	}
	i := slices.IndexFunc(s.Decisions, func(d invoicing.Decision) bool { return d.Request.ID == request })
	if i < 0 {
		return reconcile.Claim{}, fmt.Errorf("run %d has not decided request %s: verify the ledger", run, request)
	}
	p, err := c.policy(run, &s.Decisions[i])
	return reconcile.ClaimOf(b, &s.Decisions[i], p), err
}

// policy is the one that made a decision: what the run was begun with, whatever
// is configured since (POL-2).
func (c *claimer) policy(run int, d *invoicing.Decision) (*policy.Policy, error) {
	chain := c.terms[run]
	if chain == nil {
		at := slices.IndexFunc(c.runs, func(r ledger.Run) bool { return r.N == run })
		if at < 0 {
			return nil, fmt.Errorf("there is no run %d: verify the ledger", run)
		}
		var err error
		if chain, _, err = termsOf(c.runs[at]); err != nil {
			return nil, err
		}
		c.terms[run] = chain
	}
	for _, link := range chain {
		if link.Policy.SHA256 == d.PolicyHash {
			return link.Policy, nil
		}
	}
	return nil, fmt.Errorf("run %d does not keep policy %s of request %s: verify the ledger", run, d.PolicyID, d.Request.ID)
}
