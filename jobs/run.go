// Package jobs owns what is done, each job readable from top to bottom: the run
// (import, settle, publish), the inbox that ingest empties, the schedule with its
// notices and monitor, verify, backup and bundle; and what a verb asks of the
// ledger between two nights (explain, show, quote, compare, reconcile). It does not
// own what is decided (invoicing), how files are read or written (importers,
// exporters), nor what lasts (jobs/ledger). The wall clock is not its business:
// every job is a function of the time it is given.
//
// Invariants: a run is two transactions, import and settle; publishing is a
// function of what was committed and comes before the next settle. So a run that
// was killed is done again or published again, byte for byte.
package jobs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rs/zerolog"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs/ledger"
)

// LockedError is returned where another program has the ledger open.
type LockedError = ledger.LockedError

// Hint is what a person can do about an error; empty where it says so itself.
func Hint(err error) string { return ledger.Hint(err) }

// Busy reports whether another program than prorata keeps the ledger locked.
func Busy(err error) bool { return ledger.Busy(err) }

// Run is one night: what it reads, by what policies, and where it writes.
type Run struct {
	Inbox    string // folder with the files as they were dropped; empty where only what Ingest took is read
	Out      string // folder that gets one folder per run
	Ledger   string // the ledger's file; made where there is none
	AsOf     money.Date
	Policies policy.Chain
	Series   map[string]int // "CN-2026" to the first number of that year's series; 1 where it is not named (DOC-1)
	Formats  exporters.Formats
	Seller   exporters.Seller // who issues the documents
	Senders  Senders          // how files are read
	DryRun   bool
	Version  string   // of the program
	Progress Progress // is told how far it has come
	Log      zerolog.Logger
}

// Do runs the night. It first finishes what a killed run left: settles what was
// imported, publishes what was settled. An as-of date before that of the ledger's
// last run is an error.
func (r *Run) Do(ctx context.Context) (*Report, error) {
	if err := os.MkdirAll(filepath.Dir(r.Ledger), 0o755); err != nil {
		return nil, fmt.Errorf("making the ledger's folder: %w", err)
	}
	if r.DryRun {
		return r.rehearse(ctx)
	}
	l, err := ledger.Open(r.Ledger)
	if err != nil {
		return nil, err
	}
	report, err := r.on(ctx, l)
	switch {
	case err != nil && ctx.Err() != nil: // whatever then failed first: a commit says that its transaction is gone
		err = stopped(l, err)
	case err != nil:
		err = failed(l, err)
	}
	if closed := l.Close(); err == nil && closed != nil {
		err = fmt.Errorf("closing the ledger: %w", closed)
	}
	return report, err
}

// on runs the night on an open ledger.
func (r *Run) on(ctx context.Context, l *ledger.Ledger) (*Report, error) {
	healed, err := r.heal(ctx, l)
	if err != nil {
		return nil, err
	}
	report, err := r.night(ctx, l)
	if report != nil {
		report.Healed = healed
	}
	return report, err
}

// night is a run of its own, where nothing is left to finish.
func (r *Run) night(ctx context.Context, l *ledger.Ledger) (*Report, error) {
	last, err := l.LastRun()
	if err != nil {
		return nil, err
	}
	if r.AsOf < last.AsOf {
		return nil, fmt.Errorf("the as-of date %s is before %s, that of the last run: nights go forward only", r.AsOf, last.AsOf)
	}
	if err := r.refuseUnknownReports(l); err != nil {
		return nil, err
	}
	n, files, err := r.importInbox(ctx, l, last)
	if err != nil {
		return nil, fmt.Errorf("importing %s: %w", r.Inbox, err)
	}
	if n == 0 {
		return nothingToDo(r.AsOf, files), nil
	}
	if err := settle(ctx, l, r.Progress); err != nil {
		return nil, err
	}
	report, err := r.publish(ctx, l)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.Again {
			report.Again = append(report.Again, f.Name)
		}
	}
	return report, nil
}

// heal finishes the run that a crash left, so that it is as if there had been none,
// and returns what it then did; nil where nothing was left.
func (r *Run) heal(ctx context.Context, l *ledger.Ledger) (*Report, error) {
	last, err := l.LastRun()
	if err != nil {
		return nil, err
	}
	switch last.State {
	case ledger.Imported:
		r.Log.Warn().Int("run", last.N).Msg("the last run was cut off after its import; it is settled and published now")
		if err := settle(ctx, l, r.Progress); err != nil {
			return nil, err
		}
	case ledger.Settled:
		r.Log.Warn().Int("run", last.N).Msg("the last run was cut off before its reports were published; they are published now")
	default:
		return nil, nil
	}
	return r.publish(ctx, l)
}
