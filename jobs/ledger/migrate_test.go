package ledger

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"prorata/jobs/durable"
)

// What an earlier program has left is today's ledger here, and the step forward is made
// up: what is tried is that a ledger with a night on its books comes through a step whole,
// at once or not at all. TestALedgerOfSchema1GoesOn takes a real one.
func TestMigrationOfALedgerWithANight(t *testing.T) {
	l := openTest(t)
	path := l.path
	tryNight(l)
	runs, files := must(l.Runs())(t), must(l.Files(0))(t)
	if len(runs) == 0 || len(files) == 0 {
		t.Fatal("the ledger is empty")
	}
	mustDo(t, l.Close())
	today := migrations
	t.Cleanup(func() { migrations = today })
	whole := func(when string) {
		t.Helper()
		l := must(Open(path))(t)
		if again := must(l.Runs())(t); !reflect.DeepEqual(again, runs) {
			t.Errorf("%s: the runs are %+v, were %+v", when, again, runs)
		}
		if again := must(l.Files(0))(t); !reflect.DeepEqual(again, files) {
			t.Errorf("%s: the files are %+v, were %+v", when, again, files)
		}
		mustDo(t, l.Close())
	}

	migrations = append(today[:len(today):len(today)], "ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT ''; DROP TABLE nothing")
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("bringing schema %d forward", len(today))) {
		t.Errorf("a step that fails: %v", err)
	}
	migrations = today
	whole("after a step that failed in its middle")

	migrations = append(today[:len(today):len(today)], "ALTER TABLE run ADD COLUMN note TEXT NOT NULL DEFAULT ''")
	mustDo(t, must(OpenReader(path))(t).Close()) // as it is
	before := durable.Failpoint
	t.Cleanup(func() { durable.Failpoint = before })
	durable.Failpoint = func(at string) error {
		if at == durable.MigrateCommit+".before" {
			return errors.New("power cut")
		}
		return nil
	}
	if _, err := Open(path); err == nil {
		t.Error("the power cut was not seen")
	}
	durable.Failpoint = before
	whole("after a power cut and a step")
	whole("opened once more")

	migrations = today
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("it has schema %d, this program knows %d: use the program that wrote it or a newer one", len(today)+1, len(today))) {
		t.Errorf("opened by the program from before: %v", err)
	}
}

// TestANightOfSchema1ComesOutTheSame: what schema 2 keeps beside a file is no figure; a
// count of its rows is one.
func TestANightOfSchema1ComesOutTheSame(t *testing.T) {
	kept, again := openTest(t), openTest(t)
	tryNight(kept)
	tryNight(again)
	must(kept.db.Exec("ALTER TABLE file DROP COLUMN sample"))(t)
	if found := must(kept.Differences(again))(t); len(found) > 0 {
		t.Errorf("done again, it differs: %v", found)
	}
	must(kept.db.Exec("UPDATE file SET kept = kept - 1, known = known + 1 WHERE n = 1"))(t)
	if found := must(kept.Differences(again))(t); len(found) != 1 || !strings.Contains(found[0], "table file") {
		t.Errorf("a count was changed, and it is said: %v", found)
	}
}
