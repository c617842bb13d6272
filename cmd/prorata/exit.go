package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"prorata/jobs"
)

// The exit codes.
const (
	exitDone     = 0 // done, also where there was nothing to do
	exitFailed   = 1 // failed, and nothing was published
	exitUsage    = 2 // the command line is wrong
	exitRefused  = 3 // published, with refused rows or files
	exitLocked   = 4 // the ledger is in use by another program
	exitOther    = 3 // verify: all that is kept is as it was, and this version of the program comes to something else
	exitCanceled = 1 // stopped by a signal: nothing was published
)

// usageError is a command line that cannot be carried out.
type usageError struct{ what string }

func (e usageError) Error() string { return e.what }

// refusedRows says that a run was published and that it refused rows, or files
// that could not be read whole.
type refusedRows struct{ n int }

func (e refusedRows) Error() string { return fmt.Sprintf("%d rows were refused", e.n) }

// otherVersion says that nothing was changed, but that nights come out otherwise by
// this version of the program.
type otherVersion struct{ what string }

func (e otherVersion) Error() string { return e.what }

// exit turns what a verb returned into an exit code, and tells it on stderr.
func (c *console) exit(verb string, err error) int {
	name := strings.TrimSpace("prorata " + verb)
	var usage usageError
	var refused refusedRows
	var other otherVersion
	var stopped *jobs.StoppedError
	var locked *jobs.LockedError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.As(err, &refused):
		return exitRefused
	case errors.As(err, &usage):
		fmt.Fprintf(c.stderr, "%s: %s\n", name, usage.what)
		return exitUsage
	case errors.As(err, &other):
		fmt.Fprintf(c.stderr, "%s: %s\n", name, other.what)
		return exitOther
	case errors.As(err, &locked):
		fmt.Fprintf(c.stderr, "%s: %s\n", name, err)
		return exitLocked
	case errors.As(err, &stopped):
		fmt.Fprintf(c.stderr, "%s: %s\n", name, stopped)
		return exitCanceled
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(c.stderr, "%s: stopped; what was not finished is undone\n", name)
		return exitCanceled
	}
	fmt.Fprintf(c.stderr, "%s: %s\n", name, err)
	if hint := jobs.Hint(err); hint != "" {
		fmt.Fprintln(c.stderr, "hint: "+hint)
	}
	if jobs.Busy(err) {
		return exitLocked
	}
	return exitFailed
}
