package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"prorata/jobs/ledger"
)

// world is a simulated clock that a schedule runs by. Sleeping moves it on.
type world struct {
	now   time.Time
	until time.Time     // then the machine is switched off
	slack time.Duration // how much later than asked a sleep ends, at most
	draw  *rand.Rand
	dead  bool   // the program was killed: it keeps nothing any more
	kept  []byte // the state of the schedule: on disk from one start to the next
}

// write keeps a state as the schedule does, but for the disk.
func (w *world) write(_ string, state any) (err error) {
	if w.dead {
		return nil
	}
	w.kept, err = json.Marshal(state)
	return err
}

func (w *world) wait(ctx context.Context, d time.Duration) error {
	w.now = w.now.Add(d)
	if w.slack > 0 {
		w.now = w.now.Add(time.Duration(w.draw.Int64N(int64(w.slack))))
	}
	if !w.now.Before(w.until) {
		return context.Canceled
	}
	return ctx.Err()
}

// nights is a job that notes the dates it was due on.
type nights struct {
	dates []string
	last  string // of them, as a ledger has it
	fail  func(date string) error
}

func (n *nights) in(zone *time.Location) func(context.Context, time.Time) error {
	return func(_ context.Context, due time.Time) error {
		date := DateIn(due, zone).String()
		if n.fail != nil {
			if err := n.fail(date); err != nil {
				return err
			}
		}
		n.dates = append(n.dates, date)
		return nil
	}
}

