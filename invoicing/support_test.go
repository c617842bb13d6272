package invoicing

import (
	"slices"
	"testing"

	"prorata/invoicing/policy"
)

// OUT-9: what goes through the vendor's support, and since when.
func TestWhatAsksSupport(t *testing.T) {
	for _, c := range []struct {
		what    string
		action  Action
		of      policy.BillingType
		outcome Outcome
		reasons Reasons
		want    bool
	}{
		{"a partner's refund", Refund, policy.CSP, Approved, 0, true},
		{"the return of a partner's exchange", Return, policy.CSP, Approved, 0, true},
		{"what a partner's exchange buys", PurchaseNew, policy.CSP, Approved, 0, false},
		{"a partner's refund that is held", Refund, policy.CSP, Held, 1 << RateUnknown, false},
		{"a partner's refund that is rejected", Refund, policy.CSP, Rejected, 1 << LimitExceeded, false},
		{"a refund by card", Refund, policy.PAYGCard, Approved, 0, false},
		{"a refund whose card has changed", Refund, policy.PAYGCard, Held, 1<<InvoiceUnknown | 1<<CardChanged, true},
		{"a refund held for its invoice", Refund, policy.PAYGCard, Held, 1 << InvoiceUnknown, false},
		{"a rejected refund whose card has changed", Refund, policy.PAYGCard, Rejected, 1<<CardChanged | 1<<NotOwner, false},
		{"a transfer whose card has changed", TransferOut, policy.PAYGCard, Held, 1 << CardChanged, true},
		{"a transfer", TransferOut, policy.PAYGCard, Approved, 0, false},
		{"what a transfer brings to a partner", TransferIn, policy.CSP, Approved, 0, false},
	} {
		d := Decision{Request: Request{Action: c.action}, Type: c.of, Outcome: c.outcome, Reasons: c.reasons}
		if got := d.asksSupport(); got != c.want {
			t.Errorf("%s: asks support %v, want %v", c.what, got, c.want)
		}
	}
}

// A request is remembered from the first night on which it has to go through support,
// for as long as it is held.
func TestAskedForAsLongAsItIsHeld(t *testing.T) {
	states := []State{{Account: "C1"}}
	for _, c := range []struct {
		night   string
		outcome Outcome
		since   string
		want    []Asked
	}{
		{"held", Held, "2026-03-01", []Asked{{"R1", day("2026-03-01")}}},
		{"held again", Held, "2026-03-01", []Asked{{"R1", day("2026-03-01")}}},
		{"approved", Approved, "2026-03-01", nil},
		{"approved at once", Approved, "2026-03-04", nil},
	} {
		states = Apply(states, &Settlement{AsOf: day("2026-03-09"), Decisions: []Decision{{Request: Request{ID: "R1", Action: Refund}, Account: "C1",
			Outcome: c.outcome, SupportSince: day(c.since)}}})
		if got := states[0].Asked; !slices.Equal(got, c.want) {
			t.Errorf("%s: %v is asked, want %v", c.night, got, c.want)
		}
	}
}
