//go:build unix

package ledger

import (
	"os"

	"golang.org/x/sys/unix"
)

func takeLock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == unix.EWOULDBLOCK {
		return errHeld
	}
	return err
}

func freeLock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_UN) }
