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
		kept = fmt.Sprintf("run %d is decided, numbered and kept, and its reports are not published: the next run publishes them", last.N)
	}
	return &StoppedError{kept, err}
}

// Error says what is kept.
func (e *StoppedError) Error() string { return "stopped; " + e.kept }

// Unwrap is a canceled context, and what failed by it.
func (e *StoppedError) Unwrap() []error { return []error{context.Canceled, e.err} }
