package importers

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func template1(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Template(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The template reads without a complaint: every house sheet is there, its example
// is known again, and nothing is handed on.
func TestTemplateRoundTrips(t *testing.T) {
	got := read(t, "template.xlsx", template1(t))
	want := fmt.Sprintf("sheet %q kind \"\": ", explanation)
	if !strings.HasPrefix(got, want) || !strings.Contains(got, "the program's own page") {
		t.Errorf("the page that explains is not known again:\n%s", got)
	}
	for _, k := range houseSheets() {
		if line := fmt.Sprintf("sheet %q kind %q: 1 rows, 0 refused, 1 ignored", k.Name, k.Name); !strings.Contains(got, line) {
			t.Errorf("%s is missing in\n%s", line, got)
		}
	}
	if strings.Contains(got, "refused Code") || strings.Contains(got, "Source=") {
		t.Errorf("it is not empty:\n%s", got)
	}
}

// The same bytes each time: what is in the workbook has no order of its own.
func TestTemplateIsAlwaysTheSame(t *testing.T) {
	first := template1(t)
	for range 3 {
		if !bytes.Equal(template1(t), first) {
			t.Fatal("two templates differ")
		}
	}
}

// A row of one's own is read, also below the example; over the example, with its
// mark left, it is refused, never taken for the example.
func TestRowsInATemplate(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(template1(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, v := range map[string]any{"A3": "8611538", "B3": 46000, "C3": "SEK", "D3": 12.5, "D2": 501} {
		if err := f.SetCellValue("Charges", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, "filled.xlsx", saved(t, f))
	for _, want := range []string{
		`charge Account="8611538" Date=2025-12-09 Amount=12.50 SEK Source=#1!Charges!3`,
		`refused Code="ExampleRow" Source=#1!Charges!2 Column="Example"`,
		`sheet "Charges" kind "Charges": 2 rows, 1 refused, 0 ignored`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
}

// What helps a person: a drop-down for each column with a list, a comment on each
// header, and text that stays text.
func TestTemplateHelps(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(template1(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, k := range houseSheets() {
		lists, comments := 0, 0
		for i, c := range k.Columns {
			if len(c.Values) > 0 {
				lists++
			}
			if c.Type == 1 { // text
				style, err := f.GetCellStyle(k.Name, cellName(i, 3))
				if err != nil {
					t.Fatal(err)
				}
				if s, err := f.GetStyle(style); err != nil || s.CustomNumFmt == nil || *s.CustomNumFmt != "@" {
					t.Errorf("%s: column %s is not formatted as text", k.Name, c.Name)
				}
			}
		}
		rules, err := f.GetDataValidations(k.Name)
		if err != nil || len(rules) != lists {
			t.Errorf("%s has %d drop-downs, want %d (%v)", k.Name, len(rules), lists, err)
		}
		all, err := f.GetComments(k.Name)
		if comments = len(all); err != nil || comments != len(k.Columns) {
			t.Errorf("%s has %d comments, want %d (%v)", k.Name, comments, len(k.Columns), err)
		}
	}
	if visible, err := f.GetSheetVisible(listsSheet); err != nil || visible {
		t.Errorf("the lists are visible (%v)", err)
	}
}
