package jobs_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gocarina/gocsv"
	"github.com/rs/zerolog"
	"github.com/shopspring/decimal"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs"
)

// TestCases runs every case of fixtures/cases, night by night, and compares all
// that its want/ states with what was published. fixtures/cases/README.md says
// how it is read.
func TestCases(t *testing.T) {
	dir := "../fixtures/cases"
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	t.Cleanup(func() { reckonedAtLeast(t, n) })
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		n++
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			runCase(t, filepath.Join(dir, e.Name()))
		})
	}
	if n == 0 {
		t.Fatal("there is no case")
	}
}

// row is one row of a register, by column.
type row map[string]string

func runCase(t *testing.T, dir string) {
	c := playCase(t, dir, casePolicies(t, dir), exporters.AllFormats)
	c.compare(t, dir)
	c.explained(t)
	c.linked(t)
}

// playCase runs the nights of a case by a chain of policies. The workbook is of the
// whole ledger and takes longest: nights before the last write it with -tags long.
func playCase(t *testing.T, dir string, policies policy.Chain, formats exporters.Formats) *caseRun {
	t.Helper()
	night := read(t, filepath.Join(dir, "nights.txt"))
	c := &caseRun{out: t.TempDir(), policies: policies, got: map[string][]row{}}
	lines := strings.Split(strings.TrimSpace(night), "\n")
	for i, line := range lines {
		if c.formats = formats; i < len(lines)-1 && !long {
			c.formats &^= exporters.Workbook
		}
		asOf, folder, _ := strings.Cut(line, " ")
		inbox := t.TempDir()
		if folder != "" {
			inbox = filepath.Join(dir, folder)
		}
		c.night(t, asOf, inbox)
	}
	return c
}

// TestInbox runs the sample inbox, and compares it with fixtures/want.
func TestInbox(t *testing.T) {
	c := &caseRun{out: t.TempDir(), policies: azure2020(t), formats: exporters.AllFormats, got: map[string][]row{}}
	c.night(t, "2026-11-22", "../fixtures/inbox")
	c.compare(t, "../fixtures")
}

// compare compares all that want/ states.
func (c *caseRun) compare(t *testing.T, dir string) {
	t.Helper()
	compared := 0
	for _, s := range statements {
		path := filepath.Join(dir, "want", s.file)
		if _, err := os.Stat(path); err == nil {
			s.compare(t, registerRows(t, path), c.got[s.register])
			compared++
		} else if s.always && len(c.got[s.register]) > 0 {
			t.Errorf("%s has %d rows, and %s expects none", s.register, len(c.got[s.register]), s.file)
		}
	}
	known, err := filepath.Glob(filepath.Join(dir, "want", "*"))
	if err != nil || len(known) != compared || compared == 0 {
		t.Errorf("want/ has %d files, %d were compared: %v", len(known), compared, err)
	}
}

type caseRun struct {
	out      string
	policies policy.Chain
	formats  exporters.Formats
	got      map[string][]row // by register, of all nights, with AsOf
}

// night runs one night and reads what it published.
func (c *caseRun) night(t *testing.T, asOf, inbox string) {
	t.Helper()
	date, err := money.ParseDate(asOf)
	if err != nil {
		t.Fatal(err)
	}
	r := jobs.Run{Inbox: inbox, Out: c.out, Ledger: filepath.Join(c.out, "ledger.db"), AsOf: date, Policies: c.policies,
		Formats: c.formats, Version: "test", Log: zerolog.Nop()}
	report, err := r.Do(context.Background())
	if err != nil {
		t.Fatalf("night %s: %v", asOf, err)
	}
	if report.Run == 0 {
		return
	}
	for _, register := range []string{"decisions", "documents", "document-lines", "journal", "credits", "reconciliation", "support-requests", "rejected-rows"} {
		for _, x := range registerRows(t, filepath.Join(report.Folder, register+".csv")) {
			x["AsOf"] = asOf
			c.got[register] = append(c.got[register], x)
		}
	}
}

// statement is one file of want/ and how it is compared.
type statement struct {
	file, register string
	keys           []string // columns that find the row; none: rows are compared in any order
	always         bool     // without the file the register must be empty
	net            bool     // rows are added up by keys: Debit - Credit
}

var statements = []statement{
	{file: "expect.csv", register: "decisions", keys: []string{"AsOf", "RequestId"}, always: true},
	{file: "expect-documents.csv", register: "documents", keys: []string{"Number"}, always: true},
	{file: "expect-lines.csv", register: "document-lines"},
	{file: "expect-journal.csv", register: "journal", keys: []string{"Document", "Account", "Currency"}, net: true, always: true},
	{file: "expect-credits.csv", register: "credits", keys: []string{"AsOf", "Document"}, always: true},
	{file: "expect-reconciliation.csv", register: "reconciliation"},
	{file: "expect-support.csv", register: "support-requests", keys: []string{"AsOf", "RequestId"}, always: true},
	{file: "expect-rejected.csv", register: "rejected-rows", always: true},
}

