package ledger

import (
	"bytes"
	"context"
	"errors"
)

// errStop ends a walk early; it is no error of the walk.
var errStop = errors.New("stop")

// walk calls a function with every item of a shelf whose key begins with prefix.
func (l *Ledger) walk(s shelf, prefix []byte, visit func(key, value []byte) error) error {
	all, err := l.segments(context.Background(), l.db)
	if err != nil {
		return err
	}
	c, err := all.open(s)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.walk(prefix, visit)
}

func (c *cursor) walk(prefix []byte, visit func(key, value []byte) error) error {
	for ok := c.Seek(prefix); ok && bytes.HasPrefix(c.Key(), prefix); ok = c.Next() {
		if err := visit(c.Key(), c.Value()); err != nil {
			if errors.Is(err, errStop) {
				return nil
			}
			return err
		}
	}
	return c.Err()
}
