package reconcile

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// nightOf draws the rows of an order: of a hundred, 92 are as expected, two split,
// two differ, two are missing, one is a duplicate and one unexpected.
func nightOf(r *rand.Rand, i int) (st State, es []Expected, cs []invoicing.VendorCredit) {
	st.Order = "order-" + strconv.Itoa(i)
	w := random(r)
	e, ok := w.expected()
	for !ok {
		w = random(r)
		e, ok = w.expected()
	}
	e.Request, e.Order, e.DueOn = "request-"+strconv.Itoa(i), st.Order, e.Date+dueDays
	credit := func(m money.Money) {
		cs = append(cs, invoicing.VendorCredit{Account: "A", Order: st.Order, Event: "Refund", Date: w.credited, Quantity: 1, Amount: m,
			Source: invoicing.Source{File: 2, Row: i + 2}})
	}
	kind := i % 100
	if kind != 99 {
		es = append(es, e)
	}
	switch {
	case kind < 92 || kind == 99:
		credit(e.Amount)
	case kind < 94:
		part := e.Amount.Of(1, 3).Round(money.HalfUp)
		credit(part)
		credit(e.Amount.Sub(part))
	case kind < 96:
		credit(e.Amount.Add(money.Minor(1+r.Int64N(1000), w.currency)))
	case kind == 98:
		credit(e.Amount)
		credit(e.Amount)
	}
	return st, es, cs
}

// BenchmarkOrders is a night of so many orders, about as many requests and rows.
func BenchmarkOrders(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 300_000, 1_000_000} {
		if testing.Short() && n > 10_000 {
			continue
		}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			type order struct {
				st State
				es []Expected
				cs []invoicing.VendorCredit
			}
			r := rand.New(rand.NewPCG(5, 6))
			some := make([]order, 10_000) // drawn beforehand, and again and again
			for i := range some {
				some[i].st, some[i].es, some[i].cs = nightOf(r, i)
			}
			rows := 0
			for b.Loop() {
				var all Tally
				rows = 0
				for i := range n {
					o := &some[i%len(some)]
					night, err := Reconcile(o.st, o.es, o.cs, searched, day("2027-01-01"))
					if err != nil {
						b.Fatal(err)
					}
					all.Merge(night.Tally)
					rows += len(o.es) + len(o.cs)
				}
				if err := all.Check(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
		})
	}
}

// BenchmarkOneOrder is one order with so many rows: matched by date, in linear time.
func BenchmarkOneOrder(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		if testing.Short() && n > 1_000 {
			continue
		}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			r := rand.New(rand.NewPCG(7, 8))
			var es []Expected
			var cs []invoicing.VendorCredit
			for i := range n / 2 {
				d := (day("1990-01-01") + money.Date(i%70_000)).String()
				m := money.Minor(100+r.Int64N(100_000), money.USD)
				es = append(es, expects(fmt.Sprintf("R%d", i), m.String(), d))
				cs = append(cs, credits(i, m.Add(money.Minor(max(r.Int64N(20)-18, 0), money.USD)).String(), d))
			}
			for b.Loop() {
				if _, err := Reconcile(State{Order: "O1"}, es, cs, usual, day("2199-01-01")); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
		})
	}
}
