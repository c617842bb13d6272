package exporters

import (
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// workbook publishes a night's workbook and opens it.
func workbook(t *testing.T, night Night) (*excelize.File, string) {
	t.Helper()
	dir := t.TempDir()
	publish(t, night, dir, Workbook)
	path := filepath.Join(dir, night.Folder, "audit.xlsx")
	return openWorkbook(t, path), path
}

func openWorkbook(t *testing.T, path string) *excelize.File {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

func rawCell(t *testing.T, book *excelize.File, sheet, cell string) string {
	t.Helper()
	v, err := book.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func formulaOf(t *testing.T, book *excelize.File, sheet, cell string) string {
	t.Helper()
	f, err := book.GetCellFormula(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// cellNumber is the number of a cell.
func cellNumber(t *testing.T, s string) *big.Rat {
	t.Helper()
	x, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q is not a number", s)
	}
	return x
}

// sameValue reports whether two cells show the same: as text, or as numbers but for
// the noise of binary fractions.
func sameValue(a, b string) bool {
	if a == b {
		return true
	}
	x, ok := new(big.Rat).SetString(a)
	y, ok2 := new(big.Rat).SetString(b)
	if !ok || !ok2 {
		return false
	}
	return x.Sub(x, y).Abs(x).Cmp(big.NewRat(1, 100_000_000)) < 0
}

// Changing an input moves the refund, to what the rule gives.
func TestChangingAnInputMovesTheRefund(t *testing.T) {
	book, _ := workbook(t, example4())
	refund, asked := decisionTable.letters("refund")+"3", decisionTable.letters("asked")+"3"
	if v := rawCell(t, book, "Decisions", refund); v != "224.38" {
		t.Fatalf("the refund of worked example 4 is %s", v)
	}
	for _, change := range []struct {
		cell string
		to   any
		want string
	}{
		{asked, serial(day("2026-06-01")), "224.38"}, // nothing changed: 300 x 273/365
		{asked, serial(day("2026-06-02")), "223.56"}, // 300 x 272/365
		{decisionTable.letters("charge") + "3", 1800, "447.12"},
		{decisionTable.letters("units") + "3", 2, "894.25"},
		{decisionTable.letters("policyrate") + "3", 0.12, "786.94"}, // 894.25 less 107.31
		{decisionTable.letters("current") + "3", 100, "131.16"},     // 200 x 272/365 = 149.04, less 17.88
	} {
		if change.cell == decisionTable.letters("current")+"3" {
			if err := book.SetCellValue("Decisions", decisionTable.letters("months")+"3", 1); err != nil {
				t.Fatal(err)
			}
		}
		if err := book.SetCellValue("Decisions", change.cell, change.to); err != nil {
			t.Fatal(err)
		}
		got, err := book.CalcCellValue("Decisions", refund, excelize.Options{RawCellValue: true})
		if err != nil || !sameValue(got, change.want) {
			t.Errorf("%s = %v: the refund is %s (%v), want %s", change.cell, change.to, got, err, change.want)
		}
	}
}

// example4 is the night of worked example 4.
func example4() Night {
	night := theNight()
	night.Policies = []PolicyUse{{ID: "azure-2020", SHA256: policyHash, Policy: builtin("azure-2020")}}
	s := settlementOfBP1()
	d := &s.Decisions[0]
	d.Basis, d.Price, d.PurchasePrice = invoicing.PurchaseBasis, money.Must("900.00 EUR").Of(1, 3), money.Must("900.00 EUR").Of(1, 3)
	d.PeriodStart, d.PeriodEnd, d.DaysSince, d.Returned = d.Start, d.End, 92, money.Must("0.00 EUR")
	s.Decisions = s.Decisions[:1]
	night.Settlements, night.Standings, night.Refusals = listed(s), nil, nil
	return night
}

// LibreOffice, where it is installed: recalculated, no cell of the workbook changes.
func TestLibreOfficeRecalculates(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed")
	}
	book, path := workbook(t, settledNight(t, 11, 25, "azure-2020"))
	out := t.TempDir()
	recalculate(t, office, out, path)
	again := openWorkbook(t, filepath.Join(out, "audit.xlsx"))
	cells, formulas := 0, 0
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, before := range row {
				at := cellAt(c, r+1)
				cells++
				formula := formulaOf(t, book, sheet, at)
				if formula != "" {
					formulas++
				}
				if after := rawCell(t, again, sheet, at); !sameValue(before, after) {
					t.Errorf("%s!%s changes from %q to %q: =%s", sheet, at, before, after, formula)
				}
			}
		}
	}
	if cells < 5000 || formulas < 2000 {
		t.Errorf("only %d cells and %d formulas were compared", cells, formulas)
	}
}

// recalculate opens workbooks in LibreOffice, told to reckon every formula anew,
// and saves them again.
func recalculate(t *testing.T, office, out string, paths ...string) {
	t.Helper()
	profile := t.TempDir()
	settings := `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>`
	if err := os.MkdirAll(filepath.Join(profile, "user"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(profile, "user", "registrymodifications.xcu"), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-env:UserInstallation=file://" + filepath.ToSlash(profile), "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", out}, paths...)
	cmd := exec.Command(office, args...)
	cmd.WaitDelay = time.Minute
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("LibreOffice: %v\n%s", err, said)
	}
}

// OUT-7: what comes from outside is text in the workbook, never a formula, and as
// harmless in a CSV that is saved from it as in the registers.
func TestWorkbookExecutesNothing(t *testing.T) {
	night := example4()
	s := settlementOfBP1()
	hostile := []string{"=HYPERLINK(\"http://x\")", "+1", "-1 kr", "@SUM(1)", "\tx", "\rx", "a;=1", "_x003D_1", "<b>&\x00"}
	for i, h := range hostile {
		line := s.Documents[0].Lines[0]
		line.Description, line.Order, line.TaxCategory = h, hostile[(i+1)%len(hostile)], h
		s.Documents[0].Lines = append(s.Documents[0].Lines, line)
	}
	night.Settlements = listed(s)
	book, _ := workbook(t, night)
	for i, want := range []string{"'=HYPERLINK(\"http://x\")", "'+1", "'-1 kr", "'@SUM(1)", "'\tx", "'\rx", "a;'=1", "_x003D_1", "<b>&\uFFFD"} {
		at := "E" + itoa(3+i)
		if got, f := rawCell(t, book, "Lines", at), formulaOf(t, book, "Lines", at); got != want || f != "" {
			t.Errorf("%q is written as %q, formula %q; want %q", hostile[i], got, f, want)
		}
	}
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r := range rows {
			for c := range rows[r] {
				if f := formulaOf(t, book, sheet, cellAt(c, r+1)); strings.Contains(f, "http://x") {
					t.Errorf("%s!%s executes %s", sheet, cellAt(c, r+1), f)
				}
			}
		}
	}
}

// The sheets of OUT-5, each with a frozen header and a filter where it is a table.
func TestSheetsOfTheAudit(t *testing.T) {
	night := settledNight(t, 5, 12, "azure-2020")
	night.Refusals = theNight().Refusals
	book, _ := workbook(t, night)
	want := []string{"Cover", "Decisions", "Documents", "Tax", "Lines", "Credits", "Limits", "Limit uses", "Timelines", "Reconciliation", "Ageing", "Refused rows", "Policy", "Inputs"}
	if got := book.GetSheetList(); !slices.Equal(got, want) {
		t.Errorf("the sheets are %v, want %v", got, want)
	}
	names := map[string]int{}
	for _, n := range book.GetDefinedName() {
		names[n.Scope+" "+n.Name]++
	}
	for _, sheet := range []string{"Decisions", "Documents", "Tax", "Lines", "Credits", "Limits", "Limit uses", "Reconciliation", "Refused rows", "Inputs"} {
		panes, err := book.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit == 0 {
			t.Errorf("%s: the header is not frozen: %+v, %v", sheet, panes, err)
		}
		if names[sheet+" _xlnm._FilterDatabase"] != 1 || names[sheet+" _xlnm.Print_Titles"] != 1 {
			t.Errorf("%s: no filter, or no titles for printing: %v", sheet, names)
		}
	}
	if got := rawCell(t, book, "Documents", documentTable.letters("lines")+"2"); got != "1 line" {
		t.Errorf("a document of one line has %q", got)
	}
	if v := rawCell(t, book, "Refused rows", "E2"); v != "'-1 november" {
		t.Errorf("the refused value is %q", v)
	}
	if v := rawCell(t, book, "Policy", "B7"); v != night.Policies[0].SHA256 {
		t.Errorf("the policy's hash is %q", v)
	}
}

// A spreadsheet rounds as we do, or the row says that it might not.
func TestRoundsAlike(t *testing.T) {
	for _, test := range []struct {
		share string
		num   int64
		den   int64
		want  bool
	}{
		{"900.00 EUR", 273, 1095, true},
		{"0.01 EUR", 1, 2, true},               // a half, exactly
		{"10.01 EUR", 1, 2, true},              // 5.005
		{"12000 JPY", 1, 7, true},              //
		{"1.00 EUR", 0, 3, true},               // nothing
		{"90071992547409.91 EUR", 1, 3, false}, // more digits than a spreadsheet has
		{"99999999.99 EUR", 499999, 999999, true},
		{"9999900000500.00 EUR", 1, 99999, false}, // too near a half to tell
	} {
		if got := roundsAlike(money.Must(test.share).Of(test.num, test.den)); got != test.want {
			t.Errorf("%s x %d / %d: %v, want %v", test.share, test.num, test.den, got, test.want)
		}
	}
}

// A workbook of 100,000 decisions (under the tag long; of 10,000 else) is made in
// less than 200 MiB.
func TestWorkbookIsMadeInLittleMemory(t *testing.T) {
	p := builtin("azure-2020")
	night := busyNight()
	s := busySettlement(50)
	for i := range s.Decisions {
		d := &s.Decisions[i]
		d.PurchasePrice, d.Basis, d.PeriodStart, d.PeriodEnd, d.DaysSince = d.Price, invoicing.PurchaseBasis, d.Start, d.End, 92
		d.FeeRate, d.FeeBase, d.Fee, d.Refund = percent("0.12"), d.Prorated, money.Must("26.93 EUR"), money.Must("197.45 EUR")
		d.Returned = money.Must("0.00 EUR")
		if m := modelOf(d, p.ByType[d.Type], night.AsOf, &above{returnedEarlier: d.Returned}); !m.amounts {
			t.Fatalf("the busy night is not live: %+v", m)
		}
	}
	night.Settlements = func(yield func(*invoicing.Settlement, error) bool) {
		for range auditGroups {
			if !yield(s, nil) {
				return
			}
		}
	}
	night.Policies = []PolicyUse{{ID: p.ID, SHA256: p.SHA256, Policy: p}}
	stop, highest := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		var m runtime.MemStats
		for {
			select {
			case <-stop:
				highest <- most
				return
			case <-time.After(20 * time.Millisecond):
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse+m.StackInuse)
			}
		}
	}()
	dir := t.TempDir()
	begun := time.Now()
	publish(t, night, dir, Workbook)
	close(stop)
	most := <-highest
	st, err := os.Stat(filepath.Join(dir, night.Folder, "audit.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d MiB of heap, %d MiB of workbook, %s", most>>20, st.Size()>>20, time.Since(begun).Round(time.Millisecond))
	if most > 200<<20 {
		t.Errorf("%d MiB of heap were in use", most>>20)
	}
}

