package invoicing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// tester is what checks need of a *testing.T or a *rapid.T.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// nightly plays the nights of a world on the core as the jobs do: a book for
// each group, numbers, and the fold of its settlement.
type nightly struct {
	refBiller // what is known; of the reference only this is used
	w         world
	states    map[string]invoicing.State
	numbers   map[string]int // the last one, by series and year
	settled   []*invoicing.Settlement
	totals    map[string]invoicing.Totals // that the proof carries on
}

func newNightly(w world) *nightly {
	return &nightly{w: w, refBiller: newRefBiller(w),
		states: map[string]invoicing.State{}, numbers: map[string]int{}}
}

// market is all prices and rates that are known.
func (y *nightly) market() *invoicing.Market { return invoicing.NewMarket(y.prices, y.rates) }

// books gives each group its rows: an account, or all of them, and each unknown order alone.
func (y *nightly) books(asOf money.Date) []*invoicing.Book {
	byGroup := map[string]*invoicing.Book{}
	var groups []string
	book := func(group string) *invoicing.Book {
		if byGroup[group] == nil {
			byGroup[group] = &invoicing.Book{Group: group, Run: y.run}
			groups = append(groups, group)
		}
		return byGroup[group]
	}
	for _, id := range y.accountIDs() {
		b := book(y.group(id))
		if a := y.account(id); a != nil {
			b.Accounts = append(b.Accounts, *a)
		}
		state, ok := y.states[id]
		if !ok {
			state.Account = id
		}
		b.States = append(b.States, state)
	}
	for _, p := range y.purchases {
		b := book(y.group(p.Account))
		b.Purchases = append(b.Purchases, p)
	}
	for _, inv := range y.invoices {
		b := book(y.group(inv.Account))
		b.Invoices = append(b.Invoices, inv)
	}
	for _, c := range y.charges {
		b := book(y.group(c.Account))
		b.Charges = append(b.Charges, c)
	}
	for _, q := range y.due(asOf) {
		b := book(y.groupOf(q))
		b.Requests = append(b.Requests, q)
		if q.Withdraws != "" {
			y.named(b, q, asOf)
		}
	}
	for _, o := range y.w.nights[y.run-1].openings {
		b := book(y.group(o.Account))
		b.Openings = append(b.Openings, o)
	}
	slices.Sort(groups)
	var out []*invoicing.Book
	for _, g := range groups {
		out = append(out, byGroup[g])
	}
	return out
}

// named gives a book what a Withdraw or a Reverse names: what waits for its day,
// with its exchange, and what an earlier night decided.
func (y *nightly) named(b *invoicing.Book, by invoicing.Request, asOf money.Date) {
	exchange := ""
	for _, q := range y.requests {
		if q.ID == by.Withdraws {
			exchange = q.Exchange
		}
	}
	for _, q := range y.requests {
		there := slices.ContainsFunc(b.Requests, func(x invoicing.Request) bool { return x.ID == q.ID })
		if by.Action == invoicing.Withdraw && !there && !y.decided[q.ID] && q.Date > asOf && (q.ID == by.Withdraws || exchange != "" && q.Exchange == exchange) {
			b.Requests = append(b.Requests, q)
		}
	}
	for _, s := range slices.Backward(y.settled) {
		if slices.ContainsFunc(s.Decisions, func(d invoicing.Decision) bool { return d.Request.ID == by.Withdraws }) {
			b.Earlier = append(b.Earlier, invoicing.Earlier{Request: by.Withdraws, Settlement: s})
			return
		}
	}
}

