package invoicing

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// drawBook draws a CSP account with a few orders and some requests on them, by
// date and id.
func drawBook(t *rapid.T) *Book {
	b := &Book{Group: "C1", Accounts: []Account{account("C1", policy.CSP, 25)}, States: []State{{Account: "C1"}}}
	orders := rapid.IntRange(1, 3).Draw(t, "orders")
	for i := range orders {
		plan := rapid.SampledFrom([]string{"Upfront", "Monthly"}).Draw(t, "plan")
		p := bought(fmt.Sprintf("O%d", i), "C1", fmt.Sprintf("2025-%02d-%02d P3Y %s %d x %d.37 USD", i+1,
			rapid.IntRange(1, 31-3*(i%2)).Draw(t, "day"), plan, rapid.IntRange(1, 5).Draw(t, "units"), rapid.IntRange(100, 60000).Draw(t, "amount")))
		p.Invoice = "F-" + p.Order
		b.Purchases = append(b.Purchases, p)
	}
	for i := range rapid.IntRange(1, 6).Draw(t, "requests") {
		r := refund(fmt.Sprintf("R%d", i), fmt.Sprintf("O%d", rapid.IntRange(0, orders-1).Draw(t, "of")), "2025-03-31", rapid.IntRange(1, 3).Draw(t, "asked"))
		r.Date += money.Date(rapid.IntRange(0, 900).Draw(t, "days"))
		if rapid.Bool().Draw(t, "exchange") {
			r.Action, r.Exchange = Return, "X"+r.ID
			buy := bought("N"+r.ID, "C1", "2025-01-01 P1Y Upfront 1 x 30000.00 USD")
			b.Requests = append(b.Requests, Request{ID: r.ID + "b", Date: r.Date, Action: PurchaseNew, Exchange: r.Exchange, Order: buy.Order,
				Quantity: 1, Role: "Owner", New: &buy})
		}
		b.Requests = append(b.Requests, r)
	}
	slices.SortFunc(b.Requests, func(x, y Request) int { return cmp.Or(cmp.Compare(x.Date, y.Date), cmp.Compare(x.ID, y.ID)) })
	return b
}

// figures is a decision without the names of documents, which are not yet given.
func figures(d Decision) Decision {
	d.Original, d.Documents = Ref{}, nil
	return d
}

// A quote is the decision that Settle makes: each request, quoted when those
// before it are decided, gives what a night gives that decides them all.
func TestQuoteIsWhatSettleDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBook(t)
		asOf := day("2027-12-31")
		market, chain := NewMarket(nil, nil), policy.Chain{{Policy: builtin2020}}
		night, err := Settle(b, market, chain, asOf)
		if err != nil {
			t.Fatal(err)
		}
		before := *b
		numbers := map[string]int{}
		for at := 0; at < len(night.Decisions); {
			asked := []Request{night.Decisions[at].Request}
			for asked[0].Exchange != "" && at+len(asked) < len(night.Decisions) && night.Decisions[at+len(asked)].Request.Exchange == asked[0].Exchange {
				asked = append(asked, night.Decisions[at+len(asked)].Request)
			}
			kept := fmt.Sprintf("%+v", before.States)
			q, err := Quote(&before, market, chain, asOf, asked...)
			if err != nil {
				t.Fatal(err)
			}
			if now := fmt.Sprintf("%+v", before.States); now != kept {
				t.Fatalf("quoting %s changed the book", asked[0].ID)
			}
			for i := range q.Decisions {
				if got, want := figures(q.Decisions[i]), figures(night.Decisions[at+i]); !reflect.DeepEqual(got, want) {
					t.Fatalf("quoted\n%+v\nsettled\n%+v", got, want)
				}
			}
			err = q.Assign(func(series string, _ int) (int, error) { numbers[series]++; return numbers[series], nil })
			if err != nil {
				t.Fatal(err)
			}
			before.States = Apply(before.States, q)
			at += len(asked)
		}
	})
}

var builtin2020 = func() *policy.Policy {
	p, err := policy.Builtin("azure-2020")
	if err != nil {
		panic(err)
	}
	return p
}()

// What waiting would change, by day: grace and fee of a CSP order, the limit that
// an earlier refund is free of 365 days on, the instalment, the policy.
func TestWaits(t *testing.T) {
	p := bought("O1", "C1", "2026-01-01 P1Y Monthly 10 x 1200.00 USD")
	p.Invoice = "F-1"
	b := &Book{Group: "C1", Accounts: []Account{account("C1", policy.CSP, 0)}, Purchases: []Purchase{p},
		States: []State{{Account: "C1", Uses: []LimitUse{{Account: "C1", Date: day("2025-06-15"), USD: money.Must("49000.00 USD"), Request: "R0"}}}}}
	next, err := policy.Builtin("azure-2023")
	if err != nil {
		t.Fatal(err)
	}
	chain := append(azure2020(t), policy.Link{From: day("2026-09-01"), Policy: next})
	r := refund("Q", "O1", "2026-01-03", 10)
	r.Used = UsedNo
	all, err := Waits(b, NewMarket(nil, nil), chain, day("2026-01-03"), r)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range all {
		d := &w.Decision
		got = append(got, fmt.Sprintf("%s %s: %s %s %s", w.On, strings.Join(w.Why, "; "), d.Outcome, d.Refund.Number(), d.LimitRemaining.Number()))
	}
	equal(t, "waiting", "\n"+strings.Join(got, "\n"), `
2026-01-07 the grace of 5 days is over; the fee begins: Approved 851.61 148.39
2026-02-01 instalment 2 of 12 falls due: Rejected 1056.00 1000.00
2026-06-15 49000.00 USD of the limit are free again; what it measures today fits the limit: Approved 563.20 49436.80
2026-09-01 the policy azure-2023 is in force: Approved 1200.00 46400.00
2026-12-31 the last day of the term: Approved 38.71 50000.00`)
}

