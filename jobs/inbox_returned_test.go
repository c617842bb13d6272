package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"prorata/exporters"
)

// A name as long as a file's can be, dropped twice in a day with bad rows: there is room for a
// number and for the name of the note.
func TestIngestGivesBackALongName(t *testing.T) {
	s := newShop(t)
	for _, word := range []string{"one", "two"} {
		s.drop(strings.Repeat("å", 125)+".csv", strings.ReplaceAll(badCSV, "one", word))
		in, err := s.ingest()
		if err != nil {
			t.Fatal(err)
		}
		note, err := os.ReadFile(in.Files[len(in.Files)-1].Note)
		if want := fmt.Sprintf("column Quantity: %q", word); err != nil || !strings.Contains(string(note), want) {
			t.Errorf("the note says %q, %v; want %s", note, err, want)
		}
	}
}

// A file with bad rows goes back to its sender at once with a note; the same
// again is not given back twice; names that clash get a number.
func TestIngestGivesBackWhatIsRefused(t *testing.T) {
	s := newShop(t)
	for range 2 {
		s.drop("anna/requests.csv", badCSV)
		s.drop("bo/requests.csv", strings.ReplaceAll(badCSV, "R-2", "R-9"))
		if _, err := s.ingest(); err != nil {
			t.Fatal(err)
		}
	}
	s.drop("anna/requests.csv", strings.ReplaceAll(badCSV, "one", "two"))
	in, err := s.ingest()
	if err != nil || len(in.Files) != 1 || in.Files[0].Name != "anna - requests.csv" || in.Refused != 1 {
		t.Fatalf("%+v, %v", in, err)
	}
	var returned []string
	for _, name := range s.files() {
		if rest, ok := strings.CutPrefix(name, "returned/"); ok {
			returned = append(returned, rest)
		}
	}
	want := []string{"anna/requests (2).xlsx", "anna/requests (2).xlsx.refused.txt", "anna/requests.xlsx", "anna/requests.xlsx.refused.txt", "bo/requests.xlsx", "bo/requests.xlsx.refused.txt"}
	if !slices.Equal(returned, want) {
		t.Errorf("returned/ has %v, want %v", returned, want)
	}
	note, err := os.ReadFile(in.Files[0].Note)
	if err != nil || !strings.Contains(string(note), `row 2, column Quantity: "two"; expected`) {
		t.Errorf("the note says %q, %v", note, err)
	}
	if n := len(in.Notices()); n != 1 {
		t.Errorf("%d notices of one file with bad rows", n)
	}
	if report, err := s.night("", 22); err != nil || report.Refused != 3 || report.Decided["Approved"] != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}

// A file without rows, like a damaged workbook, goes back as well, and is counted
// by ingest and by the night.
func TestIngestGivesBackWhatCannotBeRead(t *testing.T) {
	s := newShop(t)
	s.drop("cut.xlsx", "PK and nothing more")
	in, err := s.ingest()
	if err != nil || len(in.Files) != 4 || in.Files[1].Name != "cut.xlsx" || in.Refused != 0 || in.Unread != 1 {
		t.Fatalf("%+v, %v", in, err)
	}
	note, err := os.ReadFile(in.Files[1].Note)
	if err != nil || !strings.HasPrefix(string(note), "cut.xlsx: it could not be read whole.\n") {
		t.Errorf("the note says %q, %v", note, err)
	}
	report, err := s.night("", 22)
	if err != nil || report.Refused != 0 || report.AllRefused() != 1 || !report.Files[1].Unread {
		t.Fatalf("%+v, %v", report, err)
	}
	if told := report.Notices(); len(told) == 0 || !strings.Contains(told[0].Text, "cut.xlsx could not be read whole") {
		t.Errorf("told %+v", told)
	}
}

// What comes back to a sender may be read by whoever may read the reports.
func TestReturnedFilesMayBeRead(t *testing.T) {
	mode := func(path string) os.FileMode {
		t.Helper()
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return st.Mode()
	}
	s := newShop(t)
	s.drop("cut.xlsx", "PK and nothing more")
	dropped := mode(s.path("inbox", "cut.xlsx"))
	in, err := s.ingest()
	if err != nil || len(in.Files) != 4 {
		t.Fatalf("%+v, %v", in, err)
	}
	copied := strings.TrimSuffix(in.Files[1].Note, noteSuffix)
	if mode(in.Files[1].Note) != dropped || mode(copied) != dropped {
		t.Errorf("the note has mode %v and the copy %v, want %v", mode(in.Files[1].Note), mode(copied), dropped)
	}
	s.formats = exporters.AllFormats
	if _, err := s.night("", 22); err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob(s.path("out", returnedFolder, "*"))
	if err != nil || len(all) != 1 || mode(all[0]) != dropped {
		t.Errorf("the night returns %q (%v), want one that may be read", all, err)
	}
}
