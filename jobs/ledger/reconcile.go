package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/invoicing/reconcile"
)

// Reconciling is the second part of settling a run: it hands out the orders that
// have news, by id, each with what is open of it, and takes what became of them,
// in the same transaction. News are the vendor's credits that the run imported,
// the credits that its settlements expect, and an expected credit that falls due.
// One goroutine calls Next; Put may be called from another, in the order of Next.
type Reconciling struct {
	w      *Work
	news   *sortedItems
	more   bool
	breaks newest
	closed newest
	out    reconciledWriters
	put    int
	handed int

	texts  texts    // of the news
	pieces []string // that lists of them are cut from
	key    []byte   // of Next
	putKey []byte   // of Put
	value  []byte
}

// reconciledWriters are the shelves that a night of the reconciliation writes.
type reconciledWriters struct {
	evidence, breaks, closed *segmentWriter
	due                      *sorter
}

// News is an order that is to be reconciled, as it is stored: Read decodes it.
type News struct {
	Order    string
	expected []string
	credits  []string
	reversed []reconcile.Reversed
	breaks   string // as it is kept; empty is none
	closed   string
}

// Items of the news: the order, and what is new of it.
const (
	newCredit = 'C'
	newDue    = 'D'
	newOwed   = 'E'
	newUndone = 'U'
)

// Reconciling begins the second part. Every group must have been put.
func (w *Work) Reconciling() (*Reconciling, error) {
	if !w.finished || len(w.open) > 0 {
		return nil, fmt.Errorf("reconciling run %d: not every group was put", w.run)
	}
	w.todo.Close()
	r := &Reconciling{w: w}
	w.reconciling = r
	if err := r.start(); err != nil {
		return nil, fmt.Errorf("beginning to reconcile run %d: %w", w.run, err)
	}
	return r, nil
}

func (r *Reconciling) start() (err error) {
	w := r.w
	if err := r.gather(); err != nil {
		return err
	}
	if r.news, err = w.out.owed.sorted(); err != nil {
		return err
	}
	r.more = r.news.Next()
	if r.breaks.c, err = w.shelves.open(onOpenBreak); err != nil {
		return err
	}
	if r.closed.c, err = w.shelves.open(onClosedMatch); err != nil {
		return err
	}
	r.out.due = w.l.newSorter(16)
	for _, x := range []struct {
		to **segmentWriter
		s  shelf
	}{{&r.out.evidence, onReconciled}, {&r.out.breaks, onOpenBreak}, {&r.out.closed, onClosedMatch}} {
		if *x.to, err = w.write(x.s); err != nil {
			return err
		}
	}
	return nil
}

// gather puts the vendor's new credits and what falls due to the credits that
// the settlements expect.
func (r *Reconciling) gather() error {
	w := r.w
	add := func(order []byte, what byte, value []byte) error {
		r.key = append(append(r.key[:0], order...), 0, what)
		return w.out.owed.add(r.key, value)
	}
	err := w.shelves.each(onNewCredit, func(key, value []byte) error {
		order, _ := takeKey(key)
		return add(order, newCredit, value)
	})
	if err != nil {
		return err
	}
	var before money.Date // the as-of date of the run before; what was due then was seen then
	row := w.tx.QueryRowContext(w.ctx, "SELECT ifnull(max(as_of), 0) FROM run WHERE n < ?", w.run)
	if err := row.Scan(&before); err != nil {
		return err
	}
	due, err := w.shelves.open(onDue)
	if err != nil {
		return err
	}
	defer due.Close()
	for ok := due.Seek(putDate(nil, before+1)); ok && takeDate(due.Key()) <= w.asOf; ok = due.Next() {
		if err := add(due.Key()[4:], newDue, nil); err != nil {
			return err
		}
	}
	return due.Err()
}

