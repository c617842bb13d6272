package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"prorata/importers"
)

func contents(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestRulesCitedAreWritten: who follows a rule that the code cites, or a decision
// of README.md, finds it in RULES.md.
func TestRulesCitedAreWritten(t *testing.T) {
	written := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^- ([A-Z]+(?:-[A-Z]+)*-\d+) `).FindAllStringSubmatch(contents(t, ".docs/RULES.md"), -1) {
		written[m[1]] = true
	}
	groups := map[string]bool{}
	for id := range written {
		groups[id[:strings.LastIndexByte(id, '-')]] = true
	}
	cited := regexp.MustCompile(`\b([A-Z]{3}(?:-[A-Z]+)?)-\d+\b`)
	n := 0
	hold := func(name, body string) {
		for _, m := range cited.FindAllStringSubmatch(body, -1) {
			if !groups[m[1]] {
				continue // INV-2026 is no rule
			}
			if n++; !written[m[0]] {
				t.Errorf("%s cites %s, which RULES.md does not have", name, m[0])
			}
		}
	}
	for _, s := range sources(t) {
		if !s.isTest() {
			hold(s.path, contents(t, s.path))
		}
	}
	hold("README.md", contents(t, "README.md"))
	if n < 500 {
		t.Errorf("only %d citations of %d rules were found: the search is broken", n, len(written))
	}
}

// TestMapOfTheCode: the map in README.md has every folder with a package, and no other.
func TestMapOfTheCode(t *testing.T) {
	_, section, _ := strings.Cut(contents(t, "README.md"), "\n## The map of the code\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var mapped, there []string
	for _, m := range regexp.MustCompile(`(?m)^    ([a-z/]+)/ `).FindAllStringSubmatch(section, -1) {
		mapped = append(mapped, m[1])
	}
	for _, s := range sources(t) {
		if !slices.Contains(there, s.dir()) {
			there = append(there, s.dir())
		}
	}
	slices.Sort(mapped)
	slices.Sort(there)
	if !slices.Equal(mapped, there) {
		t.Errorf("the map has\n%s\nand the tree\n%s", strings.Join(mapped, "\n"), strings.Join(there, "\n"))
	}
}

// TestHouseSheetsAreTold: README.md names the columns that a house sheet must have.
func TestHouseSheetsAreTold(t *testing.T) {
	readme, told := contents(t, "README.md"), 0
	for _, k := range importers.Kinds() {
		row := regexp.MustCompile(`(?m)^\| ` + k.Name + ` \| [^|]+ \| ([A-Za-z, ]+)`).FindStringSubmatch(readme)
		if row == nil {
			continue // a vendor's
		}
		told++
		var required []string
		for _, c := range k.Columns {
			if c.Required {
				required = append(required, c.Name)
			}
		}
		if got := strings.TrimSpace(row[1]); got != strings.Join(required, ", ") {
			t.Errorf("%s must have %s; README.md says %s", k.Name, strings.Join(required, ", "), got)
		}
	}
	if told != 7 {
		t.Errorf("README.md tells %d house sheets", told)
	}
}
