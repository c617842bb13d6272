package ledger

import (
	"fmt"

	"prorata/invoicing"
)

// The value of an item on the shelf of purchases is the invoice that the row
// names, then the row without what the key and that already say. So a walk over
// an account sees date, order and invoice of a row without decoding it.

func putPurchase(b []byte, p *invoicing.Purchase, run int) []byte {
	q := *p
	q.Run = run
	q.Account, q.Order, q.Date, q.Invoice = "", "", 0, ""
	return EncodePurchase(putText(b, p.Invoice), &q)
}

// purchaseItem is an item of the shelf of purchases, not yet decoded.
type purchaseItem struct {
	account, order, date []byte // of the key
	invoice, blob        []byte
}

func takePurchase(key, value []byte) (x purchaseItem, err error) {
	x.account, key = takeKey(key)
	x.order, x.date = takeKey(key)
	var ok bool
	if x.invoice, x.blob, ok = takeText(value); !ok || len(x.date) != 4 {
		return x, fmt.Errorf("reading a purchase of account %q: %w", x.account, errDamaged)
	}
	return x, nil
}

func (x *purchaseItem) decode() (invoicing.Purchase, error) {
	p, err := DecodePurchase(string(x.blob))
	p.Account, p.Order, p.Invoice = string(x.account), string(x.order), string(x.invoice)
	p.Date = takeDate(x.date)
	return p, err
}
