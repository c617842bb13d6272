package main_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
)

// houseRule finds what breaks one rule in a file. broken and kept prove it: file
// name to source, what must be found and what must not.
type houseRule struct {
	name         string
	find         func(*source) []string
	broken, kept map[string]string
}

var houseRules = []houseRule{
	{
		name: "layers", find: layers,
		broken: map[string]string{
			"invoicing/a.go":      `package a; import "prorata/jobs"`,
			"invoicing/a_test.go": `package a; import "prorata/importers"`,
			"importers/a.go":      `package a; import "prorata/exporters"`,
			"exporters/a.go":      `package a; import "prorata/importers/table"`,
			"jobs/ledger/a.go":    `package a; import "prorata/importers"`,
			"jobs/a.go":           `package a; import "prorata/cmd/prorata"`,
		},
		kept: map[string]string{
			"jobs/a.go":            `package a; import ("prorata/jobs/ledger"; "prorata/importers"; "prorata/exporters"; "prorata/invoicing")`,
			"importers/table/a.go": `package a; import "prorata/invoicing/money"`,
			"cmd/prorata/a.go":     `package a; import "prorata/jobs"`,
		},
	},
	{
		name: "pure core", find: pureCore,
		broken: map[string]string{
			"invoicing/a.go":       `package a; import "os"`,
			"invoicing/money/a.go": `package a; import "net/http"`,
			"invoicing/b.go":       `package a; import "log/slog"`,
			"invoicing/c.go":       `package a; import "database/sql"`,
		},
		kept: map[string]string{
			"invoicing/a_test.go": `package a; import "os"`,
			"invoicing/a.go":      `package a; import ("fmt"; "slices"; "time")`,
			"jobs/a.go":           `package a; import "os"`,
		},
	},
	{
		name: "libraries in their place", find: libraries,
		broken: map[string]string{
			"invoicing/a.go":   `package a; import "github.com/shopspring/decimal"`,
			"jobs/a.go":        `package a; import "gopkg.in/yaml.v3"`,
			"jobs/b.go":        `package a; import "database/sql"`,
			"cmd/prorata/a.go": `package a; import "github.com/robfig/cron/v3"`,
			"importers/a.go":   `package a; import "github.com/rs/zerolog"`,
			"jobs/ledger/a.go": `package a; import "github.com/rs/zerolog/log"`,
			"jobs/c.go":        `package a; import "pgregory.net/rapid"`,
			"jobs/d.go":        `package a; import "github.com/xuri/excelize/v2"`,
			"jobs/e.go":        `package a; import "github.com/somebody/something"`,
		},
		kept: map[string]string{
			"invoicing/money/a.go":  `package a; import "github.com/shopspring/decimal"`,
			"invoicing/policy/a.go": `package a; import "gopkg.in/yaml.v3"`,
			"jobs/schedule.go":      `package a; import "github.com/robfig/cron/v3"`,
			"jobs/run.go":           `package a; import "github.com/rs/zerolog"`,
			"jobs/ledger/a.go":      `package a; import ("database/sql"; _ "modernc.org/sqlite")`,
			"invoicing/a_test.go":   `package a; import "pgregory.net/rapid"`,
		},
	},
	{
		name: "exact numbers", find: exactNumbers,
		broken: map[string]string{
			"invoicing/a.go":       `package a; var x float64`,
			"invoicing/money/a.go": `package a; import "strconv"; var x, _ = strconv.ParseFloat("1", 32)`,
		},
		kept: map[string]string{"exporters/a.go": `package a; var width float64`},
	},
	{
		name: "clock", find: clock,
		broken: map[string]string{
			"jobs/a.go":      `package a; import "time"; var x = time.Now()`,
			"invoicing/a.go": `package a; import "time"; var x = time.Now`,
			"exporters/a.go": `package a; import ("time"; p "prorata/invoicing"); var x = time.Since(p.T)`,
		},
		kept: map[string]string{
			"cmd/prorata/a.go": `package a; import "time"; var x = time.Now()`,
			"jobs/a.go":        `package a; import "time"; var x = time.UTC`,
		},
	},
	{
		name: "terminal", find: terminal,
		broken: map[string]string{"jobs/a.go": `package a; import "fmt"; func f() { fmt.Println() }`},
		kept: map[string]string{
			"cmd/prorata/a.go": `package a; import "fmt"; func f() { fmt.Println() }`,
			"jobs/a.go":        `package a; import ("fmt"; "io"); func f(w io.Writer) { fmt.Fprintln(w) }`,
		},
	},
	{
		name: "no registration by init", find: noInit,
		broken: map[string]string{"importers/a.go": `package a; func init() {}`},
		kept:   map[string]string{"importers/a.go": `package a; type t struct{}; func (t) init() {}`},
	},
	{
		name: "lengths", find: lengths,
		broken: map[string]string{
			"jobs/a.go": "package a; func f() {" + strings.Repeat("\n", 70) + "}\n",
			"jobs/b.go": "package a" + strings.Repeat("\n", 401),
		},
		kept: map[string]string{"jobs/a.go": "package a; func f() {" + strings.Repeat("\n", 69) + "}\n" + strings.Repeat("\n", 330)},
	},
	{
		name: "words", find: words,
		broken: map[string]string{
			"jobs/util.go":          `package jobs`,
			"jobs/file_helpers.go":  `package jobs`,
			"jobs/a.go":             `package jobs; type RunManager struct{}`,
			"importers/b.go":        `package importers; type rowInfo struct{}`,
			"importers/data/row.go": `package data`,
		},
		kept: map[string]string{"jobs/database.go": `package jobs; type Information struct{}; type metadata struct{}`},
	},
	{
		name: "documentation", find: documentation,
		broken: map[string]string{
			"jobs/a.go": `package jobs; func Run() {}`,
			"jobs/b.go": `package jobs; type Job struct{}`,
			"jobs/c.go": "package jobs\n// Job is a job.\ntype Job struct{}\nfunc (j *Job) Run() {}",
			"jobs/d.go": `package jobs; const Max = 1`,
			"jobs/e.go": "package jobs\n// A list.\nfunc Formats() {}",
		},
		kept: map[string]string{
			"jobs/a.go":      "package jobs\n// Run runs.\nfunc Run() {}\n// The limits.\nconst (\nMax = 1\nMin = 2 // of all\n)",
			"jobs/b.go":      "package jobs\ntype job struct{}\nfunc (j *job) Run() {}\nfunc (j *job) Error() string { return \"\" }",
			"jobs/a_test.go": `package jobs; func TestRun() {}`,
		},
	},
}

