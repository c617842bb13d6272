package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What an operator meets at night is on the page of operations: every exit code,
// and every message of the log.
func TestOperationsPageIsWhole(t *testing.T) {
	body, err := os.ReadFile("../../.docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(body)
	for _, e := range exitCodes {
		if !strings.Contains(page, fmt.Sprintf("| %d | %s", e.code, strings.ReplaceAll(e.what, ": nothing was published", ""))) {
			t.Errorf("exit code %d, %s, is not on the page", e.code, e.what)
		}
	}
	logged := regexp.MustCompile(`\.Msg\("([^"]+)"`)
	said := 0
	for _, folder := range []string{".", "../../jobs", "../../jobs/ledger"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range logged.FindAllStringSubmatch(string(source), -1) {
				if said++; !strings.Contains(page, m[1]) {
					t.Errorf("%s logs %q, which is not on the page", file, m[1])
				}
			}
		}
	}
	if said < 20 {
		t.Errorf("%d messages were found; are they logged another way?", said)
	}
}

// The metrics that the page builds alerts on are metrics that there are.
func TestOperationsPageNamesMetrics(t *testing.T) {
	page, err := os.ReadFile("../../.docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	monitor, err := os.ReadFile("../../jobs/monitor.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`prorata_[a-z_]+`).FindAllString(string(page), -1)
	for _, name := range names {
		if !strings.Contains(string(monitor), `"`+name+`"`) {
			t.Errorf("the page asks for %s; no metric is called so", name)
		}
	}
	if len(names) < 5 {
		t.Errorf("the page names %d metrics", len(names))
	}
}
