package ledger

import (
	"encoding/binary"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// identity collects what of a row, beside its key on the shelf, makes it the same
// row as another: for an export what IMP-1 names, for a row of a house sheet all of
// its content. Origin is part of it: a sheet and an export that tell of one order
// are two tellers (IMP-10). A line of a partner's invoice is one of that invoice
// alone.
type identity struct{ b []byte }

func (x *identity) str(s string) { x.b = putText(x.b, s) }

func (x *identity) num(n int) { x.b = binary.AppendVarint(x.b, int64(n)) }

func (x *identity) money(m money.Money) {
	coef, scale, _ := m.Parts()
	x.str(m.Code())
	x.num(int(coef))
	x.num(scale)
}

// of returns the identity of a row on a shelf, or on its way to it; it is a view that
// holds until the next call.
func (x *identity) of(s shelf, key, value []byte) ([]byte, error) {
	x.b = x.b[:0]
	var err error
	switch s {
	case onPurchase:
		err = x.purchase(key, value)
	case onVendorCredit:
		err = x.vendorCredit(value)
	case onCharge:
		err = x.charge(value)
	}
	return x.b, err
}

func (x *identity) purchase(key, value []byte) error {
	account, _ := takeKey(key)
	item, err := takePurchase(string(account), key, value)
	if err != nil {
		return err
	}
	wording, blob := takeUvarint(item.rest)
	p, err := decodePurchase(string(blob))
	x.num(int(p.Origin))
	x.money(p.Amount)
	x.num(p.Quantity)
	if p.Origin == invoicing.FromTransactions {
		return err
	}
	x.str(string(item.invoice))
	if p.Origin == invoicing.FromPartner {
		return err
	}
	// A wording has one number, or none and its texts (see wordNumbers).
	for _, s := range [...]string{p.Reservation, p.Product, p.Sku, p.Region, p.Description, p.CardRef} {
		x.str(s)
	}
	for _, n := range [...]int{int(wording), p.Term, int(p.Plan), int(p.Funding)} {
		x.num(n)
	}
	return err
}

func (x *identity) vendorCredit(value []byte) error {
	v, err := decodeVendorCredit(string(value))
	x.num(int(v.Origin))
	x.str(v.Event)
	x.money(v.Amount)
	x.num(v.Quantity)
	if v.Origin != invoicing.FromTransactions {
		x.str(v.Invoice)
	}
	return err
}

func (x *identity) charge(value []byte) error {
	c, err := decodeCharge(string(value))
	x.money(c.Amount)
	x.str(c.Description)
	return err
}
