package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs/ledger"
)

// The names of the jobs of a schedule.
const (
	JobNight  = "night"  // the whole run, with the as-of date of its day
	JobIngest = "ingest" // whole files out of the inbox
	JobVerify = "verify" // everything recomputed from the inputs kept
)

// ScheduledNight is the night as a schedule makes it: its as-of date is the day
// on which it was due, however late it is made, and only whole files are read.
type ScheduledNight struct {
	Run    Run // its Inbox is empty
	Ingest *Ingest
	Zone   *time.Location
}

// Do makes the night that was due. One of a date before the ledger's last run was
// made by hand, or the clock was wrong then: there is nothing to do for it.
func (n *ScheduledNight) Do(ctx context.Context, due time.Time) (*Report, error) {
	in, err := n.Ingest.Do(ctx)
	if in != nil {
		in.LogSkipped(n.Run.Log)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		n.Run.Log.Error().Err(err).Msg("the inbox could not be read whole; the night takes what was taken before")
	}
	r := n.Run
	r.AsOf, r.Inbox = DateIn(due, n.Zone), ""
	last, err := LastNight(r.Ledger)
	if err != nil {
		return nil, err
	}
	if r.AsOf < last {
		r.Log.Info().Str("as_of", r.AsOf.String()).Str("last", last.String()).Msg("the ledger is past this night already; it is left out")
		return nothingToDo(r.AsOf, nil), nil
	}
	return r.Do(ctx)
}

// DateIn is the calendar date of a moment in a time zone.
func DateIn(t time.Time, zone *time.Location) money.Date {
	y, m, d := t.In(zone).Date()
	return money.DateOf(y, int(m), d)
}

// LastNight is the as-of date of the last run of a ledger; zero where there is none.
func LastNight(ledgerPath string) (money.Date, error) {
	l, err := ledger.OpenReader(ledgerPath)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer l.Close()
	last, err := l.LastRun()
	return last.AsOf, err
}

// NightsSince is from when on nights are due for a ledger that has no state of a
// schedule: after the day of its last run. Zero where there is no run.
func NightsSince(ledgerPath string, zone *time.Location) (time.Time, error) {
	last, err := LastNight(ledgerPath)
	if err != nil || last.IsZero() {
		return time.Time{}, err
	}
	y, m, d := last.Civil()
	return time.Date(y, time.Month(m), d+1, 0, 0, 0, 0, zone).Add(-time.Nanosecond), nil
}

// VerifyProblem is what verify found as an error; nil where every figure can be trusted,
// also where another version of the program came to it.
func (v *Verification) VerifyProblem() error {
	if len(v.Problems) == 0 {
		return nil
	}
	return fmt.Errorf("verify found %s, the first: %s; do not trust these reports before it is known why", invoicing.Counted(len(v.Problems), "problem", "problems"), v.Problems[0])
}
