package exporters

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// settledNight is a night of real settlements: n accounts of every billing type
// with a few orders and requests each, decided by the core. What is drawn is the
// same for the same seed.
func settledNight(t testing.TB, seed uint64, n int, policyID string) Night {
	t.Helper()
	p := builtin(policyID)
	night := theNight()
	night.Policies = []PolicyUse{{ID: p.ID, SHA256: p.SHA256, Policy: p}}
	night.Refusals = nil
	r := rand.New(rand.NewPCG(seed, 1))
	numbers := map[string]int{}
	var all []*invoicing.Settlement
	var standings []Standing
	market, policies := auditMarket(r), policy.Chain{{Policy: p}}
	for i := range n {
		s, err := invoicing.Settle(auditBook(r, i), market, policies, night.AsOf)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Assign(func(series string, _ int) (int, error) { numbers[series]++; return numbers[series], nil }); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
		standing := Standing{Run: night.Run, Credits: s.Standing.Credits}
		for i := range s.Standing.Uses {
			standing.Limits = append(standing.Limits, s.Standing.Uses[i].Limit(policies, night.AsOf))
		}
		standings = append(standings, standing)
	}
	night.Settlements, night.Standings = listed(all...), listed(standings...)
	return night
}

func builtin(id string) *policy.Policy {
	p, err := policy.Builtin(id)
	if err != nil {
		panic(err)
	}
	return p
}

var auditCurrencies = []string{"SEK", "EUR", "USD", "JPY", "KWD"}

func auditMarket(r *rand.Rand) *invoicing.Market {
	var prices []invoicing.Price
	var rates []invoicing.Rate
	for _, code := range auditCurrencies {
		c := money.MustCurrency(code)
		for sku := range 5 {
			for _, term := range [...]int{12, 36} {
				prices = append(prices, invoicing.Price{Sku: fmt.Sprintf("Standard_D%d", sku), TermMonths: term, From: day("2020-01-01"),
					UnitPrice: money.Minor(r.Int64N(3_000_000)+1, c), Source: invoicing.Source{File: 1, Row: 7}})
			}
		}
		rates = append(rates, invoicing.Rate{Currency: c, Value: money.NewDecimal(r.Int64N(2_000_000)+1000, 4)})
	}
	var every []invoicing.Rate
	for d := day("2025-11-01"); d <= day("2026-11-22"); d++ {
		for _, rate := range rates {
			rate.Date = d
			every = append(every, rate)
		}
	}
	return invoicing.NewMarket(prices, every)
}

// auditBook is one account with four orders, and up to three requests on each.
func auditBook(r *rand.Rand, i int) *invoicing.Book {
	id := fmt.Sprintf("ACC-%05d", i)
	c := money.MustCurrency(auditCurrencies[r.IntN(len(auditCurrencies))])
	account := invoicing.Account{ID: id, Name: "Kund " + id, Type: policy.BillingTypes[i%4], Currency: c, TaxRate: percent("25"), TaxCategory: "S", CardRef: "tok_1",
		Terms: []invoicing.CommitmentTerm{{Start: day("2025-01-01"), End: day("2027-12-31")}}}
	b := &invoicing.Book{Run: 2, Group: id, Accounts: []invoicing.Account{account}}
	for o := range 4 {
		order := fmt.Sprintf("%s-order-%d", id, o)
		p := invoicing.Purchase{Origin: invoicing.FromSheet, Account: id, Order: order, Date: day("2026-11-22") - money.Date(r.IntN(500)), Term: [...]int{12, 36}[r.IntN(2)],
			Plan: invoicing.Plan(1 + r.IntN(2)), Product: "VirtualMachines", Sku: fmt.Sprintf("Standard_D%d", r.IntN(8)), Quantity: 1 + r.IntN(12),
			Amount: money.Minor(r.Int64N(20_000_000)+1, c), CardRef: "tok_1", Source: invoicing.Source{File: 1, Row: 2}}
		b.Purchases = append(b.Purchases, p)
		if r.IntN(6) > 0 {
			b.Invoices = append(b.Invoices, invoicing.Invoice{Number: "F-" + order, Account: id, IssueDate: p.Date, Currency: c, CardRef: "tok_1",
				Lines: []invoicing.InvoiceLine{{No: 1, Kind: invoicing.ChargeLine, Order: order, Description: "Reserved VM Instance", Net: p.Amount, TaxRate: percent("25"), TaxCategory: "S"}}})
		}
		for q := range 1 + r.IntN(3) {
			b.Requests = append(b.Requests, invoicing.Request{ID: fmt.Sprintf("%s-%d", order, q), Date: min(p.Date+money.Date(r.IntN(400)), day("2026-11-22")), Action: invoicing.Refund,
				Order: order, Quantity: 1 + r.IntN(4), Role: "Owner", Used: invoicing.Used(r.IntN(3)), Source: invoicing.Source{File: 3, Sheet: "Requests", Row: i*100 + len(b.Requests) + 2}})
		}
	}
	return b
}
