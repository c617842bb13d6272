package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
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

// each makes a sequence of the items of a shelf whose key begins with prefix.
func each[T any](l *Ledger, s shelf, prefix []byte, read func(key, value []byte) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		stopped := false
		err := l.walk(s, prefix, func(key, value []byte) error {
			item, err := read(key, value)
			if err != nil {
				return err
			}
			if stopped = !yield(item, nil); stopped {
				return errStop
			}
			return nil
		})
		if err != nil && !stopped {
			var none T
			yield(none, fmt.Errorf("reading the ledger: %w", err))
		}
	}
}

// each walks over a shelf.
func (s shelves) each(x shelf, visit func(key, value []byte) error) error {
	c, err := s.open(x)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.walk(nil, visit)
}

// eachNewest walks over the newest versions on a shelf.
func (s shelves) eachNewest(x shelf, visit func(key []byte, run int, body []byte) error) error {
	c, err := s.open(x)
	if err != nil {
		return err
	}
	defer c.Close()
	v := newest{c: c}
	for ok := v.Seek(nil); ok; ok = v.Next() {
		if err := visit(v.key, v.run, v.body()); err != nil {
			return err
		}
	}
	return c.Err()
}

// newestOf returns the newest version under a key, and its run; run 0 is none.
func (s shelves) newestOf(x shelf, key []byte) (body []byte, run int, err error) {
	c, err := s.open(x)
	if err != nil {
		return nil, 0, err
	}
	defer c.Close()
	v := newest{c: c}
	body, run, _, err = v.find(key)
	return body, run, err
}
