package jobs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// Of a run whose reports are not published yet no report is named: there is none.
func TestStatusOfARunThatIsNotPublished(t *testing.T) {
	s := newShop(t)
	s.drop("bad.csv", badCSV)
	if err := errors.Join(os.MkdirAll(s.path("out"), 0o755), os.WriteFile(s.path("out/2026-11-22-001"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.night(s.path("inbox"), 22); err == nil {
		t.Fatal("the night was published in the place of a file")
	}
	status, err := ReadStatus(&Watch{Ledger: s.ledger(), Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	needs := strings.Join(status.Needs, "\n")
	if !strings.Contains(needs, "run 1 is settled, not published: the next run finishes it") || strings.Contains(needs, ".csv") {
		t.Errorf("needs\n%s", needs)
	}
}

// A ledger that a wrong clock has brought into the future needs a person: until
// that day no night is made.
func TestStatusTellsALedgerAheadOfTheClock(t *testing.T) {
	s := newShop(t)
	if _, err := s.night(s.path("inbox"), 22); err != nil {
		t.Fatal(err)
	}
	for day, ahead := range map[int]bool{21: true, 22: false, 23: false} {
		status, err := ReadStatus(&Watch{Ledger: s.ledger(), Now: time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC), Zone: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		told := slices.ContainsFunc(status.Needs, func(n string) bool { return strings.Contains(n, "the ledger is at 2026-11-22, after today") })
		if told != ahead {
			t.Errorf("on day %d: told %v of %q", day, told, status.Needs)
		}
	}
}

// What is to be done about a job that failed stands in the log, beside the error.
func TestAFailedJobLogsWhatToDo(t *testing.T) {
	c, err := ParseCron("30 2 * * *", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s := &Schedule{Log: zerolog.New(&log)}
	s.logEnd(&ScheduledJob{Name: JobNight, Cron: c}, time.Time{}, jobState{}, fmt.Errorf("publishing: %w", fs.ErrPermission))
	if said := log.String(); !strings.Contains(said, `"level":"error"`) || !strings.Contains(said, `"hint":"the user who runs prorata needs`) {
		t.Error(said)
	}
}
