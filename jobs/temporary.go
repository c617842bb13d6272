package jobs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"prorata/jobs/ledger"
)

// temporaryPrefix begins the names of folders that last as long as their process.
const temporaryPrefix = ".prorata-"

// temporary makes a folder in another, for as long as remove is not called, and
// removes those that a kill has left there: a copy of a ledger is large.
func temporary(in string) (dir string, remove func(), err error) {
	if in, err = filepath.Abs(in); err == nil { // an error tells where
		dir, err = os.MkdirTemp(in, temporaryPrefix)
	}
	if err != nil {
		return "", nil, err
	}
	held, err := ledger.Lock(filepath.Join(dir, "owner"), "process")
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	if st, err := os.Stat(dir); err == nil {
		removeLeft(in, st.ModTime().Add(-time.Minute))
	}
	return dir, func() { held.Close(); os.RemoveAll(dir) }, nil
}

// temporaryBeside makes a temporary folder beside a ledger, on whose disk a copy of it has
// room, or, where nothing can be written there, where temporary files lie.
func temporaryBeside(path string) (dir string, remove func(), err error) {
	if dir, remove, err = temporary(filepath.Dir(path)); err != nil {
		return temporary(os.TempDir())
	}
	return dir, remove, nil
}

// removeLeft removes temporary folders whose process has ended. One that was made
// after a moment may not be locked yet, and what another user has left is not ours.
func removeLeft(in string, before time.Time) {
	entries, err := os.ReadDir(in)
	if err != nil {
		return
	}
	for _, e := range entries {
		dir := filepath.Join(in, e.Name())
		st, err := os.Lstat(dir)
		if err != nil || !e.IsDir() || !strings.HasPrefix(e.Name(), temporaryPrefix) || !st.ModTime().Before(before) {
			continue
		}
		if held, err := ledger.Lock(filepath.Join(dir, "owner"), "process"); err == nil {
			held.Close()
			os.RemoveAll(dir)
		}
	}
}
