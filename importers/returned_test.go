package importers

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"prorata/invoicing"
)

// refusals reads a file for what is refused of it.
func refusals(t *testing.T, file []byte) []invoicing.Fault {
	t.Helper()
	var r refusing
	if _, err := readFrom(context.Background(), "file", bytes.NewReader(file), int64(len(file)), 1, &r); err != nil {
		t.Fatal(err)
	}
	return r.faults
}

type refusing struct {
	recorder
	faults []invoicing.Fault
}

func (r *refusing) Refuse(faults ...invoicing.Fault) error {
	r.faults = append(r.faults, faults...)
	return nil
}

// returnedCopy makes the copy of a file, twice, and reads it with the library.
func returnedCopy(t *testing.T, file []byte) ([]byte, *excelize.File) {
	t.Helper()
	faults := refusals(t, file)
	var books [2][]byte
	for i := range books {
		var err error
		if books[i], _, err = (Reading{}).Returned(context.Background(), bytes.NewReader(file), int64(len(file)), faults); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(books[0], books[1]) {
		t.Error("the copies of one file differ")
	}
	f, err := excelize.OpenReader(bytes.NewReader(books[0]))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return books[0], f
}

// comments lists the cells with a comment, by sheet and cell.
func comments(t *testing.T, f *excelize.File) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, sheet := range f.GetSheetList() {
		all, err := f.GetComments(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			style, err := f.GetCellStyle(sheet, c.Cell)
			if err != nil {
				t.Fatal(err)
			}
			if s, err := f.GetStyle(style); err != nil || len(s.Fill.Color) == 0 {
				t.Errorf("%s!%s has a comment and no colour (%v)", sheet, c.Cell, err)
			}
			out[sheet+"!"+c.Cell] = commentText(c)
		}
	}
	return out
}

