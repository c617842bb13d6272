package importers

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"prorata/importers/table"
)

// csvOf writes rows as a CSV file.
func csvOf(t testing.TB, rows ...[]string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// header returns the columns of a kind and the example of each.
func header(k *Kind, only func(Column) bool) (names, examples []string) {
	for _, c := range k.Columns {
		if only(c) {
			names, examples = append(names, c.Name), append(examples, c.Example)
		}
	}
	return names, examples
}

// TestEachKindIsRecognised: by its columns in any order and spelling, and no other
// kind claims them; and its example row is good.
func TestEachKindIsRecognised(t *testing.T) {
	for _, k := range Kinds() {
		for what, only := range map[string]func(Column) bool{
			"all columns":      func(Column) bool { return true },
			"required columns": func(c Column) bool { return c.Required || slices.Contains(k.OneOf, c.Name) },
		} {
			names, examples := header(k, only)
			got := read(t, k.Name, csvOf(t, names, examples))
			if k == openingSheet && what == "required columns" {
				continue // each kind of row needs others
			}
			if want := fmt.Sprintf("kind %q: 1 rows, 0 refused, 0 ignored", k.Name); !strings.Contains(got, want) {
				t.Errorf("%s with %s:\n%s", k.Name, what, got)
			}
			if k.matches == nil { // the codes of currencies have one spelling, and their file one order
				names = respelled(names)
			}
			if m := recognise(names); m.kind != k || !m.full() {
				t.Errorf("%q is not recognised as %s", names, k.Name)
			}
		}
	}
}

// respelled turns a header round and writes it otherwise, with columns of no kind.
func respelled(names []string) []string {
	out := []string{"", "A column of our own"}
	for _, n := range slices.Backward(names) {
		out = append(out, strings.ToUpper(" "+n[:len(n)/2]+"_"+n[len(n)/2:]))
	}
	return append(out, "")
}

// TestColumnsAreDeclared: every column says what to enter and gives an example
// where a value is required; a currency is a code or a column.
func TestColumnsAreDeclared(t *testing.T) {
	names := map[string]bool{}
	for _, k := range Kinds() {
		if names[k.Name] || k.Doc == "" || (k.sheet == nil) == (k.vendor == nil) {
			t.Errorf("kind %s is not declared well", k.Name)
		}
		names[k.Name] = true
		columns := map[string]bool{}
		for _, c := range k.Columns {
			if columns[table.Canonical(c.Name)] || c.Doc == "" || c.Required && c.Example == "" && c.Filled || len(k.Columns) > maxWords {
				t.Errorf("%s: column %s is not declared well", k.Name, c.Name)
			}
			columns[table.Canonical(c.Name)] = true
		}
		for _, c := range k.Columns {
			if c.Currency != "" && len(c.Currency) != 3 && !columns[table.Canonical(c.Currency)] {
				t.Errorf("%s: column %s is in %s, which is no column", k.Name, c.Name, c.Currency)
			}
		}
	}
}

// workbook writes sheets of text cells, and of numbers where typed says so.
func workbook(t *testing.T, sheets map[string][][]any, order []string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, name := range order {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for r, row := range sheets[name] {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", r+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	return saved(t, f)
}

// TestWorkbookReadsAsCSV: a house workbook with a sheet for each kind gives what
// the CSV files give (IMP-6), with numbers and dates as numbers.
func TestWorkbookReadsAsCSV(t *testing.T) {
	sheets := map[string][][]any{"Empty": {}}
	order := []string{"Empty"}
	var want []string
	for _, k := range Kinds() {
		names, examples := header(k, func(Column) bool { return true })
		head, row := make([]any, len(names)), make([]any, len(names))
		for i := range names {
			head[i], row[i] = names[i], cellOf(t, k.Columns[i], examples[i])
		}
		sheets[k.Name] = [][]any{head, row}
		order = append(order, k.Name)
		got := read(t, k.Name, csvOf(t, names, examples))
		got = strings.ReplaceAll(strings.ReplaceAll(got, "#1!", "#1!"+k.Name+"!"), `sheet ""`, `sheet "`+k.Name+`"`)
		want = append(want, strings.Split(got, "\n")...)
	}
	got := strings.Split(strings.ReplaceAll(read(t, "house.xlsx", workbook(t, sheets, order)), savedNote, ""), "\n")
	slices.Sort(got) // a workbook reports its sheets after all rows
	slices.Sort(want)
	if got, want := strings.TrimSpace(strings.Join(got, "\n")), strings.TrimSpace(strings.Join(want, "\n")); got != want {
		t.Errorf("the workbook gives\n%s\nthe CSV files\n%s", got, want)
	}
}

// cellOf makes a cell as a person would have it in a workbook.
func cellOf(t *testing.T, c Column, example string) any {
	t.Helper()
	tables, _, err := table.Open(strings.NewReader("x\n\""+example+"\"\n"), int64(len(example)+5), func([]string) int { return 1 })
	if err != nil || example == "" || len(tables[0].Rows) != 1 {
		return nil
	}
	switch c.Type {
	case table.Numeric, table.Percent:
		var f float64
		if _, err := fmt.Sscanf(example, "%g", &f); err != nil {
			t.Fatal(err)
		}
		return f
	case table.Date:
		for d := 32874; d < 60000; d++ {
			day, _ := table.Serial(fmt.Sprint(d), false)
			got := table.ReadDay(example)
			if day == got.Sure || day == got.MDY {
				return d
			}
		}
		t.Fatal(example)
	}
	return example
}

// TestHiddenSheets: the lists behind drop-downs are left alone, rows of a known
// kind are read, and the report says that they are hidden.
func TestHiddenSheets(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for name, rows := range map[string][][]any{
		"Lists": {{"Yes"}, {"No"}},
		"Old":   {{"BillingAccountId", "Date", "Currency", "Amount"}, {"8611537", "2026-12-01", "SEK", 5}},
	} {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for r := range rows {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", r+1), &rows[r]); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetSheetVisible(name, false); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, "hidden.xlsx", saved(t, f))
	for _, want := range []string{
		`charge Account="8611537"`, `sheet "Old" kind "Charges": 1 rows, 0 refused, 0 ignored the sheet is hidden`,
		`sheet "Lists" kind "": 1 rows, 0 refused, 1 ignored the sheet is hidden`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
}