func simulated(t *testing.T, w *world, path, expression string, zone *time.Location, n *nights) *Schedule {
	t.Helper()
	c, err := ParseCron(expression, zone)
	if err != nil {
		t.Fatal(err)
	}
	if w.kept != nil {
		if err := os.WriteFile(schedulePath(path), w.kept, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &Schedule{Ledger: path, Now: func() time.Time { return w.now }, Wait: w.wait, Tick: 12 * time.Hour, CatchUp: 400, Log: zerolog.Nop(), write: w.write,
		Jobs: []ScheduledJob{{Name: JobNight, Cron: c, EachMissed: true, Do: n.in(zone)}}}
}

// everyDay fails where the dates are not each day from the first to the last, once, in order.
func everyDay(t *testing.T, dates []string, first, last string) {
	t.Helper()
	if len(dates) == 0 || dates[0] != first || dates[len(dates)-1] != last {
		t.Fatalf("%d nights, from %v to %v; want %s to %s", len(dates), dates[:min(1, len(dates))], dates[max(0, len(dates)-1):], first, last)
	}
	day, err := time.Parse(time.DateOnly, first)
	if err != nil {
		t.Fatal(err)
	}
	for _, date := range dates {
		if want := day.Format(time.DateOnly); date != want {
			t.Fatalf("night %s where %s was due", date, want)
		}
		day = day.AddDate(0, 0, 1)
	}
}

// killed makes nights as a ledger does, which leaves out what it has, in a program
// that now and then is killed when a night is made and the schedule does not know yet.
func (n *nights) killed(w *world, again *int) func(string) error {
	return func(date string) error {
		if k := len(n.dates); k > 0 && date <= n.dates[k-1] {
			*again++
			n.dates = n.dates[:k-1] // it is the last one: what is noted next is the same
			if date != n.last {
				return fmt.Errorf("%s is made again after %s", date, n.last)
			}
		}
		n.last = date
		if w.draw.IntN(40) == 0 {
			w.dead, w.until = true, w.now
		}
		return nil
	}
}

// In the years 2020 to 2040, in three zones, a program that is switched off now
// and then, for minutes or for weeks, or killed between a night and the note of it, by
// a clock that is set back or ahead for days, makes every night once, in order.
func TestScheduleLosesNoNightAndDoublesNone(t *testing.T) {
	for _, name := range []string{"Europe/Stockholm", "America/New_York", "Australia/Lord_Howe"} {
		t.Run(strings.ReplaceAll(name, "/", "-"), func(t *testing.T) {
			t.Parallel()
			zone := loadZone(t, name)
			w := &world{now: time.Date(2019, 12, 31, 12, 0, 0, 0, zone), slack: time.Minute, draw: rand.New(rand.NewPCG(2020, 2040))}
			end := time.Date(2041, 1, 1, 0, 0, 0, 0, zone)
			path := filepath.Join(t.TempDir(), "l.db")
			n, starts, again, set := &nights{}, 0, 0, 0
			n.fail = n.killed(w, &again)
			for w.now.Before(end) {
				w.dead = false
				w.until = w.now.Add(time.Duration(w.draw.Int64N(int64(200 * 24 * time.Hour))))
				if w.until.After(end) {
					w.until = end
				}
				if err := simulated(t, w, path, "30 2 * * *", zone, n).Run(context.Background()); err != nil {
					t.Fatal(err)
				}
				if starts++; w.until.Before(end) && !w.dead {
					w.now = w.now.Add(time.Duration(w.draw.Int64N(int64(20 * 24 * time.Hour)))) // off
				}
				if w.draw.IntN(10) == 0 && w.now.Before(end.AddDate(0, -1, 0)) {
					set++
					w.now = w.now.Add(time.Duration(w.draw.Int64N(int64(8*24*time.Hour))) - 4*24*time.Hour)
				}
			}
			w.dead, n.fail = false, nil
			if last := n.dates[len(n.dates)-1]; last != "2040-12-31" { // the machine was off at the very end
				w.until = end.Add(25 * time.Hour)
				if err := simulated(t, w, path, "30 2 * * *", zone, n).Run(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			for n.dates[len(n.dates)-1] > "2040-12-31" {
				n.dates = n.dates[:len(n.dates)-1]
			}
			everyDay(t, n.dates, "2020-01-01", "2040-12-31")
			if starts < 100 || again < 50 || set < 10 {
				t.Errorf("only %d starts, %d nights begun again, %d clocks set", starts, again, set)
			}
			t.Logf("%d nights, %d starts, %d nights begun again after a kill, %d times the clock was set", len(n.dates), starts, again, set)
		})
	}
}

// A night that fails is tried again, and those after it wait for it.
func TestScheduleTriesAFailedNightAgainInOrder(t *testing.T) {
	w := &world{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), until: time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)}
	tries := 0
	n := &nights{fail: func(date string) error {
		if date == "2026-03-05" && w.now.Before(time.Date(2026, 3, 8, 1, 0, 0, 0, time.UTC)) {
			tries++
			return errors.New("disk full")
		}
		return nil
	}}
	path := filepath.Join(t.TempDir(), "l.db")
	s := simulated(t, w, path, "30 2 * * *", time.UTC, n)
	var told []string
	s.Ended = func(job string, due time.Time, err error) {
		if err != nil {
			told = append(told, FailureNotice(job, due, err).Key)
		}
	}
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	everyDay(t, n.dates, "2026-03-02", "2026-03-11")
	if tries < 60 || tries > 80 {
		t.Errorf("tried %d times in three days; want about once an hour", tries)
	}
	for _, key := range told {
		if key != told[0] {
			t.Errorf("the same failure is told as %s and as %s", told[0], key)
		}
	}
}

// A clock that goes back is told once, and no night is made twice.
func TestScheduleNoticesAClockThatGoesBack(t *testing.T) {
	w := &world{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), until: time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)}
	n, backs := &nights{}, 0
	path := filepath.Join(t.TempDir(), "l.db")
	s := simulated(t, w, path, "30 2 * * *", time.UTC, n)
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.now, w.until = time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	s = simulated(t, w, path, "30 2 * * *", time.UTC, n)
	s.Back = func(by time.Duration) {
		if backs++; by < 48*time.Hour || by > 61*time.Hour {
			t.Errorf("it went back by %s", by)
		}
	}
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	everyDay(t, n.dates, "2026-03-02", "2026-03-10")
	if backs != 1 {
		t.Errorf("told %d times", backs)
	}
}

// A job that is new when the clock goes back is due from then on, as any that is new:
// what moves another job back does not make it one that was due since the year 1.
func TestScheduleBeginsANewJobWhereTheClockWentBackTo(t *testing.T) {
	w := &world{now: time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC), until: time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)}
	path := filepath.Join(t.TempDir(), "l.db")
	ingest := func() *Schedule {
		s := simulated(t, w, path, "30 2 * * *", time.UTC, &nights{})
		s.Jobs[0].Name, s.Jobs[0].EachMissed = JobIngest, false
		return s
	}
	if err := ingest().Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.now, w.until = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
	s, n := ingest(), &nights{}
	s.Jobs = append(s.Jobs, simulated(t, w, path, "30 2 * * *", time.UTC, n).Jobs...)
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	everyDay(t, n.dates, "2026-03-05", "2026-03-06")
}

