//go:build unix

package ledger

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A process that is being started has all files open for a moment that the program
// has. A ledger that is closed meanwhile is free all the same.
func TestALedgerIsFreeOnceItIsClosed(t *testing.T) {
	l := openTest(t)
	inherited := must(unix.Dup(int(l.lock.(heldLock).Fd())))(t)
	defer unix.Close(inherited)
	mustDo(t, l.Close())
	mustDo(t, must(Open(l.path))(t).Close())
}

// What a ledger says of customers is for nobody else to read: neither the database nor what
// lies beside it, while it is open and afterwards.
func TestALedgerIsPrivate(t *testing.T) {
	l := openTest(t)
	look := func() {
		t.Helper()
		for _, path := range must(filepath.Glob(l.path + "*"))(t) {
			if mode := must(os.Stat(path))(t).Mode().Perm(); mode&0o077 != 0 {
				t.Errorf("%s has mode %o", filepath.Base(path), mode)
			}
		}
	}
	look()
	mustDo(t, l.Close())
	look()
}