// Only days that are still to come within the term are told, of what the order, the
// request and the policy have.
func TestWaitsWithinTheTerm(t *testing.T) {
	strict := *builtin2020
	strict.ByType = maps.Clone(strict.ByType)
	csp := *strict.ByType[policy.CSP]
	csp.GraceDays, csp.FeeAfterDays = 0, 0
	strict.ByType[policy.CSP] = &csp
	published, since := azure2020(t), func(from string) policy.Chain {
		return append(azure2020(t), policy.Link{From: day(from), Policy: &strict})
	}
	terms := []CommitmentTerm{{Start: day("2024-01-01"), End: day("2026-06-30")}, {Start: day("2026-07-01"), End: day("2026-12-31")}}
	for _, c := range []struct {
		name, plan, on string
		account        Account
		used           Used
		chain          policy.Chain
		want           string
	}{
		{"no grace and the fee at once, on the day of purchase", "Upfront", "2026-01-01", account("C1", policy.CSP, 0), UsedNo, policy.Chain{{Policy: &strict}},
			"2026-01-02 the grace of 0 days is over; the fee begins\n2026-12-31 the last day of the term"},
		{"used, on the day of purchase", "Monthly", "2026-01-01", account("C1", policy.CSP, 0), UsedYes, published,
			"2026-01-07 the fee begins\n2026-02-01 instalment 2 of 12 falls due\n2026-12-31 the last day of the term"},
		{"a type without a fee, on the day of purchase", "Upfront", "2026-01-01", account("C1", policy.PAYGInvoice, 0), UsedNo, published, "2026-12-31 the last day of the term"},
		{"before the purchase", "Monthly", "2025-12-20", account("C1", policy.CSP, 0), UsedYes, published, "2026-01-07 the fee begins\n2026-12-31 the last day of the term"},
		{"in the last cycle, by a policy since that day", "Monthly", "2026-12-10", account("C1", policy.CSP, 0), UsedNo, since("2026-12-10"), "2026-12-31 the last day of the term"},
		{"on the last day", "Monthly", "2026-12-31", account("C1", policy.CSP, 0), UsedNo, published, ""},
		{"when the term is over", "Monthly", "2027-02-10", account("C1", policy.CSP, 0), UsedNo, since("2027-03-01"), ""},
		{"a commitment term that ends, and one that ends with the order", "Upfront", "2026-03-01", Account{ID: "C1", Type: policy.EA, Terms: terms}, UsedYes, published,
			"2026-07-01 the commitment term of 2024-01-01 has ended\n2026-12-31 the last day of the term"},
	} {
		p := bought("O1", "C1", "2026-01-01 P1Y "+c.plan+" 1 x 1200.00 USD")
		p.Invoice = "F-1"
		b := &Book{Group: "C1", Accounts: []Account{c.account}, Purchases: []Purchase{p}, States: []State{{Account: "C1"}}}
		r := refund("Q", "O1", c.on, 1)
		r.Used = c.used
		all, err := Waits(b, NewMarket(nil, nil), c.chain, day("2026-01-01"), r)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range all {
			got = append(got, w.On.String()+" "+strings.Join(w.Why, "; "))
		}
		equal(t, c.name, strings.Join(got, "\n"), c.want)
	}
}

// Decide and Settle decide the same; of refunds Decide writes no documents.
func TestDecideIsWhatSettleDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBook(t)
		market, chain := NewMarket(nil, nil), policy.Chain{{Policy: builtin2020}}
		want, err := Settle(b, market, chain, day("2027-12-31"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decide(b, market, chain, day("2027-12-31"))
		if err != nil {
			t.Fatal(err)
		}
		verdict := func(d *Decision) string {
			return fmt.Sprintf("%s %s %v %s %s %s %s %s %d %s", d.Request.ID, d.Outcome, d.Reasons.List(), d.Prorated, d.Fee, d.Refund, d.Canceled,
				d.LimitRemaining, d.MaxQuantity, d.LimitAvailableOn)
		}
		for i := range want.Decisions {
			if g, w := verdict(&got.Decisions[i]), verdict(&want.Decisions[i]); g != w {
				t.Fatalf("decided\n%s\nsettled\n%s", g, w)
			}
		}
	})
}
