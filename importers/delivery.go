package importers

import "prorata/invoicing"

// delivery hands what was made of an export to the sink, in the order of the file.
// A record beside a line with a single field may lack what stands there, or have
// it too much: a line end has got into one of its cells. So each is handed on when
// the next is known.
type delivery struct {
	sink   Sink
	sums   *usageSums // of usage, else nil
	report *SheetReport
	held   batch // the last record
	lone   int   // row of the last line with a single field
}

// take hands on a batch, all but its last record; rows is what its row numbers
// count from.
func (d *delivery) take(b *batch, rows int) error {
	if len(b.made) == 0 {
		return nil
	}
	if err := d.release(b.loneAt(0, 0, rows)); err != nil {
		return err
	}
	var next [aLone]int // of each list; a lone line is in that of the refusals
	for i, m := range b.made {
		list := min(m, aRefusal)
		k := next[list]
		next[list]++
		if i == len(b.made)-1 {
			d.hold(b, m, k, rows)
			break
		}
		b.shift(m, k, rows)
		if err := d.record(b, m, k, b.loneAt(i+1, next[aRefusal], rows)); err != nil {
			return err
		}
	}
	return nil
}

// loneAt is the row of record i if it is a line with a single field, else 0; k is
// its place among the refusals.
func (b *batch) loneAt(i, k, rows int) int {
	if b.made[i] != aLone {
		return 0
	}
	return b.refused[k].faults[0].Source.Row + rows
}

// end hands on the last record of the file.
func (d *delivery) end() error { return d.release(0) }

// release hands on the record that was held; lone is the row of a line with a
// single field that follows it.
func (d *delivery) release(lone int) error {
	if len(d.held.made) == 0 {
		return nil
	}
	err := d.record(&d.held, d.held.made[0], 0, lone)
	d.held.reset()
	return err
}

func (d *delivery) hold(b *batch, m made, k, rows int) {
	h := &d.held
	h.made = append(h.made, m)
	switch m {
	case aPurchase:
		h.purchases = append(h.purchases, b.purchases[k])
	case aCredit:
		h.credits = append(h.credits, b.credits[k])
	case aPrice:
		h.prices = append(h.prices, b.prices[k])
	case aUsage:
		h.usage = append(h.usage, b.usage[k])
	case aRefusal, aLone:
		h.refused = append(h.refused, b.refused[k])
	}
	h.shift(m, 0, rows)
}

// shift counts a record's row from the beginning of the file.
func (b *batch) shift(m made, k, rows int) {
	switch m {
	case aRefusal, aLone:
		for i := range b.refused[k].faults {
			b.refused[k].faults[i].Source.Row += rows
		}
	default:
		if s := b.source(m, k); s != nil {
			s.Row += rows
		}
	}
}

// source is where a record stood whose cells were read; nil for one that is ignored or left out.
func (b *batch) source(m made, k int) *invoicing.Source {
	switch m {
	case aPurchase:
		return &b.purchases[k].Source
	case aCredit:
		return &b.credits[k].Source
	case aPrice:
		return &b.prices[k].Source
	case aUsage:
		return &b.usage[k].Source
	case aRefusal:
		if f := &b.refused[k].faults[0]; f.Column != "" { // of cells, not of the whole line
			return &f.Source
		}
	}
	return nil
}

// record hands on one record, or refuses it where it is torn: beside the last line
// with a single field, or the one that follows.
func (d *delivery) record(b *batch, m made, k, follows int) error {
	d.report.Rows++
	if s := b.source(m, k); s != nil && (d.lone > 0 && s.Row == d.lone+1 || s.Row+1 == follows) {
		d.report.Refused++
		d.sums.doubt("")
		return d.sink.Refuse(rowFault("Torn", *s, 0, 0))
	}
	switch m {
	case aPurchase:
		return d.sink.Purchase(&b.purchases[k])
	case aCredit:
		return d.sink.VendorCredit(&b.credits[k])
	case aPrice:
		return d.sink.Price(&b.prices[k])
	case aUsage:
		return d.sink.Usage(&b.usage[k])
	case anIgnored:
		d.report.Ignored++
		return nil
	case aLeftOut:
		d.report.LeftOut++
		return nil
	}
	d.report.Refused++
	d.sums.doubt(b.refused[k].order)
	if m == aLone {
		d.lone = b.refused[k].faults[0].Source.Row
	}
	return d.sink.Refuse(b.refused[k].faults...)
}
