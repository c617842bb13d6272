package ledger

import (
	"context"
	"fmt"
	"os"
	"strconv"
)

// shelves is the list of segments that hold the state, by shelf, oldest first.
type shelves map[shelf][]*segment

// segments reads the list as of the last commit, or of the transaction q.
func (l *Ledger) segments(ctx context.Context, q querier) (shelves, error) {
	rows, err := q.QueryContext(ctx, "SELECT id, shelf, run, items, bytes, hash FROM segment ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("reading the list of segments: %w", err)
	}
	defer rows.Close()
	all := shelves{}
	for rows.Next() {
		s, hash := &segment{}, ""
		if err := rows.Scan(&s.id, &s.shelf, &s.run, &s.items, &s.bytes, &hash); err != nil {
			return nil, fmt.Errorf("reading the list of segments: %w", err)
		}
		if s.hash, err = strconv.ParseUint(hash, 16, 64); err != nil {
			return nil, fmt.Errorf("segment %d has the hash %q: the ledger is damaged; restore it from a copy", s.id, hash)
		}
		s.path = segmentPath(l.segmentFolder(), s.id)
		all[s.shelf] = append(all[s.shelf], s)
	}
	return all, rows.Err()
}

// open begins a walk over a shelf.
func (s shelves) open(x shelf) (*cursor, error) { return newCursor(s[x]) }

// removeIfThere removes a file that may be gone already.
func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}
