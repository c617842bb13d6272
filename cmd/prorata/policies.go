package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing/policy"
)

// policies is the verb that lists policies, shows one, or compares two.
func policies(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("policies", flag.ContinueOnError)
	said := c.settings(f, "policy")
	asJSON := f.Bool("json", false, "print it as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	cfg, err := said.resolve()
	if err != nil {
		return err
	}
	chain, err := cfg.policies()
	if err != nil {
		return err
	}
	var named []*policy.Policy
	for _, name := range rest[min(1, len(rest)):] {
		p, err := policyCalled(name, chain)
		if err != nil {
			return err
		}
		named = append(named, p)
	}
	switch {
	case len(rest) == 0:
		return listPolicies(c, chain, *asJSON)
	case rest[0] == "show" && len(named) == 1:
		return showPolicy(c, named[0], *asJSON)
	case rest[0] == "diff" && len(named) == 2:
		return diffPolicies(c, named[0], named[1], *asJSON)
	}
	return usageError{"say policies, policies show ID, or policies diff A B; a policy is an id or a file"}
}

// policyCalled is a policy by its id, of those in force or built in, or by its file.
func policyCalled(name string, chain policy.Chain) (*policy.Policy, error) {
	for _, l := range chain {
		if l.Policy.ID == name {
			return l.Policy, nil
		}
	}
	p, err := readPolicy(policyRef{name: name, file: strings.ContainsAny(name, "./\\")})
	if err != nil {
		return nil, usageError{err.Error()}
	}
	return p, nil
}

// policyJSON is a policy for programs. From is the date from which it is in
// force, where it is one of the chain.
type policyJSON struct {
	ID      string        `json:"id"`
	Title   string        `json:"title"`
	SHA256  string        `json:"sha256"`
	InForce bool          `json:"in_force,omitempty"`
	From    string        `json:"from,omitempty"`
	Sources []sourceJSON  `json:"sources"`
	Values  []settingOfID `json:"parameters,omitempty"`
}

type sourceJSON struct {
	Title string `json:"title"`
	Date  string `json:"date"`
	URL   string `json:"url"`
}

type settingOfID struct {
	Key    string            `json:"key"`
	Rules  string            `json:"rules"`
	Values map[string]string `json:"values"` // by billing type
}

func policyForPrograms(p *policy.Policy) policyJSON {
	out := policyJSON{ID: p.ID, Title: p.Title, SHA256: p.SHA256}
	for _, s := range p.Sources {
		out.Sources = append(out.Sources, sourceJSON{s.Title, s.Date.String(), s.URL})
	}
	return out
}

// listPolicies lists those in force, by date, then the other built-in ones.
func listPolicies(c *console, chain policy.Chain, asJSON bool) error {
	var all []policyJSON
	t := columns{left: 9}
	t.row("policy", "in force", "title", "SHA-256")
	add := func(p *policy.Policy, inForce bool, from, says string) {
		j := policyForPrograms(p)
		j.InForce, j.From = inForce, from
		all = append(all, j)
		t.row(p.ID, says, p.Title, p.SHA256[:12])
	}
	inForce := map[string]bool{}
	for i, l := range chain {
		inForce[l.Policy.SHA256] = true
		says := "always"
		switch last := i == len(chain)-1; {
		case i > 0 && last:
			says = "from " + l.From.String()
		case i > 0:
			says = fmt.Sprintf("%s to %s", l.From, chain[i+1].From-1)
		case !last:
			says = "to " + (chain[1].From - 1).String()
		}
		add(l.Policy, true, l.From.String(), says)
	}
	for _, id := range policy.IDs() {
		p, err := policy.Builtin(id)
		if err != nil {
			return err
		}
		if !inForce[p.SHA256] {
			add(p, false, "", "")
		}
	}
	if asJSON {
		return writeJSON(c, all)
	}
	return t.write(c.stdout)
}

func showPolicy(c *console, p *policy.Policy, asJSON bool) error {
	settings := p.Settings()
	if asJSON {
		out := policyForPrograms(p)
		for _, s := range settings {
			j := settingOfID{s.Key, s.Rules, map[string]string{}}
			for i, v := range s.Values {
				j.Values[policy.BillingTypes[i].String()] = v
			}
			out.Values = append(out.Values, j)
		}
		return writeJSON(c, out)
	}
	fmt.Fprintf(c.stdout, "%s  %s\nSHA-256 %s\n", p.ID, p.Title, p.SHA256)
	for _, s := range p.Sources {
		fmt.Fprintf(c.stdout, "source  %s, %s, %s\n", s.Title, s.Date, s.URL)
	}
	fmt.Fprintln(c.stdout)
	t := columns{left: 9}
	t.row("parameter", "rules", "of", "value")
	for i := range settings {
		s := &settings[i]
		key, rules := s.Key, s.Rules
		for _, g := range byValue(s.Values) {
			t.row(key, rules, typeNames(g.types), g.value)
			key, rules = "", ""
		}
	}
	return t.write(c.stdout)
}

// valueOf is a value, and the billing types that have it.
type valueOf struct {
	value string
	types []policy.BillingType
}

func byValue(values []string) (all []valueOf) {
	for i, v := range values {
		at := slices.IndexFunc(all, func(g valueOf) bool { return g.value == v })
		if at < 0 {
			at = len(all)
			all = append(all, valueOf{value: v})
		}
		all[at].types = append(all[at].types, policy.BillingTypes[i])
	}
	return all
}

func typeNames(types []policy.BillingType) string {
	if len(types) == len(policy.BillingTypes) {
		return "all"
	}
	return strings.Join(texts(types), ", ")
}

type differenceJSON struct {
	Key   string `json:"key"`
	Rules string `json:"rules"`
	Type  string `json:"billing_type"`
	A     string `json:"a"`
	B     string `json:"b"`
}

func diffPolicies(c *console, a, b *policy.Policy, asJSON bool) error {
	all := policy.Diff(a, b)
	if asJSON {
		out := []differenceJSON{}
		for _, d := range all {
			out = append(out, differenceJSON{d.Key, d.Rules, d.Type.String(), d.A, d.B})
		}
		return writeJSON(c, out)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintf(c.stdout, "%s and %s say the same of every parameter\n", a.ID, b.ID)
		return err
	}
	t := columns{left: 9}
	t.row("parameter", "rules", "of", a.ID, b.ID)
	for len(all) > 0 {
		d, types := all[0], []policy.BillingType{}
		all = slices.DeleteFunc(all, func(o policy.Difference) bool {
			same := o.Key == d.Key && onlyIn(o.A, o.B) == onlyIn(d.A, d.B) && onlyIn(o.B, o.A) == onlyIn(d.B, d.A)
			if same {
				types = append(types, o.Type)
			}
			return same
		})
		t.row(d.Key, d.Rules, typeNames(types), onlyIn(d.A, d.B), onlyIn(d.B, d.A))
	}
	return t.write(c.stdout)
}

// onlyIn is a value as a difference shows it: of a list, the names that the other
// does not have.
func onlyIn(v, other string) string {
	if !strings.HasPrefix(v, "[") {
		return v
	}
	split := func(s string) []string { return strings.Split(strings.Trim(s, "[]"), ", ") }
	more := slices.DeleteFunc(split(v), func(name string) bool { return slices.Contains(split(other), name) })
	if len(more) == 0 {
		return "-"
	}
	return "also " + strings.Join(more, ", ")
}
