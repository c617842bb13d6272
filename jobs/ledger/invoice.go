package ledger

import (
	"bytes"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// An invoice as received is kept as it was (DOC-2): all its lines say the same
// date, currency and card, a line never changes, and only what is open of it may
// be told anew by a later run.

// registerLine is a row of the register, taken apart; head and body are encoded,
// to be compared.
type registerLine struct {
	row  keyedRow
	head string // without its line and what is open
	body string // without what is open
	open money.Money
}

func takeApart(r keyedRow) (x registerLine, err error) {
	line, err := decodeRegisterRow(string(r.content))
	x.row, x.open = r, line.Open
	line.Open = money.Money{}
	x.body = string(encodeRegisterRow(nil, &line))
	line.Line = invoicing.InvoiceLine{}
	x.head = string(encodeRegisterRow(nil, &line))
	return x, err
}

// invoice judges all rows of one invoice. Where rows of its first run contradict
// each other all of them are refused: half an invoice would be credited in part.
func (j *judging) invoice(rows []keyedRow) error {
	all, err := takeAllApart(rows)
	if err != nil {
		return err
	}
	first, err := j.anyLine(rows[0].key)
	if err != nil {
		return err
	}
	if !sameOpen(all) || first == nil && !sameInvoice(all) {
		return j.refuseInvoice(all)
	}
	for len(all) > 0 {
		n := 1
		for n < len(all) && bytes.Equal(all[n].row.key, all[0].row.key) {
			n++
		}
		if err := j.invoiceLine(all[:n], first); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// refuseInvoice refuses rows of one invoice, each against one that contradicts
// it: another of them, or one on the books.
func (j *judging) refuseInvoice(all []registerLine, onBook ...registerLine) error {
	for _, x := range all {
		other := x
		for _, y := range slices.Concat(onBook, all) {
			if y.head != x.head || y.open.IsSet() && x.open.IsSet() && y.open != x.open ||
				bytes.Equal(y.row.key, x.row.key) && y.body != x.body {
				other = y
				break
			}
		}
		if err := j.refuseAgainst(x, other); err != nil {
			return err
		}
	}
	return nil
}

func takeAllApart(rows []keyedRow) (all []registerLine, err error) {
	for _, r := range rows {
		x, err := takeApart(r)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}

// sameInvoice reports whether rows, in the order of lines, agree on the invoice
// that they are lines of, and rows of one line on that line.
func sameInvoice(all []registerLine) bool {
	for n, x := range all[1:] {
		if x.head != all[0].head || bytes.Equal(x.row.key, all[n].row.key) && x.body != all[n].body {
			return false
		}
	}
	return true
}

// sameOpen reports whether the rows that say what is open say the same.
func sameOpen(all []registerLine) bool {
	said := money.Money{}
	for _, x := range all {
		if x.open.IsSet() && said.IsSet() && x.open != said {
			return false
		}
		if x.open.IsSet() {
			said = x.open
		}
	}
	return true
}

// anyLine is a line on the books of the invoice that a key belongs to, or nil.
func (j *judging) anyLine(key []byte) (*registerLine, error) {
	id := idOf(onInvoice, key)
	if !j.onBook.Seek(id) || !bytes.HasPrefix(j.onBook.key, id) {
		return nil, j.onBook.c.Err()
	}
	src, content, err := takeSource(j.onBook.body())
	if err != nil {
		return nil, err
	}
	if content, err = current(onInvoice, content); err != nil {
		return nil, err
	}
	x, err := takeApart(keyedRow{bytes.Clone(j.onBook.key), src, bytes.Clone(content)})
	return &x, err
}

// invoiceLine judges the rows of one line; first is a line on the books of the
// same invoice, or nil where this run brings the invoice.
func (j *judging) invoiceLine(rows []registerLine, first *registerLine) error {
	old, ok, err := j.stored(rows[0].row.key)
	if err != nil {
		return err
	}
	if !ok {
		if first != nil && !(sameInvoice(rows) && rows[0].head == first.head) {
			return j.refuseInvoice(rows, *first)
		}
		return j.putLine(rows)
	}
	was, err := takeApart(old)
	if err != nil {
		return err
	}
	news := false
	for _, x := range rows {
		switch {
		case x.body != was.body:
			err = j.refuseAgainst(x, was)
		case news || !x.open.IsSet() || x.open == was.open:
			j.known(x.row)
		default:
			news, err = true, j.putLine([]registerLine{x})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (j *judging) refuseAgainst(x, other registerLine) error {
	c := invoiceConflict
	if !bytes.Equal(x.row.key, other.row.key) {
		c.cells = invoiceHeadCells // another line may say what it likes of itself
	}
	faults, err := c.faults(x.row, other.row)
	if err != nil {
		return err
	}
	return j.refuse(x.row, faults)
}

// putLine makes rows that agree the version of their line, with what any of them
// says is open.
func (j *judging) putLine(rows []registerLine) error {
	line, err := decodeRegisterRow(rows[0].body)
	if err != nil {
		return err
	}
	for n, x := range rows {
		if x.open.IsSet() {
			line.Open = x.open
		}
		if n > 0 {
			j.known(x.row)
		}
	}
	j.touch([]byte(line.Account))
	return j.put(keyedRow{rows[0].row.key, rows[0].row.src, encodeRegisterRow(nil, &line)})
}
