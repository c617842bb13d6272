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
	code := sqliteCode(err)
	switch {
	case Busy(err):
		return "another program, not prorata, has the ledger's database open and locked: close it, and run again; prorata backup copies a ledger in use"
	case code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB || errors.As(err, new(damaged)):
		return "the ledger is damaged, or is none: move it and what lies beside it away, and restore the last backup (prorata restore)"
	case code == sqlite3.SQLITE_FULL || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return "the disk is full: free space and run again; the next run goes on from what is kept"
	case code == sqlite3.SQLITE_IOERR || errors.Is(err, syscall.EIO):
		return "the disk is full, or fails: free space, look at the system's log, and run again; the next run goes on from what is kept"
	case errors.Is(err, syscall.EROFS):
		return "the disk is mounted read only, which the system does by itself where a disk fails: mount it for writing, and run again"
	case code == sqlite3.SQLITE_CANTOPEN:
		return "name the ledger's file, not a folder, and let the user who runs prorata write where it is"
	case code == sqlite3.SQLITE_READONLY || errors.Is(err, fs.ErrPermission):
		return "the user who runs prorata needs to read the inbox, for ingest and schedule to write in it, and to write where the ledger and the reports are"
	}
	return ""
}

// Busy reports whether an error is of a database that another program than
// prorata keeps locked; where it is prorata, a *LockedError says so.
func Busy(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_BUSY }

// sqliteCode is the database's code of an error, without where; 0 for none.
func sqliteCode(err error) int {
	if of := (*sqlite.Error)(nil); errors.As(err, &of) {
		return of.Code() & 0xff
	}
	return 0
}
