package ledger

import (
	"errors"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Hint is what a person can do about an error of a ledger, or of the disk below
// it; empty where the error says it itself.
func Hint(err error) string {
	code := 0
	if of := (*sqlite.Error)(nil); errors.As(err, &of) {
		code = of.Code() & 0xff // the rest says where
	}
	switch {
	case code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB:
		return "the ledger is damaged, or is none: move it and what lies beside it away, and restore the last backup (prorata restore)"
	case code == sqlite3.SQLITE_FULL || errors.Is(err, syscall.ENOSPC):
		return "the disk is full: free space and run again; the next run goes on from what is kept"
	case code == sqlite3.SQLITE_READONLY || errors.Is(err, fs.ErrPermission):
		return "the user who runs prorata needs to read the inbox, and to write where the ledger and the reports are"
	}
	return ""
}
