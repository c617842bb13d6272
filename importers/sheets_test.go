package importers

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// IMP-7: two tables in one sheet, one below the other, are read each by its own
// header: with other columns, with the same in another order, or of another kind.
func TestTablesBelowEachOther(t *testing.T) {
	first := "BillingAccountId,Date,Currency,Amount,Description\nE1,2026-12-01,SEK,5.50,a\n"
	for name, second := range map[string]string{
		"the same header":    "BillingAccountId,Date,Currency,Amount,Description\nE2,2026-12-02,SEK,7.50,b\n",
		"in another order":   "Amount,Description,BillingAccountId,Date,Currency\n7.50,b,E2,2026-12-02,SEK\n",
		"with a column less": "BillingAccountId,Date,Currency,Amount\nE2,2026-12-02,SEK,7.50\n",
		"of another kind":    "BillingAccountId,Name,BillingType,Currency\nE2,Nordkvarn,EA,SEK\n",
	} {
		both := records(t, []byte(first+"\nDecember\n\n"+second))
		apart := append(records(t, []byte(first)), records(t, []byte(second))...)
		slices.Sort(apart)
		if name == "with a column less" || name == "of another kind" { // the title has a single field, and so may be a piece of a row
			both = records(t, []byte(first+"\n"+second))
		}
		if !slices.Equal(both, apart) || len(apart) != 2 {
			t.Errorf("%s: reads\n%s\nwant\n%s", name, strings.Join(both, "\n"), strings.Join(apart, "\n"))
		}
	}
	// A title apart from the rows above is of the table below, and no row.
	if book := titledBook(t); len(records(t, book)) != 2 || len(refusals(t, book)) != 0 {
		t.Errorf("two tables with a title between them read %q, refuse %+v", records(t, book), refusals(t, book))
	}
	// A second header that lacks a column is one, too: its rows are not read by the first.
	got := read(t, "two", []byte(first+"Amount,BillingAccountId,Date\n7.50,E2,2026-12-02\n"))
	if strings.Count(got, "\ncharge")+strings.Count(got, "charge Account") < 1 || !strings.Contains(got, "UnknownKind") || strings.Contains(got, "7.50 SEK") {
		t.Errorf("a header that lacks the currency reads\n%s", got)
	}
}

