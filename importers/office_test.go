package importers

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"prorata/invoicing"
)

// office is LibreOffice: its program, and its profile, which takes long to make.
type office struct{ program, profile string }

// save opens files in LibreOffice and saves them again in another format, or the
// same; the new ones have the names of the old.
func (o office) save(t *testing.T, format string, files map[string][]byte) map[string][]byte {
	t.Helper()
	in, out := t.TempDir(), t.TempDir()
	args := []string{"-env:UserInstallation=file://" + filepath.ToSlash(o.profile), "--headless", "--convert-to", format, "--outdir", out}
	for name, file := range files {
		path := filepath.Join(in, name)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	cmd := exec.Command(o.program, args...)
	cmd.WaitDelay = time.Minute
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("LibreOffice: %v\n%s", err, said)
	}
	extension, _, _ := strings.Cut(format, ":")
	saved := map[string][]byte{}
	for name := range files {
		file, err := os.ReadFile(filepath.Join(out, strings.TrimSuffix(name, filepath.Ext(name))+"."+extension))
		if err != nil {
			t.Fatal(err)
		}
		saved[name] = file
	}
	return saved
}

// What LibreOffice saves reads as what it was.
func TestLibreOffice(t *testing.T) {
	program, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed")
	}
	o := office{program, t.TempDir()}
	register, err := os.ReadFile("../fixtures/inbox/Registervård november.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	marked, book := returnedCopy(t, register)
	files := map[string][]byte{"register.xlsx": register, "template.xlsx": template1(t), "kinds.xlsx": everyKind(t), "since1904.xlsx": since1904(t), "marked.xlsx": marked,
		"mended.xlsx":  mended(t, book, refusals(t, register)),
		"requests.csv": []byte("RequestId,RequestDate,Action,ReservationOrderId,Quantity,VendorAmountUSD\nR1,2026-11-21,Refund,o1,1,1234.5\nR2,2026-11-22,Refund,o2,12,\n")}
	saved := o.save(t, "xlsx:Calc MS Excel 2007 XML", files)
	t.Run("saved again", func(t *testing.T) { savedAgain(t, files, saved) })
	t.Run("mended", func(t *testing.T) { mendedCopy(t, register, saved["mended.xlsx"]) })
}

// IMP-9: a workbook that LibreOffice has saved again has other bytes and says the
// same: the sample biller's registers, the template, a workbook with every kind in
// it, one with dates from 1904, the copy that a sender gets back; and so does a CSV
// file that it has made a workbook of.
func savedAgain(t *testing.T, files, saved map[string][]byte) {
	for name, again := range saved {
		want, got := told(t, files[name]), told(t, again)
		if name == "requests.csv" {
			want, got = records(t, files[name]), records(t, again)
		}
		if bytes.Equal(files[name], again) || len(want) < 2 {
			t.Errorf("%s tests nothing: %d lines", name, len(want))
		}
		for _, lines := range [][2][]string{{want, got}, {got, want}} {
			for _, line := range lines[0] {
				if !slices.Contains(lines[1], line) {
					t.Errorf("%s: one of the two alone has\n  %s", name, line)
				}
			}
		}
	}
}

// told is all that a file hands on and refuses, with where it stands.
func told(t *testing.T, file []byte) []string {
	t.Helper()
	return strings.Split(strings.TrimSpace(read(t, "file", file)), "\n")
}

// everyKind is a workbook with a sheet of each kind, numbers and dates as such.
func everyKind(t *testing.T) []byte {
	t.Helper()
	sheets, order := map[string][][]any{}, []string{}
	for _, k := range Kinds() {
		names, examples := header(k, func(Column) bool { return true })
		head, row := make([]any, len(names)), make([]any, len(names))
		for i := range names {
			head[i], row[i] = names[i], cellOf(t, k.Columns[i], examples[i])
		}
		sheets[k.Name], order = [][]any{head, row}, append(order, k.Name)
	}
	return workbook(t, sheets, order)
}

// since1904 is a workbook in the other date system, with a date, a percentage, a
// formula and a sum below.
func since1904(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	yes := true
	percent, err := f.NewStyle(&excelize.Style{NumFmt: 10})
	if err != nil {
		t.Fatal(err)
	}
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}),
		f.SetSheetRow("Sheet1", "A1", &[]any{"BillingAccountId", "Name", "BillingType", "Currency", "TaxRate", "CommitmentStart"}),
		f.SetSheetRow("Sheet1", "A2", &[]any{"E1", "Nordkvarn AB", "EA", "SEK", 0.25, 44500}),
		f.SetSheetRow("Sheet1", "A3", &[]any{"E2", "Sydkvarn AB", "EA", "SEK", 0.06, 44501}),
		f.SetSheetRow("Sheet1", "A4", &[]any{"Summa"}),
		f.SetCellFormula("Sheet1", "E4", "SUM(E2:E3)"),
		f.SetCellStyle("Sheet1", "E2", "E4", percent),
		f.SetCellStyle("Sheet1", "F2", "F3", day),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return saved(t, f)
}

// mended is the marked copy of the sample's registers, mended cell by cell.
func mended(t *testing.T, book *excelize.File, faults []invoicing.Fault) []byte {
	t.Helper()
	values := map[string]string{"CardRef": "tok-6467", "Term": "P3Y", "RequestDate": "2026-11-21", "Quantity": "1", "Action": "Refund"}
	for _, f := range faults {
		value, ok := values[f.Column]
		if !ok {
			t.Fatalf("nobody has mended %+v", f)
		}
		if err := book.SetCellValue(f.Source.Sheet, markedCell(t, book, &f), value); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// IMP-8: the copy, mended, saved by LibreOffice and dropped again, is clean, and
// what was taken before is the same.
func mendedCopy(t *testing.T, register, again []byte) {
	if left := refusals(t, again); len(left) != 0 {
		t.Errorf("mended, and still refused: %+v", left)
	}
	before, after, faults := records(t, register), records(t, again), refusals(t, register)
	for _, r := range before {
		if !slices.Contains(after, r) {
			t.Errorf("was read, and is read no longer: %s", r)
		}
	}
	if len(after) != len(before)+len(faults) {
		t.Errorf("%d rows were read, %d refused, and now %d are read", len(before), len(faults), len(after))
	}
}

// markedCell is where the copy of a workbook has the cell of a fault.
func markedCell(t *testing.T, book *excelize.File, f *invoicing.Fault) string {
	t.Helper()
	rows, err := book.GetRows(f.Source.Sheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if i := slices.Index(row, f.Column); i >= 0 {
			return cellName(i, f.Source.Row)
		}
	}
	t.Fatalf("no column %q in sheet %s", f.Column, f.Source.Sheet)
	return ""
}
