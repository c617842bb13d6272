package ledger

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// LockedError says that another process has the ledger open for writing, or has a
// lock beside it.
type LockedError struct {
	What  string    // is locked: "ledger PATH", "the NAME of ledger PATH"
	PID   int       // of the holder; 0 where it has not yet said so
	Since time.Time // when it took the lock
}

func (e *LockedError) Error() string {
	who := "another process"
	if e.PID != 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("%s is in use by %s since %s; wait for it to end", e.What, who, e.Since.UTC().Format(time.RFC3339))
}

// errHeld is what takeLock returns where another process has the lock.
var errHeld = errors.New("held by another process")

// heldLock is a lock that this process has. The system frees it when the process
// ends, however it ends; the file itself stays.
type heldLock struct{ *os.File }

// Close frees the lock, also where a process that is just being started has the
// file still open: closing it alone would not.
func (h heldLock) Close() error { return errors.Join(freeLock(h.File), h.File.Close()) }

// lock takes the lock of something, a file.
func lock(what, path string) (io.Closer, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock of %s: %w", what, err)
	}
	if err := takeLock(f); err != nil {
		defer f.Close()
		if errors.Is(err, errHeld) {
			return nil, holder(what, f)
		}
		return nil, fmt.Errorf("locking %s: %w", what, err)
	}
	held := heldLock{f}
	if err := sign(f); err != nil {
		held.Close()
		return nil, fmt.Errorf("signing the lock of %s: %w", what, err)
	}
	return held, nil
}

// sign writes who holds the lock; the time of the writing is since when.
func sign(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

func holder(what string, f *os.File) *LockedError {
	e := &LockedError{What: what}
	if st, err := f.Stat(); err == nil {
		e.Since = st.ModTime()
	}
	text, _ := io.ReadAll(io.LimitReader(f, 32))
	e.PID, _ = strconv.Atoi(strings.TrimSpace(string(text)))
	return e
}

// Lock takes a lock of its own for something beside a ledger: PATH.NAME.lock. It
// returns a *LockedError where another process has it; closing it, or the end
// of the process, frees it.
func Lock(path, name string) (io.Closer, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	return lock(fmt.Sprintf("the %s of ledger %s", name, path), path+"."+name+lockSuffix)
}
