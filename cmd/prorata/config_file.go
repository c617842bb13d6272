package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/invoicing/spelling"
	"prorata/jobs"
)

// configReader reads prorata.yaml as strictly as a policy is read: what is wrong
// names file, line and key, and the nearest key that there is.
type configReader struct {
	cfg    *config
	faults []*policy.Error
}

// readConfig takes what the file says into cfg. The error names every fault.
func readConfig(cfg *config, body []byte) error {
	r := &configReader{cfg: cfg}
	if root := r.parse(body); root != nil {
		r.mapping(root, "")
	}
	slices.SortStableFunc(r.faults, func(a, b *policy.Error) int { return cmp.Compare(a.Line, b.Line) })
	errs := make([]error, 0, len(r.faults))
	for _, f := range r.faults[:min(len(r.faults), maxConfigFaults)] {
		errs = append(errs, f)
	}
	return errors.Join(errs...)
}

const maxConfigFaults = 20

func (r *configReader) fault(n *yaml.Node, key, format string, args ...any) {
	r.faults = append(r.faults, &policy.Error{File: r.cfg.file, Line: max(n.Line, 1), Key: key, Problem: fmt.Sprintf(format, args...)})
}

// parse returns the one mapping that the file must be; nil where it is empty, or
// is something else.
func (r *configReader) parse(body []byte) *yaml.Node {
	dec := yaml.NewDecoder(bytes.NewReader(body))
	var doc, next yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil // every key has a default
	}
	if err != nil {
		line, problem := policy.Syntax(err)
		r.fault(&yaml.Node{Line: line}, "", "at or just after this line the file is not YAML: %s", problem)
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		r.fault(&doc, "", "the file is not a list of keys and values, like `inbox: inbox`; prorata init writes one")
		return nil
	}
	if err := dec.Decode(&next); !errors.Is(err, io.EOF) {
		r.fault(&next, "", "a second document begins here; keep one configuration in a file")
		return nil
	}
	return doc.Content[0]
}

// lists are the keys that have more than one value.
var lists = []struct {
	key, doc string
	read     func(*configReader, *yaml.Node)
}{
	{"policies", "the policies, each with the date from which it holds (POL-3)", (*configReader).policies},
	{"series", "where a series begins in a year: its first number (DOC-1)", (*configReader).series},
	{"senders", "what is known of the senders of files, by the names of their folders in the inbox: a locale, and what they call columns", (*configReader).senders},
	{"seller.accounts", "the accounts of the books by number of the chart of accounts, for general-ledger.csv", (*configReader).accounts},
	{"notices.on", "which events are told; without it every one", (*configReader).events},
}

// knownKeys lists every key, sections included.
func knownKeys() (keys []string) {
	add := func(key string) {
		for i := range len(key) {
			if key[i] == '.' && !slices.Contains(keys, key[:i]) {
				keys = append(keys, key[:i])
			}
		}
		keys = append(keys, key)
	}
	for _, s := range settings {
		add(s.key)
	}
	for _, l := range lists {
		if !slices.Contains(keys, l.key) {
			add(l.key)
		}
	}
	return keys
}

// mapping reads the keys of the file or of a section.
func (r *configReader) mapping(n *yaml.Node, under string) {
	for k, v := range r.pairs(n, under) {
		r.entry(k, v, under+k.Value)
	}
}

// pairs goes through the keys of a mapping, each once, and their values.
func (r *configReader) pairs(n *yaml.Node, under string) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(k, v *yaml.Node) bool) {
		lines := map[string]int{} // where a key was said
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if first, twice := lines[k.Value]; twice {
				r.fault(k, under+shorten(k.Value), "duplicate key, first on line %d; keep one", first)
				continue
			}
			lines[k.Value] = k.Line
			if !yield(k, v) {
				return
			}
		}
	}
}

func (r *configReader) entry(k, v *yaml.Node, key string) {
	if s := settingOf(key); s != nil {
		r.scalar(v, s)
		return
	}
	for _, l := range lists {
		if l.key == key {
			l.read(r, v)
			return
		}
	}
	switch {
	case key == "notices.url":
		r.fault(k, key, "the address is a secret and has no place in this file; put it into a file that notices.url_file names, or into %s", secretURL)
	case k.Kind != yaml.ScalarNode || !slices.Contains(knownKeys(), key):
		r.fault(k, key, "unknown key; the nearest key is %s", spelling.Nearest(key, knownKeys()))
	case v.Kind != yaml.MappingNode:
		r.fault(v, key, "is no section; expected keys and values below it")
	default:
		r.mapping(v, key+".")
	}
}

