package importers

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// longRows is transactions, more of them than a sheet is held of; spoil changes one
// row, and as gives a cell.
func longRows(t *testing.T, n int, as func(row, col int, name, example string) any) [][]any {
	t.Helper()
	names, examples := header(transactionsMCA, func(Column) bool { return true })
	rows := [][]any{anyOf(names)}
	for i := range n {
		row := make([]any, len(names))
		for c := range names {
			row[c] = as(i, c, names[c], examples[c])
		}
		rows = append(rows, row)
	}
	return rows
}

// streamed writes a sheet as a long one is written.
func streamed(t *testing.T, rows [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := w.SetRow(cellName(0, i+1), rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return saved(t, f)
}

// A vendor's export in a workbook too long to be held reads as the same rows in a CSV
// file, as its columns are written: numbers and dates as such or as text, turned round
// or not; and its refused rows come back.
func TestLongSheet(t *testing.T) {
	const n = 5600
	cell := func(date any) func(int, int, string, string) any {
		return func(row, col int, name, example string) any {
			switch {
			case name == "ReservationOrderId":
				return fmt.Sprintf("order-%d", row)
			case name == "Amount" && row == 5500:
				return "12x"
			case name == "Amount":
				return float64(row) + 0.25
			case name == "EventDate" && row > 0:
				return date
			}
			return example
		}
	}
	for name, c := range map[string]struct {
		date    any
		refused int
	}{"dates": {45190, 1}, "text": {"09/21/2023", 1}, "turned round": {45055, n - 1}} {
		file := streamed(t, longRows(t, n, cell(c.date)))
		got := read(t, name, file)
		if want := fmt.Sprintf("%d rows, %d refused, 0 ignored", n, c.refused); !strings.Contains(got, want) {
			t.Fatalf("%s: %s, want %s", name, got[strings.LastIndex(got[:len(got)-1], "\n"):], want)
		}
		if c.refused > 1 {
			continue
		}
		texts := [][]string{}
		for _, row := range longRows(t, n, cell("09/21/2023")) {
			line := make([]string, len(row))
			for i := range row {
				line[i] = fmt.Sprint(row[i])
			}
			texts = append(texts, line)
		}
		if want := records(t, csvOf(t, texts...)); !slices.Equal(records(t, file), want) {
			t.Errorf("%s: the workbook does not read as the CSV file", name)
		}
		book, _, err := Reading{}.Returned(context.Background(), bytes.NewReader(file), int64(len(file)), refusals(t, file))
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(book))
		if err != nil {
			t.Fatal(err)
		}
		if rows, err := f.GetRows("Rows"); err != nil || len(rows) != 2 || !slices.Contains(rows[1], "12x") || !slices.Contains(rows[1], "2023-09-21") {
			t.Errorf("%s: the copy has %q, %v", name, rows, err)
		}
	}
}

// What cannot be streamed is refused whole, and nothing of a damaged one is read.
func TestLongSheetThatIsRefused(t *testing.T) {
	rows := longRows(t, 5200, func(_, _ int, _, example string) any { return example })
	for code, spoil := range map[string]func(f *excelize.File) error{
		"SeveralTables": func(f *excelize.File) error { return f.SetSheetRow("Sheet1", "A5100", &rows[0]) },
		"MergedCell":    func(f *excelize.File) error { return f.MergeCell("Sheet1", "A5100", "A5101") },
	} {
		f, err := excelize.OpenReader(bytes.NewReader(streamed(t, rows)))
		if err != nil {
			t.Fatal(err)
		}
		if err := spoil(f); err != nil {
			t.Fatal(err)
		}
		if got := read(t, code, saved(t, f)); !strings.Contains(got, fmt.Sprintf("Code=%q", code)) || strings.Contains(got, "purchase") {
			t.Errorf("%s: %.300s", code, got)
		}
	}
	file := streamed(t, rows)
	for i := len(file) / 4; i < len(file); i += len(file) / 4 {
		bad := bytes.Clone(file)
		bad[i] ^= 0xff
		if got := read(t, "damaged", bad); strings.Contains(got, "purchase") {
			t.Errorf("byte %d: %.300s", i, got)
		}
	}
}
