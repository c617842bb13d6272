package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"prorata/jobs/durable"
)

// program is this test binary run as prorata in a folder.
func program(t *testing.T, dir string, env []string, args ...string) (code int, said string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Args[0] = "prorata"
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// must runs a program that has to end well, with refused rows or none.
func must(t *testing.T, dir string, args ...string) {
	t.Helper()
	if code, said := program(t, dir, []string{quick}, args...); code != exitDone && code != exitRefused {
		t.Fatalf("prorata %s: exit code %d\n%s", strings.Join(args, " "), code, said)
	}
}

const quick = "PRORATA_JOBS_INGEST_QUIET_SECONDS=0"

func sampleInbox(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "inbox"), os.DirFS("../../fixtures/inbox")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// calmPasses is how often the calm night passed each failpoint.
var calmPasses = map[string]int{}

// calmNight is every byte that a night over the sample inbox publishes, made once.
var calmNight = sync.OnceValue(func() map[string]string {
	dir, err := os.MkdirTemp("", "prorata-calm-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	var counting sync.Mutex
	count := func(name string) error {
		counting.Lock()
		defer counting.Unlock()
		calmPasses[name]++
		return nil
	}
	before := durable.Failpoint
	durable.Failpoint = count
	defer func() { durable.Failpoint = before }()
	var said strings.Builder
	c := &console{stdout: &said, stderr: &said, now: time.Now, log: zerolog.Nop()}
	code := c.main(context.Background(), []string{"run", "--inbox", "../../fixtures/inbox", "--out", filepath.Join(dir, "out"),
		"--ledger", filepath.Join(dir, "prorata.db"), "--as-of", "2026-11-22", "--formats", "csv,json"})
	all, err := publishedIn(filepath.Join(dir, "out"))
	if code != exitRefused || err != nil {
		panic(fmt.Sprintf("the calm night ended with %d, %v\n%s", code, err, said.String()))
	}
	return all
})

// TestCrashOfIngest kills the program before and after every step that takes a
// file out of the inbox, and runs it again: the night is that of a calm inbox.
func TestCrashOfIngest(t *testing.T) {
	want := calmNight()
	for _, point := range slices.Concat(durable.OfIngest, []string{durable.InboxForget}) {
		for _, at := range []string{point + ".before", point + ".after:2"} {
			t.Run(at, func(t *testing.T) {
				t.Parallel()
				dir, crash := sampleInbox(t), []string{quick, "CRASH_AT=" + at}
				code, said := program(t, dir, crash, "ingest")
				night := []string{"run", "--inbox", "", "--as-of", "2026-11-22", "--formats", "csv,json"}
				if point == durable.InboxForget {
					code, said = program(t, dir, crash, night...)
				}
				if code != -1 && !(point == durable.InboxReturn && strings.HasSuffix(at, ":2")) {
					t.Errorf("nothing was killed: exit code %d\n%s", code, said)
				}
				must(t, dir, "ingest")
				must(t, dir, night...)
				compareCrash(t, want, published(t, filepath.Join(dir, "out")))
			})
		}
	}
}

// TestCrashOfCopies kills a backup, a restore and a bundle before and after they
// get their names: there is none, or a whole one.
func TestCrashOfCopies(t *testing.T) {
	dir := sampleInbox(t)
	must(t, dir, "run", "--as-of", "2026-11-22", "--formats", "csv")
	must(t, dir, "backup", "whole.tar.zst")
	for point, c := range map[string]struct {
		verb []string
		path string
	}{
		durable.BackupRename:  {[]string{"backup", "b.tar.zst"}, "b.tar.zst"},
		durable.BundleRename:  {[]string{"export", "--bundle", "b.zip"}, "b.zip"},
		durable.RestoreRename: {[]string{"restore", "whole.tar.zst", "--ledger", "restored.db"}, "restored.db.segments"},
	} {
		code, said := program(t, dir, []string{"CRASH_AT=" + point + ".before"}, c.verb...)
		if _, err := os.Stat(filepath.Join(dir, c.path)); code != -1 || err == nil {
			t.Errorf("%s.before: exit code %d, and %s is there: %v\n%s", point, code, c.path, err == nil, said)
		}
		code, said = program(t, dir, []string{"CRASH_AT=" + point + ".after"}, c.verb...)
		if _, err := os.Stat(filepath.Join(dir, c.path)); code != -1 || err != nil {
			t.Errorf("%s.after: exit code %d, %v\n%s", point, code, err, said)
		}
		code, said = program(t, dir, nil, c.verb...)
		if code != exitFailed || !strings.Contains(said, c.path+" is there already") {
			t.Errorf("%s, once more: exit code %d\n%s", point, code, said)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "restored.db")); err == nil {
		t.Error("a restore that was killed after its first name left a ledger")
	}
	if err := os.RemoveAll(filepath.Join(dir, "restored.db.segments")); err != nil {
		t.Fatal(err)
	}
	must(t, dir, "restore", "b.tar.zst", "--ledger", "restored.db")
	must(t, dir, "verify", "--ledger", "restored.db")
}

// TestCrashOfReturned kills a night before and after it lays out the first marked
// copy: the next run lays out all of them, and nothing else is left there.
func TestCrashOfReturned(t *testing.T) {
	for _, at := range []string{durable.ReturnedWrite + ".before", durable.ReturnedWrite + ".after"} {
		dir := sampleInbox(t)
		night := []string{"run", "--as-of", "2026-11-22", "--formats", "csv,xlsx"}
		if code, said := program(t, dir, []string{"CRASH_AT=" + at}, night...); code != -1 {
			t.Errorf("%s: exit code %d\n%s", at, code, said)
		}
		must(t, dir, night...)
		left, err := filepath.Glob(filepath.Join(dir, "out", "returned", "2026-11-22-001 * *.xlsx"))
		all, _ := os.ReadDir(filepath.Join(dir, "out", "returned"))
		if err != nil || len(left) != 3 || len(all) != 3 {
			t.Errorf("%s: %v, %v", at, all, err)
		}
	}
}

// TestVerifyOfARunCutOff: a run that is not published yet is no reason to distrust
// what is, and is told.
func TestVerifyOfARunCutOff(t *testing.T) {
	dir := sampleInbox(t)
	must(t, dir, "run", "--as-of", "2026-11-22", "--formats", "csv")
	if code, said := program(t, dir, []string{"CRASH_AT=" + durable.SettleCommit + ".after"}, "run", "--as-of", "2026-11-23", "--formats", "csv"); code != -1 {
		t.Fatalf("exit code %d\n%s", code, said)
	}
	if code, said := program(t, dir, nil, "verify"); code != exitDone || !strings.Contains(said, "run 2 (2026-11-23) is settled, not published: the next run finishes it") {
		t.Errorf("exit code %d\n%s", code, said)
	}
	must(t, dir, "run", "--as-of", "2026-11-23", "--formats", "csv")
	if code, said := program(t, dir, nil, "verify"); code != exitDone || strings.Contains(said, "not published") {
		t.Errorf("exit code %d\n%s", code, said)
	}
}

// TestTerminated asks the program to end at steps of a night: it does, in time,
// says what was kept, and the next run goes on from there.
func TestTerminated(t *testing.T) {
	night := []string{"run", "--as-of", "2026-11-22", "--formats", "csv,json"}
	want := calmNight()
	stopped := 0
	kept := []string{"nothing of this run is kept", "what run 1 has read is kept", "run 1 is decided, numbered and kept"}
	for _, c := range []struct {
		at   string
		kept int // at least: on a single core the signal may be seen after a later commit
	}{
		{durable.ArchiveRename + ".after", 0}, {durable.ImportCommit + ".before", 0},
		{durable.ImportCommit + ".after", 1}, {durable.SettleCommit + ".before", 1},
		{durable.SettleCommit + ".after", 2},
	} {
		at := c.at
		dir := sampleInbox(t)
		begin := time.Now()
		code, said := program(t, dir, []string{"CRASH_AT=" + at, "CRASH_BY=TERM"}, night...)
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s: it took %s to end", at, took)
		}
		if code == exitCanceled {
			says := func(what string) bool { return strings.Contains(said, what) }
			if stopped++; !slices.ContainsFunc(kept[c.kept:], says) {
				t.Errorf("%s: it says\n%s", at, said)
			}
		} else if code != exitDone && code != exitRefused {
			t.Errorf("%s: exit code %d\n%s", at, code, said)
		}
		must(t, dir, night...)
		compareCrash(t, want, published(t, filepath.Join(dir, "out")))
	}
	if stopped == 0 {
		t.Error("nothing was stopped")
	}
}

// TestDiskFull fails every durable step of a night as a full disk does: the
// program says so and publishes nothing, and the next run heals.
func TestDiskFull(t *testing.T) {
	night := []string{"run", "--as-of", "2026-11-22", "--formats", "csv,json"}
	want := calmNight()
	for _, point := range slices.Concat(durable.OfLedger, durable.OfPublish) {
		if point == durable.SegmentRemove {
			continue // the first night removes nothing
		}
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			dir := sampleInbox(t)
			code, said := program(t, dir, []string{"CRASH_AT=" + point + ".before", "CRASH_BY=ENOSPC"}, night...)
			if code != exitFailed || !strings.Contains(said, "no space left on device") {
				t.Errorf("exit code %d\n%s", code, said)
			}
			if left, err := filepath.Glob(filepath.Join(dir, "out", "20*")); err != nil || len(left) > 0 && point != durable.OutSync && point != durable.PublishedCommit {
				t.Errorf("%v is published, %v", left, err)
			}
			must(t, dir, night...)
			compareCrash(t, want, published(t, filepath.Join(dir, "out")))
		})
	}
}

