package invoicing

import (
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// LIM-2, LIM-3: what is left on a day is the limit less the fullest window that
// holds it, also where a later use is known; and each use is free again 365 days on.
func TestLimitStand(t *testing.T) {
	l := AccountLimit{Account: "C1", Limit: money.Must("50000.00 USD"), WindowDays: 365, Uses: []LimitUse{
		{Date: day("2026-01-10"), USD: money.Must("30000.00 USD")},
		{Date: day("2026-06-01"), USD: money.Must("5000.00 USD")},
		{Date: day("2026-06-01"), USD: money.Must("500.00 USD")},
		{Date: day("2027-03-01"), USD: money.Must("40000.00 USD")},
	}}
	for on, want := range map[string]string{
		"2025-01-10": "50000.00", // no window of 365 days holds it and a use
		"2025-01-11": "20000.00", // one does
		"2026-06-01": "4500.00",  // that of 2026-06-01 to 2027-03-01 is the fullest
		"2027-03-02": "4500.00",
		"2027-06-01": "10000.00",
		"2028-02-29": "50000.00",
	} {
		equal(t, "left on "+on, l.On(day(on)).Left.Number(), want)
	}
	s := l.On(day("2026-06-01"))
	if len(s.Releases) != 2 {
		t.Fatalf("%d releases, want 2: what is dated later frees nothing that is used today", len(s.Releases))
	}
	equal(t, "first", s.Releases[0].On.String()+" "+s.Releases[0].USD.Number()+" "+s.Releases[0].Left.Number(), "2027-01-10 30000.00 4500.00")
	equal(t, "second", s.Releases[1].On.String()+" "+s.Releases[1].USD.Number()+" "+s.Releases[1].Left.Number(), "2027-06-01 5500.00 10000.00")
	equal(t, "used", s.Used.Number(), "45500.00")
}

// TestAvailableOnTheExactFit: what fits to the cent fits (LIM-3), in the window that
// begins on an earlier use as well.
func TestAvailableOnTheExactFit(t *testing.T) {
	first := day("2026-01-01")
	a := newAllowance([]LimitUse{{Date: first, USD: money.Must("100.00 USD")}, {Date: first + 20, USD: money.Must("0.01 USD")}})
	for _, c := range []struct {
		room int64
		want money.Date
	}{{100_01, first + 10}, {100_00, first + 365}, {0, first + 385}} {
		if got := a.availableOn(first+10, 365, c.room); got != c.want {
			t.Errorf("with room for %d cents: available on %s, want %s", c.room, got, c.want)
		}
	}
}

// LIM-2: a use counts on 365 days, that of the refund among them; by a policy with
// another window, on as many.
func TestUsesOfTheStanding(t *testing.T) {
	b := &Book{Group: "C1", Accounts: []Account{account("C1", policy.CSP, 0)}, States: []State{{Account: "C1", Uses: []LimitUse{
		{Account: "C1", Date: day("2025-03-10"), USD: money.Must("1.00 USD"), Request: "R1"},
		{Account: "C1", Date: day("2025-03-11"), USD: money.Must("2.00 USD"), Request: "R2"}}}}}
	uses := settled(t, b, "2026-03-10").Standing.Uses[0]
	longer := azure2020(t)
	longer[0].Policy.ByType[policy.CSP].LimitWindowDays, longer[0].Policy.ByType[policy.CSP].LimitAmount = 366, money.Must("10.00 USD")
	for left, chain := range map[string]policy.Chain{"49998.00": azure2020(t), "7.00": longer} {
		l := uses.Limit(chain, day("2026-03-10"))
		on := l.On(day("2026-03-10"))
		equal(t, "left on the 365th day after R1, in a window of "+Counted(l.WindowDays, "day", "days"), on.Left.Number(), left)
	}
}

// LIM-3: 196.71 less a fee of 24.00 do not fit 170.00. One unit does; so would three, for
// PRO-10 reduces them to 200.00 and the fee is 36.00, but no more than two are asked for.
func TestMaxQuantityIsOfWhatIsAskedFor(t *testing.T) {
	chain := azure2020(t)
	p := chain[0].Policy.ByType[policy.CSP]
	p.FeeBase, p.LimitAmount = policy.FeeOnPurchaseAmount, money.Must("170.00 USD")
	order := bought("O1", "C1", "2026-01-01 P1Y Upfront 2 x 200.00 USD")
	order.Invoice = "F1"
	s, err := Settle(&Book{Group: "C1", Accounts: []Account{account("C1", policy.CSP, 0)}, Purchases: []Purchase{order},
		Requests: []Request{refund("R1", "O1", "2026-01-07", 2)}}, NewMarket(nil, nil), chain, day("2026-01-07"))
	if err != nil {
		t.Fatal(err)
	}
	d := s.Decisions[0]
	equal(t, "what it measures", d.LimitMeasured.Number(), "172.71")
	if d.Reasons != 1<<LimitExceeded || d.MaxQuantity != 1 {
		t.Errorf("%v: at most %d would fit, want 1", d.Reasons.List(), d.MaxQuantity)
	}
}
