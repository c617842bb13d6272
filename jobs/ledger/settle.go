package ledger

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs/durable"
)

// Work is the second step of a run: it hands out what is to be decided, group by
// group, and takes what was decided, until one commit settles the run. One
// goroutine calls Next; Number and Put may be called meanwhile from others, in
// the order of the groups.
type Work struct {
	*change
	asOf          money.Date
	oldestRequest money.Date // of those that are due; zero is none

	named named   // what the Withdraws and Reverses of the night name
	todo  *sorter // the work list
	items *sortedItems
	more  bool
	books *bookReader

	mu       sync.Mutex
	open     map[string]*handed // groups handed out and not yet put
	handed   int
	finished bool     // Next has given them all
	decided  []uint64 // a bit for each pending request, by its place
	out      *settled
	numbers  numbering
	done     bool

	reconciling *Reconciling // the second part; nil before it
}

// handed is what Put needs to know of a group again.
type handed struct {
	places map[string]int    // of its requests on the shelf of the pending ones
	ahead  int               // requests dated after the as-of date, which only a Withdraw can end
	states map[string]uint64 // hashes of its accounts' books as stored; 0 is none
}

// BeginSettle begins to settle the run that is imported.
func (l *Ledger) BeginSettle(ctx context.Context) (*Work, error) {
	c, err := l.begin(ctx)
	if err != nil {
		return nil, err
	}
	w := &Work{change: c, open: map[string]*handed{}}
	if err := w.start(); err != nil {
		w.free()
		c.rollback()
		return nil, fmt.Errorf("beginning to settle: %w", err)
	}
	return w, nil
}

func (w *Work) start() error {
	last, err := lastRun(w.ctx, w.tx)
	if err != nil {
		return err
	}
	if last.State != Imported {
		return fmt.Errorf("run %d is not one that is imported and waits to be settled", last.N)
	}
	var open int
	if err := w.tx.QueryRowContext(w.ctx, "SELECT count(*) FROM run WHERE state = ?", Settled).Scan(&open); err != nil {
		return err
	}
	if open > 0 {
		return fmt.Errorf("the run before run %d is not published: publish it first", last.N)
	}
	w.run, w.asOf = last.N, last.AsOf
	w.todo = w.l.newSorter(2)
	if err := w.list(); err != nil {
		return err
	}
	if w.items, err = w.todo.sorted(); err != nil {
		return err
	}
	w.more = w.items.Next()
	if w.books, err = newBookReader(w.shelves, w.asOf); err != nil {
		return err
	}
	w.out, err = newSettled(w.change)
	return err
}

// Market returns the prices, and the rates that requests of this night may need.
func (w *Work) Market() (*invoicing.Market, error) { return w.shelves.market(w.earliestRate()) }

// market reads all prices, and the rates from a day on.
func (s shelves) market(from money.Date) (*invoicing.Market, error) { return s.marketUpTo(from, 0) }

