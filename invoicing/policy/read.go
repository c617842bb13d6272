package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"prorata/invoicing/money"
	"prorata/invoicing/spelling"
)

// MaxBytes is the greatest size of a policy file.
const MaxBytes = 256 << 10

// Read reads a policy file; name is for messages. The file names every key of
// RULES.md, each with one value for all billing types or a mapping with one for
// each; or it says `extends: ID` of a built-in policy and names what differs, for
// all billing types or for some. What is wrong is one or more *Error, joined,
// that name file, line and key (POL-1).
func Read(name string, body []byte) (*Policy, error) {
	f := &faults{file: name}
	root := parse(f, body)
	if root == nil {
		return nil, f.err()
	}
	d := &document{faults: f, end: last(root)}
	d.entries = d.mapping(root, "", topKeys())
	d.extend(body)
	d.readHead()
	d.readSources()
	for _, k := range keys {
		d.readKey(k)
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	d.policy.Body = body
	return d.policy, nil
}

// last returns the last node of the file, or root itself where it is empty.
func last(root *yaml.Node) *yaml.Node {
	for len(root.Content) > 0 {
		root = root.Content[len(root.Content)-1]
	}
	return root
}

// document is a policy file that is being read.
type document struct {
	*faults
	end     *yaml.Node // where a missing key would be added
	entries map[string]*yaml.Node
	extends bool
	policy  *Policy
}

// parse returns the one mapping that the file must be, or nil and says why not.
func parse(f *faults, body []byte) *yaml.Node {
	first := &yaml.Node{Line: 1}
	if len(body) > MaxBytes {
		f.add(first, "", "the file is larger than %d bytes; a policy needs a few thousand", MaxBytes)
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(body))
	var doc, next yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		f.add(first, "", "the file is empty; start from a copy of a built-in policy or with `extends: %s`", DefaultID)
		return nil
	case err != nil:
		line, problem := Syntax(err)
		f.add(&yaml.Node{Line: line}, "", "at or just after this line the file is not YAML: %s", problem)
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		f.add(&doc, "", "the file is not a list of keys and values, like `id: my-policy`")
		return nil
	}
	if err := dec.Decode(&next); !errors.Is(err, io.EOF) {
		f.add(&next, "", "a second document begins here; keep one policy in a file")
		return nil
	}
	return doc.Content[0]
}

var atLine = regexp.MustCompile(`^yaml: line (\d+): `)

// Syntax takes the line out of the YAML reader's message. It is the line itself
// for a fault of characters, the one before for a fault of structure.
func Syntax(err error) (line int, problem string) {
	text := err.Error()
	if m := atLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits by the expression; 0 becomes line 1
		return line, text[len(m[0]):]
	}
	return 1, strings.TrimPrefix(text, "yaml: ")
}

// topKeys lists what may stand at the top of a file.
func topKeys() []string {
	known := []string{"id", "title", "sources", "extends"}
	for _, k := range keys {
		known = append(known, k.name)
	}
	return known
}

// mapping returns the values of a mapping by key; unknown and duplicate keys are faults.
func (d *document) mapping(n *yaml.Node, under string, known []string) map[string]*yaml.Node {
	m := map[string]*yaml.Node{}
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case k.Kind != yaml.ScalarNode || !slices.Contains(known, k.Value):
			d.add(k, under+k.Value, "unknown key; the nearest key is %s", spelling.Nearest(k.Value, known))
		case m[k.Value] != nil:
			d.add(k, under+k.Value, "duplicate key, first on line %d; keep one", lines[k.Value])
		default:
			m[k.Value], lines[k.Value] = v, k.Line
		}
	}
	return m
}

