package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is who the program runs as where the tests are root's, who may do
// everything: the user of the Dockerfile.
const nobody = 65532

// asNobody runs the program in a folder as a user whom file permissions bind.
func asNobody(t *testing.T, dir string, args ...string) (code int, said string) {
	t.Helper()
	if os.Getuid() != 0 {
		return program(t, dir, nil, args...)
	}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, nobody, nobody))
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe", args...) // its path may lead through folders that only root enters
	cmd.Args[0], cmd.Dir = "prorata", dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "TMPDIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Skipf("no program can be started as another user here: %v", err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// reachable is a sample inbox in a folder that any user can reach.
func reachable(t *testing.T) string {
	t.Helper()
	dir := sampleInbox(t)
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestPermissionLost takes away what the program needs, one by one: it says what
// it could not do and where, publishes nothing, and makes the night of calm when it has it again.
func TestPermissionLost(t *testing.T) {
	t.Parallel()
	night := []string{"run", "--as-of", "2026-11-22", "--formats", "csv,json"}
	for _, c := range []struct {
		lost string
		mode fs.FileMode
		kept string // what is said of it
	}{{"inbox", 0, ""}, {"out", 0o555, "; run 1 is decided, numbered and kept, and its reports are not published: the next run publishes them\n"},
		{"prorata.db.archive", 0o555, ""}, {".", 0o555, ""}} {
		dir := reachable(t)
		path := filepath.Join(dir, c.lost)
		if _, err := os.Stat(path); err != nil {
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		code, said := asNobody(t, dir, night...)
		if code != exitFailed || !strings.Contains(said, "permission denied") || !strings.Contains(said, "hint: the user who runs prorata") || !strings.Contains(said, filepath.Base(c.lost)) ||
			!strings.Contains(said, c.kept) {
			t.Errorf("without %s: exit code %d\n%s", c.lost, code, said)
		}
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if code, said := asNobody(t, dir, night...); code != exitRefused {
			t.Errorf("with %s again: exit code %d\n%s", c.lost, code, said)
		}
		compareCrash(t, calmNight(), published(t, filepath.Join(dir, "out")))
	}
}

// A bundle verifies where nothing can be written, as on an auditor's read-only share,
// and asking it changes no byte of it.
func TestBundleOnAReadOnlyMedium(t *testing.T) {
	t.Parallel()
	dir := reachable(t)
	must(t, dir, "run", "--as-of", "2026-11-22", "--formats", "csv")
	must(t, dir, "export", "--bundle", "nights.zip")
	z, err := zip.OpenReader(filepath.Join(dir, "nights.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	at := filepath.Join(dir, "share")
	err = errors.Join(os.CopyFS(at, z), filepath.WalkDir(at, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chmod(path, 0o555))
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range [][]string{{"explain", "REF-2026-2206"}, {"verify"}} {
		if code, said := asNobody(t, dir, append(verb, "--config", "share/prorata.yaml")...); code != exitDone {
			t.Errorf("%s: exit code %d\n%s", verb[0], code, said)
		}
	}
}

// An inbox from which nothing is taken away grows: a night reads more files than the
// program may have open, new ones, and those that were read before.
func TestMoreFilesThanMayBeOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "inbox"), 0o755); err != nil {
		t.Fatal(err)
	}
	const files, mayBeOpen = 300, 150
	for i := range files {
		body := fmt.Sprintf("RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequesterRole,Used\nR-%d,2026-11-21,Refund,O-%d,1,Owner,No\n", i, i)
		if err := os.WriteFile(filepath.Join(dir, "inbox", fmt.Sprintf("%d.csv", i)), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err = errors.Join(err, os.Symlink(self, filepath.Join(dir, "prorata"))); err != nil {
		t.Fatal(err)
	}
	for _, night := range [][2]string{{"2026-11-22", `"files":300,"again":0`}, {"2026-11-23", `"files":0,"again":300`}} {
		cmd := exec.Command("sh", "-c", fmt.Sprintf("ulimit -n %d; exec ./prorata run --formats csv --as-of %s", mayBeOpen, night[0]))
		cmd.Dir = dir
		if said, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(said), night[1]) {
			t.Errorf("%s: %v\n%s", night[0], err, said)
		}
	}
}

// Bad input never loses good input: a file of the inbox that may not be read is told as
// one that cannot be read, on each night until it can be, and keeps no other from any.
func TestFileMayNotBeRead(t *testing.T) {
	t.Parallel()
	dir := reachable(t)
	path := filepath.Join(dir, "inbox", "eurofxref-hist.csv")
	may := func(mode fs.FileMode) {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	night := func(asOf string, says ...string) {
		t.Helper()
		code, said := asNobody(t, dir, "run", "--as-of", asOf, "--formats", "csv,html")
		if code != exitRefused {
			t.Errorf("%s: exit code %d\n%s", asOf, code, said)
		}
		for _, say := range says {
			if !strings.Contains(said, say) {
				t.Errorf("%s: it is not said that %q:\n%s", asOf, say, said)
			}
		}
	}
	warning := []string{`"level":"warn","error":"open inbox/eurofxref-hist.csv: permission denied","file":"eurofxref-hist.csv","time":`}
	may(0)
	night("2026-11-22", append(warning, `"unread":1`, "1 file could not be read whole: rejected-rows.csv says why", "Accounts, Reservations, Requests")...)
	const refusal = "eurofxref-hist.csv,,,,permission denied,Unread,a file or a folder that prorata can read,"
	for file, want := range map[string]string{"rejected-rows.csv": refusal, "night.html": "“permission denied” (Unread)", "decisions.csv": ",Approved,"} {
		if got, err := os.ReadFile(filepath.Join(dir, "out/2026-11-22-001", file)); err != nil || !strings.Contains(string(got), want) {
			t.Errorf("%s does not say %q (%v):\n%s", file, want, err, got)
		}
	}
	// Again on the same day: nothing is new, and it is still told.
	night("2026-11-22", append(warning, "nothing to do: 5 files were read before", "1 file could not be read: the log says why")...)
	night("2026-11-23", warning...)
	if got, err := os.ReadFile(filepath.Join(dir, "out/2026-11-23-001/rejected-rows.csv")); err != nil || !strings.Contains(string(got), refusal) {
		t.Errorf("the next night says %q (%v)", got, err)
	}
	// Done again from what is kept, every night says what it said.
	if code, said := asNobody(t, dir, "verify"); code != exitDone {
		t.Errorf("verify: exit code %d\n%s", code, said)
	}
	may(0o644)
	if code, said := asNobody(t, dir, "run", "--as-of", "2026-11-24", "--formats", "csv"); code != exitDone || !strings.Contains(said, "eurofxref-hist.csv  ExchangeRates") {
		t.Errorf("when it may be read: exit code %d\n%s", code, said)
	}
}

// The same of a sender's folder that may not be listed, or may be listed and not entered.
func TestFolderMayNotBeRead(t *testing.T) {
	t.Parallel()
	dir := reachable(t)
	folder := filepath.Join(dir, "inbox", "ECB")
	if err := errors.Join(os.Mkdir(folder, 0o755), os.Rename(filepath.Join(dir, "inbox/eurofxref-hist.csv"), filepath.Join(folder, "rates.csv"))); err != nil {
		t.Fatal(err)
	}
	for i, night := range []struct {
		mode fs.FileMode
		code int
		says string
	}{
		{0, exitRefused, `"level":"warn","error":"open inbox/ECB: permission denied","file":"ECB/","time":`},
		{0o444, exitRefused, `"level":"warn","error":"lstat inbox/ECB/rates.csv: permission denied","file":"ECB/","time":`},
		{0o755, exitDone, "ECB - rates.csv  ExchangeRates"},
	} {
		if err := os.Chmod(folder, night.mode); err != nil {
			t.Fatal(err)
		}
		asOf := fmt.Sprintf("2026-11-%d", 22+i)
		code, said := asNobody(t, dir, "run", "--as-of", asOf, "--formats", "csv")
		if code != night.code || !strings.Contains(said, night.says) || i == 0 && !strings.Contains(said, "Accounts, Reservations, Requests") {
			t.Errorf("%s: exit code %d, want %d and %q\n%s", asOf, code, night.code, night.says, said)
		}
		const refusal = "ECB/,,,,permission denied,Unread,a file or a folder that prorata can read,"
		if got, err := os.ReadFile(filepath.Join(dir, "out", asOf+"-001/rejected-rows.csv")); err != nil || strings.Contains(string(got), refusal) != (night.code == exitRefused) {
			t.Errorf("%s refuses (%v):\n%s", asOf, err, got)
		}
		if _, said := asNobody(t, dir, "status"); strings.Contains(said, "the inbox cannot be read whole: ") != (night.code == exitRefused) {
			t.Errorf("%s: status says\n%s", asOf, said)
		}
	}
	if code, said := asNobody(t, dir, "verify"); code != exitDone {
		t.Errorf("verify: exit code %d\n%s", code, said)
	}
}

// The same before the night: check tells a file that may not be read beside the others,
// and compare goes on without it.
func TestCheckOfFileThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	dir := reachable(t)
	if err := errors.Join(os.Chmod(filepath.Join(dir, "inbox/eurofxref-hist.csv"), 0), os.Mkdir(filepath.Join(dir, "inbox/ECB"), 0)); err != nil {
		t.Fatal(err)
	}
	unread := []string{"inbox/eurofxref-hist.csv: cannot be read\n", `the file: "permission denied"; expected a file or a folder that prorata can read (Unread)` + "\n"}
	other := "inbox/PartnerCenter_Reconciliation_202611.csv"
	for _, c := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"check", "--read-only", "inbox/eurofxref-hist.csv", other}, exitRefused, append(unread, other+": nothing wrong in 11 rows")},
		{[]string{"check", "inbox/eurofxref-hist.csv", other}, exitRefused, append(unread, other+": nothing wrong in 11 rows", "would decide nothing by this")},
		{[]string{"compare", "--inbox", "inbox", "--as-of", "2026-11-22", "--policy", "azure-2020", "--policy", "azure-2020"}, exitDone, []string{
			"61 request lines decided by azure-2020 and by azure-2020: 61 the same",
			`"level":"warn","error":"open inbox/eurofxref-hist.csv: permission denied","file":"eurofxref-hist.csv"`,
			`"level":"warn","error":"open inbox/ECB: permission denied","file":"ECB/"`}},
	} {
		code, said := asNobody(t, dir, c.args...)
		if code != c.code {
			t.Errorf("%v: exit code %d\n%s", c.args, code, said)
		}
		for _, say := range c.says {
			if !strings.Contains(said, say) {
				t.Errorf("%v: it is not said that %q:\n%s", c.args, say, said)
			}
		}
	}
}

