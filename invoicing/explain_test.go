package invoicing

import (
	"cmp"
	"slices"
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// stepOf is the step of a decision that tells of something, empty where none does.
func stepOf(d *Decision, what string) Step {
	for _, s := range d.Steps() {
		if s.What == what {
			return s
		}
	}
	return Step{}
}

// decided decides one request for a unit of an EA order, by azure-2020 or by what
// is changed of it.
func decided(t *testing.T, r Request, amount string, change func(*policy.Parameters)) *Decision {
	t.Helper()
	acc := account("E1", policy.EA, 0)
	acc.Terms = []CommitmentTerm{{day("2026-01-01"), day("2026-12-31")}}
	b := &Book{Group: "E1", Accounts: []Account{acc}, States: []State{{Account: "E1"}}, Requests: []Request{r},
		Purchases: []Purchase{bought("O1", "E1", "2026-01-01 P1Y Upfront 1 x "+amount)}}
	chain := azure2020(t)
	change(chain[0].Policy.ByType[policy.EA])
	s, err := Settle(b, NewMarket(nil, nil), chain, day("2026-11-22"))
	if err != nil {
		t.Fatal(err)
	}
	return &s.Decisions[0]
}

// PRO-7: why the purchase price counts is not the same where no other is known, in
// grace, for an exchange, and where the policy says so.
func TestWhyThePurchasePriceCounts(t *testing.T) {
	back := refund("R1", "O1", "2026-11-20", 1)
	exchanged, unused := back, back
	exchanged.Action, exchanged.Exchange = Return, "X1"
	unused.Used = UsedNo
	asItIs := func(*policy.Parameters) {}
	for want, d := range map[string]*Decision{
		"no current price is known":                               decided(t, back, "365.00 USD", asItIs),
		"a grace return counts what was paid":                     decided(t, unused, "365.00 USD", func(p *policy.Parameters) { p.GraceDays = 365 }),
		"exchanges and transfers always count the purchase price": decided(t, exchanged, "365.00 USD", asItIs),
		"the policy counts the purchase price":                    decided(t, back, "365.00 USD", func(p *policy.Parameters) { p.PriceBasis = policy.PurchasePrice }),
	} {
		equal(t, "the price basis", stepOf(d, "price basis").How, want)
	}
}

// LIM-3 rejects what would exceed the limit; what is left of it is told of a
// request that waits for a rate, too; and where refund amount and canceled
// commitment are one figure, it is not said which of them the policy counts.
func TestTheLimitIsExplained(t *testing.T) {
	r := refund("R1", "O1", "2026-11-20", 1)
	asItIs := func(*policy.Parameters) {}
	over := decided(t, r, "500000.00 USD", asItIs)
	equal(t, "the rule of LimitExceeded", stepOf(over, "LimitExceeded").Rule, "LIM-3")
	waits := decided(t, r, "365.00 SEK", asItIs)
	equal(t, "the rule of RateUnknown", stepOf(waits, "RateUnknown").Rule, "LIM-5")
	equal(t, "limit left", stepOf(waits, "limit left").Result, "50000.00 USD")
	alike := decided(t, r, "365.00 USD", asItIs)
	equal(t, "measured", stepOf(alike, "measured").How, "42.00 USD, the refund amount and the canceled commitment alike")
	fee := decided(t, r, "365.00 USD", func(p *policy.Parameters) { p.FeeRate = money.NewDecimal(5, 1) })
	equal(t, "measured, with a fee", stepOf(fee, "measured").How, "42.00 USD, the canceled commitment")
}

// IMP-10: a request on an order on which two sources disagree cites both.
func TestAConflictCitesBothSources(t *testing.T) {
	export, sheet := bought("O1", "C1", "2026-01-10 P1Y Upfront 1 x 100.00 USD"), bought("O1", "C1", "2026-01-10 P1Y Upfront 1 x 77.00 USD")
	export.Origin, export.Source = FromTransactions, Source{File: 3, Row: 11}
	sheet.Run = 2
	s := settled(t, &Book{Group: "C1", Accounts: []Account{account("C1", policy.CSP, 25)}, Purchases: []Purchase{export, sheet},
		Requests: []Request{refund("R1", "O1", "2026-03-01", 1)}}, "2026-03-01")
	d := &s.Decisions[0]
	if want := []Source{{2, "Requests", 2}, sheet.Source, export.Source}; !d.Reasons.Has(OrderConflict) || !slices.Equal(d.Sources, want) {
		t.Errorf("%v cites %v, want %v", d.Reasons.List(), d.Sources, want)
	}
}

// EXC-1: every line of an exchange carries the reasons of all, and tells with its
// own figures those alone that it has by itself.
func TestALineTellsItsOwnReasons(t *testing.T) {
	lines := exchanged(Return, PurchaseNew, "C1", "O1", "O2", "O9") // nobody knows O9
	lines[1].Quantity, lines[3].Role = 2, ""
	s := settled(t, &Book{Group: "C1", Accounts: []Account{account("C1", policy.CSP, 25)}, Requests: lines, Purchases: []Purchase{
		bought("O1", "C1", "2026-01-10 P1Y Upfront 1 x 100.00 USD"), bought("O2", "C1", "2026-01-10 P1Y Upfront 1 x 100.00 USD")}}, "2026-11-22")
	own := map[string]string{
		"X-O1 InvoiceUnknown":     "no invoice that stands carries the order in the register, and the purchase names none; add it to the sheet Invoices",
		"X-O2 InvoiceUnknown":     "no invoice that stands carries the order in the register, and the purchase names none; add it to the sheet Invoices",
		"X-O2 QuantityExceeded":   "2 asked for, 1 of 1 active",
		"X-O9 ReservationUnknown": "no export or sheet names the order O9 yet; the request waits for it",
		"X-N1 NotOwner":           "no RequesterRole is given, and only some roles may return or buy on this account",
	}
	for i := range s.Decisions {
		for _, reason := range []string{"InvoiceUnknown", "QuantityExceeded", "ReservationUnknown", "NotOwner"} {
			id := s.Decisions[i].Request.ID + " " + reason
			equal(t, id, stepOf(&s.Decisions[i], reason).How, cmp.Or(own[id], "of another line of the exchange"))
		}
	}
	if len(s.Decisions) != len(lines) {
		t.Errorf("%d lines were decided, want %d", len(s.Decisions), len(lines))
	}
}
