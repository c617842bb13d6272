package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs/ledger"
)

// settle decides and commits the imported run by the policies that it was begun with.
func settle(ctx context.Context, l *ledger.Ledger, progress Progress) error {
	last, err := l.LastRun()
	if err != nil {
		return err
	}
	chain, _, err := termsOf(last)
	if err != nil {
		return err
	}
	return settleBy(ctx, l, last, chain, progress)
}

// settleBy decides and commits the imported run by policies: every group of accounts
// with something to do, in one transaction. A line of the proof that does not hold
// stops it before anything is committed (OUT-8).
func settleBy(ctx context.Context, l *ledger.Ledger, last ledger.Run, chain policy.Chain, progress Progress) error {
	firsts, err := seriesOf(last)
	if err != nil {
		return err
	}
	before, err := summaryBefore(l, last.N)
	if err != nil {
		return err
	}
	work, err := l.BeginSettle(ctx)
	if err != nil {
		return fmt.Errorf("settling run %d: %w", last.N, err)
	}
	defer work.Rollback()
	work.Begin(firsts)
	groups := int64(0)
	sum, err := settleAll(ctx, work, chain, last.AsOf, func(e ledger.Entry) error {
		groups++
		progress.tell(fmt.Sprintf("run %d: accounts settled", last.N), groups, 0)
		return work.Put(e)
	})
	if err != nil {
		return fmt.Errorf("settling run %d: %w", last.N, err)
	}
	progress.tell(fmt.Sprintf("run %d: reconciling with the vendor", last.N), 0, 0)
	if sum.Reconciled, err = reconcileAll(ctx, l, work, chain, last, before.Reconciled); err != nil {
		return fmt.Errorf("reconciling run %d: %w", last.N, err)
	}
	files, err := l.Files(last.N)
	if err != nil {
		return err
	}
	if err := sum.conclude(before.Totals, files); err != nil {
		return fmt.Errorf("settling run %d: %w", last.N, err)
	}
	body, err := json.Marshal(sum)
	if err != nil {
		return err
	}
	return work.Commit(body)
}

// group is one group of accounts on its way through settle.
type group struct {
	book    *invoicing.Book
	turn    chan struct{} // closed when the group before has its numbers
	numbers chan struct{} // closed when this one has
}

// settleAll settles the groups in parallel; they get their numbers and are put
// into the ledger in the order of their ids.
func settleAll(ctx context.Context, work *ledger.Work, chain policy.Chain, asOf money.Date, put func(ledger.Entry) error) (*summary, error) {
	market, err := work.Market()
	if err != nil {
		return nil, err
	}
	turn := make(chan struct{})
	close(turn)
	next := func() (*group, error) {
		book, err := work.Next()
		g := &group{book: book, turn: turn, numbers: make(chan struct{})}
		turn = g.numbers
		return g, err
	}
	summaries := make([]summary, runtime.GOMAXPROCS(0))
	err = inOrder(ctx, len(summaries), next, func(ctx context.Context, worker int, g *group) (ledger.Entry, error) {
		return summaries[worker].settle(ctx, g, work, market, chain, asOf)
	}, put)
	if err != nil {
		return nil, err
	}
	for i := range summaries[1:] {
		summaries[0].merge(&summaries[i+1])
	}
	return &summaries[0], nil
}

// settle decides one group, numbers its documents in its turn, and encodes it.
func (s *summary) settle(ctx context.Context, g *group, work *ledger.Work, market *invoicing.Market, chain policy.Chain, asOf money.Date) (ledger.Entry, error) {
	out, err := invoicing.Settle(g.book, market, chain, asOf)
	if err != nil {
		return ledger.Entry{}, err
	}
	select {
	case <-g.turn:
	case <-ctx.Done():
		return ledger.Entry{}, ctx.Err()
	}
	err = out.Assign(func(series string, year int) (int, error) { return work.Number(out.Group, series, year) })
	if err != nil {
		return ledger.Entry{}, err
	}
	close(g.numbers)
	states := invoicing.Apply(g.book.States, out)
	s.add(out, g.book.States, states)
	entry := ledger.NewEntry(out, states, held(out))
	entry.Owed = owed(out, g.book, chain)
	return entry, nil
}

// summaryBefore is that of the run before, whose sums are carried on; an empty
// one for the first run.
func summaryBefore(l *ledger.Ledger, run int) (*summary, error) {
	runs, err := l.Runs()
	if err != nil || run == 1 {
		return &summary{}, err
	}
	return readSummary(runs[run-2])
}

func readSummary(run ledger.Run) (*summary, error) {
	s := &summary{}
	if err := json.Unmarshal(run.Summary, s); err != nil {
		return nil, fmt.Errorf("the summary of run %d: %w", run.N, err)
	}
	return s, nil
}

// held are the requests that stay: each is taken up again by every later run
// until it is decided.
func held(s *invoicing.Settlement) []invoicing.Request {
	var out []invoicing.Request
	for i := range s.Decisions {
		if s.Decisions[i].Outcome == invoicing.Held {
			out = append(out, s.Decisions[i].Request)
		}
	}
	return out
}