// Next returns the next orders with news, at most so many; io.EOF is the end.
func (r *Reconciling) Next(n int) ([]News, error) {
	all := make([]News, 0, n)
	for r.more && len(all) < n {
		x, err := r.next()
		if err != nil {
			return nil, fmt.Errorf("reading what is new of order %q: %w", x.Order, err)
		}
		all = append(all, x)
	}
	if len(all) == 0 {
		return nil, io.EOF
	}
	r.handed += len(all)
	return all, nil
}

func (r *Reconciling) next() (x News, err error) {
	name, _ := takeKey(r.news.Key())
	x.Order = r.texts.of(name)
	for r.more {
		order, what := takeKey(r.news.Key())
		if string(order) != x.Order {
			break
		}
		switch what[0] {
		case newOwed:
			x.expected = r.append(x.expected, r.news.Value())
		case newCredit:
			x.credits = r.append(x.credits, r.news.Value())
		case newUndone:
			x.reversed = append(x.reversed, reconcile.Reversed{Request: string(what[1:]), By: string(r.news.Value())})
		}
		r.more = r.news.Next()
	}
	if err := r.news.Err(); err != nil {
		return x, err
	}
	r.key = append(r.key[:0], x.Order...)
	for _, from := range []struct {
		shelf *newest
		to    *string
	}{{&r.breaks, &x.breaks}, {&r.closed, &x.closed}} {
		body, _, _, err := from.shelf.find(r.key)
		if err != nil {
			return x, err
		}
		*from.to = r.texts.of(body)
	}
	return x, nil
}

// append adds to a list that mostly gets one item.
func (r *Reconciling) append(list []string, item []byte) []string {
	if list == nil {
		list = pieceOf(&r.pieces, 1)[:0]
	}
	return append(list, r.texts.of(item))
}

// Read decodes what is open of the order, and what is new. The billing type is
// that of the account of its requests; 0 where there is none.
func (x *News) Read() (st reconcile.State, t policy.BillingType, expected []reconcile.Expected, credits []invoicing.VendorCredit, err error) {
	fail := func(err error) (reconcile.State, policy.BillingType, []reconcile.Expected, []invoicing.VendorCredit, error) {
		return st, t, nil, nil, fmt.Errorf("reading what is known of order %q: %w", x.Order, err)
	}
	st.Order = x.Order
	for _, kept := range []string{x.breaks, x.closed} {
		if kept == "" {
			continue
		}
		k, err := decodeReconciled(kept)
		if err != nil {
			return fail(err)
		}
		t = max(t, k.Type)
		st.Breaks, st.Closed = append(st.Breaks, k.Breaks...), append(st.Closed, k.Closed...)
	}
	expected = make([]reconcile.Expected, 0, len(x.expected))
	for _, b := range x.expected {
		o, err := takeOwed(b)
		if err != nil {
			return fail(err)
		}
		t = o.Type
		expected = append(expected, o.Expected)
	}
	credits = make([]invoicing.VendorCredit, 0, len(x.credits))
	for _, b := range x.credits {
		v, err := decodeVendorCredit(b)
		if err != nil {
			return fail(err)
		}
		credits = append(credits, v)
	}
	return st, t, expected, credits, nil
}

// Reversed are the requests on the order that the night has undone.
func (x *News) Reversed() []reconcile.Reversed { return x.reversed }

// Weighed is what became of an order, ready to be stored.
type Weighed struct {
	Order                    string
	evidence, breaks, closed []byte // nil where there is nothing new to keep
	due                      []money.Date
}

