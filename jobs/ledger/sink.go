package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"prorata/invoicing"
)

var errNoFile = errors.New("a row came before its file was added")

// took counts a row, unless one of its ids cannot be stored: then the row is
// refused.
func (i *Import) took(src invoicing.Source, ids ...string) (bool, error) {
	if i.reading == nil {
		return false, errNoFile
	}
	if src.File != i.reading.N {
		return false, fmt.Errorf("a row says that it is of input %d, while input %d is being read", src.File, i.reading.N)
	}
	i.arrived.rows++
	for _, id := range ids {
		if storable(id) {
			continue
		}
		i.arrived.refused++
		return false, i.fault(invoicing.Fault{
			Code: "BadIdentifier", Source: src, Value: cut(id),
			Expected: fmt.Sprintf("an id of at most %d characters without control characters", maxID),
			Fix:      "correct the id and send the row again",
		})
	}
	return true, nil
}

// Purchase keeps a purchase unless the same row is on the books (IMP-1).
func (i *Import) Purchase(p *invoicing.Purchase) error {
	if ok, err := i.took(p.Source, p.Account, p.Order); !ok {
		return err
	}
	i.fromOutside(p.Invoice)
	return i.copies.purchase(p)
}

// VendorCredit keeps a vendor's credit unless the same row is on the books (IMP-1).
func (i *Import) VendorCredit(v *invoicing.VendorCredit) error {
	if ok, err := i.took(v.Source, v.Account, v.Order); !ok {
		return err
	}
	return i.copies.vendorCredit(v)
}

// Charge keeps a charge unless the same row is on the books.
func (i *Import) Charge(c *invoicing.Charge) error {
	if ok, err := i.took(c.Source, c.Account); !ok {
		return err
	}
	return i.copies.charge(c)
}

// Account takes a row of an account: Commit makes it the account's version of
// this run (IMP-10).
func (i *Import) Account(a *invoicing.Account) error {
	if ok, err := i.took(a.Source, a.ID); !ok {
		return err
	}
	x := *a
	x.Source = invoicing.Source{}
	i.buf = putKey(append(i.buf[:0], byte(onAccount)), a.ID)
	i.buf2 = encodeAccount(i.buf2[:0], &x)
	return i.addKeyed(a.Source)
}

// Request takes a request: the same id again with the same content is known,
// with other content a conflict (IMP-9).
func (i *Import) Request(r *invoicing.Request) error {
	if ok, err := i.took(r.Source, r.ID, r.Order, r.Exchange, r.Withdraws); !ok {
		return err
	}
	if r.New != nil {
		i.fromOutside(r.New.Invoice)
	}
	x := withoutSource(*r)
	i.buf = putKey(append(i.buf[:0], byte(onRequest)), r.ID)
	i.buf2 = encodeRequest(i.buf2[:0], &x)
	return i.addKeyed(r.Source)
}

// withoutSource is a request's content. New is of the same row.
func withoutSource(r invoicing.Request) invoicing.Request {
	r.Source = invoicing.Source{}
	if r.New != nil {
		p := *r.New
		p.Source = invoicing.Source{}
		r.New = &p
	}
	return r
}

// RegisterRow takes a line of an invoice; the first of its Sources is its row.
func (i *Import) RegisterRow(r *invoicing.RegisterRow) error {
	var src invoicing.Source
	if len(r.Line.Sources) > 0 {
		src = r.Line.Sources[0]
	}
	if ok, err := i.took(src, r.Account, r.Number); !ok {
		return err
	}
	i.fromOutside(r.Number)
	x := *r
	x.Line.Sources = nil
	i.buf = invoiceKey(append(i.buf[:0], byte(onInvoice)), r)
	i.buf2 = encodeRegisterRow(i.buf2[:0], &x)
	return i.addKeyed(src)
}

func invoiceKey(b []byte, r *invoicing.RegisterRow) []byte {
	return putNumber(putKey(putKey(b, r.Account), r.Number), r.Line.No)
}

