package ledger

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// opening: a row that k copies of appear in one file is on the books k times, as
// with charges (IMP-9). It must be of a known account, and of the past.
func (j *judging) opening(rows []keyedRow) error {
	o, err := decodeOpening(string(rows[0].content))
	if err != nil {
		return err
	}
	fault, err := j.cannotOpen(&o)
	if err != nil {
		return err
	}
	onBooks := 0
	for ; ; onBooks++ {
		if _, ok, err := j.stored(copyOf(rows[0].key, onBooks)); err != nil {
			return err
		} else if !ok {
			break
		}
	}
	slices.SortFunc(rows, func(a, b keyedRow) int { return a.src.Compare(b.src) })
	copies := map[int]int{} // of each file
	for _, r := range rows {
		copies[r.src.File]++
		switch {
		case fault != nil:
			err = j.refuse(r, []invoicing.Fault{*fault})
		case copies[r.src.File] <= onBooks:
			j.known(r)
		default:
			r.key = copyOf(r.key, onBooks)
			onBooks++
			err = j.keepOpening(r, &o)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyOf(key []byte, n int) []byte { return putNumber(bytes.Clone(key), n) }

// keepOpening makes a row one that the night settles. Units are noted like a
// purchase of the order: a request on it is decided with what was returned.
func (j *judging) keepOpening(r keyedRow, o *invoicing.Opening) error {
	if err := j.openings.add(r.key, putSource(nil, r.src), r.content); err != nil {
		return err
	}
	if o.Kind == invoicing.OpeningUnitsReturned {
		if err := j.units.add(boughtKey(o.Order), []byte(o.Account)); err != nil {
			return err
		}
	}
	return j.put(r)
}

// cannotOpen is what stands against a row: nil is nothing.
func (j *judging) cannotOpen(o *invoicing.Opening) (*invoicing.Fault, error) {
	if o.Date > j.new.AsOf {
		return &invoicing.Fault{Code: "OpeningAhead", Column: "Date", Value: o.Date.String(),
			Expected: fmt.Sprintf("a day on or before %s, that of the run: an opening row is of the past", j.new.AsOf),
			Fix:      "correct the date, or send the row again when the day has come"}, nil
	}
	if j.opened.c == nil {
		c, err := j.open(onAccount)
		if err != nil {
			return nil, err
		}
		j.opened.c = c
	}
	body, _, ok, err := j.opened.find(putKey(nil, o.Account))
	if err != nil {
		return nil, err
	}
	if !ok {
		return &invoicing.Fault{Code: "AccountUnknown", Column: "BillingAccountId", Value: cut(o.Account),
			Expected: "an account that the sheet Accounts tells of", Fix: "send the account with the row or before it"}, nil
	}
	_, content, err := takeSource(body)
	if err != nil {
		return nil, err
	}
	a, err := decodeAccount(string(content))
	if err != nil || o.Kind.Fits(a.Type) {
		return nil, err
	}
	return &invoicing.Fault{Code: "KindOfOtherAccounts", Column: "Kind", Value: o.Kind.String(),
		Expected: fmt.Sprintf("a kind that an account of type %s can have: a Lot is EA prepayment, a Held credit is of the other types", a.Type),
		Fix:      "correct the kind or the account"}, nil
}

// opened reads the opening rows of an account that this run brings, and the first
// day on which one of its credits may be drawn on.
func (r *bookReader) opened(b *invoicing.Book, id string, since money.Date) (money.Date, error) {
	prefix := putKey(nil, id)
	for ok := r.openings.Seek(prefix); ok && bytes.HasPrefix(r.openings.Key(), prefix); ok = r.openings.Next() {
		o, err := takeOpening(r.openings.Value())
		if err != nil {
			return 0, fmt.Errorf("opening row of %s: %w", id, err)
		}
		if o.Kind == invoicing.OpeningLot || o.Kind == invoicing.OpeningHeld {
			since = min(since, o.Date)
		}
		b.Openings = append(b.Openings, o)
	}
	return since, r.openings.Err()
}

func takeOpening(value []byte) (invoicing.Opening, error) {
	src, content, err := takeSource(value)
	if err != nil {
		return invoicing.Opening{}, err
	}
	o, err := decodeOpening(string(content))
	o.Source = src
	return o, err
}

// openings puts the accounts that opening rows of this run are of on the list.
func (x *worklist) openings() error {
	return x.w.shelves.each(onNewOpening, func(key, _ []byte) error {
		account, _ := takeKey(key)
		x.groups.of(accountNode, account)
		return nil
	})
}

// ReplayOpening is an opening row and the run that read it.
type ReplayOpening struct {
	Run int
	invoicing.Opening
}

// openings reads all opening rows, by account.
func (r *Replay) openings() (map[string][]ReplayOpening, error) {
	all := map[string][]ReplayOpening{}
	err := r.all.each(onOpening, func(_, value []byte) error {
		run, n := binary.Uvarint(value)
		if n <= 0 {
			return errDamaged
		}
		o, err := takeOpening(value[n:])
		all[o.Account] = append(all[o.Account], ReplayOpening{int(run), o})
		return err
	})
	for _, rows := range all {
		slices.SortFunc(rows, func(a, b ReplayOpening) int { return cmp.Or(a.Run-b.Run, a.Source.Compare(b.Source)) })
	}
	return all, err
}
