package exporters

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"prorata/jobs/durable"
)

// The process that a failpoint kills is this test, run again with these set.
const (
	killAt   = "EXPORTERS_TEST_KILL_AT"
	killedIn = "EXPORTERS_TEST_DIR"
)

const killed = 86 // exit code

// TestPublishUntilKilled is the process that is killed.
func TestPublishUntilKilled(t *testing.T) {
	at := os.Getenv(killAt)
	if at == "" {
		t.Skip("only as the process that TestKilledAnywhere kills")
	}
	durable.Failpoint = func(name string) error {
		if name == at {
			os.Exit(killed)
		}
		return nil
	}
	publish(t, theNight(), os.Getenv(killedIn), AllFormats)
}

// A process killed at any point leaves no folder or the whole one, and publishing
// again gives the same bytes as if nothing had happened.
func TestKilledAnywhere(t *testing.T) {
	untouched := t.TempDir()
	sha := publish(t, theNight(), untouched, AllFormats)
	want := folder(t, untouched)
	renamed := false
	for _, name := range reached() {
		renamed = renamed || name == durable.FolderRename+".after"
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			again := exec.Command(os.Args[0], "-test.run=^TestPublishUntilKilled$")
			again.Env = append(os.Environ(), killAt+"="+name, killedIn+"="+dir)
			out, err := again.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != killed {
				t.Fatalf("not killed: %v\n%s", err, out)
			}
			final := filepath.Join(dir, "2026-11-22-002")
			if _, err := os.Stat(final); (err == nil) != renamed {
				t.Fatalf("the folder is there: %v", err == nil)
			}
			if renamed && !maps.Equal(folder(t, dir), want) {
				t.Error("the folder is not whole")
			}
			if got := publish(t, theNight(), dir, AllFormats); got != sha || !maps.Equal(folder(t, dir), want) {
				t.Errorf("published again: another folder, manifest %s, want %s", got, sha)
			}
		})
	}
}

// reached lists every failpoint, before and after.
func reached() (names []string) {
	for _, name := range durable.OfPublish {
		names = append(names, name+".before", name+".after")
	}
	return names
}

// A disk that fails at any point is an error, and leaves no folder or the whole one;
// when it works again, publishing gives the same bytes.
func TestFailingDisk(t *testing.T) {
	t.Cleanup(func() { durable.Failpoint = func(string) error { return nil } })
	full := errors.New("no space left")
	for _, at := range reached() {
		durable.Failpoint = func(name string) error {
			if name == at {
				return full
			}
			return nil
		}
		dir := t.TempDir()
		if _, err := Publish(theNight(), dir, AllFormats); !errors.Is(err, full) {
			t.Errorf("%s: %v", at, err)
		}
		for _, name := range left(t, dir) {
			if strings.HasPrefix(name, ".") {
				t.Errorf("%s: left %s", at, name)
			}
		}
		durable.Failpoint = func(string) error { return nil }
		publish(t, theNight(), dir, AllFormats)
	}
}

func left(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Whatever a crash left in the temporary folder is not published.
func TestHalfWrittenFolder(t *testing.T) {
	dir := t.TempDir()
	half := filepath.Join(dir, ".2026-11-22-002.tmp", "documents")
	err := errors.Join(os.MkdirAll(half, 0o755), os.WriteFile(filepath.Join(half, "CN-2026-000009.json"), []byte("{"), 0o644))
	if err != nil {
		t.Fatal(err)
	}
	publish(t, theNight(), dir, AllFormats)
	for name := range folder(t, dir) {
		if strings.Contains(name, "tmp") || strings.Contains(name, "000009") {
			t.Errorf("%s is left", name)
		}
	}
}
