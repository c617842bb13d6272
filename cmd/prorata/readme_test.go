package main

import (
	"cmp"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

var updateReadme = flag.Bool("update-readme", false, "write what the commands print into README.md")

// TestReadme runs every command that README.md shows in a console block, in
// order, in one folder that begins with fixtures/, and compares what it prints. A
// line "..." stands for any lines.
func TestReadme(t *testing.T) {
	path, err := filepath.Abs("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "fixtures", "inbox"), os.DirFS("../../fixtures/inbox")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	ran := 0
	readme := string(body)
	blocks := fenced(readme, "```console\n")
	slices.SortStableFunc(blocks, func(a, b string) int { return -cmp.Compare(begins(a), begins(b)) })
	for _, block := range blocks {
		for _, shown := range strings.Split("\n"+block, "\n$ ")[1:] {
			command, want, _ := strings.Cut(shown, "\n")
			ran++
			got := shell(t, command)
			if *updateReadme && !strings.Contains(want, "...\n") {
				readme = strings.Replace(readme, "\n$ "+shown, "\n$ "+command+"\n"+strings.Join(lines(strings.TrimRight(got, "\n")), "\n"), 1)
			} else if !matches(strings.TrimRight(want, "\n"), strings.TrimRight(got, "\n")) {
				t.Errorf("README.md shows\n$ %s\n%s\n\nbut it prints\n%s", command, want, got)
			}
		}
	}
	if *updateReadme {
		if err := os.WriteFile(path, []byte(readme), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if ran < 5 {
		t.Errorf("README.md shows %d commands; were they meant to be run?", ran)
	}
}

// TestReadmeConfigures: what README.md shows of prorata.yaml is read without a fault.
func TestReadmeConfigures(t *testing.T) {
	body, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := fenced(string(body), "```yaml\n")
	for _, block := range blocks {
		file := filepath.Join(t.TempDir(), "prorata.yaml")
		if err := os.WriteFile(file, []byte(block), 0o600); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		c := &console{stdout: &out, stderr: &out, now: time.Now, log: zerolog.Nop()}
		if code := c.main(context.Background(), []string{"config", "check", "--config", file}); code != exitDone || !strings.Contains(out.String(), file+":1") {
			t.Errorf("README.md shows\n%s\nbut config check ends with %d:\n%s", block, code, &out)
		}
	}
	if len(blocks) == 0 {
		t.Error("README.md shows no prorata.yaml")
	}
}

// begins is 1 for a block that runs a night: what such a night leaves may be shown
// before it.
func begins(block string) int {
	if strings.HasPrefix(block, "$ go run ./cmd/prorata run ") {
		return 1
	}
	return 0
}

func fenced(text, open string) (blocks []string) {
	for _, part := range strings.Split(text, open)[1:] {
		block, _, _ := strings.Cut(part, "\n```")
		blocks = append(blocks, block)
	}
	return blocks
}

// shell runs a command as the README shows it: prorata here, others by the shell.
func shell(t *testing.T, command string) string {
	t.Helper()
	command = strings.TrimPrefix(command, "go run ./cmd/")
	if args, ok := strings.CutPrefix(command, "prorata "); ok && !strings.ContainsAny(args, "|>&") {
		var out strings.Builder
		c := &console{stdout: &out, stderr: &out, now: func() time.Time { return time.Date(2026, 11, 22, 2, 30, 0, 0, time.UTC) }, log: zerolog.Nop()}
		c.main(context.Background(), strings.Fields(args))
		return out.String()
	}
	out, err := exec.Command("sh", "-c", command).CombinedOutput()
	if err != nil {
		t.Errorf("$ %s: %v", command, err)
	}
	return string(out)
}

// matches compares line by line; blanks at the ends of lines do not count.
func matches(want, got string) bool {
	w, g := lines(want), lines(got)
	for len(w) > 0 {
		if w[0] == "..." {
			for i := 0; i <= len(g); i++ {
				if matches(strings.Join(w[1:], "\n"), strings.Join(g[i:], "\n")) {
					return true
				}
			}
			return false
		}
		if len(g) == 0 || w[0] != g[0] {
			return false
		}
		w, g = w[1:], g[1:]
	}
	return len(g) == 0
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	all := strings.Split(s, "\n")
	for i := range all {
		all[i] = strings.TrimRight(all[i], " ")
	}
	return all
}
