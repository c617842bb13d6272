package ledger

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// Book returns what is known of accounts after the last settled run, as settling
// would have it for some requests, which need not be in the ledger; but with all
// purchases and charges. Of an account that nothing tells of, there is an empty
// state.
func (l *Ledger) Book(accounts []string, requests ...invoicing.Request) (*invoicing.Book, error) {
	b := &invoicing.Book{Requests: requests}
	if len(accounts) > 0 {
		b.Group = accounts[0]
	}
	all, err := l.segments(context.Background(), l.db)
	if err != nil {
		return nil, err
	}
	r, err := newBookReader(all, math.MinInt32) // since the first day: all purchases and charges
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if err := r.fill(b, accounts, &handed{states: map[string]uint64{}}); err != nil {
		return nil, fmt.Errorf("reading the book of %s: %w", b.Group, err)
	}
	return b, nil
}

// AccountsOf returns the accounts that have a row of an order, or bought it by an
// exchange: none of an order that nothing tells of, more than one where sources
// contradict each other (IMP-10).
func (l *Ledger) AccountsOf(order string) ([]string, error) {
	all, err := l.segments(context.Background(), l.db)
	if err != nil {
		return nil, err
	}
	x := &worklist{}
	if x.orders, err = all.open(onOrder); err != nil {
		return nil, err
	}
	defer x.orders.Close()
	if x.rows, err = all.open(onPurchase); err != nil {
		return nil, err
	}
	defer x.rows.Close()
	found, err := x.accountsOf(&pendingItem{hash: hashOrder(nil, []byte(order)), order: []byte(order)})
	if err != nil {
		return nil, fmt.Errorf("looking up order %q: %w", order, err)
	}
	accounts := make([]string, len(found))
	for i, a := range found {
		accounts[i] = string(a)
	}
	return accounts, nil
}

// OrderOfReservation returns the order of a reservation, by its id, as a purchase tells it;
// empty where none does. It reads every purchase that there is.
func (l *Ledger) OrderOfReservation(id string) (order string, err error) {
	err = l.walk(onPurchase, nil, func(key, value []byte) error {
		if !bytes.Contains(value, []byte(id)) { // the codec writes a string as it is
			return nil
		}
		account, _ := takeKey(key)
		x, err := takePurchase(string(account), key, value)
		if err != nil {
			return err
		}
		_, row := takeUvarint(x.rest)
		p, err := decodePurchase(string(row))
		if err == nil && p.Reservation == id {
			order, err = string(x.order), errStop
		}
		return err
	})
	return order, err
}

// Market returns all prices, and the rates that requests dated on or after a day
// may need (LIM-5).
func (l *Ledger) Market(from money.Date) (*invoicing.Market, error) {
	all, err := l.segments(context.Background(), l.db)
	if err != nil {
		return nil, err
	}
	return all.market(from - invoicing.MaxRateAge)
}

// Rates returns the published rates of a day and of those before it that may stand
// for it (LIM-5), by date and currency, as a run knew them.
func (l *Ledger) Rates(on money.Date, run int) ([]invoicing.Rate, error) {
	all, err := l.segments(context.Background(), l.db)
	if err != nil {
		return nil, err
	}
	rates, err := all.ratesUpTo(on-invoicing.MaxRateAge, run)
	return slices.DeleteFunc(rates, func(r invoicing.Rate) bool { return r.Date > on }), err
}

// SettlementsNaming walks over the settlements of all runs, in their order, that
// speak of an account or an order. It reads every settlement that there is.
func (l *Ledger) SettlementsNaming(id string) iter.Seq2[*invoicing.Settlement, error] {
	name := []byte(id)
	return func(yield func(*invoicing.Settlement, error) bool) {
		err := l.walk(onSettlement, nil, func(key, value []byte) error {
			if !bytes.Contains(value, name) { // the codec writes a string as it is, where it first stands
				return nil
			}
			s, err := DecodeSettlement(string(value))
			if err != nil {
				return fmt.Errorf("settlement of %s: %w", groupOf(key), err)
			}
			if !yield(&s, nil) {
				return errStop
			}
			return nil
		})
		if err != nil {
			yield(nil, fmt.Errorf("reading the settlements: %w", err))
		}
	}
}

// UsageOf returns the days of an order that a details export tells of, by date.
func (l *Ledger) UsageOf(order string) ([]invoicing.Usage, error) {
	all, err := l.segments(context.Background(), l.db)
	if err != nil {
		return nil, err
	}
	c, err := all.open(onUsage)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	days, err := usageOf(&newest{c: c}, order, nil)
	if err != nil {
		return nil, fmt.Errorf("usage of order %q: %w", order, err)
	}
	return days, nil
}
