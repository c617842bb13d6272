package jobs

import (
	"context"
	"fmt"

	"prorata/jobs/ledger"
)

// StoppedError is of a run that a signal has stopped: it says what is kept of it.
type StoppedError struct {
	Run   int // the ledger's last; 0 where there is none
	state ledger.RunState
	err   error
}

// stopped asks a ledger what is kept.
func stopped(l *ledger.Ledger, err error) error {
	last, asked := l.LastRun()
	if asked != nil {
		return fmt.Errorf("%w: %w", context.Canceled, err)
	}
	return &StoppedError{Run: last.N, state: last.State, err: err}
}

// Error says what is kept, and what the next run does with it.
func (e *StoppedError) Error() string {
	switch e.state {
	case ledger.Imported:
		return fmt.Sprintf("stopped; what run %d has read is kept, and nothing of it is decided: the next run decides and publishes it", e.Run)
	case ledger.Settled:
		return fmt.Sprintf("stopped; run %d is decided, numbered and kept, and its reports are not published: the next run publishes them", e.Run)
	}
	return "stopped; nothing of this run is kept, and its files are where they were: the next run begins where this one did"
}

// Unwrap is a canceled context, and what failed by it.
func (e *StoppedError) Unwrap() []error { return []error{context.Canceled, e.err} }