// The same of an ingest, which fails for it: what cannot be opened stays where whoever
// dropped it sees it, each ingest names it, and a copy that can be opened is taken in its place.
func TestIngestOfFileThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	dir := reachable(t)
	file, folder := filepath.Join(dir, "inbox/eurofxref-hist.csv"), filepath.Join(dir, "inbox/ECB")
	rates, err := os.ReadFile(file)
	err = errors.Join(err, os.WriteFile(filepath.Join(dir, "prorata.yaml"), []byte("jobs: {ingest: {quiet_seconds: 0}}\n"), 0o644),
		os.Chmod(file, 0), os.Mkdir(folder, 0o755), os.WriteFile(filepath.Join(folder, "rates.csv"), rates, 0o644), os.Chmod(folder, 0o444))
	if err != nil {
		t.Fatal(err)
	}
	for i, taken := range []string{"PartnerCenter_Reconciliation_202611.csv: PartnerInvoice, 11 rows, now inbox/processed/", ""} {
		code, said := asNobody(t, dir, "ingest")
		if code != exitFailed || !strings.Contains(said, "taking ECB/ out of the inbox: lstat inbox/ECB/rates.csv: permission denied\n") ||
			!strings.Contains(said, "taking eurofxref-hist.csv out of the inbox: open inbox/eurofxref-hist.csv: permission denied\n") || !strings.Contains(said, taken) {
			t.Errorf("ingest %d: exit code %d\n%s", i, code, said)
		}
	}
	if err := errors.Join(os.Remove(file), os.WriteFile(file, rates, 0o644), os.Chmod(folder, 0o755)); err != nil {
		t.Fatal(err)
	}
	if code, said := asNobody(t, dir, "ingest"); code != exitDone || !strings.Contains(said, "eurofxref-hist.csv: ExchangeRates, 26 rows") ||
		!strings.Contains(said, "ECB - rates.csv: ExchangeRates, 26 rows") {
		t.Errorf("when it may be read: exit code %d\n%s", code, said)
	}
}