// A clock that jumps years ahead makes no nights: that needs a person. Where it is right, and
// the person makes the nights by hand, the schedule goes on after them.
func TestScheduleRefusesToMakeUpForTooMuch(t *testing.T) {
	w := &world{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), until: time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)}
	n := &nights{}
	path := filepath.Join(t.TempDir(), "l.db")
	if err := simulated(t, w, path, "30 2 * * *", time.UTC, n).Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.now, w.until = time.Date(2035, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2035, 1, 1, 2, 0, 0, 0, time.UTC)
	var problem error
	s := simulated(t, w, path, "30 2 * * *", time.UTC, n)
	s.Ended = func(_ string, _ time.Time, err error) { problem = err }
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(n.dates) != 2 || problem == nil || !strings.Contains(problem.Error(), "is the clock right") {
		t.Errorf("nights %v, and it was said: %v", n.dates, problem)
	}
	w.until = time.Date(2035, 1, 3, 2, 0, 0, 0, time.UTC)
	s = simulated(t, w, path, "30 2 * * *", time.UTC, n)
	s.Since = func(string) (time.Time, error) { return time.Date(2034, 12, 31, 23, 59, 59, 0, time.UTC), nil }
	s.Ended = func(_ string, _ time.Time, err error) { problem = err }
	if err := s.Run(context.Background()); err != nil || problem != nil {
		t.Errorf("%v, and it was said: %v", err, problem)
	}
	if last := n.dates[len(n.dates)-1]; last != "2035-01-02" {
		t.Errorf("the last night is %s", last)
	}
}

// A schedule without a state that begins while the ledger cannot be read ends, and keeps
// nothing: begun again when it can be, it makes the nights that were missed.
func TestScheduleWaitsForTheLedger(t *testing.T) {
	w := &world{now: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), until: time.Date(2026, 3, 4, 13, 0, 0, 0, time.UTC)}
	path, n := filepath.Join(t.TempDir(), "l.db"), &nights{}
	unreadable := errors.New("opening the ledger: permission denied")
	s := simulated(t, w, path, "30 2 * * *", time.UTC, n)
	s.Since = func(string) (time.Time, error) { return time.Time{}, unreadable }
	if err := s.Run(context.Background()); !errors.Is(err, unreadable) {
		t.Errorf("it ends with %v", err)
	}
	s = simulated(t, w, path, "30 2 * * *", time.UTC, n)
	s.Since = func(string) (time.Time, error) { return time.Date(2026, 3, 1, 23, 59, 59, 0, time.UTC), nil }
	if err := s.Run(context.Background()); err != nil || !slices.Equal(n.dates, []string{"2026-03-02", "2026-03-03", "2026-03-04"}) {
		t.Errorf("nights %v, %v", n.dates, err)
	}
}

// Times that an interval job missed are made up for by one run; what the schedule
// of another program does is locked out.
func TestScheduleMakesUpOnceForAnInterval(t *testing.T) {
	w := &world{now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), until: time.Date(2026, 3, 1, 1, 1, 0, 0, time.UTC)}
	path := filepath.Join(t.TempDir(), "l.db")
	runs := 0
	interval := func() *Schedule {
		s := simulated(t, w, path, "*/10 * * * *", time.UTC, &nights{})
		s.Jobs[0].EachMissed, s.Jobs[0].Name = false, JobIngest
		s.Jobs[0].Do = func(context.Context, time.Time) error {
			if runs++; runs == 2 {
				var locked *ledger.LockedError
				if err := simulated(t, w, path, "*/10 * * * *", time.UTC, &nights{}).Run(context.Background()); !errors.As(err, &locked) || locked.PID == 0 {
					t.Errorf("a second schedule began: %v", err)
				}
				return errors.New("a run that fails is not tried before its next time")
			}
			return nil
		}
		return s
	}
	if err := interval().Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if runs != 6 {
		t.Errorf("%d runs in an hour, want 6", runs)
	}
	w.now, w.until = w.now.Add(72*time.Hour), w.now.Add(72*time.Hour+9*time.Minute)
	if err := interval().Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if runs < 7 || runs > 8 {
		t.Errorf("%d runs after three days off, want one more, and one if it is due", runs)
	}
}
