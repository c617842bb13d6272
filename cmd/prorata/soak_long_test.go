//go:build long

package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"prorata/jobs"
)

// soakTime is how long the soak drops and kills; SOAK_MINUTES shortens it.
func soakTime(t *testing.T) time.Duration {
	t.Helper()
	if s := os.Getenv("SOAK_MINUTES"); s != "" {
		d, err := time.ParseDuration(s + "m")
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	return 21 * time.Minute
}

// TestSoak drops good, bad, half-copied and huge files at random while a schedule
// and programs by hand take them in, make nights and backups, and are killed at
// random. Afterwards every file is on the books once, with the bytes that it had
// when it was whole, and every night (decisions, numbers, registers, proof) is,
// byte for byte, that of a calm run over the same files.
func TestSoak(t *testing.T) {
	s := &soak{dir: t.TempDir(), begin: time.Now(), end: time.Now().Add(soakTime(t)), draw: rand.New(rand.NewPCG(3, 4)), ran: map[string]int{}}
	d := &dropper{dir: filepath.Join(s.dir, "inbox"), draw: rand.New(rand.NewPCG(1, 2)), today: s.begin.UTC(), kinds: map[string]int{}}
	d.begin(t)
	var others sync.WaitGroup
	others.Go(func() {
		for time.Now().Before(s.end) {
			d.drop(t)
			time.Sleep(time.Duration(d.draw.IntN(600)) * time.Millisecond)
		}
	})
	others.Go(func() { s.schedules(t) })
	s.byHand(t)
	others.Wait()
	s.last(t)
	nights := s.compare(t, d)
	must(t, s.dir, "verify")
	t.Logf("files dropped: %v, %d different and whole, %d rows in the huge ones", d.kinds, len(d.bodies), d.rows)
	t.Logf("programs: %v", s.ran)
	t.Logf("%d nights, each that of a calm run: decided %v, %d documents, %d lines of proof", nights, s.outcomes, s.documents, s.proofs)
	if killed := s.ran["killed"]; killed < 5 || nights < 3 || s.outcomes["Approved"] < nights || s.ran["backup: exit code 0"] == 0 {
		t.Errorf("%d programs were killed, %d nights, %v", killed, nights, s.outcomes)
	}
}

// soak is a folder in which programs run and are killed.
type soak struct {
	dir        string
	begin, end time.Time
	draw       *rand.Rand
	day        time.Time // the as-of date of nights by hand
	ranOnce    sync.Mutex
	ran        map[string]int // programs by what they were and how they ended
	outcomes   map[string]int // decisions, by their last outcome
	documents  int
	proofs     int
}

// byHand runs programs one after the other until the soak ends.
func (s *soak) byHand(t *testing.T) {
	for n := 0; time.Now().Before(s.end); n++ {
		// Nights go forward, from the middle of the soak on by days and weeks.
		if now := time.Now().UTC().Truncate(24 * time.Hour); s.day.Before(now) {
			s.day = now
		}
		args := []string{"ingest"}
		switch s.draw.IntN(8) {
		case 0, 1:
			args = []string{"run", "--inbox", "", "--as-of", s.day.Format(time.DateOnly)}
		case 2:
			args = []string{"backup", fmt.Sprintf("backup-%d.tar.zst", n)}
		case 3:
			args = []string{"status"}
		}
		done := s.program(t, s.draw, time.Duration(s.draw.IntN(2500))*time.Millisecond, s.draw.IntN(3) == 0, args)
		if done && args[0] == "run" && s.draw.IntN(4) == 0 && time.Since(s.begin) > s.end.Sub(s.begin)/2 {
			s.day = s.day.AddDate(0, 0, 1+s.draw.IntN(10))
		}
	}
}

// schedules runs a schedule until the soak ends, again and again.
func (s *soak) schedules(t *testing.T) {
	draw := rand.New(rand.NewPCG(5, 6))
	for left := time.Until(s.end); left > 0; left = time.Until(s.end) {
		s.program(t, draw, min(left, time.Duration(20+draw.IntN(100))*time.Second), false, []string{"schedule"})
	}
}

// program runs one and kills it after a time, or asks it to end, or lets it.
func (s *soak) program(t *testing.T, draw *rand.Rand, after time.Duration, calm bool, args []string) (done bool) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Args[0] = "prorata"
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), "PRORATA_FORMATS=csv", "PRORATA_JOBS_INGEST_QUIET_SECONDS=1",
		"PRORATA_JOBS_INGEST_CRON=* * * * *", "PRORATA_JOBS_NIGHT_CRON=*/2 * * * *", "PRORATA_JOBS_VERIFY_CRON=*/7 * * * *")
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return false
	}
	by := syscall.SIGKILL
	if draw.IntN(4) == 0 {
		by = syscall.SIGTERM
	}
	if !calm {
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Signal(by) })
		defer timer.Stop()
	}
	begin := time.Now()
	_ = cmd.Wait()
	code := cmd.ProcessState.ExitCode()
	asked := !calm && by == syscall.SIGTERM && time.Since(begin) >= after
	s.ended(t, args, code, asked, said.String())
	if asked && time.Since(begin) > after+20*time.Second {
		t.Errorf("%v: it took %s to end", args, time.Since(begin)-after)
	}
	return code == exitDone || code == exitRefused
}

