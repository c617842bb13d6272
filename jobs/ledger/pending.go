package ledger

import (
	"fmt"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// pendingItem is an undecided request on its shelf. Its key is the hash of its
// order and its id, so that requests and the shelf of orders can be walked side by
// side; its value names first what puts it into a group.
type pendingItem struct {
	hash     []byte
	id       []byte
	date     money.Date
	order    []byte
	exchange []byte
	account  []byte // of a purchase or a transfer in
	names    []byte // the request that a Withdraw or Reverse names
	row      []byte // source and content
}

// await puts a new request with those that wait to be decided.
func (j *judging) await(row keyedRow) error {
	r, err := decodeRequest(string(row.content))
	if err != nil {
		return err
	}
	account := ""
	if r.New != nil {
		account = r.New.Account
	}
	if !storable(account) {
		account = ""
	}
	key := append(hashOrder(nil, []byte(r.Order)), r.ID...)
	b := putText(putText(putText(putText(putDate(nil, r.Date), r.Order), r.Exchange), account), r.Withdraws)
	return j.pending.add(key, b, putSource(nil, row.src), row.content)
}

func takePending(key, value []byte) (x pendingItem, err error) {
	if len(key) < hashSize || len(value) < 4 {
		return x, fmt.Errorf("reading an undecided request: %w", errDamaged)
	}
	x.hash, x.id = key[:hashSize], key[hashSize:]
	x.date, x.row = takeDate(value), value[4:]
	for _, part := range []*[]byte{&x.order, &x.exchange, &x.account, &x.names} {
		var ok bool
		if *part, x.row, ok = takeText(x.row); !ok {
			return x, fmt.Errorf("reading undecided request %q: %w", x.id, errDamaged)
		}
	}
	return x, nil
}

// decodeRequestRow reads a source and the content of a request.
func decodeRequestRow(b []byte) (invoicing.Request, error) {
	return requestRow(b, func(b []byte) string { return string(b) })
}

// requestRow is decodeRequestRow; text makes the string that the request's are cut from.
func requestRow(b []byte, text func([]byte) string) (r invoicing.Request, err error) {
	src, content, err := takeSource(b)
	if err != nil {
		return r, err
	}
	if r, err = decodeRequest(text(content)); err != nil {
		return r, err
	}
	r.Source = src
	if r.New != nil {
		r.New.Source = src
	}
	return r, nil
}

// exchangeKey notes that an exchange is decided, on the shelf of decided
// requests; no request id begins with a control character.
func exchangeKey(id string) []byte { return append([]byte{0}, id...) }

// Awaits returns the day of an undecided request, zero where no request of that id is.
func (l *Ledger) Awaits(id string) (day money.Date, err error) {
	err = l.walk(onPending, nil, func(key, value []byte) error {
		x, err := takePending(key, value)
		if err == nil && string(x.id) == id {
			day = x.date
		}
		return err
	})
	return day, err
}
