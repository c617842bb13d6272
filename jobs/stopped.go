package jobs

import (
	"context"
	"fmt"

	"prorata/jobs/ledger"
)

// StoppedError is of a job that a signal has stopped: it says what is kept of it.
type StoppedError struct {
	kept string
	err  error
}

// stopped asks a ledger what is kept of a run, and what the next does with it.
func stopped(l *ledger.Ledger, err error) error {
	last, asked := l.LastRun()
	if asked != nil {
		return fmt.Errorf("%w: %w", context.Canceled, err)
	}
	kept := "nothing of this run is kept, and its files are where they were: the next run begins where this one did"
	switch last.State {
	case ledger.Imported:
		kept = fmt.Sprintf("what run %d has read is kept, and nothing of it is decided: the next run decides and publishes it", last.N)
	case ledger.Settled:
		kept = unpublished(last)
	}
	return &StoppedError{kept, err}
}

// failed says of a run that fails when it is decided already that it is.
func failed(l *ledger.Ledger, err error) error {
	if last, asked := l.LastRun(); asked == nil && last.State == ledger.Settled {
		return fmt.Errorf("%w; %s", err, unpublished(last))
	}
	return err
}

func unpublished(run ledger.Run) string {
	return fmt.Sprintf("run %d is decided, numbered and kept, and its reports are not published: the next run publishes them", run.N)
}

// Error says what is kept.
func (e *StoppedError) Error() string { return "stopped; " + e.kept }

// Unwrap is a canceled context, and what failed by it.
func (e *StoppedError) Unwrap() []error { return []error{context.Canceled, e.err} }
