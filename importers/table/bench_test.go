package table

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/xuri/excelize/v2"
)

// BenchmarkWorkbook reads 20,000 rows of 20 cells, half of them numbers: as we do,
// and with excelize, which says less of a cell (see workbook).
func BenchmarkWorkbook(b *testing.B) {
	const rows, columns = 20_000, 20
	file := largeWorkbook(b, rows, columns)
	perSecond := func(b *testing.B) {
		b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	}
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			tables, problem, err := Open(bytes.NewReader(file), int64(len(file)), func([]string) int { return Sure })
			if problem != nil || err != nil || len(tables[0].Rows) != rows-1 {
				b.Fatal(problem, err)
			}
		}
		perSecond(b)
	})
	b.Run("excelize", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if n := excelizeRows(b, file); n != rows {
				b.Fatal(n)
			}
		}
		perSecond(b)
	})
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

func excelizeRows(b *testing.B, file []byte) (n int) {
	f, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{RawCellValue: true})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	rows, err := f.Rows("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			b.Fatal(err)
		}
		n++
	}
	return n
}
