package jobs

import (
	"bytes"
	"context"

	"prorata/invoicing"
	"prorata/invoicing/reconcile"
	"prorata/jobs/ledger"
)

// reconciliation compares what a run reconciled with what it reconciles when it is
// done again, and then says again what persons accepted after it (REC-4), so
// that the next night starts from the same.
func (r *redoing) reconciliation(ctx context.Context, run ledger.Run) error {
	_, more, err := otherwise(r.kept.ReconciledEvidence(run.N), r.again.ReconciledEvidence(run.N), func(kept ledger.Evidence, _ bool) error {
		r.found.Rest.add("order %s: its reconciliation is another than the one kept", kept.Of)
		return nil
	})
	if err != nil {
		return err
	}
	if len(more) > 0 {
		r.found.Rest.add("%s reconciled of which nothing is kept", invoicing.Counted(len(more), "order is", "orders are"))
	}
	accepted, err := r.kept.Acceptances(run.N)
	if err != nil {
		return err
	}
	for i := range accepted {
		a := &accepted[i]
		b, err := r.again.Accept(ctx, a.Order, a.Break.ID, a.Acceptance, a.Persons)
		if err != nil {
			r.found.Rest.add("what %s accepted after it cannot be accepted again: %v", a.By, err)
		} else if !sameBreak(&b, &a.Break) {
			r.found.Rest.add("break %s, accepted again by %s, is another than the one kept", b.ID, a.By)
		}
	}
	return nil
}

func sameBreak(a, b *reconcile.Break) bool {
	encoded := func(x *reconcile.Break) []byte {
		return ledger.EncodeReconciled(nil, &ledger.Reconciled{Ended: []reconcile.Break{*x}})
	}
	return bytes.Equal(encoded(a), encoded(b))
}

// openBreaks compares what the nights have left open.
func (r *redoing) openBreaks() error {
	_, more, err := otherwise(r.kept.OpenEvidence(), r.again.OpenEvidence(), func(kept ledger.Evidence, _ bool) error {
		r.found.Rest.add("order %s: its open breaks are not what the nights have left", kept.Of)
		return nil
	})
	if len(more) > 0 {
		r.found.Rest.add("doing the nights again left breaks on %s that are not kept", invoicing.Counted(len(more), "order", "orders"))
	}
	return err
}
