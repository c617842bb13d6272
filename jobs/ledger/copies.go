package ledger

import (
	"bytes"

	"prorata/invoicing"
)

// copies keeps the rows of one file that have no id and may repeat: purchases,
// vendor credits and charges (IMP-1). Where the books hold no row of a kind, all are
// new and go onto its shelf. Else they wait, in the order of their keys, and are
// compared at the end of the file with the rows of the same key on the books.
type copies struct {
	i         *Import
	purchases repeated
	credits   repeated
	charges   repeated
	news      *rowShelver  // vendor credits once more, for the reconciliation of the run
	orders    *sorter      // of the new purchases of the run: see orders.go
	words     *wordNumbers // nil before the first purchase

	id    identity
	key   []byte
	value []byte
}

// repeated is the rows of one kind.
type repeated struct {
	shelf   shelf
	to      *rowShelver
	waiting *sorter // nil where the books hold none
	memory  int     // for those that wait
}

func newCopies(i *Import) *copies {
	m := i.l.memory
	c := &copies{i: i, orders: i.l.newSorter(4), news: newRowShelver(i.change, onNewCredit, m/16)}
	c.purchases = repeated{shelf: onPurchase, to: newRowShelver(i.change, onPurchase, m/4), memory: m / 4}
	c.credits = repeated{shelf: onVendorCredit, to: newRowShelver(i.change, onVendorCredit, m/16), memory: m / 16}
	c.charges = repeated{shelf: onCharge, to: newRowShelver(i.change, onCharge, m/16), memory: m / 16}
	c.look()
	return c
}

func (c *copies) kinds() [3]*repeated { return [...]*repeated{&c.purchases, &c.credits, &c.charges} }

func (c *copies) shelvers() [4]*rowShelver {
	return [...]*rowShelver{c.purchases.to, c.credits.to, c.charges.to, c.news}
}

// look sees, before a file, of what the books hold rows.
func (c *copies) look() {
	for _, r := range c.kinds() {
		if r.waiting == nil && len(c.i.shelves[r.shelf]) > 0 {
			r.waiting = newSorter(c.i.l.segmentFolder(), r.memory)
		}
	}
}

// Close frees what it holds.
func (c *copies) Close() {
	for _, r := range c.kinds() {
		if r.waiting != nil {
			r.waiting.Close()
		}
	}
	for _, s := range c.shelvers() {
		s.wait()
	}
	c.orders.Close()
}

func (c *copies) purchase(p *invoicing.Purchase) error {
	c.key = putDate(putKey(putKey(c.key[:0], p.Account), p.Order), p.Date)
	if c.words == nil {
		var err error
		if c.words, err = newWordNumbers(c.i.change); err != nil {
			return err
		}
	}
	c.value = putPurchase(c.value[:0], p, c.words.number(p), c.i.run)
	return c.add(&c.purchases)
}

func (c *copies) vendorCredit(v *invoicing.VendorCredit) error {
	c.key = putDate(putKey(putKey(c.key[:0], v.Account), v.Order), v.Date)
	c.value = encodeVendorCredit(c.value[:0], v)
	return c.add(&c.credits)
}

func (c *copies) charge(x *invoicing.Charge) error {
	c.key = putDate(putKey(c.key[:0], x.Account), x.Date)
	c.value = encodeCharge(c.value[:0], x)
	return c.add(&c.charges)
}

func (c *copies) add(r *repeated) error {
	if r.waiting != nil {
		return r.waiting.add(c.key, c.value)
	}
	if err := c.take(r.shelf, c.key, c.value); err != nil {
		return err
	}
	return r.to.add(c.key, c.value)
}

// take notes what else a row that is new brings.
func (c *copies) take(s shelf, key, value []byte) error {
	c.i.arrived.kept++
	account, rest := takeKey(key)
	c.i.touch(account)
	switch s {
	case onPurchase:
		order, _ := takeKey(rest)
		var hash [hashSize]byte
		return c.orders.add(hashOrder(hash[:0], order), account)
	case onVendorCredit:
		return c.news.add(freshKey(nil, key), value)
	}
	return nil
}

// end compares, and writes what is left to write: what is on its way to a shelf
// is written meanwhile.
func (c *copies) end() error {
	for _, s := range c.shelvers() {
		if err := s.begin(); err != nil {
			return err
		}
	}
	for _, r := range c.kinds() {
		if r.waiting == nil {
			continue
		}
		if err := c.compare(r); err != nil {
			return err
		}
	}
	for _, s := range c.shelvers() {
		if err := s.end(); err != nil {
			return err
		}
	}
	if c.words != nil {
		if err := c.words.write(c.i.change); err != nil {
			return err
		}
	}
	c.look()
	return nil
}

// compare puts the rows that wait onto their shelf, but for those of which the books
// hold as many copies: a row of which k copies are in one file is on the books
// max-over-files(k) times (IMP-1).
func (c *copies) compare(r *repeated) error {
	items, err := r.waiting.sorted()
	if err != nil {
		return err
	}
	books, err := c.i.open(r.shelf)
	if err != nil {
		return err
	}
	defer books.Close()
	err = c.i.segment(r.shelf, func(out *segmentWriter) error { return c.sift(r.shelf, items, books, out) })
	if err != nil {
		return err
	}
	return r.waiting.reset()
}

func (c *copies) sift(s shelf, items *sortedItems, books *cursor, out *segmentWriter) error {
	var key []byte
	onBooks := map[string]int{} // copies of the rows of that key, by identity
	for items.Next() {
		if !bytes.Equal(items.Key(), key) {
			key = append(key[:0], items.Key()...)
			clear(onBooks)
			for ok := books.Advance(key); ok && bytes.Equal(books.Key(), key); ok = books.Next() {
				id, err := c.id.of(s, key, books.Value())
				if err != nil {
					return err
				}
				onBooks[string(id)]++
			}
			if err := books.Err(); err != nil {
				return err
			}
		}
		id, err := c.id.of(s, key, items.Value())
		if err != nil {
			return err
		}
		if n := onBooks[string(id)]; n > 0 {
			onBooks[string(id)] = n - 1
			c.i.arrived.known++
			continue
		}
		if err := c.take(s, key, items.Value()); err != nil {
			return err
		}
		if err := out.add(key, items.Value()); err != nil {
			return err
		}
	}
	return items.Err()
}
