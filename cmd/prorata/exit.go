package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/rs/zerolog"

	"prorata/invoicing"
	"prorata/invoicing/money"
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

func (e refusedRows) Error() string {
	return invoicing.Counted(e.n, "row or file was refused", "rows or files were refused")
}

// otherVersion says that nothing was changed, but that nights come out otherwise by
// this version of the program.
type otherVersion struct{ what string }

func (e otherVersion) Error() string { return e.what }

// exit turns what a verb returned into an exit code, and tells it on stderr.
func (c *console) exit(verb string, err error) int {
	code, says, hint := ending(err)
	if says != "" {
		fmt.Fprintf(terminal{c.stderr}, "%s: %s\n", strings.TrimSpace("prorata "+verb), says)
	}
	if hint != "" {
		fmt.Fprintln(c.stderr, "hint: "+hint)
	}
	return code
}

// logFailure logs the night that failed, for whoever collects the log. Where people
// read it, what exit tells them is enough.
func (c *console) logFailure(asOf money.Date, err error) {
	code, says, hint := ending(err)
	if says == "" || c.logsToPeople {
		return
	}
	e := c.log.Error().Str(zerolog.ErrorFieldName, says).Str("job", jobs.JobNight).Int("exit_code", code)
	if !asOf.IsZero() { // it is not known where the command line is wrong
		e = e.Str("as_of", asOf.String())
	}
	if hint != "" {
		e = e.Str("hint", hint)
	}
	e.Msg("the night failed")
}

// ending is the exit code of what a verb returned, what is said of it, and what a
// person can do about it.
func ending(err error) (code int, says, hint string) {
	var usage usageError
	var refused refusedRows
	var other otherVersion
	var stopped *jobs.StoppedError
	var locked *jobs.LockedError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone, "", ""
	case errors.As(err, &refused):
		return exitRefused, "", ""
	case errors.As(err, &usage):
		return exitUsage, usage.what, ""
	case errors.As(err, &other):
		return exitOther, other.what, ""
	case errors.As(err, &locked), errors.Is(err, jobs.ErrWritten):
		return exitLocked, err.Error(), ""
	case errors.As(err, &stopped):
		return exitCanceled, stopped.Error(), ""
	case errors.Is(err, context.Canceled):
		return exitCanceled, "stopped; what was not finished is undone", ""
	case jobs.Busy(err):
		return exitLocked, err.Error(), jobs.Hint(err)
	}
	return exitFailed, err.Error(), jobs.Hint(err)
}
