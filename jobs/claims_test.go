package jobs

import (
	"os"
	"path/filepath"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
)

// POL-2: a claim cites the policy that decided its request, whatever is configured
// since; and it is narrowed like the list of breaks.
func TestClaimCitesThePolicyThatDecided(t *testing.T) {
	out := t.TempDir()
	now := builtin(t, "azure-2023")
	inbox := plantedInbox(t)
	if err := os.Remove(filepath.Join(inbox, "mca.csv")); err != nil { // the vendor's credits to the account come on no night
		t.Fatal(err)
	}
	oneNight(t, inbox, out, "2026-06-02", builtin(t, "azure-2020"))
	_, path := oneNight(t, t.TempDir(), out, "2026-06-20", now)
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

// A row that the vendor has dated after the night is no younger than a filter that
// says nothing of age.
func TestBreakFilter(t *testing.T) {
	day := money.DateOf(2026, 6, 1)
	b := reconcile.Break{Class: reconcile.UnexpectedAtVendor, Status: reconcile.Open, Group: reconcile.Group{Credits: []reconcile.Credit{
		{VendorCredit: invoicing.VendorCredit{Account: "A", Order: "O", Date: day + 3, Amount: money.Must("5.00 EUR")}}}}}
	for _, x := range []struct {
		f    BreakFilter
		lets bool
	}{
		{BreakFilter{}, true}, {BreakFilter{OlderThan: 1}, false}, {BreakFilter{Above: 5}, true}, {BreakFilter{Above: 6}, false},
		{BreakFilter{Accounts: []string{"A", "B"}, Orders: []string{"O"}}, true}, {BreakFilter{Orders: []string{"P"}}, false},
		{BreakFilter{Classes: []reconcile.Class{reconcile.MissingAtVendor}}, false}, {BreakFilter{Statuses: []reconcile.Status{reconcile.Accepted}}, false},
	} {
		if got := x.f.lets(&b, day); got != x.lets {
			t.Errorf("%+v lets it through: %v", x.f, got)
		}
	}
}
