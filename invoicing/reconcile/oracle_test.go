package reconcile

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// oracle finds the least cost of matching by trying every way, with none of the
// tricks of the search: every request is left, or takes any set of free rows, or
// every row takes any set of free requests.
type oracle struct {
	es    []Expected
	cs    []Credit
	best  score
	found bool
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
			o.best, o.found = cost, true
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
				o.try(i+1, usedE|1<<i, usedC|set, cost.plus(price))
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
				o.try(i+1, usedE|set, usedC|1<<j, cost.plus(price))
			}
		}
	}
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
			if days > 45 {
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
	return price, price.residual <= max(nE, nC)
}

// costOf is what the matches of a night cost.
func costOf(o *oracle, ms []Match) (cost score) {
	var usedE, usedC uint
	for i := range ms {
		var es, cs uint
		for k := range o.es {
			for _, e := range ms[i].Expected {
				if e.Request == o.es[k].Request {
					es |= 1 << k
				}
			}
		}
		for l := range o.cs {
			for _, c := range ms[i].Credits {
				if c.Source == o.cs[l].Source {
					cs |= 1 << l
				}
			}
		}
		price, ok := o.match(es, cs)
		if !ok || es&usedE != 0 || cs&usedC != 0 {
			return score{unexplained: -1}
		}
		usedE, usedC, cost = usedE|es, usedC|cs, cost.plus(price)
	}
	for k := range o.es {
		if usedE&(1<<k) == 0 {
			cost = cost.plus(score{unexplained: units(o.es[k].Amount), left: 1})
		}
	}
	for l := range o.cs {
		if usedC&(1<<l) == 0 {
			cost = cost.plus(score{unexplained: units(o.cs[l].Amount), left: 1})
		}
	}
	return cost
}

// drawRows plants matches of every shape among noise: small amounts, so that sums
// coincide.
func drawRows(t *rapid.T, most int) (es []Expected, cs []invoicing.VendorCredit) {
	date := func() string { return (day("2026-03-01") + money.Date(rapid.IntRange(0, 70).Draw(t, "day"))).String() }
	usd := func(units int) string { return money.Minor(int64(units), money.USD).String() }
	expect := func(units int) { es = append(es, expects(fmt.Sprintf("R%d", len(es)), usd(units), date())) }
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

// REC-1: the search finds what trying every way finds, to the last criterion.
func TestMatchesAsAnExhaustiveSearch(t *testing.T) {
	var planted, several int
	rapid.Check(t, func(t *rapid.T) {
		es, cs := drawRows(t, 9)
		n, err := Reconcile(State{Order: "O1"}, es, cs, usual, day("2026-09-01"))
		if err != nil {
			t.Fatal(err)
		}
		o := oracle{es: es}
		for i := range cs {
			o.cs = append(o.cs, creditOf(&cs[i]))
		}
		o.try(0, 0, 0, score{})
		if got := costOf(&o, n.Matches); got != o.best {
			t.Fatalf("matches cost %+v, but %+v is possible: %s", got, o.best, pairsOf(n.Matches))
		}
		planted++
		for i := range n.Matches {
			if len(n.Matches[i].Expected)+len(n.Matches[i].Credits) > 2 {
				several++
				break
			}
		}
	})
	t.Logf("%d orders, %d with a match of more than two rows", planted, several)
	if several == 0 {
		t.Error("no order had a match of more than two rows: the test proves little")
	}
}
