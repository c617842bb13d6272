package canonical

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// parts reads the parts of a workbook, in their order.
func parts(t *testing.T, book []byte) (names []string, bodies map[string]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	bodies = map[string]string{}
	for _, p := range z.File {
		r, err := p.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, p.Name)
		bodies[p.Name] = string(body)
	}
	return names, bodies
}

func sample(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if _, err := f.NewSheet("B"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStr("Sheet1", "A1", "x"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A workbook written once more has the same parts and one order of them: twenty
// writes of one content are the same bytes, which the library's own are not.
func TestWorkbook(t *testing.T) {
	var first []byte
	for range 20 {
		book := sample(t)
		var out bytes.Buffer
		if err := Workbook(&out, book, nil); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = out.Bytes()
			names, bodies := parts(t, first)
			_, before := parts(t, book)
			if names[0] != contentTypes || len(bodies) != len(before) {
				t.Errorf("parts %q of %d", names, len(before))
			}
			for name, body := range before {
				if name != contentTypes && bodies[name] != body {
					t.Errorf("part %s has changed", name)
				}
			}
		}
		if !bytes.Equal(out.Bytes(), first) {
			t.Fatal("two writes of one content differ")
		}
	}
}

// Rows that come from elsewhere stand in their sheet; a sheet that has rows of its
// own is an error, never mixed.
func TestWorkbookWithRows(t *testing.T) {
	rows := `<row r="1"><c r="A1" t="inlineStr"><is><t>y</t></is></c></row>`
	var out bytes.Buffer
	if err := Workbook(&out, sample(t), map[string]io.WriterTo{"xl/worksheets/sheet2.xml": strings.NewReader(rows)}); err != nil {
		t.Fatal(err)
	}
	if _, bodies := parts(t, out.Bytes()); !strings.Contains(bodies["xl/worksheets/sheet2.xml"], "<sheetData>"+rows+"</sheetData>") {
		t.Errorf("sheet2 is %s", bodies["xl/worksheets/sheet2.xml"])
	}
	err := Workbook(io.Discard, sample(t), map[string]io.WriterTo{"xl/worksheets/sheet1.xml": strings.NewReader(rows)})
	if err == nil || !strings.Contains(err.Error(), "rows of its own") {
		t.Errorf("a sheet with rows: %v", err)
	}
}

// What is no workbook is an error.
func TestWorkbookOfNothing(t *testing.T) {
	if err := Workbook(io.Discard, []byte("PK"), nil); err == nil {
		t.Error("no error")
	}
}

// The list of content types, which excelize writes in a random order, is sorted.
func TestContentTypesAreSorted(t *testing.T) {
	a, b := `<Override PartName="/b" ContentType="x"/>`, `<Override PartName="/a" ContentType="x"></Override>`
	got := sortedContentTypes([]byte("<Types>" + a + b + "</Types>"))
	if want := "<Types>" + b + a + "</Types>"; !bytes.Equal(got, []byte(want)) {
		t.Errorf("sorted to %s", got)
	}
}