// TestDiskFullOfIngest does the same where files are taken out of the inbox: what
// could not be taken is named and stays, the rest is taken, and the next ingest takes it.
func TestDiskFullOfIngest(t *testing.T) {
	for _, point := range durable.OfIngest {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			dir := sampleInbox(t)
			code, said := program(t, dir, []string{quick, "CRASH_AT=" + point + ".before", "CRASH_BY=ENOSPC"}, "ingest")
			if code != exitFailed || !strings.Contains(said, "no space left on device") || !strings.Contains(said, "taking ") {
				t.Errorf("exit code %d\n%s", code, said)
			}
			must(t, dir, "ingest")
			must(t, dir, "run", "--inbox", "", "--as-of", "2026-11-22", "--formats", "csv,json")
			compareCrash(t, calmNight(), published(t, filepath.Join(dir, "out")))
		})
	}
}

// A ledger that lacks files says what to do, and verify names them.
func TestLedgerThatLacksAFile(t *testing.T) {
	dir := sampleInbox(t)
	must(t, dir, "run", "--as-of", "2026-11-22", "--formats", "csv")
	all, err := filepath.Glob(filepath.Join(dir, "prorata.db.segments", "*.seg"))
	if err != nil || len(all) == 0 {
		t.Fatalf("%q, %v", all, err)
	}
	for _, lost := range all {
		if err := os.Rename(lost, lost+".away"); err != nil {
			t.Fatal(err)
		}
	}
	code, said := program(t, dir, nil, "run", "--as-of", "2026-11-23")
	if code != exitFailed || !strings.Contains(said, "no such file or directory; if it stays so, restore the ledger from a copy") {
		t.Errorf("exit code %d\n%s", code, said)
	}
	if code, said := program(t, dir, nil, "verify"); code != exitFailed || !strings.Contains(said, filepath.Base(all[len(all)-1])) {
		t.Errorf("verify: exit code %d\n%s", code, said)
	}
}

