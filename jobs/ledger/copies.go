package ledger

import (
	"bytes"

	"prorata/invoicing"
)

// copies keeps the rows of one file that have no id and may repeat: purchases,
// vendor credits and charges (IMP-1). They are put into the order of their
// fingerprints as they come; at the end of the file that order is compared with
// the prints on the books, which have the same, and what is new is written.
type copies struct {
	i     *Import
	in    *sorter
	id    identity
	print []byte
	row   []byte
	blob  []byte
}

// printsOf is the shelf of the fingerprints of a shelf.
var printsOf = map[shelf]shelf{onPurchase: onPurchasePrint, onVendorCredit: onCreditPrint, onCharge: onChargePrint}

func newCopies(i *Import) *copies {
	return &copies{i: i, in: newSorter(i.l.segmentFolder(), i.l.memory*3/8)}
}

// Close frees what it holds.
func (c *copies) Close() { c.in.Close() }

// begin starts the print of a row: its shelf, then the hash of what it is found by.
func (c *copies) begin(s shelf, found string) {
	c.print = hashOrder(append(c.print[:0], byte(s)), found)
}

func (c *copies) purchase(p *invoicing.Purchase) error {
	c.begin(onPurchase, p.Order)
	c.id.purchase(p)
	c.row = putDate(putKey(putKey(c.row[:0], p.Account), p.Order), p.Date)
	c.blob = putPurchase(c.blob[:0], p, c.i.run)
	return c.add()
}

func (c *copies) vendorCredit(v *invoicing.VendorCredit) error {
	c.begin(onVendorCredit, v.Order)
	c.id.vendorCredit(v)
	c.row = putDate(putKey(putKey(c.row[:0], v.Account), v.Order), v.Date)
	c.blob = EncodeVendorCredit(c.blob[:0], v)
	return c.add()
}

func (c *copies) charge(x *invoicing.Charge) error {
	c.begin(onCharge, x.Account)
	c.id.charge(x)
	c.row = putDate(putKey(c.row[:0], x.Account), x.Date)
	c.blob = EncodeCharge(c.blob[:0], x)
	return c.add()
}

func (c *copies) add() error {
	c.print = c.id.append(c.print)
	n := len(c.row)
	return c.in.add(c.print, []byte{byte(n >> 8), byte(n)}, c.row, c.blob)
}

// end compares and writes.
func (c *copies) end() error {
	items, err := c.in.sorted()
	if err != nil {
		return err
	}
	var to *printing
	defer func() { to.abandon() }()
	for items.Next() {
		if s := shelf(items.Key()[0]); to == nil || to.rows.shelf != s {
			if err := to.end(); err != nil {
				return err
			}
			if to, err = c.printing(s); err != nil {
				return err
			}
		}
		if err := to.take(items.Key()[1:], items.Value()); err != nil {
			return err
		}
	}
	if err := items.Err(); err != nil {
		return err
	}
	if err := to.end(); err != nil {
		return err
	}
	return c.in.reset()
}

// printing is the comparison and the writing of one shelf.
type printing struct {
	i      *Import
	known  *cursor // the prints on the books
	prints *segmentWriter
	rows   *rowShelver
	fresh  *rowShelver // the vendor's credits once more, for the reconciliation of the run
	key    []byte
	last   []byte // the print before, of the first copy
	copies int    // of it so far
	print  []byte
}

func (c *copies) printing(s shelf) (*printing, error) {
	known, err := c.i.shelves.open(printsOf[s])
	if err != nil {
		return nil, err
	}
	prints, err := c.i.write(printsOf[s])
	if err != nil {
		known.Close()
		return nil, err
	}
	p := &printing{i: c.i, known: known, prints: prints, rows: newRowShelver(c.i.change, s)}
	if s == onVendorCredit {
		p.fresh = newRowShelver(c.i.change, onNewCredit)
	}
	return p, nil
}

func (p *printing) take(print, value []byte) error {
	p.print = append(p.print[:0], print...)
	if bytes.Equal(print, p.last) {
		p.copies++
		p.print = putNumber(p.print, p.copies)
	} else {
		p.last, p.copies = append(p.last[:0], print...), 0
	}
	if p.known.Seek(p.print) && bytes.Equal(p.known.Key(), p.print) {
		p.i.arrived.known++
		return nil
	}
	if err := p.known.Err(); err != nil {
		return err
	}
	p.i.arrived.kept++
	n := int(value[0])<<8 | int(value[1])
	row, blob := value[2:2+n], value[2+n:]
	account, _ := takeKey(row)
	p.i.touch(account)
	if err := p.prints.add(p.print, account); err != nil {
		return err
	}
	if p.fresh != nil {
		p.key = freshKey(p.key, row)
		if err := p.fresh.add(p.key, blob); err != nil {
			return err
		}
	}
	return p.rows.add(row, blob)
}

func (p *printing) end() error {
	if p == nil {
		return nil
	}
	p.known.Close()
	if err := p.rows.end(); err != nil {
		return err
	}
	if p.fresh != nil {
		if err := p.fresh.end(); err != nil {
			return err
		}
	}
	prints := p.prints
	p.prints = nil
	return p.i.keep(prints)
}

func (p *printing) abandon() {
	if p == nil {
		return
	}
	p.known.Close()
	p.rows.wait()
	if p.fresh != nil {
		p.fresh.wait()
	}
	if p.prints != nil {
		p.prints.abandon()
	}
}

// rowShelver puts rows, which come in any order, onto a shelf: as many as fit in
// memory are sorted and become a segment, while the next come.
type rowShelver struct {
	*change
	shelf   shelf
	limit   int
	now     sortRun
	spare   sortRun
	writing chan error
}

func newRowShelver(c *change, s shelf) *rowShelver {
	return &rowShelver{change: c, shelf: s, limit: c.l.memory / 4}
}

func (r *rowShelver) add(key, value []byte) error {
	r.now.add(r.limit, key, value)
	if r.now.size() >= r.limit {
		return r.flush()
	}
	return nil
}

func (r *rowShelver) flush() error {
	if err := r.wait(); err != nil {
		return err
	}
	full := r.now
	r.now, r.spare = r.spare.emptied(), full
	done := make(chan error, 1)
	r.writing = done
	go func() { done <- r.shelve(full) }()
	return nil
}

func (r *rowShelver) shelve(full sortRun) error {
	full.sort()
	w, err := r.write(r.shelf)
	if err != nil {
		return err
	}
	for _, x := range full.recs {
		if err := w.add(full.item(x)); err != nil {
			w.abandon()
			return err
		}
	}
	return r.keep(w)
}

func (r *rowShelver) wait() error {
	if r.writing == nil {
		return nil
	}
	err := <-r.writing
	r.writing = nil
	return err
}

// end writes what is left.
func (r *rowShelver) end() error {
	if len(r.now.recs) > 0 {
		if err := r.flush(); err != nil {
			return err
		}
	}
	return r.wait()
}
