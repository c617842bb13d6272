package exporters

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// written is the row that cells makes of texts.
func written(texts ...string) string {
	c := cells{}
	for _, s := range texts {
		c.text(s)
	}
	c.end()
	return string(c.buf)
}

// plainGuard is OUT-7 at its plainest: for a text and for what follows a semicolon,
// whatever blanks and quotes stand before.
func plainGuard(s string) string {
	parts := strings.Split(s, ";")
	for i, part := range parts {
		body := strings.TrimLeft(part, ` "`)
		if body != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(body)[0]) {
			parts[i] = part[:len(part)-len(body)] + "'" + body
		}
	}
	return strings.Join(parts, ";")
}

// oracle is the row that encoding/csv makes of guarded texts.
func oracle(texts ...string) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	guarded := make([]string, len(texts))
	for i, s := range texts {
		guarded[i] = plainGuard(strings.ToValidUTF8(s, "\uFFFD"))
	}
	if err := w.Write(guarded); err != nil {
		panic(err) // a buffer takes all
	}
	w.Flush()
	return b.String()
}

// Any rows of texts, of the characters that matter and of all others, are the bytes
// of encoding/csv.
func TestCellsAgreeWithEncodingCSV(t *testing.T) {
	telling := rapid.StringOf(rapid.SampledFrom([]rune("=+-@\t\r\n\";, '\\.aå1＝＠\u00a0\uFFFD")))
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.OneOf(telling, rapid.String()), 2, 5).Draw(t, "texts")
		if got, want := written(texts...), oracle(texts...); got != want {
			t.Fatalf("%q is written as %q, want %q", texts, got, want)
		}
	})
}

// OUT-7: no spreadsheet program may execute a text.
func TestGuard(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1":           "'=1+1",
		"+46 8 123":      "'+46 8 123",
		"-1":             "'-1",
		"＝1+1":           "'＝1+1", // which a program in Japanese takes for =
		"@SUM(A1)":       "'@SUM(A1)",
		"\t=1":           "'\t=1",
		"\r=1":           "\"'\r=1\"",
		"=A1,B1":         "\"'=A1,B1\"",
		`="a"`:           `"'=""a"""`,
		"a;=1":           "a;'=1",
		`a;"=1"`:         `"a;""'=1"""`,
		"a; -1":          "a; '-1",
		"a=1;b":          "a=1;b",
		"R-1":            "R-1",
		" =1":            "\" '=1\"",
		"":               "",
		"Räksmörgås":     "Räksmörgås",
		"\xff=":          "\uFFFD=",
		`\.`:             `"\."`,
		"a\nb":           "\"a\nb\"",
		"\u00a0x":        "\"\u00a0x\"",
		"#3!Requests!17": "#3!Requests!17",
	} {
		if got := written("x", text); got != "x,"+want+"\n" {
			t.Errorf("%q is written as %q, want %q", text, got, "x,"+want+"\n")
		}
	}
}

// Numbers, dates and names of ours are no text: a negative amount stays a number.
func TestNumbersAreNoText(t *testing.T) {
	c := cells{}
	c.amount(money.Must("-12.50 EUR"))
	c.amount(money.Money{})
	c.count(-3)
	c.countIf(false, 7)
	c.date(day("2026-11-22"))
	c.date(0)
	c.rules(invoicing.Cite(invoicing.PRO7Missing, invoicing.PRO3))
	c.rules(0)
	c.empty(2)
	c.name("Approved")
	c.end()
	if got := string(c.buf); got != "-12.50,,-3,,2026-11-22,,PRO-3;PRO-7-missing,,,,Approved\n" {
		t.Errorf("written as %q", got)
	}
}

// Lists of texts are guarded item by item.
func TestListsAreGuarded(t *testing.T) {
	c := cells{}
	items := []string{"=1", "R-1", "-2", "a,b"}
	c.texts(len(items), func(i int) string { return items[i] })
	c.texts(0, nil)
	c.end()
	if got := string(c.buf); got != "\"'=1;R-1;'-2;a,b\",\n" {
		t.Errorf("written as %q", got)
	}
}

// Any texts are the bytes of encoding/csv, and read back as what was written.
func FuzzCells(f *testing.F) {
	for _, s := range []string{"", "a", "=1;+2", `"`, ";\"-", "\r\n", "å;ä;=ö", "\xc3\x28", `\.`, " x", "a;", ";;=", "\u2003x"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		got, want := written(a, b), oracle(a, b)
		if got != want {
			t.Fatalf("%q and %q are written as %q, want %q", a, b, got, want)
		}
		rows, err := csv.NewReader(strings.NewReader(got)).ReadAll()
		if err != nil || len(rows) > 1 || len(rows) == 1 && len(rows[0]) != 2 {
			t.Fatalf("%q reads back as %q, %v", got, rows, err)
		}
		if len(rows) == 0 {
			t.Fatalf("%q reads back as nothing", got)
		}
		for _, cell := range rows[0] {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Fatalf("a program may execute %q", cell)
			}
		}
	})
}
