package jobs_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs"
)

// nights runs the sample inbox for a Swedish seller, and two nights after it.
func nights(t *testing.T) (ledger, out string) {
	t.Helper()
	dir := t.TempDir()
	ledger, out = filepath.Join(dir, "prorata.db"), filepath.Join(dir, "out")
	p, err := policy.Builtin(policy.DefaultID)
	if err != nil {
		t.Fatal(err)
	}
	seller := exporters.Seller{Name: "Exempel Moln AB", City: "Stockholm", Country: "SE", VATNumber: "SE556732170701",
		AccountNumbers: []exporters.AccountNumber{{Account: "Revenue:Reservations", Number: "3041"}}}
	for i, asOf := range []string{"2026-11-22", "2026-11-23", "2027-02-20"} {
		date, err := money.ParseDate(asOf)
		if err != nil {
			t.Fatal(err)
		}
		inbox := "../fixtures/inbox"
		if i > 0 {
			inbox = t.TempDir()
		}
		r := jobs.Run{Inbox: inbox, Out: out, Ledger: ledger, AsOf: date, Policies: policy.Chain{{Policy: p}}, Seller: seller,
			Formats: exporters.AllFormats, Version: "test", Log: zerolog.Nop()}
		if _, err := r.Do(context.Background()); err != nil {
			t.Fatalf("night %s: %v", asOf, err)
		}
	}
	return ledger, out
}

// One byte changed anywhere is found, and verify names the file: in a report of
// every kind, in the inputs kept, in the ledger's segments and anywhere in its
// database.
func TestVerifyNamesEveryByteThatWasChanged(t *testing.T) {
	ledger, out := nights(t)
	verified := func() string {
		v, err := jobs.Verify(context.Background(), ledger, out, "test", nil)
		if err != nil {
			return err.Error()
		}
		return strings.Join(v.Problems, "\n")
	}
	if found := verified(); found != "" {
		t.Fatalf("nothing was changed, and verify says: %s", found)
	}
	places := filesOfEachKind(t, out)
	places = append(places, filesOfEachKind(t, ledger+".archive")...)
	places = append(places, filesOfEachKind(t, ledger+".segments")...)
	for i := range 4 { // where SQLite keeps pages, and where it keeps nothing
		places = append(places, place{ledger, 100*i + 7}, place{ledger, 16381 * (i + 1)})
	}
	if len(places) < 25 {
		t.Fatalf("%d places were found to change; a night has more kinds of files", len(places))
	}
	for _, p := range places {
		undo := flip(t, p)
		if found, name := verified(), filepath.Base(p.path); !strings.Contains(found, name) {
			t.Errorf("byte %d of %s was changed, and verify says %q", p.at, p.path, found)
		}
		undo()
	}
	if found := verified(); found != "" {
		t.Fatalf("all is as it was, and verify says: %s", found)
	}
}

// A night among the reports that the ledger does not know is found: whoever adds up the
// journals of the folder would count documents that nobody issued, or the ledger is an
// older one and does not know documents that were.
func TestVerifyFindsNightsTheLedgerDoesNotKnow(t *testing.T) {
	ledger, out := nights(t)
	if err := os.CopyFS(filepath.Join(out, "2026-11-22-009"), os.DirFS(filepath.Join(out, "2026-11-22-001"))); err != nil {
		t.Fatal(err)
	}
	v, err := jobs.Verify(context.Background(), ledger, out, "test", nil)
	if err != nil {
		t.Fatal(err)
	}
	if v.Intact || len(v.Problems) != 1 || !strings.Contains(v.Problems[0], "2026-11-22-009: the ledger does not know this night") {
		t.Errorf("a copy of a night lies beside it, and verify finds %q", v.Problems)
	}
}

// place is a byte of a file.
type place struct {
	path string
	at   int
}

// filesOfEachKind takes one file of each name and, of names with a number in
// them, of each ending: its first, middle or last byte in turn.
func filesOfEachKind(t *testing.T, root string) (places []place) {
	t.Helper()
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() != "returned" {
			return err
		}
		if d.IsDir() { // what is returned is for its senders to mend
			return fs.SkipDir
		}
		kind := d.Name()
		if strings.ContainsAny(kind, "0123456789") {
			kind = filepath.Ext(kind)
		}
		if seen[kind] {
			return nil
		}
		seen[kind] = true
		st, err := d.Info()
		if err == nil && st.Size() > 0 {
			places = append(places, place{path, []int{0, int(st.Size()) / 2, int(st.Size()) - 1}[len(places)%3]})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return places
}

// flip changes one bit of a byte, and returns what undoes it.
func flip(t *testing.T, p place) (undo func()) {
	t.Helper()
	was, err := os.ReadFile(p.path)
	if err != nil {
		t.Fatal(err)
	}
	is := append([]byte(nil), was...)
	is[p.at%len(is)] ^= 1
	write := func(b []byte) {
		if err := os.WriteFile(p.path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(is)
	return func() { write(was) }
}
