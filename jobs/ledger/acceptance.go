package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	"prorata/invoicing"
	"prorata/invoicing/reconcile"
	"prorata/jobs/durable"
)

// Acceptance is a person's word on a break (REC-4), and the break as it left it.
type Acceptance struct {
	Order   string
	Persons int // how many different ones it needed
	reconcile.Acceptance
	Break reconcile.Break
}

// Acceptances returns those that followed a run, oldest first.
func (l *Ledger) Acceptances(run int) ([]Acceptance, error) {
	var all []Acceptance
	err := l.walk(onAcceptance, putNumber(nil, run), func(_, value []byte) error {
		a, err := takeAcceptance(value)
		all = append(all, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was accepted after run %d: %w", run, err)
	}
	return all, nil
}

func takeAcceptance(value []byte) (a Acceptance, err error) {
	persons, body := takeUvarint(value)
	x, err := decodeReconciled(string(bytes.Clone(body)))
	if err != nil {
		return a, err
	}
	if len(x.Ended) != 1 || len(x.Ended[0].Acceptances) == 0 {
		return a, errDamaged
	}
	b := x.Ended[0]
	return Acceptance{x.Order, int(persons), b.Acceptances[len(b.Acceptances)-1], b}, nil
}

// Accept keeps a person's acceptance of an open break and what it makes of the
// break, in one transaction (REC-4). The last run must be published: what it
// shows does not change afterwards.
func (l *Ledger) Accept(ctx context.Context, order, id string, a reconcile.Acceptance, persons int) (reconcile.Break, error) {
	c, err := l.begin(ctx)
	if err != nil {
		return reconcile.Break{}, err
	}
	b, err := c.accept(order, id, a, persons)
	if err == nil {
		err = c.commit(durable.SettleCommit) // the same step: the state of the breaks changes
	}
	if err != nil {
		return b, errors.Join(err, c.rollback())
	}
	return b, nil
}

func (c *change) accept(order, id string, a reconcile.Acceptance, persons int) (b reconcile.Break, err error) {
	last, err := lastRun(c.ctx, c.tx)
	if err != nil {
		return b, err
	}
	if last.State != Published {
		return b, errors.New("the last run is not published: finish it with prorata run first")
	}
	c.run = last.N
	n := News{Order: order}
	for s, to := range map[shelf]*string{onOpenBreak: &n.breaks, onClosedMatch: &n.closed} {
		body, _, err := c.shelves.newestOf(s, []byte(order))
		if err != nil {
			return b, err
		}
		*to = string(body)
	}
	st, t, _, _, err := n.Read()
	if err != nil {
		return b, err
	}
	st, b, err = st.Accept(id, a, persons)
	if err != nil {
		return b, err
	}
	nth, err := c.acceptances()
	if err != nil {
		return b, err
	}
	w, _ := n.Weigh(nil, &reconcile.Night{Next: st}, t, 0)
	for s, body := range map[shelf][]byte{onOpenBreak: w.breaks, onClosedMatch: w.closed} {
		if body == nil {
			continue
		}
		if err := c.one(s, []byte(order), version(weighedVersion(c.run, nth), body)); err != nil {
			return b, err
		}
	}
	if b.Status == reconcile.Accepted && len(st.Breaks) > 0 { // a row that is open may repeat what was accepted: the next night weighs it
		if err := c.one(onDue, append(putDate(nil, last.AsOf+1), order...), nil); err != nil {
			return b, err
		}
	}
	body := EncodeReconciled(nil, &Reconciled{Order: order, Ended: []reconcile.Break{b}})
	return b, c.one(onAcceptance, putNumber(putNumber(nil, c.run), nth), version(persons, body))
}

// weighedVersion is the version of an order's breaks after a run and so many
// acceptances that followed it.
func weighedVersion(run, acceptances int) int { return run<<20 | acceptances }

const maxAcceptances = 1<<20 - 1 // between two runs

// acceptances is the number of the next acceptance that follows the run, from 1.
func (c *change) acceptances() (n int, err error) {
	from, err := c.shelves.open(onAcceptance)
	if err != nil {
		return 0, err
	}
	defer from.Close()
	if err := from.walk(putNumber(nil, c.run), func(_, _ []byte) error { n++; return nil }); err != nil {
		return 0, err
	}
	if n >= maxAcceptances {
		return 0, fmt.Errorf("%d breaks were accepted since the last run: let a night run first", n)
	}
	return n + 1, nil
}

// one writes a segment of one item.
func (c *change) one(s shelf, key, value []byte) error {
	return c.segment(s, func(w *segmentWriter) error { return w.add(key, value) })
}

// ReconciledEvidence walks over what the reconciliation of a run has written, by
// order, as it is stored.
func (l *Ledger) ReconciledEvidence(run int) iter.Seq2[Evidence, error] {
	return l.evidence(onReconciled, run)
}

// Reconciled walks over the same, decoded.
func (l *Ledger) Reconciled(run int) iter.Seq2[*Reconciled, error] {
	var bodies texts
	return each(l, onReconciled, putNumber(nil, run), func(key, value []byte) (*Reconciled, error) {
		x, err := decodeReconciled(bodies.of(value))
		if err != nil {
			return nil, fmt.Errorf("what run %d reconciled of order %s: %w", run, groupOf(key), err)
		}
		return &x, nil
	})
}

// OpenBreaks walks over the breaks that are open after the last run and what was
// accepted since, by order.
func (l *Ledger) OpenBreaks() iter.Seq2[*Reconciled, error] {
	var bodies texts
	return eachNewest(l, onOpenBreak, func(order, body []byte) (*Reconciled, error) {
		x, err := decodeReconciled(bodies.of(body))
		if err != nil {
			return nil, fmt.Errorf("open breaks of order %s: %w", order, err)
		}
		return &x, nil
	})
}

// OpenEvidence walks over the same, as it is stored.
func (l *Ledger) OpenEvidence() iter.Seq2[Evidence, error] { return l.newestEvidence(onOpenBreak) }

// Rates returns every published rate, by date and currency.
func (w *Work) Rates() ([]invoicing.Rate, error) { return w.shelves.ratesUpTo(0, 0) }
