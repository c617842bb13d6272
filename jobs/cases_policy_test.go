package jobs_test

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// casePolicies reads policies.txt of a case, a line for each policy of its chain:
// the id of a built-in one or a file beside it, and the date from which it holds.
// A case without it is of azure-2020.
func casePolicies(t *testing.T, dir string) (chain policy.Chain) {
	t.Helper()
	path := filepath.Join(dir, "policies.txt")
	if _, err := os.Stat(path); err != nil {
		return azure2020(t)
	}
	for _, line := range strings.Split(strings.TrimSpace(read(t, path)), "\n") {
		name, from, _ := strings.Cut(line, " ")
		var link policy.Link
		var err error
		if strings.HasSuffix(name, ".yaml") {
			link.Policy, err = policy.Read(name, []byte(read(t, filepath.Join(dir, name))))
		} else {
			link.Policy, err = policy.Builtin(name)
		}
		if err == nil && from != "" {
			link.From, err = money.ParseDate(from)
		}
		if err != nil {
			t.Fatal(err)
		}
		chain = append(chain, link)
	}
	return chain
}

func azure2020(t *testing.T) policy.Chain {
	t.Helper()
	p, err := policy.Builtin(policy.DefaultID)
	if err != nil {
		t.Fatal(err)
	}
	return policy.Chain{{Policy: p}}
}

// TestEveryParameterIsChangedByACase: a policy parameter that no case changes is
// one that nobody has seen work. Each is changed from azure-2020 by a case that
// changes nothing else, to every word that may stand there, and every such case
// comes out otherwise by azure-2020.
func TestEveryParameterIsChangedByACase(t *testing.T) {
	dirs, err := filepath.Glob("../fixtures/cases/*/policies.txt")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("there is no case with policies: %v", err)
	}
	base := azure2020(t)
	changed := map[string]bool{} // by key, and by key and value
	for _, path := range dirs {
		dir := filepath.Dir(path)
		chain := casePolicies(t, dir)
		diff := policy.Diff(base[0].Policy, chain[0].Policy)
		if len(chain) > 1 || slices.ContainsFunc(diff, func(d policy.Difference) bool { return d.Key != diff[0].Key }) {
			continue
		}
		for _, d := range diff {
			changed[d.Key], changed[d.Key+" "+d.B] = true, true
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			if reflect.DeepEqual(moved(playCase(t, dir, chain, exporters.CSV)), moved(playCase(t, dir, base, exporters.CSV))) {
				t.Errorf("the policy of %s changes nothing", dir)
			}
		})
	}
	for _, s := range base[0].Policy.Settings() {
		if !changed[s.Key] {
			t.Errorf("no case changes %s (%s)", s.Key, s.Rules)
		}
		for _, word := range s.Choices {
			everywhere := !slices.ContainsFunc(s.Values, func(v string) bool { return v != word })
			if !everywhere && !changed[s.Key+" "+word] {
				t.Errorf("no case changes %s to %s (%s)", s.Key, word, s.Rules)
			}
		}
	}
}

// moved is what a case published, without the names of the policies.
func moved(c *caseRun) map[string][]row {
	for register := range maps.Keys(c.got) {
		for _, r := range c.got[register] {
			delete(r, "PolicyId")
		}
	}
	return c.got
}
