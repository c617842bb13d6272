package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Damage lists, for people, where what is stored is not what was written: the
// database by its seal and by SQLite's own check, and every page of every segment
// by its hash. Empty is none. The inputs that are kept have hashes of their own
// (see Files).
func (l *Ledger) Damage(ctx context.Context) (found []string, err error) {
	broken, err := l.brokenSeal()
	if err != nil {
		return nil, fmt.Errorf("checking ledger %s: %w", l.path, err)
	}
	if broken != "" {
		found = append(found, broken)
	}
	var says string
	if err := l.db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&says); err != nil {
		says = err.Error()
	}
	if says != "ok" {
		return append(found, fmt.Sprintf("the ledger's database %s is damaged: %s; restore the ledger from a backup", l.path, says)), ctx.Err()
	}
	known, err := l.segments(ctx, l.db)
	if err != nil {
		return append(found, err.Error()), ctx.Err()
	}
	for _, list := range known {
		for _, s := range list {
			if err := s.check(); err != nil {
				found = append(found, err.Error())
			}
		}
	}
	return found, ctx.Err()
}

// check reads all of a segment.
func (s *segment) check() error {
	c, err := newCursor([]*segment{s})
	if err != nil {
		return err
	}
	defer c.Close()
	items := int64(0)
	for ok := c.Seek(nil); ok; ok = c.Next() {
		items++
	}
	if c.Err() == nil && items != s.items {
		return s.damaged(0, fmt.Sprintf("it has %d items, not %d", items, s.items))
	}
	return c.Err()
}

// compared are the tables whose rows follow from the nights, and their figures; how
// items lie in segments is none, nor is the sample of a file, which one of schema 1 has not.
var compared = []struct{ table, figures string }{
	{"run", runColumns}, {"file", fileColumns}, {"counter", "*"}, {"number_range", "*"},
}

// Differences lists, for people, the rows of the database that are others in
// another ledger: one in which the same nights were done again.
func (l *Ledger) Differences(again *Ledger) (found []string, err error) {
	for _, x := range compared {
		kept, err := l.tableRows(x.table, x.figures)
		if err != nil {
			return nil, err
		}
		redone, err := again.tableRows(x.table, x.figures)
		if err != nil {
			return nil, err
		}
		for i := range max(len(kept), len(redone)) {
			if i >= len(kept) || i >= len(redone) || kept[i] != redone[i] {
				found = append(found, fmt.Sprintf("table %s of the ledger's database %s: row %d is another than when the nights are done again", x.table, l.path, i+1))
				break
			}
		}
	}
	return found, nil
}

// tableRows are the rows of a table as text, in order.
func (l *Ledger) tableRows(table, figures string) (all []string, err error) {
	rows, err := l.db.Query("SELECT " + figures + " FROM " + table)
	if err != nil {
		return nil, fmt.Errorf("reading table %s: %w", table, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	cells := make([]sql.NullString, len(names))
	places := make([]any, len(names))
	for i := range cells {
		places[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return nil, err
		}
		var b strings.Builder
		for _, c := range cells {
			fmt.Fprintf(&b, "%q,", c.String)
		}
		all = append(all, b.String())
	}
	slices.Sort(all)
	return all, rows.Err()
}