func (r *configReader) scalar(v *yaml.Node, s *setting) {
	value := strings.TrimSpace(v.Value)
	switch {
	case v.Kind != yaml.ScalarNode:
		r.fault(v, s.key, "is no single value; expected %s", s.doc)
		return
	case v.ShortTag() == "!!null":
		return // left empty: the default
	}
	if expected := s.check(value); expected != "" {
		r.fault(v, s.key, "is %q; expected %s", shorten(value), expected)
		return
	}
	if s.kind == "path" {
		value = r.cfg.beside(value)
	}
	r.cfg.said[s.key], r.cfg.origin[s.key] = value, fmt.Sprintf("%s:%d", r.cfg.file, v.Line)
}

// policies reads the chain (POL-3): the first holds from the beginning, each
// other from its date on.
func (r *configReader) policies(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > 100 {
		r.fault(n, "policies", "expected a list, like [{id: azure-2020}, {id: azure-2023, from: 2023-10-16}]")
		return
	}
	for i, item := range n.Content {
		ref := policyRef{line: item.Line}
		if item.Kind != yaml.MappingNode {
			r.fault(item, "policies", "expected id or file, and from")
			continue
		}
		for k, v := range r.pairs(item, "policies.") {
			r.policyKey(&ref, k, v)
		}
		last := money.Date(0)
		if i > 0 && len(r.cfg.chain) > 0 {
			last = r.cfg.chain[len(r.cfg.chain)-1].from
		}
		switch {
		case ref.name == "":
			r.fault(item, "policies", "expected the id of a built-in policy, or file")
		case i == 0 && !ref.from.IsZero():
			r.fault(item, "policies.from", "the first policy holds from the beginning; leave its from out")
		case i > 0 && ref.from <= last:
			r.fault(item, "policies.from", "expected a date after that of the policy before it")
		default:
			r.cfg.chain = append(r.cfg.chain, ref)
		}
	}
}

func (r *configReader) policyKey(ref *policyRef, k, v *yaml.Node) {
	switch k.Value {
	case "id", "file":
		switch {
		case v.Kind != yaml.ScalarNode || v.Value == "" || isText(v.Value) != "":
			r.fault(v, "policies."+k.Value, "expected a text")
		case ref.name != "":
			r.fault(k, "policies."+k.Value, "a policy has an id or a file, once")
		case k.Value == "file":
			ref.name, ref.file = r.cfg.beside(v.Value), true
		case strings.ContainsAny(v.Value, "./\\"):
			r.fault(v, "policies.id", "is %q; of a file say file", shorten(v.Value))
		default:
			ref.name = v.Value
		}
	case "from":
		from, err := money.ParseDate(v.Value)
		if err != nil {
			r.fault(v, "policies.from", "%v", err)
		}
		ref.from = from
	default:
		r.fault(k, "policies."+k.Value, "unknown key; the nearest key is %s", spelling.Nearest(k.Value, []string{"id", "file", "from"}))
	}
}

var seriesForm = regexp.MustCompile(`^(CN|INV|CHG|SET|EXP)-(19|20|21)\d\d$`)

// maxFirstNumber keeps a number within its nine digits for a biller's lifetime.
const maxFirstNumber = 900_000_000

// series reads where the numbers of a series begin in a year (DOC-1).
func (r *configReader) series(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		r.fault(n, "series", "expected first numbers by series and year, like CN-2026: 4712")
		return
	}
	r.cfg.series = map[string]int{}
	for k, v := range r.pairs(n, "series.") {
		first, err := strconv.Atoi(v.Value)
		switch {
		case !seriesForm.MatchString(k.Value):
			r.fault(k, "series."+shorten(k.Value), "expected a series (CN, INV, CHG, SET, EXP) and a year, like CN-2026")
		case err != nil || first < 1 || first > maxFirstNumber:
			r.fault(v, "series."+k.Value, "is %q; expected a whole number from 1 to %d", shorten(v.Value), maxFirstNumber)
		default:
			r.cfg.series[k.Value] = first
		}
	}
}

// events reads which notices are sent.
func (r *configReader) events(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "notices.on", "expected a list of %s", strings.Join(jobs.Events, ", "))
		return
	}
	r.cfg.notices = []string{}
	for _, item := range n.Content {
		if !slices.Contains(jobs.Events, item.Value) {
			r.fault(item, "notices.on", "%q is no event; the nearest is %s", shorten(item.Value), spelling.Nearest(item.Value, jobs.Events))
			continue
		}
		r.cfg.notices = append(r.cfg.notices, item.Value)
	}
}

// shorten bounds what a message quotes.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "..."
	}
	return s
}
