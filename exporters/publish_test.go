package exporters

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// folder reads a published folder: names with slashes, and bytes.
func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func publish(t *testing.T, night Night, dir string, formats Formats) string {
	t.Helper()
	sha, err := Publish(night, dir, formats)
	if err != nil {
		t.Fatal(err)
	}
	return sha
}

// Every byte of every output of the hand-made night is what stands in testdata/night.
func TestGolden(t *testing.T) {
	dir := t.TempDir()
	sha := publish(t, theNight(), dir, AllFormats&^Workbook) // its own test looks into the workbook
	got := folder(t, filepath.Join(dir, "2026-11-22-002"))
	if sha != hashOf([]byte(got["manifest.json"])) {
		t.Error("the returned hash is not the manifest's")
	}
	for name := range got { // the manifest has their hashes: that is golden enough
		if strings.HasSuffix(name, ".pdf") {
			delete(got, name)
		}
	}
	if *update {
		if err := errors.Join(os.RemoveAll("testdata/night"), rewritten("testdata/night", got)); err != nil {
			t.Fatal(err)
		}
	}
	want := folder(t, "testdata/night")
	if len(want) == 0 {
		t.Fatal("there is no golden file")
	}
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is not written", name)
		}
	}
	for name, body := range got {
		if w, ok := want[name]; !ok {
			t.Errorf("%s is written and has no golden", name)
		} else if body != w {
			t.Errorf("%s is\n%s\nwant\n%s", name, body, w)
		}
	}
}

// OUT-1 to OUT-4: every row of every register has the columns of its header.
func TestRegistersAreRectangular(t *testing.T) {
	dir := t.TempDir()
	publish(t, theNight(), dir, CSV)
	rows := 0
	for name, body := range folder(t, filepath.Join(dir, "2026-11-22-002")) {
		if strings.HasSuffix(name, ".csv") {
			records, err := csv.NewReader(strings.NewReader(body)).ReadAll()
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			rows += len(records)
		}
	}
	if rows < 7 {
		t.Errorf("%d rows in all", rows)
	}
}

// A night without rows has every register with its header alone; --formats csv is
// the registers and the manifest, nothing else.
func TestEmptyNight(t *testing.T) {
	night := theNight()
	night.Settlements, night.Standings, night.Refusals, night.Reconciliation = nil, nil, nil, nil
	dir := t.TempDir()
	publish(t, night, dir, CSV)
	var names []string
	for name, body := range folder(t, filepath.Join(dir, night.Folder)) {
		names = append(names, name)
		if strings.HasSuffix(name, ".csv") && strings.Count(body, "\n") != 1 {
			t.Errorf("%s is not a header alone: %q", name, body)
		}
	}
	slices.Sort(names)
	want := "card-refunds.csv credits.csv decisions.csv document-lines.csv documents.csv journal.csv limits.csv manifest.json payouts.csv reconciliation.csv rejected-rows.csv support-requests.csv"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("the folder holds %s, want %s", got, want)
	}
}

// The same night gives the same bytes, however often.
func TestTwentyWritesOneHash(t *testing.T) {
	dir := t.TempDir()
	first := ""
	for range 20 {
		night := theNight()
		night.DryRun = true // replaces its folder
		night.Seller = theSeller()
		night.Settlements = listed(append(collected(t, night.Settlements), settlementsOf(t, []customer{equipped(customers()[0])}, "2027-01-02")...)...)
		sha := publish(t, night, dir, AllFormats)
		kinds := map[string]bool{}
		for name := range folder(t, filepath.Join(dir, night.Folder)) {
			kinds[filepath.Ext(name)] = true
		}
		if len(kinds) != len(harmless) {
			t.Fatalf("only %v are written", kinds)
		}
		if first == "" {
			first = sha
		}
		if sha != first {
			t.Fatalf("two writes of one night have the manifests %s and %s", first, sha)
		}
	}
}

