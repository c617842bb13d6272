package exporters

import (
	"prorata/invoicing"
	"prorata/invoicing/reconcile"
)

// columns are the header of a register, in the order of RULES.
type columns []string

// register describes one .csv file: its columns, and the rows that it makes of
// what the night consists of; nil where it makes none. It is written with its
// header even where the night has no row for it.
type register struct {
	columns    columns
	settlement func(*press, *cells, *settled)
	standing   func(*press, *cells, *Standing)
	refusal    func(*press, *cells, *invoicing.Fault)
	last       func(*press, *cells) // when all has been seen

	reconciliation func(*press, *cells, *reconcile.Line)
}

// openRegister is a register being written.
type openRegister struct {
	*register
	press *press
	cells cells
	file  *file
}

func (r *register) open(p *press, name string) (part, error) {
	f, err := p.create(name)
	if err != nil {
		return nil, err
	}
	o := &openRegister{register: r, press: p, file: f}
	o.cells.flush = func(full []byte) []byte { return p.hand(f, full) }
	for _, column := range r.columns {
		o.cells.name(column)
	}
	o.cells.end()
	return o, nil
}

func (o *openRegister) settlement(s *settled) {
	if o.register.settlement != nil {
		o.register.settlement(o.press, &o.cells, s)
	}
}

func (o *openRegister) standing(s *Standing) {
	if o.register.standing != nil {
		o.register.standing(o.press, &o.cells, s)
	}
}

func (o *openRegister) refusal(f *invoicing.Fault) {
	if o.register.refusal != nil {
		o.register.refusal(o.press, &o.cells, f)
	}
}

func (o *openRegister) reconciled(l *reconcile.Line) {
	if o.register.reconciliation != nil {
		o.register.reconciliation(o.press, &o.cells, l)
	}
}

func (o *openRegister) close() {
	if o.last != nil {
		o.last(o.press, &o.cells)
	}
	o.file.rows = o.cells.rows - 1 // but the header
	o.press.hand(o.file, o.cells.buf)
}
