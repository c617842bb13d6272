package table

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestPackedRows: rows come back as they were added, of the columns that are needed,
// from memory and from a file, of which nothing is left.
func TestPackedRows(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, need := range [][]bool{nil, {true, false, true}} {
		for _, chunks := range []int{0, 1, 40} {
			p := packedRows{need: need}
			random := rand.New(rand.NewPCG(1, 2))
			var want []string
			for c := range chunks {
				rows := make([]Row, 1+c*100)
				for i := range rows {
					cells := []string{fmt.Sprint(random.Uint64(), random.Uint64(), random.Uint64(), random.Uint64()), "not needed", strings.Repeat("å", i%150), ""}[:i%5%4+1]
					rows[i] = Row{Number: len(want) + 7, Cells: cells, Marks: []Mark{IsNumber, IsError, IsFormula, IsText}[:len(cells)], Fault: []string{"", "TooLong"}[i%2]}
					want = append(want, spelledRow(&rows[i], need))
				}
				p.add(rows)
			}
			if (p.file != nil) != (chunks == 40) || p.lost {
				t.Fatalf("%d chunks: in a file %t, lost %t", chunks, p.file != nil, p.lost)
			}
			got := 0
			err := p.each(func(rows []Row) error {
				for i := range rows {
					if s := spelledRow(&rows[i], need); s != want[got] {
						t.Fatalf("row %d is %s, want %s", got, s, want[got])
					}
					got++
				}
				return nil
			})
			if err != nil || got != len(want) {
				t.Errorf("%d rows of %d, %v", got, len(want), err)
			}
			p.close()
			if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
				t.Errorf("left: %v, %v", left, err)
			}
		}
	}
}

func spelledRow(r *Row, need []bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", r.Number, r.Fault)
	for i := range r.Cells {
		if need == nil || i < len(need) && need[i] {
			fmt.Fprintf(&b, " %q %d", r.Cell(i), r.Mark(i))
		}
	}
	return b.String()
}

// TestQuickCells: cells that are taken at once, written as the one above or not, are
// what they are token by token, which a blank more before their attributes makes them.
func TestQuickCells(t *testing.T) {
	forms := []string{
		`<c r="%s"><v>%d</v></c>`, `<c r="%s" s="1"><v>0.%d</v></c>`, `<c r="%s" t="s"><v>1</v></c>`, `<c r="%s" s="2" t="s"><v>0</v></c>`, `<c r="%s" s="1"/>`,
		`<c r="%s" t="inlineStr"><is><t>text %d</t></is></c>`, `<c r="%s" t="inlineStr"><is><t>Björk &amp; Co &gt; %d</t></is></c>`, `<c r="%s" t="inlineStr"><is><t></t></is></c>`,
		`<c r="%s" t="b"><v>1</v></c>`, `<c r="%s" t="e"><v>#REF!</v></c>`, `<c r="%s" t="str"><f>A1</f><v>%d</v></c>`, `<c r="%s"><f>A1</f></c>`, `<c s="1" r="%s"><v>%d</v></c>`,
		`<c r="%s" t="inlineStr"><is><t xml:space="preserve"> %d </t></is></c>`, "<c r=\"%s\" t=\"str\"><v>tab\tand line\r\n%d</v></c>", `<c><v>%[2]d</v></c>`, `<c r="%s" t="d"><v>2026-11-22</v></c>`,
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var sheet strings.Builder
		columns := make([]int, 1+random.IntN(30)) // the form that a column mostly has
		for i := range columns {
			columns[i] = random.IntN(len(forms))
		}
		for row := 1; row < 120; row += 1 + random.IntN(3)/2 {
			fmt.Fprintf(&sheet, `<row r="%d">`, row)
			for col, form := range columns {
				switch random.IntN(12) {
				case 0:
					form = random.IntN(len(forms))
				case 1:
					continue // not there
				}
				name := string(rune('A' + col%26))
				if col > 25 {
					name = "A" + name
				}
				if cell := fmt.Sprintf(forms[form], fmt.Sprint(name, row), random.IntN(1000)); form != 15 || col == 0 {
					sheet.WriteString(strings.Split(cell, "%!")[0])
				}
			}
			sheet.WriteString("</row>")
		}
		text := "<worksheet><sheetData>" + sheet.String() + "</sheetData></worksheet>"
		quick, problem := open(t, parts(t, text))
		slow, also := open(t, parts(t, strings.ReplaceAll(text, "<c ", "<c  ")))
		if problem != nil || also != nil {
			t.Fatalf("%v, %v: %s", problem, also, text)
		}
		for i := range quick {
			for k := range quick[i].Rows {
				if got, want := spelledRow(&quick[i].Rows[k], nil), spelledRow(&slow[i].Rows[k], nil); got != want {
					t.Fatalf("%s, want %s", got, want)
				}
			}
			if got, want := fmt.Sprint(quick[i].Header, len(quick[i].Rows)), fmt.Sprint(slow[i].Header, len(slow[i].Rows)); got != want {
				t.Fatalf("%s, want %s", got, want)
			}
		}
	}
}

// TestRowsThatCouldNotBeKept: a long sheet of which nothing was packed, as where there is
// no room for a temporary file, is read once more from the workbook, and reads the same.
func TestRowsThatCouldNotBeKept(t *testing.T) {
	var sheet strings.Builder
	sheet.WriteString(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Order</t></is></c></row>`)
	for row := 2; row < longSheet+3_000; row++ {
		fmt.Fprintf(&sheet, `<row r="%d"><c r="A%[1]d"><v>%[1]d</v></c><c r="B%[1]d"><v>1</v></c><c r="C%[1]d" t="b"><v>1</v></c></row>`, row)
	}
	b := parts(t, sheet.String()+"</sheetData></worksheet>")
	tables, problem, err := Open(bytes.NewReader(b), int64(len(b)), func(cells []string) int {
		if cells[0] == "Order" {
			return Sure + Streamed
		}
		return 1
	})
	if err != nil || problem != nil || tables[0].Long == nil {
		t.Fatalf("%v, %v: not a long sheet", err, problem)
	}
	long := tables[0].Long
	rows := func() (all []string) {
		err := long.Each(func(rows []Row) error {
			for i := range rows {
				all = append(all, spelledRow(&rows[i], long.packed.need))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if problem, err := long.Check([]bool{true, false, true}, func([]Row) error { return nil }); problem != nil || err != nil {
		t.Fatal(problem, err)
	}
	kept := rows()
	long.Close()
	if again := rows(); !slices.Equal(kept, again) || len(kept) != longSheet+3_000-2 {
		t.Errorf("%d rows that were kept, %d that were not, or they differ", len(kept), len(again))
	}
}

// TestWhatIsRemembered: how a cell was written is kept within a bound.
func TestWhatIsRemembered(t *testing.T) {
	r := &sheetReader{col: 1, digits: []byte("7")}
	for _, number := range []string{"1", strings.Repeat("1", longestWritten)} {
		q := quickCell{ref: []byte("A7"), before: []byte(`<c r="A7" s="` + number + `"><v>`), ends: valueEnds}
		r.remember(&q, aNumber, style{})
	}
	if w := r.written[0]; string(w.begins)+"7"+string(w.rest) != `<c r="A7" s="1"><v>` {
		t.Errorf("remembered is %s7%s", w.begins, w.rest)
	}
}