// TestDiskReallyFull gives the program a disk that is too small, then a little less
// so: each night that does not fit says so and publishes nothing, and the one that
// fits goes on from whatever they have left. A verify that does not fit says where it
// needs room.
func TestDiskReallyFull(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	size := func(kib int) string { return fmt.Sprintf("size=%dk", kib) }
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, size(8)); err != nil {
		t.Skipf("no disk of a given size can be made here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	inbox, failed := sampleInbox(t), 0
	for kib := 8; ; kib *= 2 {
		if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, size(kib)); err != nil {
			t.Fatal(err)
		}
		code, said := program(t, disk, nil, "run", "--inbox", filepath.Join(inbox, "inbox"), "--as-of", "2026-11-22", "--formats", "csv,json")
		if code == exitRefused {
			break
		}
		failed++
		if code != exitFailed || !strings.Contains(said, "hint: the disk is full") {
			t.Errorf("on a disk of %d KiB: exit code %d\n%s", kib, code, said)
		}
		if left, _ := filepath.Glob(filepath.Join(disk, "out", "20*")); len(left) > 0 || kib > 1<<20 {
			t.Fatalf("on a disk of %d KiB %v is published", kib, left)
		}
	}
	compareCrash(t, calmNight(), published(t, filepath.Join(disk, "out")))
	if failed < 2 {
		t.Errorf("%d nights did not fit", failed)
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(disk, &st); err != nil {
		t.Fatal(err)
	}
	for _, free := range []int{64, 256, 512} {
		if err := syscall.Mount("tmpfs", disk, "tmpfs", syscall.MS_REMOUNT, size(int(st.Blocks-st.Bfree)*int(st.Bsize)/1024+free)); err != nil {
			t.Fatal(err)
		}
		code, said := program(t, disk, nil, "verify")
		if code != exitFailed || !strings.Contains(said, disk+"/.prorata-") || !strings.Contains(said, "\nhint: the disk is full") {
			t.Errorf("verify with %d KiB free: exit code %d\n%s", free, code, said)
		}
	}
}
