package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"prorata/invoicing"
)

// TestWordingsAreKeptOnce: what rows of two nights say of what was bought comes
// back to each of them, is stored once, and in the row itself where it is too long.
func TestWordingsAreKeptOnce(t *testing.T) {
	says := func(sku, description string) func(*invoicing.Purchase) {
		return func(p *invoicing.Purchase) { p.Sku, p.Description = sku, description }
	}
	long := strings.Repeat("long ", longestWording)
	l := openTest(t)
	night(t, l, november, file{
		purchase("A", "o1", "2026-01-01", "1 USD", says("Standard_D2s_v5", "Reserved VM Instance")),
		purchase("A", "o2", "2026-01-01", "1 USD", says("Standard_D2s_v5", "Reserved VM Instance")),
		purchase("A", "o3", "2026-01-01", "1 USD", says("Standard_D2s_v5", long)),
		purchase("A", "o4", "2026-01-01", "1 USD", says("", "")),
	})
	settleAll(t, l, holdAll)
	night(t, l, november, file{
		purchase("A", "o5", "2026-01-01", "1 USD", says("Standard_E8as_v4", "Reserved VM Instance")),
		purchase("A", "o6", "2026-01-01", "1 USD", says("Standard_D2s_v5", "Reserved VM Instance")),
		request("1", "o1", "2026-11-01"), request("2", "o2", "2026-11-01"), request("3", "o3", "2026-11-01"),
		request("4", "o4", "2026-11-01"), request("5", "o5", "2026-11-01"), request("6", "o6", "2026-11-01"),
	})
	var got []string
	for _, p := range settleAll(t, l, holdAll)[0].Purchases {
		got = append(got, fmt.Sprintf("%s %s %.20s %d", p.Order, p.Sku, p.Description, len(p.Description)))
	}
	want := []string{
		"o1 Standard_D2s_v5 Reserved VM Instance 20", "o2 Standard_D2s_v5 Reserved VM Instance 20",
		"o3 Standard_D2s_v5 long long long long  5120", "o4   0",
		"o5 Standard_E8as_v4 Reserved VM Instance 20", "o6 Standard_D2s_v5 Reserved VM Instance 20",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the purchases read\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	all := must(l.segments(t.Context(), l.db))(t)
	if words := must(wordings(all.open))(t); len(words) != 3 {
		t.Errorf("the books have %d wordings, want 3: %q", len(words), words)
	}
}

// TestAWordingThatIsMissing: a row whose wording is not on the books is damage, never a row without one.
func TestAWordingThatIsMissing(t *testing.T) {
	p := invoicing.Purchase{Account: "A", Order: "o", Sku: "Standard_D2s_v5"}
	key := putDate(putKey(putKey(nil, p.Account), p.Order), p.Date)
	x := must(takePurchase(p.Account, key, putPurchase(nil, &p, 2, 1)))(t)
	if _, err := x.decode([]wording{{sku: "Standard_E8as_v4"}}, &texts{}); !errors.Is(err, errDamaged) {
		t.Errorf("a row with wording 2 of 1 gives %v, want damage", err)
	}
	if got, err := x.decode([]wording{{}, wordingOf(&p)}, &texts{}); err != nil || got.Sku != p.Sku {
		t.Errorf("a row with wording 2 of 2 has the SKU %q (%v)", got.Sku, err)
	}
}
