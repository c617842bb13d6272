package importers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Of an export as the vendor wrote it only the refused rows are copied, its dates
// so that they can be read one way only.
func TestReturnedCopyOfAnExport(t *testing.T) {
	names, examples := header(transactionsMCA, func(Column) bool { return true })
	rows := [][]string{names}
	for i := range 3000 {
		row := slices.Clone(examples)
		row[5] = "09/03/2026"
		if i == 1700 {
			row[0] = "lots"
		}
		rows = append(rows, row)
	}
	book, f := returnedCopy(t, csvOf(t, rows...))
	if got := comments(t, f); len(got) != 1 || !strings.Contains(got["Rows!A2"], "found: lots") {
		t.Errorf("comments %q", got)
	}
	if v, err := f.GetCellValue("Rows", "F2"); err != nil || v != "2026-09-03" {
		t.Errorf("the date is %q (%v)", v, err)
	}
	if err := f.SetCellValue("Rows", "A2", 7164); err != nil {
		t.Fatal(err)
	}
	mended := saved(t, f)
	if left := refusals(t, mended); len(left) > 0 || len(records(t, mended)) != 1 {
		t.Errorf("the mended row reads %q, refused %v", records(t, mended), left)
	}
	if len(refusals(t, book)) == 0 {
		t.Error("unmended, nothing is refused")
	}
}

// A file that cannot be read comes back as a summary that says why.
func TestReturnedCopyOfWhatCannotBeRead(t *testing.T) {
	for what, file := range map[string]string{
		"a damaged workbook": "PK\x03\x04 and nothing more", "an old workbook": "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "damaged JSON": `{"value":[{"a":1}`,
		"no kind": "Vecka,Meny\n1,ärter\n",
	} {
		book, f := returnedCopy(t, []byte(file))
		rows, err := f.GetRows(summarySheet)
		if err != nil || len(rows) != summaryTop+1 || (rows[0][0] == "this file was not read") == (what == "no kind") || rows[summaryTop][6] == "" {
			t.Errorf("%s: the summary is %q (%v)", what, rows, err)
		}
		if got := records(t, book); len(got) > 0 {
			t.Errorf("%s reads as %q", what, got)
		}
	}
}

// TestReturnedCopyFillsNoGaps: a few kilobytes with cells in the last column, or in the last
// row, come back without what a program makes of the gaps before them, which is gigabytes.
func TestReturnedCopyFillsNoGaps(t *testing.T) {
	far := excelize.NewFile()
	defer far.Close()
	w, err := far.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	header := []any{"RequestId", "RequestDate", "Action", "ReservationOrderId", "Quantity", "RequesterRole"}
	for row := 1; row <= 200; row++ {
		cells := make([]any, excelize.MaxColumns)
		copy(cells, []any{fmt.Sprintf("R-%d", row), "2026-11-01", "Refund", "4f4507a0-1347-5016-8828-d4873dd4b5b9", "x", "Owner"})
		if cells[excelize.MaxColumns-1] = "far"; row == 1 {
			cells = header
		}
		if err := w.SetRow(fmt.Sprintf("A%d", row), cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.SetRow(fmt.Sprintf("A%d", excelize.TotalRows), []any{"R-9", "2026-11-01", "Refund", "4f4507a0-1347-5016-8828-d4873dd4b5b9", "x", "Owner"}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := errors.Join(w.Flush(), far.Write(&b)); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	faults := refusals(t, file)
	if len(faults) != 200 {
		t.Fatalf("%d refused", len(faults))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	book, _, err := (Reading{}).Returned(context.Background(), bytes.NewReader(file), int64(len(file)), faults)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; err != nil || took > 128<<20 {
		t.Errorf("the copy took %d MiB, %v", took>>20, err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if rows, err := f.GetRows("Rows"); err != nil || len(rows) != 201 || rows[200][0] != "R-9" {
		t.Errorf("the copy has %d rows, %v", len(rows), err)
	}
}

// TestReturnedCopyOfManyTables: marks and cells are as many as a workbook can bear, however
// many tables they are spread over.
func TestReturnedCopyOfManyTables(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		b.WriteString("\nRequestId,RequestDate,Action,ReservationOrderId,Quantity\n")
		for k := range 150 {
			fmt.Fprintf(&b, "R-%d-%d,2026-11-01,Refund,o,x\n", i, k)
		}
	}
	file := []byte(b.String())
	faults := refusals(t, file)
	book, _, err := (Reading{}).Returned(context.Background(), bytes.NewReader(file), int64(len(file)), faults)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	marked, copied := 0, 0
	for _, sheet := range f.GetSheetList()[1:] {
		comments, err := f.GetComments(sheet)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		marked, copied = marked+len(comments), copied+len(rows)-1
	}
	if len(faults) != 45_000 || marked != maxMarks || copied != maxCopied/5 {
		t.Errorf("of %d refused rows %d are copied and %d marked", len(faults), copied, marked)
	}
}
