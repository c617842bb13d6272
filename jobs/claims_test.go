package jobs

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// POL-2: a claim cites the policy that decided its request, whatever is configured
// since; and it is narrowed like the list of breaks.
func TestClaimCitesThePolicyThatDecided(t *testing.T) {
	out := t.TempDir()
	formats, err := exporters.ParseFormats("csv")
	if err != nil {
		t.Fatal(err)
	}
	now := builtin(t, "azure-2023")
	night := func(inbox string, policies policy.Chain, asOf string) {
		t.Helper()
		date, err := money.ParseDate(asOf)
		if err != nil {
			t.Fatal(err)
		}
		r := Run{Inbox: inbox, Out: out, Ledger: filepath.Join(out, "ledger.db"), AsOf: date, Policies: policies, Formats: formats, Version: "test", Log: zerolog.Nop()}
		if _, err := r.Do(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	inbox := plantedInbox(t)
	if err := os.Remove(filepath.Join(inbox, "mca.csv")); err != nil { // the vendor's credits to the account come on no night
		t.Fatal(err)
	}
	night(inbox, builtin(t, "azure-2020"), "2026-06-02")
	night(t.TempDir(), now, "2026-06-20")
	path := filepath.Join(out, "ledger.db")
	all, err := Claims(path, nil, BreakFilter{})
	if err != nil || len(all.Claims) == 0 {
		t.Fatalf("%v, %v", all, err)
	}
	for i := range all.Claims {
		c := &all.Claims[i]
		if c.Policy == now[0].Policy.Title || c.Policy == "" || len(c.Steps) == 0 {
			t.Errorf("the claim of order %s cites %q, in %d steps", c.Order, c.Policy, len(c.Steps))
		}
	}
	one, err := Claims(path, nil, BreakFilter{Orders: []string{all.Claims[0].Order}})
	if err != nil || len(one.Claims) != 1 || one.Claims[0].Break != all.Claims[0].Break {
		t.Errorf("of one order: %+v, %v", one, err)
	}
	if _, err := Claims(path, []string{"BRK-NONE"}, BreakFilter{}); err == nil {
		t.Error("a break that there is not was claimed")
	}
}
