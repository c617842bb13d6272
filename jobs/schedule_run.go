package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"prorata/jobs/ledger"
)

// ScheduledJob is one job of a schedule. Do is a function of the moment at which
// it was due, whenever it is really run.
type ScheduledJob struct {
	Name string
	Cron Cron
	// EachMissed says that every time that was missed is made up for, in order,
	// and that one which fails is tried again until it succeeds; otherwise one run
	// makes up for all, and the next time is the next try.
	EachMissed bool
	Do         func(ctx context.Context, due time.Time) error
}

// Schedule runs jobs at their times until its context ends. Jobs run one after
// the other, the one that was due first before the others, so that none overlaps
// with itself or with another.
type Schedule struct {
	Ledger string // its state lies beside it: LEDGER.schedule.json
	Jobs   []ScheduledJob
	Now    func() time.Time
	Wait   func(context.Context, time.Duration) error // returns after that time, or with the context's error
	Tick   time.Duration                              // the longest sleep: after it the clock is looked at again
	// CatchUp is how many times in a row of a job with EachMissed are made up for:
	// more look like a clock that is wrong, and need a person.
	CatchUp int
	// Since is from when on a job without a state is due, whatever made its runs until then;
	// zero is from now. An error ends the schedule: from now on would pass over what was missed.
	Since func(job string) (time.Time, error)
	Ended func(job string, due time.Time, err error) // is told of each run; nil tells nobody
	Back  func(by time.Duration)                     // is told once of a clock that went back; nil tells nobody
	Log   zerolog.Logger

	state scheduleState
	write func(name string, state any) error // nil is writeState; a simulation spares the disk
}

// scheduleState is what is kept of a schedule between two runs of the program.
type scheduleState struct {
	Latest time.Time           `json:"latest"` // the latest moment that the clock has shown
	Told   time.Time           `json:"told"`   // the Latest of which it was told that the clock went back behind it
	Jobs   map[string]jobState `json:"jobs"`
}

// jobState is what is kept of a job.
type jobState struct {
	Last      time.Time `json:"last"`              // the time up to which every run is made
	Started   time.Time `json:"started"`           // of the run that is or was made
	Ended     time.Time `json:"ended"`             // before Started while one is made, or was cut off
	Succeeded time.Time `json:"succeeded"`         // when one last ended well
	Problem   string    `json:"problem,omitempty"` // of the last run; empty where it ended well
	Failures  int       `json:"failures,omitempty"`
	Retry     time.Time `json:"retry"` // before which it is not tried again
}

func schedulePath(ledgerPath string) string { return ledgerPath + ".schedule.json" }

// readSchedule reads the state of the schedule of a ledger.
func readSchedule(ledgerPath string) (scheduleState, error) {
	s := scheduleState{Jobs: map[string]jobState{}}
	err := readState(schedulePath(ledgerPath), &s)
	return s, err
}

// backSlack is how far a clock may be set back without a word: what a time
// server corrects.
const backSlack = 2 * time.Minute

// Run runs the jobs until the context ends, which is no error. It returns a
// *LockedError where another schedule runs on the same ledger.
func (s *Schedule) Run(ctx context.Context) error {
	held, err := ledger.Lock(s.Ledger, "schedule")
	if err != nil {
		return fmt.Errorf("a schedule runs already: %w", err)
	}
	defer held.Close()
	if s.state, err = readSchedule(s.Ledger); err != nil {
		return err
	}
	for ctx.Err() == nil {
		now := s.Now()
		if err := s.see(now); err != nil {
			return err
		}
		job, due, next := s.first(now)
		if job != nil {
			s.run(ctx, job, due)
			continue
		}
		pause := s.Tick
		if !next.IsZero() {
			pause = min(pause, next.Sub(now))
		}
		if err := s.Wait(ctx, pause); err != nil {
			break
		}
	}
	return nil
}

// see compares the clock with the latest moment that it has shown, and gives jobs
// that are new a time from which they are due.
func (s *Schedule) see(now time.Time) error {
	changed := false
	if now.Before(s.state.Latest.Add(-backSlack)) {
		changed = s.wentBack(now)
	} else if now.After(s.state.Latest) {
		s.state.Latest = now // it becomes durable with the next run of a job
	}
	for i := range s.Jobs {
		j := &s.Jobs[i]
		if _, known := s.state.Jobs[j.Name]; known {
			continue
		}
		from := now
		if s.Since != nil && j.EachMissed {
			since, err := s.Since(j.Name)
			if err != nil {
				return fmt.Errorf("since when %s is due: %w", j.Name, err)
			}
			if !since.IsZero() {
				from = since
			}
		}
		s.state.Jobs[j.Name], changed = jobState{Last: from}, true
	}
	if changed {
		s.save()
	}
	return nil
}

