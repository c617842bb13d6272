package importers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// A cell with an error, or a formula without its result, is refused once, with the
// formula still there.
func TestErrorCells(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for _, err := range []error{
		f.SetSheetRow("Sheet1", "A1", &[]any{"BillingAccountId", "Date", "Currency", "Amount"}),
		f.SetSheetRow("Sheet1", "A2", &[]any{"E1", "2026-12-01", "SEK"}),
		f.SetCellFormula("Sheet1", "D2", "SUM(A9:A10)"),
		f.SetSheetRow("Sheet1", "A3", &[]any{"#SAKNAS!", "#N/A", "SEK", "#REF!"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var codes []string
	for _, fault := range refusals(t, saved(t, f)) {
		codes = append(codes, fault.Code+" "+fault.Column)
	}
	if want := []string{"FormulaWithoutValue Amount", "CellError BillingAccountId", "CellError Date", "CellError Amount"}; !slices.Equal(codes, want) {
		t.Errorf("refused %q, want %q", codes, want)
	}
}

// A number format that shows another currency than the row's is as wrong as its sign
// beside the number; one that shows the row's is none of the number.
func TestCurrencyOfAFormat(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	euro, krona := `#,##0.00\ [$€-407]`, `#,##0.00\ "kr"`
	inEuro, err := f.NewStyle(&excelize.Style{CustomNumFmt: &euro})
	if err != nil {
		t.Fatal(err)
	}
	inKrona, err := f.NewStyle(&excelize.Style{CustomNumFmt: &krona})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		f.SetSheetRow("Sheet1", "A1", &[]any{"BillingAccountId", "Date", "Currency", "Amount"}),
		f.SetSheetRow("Sheet1", "A2", &[]any{"E1", "2026-12-01", "SEK", 9000.5}),
		f.SetSheetRow("Sheet1", "A3", &[]any{8611537, "2026-12-01", "SEK", 9000.5}),
		f.SetSheetRow("Sheet1", "A4", &[]any{"E1", "2026-12-01", "EUR", 9000.5}),
		f.SetCellStyle("Sheet1", "D2", "D2", inEuro), f.SetCellStyle("Sheet1", "A3", "D3", inKrona), f.SetCellStyle("Sheet1", "D4", "D4", inEuro),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := refusals(t, saved(t, f)); len(got) != 1 || got[0].Code != "CurrencySign" || got[0].Value != "9000.5 €" || got[0].Source.Row != 2 {
		t.Errorf("refused %v", got)
	}
	if got := strings.Join(records(t, saved(t, f)), "\n"); !strings.Contains(got, `Account="8611537" Date=2026-12-01 Amount=9000.50 SEK`) || !strings.Contains(got, "Amount=9000.50 EUR") {
		t.Errorf("read\n%s", got)
	}
}

// An id that is a number shown with text of its format is what the cell shows, as it is
// where the same sheet is saved as CSV; a number of units is the number.
func TestNumbersShownWithText(t *testing.T) {
	for _, c := range []struct {
		id           int
		format, want string
	}{{1, `"R-"0000`, "R-0001"}, {20261, `\R0000`, "R20261"}, {2, `"R-2026-"0`, "R-2026-2"}, {7, `"Å "##`, "Å 7"}, {1234, `000\-000`, "001-234"}, {12, `General" b"`, "12 b"},
		{8611537, `#,##0`, "8611537"}, {5, `00000`, "00005"}} {
		f := excelize.NewFile()
		shown, units := c.format, `"ca "0" st"`
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &shown})
		if err != nil {
			t.Fatal(err)
		}
		number, err := f.NewStyle(&excelize.Style{CustomNumFmt: &units})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{
			f.SetSheetRow("Sheet1", "A1", &[]any{"RequestId", "RequestDate", "Action", "ReservationOrderId", "Quantity"}),
			f.SetSheetRow("Sheet1", "A2", &[]any{c.id, "2026-11-21", "Refund", "o1", 3}),
			f.SetCellStyle("Sheet1", "A2", "A2", id), f.SetCellStyle("Sheet1", "E2", "E2", number),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		book, csv := records(t, saved(t, f)), records(t, []byte("RequestId;RequestDate;Action;ReservationOrderId;Quantity\n"+c.want+";2026-11-21;Refund;o1;3\n"))
		if len(csv) != 1 || !slices.Equal(book, csv) {
			t.Errorf("%d shown by %s is read as %q, want %q", c.id, c.format, book, csv)
		}
	}
}

// A number of units of which one reading is whole has that one; of 2,000, which may be 2 with
// three decimals, another one of the column says which.
func TestUnitsAreWhole(t *testing.T) {
	const file = "RequestId;RequestDate;Action;ReservationOrderId;Quantity\nR1;2026-11-21;Refund;o1;%s\nR2;2026-11-21;Refund;o2;%s\n"
	for _, c := range []struct{ first, second, plain1, plain2 string }{
		{"1,200", "3", "1200", "3"}, {"1.200", "3", "1200", "3"}, {"1,200", "2,000", "1200", "2000"}, {"1.200", "2.000", "1200", "2000"},
	} {
		got, want := records(t, fmt.Appendf(nil, file, c.first, c.second)), records(t, fmt.Appendf(nil, file, c.plain1, c.plain2))
		if len(want) != 2 || !slices.Equal(got, want) {
			t.Errorf("%s and %s are read as %q", c.first, c.second, got)
		}
	}
	for cell, code := range map[string]string{"2,000": "AmbiguousNumber", "1.5": "OutOfRange", "1,234.5": "OutOfRange"} {
		if got := refusals(t, fmt.Appendf(nil, file, cell, "3")); len(got) != 1 || got[0].Code != code {
			t.Errorf("%s is refused as %v, want %s", cell, got, code)
		}
	}
	for _, cell := range []string{"two", "2 pcs"} { // nobody is told to enter units with decimals
		if got := refusals(t, fmt.Appendf(nil, file, cell, "3")); len(got) != 1 || got[0].Code != "NotANumber" || got[0].Fix != "enter the number alone, like 3" {
			t.Errorf("%s is refused as %v", cell, got)
		}
	}
}

// What stands beside an amount and is no currency is told as that: of CR and DR books differ on
// which is below 0.
func TestUnitsBesideAmounts(t *testing.T) {
	for cell, want := range map[string]string{"1234.50 CR": "NotANumber", "25 %": "NotANumber", "1234.50 EUR": "CurrencySign", "$5": "CurrencySign", "Rs. 5": "CurrencySign", "kr 5": ""} {
		got := ""
		for _, f := range refusals(t, []byte("BillingAccountId;Date;Currency;Amount\nE1;2026-12-01;SEK;"+cell+"\n")) {
			got += f.Code
		}
		if got != want {
			t.Errorf("%s in SEK is refused as %q, want %q", cell, got, want)
		}
	}
}

// Codes that were copied with characters nobody sees are the codes.
func TestCodesWithHiddenCharacters(t *testing.T) {
	const file = "Sku;Term;Currency;UnitPrice;EffectiveFrom\nStandard_D2s_v5;%s;%s;¥1,234;2026-11-01\n"
	got, want := records(t, fmt.Appendf(nil, file, "\u200bP1Y", "JPY\ufeff")), records(t, fmt.Appendf(nil, file, "P1Y", "JPY"))
	if len(want) != 1 || !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
}

// What a spreadsheet program made of a text that looks like a number or a time, 12E5 or
// 10:30, is not that text: in a column of text it is refused. An amount that is shown so is the amount.
func TestTextsTakenForNumbers(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	exponent, clock := "0.00E+00", "hh:mm:ss"
	scientific, err := f.NewStyle(&excelize.Style{CustomNumFmt: &exponent})
	if err != nil {
		t.Fatal(err)
	}
	times, err := f.NewStyle(&excelize.Style{CustomNumFmt: &clock})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		f.SetSheetRow("Sheet1", "A1", &[]any{"BillingAccountId", "Date", "Currency", "Amount", "Description"}),
		f.SetSheetRow("Sheet1", "A2", &[]any{1200000, "2026-12-01", "SEK", 1.5, "usage"}),
		f.SetSheetRow("Sheet1", "A3", &[]any{"E1", "2026-12-01", "SEK", 9000.5, 0.4375}),
		f.SetSheetRow("Sheet1", "A4", &[]any{"E1", "2026-12-01", "SEK", 9000.5, "usage"}),
		f.SetCellStyle("Sheet1", "A2", "A2", scientific), f.SetCellStyle("Sheet1", "E3", "E3", times), f.SetCellStyle("Sheet1", "D4", "D4", scientific),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var codes []string
	for _, fault := range refusals(t, saved(t, f)) {
		codes = append(codes, fmt.Sprintf("%d %s %s %s", fault.Source.Row, fault.Column, fault.Value, fault.Code))
	}
	if want := []string{"2 BillingAccountId 1.2E+06 LostDigits", "3 Description 0.4375 NotADate"}; !slices.Equal(codes, want) {
		t.Errorf("refused %q, want %q", codes, want)
	}
	if got := strings.Join(records(t, saved(t, f)), "\n"); !strings.Contains(got, "Amount=9000.50 SEK") {
		t.Errorf("read\n%s", got)
	}
}
