// Package ledger owns the durable state of a biller: every row that was ever
// read, once; the undecided requests; what each night settled; the books that
// follow from that; the numbers of documents; and every input by its hash. It is
// the only package that knows a database, and it decides nothing: which rows of
// one id contradict each other is its business (IMP-1, IMP-9, IMP-10), what a
// request is worth is not.
//
// Two things hold the state, and one transaction ties them. An SQLite database
// has the few rows that change: runs, files, counters, and the list of segments.
// Everything else is items (key, value) on shelves, in immutable sorted segments
// in files beside it: a segment is written and made durable before the
// transaction that names it, and counts from that commit on. So a crash at any
// moment leaves the state of the last commit, and files that nobody names, which
// the next opening sweeps away.
//
// Beside a ledger at PATH: PATH.segments/, PATH.archive/ (inputs, by SHA-256)
// and PATH.lock. A copy of the four while nothing runs is a backup.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "modernc.org/sqlite" // the driver

	"prorata/jobs/durable"
)

// Ledger is an open ledger. Reading is for any number of goroutines; one Import
// or one Work is open at a time.
type Ledger struct {
	path   string
	db     *sql.DB
	lock   io.Closer // nil in a ledger opened for reading
	memory int       // bytes that sorting may take; see budget.go
	// scratch is a ledger that is thrown away: nothing of it is made durable.
	scratch bool
}

const (
	segmentsSuffix = ".segments"
	archiveSuffix  = ".archive"
	lockSuffix     = ".lock"
	tempSuffix     = ".tmp"
	segmentSuffix  = ".seg"
)

func (l *Ledger) segmentFolder() string { return l.path + segmentsSuffix }
func (l *Ledger) archiveFolder() string { return l.path + archiveSuffix }

// Open opens the ledger at a path, creating it where there is none, for the only
// writer. It returns a *LockedError where another process has it, and an error
// where a newer program wrote it.
func Open(path string) (*Ledger, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening ledger %s: %w", path, err)
	}
	switch r, err := openReader(path, 0); { // so that nothing is laid beside what is none, or is damaged
	case err == nil:
		r.Close()
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	held, err := lock("ledger "+path, path+lockSuffix)
	if err != nil {
		return nil, err
	}
	l := &Ledger{path: path, lock: held, memory: sortMemory}
	if err := l.open(); err != nil {
		l.Close()
		return nil, fmt.Errorf("opening ledger %s: %w", path, err)
	}
	return l, nil
}

func (l *Ledger) open() error {
	if err := l.makeFolders(); err != nil {
		return err
	}
	if err := l.unseal(); err != nil {
		return err
	}
	if err := l.makeFile(); err != nil {
		return err
	}
	if err := l.connect("_txlock=immediate"); err != nil {
		return err
	}
	if err := l.migrate(); err != nil {
		return err
	}
	return l.sweep()
}

// makeFile makes the database where there is none: what it says of customers is for nobody
// else to read, as little as what lies beside it. SQLite would let everyone.
func (l *Ledger) makeFile() error {
	f, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func (l *Ledger) makeFolders() error {
	return errors.Join(os.MkdirAll(l.segmentFolder(), 0o700), os.MkdirAll(l.archiveFolder(), 0o700))
}

// OpenReader opens an existing ledger for reading, also while another process
// writes to it: what it reads is the state of the last commit.
func OpenReader(path string) (*Ledger, error) { return openReader(path, oldestRead) }

// openReader opens a ledger of a schema, or of a later one.
func openReader(path string, oldest int) (*Ledger, error) {
	if err := Exists(path); err != nil {
		return nil, err
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening ledger %s: %w", path, err)
	}
	l := &Ledger{path: path, memory: sortMemory}
	if err = l.connect("_pragma=query_only(1)"); err == nil {
		err = l.checkSchema(oldest)
	}
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("opening ledger %s: %w", path, err)
	}
	return l, nil
}

// Exists returns an error where there is no ledger at a path, for a verb that must
// not make one.
func Exists(path string) error {
	err := orphans(path)
	if err == nil {
		_, err = os.Stat(path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return missing(path)
	case err != nil:
		return fmt.Errorf("opening ledger %s: %w", path, err)
	}
	return nil
}

// orphans returns an error where segments lie beside a database that is not there, or is
// empty: a new one names none of them, so that they would be swept away.
func orphans(path string) error {
	if st, err := os.Stat(path); err == nil && st.Size() > 0 {
		return nil
	}
	entries, err := os.ReadDir(path + segmentsSuffix)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return strings.HasSuffix(e.Name(), segmentSuffix) }) {
		return nil
	}
	return damaged("its database is gone or empty, and its segments are in " + path + segmentsSuffix)
}

// missing is the path of a ledger that is not there; it is a fs.ErrNotExist.
type missing string

func (m missing) Error() string {
	return fmt.Sprintf("there is no ledger %s yet: prorata run makes it, or --ledger FILE names another", string(m))
}

func (missing) Is(target error) bool { return target == fs.ErrNotExist }

// connect opens the database; synchronous FULL makes a commit durable before it returns.
func (l *Ledger) connect(more string) error {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(l.path)}
	u.RawQuery = "_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)&" + more
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(4) // a transaction holds one; what is read beside it sees the last commit
	l.db = db
	return db.Ping()
}

// Close closes the ledger and frees its lock. What was not committed is gone.
func (l *Ledger) Close() error {
	var errs []error
	if l.db != nil {
		errs = append(errs, l.db.Close())
	}
	if l.lock != nil && l.db != nil && !l.scratch && errs[0] == nil {
		errs = append(errs, seal(l.path))
	}
	if l.lock != nil {
		errs = append(errs, l.lock.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing ledger %s: %w", l.path, err)
	}
	return nil
}

// sweep removes segments that no transaction names, and temporary files, that a
// crash has left.
func (l *Ledger) sweep() error {
	known, err := l.segments(context.Background(), l.db)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, list := range known {
		for _, s := range list {
			named[filepath.Base(s.path)] = true
		}
	}
	stray := func(name string) bool {
		return strings.HasSuffix(name, tempSuffix) || strings.HasSuffix(name, segmentSuffix) && !named[name]
	}
	for _, folder := range []string{l.segmentFolder(), l.archiveFolder()} {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if !stray(e.Name()) {
				continue
			}
			name := filepath.Join(folder, e.Name())
			if err := durable.Step(durable.SegmentRemove, func() error { return os.Remove(name) }); err != nil {
				return fmt.Errorf("removing what a crash has left: %w", err)
			}
		}
	}
	return nil
}
