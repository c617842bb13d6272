package policy

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// What is shown of a policy is what its file would say: read again, it is the
// same policy.
func TestSettingsReadAgainAreTheSame(t *testing.T) {
	for _, id := range IDs() {
		p, err := Builtin(id)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		fmt.Fprintf(&b, "id: shown\ntitle: t\nsources: [{title: s, date: 2020-06-12, url: https://example.com}]\n")
		for _, s := range p.Settings() {
			if s.Rules == "" {
				t.Errorf("%s names no rule", s.Key)
			}
			fmt.Fprintf(&b, "%s:\n", s.Key)
			for i, v := range s.Values {
				fmt.Fprintf(&b, "  %s: %s\n", BillingTypes[i], v)
			}
		}
		again, err := Read("shown.yaml", []byte(b.String()))
		if err != nil {
			t.Fatalf("%s: %v\n%s", id, err, b.String())
		}
		if !reflect.DeepEqual(again.ByType, p.ByType) {
			t.Errorf("%s, shown and read again, is another policy:\n%s", id, b.String())
		}
	}
}

// POL-3: azure-2023 is azure-2020 but for grace, fee, limit.measure of CSP, roles,
// overage, purchases and one product; observed-2023 differs from it in two.
func TestDiffOfTheBuiltins(t *testing.T) {
	keys := func(a, b string) string {
		var seen []string
		p, err := Builtin(a)
		if err != nil {
			t.Fatal(err)
		}
		q, err := Builtin(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range Diff(p, q) {
			if len(seen) == 0 || seen[len(seen)-1] != d.Key {
				seen = append(seen, d.Key)
			}
		}
		return strings.Join(seen, " ")
	}
	for _, c := range []struct{ a, b, want string }{
		{"azure-2020", "azure-2023", "grace.days fee.rate limit.measure exchange.max_purchases roles non_refundable_products overage"},
		{"azure-2023", "observed-2023", "limit.measure exchange.current_instalment"},
		{"azure-2020", "azure-2020", ""},
	} {
		if got := keys(c.a, c.b); got != c.want {
			t.Errorf("%s and %s differ in %q, want %q", c.a, c.b, got, c.want)
		}
	}
}
