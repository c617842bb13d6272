package importers

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
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
	if _, err := Read(context.Background(), "file", bytes.NewReader(file), int64(len(file)), 1, &r); err != nil {
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

// The copy of a template keeps what its columns say. Of a copy that is mended in part and
// dropped again, the next one marks what is left alone, whoever wrote its comments by then:
// LibreOffice does not keep that.
func TestCopyOfACopyMarksWhatIsLeft(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(template1(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	before, err := f.GetComments("Charges")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetRow("Charges", "A3", &[]any{"8611537", "soon", "SEK", "much"}); err != nil {
		t.Fatal(err)
	}
	_, g := returnedCopy(t, saved(t, f))
	if err := g.SetCellValue("Charges", "D3", 5); err != nil {
		t.Fatal(err)
	}
	_, h := returnedCopy(t, renamed(t, saved(t, g), strings.NewReplacer("<author>prorata</author>", "<author></author>")))
	after, err := h.GetComments("Charges")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, c := range after {
		texts[c.Cell] = commentText(c)
	}
	for _, c := range before {
		if texts[c.Cell] != commentText(c) {
			t.Errorf("the column %s says %q, and said %q", c.Cell, texts[c.Cell], commentText(c))
		}
	}
	if len(before) == 0 || len(after) != len(before)+1 || strings.Count(texts["B3"], "found: soon") != 1 {
		t.Errorf("comments %q", texts)
	}
	for cell, want := range map[string]int{"B3": 1, "D3": 0} {
		id, err := h.GetCellStyle("Charges", cell)
		if err != nil {
			t.Fatal(err)
		}
		if style, err := h.GetStyle(id); err != nil || len(style.Fill.Color) != want {
			t.Errorf("%s has the colours %q (%v)", cell, style.Fill.Color, err)
		}
	}
}

// A comment is on the cell that was refused, however the program that saved the
// workbook counts the parts that hold comments: LibreOffice by sheets, others apart
// from the drawings of their boxes, or in folders of their own.
func TestReturnedCopyHasItsCommentsWhateverSavedIt(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	head := []any{"BillingAccountId", "Date", "Currency", "Amount"}
	for i, sheet := range []string{"May", "June", "July"} {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{f.SetSheetRow(sheet, "A1", &head), f.SetSheetRow(sheet, "A2", &[]any{"8611537", "soon", "SEK", 5})} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if i == 2 {
			break // a sheet without a comment
		}
		if err := f.AddComment(sheet, excelize.Comment{Cell: "C2", Author: "Anna", Text: "hers in " + sheet}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	for program, names := range map[string][]string{
		"as the library": nil,
		"by sheets":      {"comments1.xml", "comments2.xml", "comments2.xml", "comments3.xml"},
		"the other way":  {"comments1.xml", "comments2.xml", "comments2.xml", "comments1.xml"},
		"names of its own": {"../comments1.xml", "/xl/comments/comment1.xml", "xl/comments1.xml", "xl/comments/comment1.xml",
			"../drawings/vmlDrawing1.vml", "/xl/drawings/commentsDrawing1.vml", "xl/drawings/vmlDrawing1.vml", "xl/drawings/commentsDrawing1.vml"},
	} {
		_, g := returnedCopy(t, renamed(t, saved(t, f), strings.NewReplacer(names...)))
		for _, sheet := range []string{"May", "June", "July"} {
			all, err := g.GetComments(sheet)
			if err != nil {
				t.Fatal(err)
			}
			texts := map[string]string{}
			for _, c := range all {
				texts[c.Cell] = commentText(c)
			}
			want := "hers in " + sheet
			if sheet == "July" {
				want = ""
			}
			if !strings.Contains(texts["B2"], "found: soon") || texts["C2"] != want {
				t.Errorf("%s: the comments of %s are %q", program, sheet, texts)
			}
		}
	}
}

// renamed is a workbook whose parts have other names, wherever these are said.
func renamed(t *testing.T, book []byte, names *strings.Replacer) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	to := zip.NewWriter(&b)
	for _, p := range from.File {
		r, err := p.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		w, err := to.Create(names.Replace(p.Name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, names.Replace(string(body))); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
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
