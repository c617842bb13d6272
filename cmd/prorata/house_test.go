package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The house rules are a unit test: what a linter cannot keep, and the layers once
// more, so that `go test ./...` alone keeps them.

// root is the module's folder, seen from this package.
const root = "../.."

// source is one Go file of the module.
type source struct {
	path  string // from the root, with slashes: invoicing/money/date.go
	lines int
	fset  *token.FileSet
	ast   *ast.File
}

func (s *source) dir() string  { return path.Dir(s.path) }
func (s *source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }
func (s *source) under(dirs ...string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool { return within(s.dir(), dir) })
}

// within reports whether a folder or import path is dir or lies in it.
func within(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

// at is where a finding stands.
func (s *source) at(pos token.Pos) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(pos).Line)
}

// span is the number of lines of a node.
func (s *source) span(n ast.Node) int {
	return s.fset.Position(n.End()).Line - s.fset.Position(n.Pos()).Line + 1
}

// parseSource reads one file; name is its path from the root.
func parseSource(name string, body []byte) (*source, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, body, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &source{name, strings.Count(string(body), "\n"), fset, f}, nil
}

// sources reads every Go file of the module; testdata and dot-folders are not of it.
func sources(t *testing.T) []*source {
	t.Helper()
	var all []*source
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(p, root), string(filepath.Separator)))
		if d.IsDir() {
			if rel != "" && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || ignored(t, rel)) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(rel) != ".go" {
			return nil
		}
		body, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		s, err := parseSource(rel, body)
		if err != nil {
			return err
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("only %d Go files found under %s: the walk is broken", len(all), root)
	}
	return all
}

// TestHouseRules holds every file to every rule of houseRules.
func TestHouseRules(t *testing.T) {
	for _, s := range sources(t) {
		for _, rule := range houseRules {
			for _, finding := range rule.find(s) {
				t.Errorf("%s: %s", rule.name, finding)
			}
		}
	}
}

// TestHouseRulesFind proves that each rule can fail: a rule without its example is a fault.
func TestHouseRulesFind(t *testing.T) {
	for _, rule := range houseRules {
		if len(rule.broken) == 0 {
			t.Errorf("%s: no example of what breaks it", rule.name)
		}
		for name, body := range rule.broken {
			if find(t, rule, name, body) == 0 {
				t.Errorf("%s: nothing found in %s:\n%s", rule.name, name, body)
			}
		}
		for name, body := range rule.kept {
			if find(t, rule, name, body) > 0 {
				t.Errorf("%s: found in %s, where it is allowed:\n%s", rule.name, name, body)
			}
		}
	}
}

// find counts what a rule finds in a source.
func find(t *testing.T, rule houseRule, name, body string) int {
	t.Helper()
	s, err := parseSource(name, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return len(rule.find(s))
}

// TestPackagesHaveADoc: one file of every package says what it owns, and only one.
func TestPackagesHaveADoc(t *testing.T) {
	docs := map[string][]string{}
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		in := docs[s.dir()]
		begins := "Package " + s.ast.Name.Name + " "
		if s.ast.Name.Name == "main" {
			begins = "Command "
		}
		if strings.HasPrefix(s.ast.Doc.Text(), begins) {
			in = append(in, s.path)
		}
		docs[s.dir()] = in
	}
	for dir, in := range docs {
		if len(in) != 1 {
			t.Errorf("package %s has %d package docs %v; it needs one, which says what it owns and what it does not", dir, len(in), in)
		}
	}
}

// TestFunctionsAreShort: nine of ten functions have at most 40 lines.
func TestFunctionsAreShort(t *testing.T) {
	var spans []int
	for _, s := range sources(t) {
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && !s.isTest() {
				spans = append(spans, s.span(f))
			}
		}
	}
	slices.Sort(spans)
	if p90 := spans[len(spans)*9/10]; p90 > 40 {
		t.Errorf("of %d functions the 90th percentile has %d lines; at most 40", len(spans), p90)
	}
}

// TestTopLevelIsFixed: a newcomer finds the same few folders for ever.
func TestTopLevelIsFixed(t *testing.T) {
	allowed := strings.Fields("cmd jobs invoicing importers exporters fixtures go.mod go.sum README.md LICENSE CHANGELOG.md")
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); !strings.HasPrefix(name, ".") && !slices.Contains(allowed, name) && !ignored(t, name) {
			t.Errorf("%s is not of the top level, which is fixed: %v", name, allowed)
		}
	}
}

// ignored reports whether .gitignore names a file or folder of the top level.
func ignored(t *testing.T, name string) bool {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(body)) {
		if pattern, ok := strings.CutPrefix(strings.TrimSpace(line), "/"); ok {
			if match, err := path.Match(strings.TrimSuffix(pattern, "/"), name); err != nil || match {
				return err == nil
			}
		}
	}
	return false
}
