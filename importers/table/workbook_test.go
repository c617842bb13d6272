package table

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// parts makes a workbook of one sheet by hand: what excelize does not write, and
// other programs do. The sheet's XML is given; more parts replace or add.
func parts(t *testing.T, sheet string, more ...string) []byte {
	t.Helper()
	files := map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="Blad1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="/xl/sheet1.xml"/><Relationship Id="r2" Type="http://x/sharedStrings" Target="strings.xml"/><Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>`,
		"xl/strings.xml":             `<sst><si><t>Name</t></si><si><r><t>Bj</t></r><r><t>örk &amp; Co</t></r><rPh><t>x</t></rPh></si><si><r><rPr><strike/></rPr><t>1</t></r><r><t>2</t></r></si><si><r><rPr><strike val="0"/></rPr><t>1</t></r><r><t>2</t></r></si></sst>`,
		"xl/styles.xml":              `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0.0%"/><numFmt numFmtId="165" formatCode="#,##0.00\ [$€-407];[Red]-#,##0.00\ [$€-407]"/><numFmt numFmtId="166" formatCode="_-* #,##0.00\ &quot;kr&quot;_-;\-* &quot;-&quot;"/><numFmt numFmtId="167" formatCode="0&quot; st&quot;"/><numFmt numFmtId="168" formatCode="[$-41D]0&quot; %&quot;"/></numFmts><fonts><font><b/></font><font><strike/></font><font><strike val="0"/></font></fonts><fills/><cellStyleXfs><xf numFmtId="9" fontId="1"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="10"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="168"/><xf numFmtId="0" fontId="1"/><xf numFmtId="0" fontId="2"/></cellXfs><dxfs><dxf><font><strike/></font></dxf></dxfs></styleSheet>`,
		"xl/sheet1.xml":              sheet,
	}
	for i := 0; i+1 < len(more); i += 2 {
		files[more[i]] = more[i+1]
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// open takes the first row that is not blank, or begins with Order, for the header.
func open(t *testing.T, b []byte) ([]Table, *Problem) {
	t.Helper()
	tables, problem, err := Open(bytes.NewReader(b), int64(len(b)), func(cells []string) int {
		switch cells[0] {
		case "Order", "Name", "1":
			return Sure
		}
		return 1
	})
	if err != nil {
		t.Fatal(err)
	}
	return tables, problem
}

// TestWorkbookCells: what a cell's stored value means.
func TestWorkbookCells(t *testing.T) {
	for cell, want := range map[string]string{
		`<c r="A2" t="s"><v>1</v></c>`:                 "Björk & Co 0",
		`<c r="A2"><v>1234.5599999999999</v></c>`:      "1234.56 1", // as the program shows it
		`<c r="A2" t="n"><v>1.234</v></c>`:             "1.234 1",
		`<c r="A2"><v>1E3</v></c>`:                     "1000 1",
		`<c r="A2"><v>1.5E-2</v></c>`:                  "0.015 1",
		`<c r="A2"><v>-9.9999999999999996E+15</v></c>`: "-10000000000000000 1",
		`<c r="A2"><v>1E300</v></c>`:                   "1E300 0",
		`<c r="A2" s="1"><v>0.25</v></c>`:              "25% 1",
		`<c r="A2" s="2"><v>0.055</v></c>`:             "5.5% 1",
		`<c r="A2" s="0"><v>0.25</v></c>`:              "0.25 1",
		`<c r="A2" s="3"><v>9000.5</v></c>`:            "9000.5 € 1", // as the program shows it
		`<c r="A2" s="4"><v>9000</v></c>`:              "9000 kr 1",
		`<c r="A2" s="5"><v>2</v></c>`:                 "2 2 st 7", // the column says which it asks for
		`<c r="A2" s="6"><v>25</v></c>`:                "25 1",
		`<c r="A2" s="7"><v>25</v></c>`:                "25 6", // struck through
		`<c r="A2" t="s"><v>2</v></c>`:                 "12 6", // the 1 is struck through
		`<c r="A2" t="s"><v>3</v></c>`:                 "12 0",
		`<c r="A2" t="inlineStr"><is><r><rPr><strike/></rPr><t>1</t></r><r><t>2</t></r></is></c>`: "12 6",
		`<c r="A2" s="8"><v>25</v></c>`:                                         "25 1",
		`<c r="A2" t="inlineStr"><is><t>1.234</t></is></c>`:                     "1.234 0",
		`<c r="A2" t="str"><f>B2&amp;"x"</f><v>ax</v></c>`:                      "ax 0",
		`<c r="A2"><f>1+1</f><v>2</v></c>`:                                      "2 1",
		`<c r="A2"><f>1+1</f></c>`:                                              " 3",
		`<c r="A2"><f>1+1</f><v></v></c>`:                                       " 3", // as scripts write a formula
		`<c r="A2"><f>1+1</f><v/></c>`:                                          " 3",
		`<c r="A2" t="str"><f>IF(B2=1,"x","")</f><v></v></c>`:                   " 0",     // its result has no characters
		`<c r="A2" t="inlineStr"><is><t>R1_x000D_</t></is></c>`:                 "R1\r 0", // as programs write what XML does not have
		`<c r="A2" t="str"><v>_x005F_x000D_ax00C5_</v></c>`:                     "_x000D_ax00C5_ 0",
		`<c r="A2" t="e"><v>#REF!</v></c>`:                                      "#REF! 2",
		`<c r="A2" t="b"><v>1</v></c>`:                                          "TRUE 0",
		`<x:c xmlns:x="s" r="A2" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c>`: "a 0",
		`<c t="d"><v>2026-11-22T00:00:00</v></c>`:                               "2026-11-22T00:00:00 0",
	} {
		tables, problem := open(t, parts(t, `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2">`+cell+`<c r="C2"><v>1</v></c></row></sheetData></worksheet>`))
		if problem != nil || len(tables) != 1 || len(tables[0].Rows) != 1 {
			t.Errorf("%s: %+v %v", cell, tables, problem)
			continue
		}
		r := tables[0].Rows[0]
		if got := fmt.Sprintf("%s %d", r.Cell(0), r.Mark(0)); got != want || !tables[0].Date1904 || r.Cell(1) != "" || r.Cell(2) != "1" {
			t.Errorf("%s is %q in %v, want %q", cell, got, r, want)
		}
	}
}

// A cell that names no style has the first: where a workbook shows all numbers as
// percentages, 0.25 without a style is 25%.
func TestCellsWithoutStyle(t *testing.T) {
	tables, problem := open(t, parts(t, `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2"><v>0.25</v></c></row></sheetData></worksheet>`,
		"xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="9"/></cellXfs></styleSheet>`))
	if problem != nil || len(tables) != 1 || tables[0].Rows[0].Cell(0) != "25%" {
		t.Errorf("%+v, %+v", tables, problem)
	}
}

// The parts of a workbook are found whatever the case of their names, and whichever way
// their separators lean: some programs write xl\Sheet1.xml and mean xl/sheet1.xml.
func TestNamesOfParts(t *testing.T) {
	const sheet = `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row></sheetData></worksheet>`
	book := parts(t, sheet)
	plain, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range plain.File {
		if err := copyAs(z, f, strings.ReplaceAll(strings.Replace(f.Name, "xl/s", "xl/S", 1), "/", `\`)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if tables, problem := open(t, b.Bytes()); problem != nil || len(tables) != 1 || tables[0].Rows[0].Cell(0) != "Björk & Co" {
		t.Errorf("%+v, %+v", tables, problem)
	}
}

func copyAs(z *zip.Writer, f *zip.File, name string) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := z.Create(name)
	if err == nil {
		_, err = io.Copy(w, r)
	}
	return err
}

// TestBadWorkbooks: what cannot be a workbook is a Problem that says so.
func TestBadWorkbooks(t *testing.T) {
	const head = `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>`
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"rows out of order":        {parts(t, head+`<row r="1"><c><v>2</v></c></row>`), "BadContainer"},
		"cells out of order":       {parts(t, head+`<row r="2"><c r="B2"><v>2</v></c><c r="A2"><v>2</v></c></row>`), "BadContainer"},
		"a row beyond the last":    {parts(t, head+`<row r="1048577"><c><v>2</v></c></row>`), "BadContainer"},
		"a string that is missing": {parts(t, head+`<row r="2"><c t="s"><v>7</v></c></row>`), "BadContainer"},
		"markup that is none":      {parts(t, head+`<row r="2"><c`), "BadContainer"},
		"an entity of its own":     {parts(t, `<!DOCTYPE x [<!ENTITY a "aaaa">]>`+head+`<row r="2"><c t="str"><v>&a;</v></c></row>`), "BadContainer"},
		"no workbook in it":        {parts(t, head, "_rels/.rels", "<Relationships/>"), "BadContainer"},
		"a sheet that is missing":  {parts(t, head, "xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="/worksheet" Target="nowhere.xml"/></Relationships>`), "BadContainer"},
		"a sheet without a part":   {parts(t, head, "xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="A" r:id="r1"/><sheet name="B" r:id="r9"/></sheets></workbook>`), "BadContainer"},
		"one part as two sheets":   {parts(t, head+`</sheetData></worksheet>`, "xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="A" r:id="r1"/><sheet name="B" r:id="r1"/></sheets></workbook>`), "BadContainer"},
		"a cell without end":       {parts(t, head+`<row r="2"><c t="str"><v>`+strings.Repeat("x", longest+1)), "BadContainer"},
		"a part that swells":       {parts(t, head+strings.Repeat(" ", 17<<20)), "FileTooLarge"},
	} {
		if tables, problem := open(t, c.file); problem == nil || problem.Code != c.code || problem.Fix == "" {
			t.Errorf("%s: got %v, %+v, want %s", name, tables, problem, c.code)
		}
	}
	var many bytes.Buffer
	z := zip.NewWriter(&many)
	for i := range 30_000 {
		if _, err := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, problem := open(t, many.Bytes()); problem == nil || !strings.Contains(problem.Value, "too many parts") {
		t.Errorf("a zip file of many parts: %+v", problem)
	}
	tables, problem := open(t, parts(t, head+`<row r="2"><c r="BXY2"><v>1</v></c></row><row r="3"><c t="str"><v>`+strings.Repeat("x", MaxCell+1)+`</v></c></row></sheetData></worksheet>`))
	if problem != nil || tables[0].Rows[0].Fault != "TooManyColumns" || tables[0].Rows[1].Fault != "TooLong" {
		t.Errorf("a far column and a long cell: %q and %q, %v", tables[0].Rows[0].Fault, tables[0].Rows[1].Fault, problem)
	}
}

// TestWorkbookAgreesWithExcelize reads what excelize writes as excelize reads it.
func TestWorkbookAgreesWithExcelize(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	if _, err := f.NewSheet("Tomt"); err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for row, cells := range [][]any{
		{"Rapport för november"}, {}, {"Order", "Date", "Amount", "Rate", "Text"},
		{"o1", day, 1234.56, 0.25, "1.234"}, {"o2", "2026-11-22", "1 234,56", nil, "a<b>&\"c\"\nd"}, {}, {nil, nil, nil, nil, "last"},
	} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", row+1), &cells); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	tables, problem := open(t, b.Bytes())
	if problem != nil || len(tables) != 1 || tables[0].HeaderRow != 3 || tables[0].Sheet != "Sheet1" {
		t.Fatalf("%+v %v", tables, problem)
	}
	want, err := f.GetRows("Sheet1", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tables[0].Rows); n != 3 {
		t.Fatalf("%d rows", n)
	}
	for _, r := range tables[0].Rows {
		for i, cell := range want[r.Number-1] {
			if r.Cell(i) != cell {
				t.Errorf("row %d cell %d is %q, excelize has %q", r.Number, i, r.Cell(i), cell)
			}
		}
	}
	if tables[0].Localise([]ColumnSpec{{}, {Type: Date, CurrencyAt: -1}}, Locale{}); tables[0].Rows[0].Cell(1) != "2026-11-22" {
		t.Errorf("the date cell is %q", tables[0].Rows[0].Cell(1))
	}
}

// FuzzWorkbook: no sheet makes the reader panic or run away.
func FuzzWorkbook(f *testing.F) {
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`)
	f.Add(`<row><c><v>1E5</v></c><c t="inlineStr"><is><r><t>x</t></r></is></c></row>`)
	f.Fuzz(func(t *testing.T, sheet string) {
		tables, problem := open(t, parts(t, sheet))
		if problem == nil && len(tables) == 1 && filled(tables[0].Header) == 0 {
			t.Errorf("%q gives a table without a header", sheet)
		}
	})
}
