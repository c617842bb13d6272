package importers

import (
	"reflect"
	"slices"

	"prorata/invoicing"
)

// plainRows is a sink that holds what was made of some records of a plain sheet,
// in their order, until it is known how many rows stand before them.
type plainRows struct {
	items []any // pointers to core types, or the faults of one row
	err   error
}

var _ Sink = &plainRows{}

func (b *plainRows) add(item any) error { b.items = append(b.items, item); return nil }

// Account, and each of the others, holds one row.
func (b *plainRows) Account(a *invoicing.Account) error           { return b.add(a) }
func (b *plainRows) Purchase(p *invoicing.Purchase) error         { return b.add(p) }
func (b *plainRows) VendorCredit(v *invoicing.VendorCredit) error { return b.add(v) }
func (b *plainRows) Request(q *invoicing.Request) error           { return b.add(q) }
func (b *plainRows) RegisterRow(i *invoicing.RegisterRow) error   { return b.add(i) }
func (b *plainRows) Price(p *invoicing.Price) error               { return b.add(p) }
func (b *plainRows) Rate(x *invoicing.Rate) error                 { return b.add(x) }
func (b *plainRows) Charge(c *invoicing.Charge) error             { return b.add(c) }
func (b *plainRows) Usage(u *invoicing.Usage) error               { return b.add(u) }
func (b *plainRows) Opening(o *invoicing.Opening) error           { return b.add(o) }

// Refuse holds the faults of one row.
func (b *plainRows) Refuse(faults ...invoicing.Fault) error { return b.add(slices.Clone(faults)) }

// refused reports whether one of the rows was.
func (b *plainRows) refused() bool {
	return slices.ContainsFunc(b.items, func(item any) bool { _, is := item.([]invoicing.Fault); return is })
}

// deliver hands the rows on; rows is what their numbers count from.
func (b *plainRows) deliver(to Sink, rows int, report *SheetReport) error {
	if b.err != nil {
		return b.err
	}
	for _, item := range b.items {
		report.Rows++
		if err := deliverRow(to, item, rows, report); err != nil {
			return err
		}
	}
	return nil
}

func deliverRow(to Sink, item any, rows int, report *SheetReport) error {
	switch v := item.(type) {
	case *invoicing.Account:
		v.Source.Row += rows
		return to.Account(v)
	case *invoicing.Purchase:
		v.Source.Row += rows
		return to.Purchase(v)
	case *invoicing.Request:
		v.Source.Row += rows
		if v.New != nil {
			v.New.Source = v.Source
		}
		return to.Request(v)
	case *invoicing.RegisterRow:
		v.Line.Sources[0].Row += rows
		return to.RegisterRow(v)
	case *invoicing.Price:
		v.Source.Row += rows
		return to.Price(v)
	case *invoicing.Charge:
		v.Source.Row += rows
		return to.Charge(v)
	case *invoicing.Opening:
		v.Source.Row += rows
		return to.Opening(v)
	}
	faults := item.([]invoicing.Fault) // nothing else comes from a house sheet
	for i := range faults {
		faults[i].Source.Row += rows
	}
	report.Refused++
	return to.Refuse(faults...)
}

// fieldsOf points to the fields of a row struct, in the order of the kind's
// columns, which were declared by them.
func fieldsOf(row any, k *Kind) []*string {
	v := reflect.ValueOf(row).Elem()
	fields := make([]*string, len(k.Columns))
	for i := range fields {
		fields[i] = v.Field(i).Addr().Interface().(*string)
	}
	return fields
}
