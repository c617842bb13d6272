package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"prorata/jobs/durable"
)

// applicationID marks a database as a ledger ("prrt"), for Open and for file(1).
const applicationID = 0x70727274

// oldestRead is the oldest schema that has all that reading asks for, so that a backup,
// or what explains a figure, needs no night first.
const oldestRead = 1

// migrations[n] takes a database from schema n to n+1. They are only added to.
var migrations = []string{`
CREATE TABLE run (
	n               INTEGER PRIMARY KEY,
	as_of           INTEGER NOT NULL, -- days since 1899-12-31
	state           TEXT NOT NULL CHECK (state IN ('imported', 'settled', 'published')),
	folder          TEXT NOT NULL DEFAULT '',
	terms           TEXT NOT NULL DEFAULT '',
	version         TEXT NOT NULL DEFAULT '',
	summary         BLOB,
	manifest_sha256 TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE file (
	n       INTEGER PRIMARY KEY,
	run     INTEGER NOT NULL REFERENCES run,
	name    TEXT NOT NULL,
	kinds   TEXT NOT NULL,
	sha256  TEXT NOT NULL UNIQUE,
	size    INTEGER NOT NULL,
	rows    INTEGER NOT NULL,
	kept    INTEGER NOT NULL,
	known   INTEGER NOT NULL,
	ignored INTEGER NOT NULL,
	refused INTEGER NOT NULL,
	CHECK (rows = kept + known + ignored + refused) -- OUT-8 (g)
) STRICT;
CREATE INDEX file_of_run ON file (run);
CREATE TABLE counter (
	series TEXT NOT NULL,
	year   INTEGER NOT NULL,
	next   INTEGER NOT NULL,
	PRIMARY KEY (series, year)
) STRICT, WITHOUT ROWID;
CREATE TABLE number_range ( -- the numbers that a group took in a run: first, ..., first + n - 1
	series TEXT NOT NULL,
	year   INTEGER NOT NULL,
	first  INTEGER NOT NULL,
	n      INTEGER NOT NULL CHECK (n > 0),
	run    INTEGER NOT NULL REFERENCES run,
	grp    TEXT NOT NULL,
	PRIMARY KEY (series, year, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX number_range_of_run ON number_range (run, grp);
CREATE TABLE segment (
	id    INTEGER PRIMARY KEY,
	shelf INTEGER NOT NULL,
	run   INTEGER NOT NULL,
	items INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	hash  TEXT NOT NULL -- of its directory
) STRICT;
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('next_segment', 1);
`, `
ALTER TABLE file ADD COLUMN sample INTEGER; -- a check sum; of files of schema 1 there is none
`, `
-- Standings have an account's billing type in place of its limit, and there are reasons
-- that programs of schema 2 do not know.
`}

// schema reads which schema a database has; 0 is an empty one.
func (l *Ledger) schema() (version int, err error) {
	var id, tables int
	row := l.db.QueryRow("SELECT (SELECT * FROM pragma_application_id), (SELECT * FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)")
	if err := row.Scan(&id, &version, &tables); err != nil {
		return 0, fmt.Errorf("reading its schema: %w", err)
	}
	if id != applicationID && tables > 0 {
		return 0, errors.New("it is a database of another program: name the ledger with --ledger")
	}
	return version, nil
}

// checkSchema refuses a database that is newer than this program, or older than a schema.
func (l *Ledger) checkSchema(oldest int) error {
	version, err := l.schema()
	switch {
	case err != nil:
		return err
	case version > len(migrations):
		return fmt.Errorf("it has schema %d, this program knows %d: use the program that wrote it or a newer one", version, len(migrations))
	case version < oldest:
		return fmt.Errorf("it has schema %d, this program needs %d: a run brings it forward", version, oldest)
	}
	return nil
}

// migrate brings an older schema forward; a newer one is refused.
func (l *Ledger) migrate() error {
	version, err := l.schema()
	if err != nil {
		return err
	}
	if _, err := l.db.Exec("PRAGMA journal_mode = WAL"); err != nil { // it stays so in the file
		return fmt.Errorf("giving it a log: %w", err)
	}
	for ; version < len(migrations); version++ {
		if err := l.step(version); err != nil {
			return fmt.Errorf("bringing schema %d forward: %w", version, err)
		}
	}
	return l.checkSchema(len(migrations))
}

func (l *Ledger) step(version int) error {
	tx, err := l.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.Exec(migrations[version]); err != nil {
		return err
	}
	if _, err := tx.Exec(fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version+1)); err != nil {
		return err
	}
	return durable.Step(durable.MigrateCommit, tx.Commit)
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// scanner is a row of an answer.
type scanner interface{ Scan(...any) error }

// queried is all rows of an answer.
func queried[T any](q querier, scan func(scanner) (T, error), query string, args ...any) (all []T, err error) {
	rows, err := q.QueryContext(context.Background(), query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		x, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, rows.Err()
}
