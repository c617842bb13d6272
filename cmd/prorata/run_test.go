package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"prorata/jobs/ledger"
)

// nightAt makes a night at a moment, with the log as a format has it.
func nightAt(t *testing.T, now time.Time, format, path string, args ...string) (code int, said string) {
	t.Helper()
	return nightTo(t, io.Discard, now, format, path, args...)
}

// nightTo tells it to out.
func nightTo(t *testing.T, out io.Writer, now time.Time, format, path string, args ...string) (code int, said string) {
	t.Helper()
	var errs strings.Builder
	c := &console{stdout: out, stderr: &errs, now: func() time.Time { return now }}
	c.newLog = func(_, level string) zerolog.Logger { return c.logger(format, level) }
	args = append([]string{"run", "--inbox", t.TempDir(), "--out", t.TempDir(), "--ledger", path}, args...)
	return c.main(context.Background(), args), errs.String()
}

// A date that is later than tomorrow is allowed, and is told to be what cannot be
// taken back: today is that of the configured zone.
func TestAsOfAfterToday(t *testing.T) {
	late := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC) // in Stockholm it is the 23rd
	zone := filepath.Join(t.TempDir(), "stockholm.yaml")
	if err := os.WriteFile(zone, []byte("zone: Europe/Stockholm\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args  string
		warns bool
	}{
		{"--as-of 2062-11-22", true},
		{"--as-of 2062-11-22 --dry-run", false},
		{"--as-of 2026-11-24", true},
		{"--as-of 2026-11-23", false},
		{"--as-of 2026-11-24 --config " + zone, false},
		{"--as-of 2026-11-25 --config " + zone, true},
		{"", false},
	} {
		code, said := nightAt(t, late, "json", filepath.Join(t.TempDir(), "l.db"), strings.Fields(c.args)...)
		if warns := strings.Contains(said, `{"level":"warn","as_of":"`); code != exitDone || warns != c.warns {
			t.Errorf("%s: exit code %d, and it says\n%s", c.args, code, said)
		}
	}
}

// A night that fails, here on a ledger that another program has, is one line of the log
// for programs, with all that a person is told; in a log for people it is not told twice.
func TestFailureIsLogged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l.db")
	l, err := ledger.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	now := time.Date(2026, 11, 22, 2, 30, 0, 0, time.UTC)
	code, said := nightAt(t, now, "json", path)
	holder := fmt.Sprintf(" is in use by process %d since ", os.Getpid())
	if logged, _, _ := strings.Cut(said, "\n"); code != exitLocked || !strings.HasPrefix(logged, `{"level":"error","error":"ledger `) || !strings.Contains(logged, holder) ||
		!strings.Contains(logged, `,"job":"night","exit_code":4,"as_of":"2026-11-22",`) || !strings.HasSuffix(logged, `"message":"the night failed"}`) {
		t.Errorf("exit code %d, and the log says\n%s", code, said)
	}
	if _, said := nightAt(t, now, "console", path); strings.Count(said, "is in use by") != 1 {
		t.Errorf("a person is told\n%s", said)
	}
}

// full is where nothing more can be written.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// A night that is done and cannot be printed has not failed, and is not logged so.
func TestANightThatCannotBePrinted(t *testing.T) {
	now := time.Date(2026, 11, 22, 2, 30, 0, 0, time.UTC)
	code, said := nightTo(t, full{}, now, "json", filepath.Join(t.TempDir(), "l.db"))
	if code != exitFailed || strings.Contains(said, `"level":"error"`) || !strings.Contains(said, "the night is published") && !strings.Contains(said, "nothing to do") ||
		!strings.Contains(said, "prorata run: the night is done, and the log says what came of it, but it cannot be printed: ") {
		t.Errorf("exit code %d, and it says\n%s", code, said)
	}
}
