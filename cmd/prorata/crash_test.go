package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"prorata/jobs/durable"
)

// crashNights are two nights over the sample inbox: all of it, and one more file.
var crashNights = []struct{ asOf, inbox string }{{"2026-11-22", "first"}, {"2027-03-01", "second"}}

// nights runs the nights in a folder and returns every published byte. Each night
// is begun again until it ends well; crash says how a beginning may end.
func nights(t *testing.T, dir string, crash func(cmd *exec.Cmd, try int) error) map[string]string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range crashNights {
		for try := 0; ; try++ {
			if try > 50 {
				t.Fatalf("night %s does not end", n.asOf)
			}
			cmd := exec.Command(self, "run", "--inbox", filepath.Join(dir, n.inbox), "--out", filepath.Join(dir, "out"),
				"--ledger", filepath.Join(dir, "ledger.db"), "--as-of", n.asOf, "--formats", "csv,json")
			cmd.Args[0] = "prorata" // so that TestMain runs the program
			cmd.Env = os.Environ()
			var said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &said, &said
			err := crash(cmd, try)
			code := cmd.ProcessState.ExitCode()
			if code == exitDone || code == exitRefused {
				break
			}
			if code != -1 {
				t.Fatalf("night %s: exit code %d, %v\n%s", n.asOf, code, err, said.String())
			}
		}
	}
	return published(t, filepath.Join(dir, "out"))
}

// published reads every file below a folder of reports.
func published(t *testing.T, out string) map[string]string {
	t.Helper()
	all, err := publishedIn(out)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func publishedIn(out string) (map[string]string, error) {
	all := map[string]string{}
	err := filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(out, path)
		all[rel] = string(b)
		return err
	})
	return all, err
}

func crashFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "first"), os.DirFS("../../fixtures/inbox")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "second"), 0o755); err != nil {
		t.Fatal(err)
	}
	more := "RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequesterRole\nLATE-1,2026-11-23,Refund,4f4507a0-1347-5016-8828-d4873dd4b5b9,1,Owner\n"
	if err := os.WriteFile(filepath.Join(dir, "second", "requests.csv"), []byte(more), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func calm(cmd *exec.Cmd, _ int) error { return cmd.Run() }

// compareCrash holds what came of crashes against calm nights: same folders, same bytes.
func compareCrash(t *testing.T, want, got map[string]string) {
	t.Helper()
	for name, body := range want {
		if got[name] != body {
			t.Errorf("%s is not what it is after a calm night: %s", name, firstDifference(body, got[name]))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is left behind", name)
		}
	}
}

// firstDifference is the first line in which two files differ.
func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is %.500q, not %.500q", i+1, b[i], a[i])
		}
	}
	return fmt.Sprintf("%d lines, not %d", len(b), len(a))
}

// passes is how often a calm night passes each failpoint.
func passes() map[string]int {
	calmNight()
	return calmPasses
}

// TestCrashAtEveryFailpoint kills the program before and after every durable
// step, at its first pass and at a later one, and runs it again.
func TestCrashAtEveryFailpoint(t *testing.T) {
	want := nights(t, crashFolder(t), calm)
	if len(want) < 50 {
		t.Fatalf("calm nights published %d files", len(want))
	}
	for _, point := range slices.Concat(durable.OfLedger, durable.OfPublish) {
		ats := []string{point + ".before", point + ".after"}
		if passes()[point+".after"] >= 3 {
			ats = append(ats, point+".after:3")
		}
		for _, at := range ats {
			t.Run(at, func(t *testing.T) {
				t.Parallel()
				crashed := 0
				got := nights(t, crashFolder(t), func(cmd *exec.Cmd, try int) error {
					if try == 0 {
						cmd.Env = append(cmd.Env, "CRASH_AT="+at)
					}
					err := cmd.Run()
					if cmd.ProcessState.ExitCode() == -1 {
						crashed++
					}
					return err
				})
				if crashed == 0 && at == point+".before" && point != durable.SegmentRemove {
					t.Error("nothing was killed here")
				}
				compareCrash(t, want, got)
			})
		}
	}
}

// TestCrashAtRandom kills the program after a random time, again and again.
func TestCrashAtRandom(t *testing.T) {
	want := nights(t, crashFolder(t), calm)
	killed := 0
	for i := range 6 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			got := nights(t, crashFolder(t), func(cmd *exec.Cmd, try int) error {
				if try > 4 {
					return cmd.Run()
				}
				if err := cmd.Start(); err != nil {
					return err
				}
				timer := time.AfterFunc(time.Duration(rand.IntN(250))*time.Millisecond, func() { _ = cmd.Process.Kill() })
				err := cmd.Wait()
				timer.Stop()
				if cmd.ProcessState.ExitCode() == -1 {
					killed++
				}
				return err
			})
			compareCrash(t, want, got)
		})
	}
	t.Logf("killed %d times", killed)
	if killed == 0 {
		t.Error("nothing was killed")
	}
}