// Weigh encodes what a night says of an order: it appends to a buffer, which may be
// that of many orders, and returns it. It reads its arguments alone, so orders can
// be encoded in parallel.
func (x *News) Weigh(buf []byte, night *reconcile.Night, t policy.BillingType, asOf money.Date) (Weighed, []byte) {
	w := Weighed{Order: x.Order}
	encoded := func(r *Reconciled) []byte {
		at := len(buf)
		buf = EncodeReconciled(buf, r)
		return buf[at:len(buf):len(buf)]
	}
	if len(night.Next.Breaks) > 0 {
		w.breaks = encoded(&Reconciled{Order: x.Order, Type: t, Breaks: night.Next.Breaks})
	}
	changed := string(w.breaks) != x.breaks
	switch told := len(night.Matches)+len(night.Ended) > 0; {
	case changed && !told && w.breaks != nil:
		w.evidence = w.breaks // which says the same
	case changed || told:
		for i := range night.Matches {
			withoutFacts(night.Matches[i].Expected)
		}
		w.evidence = encoded(&Reconciled{Order: x.Order, Type: t, Matches: night.Matches, Ended: night.Ended, Breaks: night.Next.Breaks})
	}
	if !changed {
		w.breaks = nil
	} else if w.breaks == nil {
		w.breaks = []byte{}
	}
	if len(night.Next.Closed) > 0 {
		if b := encoded(&Reconciled{Order: x.Order, Type: t, Closed: night.Next.Closed}); string(b) != x.closed {
			w.closed = b
		}
	}
	for i := range night.Next.Breaks {
		b := &night.Next.Breaks[i]
		if b.Class == reconcile.NotYetDue && b.Changed == asOf && !slices.Contains(w.due, b.Expected[0].DueOn) {
			w.due = append(w.due, b.Expected[0].DueOn)
		}
	}
	return w, buf
}

// withoutFacts: what a match was computed from is on the decision.
func withoutFacts(es []reconcile.Expected) {
	for i := range es {
		es[i].Facts = nil
	}
}

// Put keeps what became of an order; orders come in the order of Next.
func (r *Reconciling) Put(x *Weighed) error {
	r.put++
	if x.evidence != nil {
		r.putKey = append(putNumber(r.putKey[:0], r.w.run), x.Order...)
		if err := r.out.evidence.add(r.putKey, x.evidence); err != nil {
			return err
		}
	}
	if err := r.keep(r.out.breaks, x.Order, x.breaks); err != nil {
		return err
	}
	if err := r.keep(r.out.closed, x.Order, x.closed); err != nil {
		return err
	}
	for _, d := range x.due {
		r.putKey = append(putDate(r.putKey[:0], d), x.Order...)
		if err := r.out.due.add(r.putKey); err != nil {
			return err
		}
	}
	return nil
}

// keep puts the newest of an order on a shelf; nil is nothing new.
func (r *Reconciling) keep(on *segmentWriter, order string, body []byte) error {
	if body == nil {
		return nil
	}
	r.putKey = append(r.putKey[:0], order...)
	r.value = append(binary.AppendUvarint(r.value[:0], uint64(weighedVersion(r.w.run, 0))), body...)
	return on.add(r.putKey, r.value)
}

// end takes the vendor's credits off the list of the new ones.
func (r *Reconciling) end() error {
	if r.more || r.put != r.handed {
		return errors.New("not every order was reconciled")
	}
	for _, w := range []**segmentWriter{&r.out.evidence, &r.out.breaks, &r.out.closed} {
		done := *w
		*w = nil
		if err := r.w.keep(done); err != nil {
			return err
		}
	}
	r.w.clear(onNewCredit)
	return r.w.shelve(onDue, r.out.due)
}

// Close removes what was not ended.
func (r *Reconciling) Close() {
	for _, v := range []*newest{&r.breaks, &r.closed} {
		if v.c != nil {
			v.c.Close()
			v.c = nil
		}
	}
	for _, w := range []**segmentWriter{&r.out.evidence, &r.out.breaks, &r.out.closed} {
		if *w != nil {
			(*w).abandon()
			*w = nil
		}
	}
	if r.out.due != nil {
		r.out.due.Close()
	}
}

// freshKey finds a vendor's credit by its order; row is its key by account.
func freshKey(b, row []byte) []byte {
	account, rest := takeKey(row)
	order, date := takeKey(rest)
	b = append(append(b[:0], order...), 0)
	return append(append(append(b, account...), 0), bytes.Clone(date)...)
}
