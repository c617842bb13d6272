package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// Range is the numbers that a group took of a series in a run: First and the N-1
// after it.
type Range struct {
	Series   string
	Year     int
	First, N int
	Run      int
	Group    string
}

// numbering gives out the numbers of a run. They become durable with its commit.
type numbering struct {
	next   map[seriesYear]int
	begins map[string]int // as Begin was told
	taken  []Range
}

type seriesYear struct {
	series string
	year   int
}

// Number takes the next n numbers of a series in a year for documents of a group,
// and returns the first (DOC-1): without a gap over groups and nights. Groups
// come in the order of their ids.
func (w *Work) Number(group, series string, year, n int) (first int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.numbers.taken) > 0 && group < w.numbers.taken[len(w.numbers.taken)-1].Group {
		return 0, fmt.Errorf("numbering documents of %s: it comes after %s", group, w.numbers.taken[len(w.numbers.taken)-1].Group)
	}
	if n < 1 || series == "" {
		return 0, fmt.Errorf("numbering documents of %s: %d of series %q cannot be", group, n, series)
	}
	if w.numbers.next == nil {
		w.numbers.next = map[seriesYear]int{}
	}
	k := seriesYear{series, year}
	first, ok := w.numbers.next[k]
	if !ok {
		if first, err = w.nextNumber(k); err != nil {
			return 0, err
		}
	}
	w.numbers.next[k] = first + n
	w.numbers.taken = append(w.numbers.taken, Range{series, year, first, n, w.run, group})
	return first, nil
}

// Begin says with which number a series begins in a year ("CN-2026"), where it
// has none yet (DOC-1); one that it does not name begins with 1. It is said
// before the first Number.
func (w *Work) Begin(firsts map[string]int) { w.numbers.begins = firsts }

func (w *Work) nextNumber(k seriesYear) (next int, err error) {
	row := w.tx.QueryRowContext(w.ctx, "SELECT next FROM counter WHERE series = ? AND year = ?", k.series, k.year)
	err = row.Scan(&next)
	if errors.Is(err, sql.ErrNoRows) {
		return max(1, w.numbers.begins[fmt.Sprintf("%s-%04d", k.series, k.year)]), nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the numbers of series %s-%d: %w", k.series, k.year, err)
	}
	return next, nil
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
	return func(yield func(Range, error) bool) {
		all, err := l.ranges("1", "ORDER BY series, year, first")
		if err != nil {
			yield(Range{}, err)
			return
		}
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (l *Ledger) ranges(where, order string, args ...any) ([]Range, error) {
	rows, err := l.db.QueryContext(context.Background(), "SELECT series, year, first, n, run, grp FROM number_range WHERE "+where+" "+order, args...)
	if err != nil {
		return nil, fmt.Errorf("reading numbers: %w", err)
	}
	defer rows.Close()
	var all []Range
	for rows.Next() {
		var r Range
		if err := rows.Scan(&r.Series, &r.Year, &r.First, &r.N, &r.Run, &r.Group); err != nil {
			return nil, fmt.Errorf("reading numbers: %w", err)
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading numbers: %w", err)
	}
	return all, nil
}

// FindDocument returns the run and the group that a document's number was given
// in, CN-2026-000001 in any case; run 0 is a number that was never given.
func (l *Ledger) FindDocument(number string) (run int, group string, err error) {
	series, year, n, ok := parseNumber(number)
	if !ok {
		return 0, "", nil
	}
	all, err := l.ranges("series = ? AND year = ? AND first <= ?", "ORDER BY first DESC LIMIT 1", series, year, n)
	if err != nil || len(all) == 0 || n >= all[0].First+all[0].N {
		return 0, "", err
	}
	return all[0].Run, all[0].Group, nil
}

func parseNumber(s string) (series string, year, n int, ok bool) {
	parts := strings.Split(strings.ToUpper(s), "-")
	if len(parts) != 3 || parts[0] == "" {
		return "", 0, 0, false
	}
	year, err1 := strconv.Atoi(parts[1])
	n, err2 := strconv.Atoi(parts[2])
	return parts[0], year, n, err1 == nil && err2 == nil && n > 0
}
