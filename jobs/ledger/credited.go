package ledger

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"prorata/invoicing/money"
)

// openCredit is what the work list needs to know of an account's credits, on a
// shelf of its own beside the account's book.
type openCredit struct {
	open   bool       // a purchase or charge may still draw on one
	due    money.Date // the first day of expiry not yet posted; zero is none
	oldest money.Date // when the oldest open one was granted
}

func (o openCredit) put(b []byte) []byte {
	var open uint64
	if o.open {
		open = 1
	}
	return putDate(putDate(binary.AppendUvarint(b, open), o.due), o.oldest)
}

func takeOpenCredit(b []byte) (o openCredit, err error) {
	n, b := takeUvarint(b)
	if len(b) != 8 || n > 1 {
		return o, fmt.Errorf("reading what credits are open: %w", errDamaged)
	}
	return openCredit{n == 1, takeDate(b), takeDate(b[4:])}, nil
}

// eachOpenCredit walks over the accounts with a book, by id.
func (s shelves) eachOpenCredit(visit func(account string, o openCredit) error) error {
	return s.eachNewest(onOpenCredit, func(account []byte, _ int, body []byte) error {
		o, err := takeOpenCredit(body)
		if err != nil {
			return err
		}
		return visit(string(account), o)
	})
}

// credited is the accounts with an open credit: those alone need to be looked at
// again when a purchase, charge, invoice or row of the account arrives.
func (s shelves) credited() (map[string]bool, error) {
	m := map[string]bool{}
	err := s.eachOpenCredit(func(account string, o openCredit) error {
		if o.open {
			m[account] = false
		}
		return nil
	})
	return m, err
}

// touch notes that something of an account arrived.
func (i *Import) touch(account []byte) {
	if len(i.credited) == 0 {
		return
	}
	if touched, ok := i.credited[string(account)]; ok && !touched {
		i.credited[string(account)] = true
	}
}

func (i *Import) writeTouched() error {
	return i.segment(onTouched, func(w *segmentWriter) error {
		for _, account := range slices.Sorted(maps.Keys(i.credited)) {
			if !i.credited[account] {
				continue
			}
			if err := w.add([]byte(account), binary.AppendUvarint(nil, uint64(i.run))); err != nil {
				return err
			}
		}
		return nil
	})
}