// marketUpTo leaves out what later runs have told; run 0 is none of them.
func (s shelves) marketUpTo(from money.Date, run int) (*invoicing.Market, error) {
	prices, err := readUpTo(s, onPrice, nil, run, func(b string, src invoicing.Source) (invoicing.Price, error) {
		p, err := decodePrice(b)
		p.Source = src
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the prices: %w", err)
	}
	rates, err := s.ratesUpTo(from, run)
	if err != nil {
		return nil, err
	}
	return invoicing.NewMarket(prices, rates), nil
}

// ratesUpTo reads the published rates from a day on, by date and currency, and
// leaves out what later runs have told; run 0 is none of them.
func (s shelves) ratesUpTo(from money.Date, run int) ([]invoicing.Rate, error) {
	rates, err := readUpTo(s, onRate, putDate(nil, from), run, func(b string, src invoicing.Source) (invoicing.Rate, error) {
		r, err := decodeRate(b)
		r.Source = src
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the rates: %w", err)
	}
	return rates, nil
}

// readUpTo reads the newest versions up to those of a run; run 0 is any.
func readUpTo[T any](s shelves, x shelf, from []byte, run int, decode func(string, invoicing.Source) (T, error)) ([]T, error) {
	c, err := s.open(x)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var all []T
	v := newest{c: c, max: run}
	for ok := v.Seek(from); ok; ok = v.Next() {
		src, content, err := takeSource(v.body())
		if err != nil {
			return nil, err
		}
		item, err := decode(string(content), src)
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, c.Err()
}

// Next returns what is known of the next group with something to do, in the order
// of their ids; io.EOF is the end.
func (w *Work) Next() (*invoicing.Book, error) {
	if !w.more {
		w.mu.Lock()
		w.finished = true
		w.mu.Unlock()
		if err := w.items.Err(); err != nil {
			return nil, err
		}
		return nil, io.EOF
	}
	name, _ := takeKey(w.items.Key())
	book := &invoicing.Book{Run: w.run, Group: string(name)}
	h := &handed{places: map[string]int{}, states: map[string]uint64{}}
	accounts, err := w.take(book, h)
	if err == nil {
		err = w.books.fill(book, accounts, h)
	}
	if err == nil {
		book.Earlier = w.named.earlier(book.Requests)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the book of %s: %w", book.Group, err)
	}
	w.mu.Lock()
	w.open[book.Group] = h
	w.handed++
	w.mu.Unlock()
	return book, nil
}

// take reads a group off the work list: its requests by date and id, its accounts.
func (w *Work) take(book *invoicing.Book, h *handed) (accounts []string, err error) {
	for w.more {
		name, rest := takeKey(w.items.Key())
		if string(name) != book.Group {
			break
		}
		if rest[0] == workAccount {
			accounts = append(accounts, string(rest[1:]))
		} else {
			place, row := takeUvarint(w.items.Value())
			r, err := requestRow(row, w.books.texts.of)
			if err != nil {
				return nil, err
			}
			book.Requests = append(book.Requests, r)
			h.places[r.ID] = int(place)
			if r.Date > w.asOf {
				h.ahead++
			}
		}
		w.more = w.items.Next()
	}
	return accounts, w.items.Err()
}

// Put takes what became of a group. Each of its requests is decided or held, and
// groups come in the order of their ids.
func (w *Work) Put(e Entry) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.open[e.Group]
	if h == nil {
		return fmt.Errorf("settling %s: it was not handed out, or was put before", e.Group)
	}
	if n := len(e.Decided) + len(e.Held); n > len(h.places) || n < len(h.places)-h.ahead {
		return fmt.Errorf("settling %s: %d of its requests were decided or held, it has %d", e.Group, n, len(h.places))
	}
	for _, id := range slices.Concat(e.Decided, e.Held) {
		if _, ok := h.places[id]; !ok {
			return fmt.Errorf("settling %s: request %q is not one of its own", e.Group, id)
		}
	}
	for _, id := range e.Decided {
		w.mark(h.places[id])
	}
	for n := range e.States {
		s := &e.States[n]
		s.unchanged = h.states[s.Account] == xxhash.Sum64(s.Body)
	}
	if err := w.out.put(e); err != nil {
		return fmt.Errorf("settling %s: %w", e.Group, err)
	}
	delete(w.open, e.Group)
	return nil
}

func (w *Work) mark(place int) {
	for len(w.decided) <= place/64 {
		w.decided = append(w.decided, 0)
	}
	w.decided[place/64] |= 1 << (place % 64)
}

func (w *Work) isDecided(place int) bool {
	return place/64 < len(w.decided) && w.decided[place/64]&(1<<(place%64)) != 0
}

// Commit settles the run. Summary is kept with it, as Run.Summary. Every group
// must have been handed out and put.
func (w *Work) Commit(summary []byte) error {
	defer w.free()
	if !w.finished || len(w.open) > 0 {
		return fmt.Errorf("settling run %d: not every group was put", w.run)
	}
	if err := w.finish(summary); err != nil {
		w.rollback()
		return fmt.Errorf("settling run %d: %w", w.run, err)
	}
	w.done = true
	return nil
}

func (w *Work) finish(summary []byte) error {
	if err := w.out.end(); err != nil {
		return err
	}
	if err := w.keepPending(); err != nil {
		return err
	}
	if w.reconciling == nil {
		return errors.New("it was not reconciled")
	}
	if err := w.reconciling.end(); err != nil {
		return err
	}
	w.clear(onTouched)
	w.clear(onNewOpening)
	if err := w.numbers.write(w.change); err != nil {
		return err
	}
	if _, err := w.tx.ExecContext(w.ctx, "UPDATE run SET state = ?, summary = ? WHERE n = ?", Settled, summary, w.run); err != nil {
		return fmt.Errorf("writing the run: %w", err)
	}
	return w.commit(durable.SettleCommit)
}

// keepPending replaces the undecided requests by those that still are.
func (w *Work) keepPending() error {
	if len(w.decided) == 0 {
		return nil
	}
	c, err := w.shelves.open(onPending)
	if err != nil {
		return err
	}
	defer c.Close()
	w.clear(onPending)
	return w.segment(onPending, func(out *segmentWriter) error {
		place := 0
		return c.walk(nil, func(key, value []byte) error {
			place++
			if w.isDecided(place - 1) {
				return nil
			}
			return out.add(key, value)
		})
	})
}

// Rollback leaves the run imported. After Commit it does nothing.
func (w *Work) Rollback() error {
	if w.done {
		return nil
	}
	w.free()
	return w.rollback()
}

func (w *Work) free() {
	if w.todo != nil {
		w.todo.Close()
	}
	if w.books != nil {
		w.books.Close()
	}
	if w.reconciling != nil {
		w.reconciling.Close()
	}
	if w.out != nil {
		w.out.Close()
	}
}

// runGroup is the key of what a run wrote of a group.
func runGroup(run int, group string) []byte { return append(putNumber(nil, run), group...) }

// groupOf is the group in such a key.
func groupOf(key []byte) string { return string(key[4:]) }

// version puts the number of a run before a value.
func version(run int, value []byte) []byte {
	return append(binary.AppendUvarint(make([]byte, 0, len(value)+4), uint64(run)), value...)
}
