package ledger

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"prorata/invoicing"
)

// judging compares the rows with ids of one run with each other and with the
// books, id by id, and writes what is new. All rows of an id are seen together,
// whichever files they came in, so no outcome depends on the order of files.
type judging struct {
	*Import
	shelf  shelf
	onBook newest
	out    *segmentWriter
	rates  map[invoicing.Source]said // what the rates of each row said
	told   newest                    // the decided requests and exchanges; opened when first asked
	opened newest                    // the accounts, for opening rows; opened when first asked
}

// said is what the rates of one row said: a row is kept where one of them is new,
// else refused where one contradicts the books, else known.
type said struct{ new, refused bool }

// keyedRow is one row that carries an id.
type keyedRow struct {
	key     []byte // the whole key
	src     invoicing.Source
	content []byte
}

// judgement is how the rows of one id on a shelf are judged.
type judgement func(j *judging, rows []keyedRow) error

var judgements = map[shelf]judgement{
	onAccount: (*judging).account, onRequest: (*judging).request, onInvoice: (*judging).invoice,
	onPrice: (*judging).price, onRate: (*judging).rate, onUsage: (*judging).usage, onOpening: (*judging).opening,
}

// judge judges all rows with ids and writes what else the run has gathered.
func (i *Import) judge() error {
	items, err := i.keyed.sorted()
	if err != nil {
		return err
	}
	j := &judging{Import: i, rates: map[invoicing.Source]said{}}
	defer j.abandon()
	var rows []keyedRow
	var id []byte
	for items.Next() {
		s, key := shelf(items.Key()[0]), items.Key()[1:]
		if s != j.shelf || !bytes.Equal(idOf(s, key), id) {
			if err := j.group(rows); err != nil {
				return err
			}
			if err := j.turnTo(s); err != nil {
				return err
			}
			rows, id = rows[:0], append(id[:0], idOf(s, key)...)
		}
		src, content, err := takeSource(items.Value())
		if err != nil {
			return err
		}
		rows = append(rows, keyedRow{bytes.Clone(key), src, bytes.Clone(content)})
	}
	if err := items.Err(); err != nil {
		return err
	}
	if err := j.group(rows); err != nil {
		return err
	}
	if err := j.turnTo(0); err != nil {
		return err
	}
	j.countRates()
	return i.writeGathered()
}

// idOf is the part of a key that rows judged together share: all of it, but the
// whole invoice of a line.
func idOf(s shelf, key []byte) []byte {
	if s == onInvoice {
		return key[:len(key)-4]
	}
	return key
}

func (j *judging) group(rows []keyedRow) error {
	if len(rows) == 0 {
		return nil
	}
	return judgements[j.shelf](j, rows)
}

// turnTo ends a shelf and begins the next; 0 is none.
func (j *judging) turnTo(s shelf) error {
	if s == j.shelf {
		return nil
	}
	if j.out != nil {
		j.onBook.c.Close()
		out := j.out
		j.out = nil
		if err := j.keep(out); err != nil {
			return err
		}
	}
	if j.shelf = s; s == 0 {
		return nil
	}
	if judgements[s] == nil {
		return fmt.Errorf("rows of shelf %s have no judgement", s)
	}
	c, err := j.open(s)
	if err != nil {
		return err
	}
	j.onBook = newest{c: c}
	if j.out, err = j.write(s); err != nil {
		c.Close()
	}
	return err
}

// countRates counts the rows of rates, which EndFile counted as kept.
func (j *judging) countRates() {
	for src, s := range j.rates {
		c := j.counts(keyedRow{src: src})
		switch {
		case s.new:
			continue
		case s.refused:
			c.Refused++
		default:
			c.Known++
		}
		c.Kept--
	}
}

func (j *judging) abandon() {
	for _, v := range []*newest{&j.told, &j.opened} {
		if v.c != nil {
			v.c.Close()
			v.c = nil
		}
	}
	if j.out != nil {
		j.onBook.c.Close()
		j.out.abandon()
	}
}

// writeGathered writes the new requests that wait, the refusals, and the
// accounts whose credits this run touched.
func (i *Import) writeGathered() error {
	if err := i.shelve(onPending, i.pending); err != nil {
		return err
	}
	if err := i.shelve(onRefusal, i.faults); err != nil {
		return err
	}
	if err := i.shelve(onNewOpening, i.openings); err != nil {
		return err
	}
	if err := i.shelve(onOrder, i.units); err != nil {
		return err
	}
	return i.writeTouched()
}

// shelve writes all that a sorter holds as one segment.
func (c *change) shelve(s shelf, from *sorter) error {
	items, err := from.sorted()
	if err != nil {
		return err
	}
	return c.segment(s, func(w *segmentWriter) error {
		for items.Next() {
			if err := w.add(items.Key(), items.Value()); err != nil {
				return err
			}
		}
		return items.Err()
	})
}

// stored is the version on the books under a key; ok is false where none is.
func (j *judging) stored(key []byte) (row keyedRow, ok bool, err error) {
	body, _, ok, err := j.onBook.find(key)
	if err != nil || !ok {
		return row, false, err
	}
	row.key = key
	row.src, row.content, err = takeSource(body)
	if err == nil {
		row.content, err = current(j.shelf, row.content)
	}
	return row, true, err
}

// put makes a row the version of this run.
func (j *judging) put(row keyedRow) error {
	if s := j.rates[row.src]; j.shelf == onRate {
		s.new = true
		j.rates[row.src] = s
	}
	b := putSource(binary.AppendUvarint(nil, uint64(j.run)), row.src)
	return j.out.add(row.key, append(b, row.content...))
}

// counts are those of the file that a row came from.
func (j *judging) counts(row keyedRow) *FileCounts {
	return &j.files[row.src.File-j.files[0].N].Counts
}

// known counts a row that says nothing new, which EndFile counted as kept.
func (j *judging) known(row keyedRow) {
	if j.shelf == onRate {
		if _, told := j.rates[row.src]; !told {
			j.rates[row.src] = said{}
		}
		return
	}
	c := j.counts(row)
	c.Kept--
	c.Known++
}

// refuse counts a row as refused and keeps why.
func (j *judging) refuse(row keyedRow, faults []invoicing.Fault) error {
	if s := j.rates[row.src]; j.shelf == onRate {
		s.refused = true
		j.rates[row.src] = s
	} else {
		c := j.counts(row)
		c.Kept--
		c.Refused++
	}
	for _, f := range faults {
		f.Source = row.src
		if err := j.fault(f); err != nil {
			return err
		}
	}
	return nil
}

// agree reports whether all rows have one content.
func agree(rows []keyedRow) bool {
	for _, r := range rows[1:] {
		if !bytes.Equal(r.content, rows[0].content) {
			return false
		}
	}
	return true
}

// otherThan returns a row with another content; there is one.
func otherThan(row keyedRow, rows []keyedRow) keyedRow {
	for _, r := range rows {
		if !bytes.Equal(r.content, row.content) {
			return r
		}
	}
	return row
}

// refuseAll refuses rows of one run that contradict each other: none is better
// than the other, and which came first is chance.
func (j *judging) refuseAll(rows []keyedRow, why conflict) error {
	for _, r := range rows {
		faults, err := why.faults(r, otherThan(r, rows))
		if err != nil {
			return err
		}
		if err := j.refuse(r, faults); err != nil {
			return err
		}
	}
	return nil
}

// keepFirst makes the first row a version; the others say the same.
func (j *judging) keepFirst(rows []keyedRow) error {
	for _, r := range rows[1:] {
		j.known(r)
	}
	return j.put(rows[0])
}