// accountIDs lists the accounts that anything known names, sorted.
func (y *nightly) accountIDs() []string {
	var ids []string
	for _, a := range y.accounts {
		ids = append(ids, a.ID)
	}
	for _, p := range y.purchases {
		ids = append(ids, p.Account)
	}
	for _, inv := range y.invoices {
		ids = append(ids, inv.Account)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// groupOf is where a request is decided: with the account of its order, or alone.
// Exchanges tie accounts together, and with them the requests on what they buy.
func (y *nightly) groupOf(q invoicing.Request) string {
	for _, named := range y.requests {
		if q.Withdraws != "" && named.ID == q.Withdraws {
			return y.groupOf(named)
		}
	}
	o := y.order(q.Order)
	switch {
	case o != nil:
		return y.group(o.account)
	case y.w.multi && y.exchanges():
		return y.group("")
	}
	return "?" + q.Order
}

func (y *nightly) exchanges() bool {
	return slices.ContainsFunc(y.requests, func(q invoicing.Request) bool { return q.New != nil || q.Exchange != "" })
}

func (y *nightly) group(account string) string {
	if y.w.multi {
		return "A0"
	}
	return account
}

// play settles one night for all groups.
func (y *nightly) play(t tester, n int) []*invoicing.Settlement {
	t.Helper()
	asOf := y.w.nights[n].asOf
	var out []*invoicing.Settlement
	var tally invoicing.Tally
	for _, b := range y.books(asOf) {
		s := y.settle(t, b, asOf)
		y.assign(t, s)
		after := invoicing.Apply(b.States, s)
		tally.Add(s, b.States, after)
		for _, st := range after {
			y.states[st.Account] = st
		}
		for i := range s.Decisions {
			d := &s.Decisions[i]
			y.decided[d.Request.ID] = d.Outcome != invoicing.Held
			if x := d.Request.Exchange; x != "" && d.Outcome != invoicing.Held {
				y.closed[x] = true
			}
		}
		for _, b := range s.Bought {
			y.bought = append(y.bought, b.Purchase)
		}
		for _, x := range s.Reversed {
			y.bought = slices.DeleteFunc(y.bought, func(p invoicing.Purchase) bool { return x.Bought && p.Order == x.Order })
		}
		out = append(out, s)
	}
	y.settled = append(y.settled, out...)
	var lines []invoicing.ProofLine
	lines, y.totals = tally.Lines(y.totals)
	for _, l := range lines { // OUT-8
		if !l.Holds() {
			t.Errorf("the proof of %s does not hold: (%s) %s: %s and %s", asOf, l.Line, l.Says, l.Left, l.Right)
		}
	}
	return out
}

// settle settles a book, and the same rows in another order, which must not matter.
func (y *nightly) settle(t tester, b *invoicing.Book, asOf money.Date) *invoicing.Settlement {
	t.Helper()
	s, err := invoicing.Settle(b, y.market(), y.chain, asOf)
	if err != nil {
		t.Fatalf("settle %s on %s: %v", b.Group, asOf, err)
	}
	rng := rand.New(rand.NewPCG(uint64(asOf), uint64(len(b.Requests))))
	other := *b
	other.Accounts, other.States = shuffled(rng, b.Accounts), shuffled(rng, b.States)
	other.Purchases, other.Invoices = shuffled(rng, b.Purchases), shuffled(rng, b.Invoices)
	other.Charges, other.Requests = shuffled(rng, b.Charges), shuffled(rng, b.Requests)
	other.Openings, other.Earlier = shuffled(rng, b.Openings), shuffled(rng, b.Earlier)
	market := invoicing.NewMarket(shuffled(rng, y.prices), shuffled(rng, y.rates))
	o, err := invoicing.Settle(&other, market, y.chain, asOf)
	if err != nil {
		t.Fatalf("settle %s on %s, rows in another order: %v", b.Group, asOf, err)
	}
	if a, c := fmt.Sprintf("%+v", *s), fmt.Sprintf("%+v", *o); a != c {
		t.Errorf("%s on %s: the order of rows matters:\n%s\n%s", b.Group, asOf, a, c)
	}
	return s
}

func shuffled[T any](rng *rand.Rand, in []T) []T {
	out := slices.Clone(in)
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func (y *nightly) assign(t tester, s *invoicing.Settlement) {
	t.Helper()
	err := s.Assign(func(series string, year int) (int, error) {
		key := fmt.Sprintf("%s-%d", series, year)
		y.numbers[key]++
		return y.numbers[key], nil
	})
	if err != nil {
		t.Fatalf("number the documents of %s: %v", s.Group, err)
	}
}
