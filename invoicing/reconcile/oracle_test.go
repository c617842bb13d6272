package reconcile

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// oracle finds the least cost of matching by trying every way, with none of the
// tricks of the search: every request is left, or takes any set of free rows, or
// every row takes any set of free requests.
type oracle struct {
	es     []Expected
	cs     []Credit
	tenths int64 // tolerance per transaction, in tenths of a minor unit
	best   score
	found  bool
	way    [][2]uint        // the matches of the way that is tried: requests and rows
	good   map[[2]uint]bool // the matches of every best way
}

func (o *oracle) try(i int, usedE, usedC uint, cost score) {
	if i == len(o.es)+len(o.cs) {
		for k := range o.es {
			if usedE&(1<<k) == 0 {
				cost = cost.plus(score{unexplained: units(o.es[k].Amount), left: 1})
			}
		}
		for k := range o.cs {
			if usedC&(1<<k) == 0 {
				cost = cost.plus(score{unexplained: units(o.cs[k].Amount), left: 1})
			}
		}
		if !o.found || cost.compare(o.best) < 0 {
			o.best, o.found, o.good = cost, true, map[[2]uint]bool{}
		}
		for _, m := range o.way {
			if cost == o.best {
				o.good[m] = true
			}
		}
		return
	}
	o.try(i+1, usedE, usedC, cost)
	if i < len(o.es) {
		if usedE&(1<<i) != 0 {
			return
		}
		for set := uint(1); set < 1<<len(o.cs); set++ {
			if set&usedC != 0 {
				continue
			}
			if price, ok := o.match(1<<i, set); ok {
				o.with(1<<i, set, func() { o.try(i+1, usedE|1<<i, usedC|set, cost.plus(price)) })
			}
		}
		return
	}
	j := i - len(o.es)
	if usedC&(1<<j) != 0 {
		return
	}
	for set := uint(1); set < 1<<len(o.es); set++ {
		if set&usedE == 0 && set&(set-1) != 0 {
			if price, ok := o.match(set, 1<<j); ok {
				o.with(set, 1<<j, func() { o.try(i+1, usedE|set, usedC|1<<j, cost.plus(price)) })
			}
		}
	}
}

func (o *oracle) with(es, cs uint, try func()) {
	o.way = append(o.way, [2]uint{es, cs})
	try()
	o.way = o.way[:len(o.way)-1]
}

// kinds says which rows a match takes, but for which of identical ones.
func (o *oracle) kinds(m [2]uint) string {
	var rows []string
	for l := range o.cs {
		if m[1]&(1<<l) != 0 {
			rows = append(rows, fmt.Sprint(o.cs[l].Date, o.cs[l].Amount))
		}
	}
	slices.Sort(rows)
	return fmt.Sprint(m[0], rows)
}

// asGood counts the matches of other best ways that share a row with one of some
// that were chosen, and none of whose equals was chosen.
func (o *oracle) asGood(m [2]uint, chosen [][2]uint) int {
	kinds := map[string]bool{}
	for _, c := range chosen {
		kinds[o.kinds(c)] = true
	}
	before := len(kinds)
	for g := range o.good {
		if g[0]&m[0]|g[1]&m[1] != 0 {
			kinds[o.kinds(g)] = true
		}
	}
	return len(kinds) - before
}

// match prices a match of some requests with some rows (REC-1).
func (o *oracle) match(es, cs uint) (price score, ok bool) {
	var sumE, sumC, nE, nC int64
	for k := range o.es {
		if es&(1<<k) == 0 {
			continue
		}
		nE, sumE = nE+1, sumE+units(o.es[k].Amount)
		for l := range o.cs {
			if cs&(1<<l) == 0 {
				continue
			}
			days := int64(o.es[k].Date) - int64(o.cs[l].Date)
			if days < 0 {
				days = -days
			}
			if month := o.cs[l].Date.String()[:7]; days > 45 && month != o.es[k].Start.String()[:7] {
				return price, false
			}
			price.days, price.squares = price.days+days, price.squares+days*days
		}
	}
	for l := range o.cs {
		if cs&(1<<l) != 0 {
			nC, sumC = nC+1, sumC+units(o.cs[l].Amount)
		}
	}
	price.residual, price.matches = max(sumE-sumC, sumC-sumE), -1
	return price, 10*price.residual <= o.tenths*max(nE, nC)
}

// chosen are the matches of a night among the rows.
func (o *oracle) chosen(ms []Match) (all [][2]uint) {
	for i := range ms {
		var m [2]uint
		for k := range o.es {
			if slices.ContainsFunc(ms[i].Expected, func(e Expected) bool { return e.Request == o.es[k].Request }) {
				m[0] |= 1 << k
			}
		}
		for l := range o.cs {
			if slices.ContainsFunc(ms[i].Credits, func(c Credit) bool { return c.Source == o.cs[l].Source }) {
				m[1] |= 1 << l
			}
		}
		if m != [2]uint{} {
			all = append(all, m)
		}
	}
	return all
}

