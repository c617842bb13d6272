package ledger

import (
	"bytes"
	"context"
	"fmt"
)

// AccountsInvoiced returns, by id, the accounts that an invoice was received of: in
// the register, or, where that has none, by purchases that name it. It reads the
// whole shelf of each; none is an invoice that nothing tells of.
func (l *Ledger) AccountsInvoiced(number string) (accounts []string, err error) {
	all, err := l.segments(context.Background(), l.db)
	if err != nil {
		return nil, err
	}
	for _, x := range []struct {
		shelf
		number func(key, value []byte) []byte // of the invoice; key is what follows the account
	}{
		{onInvoice, func(key, _ []byte) []byte { number, _ := takeKey(key); return number }},
		{onPurchase, func(_, value []byte) []byte { number, _, _ := takeText(value); return number }},
	} {
		err := all.each(x.shelf, func(key, value []byte) error {
			account, rest := takeKey(key)
			if known := len(accounts) > 0 && accounts[len(accounts)-1] == string(account); !known && bytes.Equal(x.number(rest, value), []byte(number)) {
				accounts = append(accounts, string(account))
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("looking up invoice %q: %w", number, err)
		}
		if len(accounts) > 0 {
			break
		}
	}
	return accounts, nil
}
