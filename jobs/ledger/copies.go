package ledger

import (
	"bytes"
	"encoding/binary"

	"prorata/invoicing"
)

// copies keeps the rows of one file that have no id and may repeat: purchases,
// vendor credits and charges (IMP-1). Their fingerprints are put into order as
// they come, and at the end of the file that order is compared with the prints on
// the books, which have the same. The rows wait, in the order in which they came,
// until it is known which of them are new; where the books hold no print of the
// kind, all are, and none waits.
type copies struct {
	i       *Import
	prints  *sorter // print: place among the rows that wait, account
	waiting *spool  // shelf, length of the key, key, value
	places  uint64  // rows that wait so far
	isNew   []uint64
	books   map[shelf]bool // that hold rows of earlier files
	shelves map[shelf]*rowShelver
	words   *wordNumbers // nil before the first purchase

	id    identity
	print []byte
	value []byte
	row   []byte
	blob  []byte
}

// printsOf is the shelf of the fingerprints of a shelf.
var printsOf = map[shelf]shelf{onPurchase: onPurchasePrint, onVendorCredit: onCreditPrint, onCharge: onChargePrint}

// rowShelves are those that rows go onto, a vendor's credit onto two.
var rowShelves = [...]shelf{onPurchase, onVendorCredit, onCharge, onNewCredit}

func newCopies(i *Import) *copies {
	m := i.l.memory
	c := &copies{i: i, prints: newSorter(i.l.segmentFolder(), m*3/8), waiting: newSpool(i.l.segmentFolder()), books: map[shelf]bool{}}
	c.shelves = map[shelf]*rowShelver{
		onPurchase: newRowShelver(i.change, onPurchase, m/4), onVendorCredit: newRowShelver(i.change, onVendorCredit, m/16),
		onCharge: newRowShelver(i.change, onCharge, m/16), onNewCredit: newRowShelver(i.change, onNewCredit, m/16),
	}
	c.look()
	return c
}

// look sees what the books hold before a file.
func (c *copies) look() {
	for s, prints := range printsOf {
		c.books[s] = len(c.i.shelves[prints]) > 0
	}
}

// Close frees what it holds.
func (c *copies) Close() {
	c.prints.Close()
	c.waiting.Close()
	for _, s := range c.shelves {
		s.wait()
	}
}

// begin starts the print of a row: its shelf, then the hash of what it is found by.
func (c *copies) begin(s shelf, found string) {
	c.print = hashOrder(append(c.print[:0], byte(s)), found)
}

func (c *copies) purchase(p *invoicing.Purchase) error {
	c.begin(onPurchase, p.Order)
	c.id.purchase(p)
	c.row = putDate(putKey(putKey(c.row[:0], p.Account), p.Order), p.Date)
	if c.words == nil {
		var err error
		if c.words, err = newWordNumbers(c.i.change); err != nil {
			return err
		}
	}
	c.blob = putPurchase(c.blob[:0], p, c.words.number(p), c.i.run)
	return c.add(onPurchase, p.Account)
}

func (c *copies) vendorCredit(v *invoicing.VendorCredit) error {
	c.begin(onVendorCredit, v.Order)
	c.id.vendorCredit(v)
	c.row = putDate(putKey(putKey(c.row[:0], v.Account), v.Order), v.Date)
	c.blob = EncodeVendorCredit(c.blob[:0], v)
	return c.add(onVendorCredit, v.Account)
}

func (c *copies) charge(x *invoicing.Charge) error {
	c.begin(onCharge, x.Account)
	c.id.charge(x)
	c.row = putDate(putKey(c.row[:0], x.Account), x.Date)
	c.blob = EncodeCharge(c.blob[:0], x)
	return c.add(onCharge, x.Account)
}

func (c *copies) add(s shelf, account string) error {
	c.print = c.id.append(c.print)
	c.value = append(binary.AppendUvarint(c.value[:0], c.places), account...)
	if err := c.prints.add(c.print, c.value); err != nil {
		return err
	}
	if !c.books[s] {
		return c.shelve(s, c.row, c.blob)
	}
	c.places++
	n := len(c.row)
	return c.waiting.add([]byte{byte(s), byte(n >> 8), byte(n)}, c.row, c.blob)
}

