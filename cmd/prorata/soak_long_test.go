//go:build long

package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
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

// TestSoak drops good, bad, half-copied and huge files at random while the program
// takes them in and makes nights, and is killed at random. Afterwards every file
// is on the books once, and every night is, byte for byte, that of a calm run
// over the same files.
func TestSoak(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "inbox"), 0o755); err != nil {
		t.Fatal(err)
	}
	end := time.Now().Add(soakTime(t))
	d := &dropper{dir: filepath.Join(dir, "inbox"), draw: rand.New(rand.NewPCG(1, 2))}
	d.account()
	var writing sync.WaitGroup
	writing.Go(func() {
		for time.Now().Before(end) {
			d.drop(t)
			time.Sleep(time.Duration(d.draw.IntN(400)) * time.Millisecond)
		}
	})
	killed, runs := 0, 0
	day, draw := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), rand.New(rand.NewPCG(3, 4))
	for time.Now().Before(end) {
		args := []string{"ingest"}
		if draw.IntN(3) == 0 {
			args = []string{"run", "--inbox", "", "--formats", "csv", "--as-of", day.Format(time.DateOnly)}
		}
		runs++
		if soakRun(t, dir, draw, args) {
			killed++
		} else if args[0] == "run" && draw.IntN(4) == 0 {
			day = day.AddDate(0, 0, 1)
		}
	}
	writing.Wait()
	must(t, dir, "ingest")
	must(t, dir, "run", "--inbox", "", "--formats", "csv", "--as-of", day.Format(time.DateOnly))
	n := compareSoak(t, dir, d.dropped)
	must(t, dir, "verify")
	t.Logf("%d files dropped; %d programs run, %d of them killed; %d nights, each that of a calm run", len(d.dropped), runs, killed, n)
	if killed < runs/10 || n < 3 {
		t.Errorf("%d of %d were killed, %d nights", killed, runs, n)
	}
}

// soakRun runs the program and kills it after a random time, or lets it end.
func soakRun(t *testing.T, dir string, draw *rand.Rand, args []string) (killed bool) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Args[0] = "prorata"
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "PRORATA_JOBS_INGEST_QUIET_SECONDS=1")
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if draw.IntN(3) > 0 {
		timer := time.AfterFunc(time.Duration(draw.IntN(2500))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
	}
	err = cmd.Wait()
	code := cmd.ProcessState.ExitCode()
	if code != -1 && code != exitDone && code != exitRefused {
		t.Errorf("%v: exit code %d, %v\n%s", args, code, err, said.String())
	}
	return code == -1
}

// dropper writes files into an inbox as people and programs do.
type dropper struct {
	dir     string
	draw    *rand.Rand
	dropped map[string]string // name to content
	orders  int
}

func (d *dropper) account() {
	d.dropped = map[string]string{}
	d.write("accounts.csv", "BillingAccountId,Name,BillingType,Currency,TaxRate\nC1,Åkes Bygg AB,CSP,USD,25\nC2,Bergs El AB,CSP,SEK,25\n", 1)
}

// write writes a file in parts, with pauses shorter than the time for which a
// whole file must be quiet.
func (d *dropper) write(name, body string, parts int) {
	d.dropped[name] = body
	f, err := os.Create(filepath.Join(d.dir, name))
	if err != nil {
		panic(err)
	}
	defer f.Close()
	for i := range parts {
		if _, err := f.WriteString(body[len(body)*i/parts : len(body)*(i+1)/parts]); err != nil {
			panic(err)
		}
		if parts > 1 {
			time.Sleep(time.Duration(d.draw.IntN(300)) * time.Millisecond)
		}
	}
}

