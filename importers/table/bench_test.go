package table

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"
)

// BenchmarkWorkbook reads a sheet of 20,000 rows of 20 cells whole, half of them numbers.
// What is streamed of longer ones is measured beside excelize in package importers.
func BenchmarkWorkbook(b *testing.B) {
	const rows, columns = 20_000, 20
	file := largeWorkbook(b, rows, columns)
	b.ReportAllocs()
	for b.Loop() {
		tables, problem, err := Open(bytes.NewReader(file), int64(len(file)), func([]string) int { return Sure })
		if problem != nil || err != nil || len(tables[0].Rows) != rows-1 {
			b.Fatal(problem, err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func largeWorkbook(b *testing.B, rows, columns int) []byte {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for r := range rows {
		cells := make([]any, columns)
		for c := range cells {
			cells[c] = float64(r) + float64(c)/100
			if c%2 == 0 {
				cells[c] = fmt.Sprintf("text %d of row %d", c, r)
			}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", r+1), cells); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}
