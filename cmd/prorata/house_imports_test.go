package main_test

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// imports lists the import paths of a file.
func imports(s *source) []string {
	var all []string
	for _, spec := range s.ast.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// layers: cmd -> jobs -> {jobs/ledger, importers, exporters} -> invoicing, one way, tests included. exporters/canonical
// is a leaf below importers and exporters, jobs/durable one below all that writes.
func layers(s *source) (found []string) {
	below := []struct {
		dir string // the first that holds the file counts
		may []string
	}{
		{"invoicing", []string{"invoicing"}},
		{"exporters/canonical", nil},
		{"importers", []string{"importers", "exporters/canonical", "invoicing"}},
		{"exporters", []string{"exporters", "jobs/durable", "invoicing"}},
		{"jobs/durable", nil},
		{"jobs/ledger", []string{"jobs/ledger", "jobs/durable", "invoicing"}},
		{"jobs", []string{"jobs", "importers", "exporters", "invoicing"}},
	}
	for _, layer := range below {
		if !s.under(layer.dir) {
			continue
		}
		for _, p := range imports(s) {
			own, ok := strings.CutPrefix(p, "prorata/")
			if ok && !slices.ContainsFunc(layer.may, func(dir string) bool { return within(own, dir) }) {
				found = append(found, fmt.Sprintf("%s imports %s; %s may know %v", s.path, p, layer.dir, layer.may))
			}
		}
		break
	}
	return found
}

// pureCore: the core knows no files, network, logging, database or chance.
func pureCore(s *source) (found []string) {
	impure := strings.Fields("os io/fs io/ioutil path/filepath syscall net log database math/rand crypto/rand plugin unsafe C")
	if !s.under("invoicing") || s.isTest() {
		return nil
	}
	for _, p := range imports(s) {
		if slices.ContainsFunc(impure, func(dir string) bool { return within(p, dir) }) {
			found = append(found, fmt.Sprintf("%s imports %s; the core is pure", s.path, p))
		}
	}
	return found
}

// places is where each library may be known: folders, or files of a folder by
// pattern. An empty list is everywhere above the core; tests alone is "_test".
var places = map[string][]string{
	"database/sql":                    {"jobs/ledger"},
	"modernc.org/sqlite":              {"jobs/ledger"},
	"github.com/shopspring/decimal":   {"invoicing/money", "_test"}, // elsewhere it is what tests compare with
	"gopkg.in/yaml.v3":                {"invoicing/policy", "cmd"},  // policies; the configuration
	"github.com/goccy/go-yaml":        {"invoicing/policy", "cmd"},
	"github.com/xuri/excelize":        {"importers", "exporters", "fixtures/gen", "_test"},
	"github.com/gocarina/gocsv":       {"importers", "exporters", "_test"},
	"github.com/signintech/gopdf":     {"exporters/typeset.go"},
	"github.com/go-fonts/liberation":  {"exporters/typeset.go"},
	"github.com/robfig/cron":          {"jobs/schedule", "jobs/schedule*.go"},
	"github.com/rs/zerolog":           {"cmd", "jobs/*.go", "jobs/schedule"},
	"pgregory.net/rapid":              {"_test"},
	"github.com/rogpeppe/go-internal": {"_test"},
	"github.com/klauspost/compress":   {},
	"github.com/cespare/xxhash":       {},
	"golang.org/x/crypto":             {"jobs/ledger"},
	"golang.org/x/text":               {},
	"golang.org/x/sync":               {},
	"golang.org/x/sys":                {},
}

// libraries: each library has one place, so that it can be replaced there.
func libraries(s *source) (found []string) {
	for _, p := range imports(s) {
		library, listed := p, false
		for name := range places {
			if within(p, name) {
				library, listed = name, true
			}
		}
		switch third := strings.Contains(strings.SplitN(p, "/", 2)[0], "."); {
		case third && !listed:
			found = append(found, fmt.Sprintf("%s imports %s, which has no place yet; name one in places", s.path, p))
		case listed && !s.mayKnow(places[library]):
			found = append(found, fmt.Sprintf("%s imports %s; its place is %v", s.path, p, places[library]))
		}
	}
	return found
}

// mayKnow reports whether a file is in one of a library's places.
func (s *source) mayKnow(where []string) bool {
	if len(where) == 0 {
		return !s.under("invoicing")
	}
	return slices.ContainsFunc(where, func(place string) bool {
		match, err := path.Match(place, s.path)
		return place == "_test" && s.isTest() || s.under(place) && !strings.Contains(place, "*") || err == nil && match
	})
}
