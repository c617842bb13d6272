package ledger

import (
	"context"
	"slices"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// TestWhatANightLeft: evidence by run, the latest standing of each account as of any
// run, and books.
func TestWhatANightLeft(t *testing.T) {
	l := openTest(t)
	limit := func(account string, n int64) invoicing.Standing {
		return invoicing.Standing{Uses: []invoicing.AccountUses{{Account: account, Type: policy.EA, Uses: []invoicing.LimitUse{{USD: money.Minor(n, money.USD)}}}}}
	}
	how := func(n int64) decide {
		return func(b *invoicing.Book) (*invoicing.Settlement, []invoicing.State) {
			s, states := approveAll(b)
			s.Standing = limit(b.Group, n)
			states = slices.Clone(states)
			states[0].Uses = append(states[0].Uses, invoicing.LimitUse{Account: b.Group, USD: money.Minor(n, money.USD)})
			return s, states
		}
	}
	night(t, l, november, file{
		purchase("A", "oa", "2026-01-01", "1 USD"), purchase("B", "ob", "2026-01-01", "1 USD"), request("a1", "oa", "2026-11-01"), request("b1", "ob", "2026-11-01"),
	})
	settleAll(t, l, how(1))
	night(t, l, november+1, file{request("b2", "ob", "2026-11-02")})
	settleAll(t, l, how(2))
	for run, want := range map[int][]int64{1: {1, 1}, 2: {1, 2}, 3: {1, 2}} {
		var got []int64
		var accounts []string
		for s, err := range l.Standings(run) {
			mustDo(t, err)
			n, _ := s.Uses[0].Uses[0].USD.Units()
			got = append(got, n)
			accounts = append(accounts, s.Uses[0].Account)
			if s.Run != int(n) {
				t.Errorf("standing %+v", s)
			}
		}
		if !slices.Equal(got, want) || !slices.Equal(accounts, []string{"A", "B"}) {
			t.Errorf("standings as of run %d: %v of %q, want %v", run, got, accounts, want)
		}
	}
	for run, want := range map[int][]string{1: {"A", "B"}, 2: {"B"}, 3: nil} {
		var got, evidence []string
		for s, err := range l.Settlements(run) {
			mustDo(t, err)
			got = append(got, s.Group)
		}
		for e, err := range l.Evidence(run) {
			mustDo(t, err)
			evidence = append(evidence, e.Of)
		}
		if !slices.Equal(got, want) || !slices.Equal(evidence, want) {
			t.Errorf("settlements of run %d: %q and %q, want %q", run, got, evidence, want)
		}
	}
	s := must(l.Settlement(2, "B"))(t)
	if len(s.Decisions) != 1 || s.Decisions[0].Request.ID != "b2" {
		t.Errorf("the settlement is %+v", s)
	}
	if _, err := l.Settlement(2, "A"); err == nil {
		t.Error("a settlement that is not there was found")
	}
	var uses []int
	for b, err := range l.Books() {
		mustDo(t, err)
		state := must(decodeState(string(b.Body)))(t)
		uses = append(uses, len(state.Uses))
	}
	if !slices.Equal(uses, []int{1, 2}) {
		t.Errorf("the books have %v uses", uses)
	}
}

// TestStandingsHaveTheBillingTypeOfTheNight: the limit of an account is that of its billing
// type, also where nothing was settled of it since that changed (LIM-1).
func TestStandingsHaveTheBillingTypeOfTheNight(t *testing.T) {
	l := openTest(t)
	is := func(billing policy.BillingType) row {
		return account("A", "Norrsken", func(a *invoicing.Account) { a.Type = billing })
	}
	night(t, l, november, file{is(policy.CSP), purchase("A", "oa", "2026-01-01", "1 USD"), request("a1", "oa", "2026-11-01")})
	settleAll(t, l, func(b *invoicing.Book) (*invoicing.Settlement, []invoicing.State) {
		s, states := approveAll(b)
		s.Standing.Uses = []invoicing.AccountUses{{Account: "A", Type: policy.CSP}}
		return s, states
	})
	night(t, l, november+1, file{is(policy.PAYGCard)})
	settleAll(t, l, approveAll)
	for run, want := range map[int]policy.BillingType{1: policy.CSP, 2: policy.PAYGCard} {
		for s, err := range l.Standings(run) {
			mustDo(t, err)
			if s.Run != 1 || len(s.Uses) != 1 || s.Uses[0].Type != want {
				t.Errorf("as of run %d the standing is %+v, want %s", run, s, want)
			}
		}
	}
}

// TestStandingsOfSchema2: what an older program has left says a limit and its window, which
// another policy may have made longer since, in place of the account's billing type.
func TestStandingsOfSchema2(t *testing.T) {
	l := openTest(t)
	night(t, l, november, file{
		account("A", "Norrsken", func(a *invoicing.Account) { a.Type = policy.CSP }),
		purchase("A", "oa", "2026-01-01", "1 USD"), request("a1", "oa", "2026-11-01"),
	})
	w := must(l.BeginSettle(context.Background()))(t)
	settlement, _ := approveAll(must(w.Next())(t))
	uses := []invoicing.LimitUse{{Account: "A", Date: november - 60, USD: money.Minor(8630, money.USD), Request: "a0"}}
	e := NewEntry(settlement, []invoicing.State{{Account: "A", Uses: uses}}, nil)
	c := largeWriter(nil, kindStanding)
	list(&c.codec, new([]invoicing.Credit), (*codec).credit)
	list(&c.codec, &[]invoicing.AccountUses{{Account: "A"}}, func(c *codec, u *invoicing.AccountUses) {
		limit, window := money.Minor(5_000_000, money.USD), 30
		c.str(&u.Account)
		c.money(&limit)
		c.int(&window)
		list(c, &u.Uses, (*codec).limitUse)
	})
	e.States[0].Standing = c.written()
	mustDo(t, w.Put(e))
	drain(t, w, approveAll)
	reconciledNothing(t, w)
	mustDo(t, w.Commit(nil))
	for s, err := range l.Standings(1) {
		mustDo(t, err)
		if len(s.Uses) != 1 || s.Uses[0].Type != policy.CSP || !slices.Equal(s.Uses[0].Uses, uses) {
			t.Errorf("the standing is %+v", s)
		}
	}
}