// wentBack tells once that the clock went back. Jobs of which every time counts
// stay where they were: nothing is done twice. The others are due by the new time.
func (s *Schedule) wentBack(now time.Time) (changed bool) {
	for i := range s.Jobs {
		name := s.Jobs[i].Name
		was := s.state.Jobs[name]
		j := was
		if j.Last.After(now) && !s.Jobs[i].EachMissed {
			j.Last = now
		}
		if j.Retry.After(now.Add(maxRetry)) {
			j.Retry = now
		}
		if j != was {
			s.state.Jobs[name], changed = j, true
		}
	}
	if s.state.Told.Equal(s.state.Latest) {
		return changed
	}
	s.state.Told = s.state.Latest
	by := s.state.Latest.Sub(now)
	s.Log.Warn().Time("shown_before", s.state.Latest).Time("now", now).Str("back", by.String()).Msg("the clock went back; nights that were made are not made again")
	if s.Back != nil {
		s.Back(by)
	}
	return true
}

// nextDue is when a job of a schedule is due next: zero where it never is.
func (s scheduleState) nextDue(job string, c Cron, now time.Time) time.Time {
	state, known := s.Jobs[job]
	if !known {
		return c.Next(now)
	}
	if next := c.Next(state.Last); state.Retry.Before(next) {
		return next
	}
	return state.Retry
}

// first returns the job that was due first, and when; nil where none is due, with
// the moment at which the next one is.
func (s *Schedule) first(now time.Time) (first *ScheduledJob, due, next time.Time) {
	for i := range s.Jobs {
		j := &s.Jobs[i]
		state := s.state.Jobs[j.Name]
		at := j.Cron.Next(state.Last)
		if at.IsZero() {
			continue
		}
		begin := at
		if state.Retry.After(begin) {
			begin = state.Retry
		}
		switch {
		case begin.After(now):
			if next.IsZero() || begin.Before(next) {
				next = begin
			}
		case first == nil || at.Before(due):
			first, due = j, at
		}
	}
	return first, due, next
}

// run makes one run of a job and keeps what came of it.
func (s *Schedule) run(ctx context.Context, j *ScheduledJob, due time.Time) {
	state := s.state.Jobs[j.Name]
	state.Started = s.Now()
	s.state.Jobs[j.Name] = state
	s.save()
	err := s.tooMany(j, state.Last)
	if err == nil {
		err = j.Do(ctx, due)
	}
	if err != nil && ctx.Err() != nil {
		s.Log.Info().Str("job", j.Name).Time("due", due).Msg("stopped; what was not done is undone, and is made up for")
		return
	}
	state.Ended = s.Now()
	if err == nil {
		state.Succeeded, state.Problem, state.Failures, state.Retry = state.Ended, "", 0, time.Time{}
	} else {
		state.Problem = err.Error()
		state.Failures++
	}
	switch {
	case err == nil && j.EachMissed:
		state.Last = due
	case j.EachMissed:
		state.Retry = state.Ended.Add(retryAfter(state.Failures))
	case state.Ended.After(due):
		state.Last = state.Ended
	default:
		state.Last = due // the clock went back meanwhile
	}
	s.state.Jobs[j.Name] = state
	s.logEnd(j, due, state, err)
	if s.Ended != nil {
		s.Ended(j.Name, due, err)
	}
	s.save()
}

func (s *Schedule) logEnd(j *ScheduledJob, due time.Time, state jobState, err error) {
	e := s.Log.Info()
	if err != nil {
		e = s.Log.Error().Err(err).Int("failures", state.Failures)
		if hint := Hint(err); hint != "" {
			e = e.Str("hint", hint)
		}
	}
	if !state.Retry.IsZero() {
		e = e.Time("again_at", state.Retry)
	}
	e.Str("job", j.Name).Time("due", due).Int64("took_ms", state.Ended.Sub(state.Started).Milliseconds()).Time("next", j.Cron.Next(state.Last)).Msg("job " + j.Name + " ended")
}

// tooMany refuses to make up for more times than a machine is off. What a person made by
// hand meanwhile was not missed.
func (s *Schedule) tooMany(j *ScheduledJob, last time.Time) error {
	if !j.EachMissed || s.CatchUp <= 0 {
		return nil
	}
	if s.Since != nil {
		since, err := s.Since(j.Name)
		if err != nil {
			return err
		}
		if since.After(last) {
			last = since
		}
	}
	now, n := s.Now(), 0
	for at := j.Cron.Next(last); !at.IsZero() && !at.After(now); at = j.Cron.Next(at) {
		if n++; n > s.CatchUp {
			return fmt.Errorf("more than %d runs of %s were missed since %s: is the clock right, which says %s? if it is, run them by hand (prorata run --as-of DATE) or raise jobs.%s.catch_up_days",
				s.CatchUp, j.Name, last.Format(time.RFC3339), now.Format(time.RFC3339), j.Name)
		}
	}
	return nil
}

// maxRetry is the longest time until a failed run is tried again.
const maxRetry = time.Hour

func retryAfter(failures int) time.Duration {
	return min(time.Minute<<min(failures-1, 6), maxRetry)
}

// save keeps the state. Where that fails the schedule goes on by what it knows:
// a run that is made once more after a restart does nothing.
func (s *Schedule) save() {
	write := s.write
	if write == nil {
		write = writeState
	}
	if err := write(schedulePath(s.Ledger), &s.state); err != nil {
		s.Log.Error().Err(err).Msg("the state of the schedule cannot be kept")
	}
}
