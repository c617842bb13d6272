package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"

	"prorata/invoicing/reconcile"
	"prorata/jobs/ledger"
)

// reconciliation compares what a run reconciled with what it reconciles when it is
// done again, and then says again what persons accepted after it (REC-4), so
// that the next night starts from the same.
func (v *Verification) reconciliation(ctx context.Context, l, again *ledger.Ledger, run ledger.Run) error {
	redone := map[string][32]byte{}
	for e, err := range again.ReconciledEvidence(run.N) {
		if err != nil {
			return err
		}
		redone[e.Group] = sha256.Sum256(e.Body)
	}
	for e, err := range l.ReconciledEvidence(run.N) {
		if err != nil {
			return err
		}
		if sum, ok := redone[e.Group]; !ok || sum != sha256.Sum256(e.Body) {
			v.wrong("run %d, order %s: done again, its reconciliation is another than the one kept", run.N, e.Group)
		}
		delete(redone, e.Group)
	}
	if len(redone) > 0 {
		v.wrong("run %d: done again, %d orders are reconciled of which nothing is kept", run.N, len(redone))
	}
	accepted, err := l.Acceptances(run.N)
	if err != nil {
		return err
	}
	for i := range accepted {
		a := &accepted[i]
		b, err := again.Accept(ctx, a.Order, a.Break.ID, a.Acceptance, a.Persons)
		if err != nil {
			v.wrong("run %d: what %s accepted after it cannot be accepted again: %v", run.N, a.By, err)
		} else if !sameBreak(&b, &a.Break) {
			v.wrong("run %d: break %s, accepted again by %s, is another than the one kept", run.N, b.ID, a.By)
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
func (v *Verification) openBreaks(l, again *ledger.Ledger) error {
	redone := map[string][32]byte{}
	for x, err := range again.OpenBreaks() {
		if err != nil {
			return err
		}
		redone[x.Order] = sha256.Sum256(ledger.EncodeReconciled(nil, x))
	}
	for x, err := range l.OpenBreaks() {
		if err != nil {
			return err
		}
		if redone[x.Order] != sha256.Sum256(ledger.EncodeReconciled(nil, x)) {
			v.wrong("order %s: its open breaks are not what the nights have left", x.Order)
		}
		delete(redone, x.Order)
	}
	if len(redone) > 0 {
		v.wrong("doing the nights again left breaks on %d orders that are not kept", len(redone))
	}
	return nil
}