func saved(t *testing.T, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// records is what a file hands on, without where it stood.
func records(t *testing.T, file []byte) []string {
	t.Helper()
	var out []string
	for _, line := range strings.Split(read(t, "file", file), "\n") {
		if before, _, ok := strings.Cut(line, " Source=#"); ok && !strings.HasPrefix(line, "  ") {
			out = append(out, before)
		}
	}
	slices.Sort(out)
	return out
}

const swedish = "Ansökningar;;;;\r\nRequestId;RequestDate;Action;ReservationOrderId;Quantity;VendorAmountUSD;CardRef\r\n" +
	"R1;21.11.2026;Refund;o1;1;1 234,50;\r\nR2;2026-02-30;Refund;o2;1;1.234;\r\nR3;2026-11-20;Refnd;o3;noll;2,5;4111 1111 1111 1111\r\nR4;2026-11-20;Refund;o4;1;9,25\r\n"

// IMP-8: of a CSV file the sender gets a workbook with the same cells, those that
// were refused coloured and with a comment, and a first sheet that sums up.
func TestReturnedCopyOfACSVFile(t *testing.T) {
	book, f := returnedCopy(t, []byte(swedish))
	if got := f.GetSheetList(); !slices.Equal(got, []string{summarySheet, "Rows"}) {
		t.Fatalf("sheets %q", got)
	}
	marks := comments(t, f)
	for cell, want := range map[string]string{
		"Rows!B4": "found: 2026-02-30\nexpected: a day of the calendar", "Rows!C5": "found: Refnd", "Rows!E5": "(NotANumber)", "Rows!G5": "(CardNumber)", "Rows!A6": "(FieldCount)",
	} {
		if !strings.Contains(marks[cell], want) {
			t.Errorf("the comment at %s is %q, want %q", cell, marks[cell], want)
		}
	}
	if len(marks) != 5 {
		t.Errorf("%d comments: %v", len(marks), marks)
	}
	if v, err := f.GetCellValue("Rows", "G5"); err != nil || v != "************1111" {
		t.Errorf("the card number is sent around: %q (%v)", v, err)
	}
	rows, err := f.GetRows(summarySheet)
	if err != nil || len(rows) != summaryTop+5 || rows[0][0] != "5 cells to mend" || rows[summaryTop][1] != "4" || rows[summaryTop][2] != "RequestDate" {
		t.Errorf("the summary is %q (%v)", rows, err)
	}
	rowsOf := func(faults []invoicing.Fault) (rows []int) {
		for _, f := range faults {
			rows = append(rows, f.Source.Row)
		}
		return slices.Compact(rows)
	}
	if again, before := rowsOf(refusals(t, book)), rowsOf(refusals(t, []byte(swedish))); !slices.Equal(again, before) {
		t.Errorf("unmended, rows %v are refused, before %v", again, before)
	}
	if got, want := records(t, book), records(t, []byte(swedish)); !slices.Equal(got, want) {
		t.Errorf("what was right reads otherwise:\n%q\n%q", got, want)
	}
}

// Mended and dropped again the copy reads clean, and only what was refused is new.
func TestMendedCopyReadsClean(t *testing.T) {
	_, f := returnedCopy(t, []byte(swedish))
	for cell, v := range map[string]any{"B4": "2026-02-28", "C5": "Refund", "E5": 1, "G5": "card_1",
		"A6": "R4", "B6": "2026-11-20", "C6": "Refund", "D6": "o4", "E6": 1, "F6": "9,25"} {
		if err := f.SetCellValue("Rows", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	book := saved(t, f)
	if left := refusals(t, book); len(left) > 0 {
		t.Errorf("still refused: %v", left)
	}
	got := records(t, book)
	if len(got) != 4 || !slices.Contains(got, records(t, []byte(swedish))[0]) {
		t.Errorf("it reads %q", got)
	}
}

// What was refused is refused again until it is mended: a workbook makes nothing
// plain that the CSV file left open.
func TestUnmendedCopyIsRefusedAgain(t *testing.T) {
	for what, rows := range map[string]string{
		"a serial date":          "8611537,46000,SEK,5\n",
		"a date with two ways":   "8611537,03/04/2026,SEK,5\n",
		"a number with two ways": "8611537,2026-04-03,SEK,\"1,234\"\n",
		"a row that is split":    "8611537,2026-04-03,SEK,1,234\n",
		"a sign of its own":      "8611537,2026-04-03,SEK,€5\n",
		"a number too long":      "8611537,2026-04-03,SEK,99999999999999999\n",
	} {
		file := []byte("BillingAccountId,Date,Currency,Amount\n" + rows)
		book, _ := returnedCopy(t, file)
		if len(refusals(t, file)) == 0 || len(refusals(t, book)) == 0 || len(records(t, book)) > 0 {
			t.Errorf("%s: refused %v, then %v, reads as %q", what, refusals(t, file), refusals(t, book), records(t, book))
		}
	}
}

// A sender's own workbook comes back as it was: its other sheets, its formulas, its
// looks and the comments that it had. A copy that comes back again has one summary.
func TestReturnedCopyOfAWorkbook(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.SetSheetName("Sheet1", "Charges"))
	for i, row := range [][]any{{"BillingAccountId", "Date", "Currency", "Amount"}, {"8611537", 46000, "SEK", 12.5}, {"8611537", "soon", "kronor", 5}} {
		must(f.SetSheetRow("Charges", fmt.Sprintf("A%d", i+1), &row))
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	must(err)
	must(f.SetCellStyle("Charges", "B3", "B3", bold))
	must(f.AddComment("Charges", excelize.Comment{Cell: "C3", Author: "Anna", Paragraph: []excelize.RichTextRun{{Text: "ask Nils"}}}))
	must(f.SetCellFormula("Charges", "F2", "=D2*2"))
	_, err = f.NewSheet("Notes")
	must(err)
	must(f.SetCellStr("Notes", "A1", "ours"))
	must(f.SetSheetVisible("Notes", false))
	book, g := returnedCopy(t, saved(t, f))
	if got := g.GetSheetList(); !slices.Equal(got, []string{summarySheet, "Charges", "Notes"}) {
		t.Fatalf("sheets %q", got)
	}
	marks := comments(t, g)
	if !strings.Contains(marks["Charges!C3"], "ask Nils") || !strings.Contains(marks["Charges!C3"], "NotACurrency") || !strings.Contains(marks["Charges!B3"], "found: soon") || len(marks) != 2 {
		t.Errorf("comments %q", marks)
	}
	id, err := g.GetCellStyle("Charges", "B3")
	must(err)
	if s, err := g.GetStyle(id); err != nil || s.Font == nil || !s.Font.Bold {
		t.Errorf("the cell has lost its look (%v)", err)
	}
	if formula, err := g.GetCellFormula("Charges", "F2"); err != nil || !strings.Contains(formula, "D2*2") {
		t.Errorf("the formula is %q (%v)", formula, err)
	}
	_, h := returnedCopy(t, book)
	if got := h.GetSheetList(); !slices.Equal(got, []string{summarySheet, "Charges", "Notes"}) {
		t.Errorf("the copy of the copy has sheets %q", got)
	}
	if again := comments(t, h); !maps.Equal(again, marks) {
		t.Errorf("comments of the copy of the copy: %q", again)
	}
}

// The summary goes sheet by sheet, as whoever mends the workbook does.
func TestReturnedCopyGoesSheetBySheet(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for _, err := range []error{
		f.SetSheetName("Sheet1", "December"), f.SetSheetRow("December", "A1", &[]any{"BillingAccountId", "Date", "Currency", "Amount"}),
		f.SetSheetRow("December", "A2", &[]any{"8611537", "2026-12-01", "SEK", "x"}), f.SetSheetRow("December", "A3", &[]any{"8611537", "2026-12-02", "SEK", "y"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.NewSheet("April"); err != nil {
		t.Fatal(err)
	}
	if err := f.CopySheet(0, 1); err != nil {
		t.Fatal(err)
	}
	file := saved(t, f)
	faults := refusals(t, file)
	slices.SortStableFunc(faults, func(a, b invoicing.Fault) int { return a.Source.Row - b.Source.Row }) // as a night keeps them
	book, _, err := (Reading{}).Returned(context.Background(), bytes.NewReader(file), int64(len(file)), faults)
	if err != nil {
		t.Fatal(err)
	}
	g, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	rows, err := g.GetRows(summarySheet)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for i, r := range rows[summaryTop:] {
		_, target, err := g.GetCellHyperLink(summarySheet, cellName(1, summaryTop+1+i))
		if err != nil {
			t.Fatal(err)
		}
		got += strings.Join(r[:2], " ") + " " + target + "; "
	}
	if want := "December 2 'December'!D2; December 3 'December'!D3; April 2 'April'!D2; April 3 'April'!D3; "; got != want {
		t.Errorf("the summary has %q, want %q", got, want)
	}
}
