package importers

import (
	"bytes"
	"context"
	"slices"
	"testing"
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
				report, err := readFrom(context.Background(), k.Name, in, in.Size(), 1, Nowhere)
				if err != nil || report.Sheets[0].Rows != rows {
					b.Fatal(report, err)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
