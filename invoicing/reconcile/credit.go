package reconcile

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"strconv"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// Credit is a vendor row of the reconciliation. Its amount is at the currency's
// minor digits: a row with more decimals is rounded half away from zero first.
type Credit struct {
	invoicing.VendorCredit
	Nth int // from 1, among the identical rows of the order: identical rows are distinct charges (IMP-1)
}

// print is a row's identity, in short (IMP-1). Two rows that share one by chance
// are told apart by Nth like twins.
func (c *Credit) print() uint64 {
	h := fnv.New64a()
	var b [8]byte
	for _, s := range [...]string{c.Account, c.Order, c.Event, c.Amount.Code()} {
		h.Write([]byte(s))
		h.Write(b[:1])
	}
	for _, n := range [...]int64{int64(c.Date), units(c.Amount), int64(c.Quantity)} {
		binary.BigEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
	return h.Sum64()
}

// key tells a row from every other of the ledger, on every night.
func (c *Credit) key() string { return string(c.appendKey(nil)) }

func (c *Credit) appendKey(b []byte) []byte {
	b = append(b, "credit"...)
	for _, s := range [...]string{c.Account, c.Order, c.Event} {
		b = append(append(b, 0), s...)
	}
	b = c.Date.Append(append(b, 0))
	b = append(c.Amount.Append(append(b, 0)), c.Amount.Code()...)
	b = strconv.AppendInt(append(b, 0), int64(c.Quantity), 10)
	return strconv.AppendInt(append(b, 0), int64(c.Nth), 10)
}

// compareCredits puts rows into an order that neither their file nor their place in
// it decides, but for identical rows.
func compareCredits(a, b *Credit) int {
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(units(a.Amount), units(b.Amount)), cmp.Compare(a.Event, b.Event), cmp.Compare(a.Quantity, b.Quantity),
		cmp.Compare(a.Account, b.Account), cmp.Compare(a.Invoice, b.Invoice), cmp.Compare(a.Source.File, b.Source.File),
		cmp.Compare(a.Source.Sheet, b.Source.Sheet), cmp.Compare(a.Source.Row, b.Source.Row), cmp.Compare(a.Nth, b.Nth))
}

// twins reports whether two rows say the same, wherever they stand.
func twins(a, b *Credit) bool {
	return a.Date == b.Date && a.Amount == b.Amount && a.Event == b.Event && a.Quantity == b.Quantity && a.Account == b.Account
}

func creditOf(v *invoicing.VendorCredit) Credit {
	c := Credit{VendorCredit: *v}
	c.Amount = c.Amount.Round(money.HalfUp)
	return c
}