// drop drops one file of a random kind.
func (d *dropper) drop(t *testing.T) {
	d.orders++
	n := d.orders
	orders := "ReservationOrderId,BillingAccountId,PurchaseDate,Term,BillingPlan,ProductType,Sku,Region,Quantity,Currency,Amount,Invoice\n"
	requests := "RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequesterRole,Used\n"
	switch kind := d.draw.IntN(20); {
	case kind == 0: // huge
		var b strings.Builder
		b.WriteString(orders)
		for i := range 20_000 {
			fmt.Fprintf(&b, "H-%d-%d,C1,2026-01-01,P1Y,Upfront,VirtualMachines,Standard_D2s_v5,swedencentral,1,USD,1200.00,V-%d\n", n, i, n)
		}
		d.write(fmt.Sprintf("huge %d.csv", n), b.String(), 5)
	case kind < 4: // bad
		d.write(fmt.Sprintf("bad %d.csv", n), requests+fmt.Sprintf("B-%d,2026-11-32,Refund,O-%d,one,Owner,Maybe\n", n, n), 1)
	case kind < 6: // renamed in from a temporary name
		name := fmt.Sprintf("renamed %d.csv", n)
		d.write(name+".part", orders+fmt.Sprintf("O-%d,C1,2026-01-01,P1Y,Upfront,VirtualMachines,Standard_D2s_v5,swedencentral,2,USD,2400.00,V-%d\n", n, n), 3)
		d.dropped[name] = d.dropped[name+".part"]
		delete(d.dropped, name+".part")
		if err := os.Rename(filepath.Join(d.dir, name+".part"), filepath.Join(d.dir, name)); err != nil {
			t.Error(err)
		}
	case kind < 12: // an order, half copied for a while
		d.write(fmt.Sprintf("order %d.csv", n), orders+fmt.Sprintf("O-%d,C2,2026-01-01,P3Y,Upfront,VirtualMachines,Standard_D2s_v5,swedencentral,2,SEK,%d.00,V-%d\n", n, 1000+n, n), 1+d.draw.IntN(4))
	default: // a request for an order that may have come, or comes later
		d.write(fmt.Sprintf("request %d.csv", n), requests+fmt.Sprintf("R-%d,2026-10-%02d,Refund,O-%d,1,Owner,Yes\n", n, 1+d.draw.IntN(28), 1+d.draw.IntN(n)), 1+d.draw.IntN(2))
	}
}

// compareSoak does every night again from the files that it read, calmly, and
// compares; it returns how many nights there are.
func compareSoak(t *testing.T, dir string, dropped map[string]string) int {
	t.Helper()
	calm := t.TempDir()
	folders, err := filepath.Glob(filepath.Join(dir, "out", "20*"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(folders)
	taken := map[string]int{}
	for i, folder := range folders {
		var m struct {
			Run    int
			AsOf   string
			Inputs []struct {
				Name, SHA256 string
				Run          int
			}
		}
		body, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
		if err == nil {
			err = json.Unmarshal(body, &m)
		}
		if err != nil || m.Run != i+1 {
			t.Fatalf("%s: run %d, %v", folder, m.Run, err)
		}
		inbox := filepath.Join(calm, fmt.Sprint("inbox", i))
		if err := os.MkdirAll(inbox, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, in := range m.Inputs {
			if in.Run != m.Run {
				continue
			}
			kept, err := os.ReadFile(filepath.Join(dir, "prorata.db.archive", in.SHA256[:2], in.SHA256))
			if err != nil {
				t.Fatal(err)
			}
			taken[in.Name]++
			if string(kept) != dropped[in.Name] {
				t.Errorf("%s is on the books with %d bytes, %d were dropped", in.Name, len(kept), len(dropped[in.Name]))
			}
			if err := os.WriteFile(filepath.Join(inbox, in.Name), kept, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		must(t, calm, "run", "--inbox", inbox, "--formats", "csv", "--as-of", m.AsOf)
	}
	for name := range dropped {
		if taken[name] != 1 {
			t.Errorf("%s was dropped, and is on the books %d times", name, taken[name])
		}
	}
	compareCrash(t, published(t, filepath.Join(calm, "out")), published(t, filepath.Join(dir, "out")))
	return len(folders)
}
