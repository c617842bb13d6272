package importers

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"prorata/invoicing"
)

// BenchmarkKinds reads 20,000 rows of each kind, as CSV: its example row again and
// again. BenchmarkTransactions streams more.
func BenchmarkKinds(b *testing.B) {
	const rows = 20_000
	for _, k := range Kinds() {
		b.Run(k.Name, func(b *testing.B) {
			names, example := header(k, func(Column) bool { return true })
			in := bytes.NewReader(csvOf(b, slices.Concat([][]string{names}, slices.Repeat([][]string{example}, rows))...))
			b.SetBytes(in.Size())
			b.ReportAllocs()
			for b.Loop() {
				report, err := Read(context.Background(), k.Name, in, in.Size(), 1, deaf{})
				if err != nil || report.Sheets[0].Rows != rows {
					b.Fatal(report, err)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// deaf takes every row and keeps nothing.
type deaf struct{}

func (deaf) Account(*invoicing.Account) error           { return nil }
func (deaf) Purchase(*invoicing.Purchase) error         { return nil }
func (deaf) VendorCredit(*invoicing.VendorCredit) error { return nil }
func (deaf) Request(*invoicing.Request) error           { return nil }
func (deaf) RegisterRow(*invoicing.RegisterRow) error   { return nil }
func (deaf) Price(*invoicing.Price) error               { return nil }
func (deaf) Rate(*invoicing.Rate) error                 { return nil }
func (deaf) Charge(*invoicing.Charge) error             { return nil }
func (deaf) Usage(*invoicing.Usage) error               { return nil }
func (deaf) Opening(*invoicing.Opening) error           { return nil }
func (deaf) Refuse(...invoicing.Fault) error            { return nil }
