package policy

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"prorata/invoicing/money"
)

// the2020 is what RULES.md says of azure-2020 for EA and pay-as-you-go (POL-3).
func the2020() Parameters {
	return Parameters{
		GraceDays:             -1,
		FeeBase:               FeeOnProrated,
		FeeAfterDays:          5,
		LimitAmount:           money.Must("50000.00 USD"),
		LimitWindowDays:       365,
		LimitMeasure:          CanceledCommitment,
		ExchangeMaxPurchases:  1,
		Roles:                 []string{"Owner"},
		NonRefundableProducts: []string{"Databricks", "VMwareCloudSimple", "RedHatOsa", "RedHat", "SuseLinux"},
		PriceBasis:            LowestPrice,
		MissingCurrentPrice:   UsePurchasePrice,
		Rounding:              money.HalfUp,
		CreditValidityDays:    90,
		Overage:               Reopen,
		Tolerance:             money.NewDecimal(1, 2),
		MatchDays:             45,
		DueDays:               10,
	}
}

func the2020CSP() Parameters {
	p := the2020()
	p.GraceDays = 5
	p.FeeRate = money.NewDecimal(12, 2)
	p.LimitMeasure = RefundAmount
	p.Roles = []string{"Owner", "AdminAgent", "GlobalAdmin", "HelpdeskAgent", "SalesAgent", "UserAdmin"}
	return p
}

// in2023 changes what RULES.md says that azure-2023 changes.
func in2023(p Parameters) Parameters {
	p.GraceDays = 5
	p.FeeRate = money.Decimal{}
	p.LimitMeasure = CanceledCommitment
	p.Roles = slices.Insert(slices.Clone(p.Roles), 1, "ReservationAdministrator")
	p.Overage = PartialCreditNote
	p.ExchangeMaxPurchases = 0
	p.NonRefundableProducts = slices.Insert(slices.Clone(p.NonRefundableProducts), 1, "SynapsePrePurchase")
	return p
}

// observed changes what RULES.md says that observed-2023 changes from azure-2023.
func observed(p Parameters) Parameters {
	p = in2023(p)
	p.LimitMeasure = RefundAmount
	p.ExchangeCurrentInstalment = true
	return p
}

// POL-3, and every default on the page of rules.
func TestBuiltinsSayWhatTheRulesSay(t *testing.T) {
	same := func(p Parameters) Parameters { return p }
	for id, change := range map[string]func(Parameters) Parameters{
		"azure-2020": same, "azure-2023": in2023, "observed-2023": observed,
	} {
		p, err := Builtin(id)
		if err != nil {
			t.Fatal(err)
		}
		if p.ID != id || len(p.ByType) != len(BillingTypes) {
			t.Errorf("%s: id %s with %d billing types", id, p.ID, len(p.ByType))
		}
		for _, bt := range BillingTypes {
			want := change(the2020())
			if bt == CSP {
				want = change(the2020CSP())
			}
			if got := *p.ByType[bt]; !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %s:\n got %+v\nwant %+v", id, bt, got, want)
			}
		}
	}
}

// POL-1: an id, a title and its sources, each with title, date and address.
func TestBuiltinsNameTheirSources(t *testing.T) {
	want := map[string][]string{
		"azure-2020":    {"2020-06-12", "2020-08-06"},
		"azure-2023":    {"2023-10-16", "2023-07-31"},
		"observed-2023": {"2023-10-16", "2023-07-31"},
	}
	for _, id := range IDs() {
		p, err := Builtin(id)
		if err != nil {
			t.Fatal(err)
		}
		dates := []string{}
		for _, s := range p.Sources {
			dates = append(dates, s.Date.String())
			if s.Title == "" || !strings.HasPrefix(s.URL, "https://") {
				t.Errorf("%s: source %+v", id, s)
			}
		}
		if p.Title == "" || !slices.Equal(dates, want[id]) {
			t.Errorf("%s: title %q, sources of %v, want %v", id, p.Title, dates, want[id])
		}
	}
}

// POL-4: decisions cite the hash of the file. Once released, a built-in policy
// is never edited, and a failure here says to make a new one instead.
func TestBuiltinsNeverChange(t *testing.T) {
	want := map[string]string{
		"azure-2020":    "ea813c84dcc04be0730eb6dfe7acaed093e3cbb0d871759f44af6878ca6aa04f",
		"azure-2023":    "559ba42a559bea7d12f97603892a0b804c7b963aaec39b8cb7ede6237b4078a7",
		"observed-2023": "fc466945864238de2354142bba29a0de8182b4840544c51041c2a9f4be7e2717",
	}
	for _, id := range IDs() {
		if p, err := Builtin(id); err != nil || p.SHA256 != want[id] {
			t.Errorf("%s has hash %s (%v), want %s", id, p.SHA256, err, want[id])
		}
	}
}

func TestIDsAreThoseEmbedded(t *testing.T) {
	entries, err := files.ReadDir("policies")
	if err != nil {
		t.Fatal(err)
	}
	embedded := []string{}
	for _, e := range entries {
		embedded = append(embedded, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	listed := IDs()
	slices.Sort(listed)
	if !slices.Equal(listed, embedded) || !slices.Contains(listed, DefaultID) {
		t.Errorf("listed %v, embedded %v, default %s", listed, embedded, DefaultID)
	}
	listed[0] = "changed by the caller"
	if IDs()[0] != "azure-2020" {
		t.Error("IDs gives out its own list")
	}
}

func TestUnknownBuiltinNamesTheNearest(t *testing.T) {
	_, err := Builtin("azure-2032")
	want := `no built-in policy is called "azure-2032"; the nearest is azure-2020; there are azure-2020, azure-2023, observed-2023`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// POL-2: the policy in force on the request date, its first day included.
func TestChainChangesOnItsDate(t *testing.T) {
	first, second := &Policy{ID: "first"}, &Policy{ID: "second"}
	c := Chain{{Policy: first}, {From: money.DateOf(2023, 10, 16), Policy: second}}
	for day, want := range map[int]string{15: "first", 16: "second", 17: "second"} {
		if got := c.On(money.DateOf(2023, 10, day)).ID; got != want {
			t.Errorf("2023-10-%d: %s, want %s", day, got, want)
		}
	}
}
