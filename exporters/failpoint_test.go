package exporters

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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
	Failpoint = func(name string) {
		if name == at {
			os.Exit(killed)
		}
	}
	publish(t, theNight(), os.Getenv(killedIn), AllFormats)
}

// A process killed at any point leaves no folder or the whole one, and publishing
// again gives the same bytes as if nothing had happened.
func TestKilledAnywhere(t *testing.T) {
	untouched := t.TempDir()
	sha := publish(t, theNight(), untouched, AllFormats)
	want := folder(t, untouched)
	for _, name := range Failpoints {
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
			renamed := slices.Index(Failpoints, name) >= slices.Index(Failpoints, AfterRename)
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
