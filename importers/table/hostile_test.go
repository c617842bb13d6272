package table

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// What a file of a few kilobytes may ask for is bounded by what it holds: each of these
// took gigabytes, or minutes.

// TestWorkbooksThatAskForMore: a workbook that names things more often than it holds them.
func TestWorkbooksThatAskForMore(t *testing.T) {
	const rels = "xl/_rels/workbook.xml.rels"
	head := `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>`
	whole := head + `</sheetData></worksheet>`
	long := func(merged string) string {
		var b strings.Builder
		b.WriteString(head)
		for row := 2; row <= 20_000; row++ {
			fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><v>1</v></c></row>`, row, row)
		}
		return b.String() + `</sheetData><mergeCells>` + merged + `</mergeCells></worksheet>`
	}
	for name, c := range map[string]struct {
		file        []byte
		code, value string
	}{
		"one list of texts, named twice": {parts(t, whole, rels, `<Relationships><Relationship Id="r1" Type="/worksheet" Target="sheet1.xml"/>`+
			strings.Repeat(`<Relationship Id="r2" Type="/sharedStrings" Target="strings.xml"/>`, 2)+`</Relationships>`), "BadContainer", "a second list of sharedStrings"},
		"ten thousand parts and more": {parts(t, whole, rels, `<Relationships>`+strings.Repeat(`<Relationship Id="r1"/>`, maxLinks+1)+`</Relationships>`), "BadContainer", "a workbook of too many parts"},
		"sheets of parts that are not there": {parts(t, whole, "xl/workbook.xml", `<workbook><sheets>`+strings.Repeat(`<sheet name="a"/>`, maxLinks+1)+`</sheets></workbook>`),
			"BadContainer", "a workbook of too many sheets"},
		"formats of cells by the million": {parts(t, whole, "xl/styles.xml", `<styleSheet><cellXfs>`+strings.Repeat(`<xf/>`, maxStyles+1)+`</cellXfs></styleSheet>`), "BadContainer",
			"too many fonts and formats of cells"},
		"a number format without end": {parts(t, whole, "xl/styles.xml", `<styleSheet><numFmt numFmtId="200" formatCode="`+strings.Repeat("0", longestFormat+1)+`"/></styleSheet>`),
			"BadContainer", "a number format too long"},
		"cells merged far beside each row": {parts(t, long(`<mergeCell ref="BXX1:BXX20000"/>`)), "FileTooLarge", ""},
	} {
		if tables, problem := open(t, c.file); problem == nil || problem.Code != c.code || problem.Value != c.value {
			t.Errorf("%s: got %d tables, %+v, want %s %q", name, len(tables), problem, c.code, c.value)
		}
	}
	tables, problem := open(t, parts(t, long(strings.Repeat(`<mergeCell ref="XFC1:XFD1048576"/>`, maxMerged))))
	if problem != nil || len(tables) != 1 || len(tables[0].Rows) != 19_999 || tables[0].Spread < maxMerged*(maxMerged-1)/2 {
		t.Errorf("cells merged where nothing is read: %d tables, %v", len(tables), problem)
	}
}

// TestRowsWithoutNumbers: the library moves all rows for each one that has no number.
func TestRowsWithoutNumbers(t *testing.T) {
	const rows = 2000
	tables, problem := open(t, parts(t, `<worksheet><sheetData><row><c><v>1</v></c></row>`+strings.Repeat(`<row/>`, rows)+`</sheetData></worksheet>`))
	if problem != nil || len(tables) != 1 || tables[0].Spread < rows*(rows+1)/2 {
		t.Errorf("%+v, %v", tables, problem)
	}
}

// TestSheetsTogether: a workbook is unpacked up to a bound, all its sheets together.
func TestSheetsTogether(t *testing.T) {
	sheet := `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>` + strings.Repeat(" ", 100_000) + `</sheetData></worksheet>`
	var names, links strings.Builder
	var more []string
	for i := range 10 {
		fmt.Fprintf(&names, `<sheet name="Blad%d" r:id="r%d"/>`, i, i)
		fmt.Fprintf(&links, `<Relationship Id="r%d" Type="http://x/worksheet" Target="blad%d.xml"/>`, i, i)
		more = append(more, fmt.Sprintf("xl/blad%d.xml", i), sheet)
	}
	file := parts(t, sheet, append(more, "xl/workbook.xml", `<workbook xmlns:r="r"><sheets>`+names.String()+`</sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships>`+links.String()+`</Relationships>`)...)
	for left, sheets := range map[int]int{2_000_000: 10, 500_000: 0} {
		w := &workbook{struck: map[int]bool{}, left: left}
		tables, err := w.read(bytes.NewReader(file), int64(len(file)), func([]string) int { return Sure })
		if len(tables) != sheets || (err == nil) != (sheets > 0) {
			t.Errorf("of %d bytes: %d sheets, %v", left, len(tables), err)
		}
	}
}

// TestElementsOfManyNames: what no program knows takes no memory for its name.
func TestElementsOfManyNames(t *testing.T) {
	var b strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&b, "<a%x/>", i)
	}
	if n := testing.AllocsPerRun(1, func() {
		for d := newMarkup(strings.NewReader(b.String())); ; {
			if _, err := d.next(); err != nil {
				if !isEOF(err) {
					t.Fatal(err)
				}
				return
			}
		}
	}); n > 1000 {
		t.Errorf("%.0f allocations", n)
	}
}

// TestManyTables: tables below each other are all read, or the file is refused.
func TestManyTables(t *testing.T) {
	table := func(rows int) string { return "\nName,Amount\n" + strings.Repeat("a,1\n", rows) }
	for _, c := range []struct {
		file   string
		tables int
		code   string // of the file, or of its first table
	}{
		{table(100_000) + table(100_000), 2, ""},
		{table(100_000) + table(100_100), 1, "TooManyRows"}, // of which the last 71 were left out without a word
		{strings.Repeat(table(1), MaxTables), MaxTables, ""},
		{strings.Repeat(table(1), MaxTables+1), 0, "TooManyTables"},
	} {
		tables, problem, err := Open(strings.NewReader(c.file), int64(len(c.file)), func(cells []string) int {
			if cells[0] == "Name" {
				return Likely
			}
			return 0
		})
		if problem == nil && len(tables) > 0 {
			problem = tables[0].Problem
		}
		if code := codeOf(problem); err != nil || len(tables) != c.tables || code != c.code {
			t.Errorf("%d bytes: %d tables, %s, %v, want %d, %s", len(c.file), len(tables), code, err, c.tables, c.code)
		}
	}
}

func codeOf(p *Problem) string {
	if p == nil {
		return ""
	}
	return p.Code
}
