package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
)

// errStop ends a walk early, in each of the walks below; it is no error of the walk.
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
			return stopped(err)
		}
	}
	return c.Err()
}

// stopped is the error of a walk that a visit has ended.
func stopped(err error) error {
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// each makes a sequence of the items of a shelf whose key begins with prefix.
func each[T any](l *Ledger, s shelf, prefix []byte, read func(key, value []byte) (T, error)) iter.Seq2[T, error] {
	return sequence(read, func(visit func(key, value []byte) error) error { return l.walk(s, prefix, visit) })
}

// eachNewest makes a sequence of the newest versions on a shelf; an empty one is none.
func eachNewest[T any](l *Ledger, s shelf, read func(key, body []byte) (T, error)) iter.Seq2[T, error] {
	return sequence(read, func(visit func(key, value []byte) error) error {
		all, err := l.segments(context.Background(), l.db)
		if err != nil {
			return err
		}
		return all.eachNewest(s, func(key []byte, _ int, body []byte) error {
			if len(body) == 0 {
				return nil
			}
			return visit(key, body)
		})
	})
}

// sequence makes one of a walk.
func sequence[T any](read func(key, value []byte) (T, error), walk func(func(key, value []byte) error) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := walk(func(key, value []byte) error {
			item, err := read(key, value)
			if err == nil && !yield(item, nil) {
				err = errStop
			}
			return err
		})
		if err != nil {
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
			return stopped(err)
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
