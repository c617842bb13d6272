package exporters

import (
	"math/big"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// amountKeys are the columns of a decision that are reckoned; but for the difference, which
// compares the refund with what was decided.
var amountKeys = []string{"basis", "amount", "cycle", "from", "to", "days", "used", "left", "since", "paid", "prorated", "rate", "feebase", "fee", "refund",
	"instalments", "remaining", "canceled", "measured", "before", "limitLeft", "lifetime", "commits", "cancels", "short", "customerRefund", "customerFee", "expires"}

func decidedRow(key string, row int) string { return decisionTable.letters(key) + itoa(row) }

// grid is a sheet read at once: what stands in a column of a row, or nothing.
type grid [][]string

func readGrid(t *testing.T, book *excelize.File, sheet string) grid {
	t.Helper()
	rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func (g grid) at(table *auditTable, key string, row int) string {
	if c := table.column(key); row <= len(g) && c < len(g[row-1]) {
		return g[row-1][c]
	}
	return ""
}

// OUT-5: every amount of a decision that is shown is a formula, and so on down to
// what is an input: no operand was written as a result. A row that is not so says why.
func TestAmountsAreFormulasOverInputs(t *testing.T) {
	for _, policy := range []string{"azure-2020", "azure-2023", "observed-2023"} {
		book, _ := workbook(t, settledNight(t, 3, 30, policy))
		x := operands{t: t, book: book, known: map[string]bool{}}
		live, all, whys := 0, 0, map[string]int{}
		rows := readGrid(t, book, "Decisions")
		for row := 3; row <= len(rows); row++ {
			says := rows.at(decisionTable, "live", row)
			whys[says]++
			if says == noAmounts {
				continue
			}
			if all++; says != "live" {
				continue
			}
			live++
			if at := decidedRow("documents", row); rows.at(decisionTable, "documents", row) != "" && formulaOf(t, book, "Decisions", at) == "" {
				t.Errorf("%s: the documents of row %d are no link", policy, row)
			}
			for _, key := range amountKeys {
				at := decidedRow(key, row)
				switch {
				case rows.at(decisionTable, key, row) == "": // it has none
				case formulaOf(t, book, "Decisions", at) == "":
					t.Errorf("%s: row %d is live, and %s is the value %s", policy, row, key, rows.at(decisionTable, key, row))
				default:
					x.down("Decisions", at)
				}
			}
		}
		if all < 100 || live*100 < all*99 || whys[""] > 0 {
			t.Errorf("%s: %d of %d rows are live: %v", policy, live, all, whys)
		}
		lines := readGrid(t, book, "Lines")
		for row := 2; row <= len(lines); row++ {
			if at := lineTable.letters("net") + itoa(row); lines.at(lineTable, "kind", row) != "Charge" {
				if formulaOf(t, book, "Lines", at) == "" {
					t.Errorf("%s: the net of the line in row %d is a value", policy, row)
				}
				x.down("Lines", at)
			}
		}
	}
}

// operands follows formulas down to the cells that are inputs, which are blue.
type operands struct {
	t     *testing.T
	book  *excelize.File
	known map[string]bool
}

var cellName = regexp.MustCompile(`(?:'([^']+)'!)?\$?([A-Z]{1,3})\$?([0-9]+)(?::\$?[A-Z]{1,3}\$?([0-9]+))?`)

func (x operands) down(sheet, at string) {
	if x.known[sheet+at] {
		return
	}
	x.known[sheet+at] = true
	formula := formulaOf(x.t, x.book, sheet, at)
	if formula == "" {
		id, err := x.book.GetCellStyle(sheet, at)
		if err != nil {
			x.t.Fatal(err)
		}
		style, err := x.book.GetStyle(id)
		if err != nil {
			x.t.Fatal(err)
		}
		if v := rawCell(x.t, x.book, sheet, at); v != "" && (style.Font == nil || style.Font.Color != inkGiven) {
			x.t.Errorf("%s!%s is %q: an operand that is neither an input nor reckoned", sheet, at, v)
		}
		return
	}
	for _, m := range cellName.FindAllStringSubmatch(regexp.MustCompile(`"[^"]*"`).ReplaceAllString(formula, ""), -1) {
		of, first := sheet, m[3]
		if m[1] != "" {
			of = m[1]
		}
		last := first
		if m[4] != "" {
			last = m[4]
		}
		from, _ := strconv.Atoi(first)
		to, _ := strconv.Atoi(last)
		for row := from; row <= to; row++ {
			x.down(of, m[2]+itoa(row))
		}
	}
}

// An input that is changed in LibreOffice, where it is installed, moves the refund
// and what follows from it: to the limit of the rows below, and onto the documents.
func TestLibreOfficeMovesTheRefund(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed")
	}
	book, path := workbook(t, settledNight(t, 11, 40, "azure-2020"))
	changed := openWorkbook(t, path)
	rows, taken := readGrid(t, book, "Decisions"), map[int]bool{}
	type moved struct{ what, sheet, cell string }
	var expected []moved
	for _, c := range inputChanges {
		row := c.find(t, rows, taken)
		at := decidedRow(c.input, row)
		if err := changed.SetCellValue("Decisions", at, c.change(t, rows.at(decisionTable, c.input, row))); err != nil {
			t.Fatal(err)
		}
		for _, key := range strings.Fields(c.moves) {
			expected = append(expected, moved{c.input + " moves " + key + " in row " + itoa(row), "Decisions", decidedRow(key, row)})
		}
		if c.input == "charge" {
			line, document := documentOf(t, book, row)
			expected = append(expected, moved{"charge moves the line", "Lines", line}, moved{"charge moves the document", "Documents", document})
		}
	}
	in, out := t.TempDir(), t.TempDir()
	if err := changed.SaveAs(filepath.Join(in, "changed.xlsx")); err != nil {
		t.Fatal(err)
	}
	recalculate(t, office, out, filepath.Join(in, "changed.xlsx"))
	again := openWorkbook(t, filepath.Join(out, "changed.xlsx"))
	for _, m := range expected {
		was, is := rawCell(t, book, m.sheet, m.cell), rawCell(t, again, m.sheet, m.cell)
		if sameValue(was, is) {
			t.Errorf("%s: it is still %s", m.what, is)
		}
	}
}

// inputChange is a change of one input of a row where it matters.
type inputChange struct {
	input, moves string
	where        map[string]string // column and what stands in it; "*" is anything above zero
	change       func(t *testing.T, was string) any
}

func (c inputChange) find(t *testing.T, rows grid, taken map[int]bool) int {
	t.Helper()
	for row := 3; row <= len(rows); row++ {
		fits := !taken[row] && rows.at(decisionTable, "live", row) == "live"
		for key, want := range c.where {
			got := rows.at(decisionTable, key, row)
			fits = fits && (got == want || want == "*" && got != "" && strings.Trim(got, "0.") != "")
		}
		if fits {
			taken[row] = true
			return row
		}
	}
	t.Fatalf("no row where %s matters: %v", c.input, c.where)
	return 0
}

func times(n int64) func(*testing.T, string) any {
	return func(t *testing.T, was string) any {
		x, _ := new(big.Rat).Mul(cellNumber(t, was), big.NewRat(n, 1)).Float64()
		return x
	}
}

func plus(n int64) func(*testing.T, string) any {
	return func(t *testing.T, was string) any {
		x, _ := new(big.Rat).Add(cellNumber(t, was), big.NewRat(n, 1)).Float64()
		return x
	}
}

func to(v any) func(*testing.T, string) any { return func(*testing.T, string) any { return v } }

var inputChanges = []inputChange{
	{"charge", "amount prorated refund canceled measured limitLeft", map[string]string{"basis": "Purchase", "plan": "Upfront", "outcome": "Approved", "measured": "*", "prorated": "*"}, times(3)},
	{"charge", "prorated feebase fee refund", map[string]string{"basis": "Purchase", "rate": "0.12", "outcome": "Approved", "fee": "*"}, times(3)},
	{"current", "amount prorated refund", map[string]string{"basis": "Current", "prorated": "*", "grace": "No"}, func(t *testing.T, was string) any { return times(1)(t, was).(float64) / 2 }},
	{"units", "amount prorated refund canceled", map[string]string{"plan": "Upfront", "units": "1", "prorated": "*"}, to(2)},
	{"asked", "used left prorated refund", map[string]string{"plan": "Upfront", "prorated": "*", "grace": "No"}, plus(1)},
	{"start", "from to used left prorated", map[string]string{"plan": "Upfront", "prorated": "*", "grace": "No"}, plus(-9)},
	{"term", "to days left prorated", map[string]string{"plan": "Upfront", "term": "12", "prorated": "*", "grace": "No", "used": "*"}, to(60)},
	{"term", "instalments remaining canceled", map[string]string{"plan": "Monthly", "term": "12", "remaining": "*"}, to(60)},
	{"coming", "remaining canceled", map[string]string{"plan": "Monthly", "remaining": "*"}, times(2)},
	{"comingOf", "remaining canceled", map[string]string{"plan": "Monthly", "remaining": "*"}, times(2)},
	{"counted", "canceled", map[string]string{"plan": "Monthly", "remaining": "*", "prorated": "*", "counted": "excluded"}, to("included")},
	{"grace", "prorated refund", map[string]string{"grace": "No", "prorated": "*", "since": "*"}, to("Yes")},
	{"returned", "paid prorated refund", map[string]string{"basis": "Purchase", "plan": "Upfront", "prorated": "*"}, to(1e12)},
	{"policyrate", "rate fee refund", map[string]string{"rate": "0.12", "fee": "*"}, to(0.5)},
	{"free", "rate fee refund", map[string]string{"rate": "0.12", "fee": "*"}, to(10_000)},
	{"perEUR", "measured", map[string]string{"measured": "*", "perEUR": "*"}, times(7)},
	{"usdPerEUR", "measured", map[string]string{"measured": "*", "perEUR": "*"}, times(7)},
	{"vendor", "measured", map[string]string{"measured": "*", "vendor": ""}, to(77_777.77)},
	{"limit", "limitLeft", map[string]string{"limitLeft": "*"}, times(2)},
	{"earlier", "before limitLeft", map[string]string{"limitLeft": "*"}, to(1.23)},
}

// documentOf is the line with the refund of a row, and the net of its document.
func documentOf(t *testing.T, book *excelize.File, row int) (line, net string) {
	t.Helper()
	for r := 2; rawCell(t, book, "Lines", "A"+itoa(r)) != ""; r++ {
		if line = lineTable.letters("net") + itoa(r); !strings.HasSuffix(formulaOf(t, book, "Lines", line), "!"+decidedRow("prorated", row)) {
			continue
		}
		number := rawCell(t, book, "Lines", "A"+itoa(r))
		for d := 2; ; d++ {
			if rawCell(t, book, "Documents", "A"+itoa(d)) == number {
				return line, documentTable.letters("net") + itoa(d)
			}
		}
	}
	t.Fatalf("no line has the refund of row %d", row)
	return "", ""
}

// What a row counts against the limit counts in the rows below it, and a return of
// an order in the next one.
func TestRowsGoOnFromThoseAbove(t *testing.T) {
	book, _ := workbook(t, settledNight(t, 11, 30, "azure-2020"))
	last := len(readGrid(t, book, "Decisions"))
	for _, goes := range [][3]string{{"usedNow", "measured", "before"}, {"returnedNow", "prorated", "paid"}} {
		now, from, what := goes[0], goes[1], goes[2]
		seen := 0
		for row := 3; row <= last; row++ {
			formula := formulaOf(t, book, "Decisions", decidedRow(now, row))
			if formula == "" {
				continue
			}
			seen++
			if !strings.HasPrefix(formula, decisionTable.letters(from)) {
				t.Errorf("%s in row %d is =%s", now, row, formula)
			}
			if !strings.Contains(formulaOf(t, book, "Decisions", decidedRow(what, row)), decidedRow(now, row)) {
				t.Errorf("%s in row %d does not go on from %s", what, row, now)
			}
		}
		if seen < 10 {
			t.Errorf("%s is reckoned in %d rows only", now, seen)
		}
	}
}
