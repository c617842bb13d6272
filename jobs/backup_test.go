package jobs

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"prorata/jobs/durable"
)

// A restored ledger goes on as the one that was backed up does, with what waited,
// also where its name is that of a hidden file.
func TestBackupGoesOnWhereItWas(t *testing.T) {
	for _, name := range []string{"l.db", ".l.db"} {
		t.Run(name, func(t *testing.T) { goesOnFromABackup(t, name) })
	}
}

func goesOnFromABackup(t *testing.T, name string) {
	s := newShop(t)
	s.name = name
	if _, err := s.night(s.path("inbox"), 22); err != nil {
		t.Fatal(err)
	}
	s.drop("more.csv", strings.ReplaceAll(requestsCSV, "R-1", "R-5"))
	if _, err := s.ingest(); err != nil {
		t.Fatal(err)
	}
	file := s.path("b.tar.zst")
	made, err := Backup(context.Background(), s.ledger(), file, "test", nil)
	if err != nil || made.Runs != 1 || made.AsOf != "2026-11-22" {
		t.Fatalf("%+v, %v", made, err)
	}
	if _, err := Backup(context.Background(), s.ledger(), file, "test", nil); err == nil {
		t.Error("a backup was written over")
	}
	other := &shop{t: t, dir: t.TempDir(), name: name, formats: s.formats}
	if _, err := Restore(context.Background(), file, other.ledger(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(context.Background(), file, other.ledger(), nil); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a ledger was restored over: %v", err)
	}
	for range 2 { // reading changes nothing
		if v, err := Verify(context.Background(), other.ledger(), s.path("out"), "test", nil); err != nil || len(v.Problems) > 0 {
			t.Fatalf("what was restored does not verify: %+v, %v", v, err)
		}
	}
	for _, x := range []*shop{s, other} {
		if report, err := x.night("", 23); err != nil || len(report.Files) == 0 {
			t.Fatalf("%+v, %v", report, err)
		}
	}
	if s.published("2026-11-23-001") != other.published("2026-11-23-001") {
		t.Error("the night after the restore is another")
	}
	for _, dir := range []string{s.dir, other.dir} {
		if left, err := filepath.Glob(filepath.Join(dir, ".prorata-*")); err != nil || len(left) > 0 {
			t.Errorf("%v is left, %v", left, err)
		}
	}
}

// A backup that was changed, cut off or made by hand restores nothing.
func TestRestoreRefusesADamagedBackup(t *testing.T) {
	s := newShop(t)
	if _, err := s.night(s.path("inbox"), 22); err != nil {
		t.Fatal(err)
	}
	file := s.path("b.tar.zst")
	if _, err := Backup(context.Background(), s.ledger(), file, "test", nil); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := slices.Clone(whole)
	changed[len(changed)/2] ^= 0x40
	for name, body := range map[string][]byte{
		"changed": changed, "cut off": whole[:len(whole)-40], "empty": {}, "no backup": []byte("RequestId,RequestDate\n"),
		"a way out": packed(t, "../evil", "x"), "another name": packed(t, "evil", "x"), "a way out below": packed(t, "ledger.db.archive/../../evil", "x"),
	} {
		bad := s.path("bad.tar.zst")
		if err := os.WriteFile(bad, body, 0o600); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(t.TempDir(), "r", "l.db")
		if report, err := Restore(context.Background(), bad, to, nil); err == nil {
			t.Errorf("%s: restored as %+v", name, report)
		}
		left, err := os.ReadDir(filepath.Dir(to))
		if err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left, %v", name, left, err)
		}
	}
}