// Price takes a price: a later run's row of the same product and first day replaces it.
func (i *Import) Price(p *invoicing.Price) error {
	if ok, err := i.took(p.Source, p.Sku, p.Region, p.Account); !ok {
		return err
	}
	x := *p
	x.Source = invoicing.Source{}
	i.buf = putKey(putKey(putKey(append(i.buf[:0], byte(onPrice)), p.Sku), p.Region), p.Account)
	i.buf = putDate(append(putNumber(i.buf, p.TermMonths), p.UnitPrice.Code()...), p.From)
	i.buf = append(i.buf, byte(p.Origin)) // the sources of PRO-7 do not replace each other
	i.buf2 = encodePrice(i.buf2[:0], &x)
	return i.addKeyed(p.Source)
}

// Rate takes a reference rate: the first of a day and currency stands. The rates
// of one row count as one row.
func (i *Import) Rate(r *invoicing.Rate) error {
	if i.reading == nil || r.Source != i.arrived.rate {
		if ok, err := i.took(r.Source); !ok {
			return err
		}
		i.arrived.rate = r.Source
		i.arrived.keyed++
	}
	x := *r
	x.Source = invoicing.Source{}
	i.buf = append(putDate(append(i.buf[:0], byte(onRate)), r.Date), r.Currency.String()...)
	i.buf2 = encodeRate(i.buf2[:0], &x)
	i.arrived.keyed-- // addKeyed counts one for each
	return i.addKeyed(r.Source)
}

// Opening takes an opening row: identical rows of one file are distinct, and a
// row that an earlier file had is known.
func (i *Import) Opening(o *invoicing.Opening) error {
	if ok, err := i.took(o.Source, o.Account, o.Order); !ok {
		return err
	}
	x := *o
	x.Source = invoicing.Source{}
	i.buf2 = encodeOpening(i.buf2[:0], &x)
	sum := sha256.Sum256(i.buf2)
	i.buf = append(putKey(append(i.buf[:0], byte(onOpening)), o.Account), sum[:]...)
	return i.addKeyed(o.Source)
}

// Usage takes a day's use of an order: of several tellings the greatest stands,
// since a part of a day is told before all of it.
func (i *Import) Usage(u *invoicing.Usage) error {
	if i.reading == nil {
		return errNoFile
	}
	if !storable(u.Order) {
		return fmt.Errorf("usage of order %.60q: not an id", u.Order)
	}
	x := *u
	x.Source = invoicing.Source{}
	i.arrived.usage++
	i.buf = putDate(putKey(append(i.buf[:0], byte(onUsage)), u.Order), u.Date)
	i.buf2 = encodeUsage(i.buf2[:0], &x)
	return i.keyed.add(i.buf, putSource(nil, u.Source), i.buf2)
}

// Refuse keeps what is wrong with one row, or with a whole sheet or file. The
// row itself is counted by EndFile.
func (i *Import) Refuse(faults ...invoicing.Fault) error {
	if i.reading == nil {
		return errNoFile
	}
	for _, f := range faults {
		if err := i.fault(f); err != nil {
			return err
		}
	}
	return nil
}

// addKeyed puts the row whose key and content are in buf and buf2 with those that
// Commit compares.
func (i *Import) addKeyed(src invoicing.Source) error {
	i.arrived.keyed++
	var b [64]byte
	return i.keyed.add(i.buf, putSource(b[:0], src), i.buf2)
}

func putSource(b []byte, s invoicing.Source) []byte {
	return putText(binary.AppendUvarint(binary.AppendUvarint(b, uint64(s.File)), uint64(s.Row)), s.Sheet)
}

// takeSource splits off what putSource wrote.
func takeSource(b []byte) (s invoicing.Source, rest []byte, err error) {
	file, b := takeUvarint(b)
	row, b := takeUvarint(b)
	sheet, rest, ok := takeText(b)
	if !ok {
		return s, nil, fmt.Errorf("reading where a row came from: %w", errDamaged)
	}
	return invoicing.Source{File: int(file), Sheet: string(sheet), Row: int(row)}, rest, nil
}