func (s *statement) compare(t *testing.T, want, got []row) {
	switch {
	case s.net:
		s.compareNet(t, want, got)
	case s.keys == nil:
		s.compareBag(t, want, got)
	default:
		s.compareByKey(t, want, got)
	}
}

func (s *statement) key(r row) string {
	var b strings.Builder
	for _, k := range s.keys {
		b.WriteString(r[k] + " ")
	}
	return b.String()
}

func (s *statement) compareByKey(t *testing.T, want, got []row) {
	found := map[string]row{}
	for _, g := range got {
		if _, twice := found[s.key(g)]; twice {
			t.Errorf("%s: two rows %s", s.register, s.key(g))
		}
		found[s.key(g)] = g
	}
	for _, w := range want {
		k := s.key(w)
		g, ok := found[k]
		if !ok {
			t.Errorf("%s: no row %s", s.register, k)
			continue
		}
		delete(found, k)
		for _, column := range slices.Sorted(maps.Keys(w)) {
			if diff := differs(column, w[column], g); diff != "" {
				t.Errorf("%s, %s: %s", s.register, k, diff)
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(found)) {
		t.Errorf("%s: a row that is not expected: %s %v", s.register, k, found[k])
	}
}

// differs compares one cell; "?" states nothing.
func differs(column, want string, got row) string {
	if column == "RulesInclude" {
		for _, rule := range strings.FieldsFunc(want, func(r rune) bool { return r == ';' }) {
			if !slices.Contains(strings.Split(got["Rules"], ";"), rule) {
				return fmt.Sprintf("rule %s is not among %s", rule, got["Rules"])
			}
		}
		return ""
	}
	g, ok := got[column]
	if want == "?" || ok && g == want {
		return ""
	}
	return fmt.Sprintf("%s is %q, want %q", column, g, want)
}

// compareBag pairs every wanted row with one that has the same stated cells.
func (s *statement) compareBag(t *testing.T, want, got []row) {
	left := slices.Clone(got)
	if s.register == "document-lines" { // those of set-off advices and expiries are not stated
		left = slices.DeleteFunc(left, func(g row) bool {
			return strings.HasPrefix(g["Number"], "SET-") || strings.HasPrefix(g["Number"], "EXP-")
		})
		for _, w := range want {
			w["Number"] = w["Document"]
			delete(w, "Document")
		}
	}
	for _, w := range want {
		i := slices.IndexFunc(left, func(g row) bool {
			for column, cell := range w {
				if differs(column, cell, g) != "" {
					return false
				}
			}
			return true
		})
		if i < 0 {
			t.Errorf("%s: no row like %v", s.register, w)
			continue
		}
		if s.register == "rejected-rows" { // of several faults of a row, one is stated
			g := left[i]
			left = slices.DeleteFunc(left, func(x row) bool {
				return x["AsOf"] == g["AsOf"] && x["File"] == g["File"] && x["Sheet"] == g["Sheet"] && x["Row"] == g["Row"]
			})
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, g := range left {
		t.Errorf("%s: a row that is not expected: %v", s.register, g)
	}
}

// compareNet compares debits less credits.
func (s *statement) compareNet(t *testing.T, want, got []row) {
	sum := func(rows []row) map[string]decimal.Decimal {
		net := map[string]decimal.Decimal{}
		for _, r := range rows {
			for column, sign := range map[string]int64{"Debit": 1, "Credit": -1} {
				if r[column] != "" {
					net[s.key(r)] = net[s.key(r)].Add(decimal.RequireFromString(r[column]).Mul(decimal.NewFromInt(sign)))
				}
			}
		}
		maps.DeleteFunc(net, func(_ string, d decimal.Decimal) bool { return d.IsZero() })
		return net
	}
	w, g := sum(want), sum(got)
	for _, k := range slices.Sorted(maps.Keys(w)) {
		if !g[k].Equal(w[k]) {
			t.Errorf("%s: %sis moved by %s, want %s", s.register, k, g[k], w[k])
		}
		delete(g, k)
	}
	for _, k := range slices.Sorted(maps.Keys(g)) {
		t.Errorf("%s: %sis moved by %s, which is not expected", s.register, k, g[k])
	}
}

func registerRows(t *testing.T, path string) []row {
	t.Helper()
	maps, err := gocsv.CSVToMaps(strings.NewReader(read(t, path)))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	rows := make([]row, len(maps))
	for i, m := range maps {
		rows[i] = m
	}
	return rows
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