// A few bytes that claim a terabyte fill neither the disk nor the memory.
func TestRestoreRefusesWhatItsBytesDoNotHold(t *testing.T) {
	s := newShop(t)
	for want, body := range map[string][]byte{
		`it is no backup: it has "ledger.db.archive/x"`: holed(t, "ledger.db.archive/x", 1<<40),
		"its list is damaged":                           packed(t, backupListName, `{"entries":[{}`+strings.Repeat(",{}", 1<<20)+`]}`),
	} {
		if err := os.WriteFile(s.path("bad.tar.zst"), body, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(context.Background(), s.path("bad.tar.zst"), s.path("r.db"), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d bytes: %v, not %s", len(body), err, want)
		}
	}
}

// packed is a backup of one entry.
func packed(t *testing.T, name, body string) []byte {
	t.Helper()
	return compressed(t, tarOf(t, &tar.Header{Name: name}, body))
}

// holed is a backup of one entry that is nothing but a hole, as GNU tar writes it: the
// writer of a tar does not, and is given the name of another vendor.
func holed(t *testing.T, name string, size int64) []byte {
	t.Helper()
	entry := tarOf(t, &tar.Header{Name: name, PAXRecords: map[string]string{
		"ANU.sparse.major": "1", "ANU.sparse.minor": "0", "ANU.sparse.name": name, "ANU.sparse.realsize": strconv.FormatInt(size, 10),
	}}, "0\n"+strings.Repeat("\x00", 510))
	return compressed(t, bytes.ReplaceAll(entry, []byte("ANU."), []byte("GNU.")))
}

func tarOf(t *testing.T, h *tar.Header, body string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	h.Mode, h.Size = 0o600, int64(len(body))
	if err := w.WriteHeader(h); err != nil {
		t.Fatal(err)
	}
	_, err := w.Write([]byte(body))
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func compressed(t *testing.T, body []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll(body, nil)
}

// A disk that fills while a backup is made leaves no file that looks like one.
func TestBackupFaults(t *testing.T) {
	s := newShop(t)
	if _, err := s.night(s.path("inbox"), 22); err != nil {
		t.Fatal(err)
	}
	failing(t, func(name string) error {
		if name == durable.BackupRename+".before" {
			return errors.New("no space left on device")
		}
		return nil
	})
	if _, err := Backup(context.Background(), s.ledger(), s.path("b.tar.zst"), "test", nil); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("it was said: %v", err)
	}
	if left, err := filepath.Glob(s.path("b.tar.zst*")); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

// A ledger of schema 1 (a backup of the night of fixtures/inbox, made by a program that
// had it) is read as it is, and goes on: what was read before is known, a file of the
// same size that says something else is read; limits are told also of accounts that
// nothing was settled of since. The folder of its reports is not kept here.
func TestALedgerOfSchema1GoesOn(t *testing.T) {
	s := newShop(t)
	if _, err := Restore(context.Background(), "testdata/schema-1.tar.zst", s.ledger(), nil); err != nil {
		t.Fatal(err)
	}
	verify := func(runs int) {
		t.Helper()
		v, err := Verify(context.Background(), s.ledger(), s.path("out"), "test", nil)
		if err != nil || v.Runs != runs || len(v.Problems) != 1 || !strings.HasPrefix(v.Problems[0], "2026-11-22-001: checking a folder") {
			t.Errorf("%+v, %v", v, err)
		}
	}
	verify(1)
	if e, err := Explain(s.ledger(), "REF-2026-2206"); err != nil || e.Decision == nil || len(e.Decision.Steps()) == 0 {
		t.Errorf("%+v, %v", e, err)
	}
	inbox := t.TempDir()
	rates, err := os.ReadFile("../fixtures/inbox/eurofxref-hist.csv")
	if err := errors.Join(err, os.CopyFS(inbox, os.DirFS("../fixtures/inbox")),
		os.WriteFile(filepath.Join(inbox, "rates.csv"), bytes.Replace(rates, []byte("2026-"), []byte("2025-"), 1), 0o600)); err != nil {
		t.Fatal(err)
	}
	report, err := s.night(inbox, 23)
	if err != nil || len(report.Again) != 6 || len(report.Files) != 1 || report.Files[0].Kept != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	limits, err := os.ReadFile(s.path("out", "2026-11-23-001", "limits.csv"))
	if want := "181f9008-0a85-5580-b993-65ae049adb15,2026-11-23,45808.03,4191.97,"; err != nil || !strings.Contains(string(limits), want) {
		t.Errorf("the limits are not %s: %s, %v", want, limits, err)
	}
	verify(2)
}
