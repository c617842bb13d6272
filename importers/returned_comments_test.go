package importers

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// The copy of a template keeps what its columns say. Of a copy that is mended in part and
// dropped again, the next one marks what is left alone, whoever wrote its comments by then:
// LibreOffice does not keep that.
func TestCopyOfACopyMarksWhatIsLeft(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(template1(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	before, err := f.GetComments("Charges")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetRow("Charges", "A3", &[]any{"8611537", "soon", "SEK", "much"}); err != nil {
		t.Fatal(err)
	}
	_, g := returnedCopy(t, saved(t, f))
	if err := g.SetCellValue("Charges", "D3", 5); err != nil {
		t.Fatal(err)
	}
	_, h := returnedCopy(t, renamed(t, saved(t, g), strings.NewReplacer("<author>prorata</author>", "<author></author>")))
	after, err := h.GetComments("Charges")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, c := range after {
		texts[c.Cell] = commentText(c)
	}
	for _, c := range before {
		if texts[c.Cell] != commentText(c) {
			t.Errorf("the column %s says %q, and said %q", c.Cell, texts[c.Cell], commentText(c))
		}
	}
	if len(before) == 0 || len(after) != len(before)+1 || strings.Count(texts["B3"], "found: soon") != 1 {
		t.Errorf("comments %q", texts)
	}
	for cell, want := range map[string]int{"B3": 1, "D3": 0} {
		id, err := h.GetCellStyle("Charges", cell)
		if err != nil {
			t.Fatal(err)
		}
		if style, err := h.GetStyle(id); err != nil || len(style.Fill.Color) != want {
			t.Errorf("%s has the colours %q (%v)", cell, style.Fill.Color, err)
		}
	}
}

// A comment is on the cell that was refused, however the program that saved the
// workbook counts the parts that hold comments: LibreOffice by sheets, others apart
// from the drawings of their boxes, or in folders of their own.
func TestReturnedCopyHasItsCommentsWhateverSavedIt(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	head := []any{"BillingAccountId", "Date", "Currency", "Amount"}
	for i, sheet := range []string{"May", "June", "July"} {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{f.SetSheetRow(sheet, "A1", &head), f.SetSheetRow(sheet, "A2", &[]any{"8611537", "soon", "SEK", 5})} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if i == 2 {
			break // a sheet without a comment
		}
		if err := f.AddComment(sheet, excelize.Comment{Cell: "C2", Author: "Anna", Text: "hers in " + sheet}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	for program, names := range map[string][]string{
		"as the library": nil,
		"by sheets":      {"comments1.xml", "comments2.xml", "comments2.xml", "comments3.xml"},
		"the other way":  {"comments1.xml", "comments2.xml", "comments2.xml", "comments1.xml"},
		"names of its own": {"../comments1.xml", "/xl/comments/comment1.xml", "xl/comments1.xml", "xl/comments/comment1.xml",
			"../drawings/vmlDrawing1.vml", "/xl/drawings/commentsDrawing1.vml", "xl/drawings/vmlDrawing1.vml", "xl/drawings/commentsDrawing1.vml"},
	} {
		_, g := returnedCopy(t, renamed(t, saved(t, f), strings.NewReplacer(names...)))
		for _, sheet := range []string{"May", "June", "July"} {
			all, err := g.GetComments(sheet)
			if err != nil {
				t.Fatal(err)
			}
			texts := map[string]string{}
			for _, c := range all {
				texts[c.Cell] = commentText(c)
			}
			want := "hers in " + sheet
			if sheet == "July" {
				want = ""
			}
			if !strings.Contains(texts["B2"], "found: soon") || texts["C2"] != want {
				t.Errorf("%s: the comments of %s are %q", program, sheet, texts)
			}
		}
	}
}

// renamed is a workbook whose parts have other names, wherever these are said.
func renamed(t *testing.T, book []byte, names *strings.Replacer) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	to := zip.NewWriter(&b)
	for _, p := range from.File {
		r, err := p.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		w, err := to.Create(names.Replace(p.Name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, names.Replace(string(body))); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
