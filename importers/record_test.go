package importers

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"prorata/invoicing"
)

// recorder writes down what it is given, a line for each row.
type recorder struct {
	lines []string
	stop  error // returned by every call, where set
}

func (r *recorder) add(kind string, v any) error {
	r.lines = append(r.lines, kind+show(reflect.ValueOf(v)))
	return r.stop
}

func (r *recorder) Account(a *invoicing.Account) error           { return r.add("account", *a) }
func (r *recorder) Purchase(p *invoicing.Purchase) error         { return r.add("purchase", *p) }
func (r *recorder) VendorCredit(v *invoicing.VendorCredit) error { return r.add("credit", *v) }
func (r *recorder) Request(q *invoicing.Request) error           { return r.add("request", *q) }
func (r *recorder) RegisterRow(i *invoicing.RegisterRow) error   { return r.add("invoice line", *i) }
func (r *recorder) Price(p *invoicing.Price) error               { return r.add("price", *p) }
func (r *recorder) Rate(x *invoicing.Rate) error                 { return r.add("rate", *x) }
func (r *recorder) Charge(c *invoicing.Charge) error             { return r.add("charge", *c) }
func (r *recorder) Usage(u *invoicing.Usage) error               { return r.add("usage", *u) }
func (r *recorder) Opening(o *invoicing.Opening) error           { return r.add("opening", *o) }
func (r *recorder) Refuse(faults ...invoicing.Fault) error {
	for _, f := range faults {
		_ = r.add("  refused", f)
	}
	return r.stop
}

// show writes the fields of a struct that are not zero.
func show(v reflect.Value) string {
	var b strings.Builder
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() == reflect.Pointer && !f.IsNil() {
			f = f.Elem()
		}
		if f.IsZero() {
			continue
		}
		fmt.Fprintf(&b, " %s=", v.Type().Field(i).Name)
		switch x := f.Interface().(type) {
		case fmt.Stringer:
			b.WriteString(x.String())
		case string:
			fmt.Fprintf(&b, "%q", x)
		default:
			if f.Kind() == reflect.Struct {
				fmt.Fprintf(&b, "{%s}", strings.TrimSpace(show(f)))
			} else {
				fmt.Fprint(&b, x)
			}
		}
	}
	return b.String()
}

// readFrom reads a file without a locale.
func readFrom(ctx context.Context, name string, r io.ReaderAt, size int64, file int, sink Sink) (Report, error) {
	return Reading{}.Read(ctx, name, r, size, file, sink)
}

// read reads a file into a text: what was handed on, and the report.
func read(t *testing.T, name string, file []byte) string {
	t.Helper()
	var r recorder
	report, err := readFrom(context.Background(), name, bytes.NewReader(file), int64(len(file)), 1, &r)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range report.Sheets {
		r.lines = append(r.lines, fmt.Sprintf("sheet %q kind %q: %d rows, %d refused, %d ignored %s", s.Sheet, s.Kind, s.Rows, s.Refused, s.Ignored, s.Note))
	}
	return strings.Join(r.lines, "\n") + "\n"
}
