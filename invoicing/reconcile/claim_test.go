package reconcile

import (
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// What a claim says is wrong, by class and difference, and what it is silent of.
func TestClaims(t *testing.T) {
	e := expects("R1", "100.00 USD", "2026-05-01")
	e.Support = &Support{NewProduct: "1 x Standard_E4s_v5"}
	row := func(amount string) Credit {
		c := Credit{VendorCredit: credits(1, amount, "2026-05-20")}
		c.Invoice = "G01"
		return c
	}
	for _, x := range []struct {
		b     Break
		wrong string
	}{
		{Break{Class: MissingAtVendor, Group: Group{Expected: []Expected{e}}}, "not credited"},
		{Break{Class: AmountDifference, Group: Group{[]Expected{e}, []Credit{row("90.00 USD")}}}, "credited too little"},
		{Break{Class: AmountDifference, Group: Group{[]Expected{e}, []Credit{row("110.00 USD")}}}, "credited too much"},
		{Break{Class: AmountDifference, LateBy: 3, Group: Group{[]Expected{e}, []Credit{row("100.00 USD")}}}, "credited on another date"},
		{Break{Class: CurrencyMismatch, Group: Group{[]Expected{e}, []Credit{row("90.00 EUR")}}}, "credited in another currency"},
		{Break{Class: DuplicateAtVendor, Group: Group{Credits: []Credit{row("90.00 USD")}}}, "credited twice"},
		{Break{Class: UnexpectedAtVendor, Group: Group{Credits: []Credit{row("90.00 USD")}}}, "credited, though nothing was requested"},
	} {
		c := ClaimOf(&x.b, nil, nil)
		if c.Wrong() != x.wrong {
			t.Errorf("%s: %q, want %q", x.b.Class, c.Wrong(), x.wrong)
		}
		if known := x.b.LateBy > 0; (c.Cause != "") != known {
			t.Errorf("%s: the cause is %q", x.b.Class, c.Cause)
		}
		if len(x.b.Expected) > 0 && (c.Action != "Refund" || c.NewProduct == "") || len(x.b.Credits) > 0 && c.Invoices[0] != "G01" || c.Quantity != 1 {
			t.Errorf("%s: %+v", x.b.Class, c)
		}
	}
}

// A claim rests on the steps to the amount expected, and on no later one: neither
// what is left to pay nor the limit is the vendor's.
func TestClaimRestsOnTheDecision(t *testing.T) {
	d := invoicing.Decision{Outcome: invoicing.Approved, Plan: invoicing.Monthly, TermMonths: 12, Basis: invoicing.PurchaseBasis, PeriodDays: 31, DaysUsed: 17, DaysRemaining: 14,
		Request: invoicing.Request{ID: "R1", Action: invoicing.Refund, Quantity: 1, RequestedBy: "Åsa"}, Price: money.Must("1200.00 SEK").Of(1, 1),
		PurchasePrice: money.Must("1200.00 SEK").Of(1, 1), OrderQuantity: 1, Prorated: money.Must("541.94 SEK"), Fee: money.Zero(money.Must("1.00 SEK").Currency()),
		Refund: money.Must("541.94 SEK"), Remaining: money.Must("8400.00 SEK"), Canceled: money.Must("8400.00 SEK")}
	b := Break{Class: MissingAtVendor, Group: Group{Expected: []Expected{expects("R1", "541.94 SEK", "2026-05-01")}}}
	for action, last := range map[invoicing.Action]string{invoicing.Refund: "FEE-3", invoicing.Return: "FEE-2", invoicing.TransferOut: "FEE-2"} {
		d.Request.Action = action
		c := ClaimOf(&b, &d, &policy.Policy{Title: "As published", Sources: []policy.Source{{Title: "Refunds"}}})
		if n := len(c.Steps); n == 0 || c.Steps[n-1].Rule != last || c.RequestedBy != "Åsa" || c.Policy != "As published" || len(c.Sources) != 1 {
			t.Errorf("%s: %+v", action, c)
		}
		for _, s := range c.Steps {
			if s.What == "remaining commitment" {
				t.Errorf("%s: the claim tells what is left to pay", action)
			}
		}
	}
}
