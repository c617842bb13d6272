package ledger

import (
	"encoding/binary"
	"fmt"

	"prorata/invoicing"
)

// The value of an item on the shelf of purchases is the invoice that the row
// names, the number of its wording, then the row without what the key and these
// already say. So a walk over an account sees date, order and invoice of a row
// without decoding it.

func putPurchase(b []byte, p *invoicing.Purchase, wording uint64, run int) []byte {
	q := *p
	q.Run = run
	q.Account, q.Order, q.Date, q.Invoice = "", "", 0, ""
	if wording > 0 {
		q.Product, q.Sku, q.Region, q.Description = "", "", "", ""
	}
	return encodePurchase(binary.AppendUvarint(putText(b, p.Invoice), wording), &q)
}

// purchaseItem is an item of the shelf of purchases of an account, not yet decoded.
type purchaseItem struct {
	account       string
	order, date   []byte // of the key
	invoice, rest []byte
}

// takePurchase splits an item; its key begins with the account's.
func takePurchase(account string, key, value []byte) (x purchaseItem, err error) {
	x.account = account
	begin, end := len(account)+1, len(key)-4
	var ok bool
	if x.invoice, x.rest, ok = takeText(value); !ok || end <= begin || key[end-1] != 0 {
		return x, x.damaged()
	}
	x.order, x.date = key[begin:end-1], key[end:]
	return x, nil
}

func (x *purchaseItem) damaged() error {
	return fmt.Errorf("reading a purchase of account %q: %w", x.account, errDamaged)
}

// decode reads the row; its strings are kept in t.
func (x *purchaseItem) decode(words []wording, t *texts) (invoicing.Purchase, error) {
	wording, blob := takeUvarint(x.rest)
	p, err := decodePurchase(t.of(blob))
	p.Account, p.Order, p.Invoice = x.account, t.of(x.order), t.of(x.invoice)
	p.Date = takeDate(x.date)
	if wording > uint64(len(words)) {
		return p, x.damaged()
	}
	if wording > 0 {
		w := &words[wording-1]
		p.Product, p.Sku, p.Region, p.Description = w.product, w.sku, w.region, w.description
	}
	return p, err
}
