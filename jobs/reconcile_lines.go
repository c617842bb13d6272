package jobs

import (
	"fmt"
	"iter"
	"strings"

	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
	"prorata/jobs/ledger"
)

// reconciliation is what reconciliation.csv shows of the last run: what the night
// has matched and resolved, by order, what persons accepted before it, and what
// is open.
func reconciliation(l *ledger.Ledger, run ledger.Run) iter.Seq2[*reconcile.Line, error] {
	return func(yield func(*reconcile.Line, error) bool) {
		if err := eachLine(l, run, func(line *reconcile.Line) bool { return yield(line, nil) }); err != nil {
			yield(nil, err)
		}
	}
}

func eachLine(l *ledger.Ledger, run ledger.Run, yield func(*reconcile.Line) bool) error {
	for x, err := range l.Reconciled(run.N) {
		if err != nil {
			return err
		}
		for i := range x.Matches {
			line := x.Matches[i].Line()
			if !yield(&line) {
				return nil
			}
		}
		if !yieldBreaks(x.Ended, run.AsOf, yield) {
			return nil
		}
	}
	accepted, err := l.Acceptances(run.N - 1)
	if err != nil {
		return err
	}
	for i := range accepted {
		if b := accepted[i].Break; b.Status == reconcile.Accepted && !yieldBreaks([]reconcile.Break{b}, run.AsOf, yield) {
			return nil
		}
	}
	for x, err := range l.OpenBreaks() {
		if err != nil {
			return err
		}
		if !yieldBreaks(x.Breaks, run.AsOf, yield) {
			return nil
		}
	}
	return nil
}

func yieldBreaks(breaks []reconcile.Break, asOf money.Date, yield func(*reconcile.Line) bool) bool {
	byDate := reconcile.PairedByDate(breaks)
	for i := range breaks {
		b := &breaks[i]
		for _, line := range b.Lines(asOf) {
			line.Cause = explained(line.Cause, b)
			if b.Status == reconcile.Open && byDate(b) {
				line.Cause += "; " + reconcile.ByDate
			}
			if !yield(&line) {
				return false
			}
		}
	}
	return true
}

// explained adds to a cause who resolved or accepted the break (REC-3, REC-4).
func explained(cause string, b *reconcile.Break) string {
	parts := []string{cause}
	if cause == "" {
		parts = nil
	}
	for _, a := range b.Acceptances {
		parts = append(parts, fmt.Sprintf("accepted by %s on %s: %s", a.By, a.On, a.Reason))
	}
	if by := b.EndedBy(); b.Status == reconcile.Resolved && by != "" {
		parts = append(parts, by)
	}
	return strings.Join(parts, "; ")
}
