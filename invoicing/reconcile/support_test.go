package reconcile

import (
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// OUT-9: a partner asks for what its customers return. All else was asked for since the
// card had changed, also where the account is billed by invoice by now.
func TestWhyTheVendorIsAsked(t *testing.T) {
	for billed, cardChanged := range map[policy.BillingType]bool{policy.CSP: false, policy.PAYGCard: true, policy.PAYGInvoice: true} {
		d := invoicing.Decision{Type: billed, Outcome: invoicing.Approved, SupportSince: money.DateOf(2026, 3, 1)}
		if got := SupportOf(&d, nil); got.CardChanged != cardChanged {
			t.Errorf("%v: asked since the card has changed: %t", billed, got.CardChanged)
		}
		d.Outcome = invoicing.Held // a partner asks for what is approved
		if !SupportOf(&d, nil).CardChanged {
			t.Errorf("%v: held, and not asked since the card has changed", billed)
		}
	}
}

// OUT-9: an exchange names all that it buys; a refund names nothing, though a
// purchase that no exchange ties is decided on the same night.
func TestNewProducts(t *testing.T) {
	buys := func(id, exchange string, quantity int) invoicing.Decision {
		return invoicing.Decision{Request: invoicing.Request{ID: id, Exchange: exchange, Action: invoicing.PurchaseNew,
			New: &invoicing.Purchase{Quantity: quantity, Sku: "Standard_D4s_v5", Region: "westeurope", Term: 12, Plan: invoicing.Monthly}}}
	}
	asks := func(id, exchange string, action invoicing.Action) invoicing.Decision {
		return invoicing.Decision{Request: invoicing.Request{ID: id, Exchange: exchange, Action: action}, Outcome: invoicing.Held, SupportSince: money.DateOf(2026, 3, 1)}
	}
	s := &invoicing.Settlement{Decisions: []invoicing.Decision{
		asks("R1", "", invoicing.Refund), buys("P1", "", 9), asks("X1", "E-1", invoicing.Return), buys("X2", "E-1", 1), buys("X3", "E-1", 2),
		asks("Y1", "E-2", invoicing.Return), buys("Y2", "E-2", 3),
	}}
	want := map[string]string{"R1": "", "X1": "1 x Standard_D4s_v5, westeurope, P1Y, Monthly; 2 x Standard_D4s_v5, westeurope, P1Y, Monthly",
		"Y1": "3 x Standard_D4s_v5, westeurope, P1Y, Monthly"}
	got := DecidedSupport(s)
	if len(got) != len(want) {
		t.Fatalf("%d support requests, want %d", len(got), len(want))
	}
	for _, x := range got {
		if x.NewProduct != want[x.Request] {
			t.Errorf("%s asks for %q, want %q", x.Request, x.NewProduct, want[x.Request])
		}
	}
}