// inspect tells of every node of a file that say has words for.
func inspect(s *source, say func(ast.Node) string) (found []string) {
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if n != nil {
			if what := say(n); what != "" {
				found = append(found, s.at(n.Pos())+": "+what)
			}
		}
		return true
	})
	return found
}

// selects returns "time.Now" for that selector, and "" for any other node.
func selects(n ast.Node) string {
	if sel, ok := n.(*ast.SelectorExpr); ok {
		if x, ok := sel.X.(*ast.Ident); ok {
			return x.Name + "." + sel.Sel.Name
		}
	}
	return ""
}

// exactNumbers: never a float for money.
func exactNumbers(s *source) []string {
	if !s.under("invoicing") || s.isTest() {
		return nil
	}
	return inspect(s, func(n ast.Node) string {
		id, _ := n.(*ast.Ident)
		switch {
		case id != nil && (id.Name == "float64" || id.Name == "float32"):
			return id.Name + "; the core is exact"
		case slices.Contains([]string{"strconv.ParseFloat", "strconv.FormatFloat", "strconv.AppendFloat"}, selects(n)):
			return selects(n) + "; the core is exact"
		}
		return ""
	})
}

// clock: only cmd reads it.
func clock(s *source) []string {
	if s.under("cmd") || s.isTest() {
		return nil
	}
	return inspect(s, func(n ast.Node) string {
		if name := selects(n); name == "time.Now" || name == "time.Since" || name == "time.Until" {
			return name + "; only cmd reads the wall clock"
		}
		return ""
	})
}

// terminal: only cmd writes to it.
func terminal(s *source) []string {
	if s.under("cmd") || s.isTest() {
		return nil
	}
	return inspect(s, func(n ast.Node) string {
		if name := selects(n); strings.HasPrefix(name, "fmt.Print") {
			return name + "; only cmd speaks to the terminal"
		}
		return ""
	})
}

// noInit: lists are explicit and ordered; an auditor can read them.
func noInit(s *source) (found []string) {
	for _, d := range s.ast.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			found = append(found, s.at(f.Pos())+": func init; put it in an explicit list")
		}
	}
	return found
}

// lengths: a function has at most 70 lines and a file at most 400.
func lengths(s *source) (found []string) {
	if s.isTest() {
		return nil
	}
	if s.lines > 400 {
		found = append(found, fmt.Sprintf("%s has %d lines; at most 400", s.path, s.lines))
	}
	for _, d := range s.ast.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && s.span(f) > 70 {
			found = append(found, fmt.Sprintf("%s: %s has %d lines; at most 70", s.at(f.Pos()), f.Name.Name, s.span(f)))
		}
	}
	return found
}

var (
	word   = regexp.MustCompile(`[A-Z]+[a-z]*|[a-z]+`)
	banned = strings.Fields("util utils helper helpers manager managers data info")
)

// words: a name says what a thing is; these say nothing.
func words(s *source) (found []string) {
	check := func(pos token.Pos, what, name string) {
		for _, w := range word.FindAllString(name, -1) {
			if slices.Contains(banned, strings.ToLower(w)) {
				found = append(found, fmt.Sprintf("%s: %s %s: %q says nothing", s.at(pos), what, name, w))
			}
		}
	}
	check(s.ast.Name.Pos(), "package", strings.TrimSuffix(s.ast.Name.Name, "_test"))
	check(s.ast.Name.Pos(), "file", strings.TrimSuffix(path.Base(s.path), ".go"))
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok {
			check(spec.Pos(), "type", spec.Name.Name)
		}
		return true
	})
	return found
}

// documentation: every exported name has a doc comment that begins with it; a
// group of constants or variables may have one for all.
func documentation(s *source) (found []string) {
	if s.isTest() || s.ast.Name.Name == "main" {
		return nil
	}
	need := func(id *ast.Ident, docs ...*ast.CommentGroup) {
		if id.IsExported() && !slices.ContainsFunc(docs, func(c *ast.CommentGroup) bool { return c.Text() != "" }) {
			found = append(found, s.at(id.Pos())+": "+id.Name+" has no doc comment")
		}
	}
	for _, d := range s.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.Name != "Error" && (d.Recv == nil || ast.IsExported(receiver(d))) {
				need(d.Name, d.Doc)
				if first, _, _ := strings.Cut(d.Doc.Text(), " "); d.Name.IsExported() && first != "" && first != d.Name.Name {
					found = append(found, s.at(d.Pos())+": the doc comment of "+d.Name.Name+" does not begin with its name")
				}
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					need(spec.Name, spec.Doc, d.Doc)
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						need(id, spec.Doc, spec.Comment, d.Doc)
					}
				}
			}
		}
	}
	return found
}

// receiver is the name of the type that a method is of.
func receiver(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if index, ok := t.(*ast.IndexExpr); ok {
		t = index.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}
