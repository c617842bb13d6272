//go:build unix

package ledger

import (
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
