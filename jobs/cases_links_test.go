package jobs_test

import (
	"archive/zip"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// documentLinks are what audit.xlsx and night.html lead to.
var documentLinks = regexp.MustCompile(`(?:HYPERLINK\(&quot;|HYPERLINK\("|href=")(documents/[^"&]+)`)

// linked requires that what a reader of a night is led to lies in its folder: of an
// earlier night's document there is none.
func (c *caseRun) linked(t *testing.T) {
	t.Helper()
	books, err := filepath.Glob(filepath.Join(c.out, "*", "audit.xlsx"))
	if err != nil || len(books) == 0 {
		t.Fatalf("no audit.xlsx: %v", err)
	}
	for _, path := range books {
		folder := filepath.Dir(path)
		page, err := os.ReadFile(filepath.Join(folder, "night.html"))
		if err != nil {
			t.Fatal(err)
		}
		texts := [][]byte{page}
		book, err := zip.OpenReader(path)
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		for _, part := range book.File {
			r, err := part.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, text)
		}
		for _, text := range texts {
			for _, m := range documentLinks.FindAllSubmatch(text, -1) {
				file, err := url.PathUnescape(string(m[1]))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := os.Stat(filepath.Join(folder, file)); err != nil {
					t.Errorf("%s leads to %s, which is not there", filepath.Base(folder), file)
				}
			}
		}
	}
}
