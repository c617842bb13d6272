package invoicing

import (
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// PRO-7: the house sheet counts before the account's price sheet, that before
// retail; within a source the latest EffectiveFrom that is in force.
func TestPricesCountBySourceThenByDate(t *testing.T) {
	price := func(origin PriceOrigin, account, from, to, amount string) Price {
		p := Price{Sku: "Standard_D2s_v5", Account: account, TermMonths: 12, UnitPrice: money.Must(amount + " USD"), From: day(from), Origin: origin}
		if to != "" {
			p.To = day(to)
		}
		return p
	}
	retail := price(FromRetail, "", "2026-05-01", "", "100")
	sheet := price(FromPriceSheet, "A1", "2026-01-01", "", "90")
	sheetLater := price(FromPriceSheet, "A1", "2026-03-01", "", "91")
	other := price(FromPriceSheet, "A2", "2026-04-01", "", "50")
	house := price(FromHouseSheet, "", "2025-01-01", "2026-05-31", "95")
	houseSinceEver := price(FromHouseSheet, "", "1990-01-01", "2026-05-31", "94")
	forAll := price(FromHouseSheet, "", "2026-01-01", "", "80")
	forOne := price(FromHouseSheet, "A1", "2026-01-01", "", "81")
	order := Order{Sku: "Standard_D2s_v5", Region: "swedencentral", Account: "A1", Term: 12, Currency: money.USD}
	for _, c := range []struct {
		what   string
		prices []Price
		on     string
		want   string
	}{
		{"retail alone", []Price{retail}, "2026-06-01", "100 USD"},
		{"the price sheet before a later retail price", []Price{retail, sheet}, "2026-06-01", "90 USD"},
		{"the latest of the price sheet", []Price{sheetLater, retail, sheet}, "2026-06-01", "91 USD"},
		{"the latest that is in force", []Price{sheetLater, sheet}, "2026-02-28", "90 USD"},
		{"a price sheet of another account is none", []Price{other, retail}, "2026-06-01", "100 USD"},
		{"the house sheet before all", []Price{sheetLater, retail, house, sheet, houseSinceEver}, "2026-05-31", "95 USD"},
		{"a price counts from its first day", []Price{retail}, "2026-05-01", "100 USD"},
		{"of two of one day the one that names the account", []Price{forAll, forOne}, "2026-06-01", "81 USD"},
		{"a house price that has ended is none", []Price{house, sheet, retail}, "2026-06-01", "90 USD"},
	} {
		p := NewMarket(c.prices, nil).price(&order, day(c.on))
		if p == nil {
			t.Errorf("%s: no price", c.what)
			continue
		}
		equal(t, c.what, p.UnitPrice.String(), money.Must(c.want).String())
	}
	if p := NewMarket([]Price{other}, nil).price(&order, day("2026-06-01")); p != nil {
		t.Errorf("the price of another account counts: %v", p)
	}
}

// PRO-7: exports write westeurope, people West Europe.
func TestNamesOfProductsAndRegions(t *testing.T) {
	for name, want := range map[string]string{"westeurope": "westeurope", "West Europe": "westeurope", "A": "a", "usZ": "usz", " ": ""} {
		equal(t, name, foldName(name), want)
	}
}

// PRO-9: what is usage. Twelve CSP units of 365.00 for a year from 2026-11-01,
// returned on the fourth day: 365.00 in grace, else 365 x 362/365 = 362.00.
func TestUsageOfADetailsExport(t *testing.T) {
	idle := func(days ...string) (all []Usage) {
		for i, d := range days {
			all = append(all, Usage{Order: "O1", Date: day(d), Source: Source{3, "", 2 + i}})
		}
		return all
	}
	used := func(date string) Usage {
		return Usage{Order: "O1", Date: day(date), UsedHours: money.NewDecimal(5, 1), Source: Source{3, "", 9}}
	}
	whole := idle("2026-11-04", "2026-11-01", "2026-11-03", "2026-11-02")
	for _, c := range []struct {
		what    string
		said    Used
		usage   []Usage
		refund  string
		sources int // beside the request's and the charge's
	}{
		{"silence, no export", 0, nil, "362.00 USD", 0},
		{"silence, every day idle", 0, whole, "365.00 USD", 4},
		{"silence, the day of the request is not told", 0, idle("2026-11-01", "2026-11-02", "2026-11-03"), "362.00 USD", 0},
		{"silence, the first day is not told", 0, idle("2026-11-02", "2026-11-03", "2026-11-04"), "362.00 USD", 0},
		{"silence, one day used", 0, append(idle("2026-11-01", "2026-11-02", "2026-11-03"), used("2026-11-04")), "362.00 USD", 1},
		{"No, no export", UsedNo, nil, "365.00 USD", 0},
		{"No, but the export tells of use", UsedNo, []Usage{used("2026-11-02")}, "362.00 USD", 1},
		{"No, and use after the request", UsedNo, []Usage{used("2026-11-05")}, "365.00 USD", 0},
		{"Yes, every day idle", UsedYes, whole, "362.00 USD", 0},
		{"of another order", 0, []Usage{{Order: "O2", Date: day("2026-11-01")}}, "362.00 USD", 0},
	} {
		r := refund("R1", "O1", "2026-11-04", 1)
		r.Used = c.said
		b := &Book{Group: "C1", Accounts: []Account{account("C1", policy.CSP, 0)}, Requests: []Request{r}, Usage: c.usage,
			Purchases: []Purchase{bought("O1", "C1", "2026-11-01 P1Y Upfront 1 x 365.00 USD")}}
		d := settled(t, b, "2026-11-10").Decisions[0]
		equal(t, c.what+": the refund", d.Refund.String(), c.refund)
		if got := len(d.Sources) - 2; got != c.sources {
			t.Errorf("%s: %d sources of usage, want %d (%v)", c.what, got, c.sources, d.Sources)
		}
	}
}
