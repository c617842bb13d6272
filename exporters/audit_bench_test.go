package exporters

import (
	"fmt"
	"io"
	"testing"

	"github.com/xuri/excelize/v2"

	"prorata/invoicing/money"
)

// BenchmarkSheet writes 20,000 rows of 20 cells with styles: as the audit does, and
// with the StreamWriter of excelize. Both wait on disk before they are zipped.
func BenchmarkSheet(b *testing.B) {
	const rows, columns = 20_000, 20
	amount := money.Must("1234567.89 USD")
	perSecond := func(b *testing.B) {
		b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	}
	b.Run("ours", func(b *testing.B) {
		book := excelize.NewFile()
		defer book.Close()
		style := &auditStyles{book: book, made: map[styleKey]int{}}
		b.ReportAllocs()
		for b.Loop() {
			s, err := newSheet(b.TempDir(), "Rows", style)
			if err != nil {
				b.Fatal(err)
			}
			for range rows {
				s.begin(0)
				for range columns / 2 {
					s.text(style.of(asText, plain), "a27c0f26-1f7b-5b8f-98c8")
					s.amount(plain, amount)
				}
				s.end()
			}
			if n, err := s.WriteTo(io.Discard); err != nil || n == 0 {
				b.Fatal(n, err)
			}
			if err := s.remove(); err != nil {
				b.Fatal(err)
			}
		}
		perSecond(b)
	})
	b.Run("excelize", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := streamWritten(rows, columns); err != nil {
				b.Fatal(err)
			}
		}
		perSecond(b)
	})
}

func streamWritten(rows, columns int) error {
	f := excelize.NewFile()
	defer f.Close()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 4})
	if err != nil {
		return err
	}
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	cells := make([]any, columns)
	for c := range cells {
		cells[c] = excelize.Cell{StyleID: style, Value: 1234567.89}
		if c%2 == 0 {
			cells[c] = excelize.Cell{StyleID: style, Value: "a27c0f26-1f7b-5b8f-98c8"}
		}
	}
	for r := range rows {
		if err := w.SetRow(fmt.Sprintf("A%d", r+1), cells); err != nil {
			return err
		}
	}
	return w.Flush()
}
