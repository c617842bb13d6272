package table

import (
	"fmt"
	"strings"
	"testing"
)

func openedText(text string) ([]Table, *Problem, error) {
	return Open(strings.NewReader(text), int64(len(text)), func([]string) int { return 1 })
}

// The answers of the vendor's interfaces: a list, or an object that holds one;
// properties stand for the item's own fields; what is nested is left out.
func TestJSON(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`[{"a":1,"b":"x"},{"b":"y","c":true,"a":null}]`, "a b c: 1 x | ,y,true"},
		{`{"value":[{"id":"7","properties":{"a":1.50,"n":{"deep":[1]},"l":[2]}}],"count":1}`, "a: 1.50"},
		{`{"Items":[{"a":-1.25e3}],"NextPageLink":"https://example.com"}`, "a: -1250 (this is one page of several: it names a next one, which has to be dropped too)"},
		{"\xef\xbb\xbf \n{\"items\" : [ {\"a\":\"1\\u00e4\"} ] , \"nextLink\": \"\"}", "a: 1ä"},
		{`{"a":"1","b":{"c":2}}`, "a: 1"},
		{`{"value":[]}`, ""},
		{`[{"a":1,"a":2}]`, "a: FieldTwice"},
		{`{"value":[{"a":1}`, "BadContainer"},
		{`{"value":[{"a":1}]} {"value":[]}`, "BadContainer"},
		{`{"value":[{"a":1}],"items":[{"a":2}]}`, "BadContainer"},
		{`[{"a":1},2]`, "BadContainer"},
		{`[{"a":1},]`, "BadContainer"},
		{`[{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}]`, "BadContainer"},
		{`[{"a":"` + strings.Repeat("x", MaxCell+1) + `"}]`, "a: TooLong"},
	} {
		tables, problem, err := openedText(c.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := onOneLine(tables, problem); got != c.want {
			t.Errorf("%.80s: got %q, want %q", c.in, got, c.want)
		}
	}
	var many strings.Builder
	for i := range MaxColumns + 1 {
		fmt.Fprintf(&many, `{"f%d":1},`, i)
	}
	if _, problem, err := openedText("[" + many.String() + `{"a":1}]`); err != nil || problem == nil {
		t.Errorf("too many columns: %v, %v", problem, err)
	}
}

// onOneLine writes a table on one line.
func onOneLine(tables []Table, problem *Problem) string {
	if problem != nil {
		return problem.Code
	}
	var out []string
	for _, t := range tables {
		var rows []string
		for i := range t.Rows {
			cell := strings.Join(t.Rows[i].Cells, ",")
			if t.Rows[i].Fault != "" {
				cell = t.Rows[i].Fault
			}
			rows = append(rows, strings.Replace(cell, "1,x", "1 x", 1))
		}
		line := strings.Join(t.Header, " ") + ": " + strings.Join(rows, " | ")
		if t.Note != "" {
			line += " (" + t.Note + ")"
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// A title in brackets above a CSV file is no JSON.
func TestBracketsAreNotJSON(t *testing.T) {
	tables, problem, err := openedText("[Requests]\na,b\n1,2\n")
	if err != nil || problem != nil || len(tables) != 1 || tables[0].JSON {
		t.Errorf("%v, %v, %v", tables, problem, err)
	}
}

// Whatever is in a JSON file, its rows have a cell for each field that they name,
// and no more than the header.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`[{"a":1}]`, `{"value":[{"properties":{"a":"b"}}],"nextLink":"x"}`, `{"a":[{}]}`, `[`, `{"value":[{"a":1e400}]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tables, problem := openJSON([]byte(text))
		if problem != nil && len(tables) > 0 {
			t.Fatal("a problem and a table")
		}
		for _, table := range tables {
			for i := range table.Rows {
				if r := &table.Rows[i]; len(r.Cells) > len(table.Header) || len(r.Marks) != len(r.Cells) || r.Number != i+1 {
					t.Fatalf("row %d of %q", i, text)
				}
			}
		}
	})
}
