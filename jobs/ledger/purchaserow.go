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
	return EncodePurchase(binary.AppendUvarint(putText(b, p.Invoice), wording), &q)
}

// purchaseItem is an item of the shelf of purchases, not yet decoded.
type purchaseItem struct {
	account, order, date []byte // of the key
	invoice, blob        []byte
	wording              uint64 // 0 where the blob has it
}

func takePurchase(key, value []byte) (x purchaseItem, err error) {
	x.account, key = takeKey(key)
	x.order, x.date = takeKey(key)
	var ok bool
	if x.invoice, x.blob, ok = takeText(value); !ok || len(x.date) != 4 {
		return x, x.damaged()
	}
	x.wording, x.blob = takeUvarint(x.blob)
	return x, nil
}

func (x *purchaseItem) damaged() error {
	return fmt.Errorf("reading a purchase of account %q: %w", x.account, errDamaged)
}

func (x *purchaseItem) decode(words []wording) (invoicing.Purchase, error) {
	p, err := DecodePurchase(string(x.blob))
	p.Account, p.Order, p.Invoice = string(x.account), string(x.order), string(x.invoice)
	p.Date = takeDate(x.date)
	if x.wording > uint64(len(words)) {
		return p, x.damaged()
	}
	if x.wording > 0 {
		w := &words[x.wording-1]
		p.Product, p.Sku, p.Region, p.Description = w.product, w.sku, w.region, w.description
	}
	return p, err
}
