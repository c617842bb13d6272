package ledger

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"prorata/jobs/durable"
)

func TestASecondOpenerIsToldWhoHasIt(t *testing.T) {
	l := openTest(t)
	var locked *LockedError
	if _, err := Open(l.path); !errors.As(err, &locked) || locked.PID != os.Getpid() || locked.Since.IsZero() {
		t.Fatalf("the second opening: %v", err)
	}
	r := must(OpenReader(l.path))(t) // reading is for anyone
	mustDo(t, r.Close())
	mustDo(t, l.Close())
	mustDo(t, must(Open(l.path))(t).Close())
}

func TestANewerSchemaIsRefused(t *testing.T) {
	l := openTest(t)
	must(l.db.Exec("PRAGMA user_version = 99"))(t)
	mustDo(t, l.Close())
	for _, open := range []func(string) (*Ledger, error){Open, OpenReader} {
		if _, err := open(l.path); err == nil || !strings.Contains(err.Error(), "schema 99") {
			t.Errorf("a ledger of a newer program: %v", err)
		}
	}
}

// TestAnotherDatabaseIsRefused: it stays as it is, and nothing is laid beside it.
func TestAnotherDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	db := must(sql.Open("sqlite", path))(t)
	must(db.Exec("CREATE TABLE mine (x)"))(t)
	mustDo(t, db.Close())
	before := must(FileSum(path))(t)
	for _, open := range []func(string) (*Ledger, error){Open, OpenReader} {
		if _, err := open(path); err == nil || !strings.Contains(err.Error(), "another program") {
			t.Errorf("a database of another program: %v", err)
		}
		if after := must(FileSum(path))(t); after != before {
			t.Error("a database of another program was changed")
		}
		if beside := must(filepath.Glob(path + "?*"))(t); beside != nil {
			t.Errorf("beside a database of another program lie now %v", beside)
		}
	}
}

func TestAReaderNeedsALedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	if _, err := OpenReader(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reading where there is none: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("looking for a ledger made one")
	}
}

// TestPathsOfAnyName: the path of a ledger is no part of the language of SQLite.
func TestPathsOfAnyName(t *testing.T) {
	for _, name := range []string{"kund å?x=1.db", "100%25 #1.db", "a b&c.db"} {
		path := filepath.Join(t.TempDir(), name)
		l := must(Open(path))(t)
		night(t, l, november, file{account("BP1", "one")})
		mustDo(t, l.Close())
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

// TestACrashAtAnyFailpoint: whatever step fails, the ledger opens again with the
// state before or after the step, and the same night can be done again.
func TestACrashAtAnyFailpoint(t *testing.T) {
	defer func(old func(string) error) { durable.Failpoint = old }(durable.Failpoint)
	crash := errors.New("crash")
	var mu sync.Mutex // files are made durable in parallel
	reached := map[string]bool{}
	for _, name := range durable.OfLedger {
		for _, side := range []string{".before", ".after"} {
			l := openTest(t)
			durable.Failpoint = func(at string) error {
				mu.Lock()
				defer mu.Unlock()
				reached[at] = true
				if at == name+side {
					return crash
				}
				return nil
			}
			if name == durable.MigrateCommit {
				mustDo(t, l.Close())
				l.path += "2"
			}
			tryNight(l)
			durable.Failpoint = func(string) error { return nil }
			l.Close()
			l = must(Open(l.path))(t)
			t.Cleanup(func() { l.Close() })
			checkAfterCrash(t, l, name+side)
		}
	}
	for _, name := range durable.OfLedger {
		if name != durable.SegmentRemove && !reached[name+".before"] {
			t.Errorf("failpoint %s was never reached", name)
		}
	}
}

// tryNight does what it can of a night.
func tryNight(l *Ledger) {
	if again, err := Open(l.path); err == nil {
		again.Close()
	}
	i, err := l.BeginImport(context.Background(), Run{AsOf: november})
	if err != nil {
		return
	}
	defer i.Rollback()
	f, err := addFile(i, "rows", strings.NewReader("rows"))
	if err != nil {
		return
	}
	rows := theNight()
	for n, r := range rows {
		if r(i, source(f, n)) != nil {
			return
		}
	}
	if _, err := i.EndFile(len(rows), 0, 0, 0, nil); err != nil || i.Commit() != nil {
		return
	}
	trySettle(l)
}

func trySettle(l *Ledger) {
	w, err := l.BeginSettle(context.Background())
	if err != nil {
		return
	}
	defer w.Rollback()
	for {
		b, err := w.Next()
		if err != nil {
			break
		}
		s, states := approveAll(b)
		if w.Put(NewEntry(s, states, nil)) != nil {
			return
		}
	}
	if _, err := w.Reconciling(); err != nil {
		return
	}
	if w.Commit(nil) == nil {
		_ = l.Published(1, "folder", "manifest") // it may crash here too
	}
}

func theNight() file {
	return file{account("BP1", "one"), purchase("BP1", "o1", "2026-01-02", "10.00 USD"), request("r1", "o1", "2026-11-01")}
}

// checkAfterCrash finishes the night and looks at what it left.
func checkAfterCrash(t *testing.T, l *Ledger, at string) {
	t.Helper()
	last := must(l.LastRun())(t)
	if last.N == 0 {
		night(t, l, november, theNight())
		last.State = Imported
	}
	if last.State == Imported {
		settleAll(t, l, approveAll)
	}
	mustDo(t, l.Published(1, "folder", "manifest"))
	run, group, err := l.FindDecision("r1")
	if err != nil || run != 1 || group != "BP1" {
		t.Errorf("after a crash at %s the request is told of in run %d, group %q, %v", at, run, group, err)
	}
	night(t, l, november, file{purchase("BP1", "o2", "2026-01-03", "1.00 USD")})
	if books := settleAll(t, l, holdAll); len(books) != 0 {
		t.Errorf("after a crash at %s the request is asked again", at)
	}
	for _, s := range []string{l.segmentFolder(), l.archiveFolder()} {
		for _, e := range must(os.ReadDir(s))(t) {
			if strings.HasSuffix(e.Name(), tempSuffix) {
				t.Errorf("after a crash at %s %s is left over", at, e.Name())
			}
		}
	}
}

// TestWhatWasNotCommittedIsGone: a process that ends within an import leaves the
// state before it, and no files.
func TestWhatWasNotCommittedIsGone(t *testing.T) {
	l := openTest(t)
	night(t, l, november, theNight())
	settleAll(t, l, holdAll)
	before := len(must(os.ReadDir(l.segmentFolder()))(t))
	i := must(l.BeginImport(context.Background(), Run{AsOf: november}))(t)
	feedFile(t, i, file{purchase("BP1", "o2", "2026-11-22", "10.00 USD"), request("r2", "o2", "2026-11-22")})
	i.tx.Rollback() // the process ends here
	l = reopen(t, l)
	if after := len(must(os.ReadDir(l.segmentFolder()))(t)); after != before {
		t.Errorf("%d segments lie there, %d before", after, before)
	}
	night(t, l, november)
	books := settleAll(t, l, holdAll)
	if len(books) != 1 || len(books[0].Purchases) != 1 || len(books[0].Requests) != 1 {
		t.Errorf("the books are %+v", books)
	}
}
