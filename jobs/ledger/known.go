package ledger

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	"prorata/invoicing"
)

// Known is what is known of an account after the last settled run.
type Known struct {
	invoicing.Account
	State invoicing.State
}

// Accounts walks over the accounts that the sheet Accounts has told of, by id,
// with what the nights have left of each.
func (l *Ledger) Accounts() iter.Seq2[Known, error] {
	return func(yield func(Known, error) bool) {
		if err := l.eachAccount(yield); err != nil {
			yield(Known{}, fmt.Errorf("reading the accounts: %w", err))
		}
	}
}

func (l *Ledger) eachAccount(yield func(Known, error) bool) error {
	all, err := l.segments(context.Background(), l.db)
	if err != nil {
		return err
	}
	states, err := all.open(onBook)
	if err != nil {
		return err
	}
	defer states.Close()
	kept := newest{c: states}
	return all.eachNewest(onAccount, func(key []byte, _ int, body []byte) error {
		src, content, err := takeSource(body)
		if err != nil {
			return err
		}
		var k Known
		if k.Account, err = decodeAccount(string(content)); err != nil {
			return err
		}
		k.Source = src
		id, _ := takeKey(key)
		k.State.Account = k.ID
		if state, _, ok, err := kept.find(bytes.Clone(id)); err != nil {
			return err
		} else if ok {
			if k.State, err = decodeState(string(state)); err != nil {
				return err
			}
		}
		if !yield(k, nil) {
			return errStop
		}
		return nil
	})
}
