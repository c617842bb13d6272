package invoicing

import (
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// IMP-6, PRO-10: of three units at 200.00 USD a month two were returned before the
// ledger began, for 66.67 each, whether the sheet says so or not. Those of another
// instalment take nothing from this one; those of this one leave 66.66.
func TestUnitsBroughtInOfAnInstalment(t *testing.T) {
	a := account("E1", policy.EA, 0)
	a.Terms = []CommitmentTerm{{day("2024-01-01"), day("2028-12-31")}}
	for returned, left := range map[string]string{"2026-02-09": "66.67", "2026-02-10": "66.66", "2026-03-10": "66.67"} {
		for _, said := range []money.Money{{}, money.Must("66.67 USD")} {
			b := &Book{Group: "E1", Accounts: []Account{a}, Purchases: []Purchase{bought("O1", "E1", "2026-01-10 P1Y Monthly 3 x 200.00 USD")},
				Requests: []Request{refund("R1", "O1", "2026-02-10", 1)}}
			for row := range 2 {
				b.Openings = append(b.Openings, Opening{Kind: OpeningUnitsReturned, Account: "E1", Date: day(returned), Amount: said, Order: "O1", Quantity: 1, Source: Source{3, "Opening", 2 + row}})
			}
			equal(t, "the last unit, two returned on "+returned, settled(t, b, "2026-02-10").Decisions[0].Prorated.Number(), left)
		}
	}
}

// IMP-6, PRO-10: what units returned before the ledger began took from a period is
// what the sheet says, in the order's currency, else by the days that were left.
func TestWhatBroughtUnitsTook(t *testing.T) {
	for _, c := range []struct{ name, plan, returned, said, want string }{
		{"as the sheet says", "Upfront", "2026-04-11", "250.00 USD", "250.00"},
		{"in another currency, 265 of 365 days were left", "Upfront", "2026-04-11", "250.00 EUR", "290.41"},
		{"not said", "Upfront", "2026-04-11", "", "290.41"},
		{"not said, returned before it was bought", "Upfront", "2025-12-01", "", "400.00"},
		{"18 of 31 days of the instalment were left", "Monthly", "2026-05-14", "", "232.26"},
		{"of an earlier instalment", "Monthly", "2026-04-14", "", "0.00"},
	} {
		o := Opening{Kind: OpeningUnitsReturned, Account: "E1", Date: day(c.returned), Order: "O1", Quantity: 1, Source: Source{3, "Opening", 2}}
		if c.said != "" {
			o.Amount = money.Must(c.said)
		}
		b := &Book{Group: "E1", Accounts: []Account{enrollment("2024-01-01/2028-12-31")}, Openings: []Opening{o},
			Purchases: []Purchase{bought("O1", "E1", "2026-01-01 P1Y "+c.plan+" 2 x 800.00 USD")}, Requests: []Request{refund("R1", "O1", "2026-05-20", 1)}}
		equal(t, c.name, settled(t, b, "2026-05-20").Decisions[0].Returned.Number(), c.want)
	}
}

// IMP-6: an account has the credits of its billing type, and any use or return.
func TestOpeningFits(t *testing.T) {
	for _, c := range []struct {
		kind OpeningKind
		of   policy.BillingType
		want bool
	}{
		{OpeningLot, policy.EA, true}, {OpeningLot, policy.CSP, false}, {OpeningHeld, policy.EA, false}, {OpeningHeld, policy.CSP, true},
		{OpeningLimitUse, policy.EA, true}, {OpeningLimitUse, policy.CSP, true}, {OpeningUnitsReturned, policy.EA, true}, {OpeningUnitsReturned, policy.PAYGCard, true},
	} {
		if got := c.kind.Fits(c.of); got != c.want {
			t.Errorf("%s of %s fits %v, want %v", c.kind, c.of, got, c.want)
		}
	}
}

// Credits brought in stand by the day of their grant, in whatever order the sheet has them.
func TestCreditsBroughtInStandByTheirDay(t *testing.T) {
	b := &Book{Group: "P1", Accounts: []Account{account("P1", policy.PAYGInvoice, 0)}}
	for row, on := range []string{"2026-08-01", "2026-06-01", "2026-07-01", "2026-08-01"} {
		b.Openings = append(b.Openings, Opening{Kind: OpeningHeld, Account: "P1", Date: day(on), Amount: money.Must("10.00 USD"), Source: Source{3, "Opening", 2 + row}})
	}
	got := ""
	for _, c := range settled(t, b, "2026-09-01").Standing.Credits {
		got += " " + c.Document.Number
	}
	equal(t, "the credits in their order", got, " #3!Opening!3 #3!Opening!4 #3!Opening!2 #3!Opening!5")
}