// TestDamagedLedger gives the program a ledger that is none, and one that was cut
// off: it says so and touches neither.
func TestDamagedLedger(t *testing.T) {
	dir := sampleInbox(t)
	must(t, dir, "run", "--as-of", "2026-11-22", "--formats", "csv")
	whole, err := os.ReadFile(filepath.Join(dir, "prorata.db"))
	if err != nil {
		t.Fatal(err)
	}
	turned := bytes.Clone(whole)
	turned[len(turned)/2] ^= 1 // most bits are none that SQLite looks at
	for name, body := range map[string][]byte{"of another program": []byte(strings.Repeat("not a database", 1000)), "cut off": whole[:len(whole)/2], "with one bit turned": turned} {
		if err := os.WriteFile(filepath.Join(dir, "prorata.db"), body, 0o600); err != nil {
			t.Fatal(err)
		}
		code, said := program(t, dir, nil, "run", "--as-of", "2026-11-23")
		if code != exitFailed || !strings.Contains(said, "hint: the ledger is damaged, or is none: move it") {
			t.Errorf("%s: exit code %d\n%s", name, code, said)
		}
		if now, err := os.ReadFile(filepath.Join(dir, "prorata.db")); err != nil || !bytes.Equal(now, body) {
			t.Errorf("%s: it was touched, %v", name, err)
		}
	}
}