// extend starts from the built-in policy that the file extends, or from nothing.
func (d *document) extend(body []byte) {
	d.policy = &Policy{ByType: map[BillingType]*Parameters{}}
	for _, t := range BillingTypes {
		d.policy.ByType[t] = &Parameters{}
	}
	hashed := body
	if n := d.entries["extends"]; n != nil {
		d.extends = true
		base, err := Builtin(n.Value)
		if err != nil {
			d.add(n, "extends", "%v", err)
			return
		}
		d.policy = &Policy{Sources: slices.Clone(base.Sources), ByType: maps.Clone(base.ByType)}
		// The hash is that of the base's file followed by this one, as `cat` puts them together.
		hashed = slices.Concat(base.Body, body)
	}
	sum := sha256.Sum256(hashed)
	d.policy.SHA256 = hex.EncodeToString(sum[:])
}

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,63}$`)

// readHead reads the id and the title.
func (d *document) readHead() {
	d.policy.ID = d.text(d.end, d.entries, "id", "")
	d.policy.Title = d.text(d.end, d.entries, "title", "")
	if id := d.policy.ID; id != "" && !idForm.MatchString(id) {
		d.add(d.entries["id"], "id", "is %q; expected lower case letters, digits, dots and dashes, like azure-2020", cut(id))
	}
}

// text returns a required text of one line.
func (d *document) text(at *yaml.Node, m map[string]*yaml.Node, name, under string) string {
	n := m[name]
	if n == nil {
		d.add(at, under+name, "missing; every policy says it")
		return ""
	}
	s := strings.TrimSpace(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" || s == "" || len(s) > 500 || strings.ContainsAny(s, "\n\r") {
		d.add(n, under+name, "is %s; expected a text of one line, at most 500 characters", describe(n))
	}
	return s
}

// readSources reads the pages that the policy follows; at least one, counting those it extends.
func (d *document) readSources() {
	n := d.entries["sources"]
	switch {
	case n == nil && d.extends:
		return
	case n == nil:
		d.add(d.end, "sources", "missing; say the title, date and url of each page that the policy follows")
		return
	case n.Kind != yaml.SequenceNode || len(n.Content) == 0 || len(n.Content) > maxNames:
		d.add(n, "sources", "is %s; expected a list of title, date and url", describe(n))
		return
	}
	for _, item := range n.Content {
		if item.Kind != yaml.MappingNode {
			d.add(item, "sources", "is %s; expected title, date and url", describe(item))
			continue
		}
		d.readSource(item)
	}
}

func (d *document) readSource(item *yaml.Node) {
	m := d.mapping(item, "sources.", []string{"title", "date", "url"})
	s := Source{Title: d.text(item, m, "title", "sources."), URL: d.text(item, m, "url", "sources.")}
	if n := m["url"]; n != nil && !strings.HasPrefix(s.URL, "https://") && !strings.HasPrefix(s.URL, "http://") {
		d.add(n, "sources.url", "is %s; expected an address that begins with https://", describe(n))
	}
	if date := d.text(item, m, "date", "sources."); date != "" {
		var err error
		if s.Date, err = money.ParseDate(date); err != nil {
			d.add(m["date"], "sources.date", "%v", err)
		}
	}
	d.policy.Sources = append(d.policy.Sources, s)
}

// readKey reads one parameter into every billing type.
func (d *document) readKey(k key) {
	n := d.entries[k.name]
	switch {
	case n == nil && d.extends:
	case n == nil:
		d.add(d.end, k.name, "missing; a policy names every key, or `extends: ID` of a built-in policy")
	case n.Kind != yaml.MappingNode:
		for _, t := range BillingTypes {
			if !d.readValue(k, k.name, t, n) {
				return // the same fault for every type
			}
		}
	default:
		d.readByType(k, n)
	}
}

func (d *document) readByType(k key, n *yaml.Node) {
	types := make([]string, len(BillingTypes))
	for i, t := range BillingTypes {
		types[i] = t.String()
	}
	m := d.mapping(n, k.name+".", types)
	for i, t := range BillingTypes {
		key := k.name + "." + types[i]
		switch v := m[types[i]]; {
		case v != nil:
			d.readValue(k, key, t, v)
		case !d.extends:
			d.add(n, key, "missing; name a value for every billing type: %s", strings.Join(types, ", "))
		}
	}
}

// readValue sets one parameter of one billing type and reports whether it could.
func (d *document) readValue(k key, name string, t BillingType, n *yaml.Node) bool {
	p := *d.policy.ByType[t] // a copy: the base's own stays as it is
	if expected, ok := k.read(n, &p); !ok || n.Kind == yaml.AliasNode {
		d.add(n, name, "is %s; expected %s", describe(n), expected)
		return false
	}
	d.policy.ByType[t] = &p
	return true
}

// describe says what stands where something else was expected.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list of " + strconv.Itoa(len(n.Content))
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.AliasNode:
		return "an alias"
	case n.ShortTag() == "!!null" || n.Value == "":
		return "empty"
	case n.ShortTag() == "!!str":
		return "the text " + strconv.Quote(cut(n.Value))
	}
	return cut(n.Value)
}