// A tax that is not that of its lines alone stands as a value, and the row says why: the
// memos of an invoice are rounded together (DOC-4).
func TestTaxAsAValueSaysWhy(t *testing.T) {
	night := theNight()
	memo := func(seq int, tax string) invoicing.Document {
		net := money.Must("4.02 USD")
		return invoicing.Document{Number: "CN-2026-00000" + itoa(seq), Type: invoicing.CreditMemo, Account: "EA-1", IssueDate: night.AsOf, Currency: money.USD, Credits: []invoicing.Ref{{Number: "F-1"}},
			Lines: []invoicing.Line{{Kind: invoicing.RefundLine, Description: "refund", Net: net, TaxRate: percent("25"), TaxCategory: "S"}},
			Taxes: []invoicing.TaxGroup{{Rate: percent("25"), Category: "S", Net: net, Tax: money.Must(tax)}}, Net: net, Tax: money.Must(tax), Gross: net.Add(money.Must(tax))}
	}
	night.Settlements = listed(&invoicing.Settlement{Documents: []invoicing.Document{memo(1, "1.01 USD"), memo(2, "1.00 USD")}})
	book, _ := workbook(t, night)
	for row, want := range map[string]string{"2": "live", "3": "tax as a value: the tax of all that memos have credited of F-1, less that of the earlier ones"} {
		live := formulaOf(t, book, "Tax", taxTable.letters("tax")+row) != ""
		if got := rawCell(t, book, "Tax", taxTable.letters("live")+row); got != want || live != (want == "live") {
			t.Errorf("row %s says %q, and is a formula: %t", row, got, live)
		}
	}
}