// shelve puts a row that is new onto its shelf, and a vendor's credit once more,
// for the reconciliation of the run.
func (c *copies) shelve(s shelf, row, blob []byte) error {
	if s == onVendorCredit {
		if err := c.shelves[onNewCredit].add(freshKey(nil, row), blob); err != nil {
			return err
		}
	}
	return c.shelves[s].add(row, blob)
}

// end compares, and writes what is left to write: what is on its way to a shelf
// is written meanwhile.
func (c *copies) end() error {
	for _, s := range rowShelves {
		if err := c.shelves[s].begin(); err != nil {
			return err
		}
	}
	if err := c.compare(); err != nil {
		return err
	}
	place := uint64(0)
	err := c.waiting.each(func(b []byte) error {
		n := place
		if place++; c.isNew[n/64]&(1<<(n%64)) == 0 {
			return nil
		}
		key := 3 + int(b[1])<<8 + int(b[2])
		return c.shelve(shelf(b[0]), b[3:key], b[key:])
	})
	if err != nil {
		return err
	}
	for _, s := range rowShelves {
		if err := c.shelves[s].end(); err != nil {
			return err
		}
	}
	if c.words != nil {
		if err := c.words.write(c.i.change); err != nil {
			return err
		}
	}
	c.look()
	c.places = 0
	c.waiting.reset()
	return c.prints.reset()
}

// compare writes the prints that are not on the books, and marks their rows.
func (c *copies) compare() error {
	items, err := c.prints.sorted()
	if err != nil {
		return err
	}
	c.isNew = make([]uint64, c.places/64+1)
	var to *printing
	defer func() { to.abandon() }()
	for items.Next() {
		if s := shelf(items.Key()[0]); to == nil || to.shelf != s {
			if err := to.end(); err != nil {
				return err
			}
			if to, err = c.printing(s); err != nil {
				return err
			}
		}
		place, account := takeUvarint(items.Value())
		isNew, err := to.take(items.Key()[1:], account)
		if err != nil {
			return err
		}
		if isNew {
			c.isNew[place/64] |= 1 << (place % 64)
		}
	}
	if err := items.Err(); err != nil {
		return err
	}
	return to.end()
}

// printing is the comparison and the writing of the prints of one shelf.
type printing struct {
	i      *Import
	shelf  shelf   // of the rows
	known  *cursor // the prints on the books
	out    *segmentWriter
	last   []byte // the print before, of the first copy
	copies int    // of it so far
	print  []byte
}

func (c *copies) printing(s shelf) (*printing, error) {
	known, err := c.i.open(printsOf[s])
	if err != nil {
		return nil, err
	}
	out, err := c.i.write(printsOf[s])
	if err != nil {
		known.Close()
		return nil, err
	}
	return &printing{i: c.i, shelf: s, known: known, out: out}, nil
}

// take reports whether a print is new, and writes it if so.
func (p *printing) take(print, account []byte) (isNew bool, err error) {
	p.print = append(p.print[:0], print...)
	if bytes.Equal(print, p.last) {
		p.copies++
		p.print = putNumber(p.print, p.copies)
	} else {
		p.last, p.copies = append(p.last[:0], print...), 0
	}
	if p.known.Advance(p.print) && bytes.Equal(p.known.Key(), p.print) {
		p.i.arrived.known++
		return false, nil
	}
	if err := p.known.Err(); err != nil {
		return false, err
	}
	p.i.arrived.kept++
	p.i.touch(account)
	return true, p.out.add(p.print, account)
}

func (p *printing) end() error {
	if p == nil {
		return nil
	}
	p.known.Close()
	out := p.out
	p.out = nil
	return p.i.keep(out)
}

func (p *printing) abandon() {
	if p == nil {
		return
	}
	p.known.Close()
	if p.out != nil {
		p.out.abandon()
	}
}
