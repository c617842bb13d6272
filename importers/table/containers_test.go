package table

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

// zipOf packs parts of which only the names matter.
func zipOf(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte("<x/>"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// compound is the beginning of a compound file whose directory names a stream.
func compound(stream string) []byte {
	b := make([]byte, 1024)
	copy(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	b[30] = 9 // sectors of 512 bytes, the directory in the first
	copy(b[512:], strings.Join(strings.Split(stream, ""), "\x00"))
	return b
}

// IMP-7: what people's programs save and nobody can read as rows is refused with
// what it is and what to do.
func TestOtherContainers(t *testing.T) {
	for want, file := range map[string][]byte{
		"an old .xls workbook; open it and save it as .xlsx":                                 compound("Workbook"),
		"a workbook with a password; open it and save it as .xlsx without a password":        compound("EncryptedPackage"),
		"an old .xls workbook, or one with a password; save it as .xlsx, without a password": compound("WordDocument"),
		"a binary .xlsb workbook; open it and save it as .xlsx":                              zipOf(t, "_rels/.rels", "xl/workbook.bin"),
		"an OpenDocument file (.ods); open it and save it as .xlsx":                          zipOf(t, "mimetype", "META-INF/manifest.xml", "content.xml"),
		"a Numbers document; export it as .xlsx or CSV":                                      zipOf(t, "Index/Document.iwa"),
		"a Word document; send the CSV file or the workbook that the table is from":          zipOf(t, "_rels/.rels", "word/document.xml"),
		"a packed file (zip); unpack it first":                                               zipOf(t, "november/requests.csv"),
		"a packed file (gzip); unpack it first":                                              []byte("\x1f\x8b\x08\x00"),
		"a packed file (7z); unpack it first":                                                []byte("7z\xbc\xaf\x27\x1c"),
		"a PDF document; send the CSV file or the workbook it was made of":                   []byte("%PDF-1.7"),
		"a web page or XML; open it in a spreadsheet program and save it as .xlsx":           []byte("<html>"),
	} {
		tables, problem := open(t, file)
		if problem == nil || len(tables) > 0 || problem.Code != "BadContainer" || problem.Value+"; "+problem.Fix != want {
			t.Errorf("%.20q is %+v, want %s", file, problem, want)
		}
	}
	// One that is cut off is told all the same, and one that points beyond its end.
	for _, file := range [][]byte{compound("Workbook")[:40], compound("Workbook")[:600]} {
		if _, problem := open(t, file); problem == nil || problem.Code != "BadContainer" {
			t.Errorf("%d bytes of an old workbook: %+v", len(file), problem)
		}
	}
}

// FuzzContainer: no bytes make the reader panic or run away, whatever they begin
// with; what is no table is a problem.
func FuzzContainer(f *testing.F) {
	for _, seed := range [][]byte{zipOf(f, "_rels/.rels", "xl/workbook.xml"), zipOf(f, "mimetype"), compound("Workbook"),
		[]byte("\xff\xfea\x00,\x00b\x00\n\x00"), []byte("\xef\xbb\xbfa;b\n1;2\n"), []byte("a\tb\r1\t2\r"), []byte(`[{"a":1}]`), []byte("K\xf6ln,1\n")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		tables, problem, err := Open(bytes.NewReader(file), int64(len(file)), filled)
		if err != nil && len(file) > 0 {
			t.Error(err)
		}
		if problem != nil && (len(tables) > 0 || problem.Code == "" || problem.Expected == "" || problem.Fix == "") {
			t.Errorf("%+v beside %d tables", problem, len(tables))
		}
	})
}
