package jobs_test

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prorata/jobs"
)

// OUT-6: an auditor who has nothing but the bundle and the program can do every
// night again; a report that was changed before the bundle is made is not handed on.
func TestBundleVerifiesByItself(t *testing.T) {
	ledger, out := nights(t)
	dir := t.TempDir()
	var made [2][]byte
	for i := range made {
		file := filepath.Join(dir, []string{"a.zip", "b.zip"}[i])
		report, err := jobs.Bundle(context.Background(), ledger, out, file, nil)
		if err != nil || report.Runs != 3 || report.Inputs != 6 || report.Reports < 100 {
			t.Fatalf("%+v, %v", report, err)
		}
		if made[i], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(made[0], made[1]) {
		t.Error("the same nights give two bundles")
	}
	if _, err := jobs.Bundle(context.Background(), ledger, out, filepath.Join(dir, "a.zip"), nil); err == nil {
		t.Error("a bundle was written over")
	}

	at := t.TempDir()
	files := unzip(t, made[0], at)
	v, err := jobs.Verify(context.Background(), filepath.Join(at, "ledger/prorata.db"), filepath.Join(at, "reports"), "test", nil)
	if err != nil || len(v.Problems) > 0 || v.Runs != 3 {
		t.Fatalf("the bundle does not verify: %+v, %v", v, err)
	}
	for _, name := range []string{"inputs/2 Registervård november.xlsx", "policies/azure-2020 ea813c84dcc0.yaml", "reports/2027-02-20-001/manifest.json", "SHA256SUMS"} {
		if files[name] == "" {
			t.Errorf("%s is not in the bundle", name)
		}
	}
	if files["prorata.yaml"] != "ledger: ledger/prorata.db\nout: reports\n" || !strings.Contains(files["README.md"], "| 3 | 2027-02-20 | 2027-02-20-001 |") {
		t.Errorf("the bundle says %q and %q", files["prorata.yaml"], files["README.md"])
	}

	undo := flip(t, place{filepath.Join(out, "2026-11-22-001", "journal.csv"), 100})
	_, err = jobs.Bundle(context.Background(), ledger, out, filepath.Join(dir, "c.zip"), nil)
	if err == nil || !strings.Contains(err.Error(), "journal.csv has changed since it was published") {
		t.Errorf("a changed report: %v", err)
	}
	undo()
	if left, err := filepath.Glob(filepath.Join(dir, "c.zip*")); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

// unzip unpacks a bundle, and returns its files' contents.
func unzip(t *testing.T, body []byte, to string) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, z); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		b, err := os.ReadFile(filepath.Join(to, filepath.FromSlash(f.Name)))
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(b)
	}
	return files
}
