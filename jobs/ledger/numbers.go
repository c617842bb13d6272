package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"prorata/invoicing"
)

// Range is the numbers that a group took of a series in a run: First and the N-1
// after it; or, where Group is empty, one that an invoice from outside has.
type Range struct {
	Series   string
	Year     int
	First, N int
	Run      int
	Group    string
}

// numbering gives out the numbers of a run. They become durable with its commit.
type numbering struct {
	next    map[seriesYear]int
	outside map[seriesYear][]int // numbers that invoices from outside have, in order
	begins  map[string]int       // as Begin was told
	taken   []Range
}

type seriesYear struct {
	series string
	year   int
}

// Number takes the next number of a series in a year for a document of a group
// (DOC-1): without a gap over groups and nights, and none that an invoice from outside
// has, for no number is used twice. Groups come in the order of their ids.
func (w *Work) Number(group, series string, year int) (n int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	x, k := &w.numbers, seriesYear{series, year}
	last := &Range{}
	if len(x.taken) > 0 {
		last = &x.taken[len(x.taken)-1]
	}
	if group < last.Group || group == "" || series == "" {
		return 0, fmt.Errorf("numbering a document of series %q of %q: it comes after %s", series, group, last.Group)
	}
	n, ok := x.next[k]
	if !ok {
		if n, err = w.nextNumber(k); err != nil {
			return 0, err
		}
	}
	for out := x.outside[k]; len(out) > 0 && out[0] == n; n++ {
		out = out[1:]
		x.outside[k] = out
	}
	x.next[k] = n + 1
	if (Range{series, year, n - last.N, last.N, w.run, group}) == *last {
		last.N++
	} else {
		x.taken = append(x.taken, Range{series, year, n, 1, w.run, group})
	}
	return n, nil
}

// Begin says with which number a series begins in a year ("CN-2026"), where it
// has none yet (DOC-1); one that it does not name begins with 1. It is said
// before the first Number.
func (w *Work) Begin(firsts map[string]int) { w.numbers.begins = firsts }

func (w *Work) nextNumber(k seriesYear) (next int, err error) {
	x := &w.numbers
	if x.next == nil {
		x.next, x.outside = map[seriesYear]int{}, map[seriesYear][]int{}
	}
	next, err = w.counted(k)
	if errors.Is(err, sql.ErrNoRows) {
		next, err = max(1, x.begins[fmt.Sprintf("%s-%04d", k.series, k.year)]), nil
	}
	if err != nil {
		return 0, err
	}
	for r, err := range ranges(w.ctx, w.tx, "WHERE series = ? AND year = ? AND first >= ? AND grp = '' ORDER BY first", k.series, k.year, next) {
		if err != nil {
			return 0, err
		}
		x.outside[k] = append(x.outside[k], r.First)
	}
	return next, nil
}

// counted is the number after the last of a series and year; sql.ErrNoRows before its
// first.
func (c *change) counted(k seriesYear) (next int, err error) {
	err = c.tx.QueryRowContext(c.ctx, "SELECT next FROM counter WHERE series = ? AND year = ?", k.series, k.year).Scan(&next)
	if err != nil {
		return 0, fmt.Errorf("reading the numbers of series %s-%d: %w", k.series, k.year, err)
	}
	return next, nil
}

// fromOutside notes the number of an invoice that came in, where it is one of a series
// of ours that may yet be given: it will not be.
func (i *Import) fromOutside(number string) {
	series, year, n, ok := invoicing.ParseNumber(number)
	if !ok || year < i.new.AsOf.Year() {
		return
	}
	if i.outside == nil {
		i.outside = map[Range]bool{}
	}
	i.outside[Range{Series: series, Year: year, First: n, N: 1, Run: i.run}] = true
}

// writeOutside keeps the numbers that invoices from outside have, less those of ours.
func (i *Import) writeOutside() error {
	next := map[seriesYear]int{}
	for r := range i.outside {
		k := seriesYear{r.Series, r.Year}
		if _, asked := next[k]; !asked {
			n, err := i.counted(k)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			next[k] = n
		}
		if r.First < next[k] {
			continue
		}
		if _, err := i.tx.ExecContext(i.ctx, "INSERT OR IGNORE INTO number_range (series, year, first, n, run, grp) VALUES (?, ?, ?, 1, ?, '')",
			r.Series, r.Year, r.First, r.Run); err != nil {
			return fmt.Errorf("writing the number of an invoice from outside: %w", err)
		}
	}
	return nil
}

func (x *numbering) write(c *change) error {
	insert, err := c.tx.PrepareContext(c.ctx, "INSERT INTO number_range (series, year, first, n, run, grp) VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return fmt.Errorf("writing numbers: %w", err)
	}
	defer insert.Close()
	for _, r := range x.taken {
		if _, err := insert.ExecContext(c.ctx, r.Series, r.Year, r.First, r.N, r.Run, r.Group); err != nil {
			return fmt.Errorf("writing the numbers of %s: %w", r.Group, err)
		}
	}
	for k, next := range x.next {
		if _, err := c.tx.ExecContext(c.ctx, "INSERT OR REPLACE INTO counter VALUES (?, ?, ?)", k.series, k.year, next); err != nil {
			return fmt.Errorf("writing the numbers of series %s-%d: %w", k.series, k.year, err)
		}
	}
	return nil
}

// Ranges walks over all numbers ever given, by series, year and number.
func (l *Ledger) Ranges() iter.Seq2[Range, error] {
	return ranges(context.Background(), l.db, "ORDER BY series, year, first")
}

func ranges(ctx context.Context, db querier, which string, args ...any) iter.Seq2[Range, error] {
	return func(yield func(Range, error) bool) {
		rows, err := db.QueryContext(ctx, "SELECT series, year, first, n, run, grp FROM number_range "+which, args...)
		if err != nil {
			yield(Range{}, fmt.Errorf("reading numbers: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var r Range
			if err = rows.Scan(&r.Series, &r.Year, &r.First, &r.N, &r.Run, &r.Group); err != nil {
				break
			}
			if !yield(r, nil) {
				return
			}
		}
		if err = errors.Join(err, rows.Err()); err != nil {
			yield(Range{}, fmt.Errorf("reading numbers: %w", err))
		}
	}
}

// FindDocument returns the run and the group that a document's number was given
// in, CN-2026-000001 in any case; run 0 is a number that was never given.
func (l *Ledger) FindDocument(number string) (run int, group string, err error) {
	series, year, n, ok := invoicing.ParseNumber(number)
	if !ok {
		return 0, "", nil
	}
	const before = "WHERE series = ? AND year = ? AND first <= ? AND grp <> '' ORDER BY first DESC LIMIT 1"
	for r, err := range ranges(context.Background(), l.db, before, series, year, n) {
		if err != nil {
			return 0, "", err
		}
		if n < r.First+r.N {
			run, group = r.Run, r.Group
		}
	}
	return run, group, nil
}