// TestDatabaseGone takes a ledger's database away, or empties it: no new ledger is begun
// among the segments of the old one, which it would sweep away, and when the database is
// back the next night is that of calm.
func TestDatabaseGone(t *testing.T) {
	t.Parallel()
	dir := sampleInbox(t)
	night := []string{"run", "--as-of", "2026-11-22", "--formats", "csv,json"}
	must(t, dir, night...)
	db, away := filepath.Join(dir, "prorata.db"), filepath.Join(dir, "away.db")
	if err := os.Rename(db, away); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []func() error{func() error { return nil }, func() error { return os.WriteFile(db, nil, 0o600) }} {
		if err := gone(); err != nil {
			t.Fatal(err)
		}
		for _, verb := range [][]string{night, {"run", "--dry-run"}, {"verify"}, {"status"}} {
			code, said := program(t, dir, nil, verb...)
			if code != exitFailed || !strings.Contains(said, "its database is gone or empty") || !strings.Contains(said, "hint: the ledger is damaged, or is none: move it") {
				t.Errorf("%v: exit code %d\n%s", verb, code, said)
			}
		}
	}
	if err := os.Rename(away, db); err != nil {
		t.Fatal(err)
	}
	must(t, dir, "verify")
	must(t, dir, night...)
	compareCrash(t, calmNight(), published(t, filepath.Join(dir, "out")))
}

// TestRestoredLedgerGivesNoNumberTwice restores the backup from before a night whose
// documents are out. A later night would give their numbers again, to other documents,
// and is refused before anything is read. Once that night is made again, with its own
// files, the later one goes on, with the next numbers.
func TestRestoredLedgerGivesNoNumberTwice(t *testing.T) {
	t.Parallel()
	dir := sampleInbox(t)
	night := func(asOf, inbox string) []string {
		return []string{"run", "--as-of", asOf, "--inbox", inbox, "--formats", "csv"}
	}
	must(t, dir, night("2026-11-22", "inbox")...)
	must(t, dir, "backup", "before.tar.zst")
	for i, order := range []string{"4f4507a0-1347-5016-8828-d4873dd4b5b9", "be21b7b8-6fb3-596a-8c48-0d6926e21042"} {
		inbox := filepath.Join(dir, fmt.Sprint("inbox-", i))
		row := fmt.Sprintf("RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequesterRole\nLATE-%d,2026-11-22,Refund,%s,1,AdminAgent\n", i, order)
		if err := errors.Join(os.Mkdir(inbox, 0o755), os.WriteFile(filepath.Join(inbox, "requests.csv"), []byte(row), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	must(t, dir, night("2026-11-23", "inbox-0")...)
	out := published(t, filepath.Join(dir, "out"))
	for _, suffix := range []string{"", ".segments", ".archive", ".lock"} {
		if err := os.RemoveAll(filepath.Join(dir, "prorata.db"+suffix)); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(when string) {
		t.Helper()
		code, said := program(t, dir, nil, night("2026-11-24", "inbox-1")...)
		if code != exitFailed || !strings.Contains(said, "would give its numbers again") || !strings.Contains(said, "(--as-of 2026-11-2") {
			t.Errorf("%s: exit code %d\n%s", when, code, said)
		}
		compareCrash(t, out, published(t, filepath.Join(dir, "out")))
	}
	refused("with an empty ledger")
	for _, suffix := range []string{"", ".segments", ".archive"} {
		if err := os.RemoveAll(filepath.Join(dir, "prorata.db"+suffix)); err != nil {
			t.Fatal(err)
		}
	}
	must(t, dir, "restore", "before.tar.zst")
	refused("with the backup")
	must(t, dir, night("2026-11-23", "inbox-0")...)
	compareCrash(t, out, published(t, filepath.Join(dir, "out")))
	must(t, dir, night("2026-11-24", "inbox-1")...)
	first, second := out["2026-11-23-001/documents.csv"], published(t, filepath.Join(dir, "out"))["2026-11-24-001/documents.csv"]
	if !strings.Contains(first, "CN-2026-000035") || !strings.Contains(second, "CN-2026-000036") || strings.Contains(second, "CN-2026-000035") {
		t.Errorf("the two nights gave\n%s\n%s", first, second)
	}
	must(t, dir, "verify")
}
