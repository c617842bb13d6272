package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"

	"prorata/jobs/durable"
)

// change is one transaction over the database and the segments. Shelves is the
// state as the change sees it: that of the last commit and what it wrote itself.
type change struct {
	ctx context.Context
	l   *Ledger
	tx  *sql.Tx
	run int

	durable errgroup.Group // making files durable: the disk takes many at once

	mu      sync.Mutex
	shelves shelves
	next    int64      // id of a segment
	written []*segment // by this change
	dead    []*segment // that the commit takes off their shelves
}

// durableAtOnce is how many files are brought to disk at once: each is open meanwhile.
const durableAtOnce = 32

func (l *Ledger) begin(ctx context.Context) (*change, error) {
	if l.lock == nil {
		return nil, errors.New("the ledger is open for reading only")
	}
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("beginning a transaction of the ledger: %w", err)
	}
	c := &change{ctx: ctx, l: l, tx: tx}
	c.durable.SetLimit(durableAtOnce)
	if c.shelves, err = l.segments(ctx, tx); err == nil {
		err = tx.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'next_segment'").Scan(&c.next)
	}
	if err != nil {
		tx.Rollback()
		return nil, fmt.Errorf("beginning a transaction of the ledger: %w", err)
	}
	return c, nil
}

// write begins a new segment on a shelf.
func (c *change) write(s shelf) (*segmentWriter, error) {
	c.mu.Lock()
	id := c.next
	c.next++
	c.mu.Unlock()
	return newSegmentWriter(c.l.segmentFolder(), id, s, c.run)
}

// segment puts a segment of what fill adds on a shelf.
func (c *change) segment(s shelf, fill func(*segmentWriter) error) error {
	w, err := c.write(s)
	if err != nil {
		return err
	}
	if err := fill(w); err != nil {
		w.abandon()
		return err
	}
	return c.keep(w)
}

// keep ends a segment and puts it on its shelf; one without items is none.
func (c *change) keep(w *segmentWriter) error {
	s, err := w.finish()
	if err != nil || s == nil {
		return err
	}
	if c.l.scratch {
		err = w.f.Close()
	} else {
		c.durable.Go(w.sync)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written = append(c.written, s)
	c.shelves[s.shelf] = append(c.shelves[s.shelf], s)
	return err
}

// open begins a walk over a shelf as it is now: others may be written to meanwhile.
func (c *change) open(s shelf) (*cursor, error) {
	c.mu.Lock()
	segments := slices.Clone(c.shelves[s])
	c.mu.Unlock()
	return newCursor(segments)
}

// clear takes all segments off a shelf.
func (c *change) clear(s shelf) {
	c.takeOff(s, slices.Clone(c.shelves[s]))
}

func (c *change) takeOff(s shelf, gone []*segment) {
	c.dead = append(c.dead, gone...)
	c.shelves[s] = slices.DeleteFunc(c.shelves[s], func(x *segment) bool { return slices.Contains(gone, x) })
}

// commit makes the change durable: what it wrote is made so first, then the
// commit of the database names it. Files of segments that are named no more stay
// for those who read the state before; the sweep of a later opening takes them.
func (c *change) commit(failpoint string) error {
	if err := c.compact(); err != nil {
		return err
	}
	if err := c.durable.Wait(); err != nil {
		return err
	}
	for _, s := range c.written {
		if slices.Contains(c.dead, s) {
			continue
		}
		if _, err := c.tx.ExecContext(c.ctx, "INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?)",
			s.id, s.shelf, s.run, s.items, s.bytes, strconv.FormatUint(s.hash, 16)); err != nil {
			return fmt.Errorf("naming segment %d: %w", s.id, err)
		}
	}
	for _, s := range c.dead {
		if _, err := c.tx.ExecContext(c.ctx, "DELETE FROM segment WHERE id = ?", s.id); err != nil {
			return fmt.Errorf("taking segment %d off: %w", s.id, err)
		}
	}
	if _, err := c.tx.ExecContext(c.ctx, "UPDATE meta SET value = ? WHERE name = 'next_segment'", c.next); err != nil {
		return fmt.Errorf("counting segments: %w", err)
	}
	if err := durable.Folder(c.l.segmentFolder()); err != nil {
		return fmt.Errorf("making the names of segments durable: %w", err)
	}
	if err := durable.Step(failpoint, c.tx.Commit); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// rollback leaves the ledger as it was. It may follow a commit, and then does nothing.
func (c *change) rollback() error {
	c.durable.Wait()
	err := c.tx.Rollback()
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	for _, s := range c.written {
		err = errors.Join(err, removeIfThere(s.path))
	}
	if err != nil {
		return fmt.Errorf("rolling back: %w", err)
	}
	return nil
}