// ended counts how a program ended, and holds that against how it may.
func (s *soak) ended(t *testing.T, args []string, code int, asked bool, said string) {
	s.ranOnce.Lock()
	defer s.ranOnce.Unlock()
	s.ran[fmt.Sprintf("%s: exit code %d", args[0], code)]++
	switch {
	case code == -1:
		s.ran["killed"]++
	case code == exitCanceled && asked && strings.Contains(said, "stopped; "):
	case code != exitDone && code != exitRefused && code != exitLocked:
		t.Errorf("%v: exit code %d\n%s", args, code, said)
	}
	for line := range strings.Lines(said) {
		if strings.Contains(line, `"level":"error"`) && !strings.Contains(line, "is in use by process") && !strings.Contains(line, jobs.ErrWritten.Error()) &&
			!(asked && strings.Contains(line, "stopped; ")) {
			t.Errorf("%v: %s", args, line)
		}
	}
}

// last takes in what is left, in peace.
func (s *soak) last(t *testing.T) {
	must(t, s.dir, "ingest")
	must(t, s.dir, "ingest") // of two files of one name the second waits its turn
	must(t, s.dir, "run", "--inbox", "", "--formats", "csv", "--as-of", s.day.Format(time.DateOnly))
	backups, _ := filepath.Glob(filepath.Join(s.dir, "backup-*.tar.zst"))
	slices.SortFunc(backups, func(a, b string) int { return modified(b).Compare(modified(a)) })
	for _, b := range backups[:min(1, len(backups))] {
		to := filepath.Join(t.TempDir(), "restored.db")
		must(t, s.dir, "restore", b, "--ledger", to)
		out := filepath.Join(t.TempDir(), "out")
		if err := os.CopyFS(out, os.DirFS(filepath.Join(s.dir, "out"))); err != nil {
			t.Fatal(err)
		}
		_, said := program(t, s.dir, nil, "verify", "--ledger", to, "--out", out)
		for line := range strings.Lines(said) { // nights that came after the backup
			if night, is := strings.CutSuffix(strings.TrimSpace(line), ": the ledger does not know this night: an older backup was restored, or its folder is of another ledger"); is {
				if err := os.RemoveAll(filepath.Join(out, night)); err != nil {
					t.Fatal(err)
				}
			}
		}
		must(t, s.dir, "verify", "--ledger", to, "--out", out)
	}
}

func modified(path string) time.Time {
	st, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return st.ModTime()
}

// soakNight is what the soak reads of a manifest.
type soakNight struct {
	Run    int
	AsOf   string
	Inputs []struct {
		Name, SHA256 string
		Run          int
		ReadBefore   bool
	}
	Proof []struct{ Holds bool }
}

// compare makes every night again from the files that it read, calmly, and
// compares; it returns how many nights there are.
func (s *soak) compare(t *testing.T, d *dropper) int {
	t.Helper()
	calm := t.TempDir()
	folders, err := filepath.Glob(filepath.Join(s.dir, "out", "20*"))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(folders, func(a, b string) int { return s.night(t, a).Run - s.night(t, b).Run })
	taken := map[string]int{}
	for i, folder := range folders {
		m := s.night(t, folder)
		if m.Run != i+1 {
			t.Fatalf("%s: run %d", folder, m.Run)
		}
		inbox := filepath.Join(calm, fmt.Sprint("inbox", i))
		if err := os.MkdirAll(inbox, 0o755); err != nil {
			t.Fatal(err)
		}
		clash := false
		for _, in := range m.Inputs {
			if in.Run != m.Run {
				continue
			}
			kept, err := os.ReadFile(filepath.Join(s.dir, "prorata.db.archive", in.SHA256[:2], in.SHA256))
			if err != nil {
				t.Fatal(err)
			}
			if !in.ReadBefore {
				taken[sum(kept)]++
			}
			name := filepath.Join(inbox, in.Name)
			if _, err := os.Stat(name); err == nil { // a second one of this name waited for the same night
				must(t, calm, "ingest", "--inbox", inbox)
				clash = true
			}
			d.put(t, name, kept)
		}
		if clash {
			must(t, calm, "ingest", "--inbox", inbox)
		}
		must(t, calm, "run", "--inbox", inbox, "--formats", "csv", "--as-of", m.AsOf)
		s.count(t, folder, m)
	}
	s.onceEach(t, d, taken)
	compareCrash(t, published(t, filepath.Join(calm, "out")), published(t, filepath.Join(s.dir, "out")))
	return len(folders)
}

func (s *soak) night(t *testing.T, folder string) (m soakNight) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// onceEach holds what is on the books against what was dropped: all that was
// whole, once, and nothing else.
func (s *soak) onceEach(t *testing.T, d *dropper, taken map[string]int) {
	for _, body := range d.bodies {
		if n := taken[sum(body)]; n != 1 {
			t.Errorf("%d bytes that were dropped are on the books %d times: %.80q", len(body), n, body)
		}
		delete(taken, sum(body))
	}
	for _, sum := range slices.Sorted(maps.Keys(taken)) {
		t.Errorf("%s is on the books, and was never whole", sum)
	}
	left, err := os.ReadDir(d.dir)
	if err != nil {
		t.Error(err)
	}
	files := slices.DeleteFunc(left, func(e os.DirEntry) bool { return e.IsDir() })
	if len(files) != d.kinds["left"] {
		t.Errorf("%d files lie in the inbox; %d are to be left alone: %v", len(files), d.kinds["left"], files)
	}
}

// count adds up what a night decided and issued.
func (s *soak) count(t *testing.T, folder string, m soakNight) {
	if s.outcomes == nil {
		s.outcomes = map[string]int{}
	}
	for _, row := range soakRows(t, filepath.Join(folder, "decisions.csv")) {
		s.outcomes[row["Outcome"]]++
	}
	s.documents += len(soakRows(t, filepath.Join(folder, "documents.csv")))
	s.proofs += len(m.Proof)
	for _, line := range m.Proof {
		if !line.Holds {
			t.Errorf("%s: a line of the proof does not hold", folder)
		}
	}
}

// soakRows reads a register, by column.
func soakRows(t *testing.T, path string) (rows []map[string]string) {
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}