// Publishing again is harmless; another night of the same name, and a folder that
// was changed, are never written over.
func TestPublishedIsNeverOverwritten(t *testing.T) {
	dir := t.TempDir()
	sha := publish(t, theNight(), dir, AllFormats)
	final := filepath.Join(dir, "2026-11-22-002")
	if again := publish(t, theNight(), dir, AllFormats); again != sha {
		t.Errorf("published again as %s, want %s", again, sha)
	}
	other := theNight()
	other.Version = "1.2.4"
	if _, err := Publish(other, dir, AllFormats); err == nil || !strings.Contains(err.Error(), "another manifest") {
		t.Errorf("another night went over a published one: %v", err)
	}
	if err := os.WriteFile(filepath.Join(final, "limits.csv"), []byte("mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Publish(theNight(), dir, AllFormats); err == nil || !strings.Contains(err.Error(), "limits.csv") {
		t.Errorf("a changed folder went unnoticed: %v", err)
	}
	if got := folder(t, final)["limits.csv"]; got != "mine\n" {
		t.Errorf("the changed file was written over: %q", got)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

// What cannot be published honestly is an error, and leaves nothing behind.
func TestRefusedNights(t *testing.T) {
	broken := errors.New("the page is damaged")
	for name, c := range map[string]struct {
		spoil func(*Night)
		want  string
	}{
		"a folder elsewhere":   {func(n *Night) { n.Folder = "../x" }, "not a folder name"},
		"a hidden folder":      {func(n *Night) { n.Folder = "-x" }, "not a folder name"},
		"no run":               {func(n *Night) { n.Run = 0 }, "numbered from 1"},
		"no date":              {func(n *Night) { n.AsOf = 0 }, "as-of date"},
		"a chain of nothing":   {func(n *Night) { n.PreviousManifest = "abc" }, "SHA-256"},
		"inputs out of order":  {func(n *Night) { slices.Reverse(n.Inputs) }, "order of their numbers"},
		"an input twice":       {func(n *Night) { n.Inputs[1].Number = 1 }, "each once"},
		"a source of no input": {func(n *Night) { n.Inputs = n.Inputs[:2] }, "#3!Requests!2 is not a row of any input"},
		"a document twice": {func(n *Night) { n.Settlements = listed(settlementOfBP1(), settlementOfBP1()) },
			"another document has the same number"},
		"an unnumbered document": {func(n *Night) {
			n.Settlements = listed(&invoicing.Settlement{Group: "BP1", Documents: []invoicing.Document{{Type: invoicing.SetOff}}})
		}, "a SetOff of group BP1 has no number"},
		"a damaged ledger": {func(n *Night) {
			n.Settlements = func(yield func(*invoicing.Settlement, error) bool) {
				_ = yield(settlementOfE1(), nil) && yield(nil, broken)
			}
		}, "reading a settlement: the page is damaged"},
	} {
		dir := t.TempDir()
		night := theNight()
		c.spoil(&night)
		sha, err := Publish(night, dir, AllFormats)
		if err == nil || !strings.Contains(err.Error(), c.want) || sha != "" {
			t.Errorf("%s: %q, %v, want %q", name, sha, err, c.want)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%s: left %s", name, left)
		}
	}
}

// Every change to a folder is found and named.
func TestCheckFolder(t *testing.T) {
	dir := t.TempDir()
	sha := publish(t, theNight(), dir, AllFormats)
	final := filepath.Join(dir, "2026-11-22-002")
	m, problems, err := CheckFolder(final)
	if err != nil || len(problems) > 0 || m.SHA256 != sha || m.Run != 2 || m.PreviousManifest != strings.Repeat("ab", 32) {
		t.Fatalf("a folder as published: %v, %v, %v", m, problems, err)
	}
	decisions, err := os.ReadFile(filepath.Join(final, "decisions.csv"))
	if err != nil {
		t.Fatal(err)
	}
	spoiled := bytes.Replace(decisions, []byte("224.38"), []byte("924.38"), 1)
	err = errors.Join(
		os.WriteFile(filepath.Join(final, "decisions.csv"), spoiled, 0o644),
		os.WriteFile(filepath.Join(final, "credits.csv"), nil, 0o644),
		os.Remove(filepath.Join(final, "documents", "CN-2026-000002.json")),
		os.WriteFile(filepath.Join(final, "documents", "CN-2026-000009.json"), nil, 0o644),
		os.Remove(filepath.Join(final, "limits.csv")), os.Symlink("journal.csv", filepath.Join(final, "limits.csv")),
	)
	if err != nil {
		t.Fatal(err)
	}
	_, problems, err = CheckFolder(final)
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	want := []string{
		"credits.csv has 0 bytes, and had 351 when it was published",
		"decisions.csv has changed since it was published",
		"documents/CN-2026-000002.json is missing",
		"documents/CN-2026-000009.json is not listed in the manifest",
		"limits.csv is not a plain file",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("found %q, %v, want %q", got, err, want)
	}
}

// A manifest may be anything: what it names outside its folder is not read.
func TestCheckFolderStaysInside(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	final := filepath.Join(dir, "f")
	body := `{"schema":"prorata/manifest/1","outputs":[{"name":"../secret","size":1,"sha256":"` + hashOf([]byte("x")) + `"}]}`
	if err := errors.Join(os.Mkdir(final, 0o755), os.WriteFile(filepath.Join(final, "manifest.json"), []byte(body), 0o644)); err != nil {
		t.Fatal(err)
	}
	if _, problems, err := CheckFolder(final); err != nil || len(problems) != 1 || problems[0].What != "is missing" {
		t.Errorf("%v, %v", problems, err)
	}
	for _, bad := range []string{"", "{", `{"schema":"prorata/manifest/9"}`} {
		if err := os.WriteFile(filepath.Join(final, "manifest.json"), []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, _, err := CheckFolder(final); err == nil {
			t.Errorf("the manifest %q was accepted", bad)
		}
	}
}

// A number from outside is never a path, and no two documents share a file: two accounts may
// have an invoice of one number.
func TestDocumentFile(t *testing.T) {
	for _, number := range []string{"INV-2026-000001", "CN-2026-1000001"} {
		if got := documentFile("EA-1", number); got != number {
			t.Errorf("%q is kept in %s", number, got)
		}
	}
	safe := regexp.MustCompile(`^Revision-[0-9a-f]{16}$`)
	for _, number := range []string{"INV-2026-000001-R2", "../../etc/passwd-R1", "inv-2026-000001", "INV-2026-000001\n", "CON-R1", "F/1-R1", ""} {
		if got := documentFile("EA-1", number); !safe.MatchString(got) {
			t.Errorf("%q is kept in %s", number, got)
		}
	}
	if documentFile("EA-1", "F 1-R1") == documentFile("EA-1", "f 1-R1") || documentFile("EA-1", "F-1-R1") == documentFile("EA-2", "F-1-R1") {
		t.Error("two documents share a file")
	}
}

// The limit of a window of 365 days: a use counts on its day and through 364 days
// after it (LIM-2).
func TestLimitOn(t *testing.T) {
	use := func(on, usd string) invoicing.LimitUse {
		return invoicing.LimitUse{Date: day(on), USD: money.Must(usd)}
	}
	l := &invoicing.AccountLimit{Limit: money.Must("50000.00 USD"), WindowDays: 365,
		Uses: []invoicing.LimitUse{use("2026-01-10", "1800.00 USD"), use("2026-01-10", "0.50 USD"), use("2026-03-01", "2.00 USD")}}
	for _, c := range []struct{ on, used, nextOn, next string }{
		{"2026-01-09", "0.00", "", ""},
		{"2026-01-10", "1800.50", "2027-01-10", "1800.50"},
		{"2026-03-01", "1802.50", "2027-01-10", "1800.50"},
		{"2027-01-09", "1802.50", "2027-01-10", "1800.50"},
		{"2027-01-10", "2.00", "2027-03-01", "2.00"},
		{"2027-03-01", "0.00", "", ""},
	} {
		st := limitOn(l, day(c.on))
		if st.used.Number() != c.used || st.nextOn.String() != c.nextOn || st.next.Number() != c.next {
			t.Errorf("on %s: used %s, %s freed on %s; want %v", c.on, st.used.Number(), st.next.Number(), st.nextOn, c)
		}
	}
}

func TestParseFormats(t *testing.T) {
	for list, want := range map[string]Formats{"": AllFormats, "all": AllFormats, "csv": CSV, "json, csv": CSV | JSON} {
		if got, err := ParseFormats(list); err != nil || got != want {
			t.Errorf("%q is %s, %v", list, got, err)
		}
	}
	if _, err := ParseFormats("csv,xml"); err == nil || !strings.Contains(err.Error(), "csv, json") {
		t.Errorf("xml: %v", err)
	}
	if back, err := ParseFormats(AllFormats.String()); err != nil || back != AllFormats {
		t.Errorf("%s reads back as %s, %v", AllFormats, back, err)
	}
}

// rewritten writes golden files.
func rewritten(dir string, files map[string]string) (err error) {
	for name, body := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		err = errors.Join(err, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(body), 0o644))
	}
	return err
}

// collected are all items of a sequence.
func collected[T any](t *testing.T, seq iter.Seq2[T, error]) (all []T) {
	t.Helper()
	for x, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	return all
}
