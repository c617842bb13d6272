package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"prorata/invoicing/money"
	"prorata/jobs/durable"
)

// RunState is how far a run has come.
type RunState string

// The states, in their order.
const (
	Imported  RunState = "imported"  // its files are kept, nothing is decided
	Settled   RunState = "settled"   // decided, numbered and committed; its folder may be missing
	Published RunState = "published" // its folder is known to have appeared
)

// Run is one night.
type Run struct {
	N              int // from 1; BeginImport gives it
	AsOf           money.Date
	State          RunState
	Folder         string // as Published was told; empty before, and where a run wrote none
	Terms          string // as BeginImport was told: what the run was begun with, for the caller
	Version        string // of the program
	Summary        []byte // as Work.Commit was told
	ManifestSHA256 string // as Published was told
}

const runColumns = "n, as_of, state, folder, terms, version, summary, manifest_sha256"

func scanRun(row scanner) (r Run, err error) {
	err = row.Scan(&r.N, &r.AsOf, &r.State, &r.Folder, &r.Terms, &r.Version, &r.Summary, &r.ManifestSHA256)
	return r, err
}

// Runs returns all runs, oldest first.
func (l *Ledger) Runs() ([]Run, error) {
	all, err := queried(l.db, scanRun, "SELECT "+runColumns+" FROM run ORDER BY n")
	if err != nil {
		return nil, fmt.Errorf("reading the runs: %w", err)
	}
	return all, nil
}

// LastRun returns the newest run; its N is 0 where there is none.
func (l *Ledger) LastRun() (Run, error) { return lastRun(context.Background(), l.db) }

func lastRun(ctx context.Context, q querier) (Run, error) {
	r, err := scanRun(q.QueryRowContext(ctx, "SELECT "+runColumns+" FROM run ORDER BY n DESC LIMIT 1"))
	if errors.Is(err, sql.ErrNoRows) {
		return Run{}, nil
	}
	if err != nil {
		return Run{}, fmt.Errorf("reading the last run: %w", err)
	}
	return r, nil
}

// Published records that the folder of a settled run has appeared, with the
// SHA-256 of its manifest; both are empty for a run that writes none. Saying the
// same again does nothing; saying something else is an error.
func (l *Ledger) Published(run int, folder, manifestSHA256 string) error {
	tx, err := l.db.Begin()
	if err != nil {
		return fmt.Errorf("recording that run %d is published: %w", run, err)
	}
	defer tx.Rollback()
	r, err := scanRun(tx.QueryRow("SELECT "+runColumns+" FROM run WHERE n = ?", run))
	switch {
	case err != nil:
		return fmt.Errorf("recording that run %d is published: %w", run, err)
	case r.State == Imported:
		return fmt.Errorf("run %d is not settled: settle it before it is published", run)
	case r.State == Published && (r.Folder != folder || r.ManifestSHA256 != manifestSHA256):
		return fmt.Errorf("run %d was published to %q with manifest %s, not to %q with %s", run, r.Folder, r.ManifestSHA256, folder, manifestSHA256)
	case r.State == Published:
		return nil
	}
	if _, err := tx.Exec("UPDATE run SET state = ?, folder = ?, manifest_sha256 = ? WHERE n = ?", Published, folder, manifestSHA256, run); err != nil {
		return fmt.Errorf("recording that run %d is published: %w", run, err)
	}
	if err := durable.Step(durable.PublishedCommit, tx.Commit); err != nil {
		return fmt.Errorf("recording that run %d is published: %w", run, err)
	}
	return nil
}
