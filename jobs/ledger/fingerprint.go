package ledger

import (
	"bytes"
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/crypto/blake2b"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// The fingerprint of a row that may repeat (IMP-1): eight bytes of hash of its
// order, twelve of BLAKE2b of its identity (SHA-256 takes more than twice as long), and, for a second and further copy
// in one file, four of the copy's number. A row of which k copies are in one
// file has k fingerprints, so that being on the books max-over-files(k) times is
// plain membership of a set. Because the order comes first, the prints also
// answer which accounts know an order.
const (
	hashSize  = 8
	printSize = hashSize + 12
)

// hashOrder is the first part of a fingerprint. That two orders share it costs
// time, not truth: who looks an order up compares the rows.
func hashOrder(b []byte, order string) []byte {
	return binary.BigEndian.AppendUint64(b, xxhash.Sum64String(order))
}

// boughtPrint is the fingerprint of an order that an exchange bought: no row on a
// shelf tells of it, the state of its account does.
func boughtPrint(order string) []byte {
	return append(hashOrder(nil, order), make([]byte, printSize-hashSize)...)
}

func isBoughtPrint(key []byte) bool {
	return len(key) == printSize && bytes.Count(key[hashSize:], []byte{0}) == printSize-hashSize
}

// identity collects what makes two rows the same row.
type identity struct{ b []byte }

func (x *identity) str(s string) { x.b = putText(x.b, s) }

func (x *identity) num(n int) { x.b = binary.AppendVarint(x.b, int64(n)) }

func (x *identity) money(m money.Money) {
	coef, scale, _ := m.Parts()
	x.str(m.Code())
	x.num(int(coef))
	x.num(scale)
}

// append adds the twelve bytes.
func (x *identity) append(b []byte) []byte {
	sum := blake2b.Sum256(x.b)
	return append(b, sum[:printSize-hashSize]...)
}

// purchase: for an export what IMP-1 names, for a row of a house sheet all of its
// content. Origin is part of it: a sheet and an export that tell of one order
// are two tellers (IMP-10). A line of a partner's invoice is one of that invoice
// alone.
func (x *identity) purchase(p *invoicing.Purchase) {
	x.b = append(x.b[:0], byte(p.Origin))
	x.str(p.Account)
	x.str(p.Order)
	x.num(int(p.Date))
	x.money(p.Amount)
	x.num(p.Quantity)
	if p.Origin == invoicing.FromTransactions {
		return
	}
	x.str(p.Invoice)
	if p.Origin == invoicing.FromPartner {
		return
	}
	for _, s := range [...]string{p.Reservation, p.Product, p.Sku, p.Region, p.Description, p.CardRef} {
		x.str(s)
	}
	for _, n := range [...]int{p.Term, int(p.Plan), int(p.Funding)} {
		x.num(n)
	}
}

func (x *identity) vendorCredit(v *invoicing.VendorCredit) {
	x.b = append(x.b[:0], byte(v.Origin))
	x.str(v.Account)
	x.str(v.Order)
	x.str(v.Event)
	x.num(int(v.Date))
	x.money(v.Amount)
	x.num(v.Quantity)
	if v.Origin != invoicing.FromTransactions {
		x.str(v.Invoice)
	}
}

// charge: all of its content.
func (x *identity) charge(c *invoicing.Charge) {
	x.b = x.b[:0]
	x.str(c.Account)
	x.num(int(c.Date))
	x.money(c.Amount)
	x.str(c.Description)
}