// costOf is what some matches cost; ok is false where they are none.
func (o *oracle) costOf(ms [][2]uint) (cost score, ok bool) {
	var used [2]uint
	for _, m := range ms {
		price, ok := o.match(m[0], m[1])
		if !ok || m[0]&used[0] != 0 || m[1]&used[1] != 0 {
			return cost, false
		}
		used[0], used[1], cost = used[0]|m[0], used[1]|m[1], cost.plus(price)
	}
	for k := range o.es {
		if used[0]&(1<<k) == 0 {
			cost = cost.plus(score{unexplained: units(o.es[k].Amount), left: 1})
		}
	}
	for l := range o.cs {
		if used[1]&(1<<l) == 0 {
			cost = cost.plus(score{unexplained: units(o.cs[l].Amount), left: 1})
		}
	}
	return cost, true
}

// drawRows plants matches of every shape among noise: small amounts, so that sums
// coincide, and often few dates, so that ways are as good as others.
func drawRows(t *rapid.T, most int) (es []Expected, cs []invoicing.VendorCredit) {
	apart := rapid.SampledFrom([]int{1, 35}).Draw(t, "days apart")
	date := func() string {
		return (day("2026-03-01") + money.Date(apart*rapid.IntRange(0, 70/apart).Draw(t, "day"))).String()
	}
	usd := func(units int) string { return money.Minor(int64(units), money.USD).String() }
	bought := day(rapid.SampledFrom([]string{"2020-01-15", "2026-03-31"}).Draw(t, "bought"))
	expect := func(units int) {
		es = append(es, expects(fmt.Sprintf("R%d", len(es)), usd(units), date()))
		es[len(es)-1].Start = bought
	}
	credit := func(units int) { cs = append(cs, credits(len(cs)+1, usd(units), date())) }
	for len(es)+len(cs) < most {
		amount, off := rapid.IntRange(2, 12).Draw(t, "amount")*5, rapid.IntRange(-1, 1).Draw(t, "off")
		part := rapid.IntRange(1, amount-1).Draw(t, "part")
		switch rapid.IntRange(0, 5).Draw(t, "shape") {
		case 0:
			expect(amount)
		case 1:
			credit(amount)
		case 2, 3:
			expect(amount)
			credit(amount + off)
		case 4:
			expect(amount)
			credit(part)
			credit(max(amount-part+off, 1)) // a row over nothing matches nothing
		case 5:
			credit(amount)
			expect(part)
			expect(amount - part)
		}
		if rapid.IntRange(0, 3).Draw(t, "enough") == 0 {
			break
		}
	}
	for len(es)+len(cs) > most && len(cs) > 0 {
		cs = cs[:len(cs)-1]
	}
	return es, cs
}

// inCurrency is the rows of one currency.
func inCurrency(c money.Currency, es []Expected, cs []invoicing.VendorCredit) (o oracle) {
	for i := range es {
		if es[i].Amount.Currency() == c {
			o.es = append(o.es, es[i])
		}
	}
	for i := range cs {
		if cs[i].Amount.Currency() == c {
			o.cs = append(o.cs, creditOf(&cs[i]))
		}
	}
	return o
}

// REC-1: the search finds what trying every way finds, to the last criterion, in
// each currency and by any tolerance, and says of every match whether another is
// as good.
func TestMatchesAsAnExhaustiveSearch(t *testing.T) {
	var orders, several, ambiguous int
	rapid.Check(t, func(t *rapid.T) {
		es, cs := drawRows(t, 8)
		if rapid.Bool().Draw(t, "two currencies") {
			es2, cs2 := drawRows(t, 6)
			for i := range es2 {
				es2[i].Request, es2[i].Amount = "K"+es2[i].Request, money.Minor(units(es2[i].Amount), money.MustCurrency("KWD"))
			}
			for i := range cs2 {
				cs2[i].Source.File, cs2[i].Amount = 3, money.Minor(units(cs2[i].Amount), money.MustCurrency("KWD"))
			}
			es, cs = append(es, es2...), append(cs, cs2...)
		}
		p := usual
		tenths := rapid.SampledFrom([]int64{100, 0, 10, 30}).Draw(t, "tolerance") // of a thousandth
		p.Tolerance = money.NewDecimal(tenths, 4)
		n, err := Reconcile(State{Order: "O1"}, es, cs, p, day("2026-09-01"))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range [...]money.Currency{money.USD, money.MustCurrency("KWD")} {
			o := inCurrency(c, es, cs)
			o.tenths = tenths // of a dinar's thousandth part; of a cent it is a tenth of that
			if c == money.USD {
				o.tenths = tenths / 10
			}
			o.try(0, 0, 0, score{})
			chosen := o.chosen(n.Matches)
			if got, ok := o.costOf(chosen); !ok || got != o.best {
				t.Fatalf("matches cost %+v, but %+v is possible: %s", got, o.best, pairsOf(n.Matches))
			}
			for i := range n.Matches {
				m := o.chosen(n.Matches[i : i+1])
				if len(m) == 0 {
					continue
				}
				want := min(o.asGood(m[0], chosen), maxAlternatives)
				if got := len(n.Matches[i].Alternatives); got != want {
					t.Fatalf("%s names %d others that are as good, of %d", pairsOf(n.Matches[i:i+1]), got, want)
				}
				ambiguous += min(want, 1)
				if len(n.Matches[i].Expected)+len(n.Matches[i].Credits) > 2 {
					several++
				}
			}
		}
		orders++
	})
	t.Logf("%d orders, %d matches of more than two rows, %d with another as good", orders, several, ambiguous)
	if several == 0 || ambiguous == 0 {
		t.Error("no order had a match of more than two rows, or none was ambiguous: the test proves little")
	}
}