// titledBook is a workbook of two tables on a sheet, the second below a title.
func titledBook(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	header := []any{"BillingAccountId", "Date", "Currency", "Amount"}
	for _, err := range []error{
		f.SetSheetRow("Sheet1", "A1", &header),
		f.SetSheetRow("Sheet1", "A2", &[]any{"E1", "2026-12-01", "SEK", 5.5}),
		f.SetSheetRow("Sheet1", "A4", &[]any{"December"}),
		f.SetSheetRow("Sheet1", "A6", &header),
		f.SetSheetRow("Sheet1", "A7", &[]any{"E2", "2026-12-02", "SEK", 7.5}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return saved(t, f)
}

// Columns of a house sheet of which nothing is read are named, whichever way it is
// read; a vendor's export has many of no concern.
func TestColumnsThatAreNotReadAreNamed(t *testing.T) {
	const header, row = "BillingAccountId,Date,Currency,Amount,Betalare\n", "E1,2026-12-01,SEK,5.50,Anna\n"
	for name, file := range map[string][]byte{"plain text": []byte(header + row), "a total below": []byte(header + row + "Total,,,5.50,\n")} {
		got, err := readFrom(context.Background(), "charges.csv", bytes.NewReader(file), int64(len(file)), 1, &refusing{})
		if err != nil || len(got.Sheets) != 1 || !slices.Equal(got.Sheets[0].Unknown, []string{"Betalare"}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	file, err := os.ReadFile("testdata/transactions-saved-again.csv")
	if err != nil {
		t.Fatal(err)
	}
	got, err := readFrom(context.Background(), "export.csv", bytes.NewReader(file), int64(len(file)), 1, &refusing{})
	if err != nil || len(got.Sheets) != 1 || got.Sheets[0].Unknown != nil {
		t.Errorf("an export: %+v, %v", got, err)
	}
}

// mergedBook is a workbook whose requests share an exchange, written once over two
// rows, and whose second row is hidden.
func mergedBook(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for _, err := range []error{
		f.SetSheetRow("Sheet1", "A1", &[]any{"Requests of November"}),
		f.MergeCell("Sheet1", "A1", "F1"),
		f.SetSheetRow("Sheet1", "A2", &[]any{"RequestId", "RequestDate", "Action", "ExchangeId", "ReservationOrderId", "Quantity", "Note"}),
		f.SetSheetRow("Sheet1", "A3", &[]any{"R1", "2026-11-21", "Return", "X1", "o1", 1, "see mail"}),
		f.SetSheetRow("Sheet1", "A4", &[]any{"R2", "2026-11-21", "Return", "", "o2", 1}),
		f.SetSheetRow("Sheet1", "A5", &[]any{"R3", "2026-11-21", "Refund", "", "o3", 1}),
		f.MergeCell("Sheet1", "D3", "D4"),
		f.MergeCell("Sheet1", "G3", "G4"),
		f.SetRowVisible("Sheet1", 5, false),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return saved(t, f)
}

// IMP-7: a cell that is merged with the one above is not empty to who looks at it,
// and whether it is meant to say the same nobody knows: refused. Titles and columns
// that are not read may be merged. Hidden rows are read, and that is told.
func TestMergedAndHidden(t *testing.T) {
	book := mergedBook(t)
	got := read(t, "merged.xlsx", book)
	for _, want := range []string{`request ID="R1"`, `request ID="R3"`, `refused Code="MergedCell" Source=#1!Sheet1!4 Column="ExchangeId"`,
		"3 rows, 1 refused, 0 ignored 1 hidden row read like the others"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, `ID="R2"`) || strings.Count(got, "refused Code") != 1 {
		t.Errorf("reads\n%s", got)
	}
	// The mark is where it can be seen: on the cell that shows.
	_, f := returnedCopy(t, book)
	if marks := comments(t, f); len(marks) != 1 || !strings.Contains(marks["Sheet1!D3"], "unmerge the cells") {
		t.Errorf("comments %q", marks)
	}
}

// A row that someone has struck through is refused, for it may be taken back or done;
// the other lines of its exchange wait. A note that is struck through says nothing.
func TestStruckThrough(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	struck, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		f.SetSheetRow("Sheet1", "A1", &[]any{"RequestId", "RequestDate", "Action", "ExchangeId", "ReservationOrderId", "Quantity", "RequesterRole", "Note"}),
		f.SetSheetRow("Sheet1", "A2", &[]any{"R1", "2026-11-20", "Refund", "", "o1", 1, "Owner", "asked twice"}),
		f.SetSheetRow("Sheet1", "A3", &[]any{"R2", "2026-11-20", "Return", "X1", "o2", 1, "Owner"}),
		f.SetSheetRow("Sheet1", "A4", &[]any{"R3", "2026-11-20", "Return", "X1", "o3", 1, "Owner"}),
		f.SetSheetRow("Sheet1", "A5", &[]any{"R4", "2026-11-20", "Refund", "", "o4", 1, "Owner"}),
		f.SetCellStyle("Sheet1", "H2", "H2", struck), f.SetCellStyle("Sheet1", "A3", "H3", struck), f.SetCellStyle("Sheet1", "F5", "F5", struck),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var codes []string
	for _, fault := range refusals(t, saved(t, f)) {
		codes = append(codes, fmt.Sprint(fault.Code, " ", fault.Source.Row))
	}
	if want := []string{"StruckThrough 3", "Waits 4", "StruckThrough 5"}; !slices.Equal(codes, want) {
		t.Errorf("refused %q, want %q", codes, want)
	}
	if got := records(t, saved(t, f)); len(got) != 1 || !strings.Contains(got[0], `ID="R1"`) {
		t.Errorf("read %q", got)
	}
}

// Another table beside the one that is read is not read as columns of its rows; a
// column that is left empty for looks is no end of a table.
func TestTableBeside(t *testing.T) {
	const header = "BillingAccountId;Name;BillingType;Currency;;Country;TaxRate"
	for _, c := range []struct {
		what string
		rows []string
		told string
	}{
		{"VAT rates beside accounts", []string{header, "A1;one;CSP;SEK;;NO;25%", "A2;two;CSP;SEK;;SE;24%", "A3;three;CSP;SEK;;;"}, "2 Country 3 Country "},
		{"with a total", []string{header, "A1;one;CSP;SEK;;NO;25%", "A2;two;CSP;SEK;;SE;25%", "Total;;;;;;"}, ""},
		{"a column for looks", []string{header, "A1;one;CSP;SEK;;NO;25%", "A2;two;CSP;SEK;;SE;", "A3;three;CSP;SEK;;;"}, ""},
		{"what one has", []string{header, "A1;one;CSP;SEK;;NO;25%", "A2;two;CSP;SEK;;;", "A3;three;CSP;SEK;;;"}, ""},
		{"what two have alike", []string{header, "A1;one;CSP;SEK;;SE;25%", "A2;two;CSP;SEK;;se;25%", "A3;three;CSP;SEK;;;"}, ""},
		{"what some lack", []string{header, "A1;one;CSP;SEK;;NO;25%", "A2;two;CSP;SEK;;SE;25%", "A3;three;CSP;SEK;;;", "A4;four;CSP;SEK;;DK;25%"}, ""},
		{"one column moved away", []string{"BillingAccountId;Name;BillingType;Currency;;Country", "A1;one;CSP;SEK;;NO", "A2;two;CSP;SEK;;SE", "A3;three;CSP;SEK;;"}, ""},
		{"one between what each row must have", []string{"BillingAccountId;Name;;BillingType;Currency;Country", "A1;one;;CSP;SEK;NO", "A2;two;;CSP;SEK;"}, ""},
		{"notes beside", []string{"BillingAccountId;Name;BillingType;Currency;;Note", "A1;one;CSP;SEK;;x", "A2;two;CSP;SEK;;"}, ""},
		{"a column without a name", []string{"BillingAccountId;Name;BillingType;Currency;;Country", "A1;one;CSP;SEK;x;NO", "A2;two;CSP;SEK;;"}, ""},
	} {
		got := ""
		file := []byte(strings.Join(c.rows, "\n") + "\n")
		for _, f := range refusals(t, file) {
			if f.Code == "TableBeside" {
				got += fmt.Sprint(f.Source.Row, " ", f.Column, " ")
			}
		}
		if got != c.told || c.told != "" && len(records(t, file)) != 1 {
			t.Errorf("%s: refused %q, want %q", c.what, got, c.told)
		}
	}
}

// An export below another, with its header again and empty rows between, is read as both,
// and so is usage, of which a header is no row that casts doubt on the others (PRO-9).
func TestExportsBelowEachOther(t *testing.T) {
	for name, c := range map[string][2]string{
		"transactions": {"Amount,ArmSkuName,BillingFrequency,Currency,EventDate,EventType,Quantity,Region,ReservationOrderId,Term,CurrentEnrollmentId\n", "5,D2,OneTime,SEK,2026-11-02,Purchase,1,westeurope,o1,P1Y,E1\n"},
		"usage":        {"ReservationOrderId,ReservationId,UsageDate,UsedHours\n", "o1,r1,2026-11-02,0\n"},
	} {
		header, row := c[0], c[1]
		second := strings.Replace(row, "2026-11-02", "2026-11-03", 1)
		empty := strings.Repeat(",", strings.Count(header, ",")) + "\n"
		got := read(t, name, []byte(header+row+empty+header+second+empty))
		if strings.Contains(got, "refused Code") || !strings.Contains(got, "5 rows, 0 refused, 3 ignored") || !strings.Contains(got, "Date=2026-11-02") || !strings.Contains(got, "Date=2026-11-03") {
			t.Errorf("%s: reads\n%s", name, got)
		}
	}
}

// Lines that end as on an old Mac are lines, also where the last column is one that
// nothing asks for.
func TestLinesOfOldMacs(t *testing.T) {
	for name, file := range map[string]string{
		"charges":      "BillingAccountId,Date,Currency,Amount,Note\nE1,2026-12-01,SEK,5,x\nE2,2026-12-01,SEK,5,y\n",
		"transactions": "Amount,ArmSkuName,BillingFrequency,Currency,EventDate,EventType,Quantity,Region,ReservationOrderId,Term,CurrentEnrollmentId,Note\n5,D2,OneTime,SEK,2026-11-02,Purchase,1,westeurope,o1,P1Y,E1,x\n5,D2,OneTime,SEK,2026-11-02,Purchase,1,westeurope,o2,P1Y,E1,x\n",
	} {
		want := records(t, []byte(file))
		if got := records(t, []byte(strings.ReplaceAll(file, "\n", "\r"))); len(got) != 2 || !slices.Equal(got, want) {
			t.Errorf("%s: read %q, want %q", name, got, want)
		}
	}
}

// A page of text or of sums beside a sheet that is read is no sheet to mend. One of data
// that no kind fits is, and so is one whose columns all lie in one cell.
func TestPages(t *testing.T) {
	for _, c := range []struct {
		what string
		rows [][]any
		told string
	}{
		{"instructions", [][]any{{"How to fill in this workbook"}, {1, "Fill in Charges, with dates like 2026-11-22"}, {2, "Send it to finance"}}, ""},
		{"a list of columns", [][]any{{"Field", "Needed", "What it is"}, {"Amount", "yes", "net"}}, ""},
		{"the summary of an export from Numbers", [][]any{{"This document was exported from Numbers."}, {"Numbers Sheet Name", "Numbers Table Name", "Excel Worksheet Name"}, {"Sheet 1", "Table 1", "Charges"}}, ""},
		{"a pivot table", [][]any{{"Row labels", "Sum of Amount"}, {"SEK", 1234.5}, {"Grand total", 1234.5}}, ""},
		{"rows without a header", [][]any{{"E1", "2026-12-01", "SEK", 5}}, "UnknownKind"},
		{"rows without a header above a date", [][]any{{"E1", "2026-12-01", "SEK", 5}, {}, {"Date", "2026-12-02"}}, "UnknownKind"},
		{"a header in another language", [][]any{{"Tili", "Päivä", "Raha", "Summa"}, {"E1", "2026-12-01", "SEK", 5}}, "UnknownKind"},
		{"a CSV file in one column", [][]any{{"BillingAccountId;Date;Currency;Amount"}, {"E1;2026-12-01;SEK;5"}}, "UnknownKind"},
	} {
		f := excelize.NewFile()
		defer f.Close()
		if _, err := f.NewSheet("Charges"); err != nil {
			t.Fatal(err)
		}
		for i, row := range c.rows {
			if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
		codes := func() (all string) {
			for _, fault := range refusals(t, saved(t, f)) {
				all += fault.Code
			}
			return all
		}
		alone := codes()
		for i, row := range [][]any{{"BillingAccountId", "Date", "Currency", "Amount"}, {"E1", "2026-12-01", "SEK", 5}} {
			if err := f.SetSheetRow("Charges", fmt.Sprint("A", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
		if got := codes(); got != c.told || alone != "UnknownKind" || len(records(t, saved(t, f))) != 1 {
			t.Errorf("%s: refused %q, want %q; alone %q", c.what, got, c.told, alone)
		}
	}
}

// Sums between and below rows, as spreadsheet programs name them in three languages, are
// no rows.
func TestTotals(t *testing.T) {
	for _, total := range []string{"Total", "Subtotal:", "Grand total", "Summa", "Delsumma", "Totalsumma", "Zwischensumme", "Gesamtergebnis", "Teilergebnis", "SUMME :", "Sub-total", "Total SEK", "Summa EUR:", "SEK total", "E1 Total", "e1 Ergebnis"} {
		file := "BillingAccountId;Date;Currency;Amount\nE1;2026-12-01;SEK;5.50\n" + total + ";;;5.50\nE1;2026-12-02;SEK;5.50\n"
		if got := records(t, []byte(file)); len(got) != 2 || len(refusals(t, []byte(file))) != 0 {
			t.Errorf("%s: %q", total, got)
		}
	}
	unfinished := []byte("BillingAccountId;Date;Currency;Amount\nE1;2026-12-01;SEK;5.50\nNordic Total;2026-12-01;;5.50\n")
	if got := refusals(t, unfinished); len(got) != 1 || got[0].Code != "Missing" || got[0].Column != "Currency" {
		t.Errorf("a row of an account that is called so is refused as %v", got)
	}
}

// Formulas filled down below the last row give zeros, and a line may be drawn with dashes:
// neither is a row.
func TestRowsOfZeros(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	krona := `#,##0.00\ "kr"`
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &krona})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{{"BillingAccountId", "Date", "Currency", "Amount", "With VAT"}, {"E1", "2026-12-01", "SEK", 5, 6.25}, {"", "---", "---", "---"}, {nil, nil, nil, 0, 0}, {nil, 0, nil, 0, 0}, {nil, nil, nil, 7, 0}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("Sheet1", "D2", "E6", style); err != nil {
		t.Fatal(err)
	}
	if got := read(t, "zeros", saved(t, f)); !strings.Contains(got, "5 rows, 1 refused, 3 ignored") || !strings.Contains(got, "Amount=5.00 SEK") {
		t.Errorf("reads\n%s", got)
	}
}

// A sum without a word, or a note below the table, is told once, and not for each cell
// that a row would need.
func TestACellAlone(t *testing.T) {
	const file = "BillingAccountId,Date,Currency,Amount\nE1,2026-12-01,SEK,5\n,,,5\n* asked Nils,,,\n,,SEK,5\n"
	var got []string
	for _, f := range refusals(t, []byte(file)) {
		got = append(got, fmt.Sprint(f.Source.Row, " ", f.Column))
	}
	if want := []string{"3 Amount", "4 BillingAccountId", "5 BillingAccountId", "5 Date"}; !slices.Equal(got, want) {
		t.Errorf("refused %q, want %q", got, want)
	}
}
