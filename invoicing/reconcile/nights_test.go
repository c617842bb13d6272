package reconcile

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"prorata/invoicing/money"
)

// told is what a night says, in words: where rows stand in a file is left out.
func told(n *Night) string {
	var out []string
	for i := range n.Matches {
		out = append(out, n.Matches[i].ID)
	}
	slices.Sort(out)
	for i := range n.Ended {
		out = append(out, "ended "+n.Ended[i].ID+" by "+n.Ended[i].Events[len(n.Ended[i].Events)-1].By)
	}
	for i := range n.Next.Breaks {
		b := &n.Next.Breaks[i]
		out = append(out, fmt.Sprintf("%s %s %s %s", b.ID, b.Class, b.Difference(), b.Requests()))
	}
	return fmt.Sprint(out, n.Tally)
}

// REC-3 over months: the sums hold every night and in all, a published match stays,
// every row is in one place, and the order of a night's rows does not matter.
func TestNights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		st := State{Order: "O1"}
		var all Tally
		in := map[string]string{} // row to match, once published
		var count int64
		es, cs := drawRows(t, rapid.SampledFrom([]int{6, 12, 30}).Draw(t, "most"))
		for i := range cs {
			if rapid.IntRange(0, 9).Draw(t, "other currency") == 0 {
				cs[i].Amount = cs[i].Amount.Of(1, 1).In(money.EUR).Round(money.HalfUp)
			}
		}
		for asOf := day("2026-03-10"); len(es)+len(cs) > 0; asOf += 20 {
			nowE, nowC := rapid.IntRange(0, len(es)).Draw(t, "requests"), rapid.IntRange(0, len(cs)).Draw(t, "rows")
			before := fmt.Sprint(st)
			n, err := Reconcile(st, es[:nowE], cs[:nowC], usual, asOf)
			if err != nil {
				t.Fatal(err)
			}
			shuffled, err := Reconcile(st, rapid.Permutation(es[:nowE]).Draw(t, "requests shuffled"),
				rapid.Permutation(cs[:nowC]).Draw(t, "rows shuffled"), usual, asOf)
			if err != nil || told(&n) != told(&shuffled) {
				t.Fatalf("the order of rows matters:\n%s\n%s\n%v", told(&n), told(&shuffled), err)
			}
			if fmt.Sprint(st) != before {
				t.Fatal("the state given was changed")
			}
			again, _ := Reconcile(st, es[:nowE], cs[:nowC], usual, asOf)
			if !reflect.DeepEqual(n, again) {
				t.Fatal("the same night twice is not the same")
			}
			es, cs, st = es[nowE:], cs[nowC:], n.Next
			all.Merge(n.Tally)
			count += int64(nowE + nowC)
			inOnePlace(t, &n, in, count)
			if err := all.Check(); err != nil {
				t.Fatal(err)
			}
			if quiet, _ := Reconcile(st, nil, nil, usual, asOf); !reflect.DeepEqual(quiet.Next.Breaks, st.Breaks) || len(quiet.Matches)+len(quiet.Ended) > 0 {
				t.Fatalf("a night without news changed something: %s", told(&quiet))
			}
		}
	})
}

// inOnePlace checks that every row ever seen is in one match or one open break.
func inOnePlace(t *rapid.T, n *Night, in map[string]string, count int64) {
	for i := range n.Matches {
		for _, row := range rowsOf(&n.Matches[i].Group) {
			if in[row] != "" {
				t.Fatalf("%q is in %s and in %s", row, in[row], n.Matches[i].ID)
			}
			in[row] = n.Matches[i].ID
		}
	}
	open := map[string]bool{}
	for i := range n.Next.Breaks {
		for _, row := range rowsOf(&n.Next.Breaks[i].Group) {
			if in[row] != "" || open[row] {
				t.Fatalf("%q is open in %s, and elsewhere", row, n.Next.Breaks[i].ID)
			}
			open[row] = true
		}
	}
	if int64(len(in)+len(open)) != count {
		t.Fatalf("%d rows came, %d are matched and %d open", count, len(in), len(open))
	}
}

func rowsOf(g *Group) (rows []string) {
	for i := range g.Expected {
		rows = append(rows, g.Expected[i].Request)
	}
	for i := range g.Credits {
		rows = append(rows, g.Credits[i].key())
	}
	return rows
}

// Sums pass no bound, and below zero they are right too.
func TestSum(t *testing.T) {
	var s Sum
	for range 2000 {
		s.add(1, 1e16)
	}
	if got := s.Number(money.USD); s.Count != 2000 || got != "200000000000000000.00" {
		t.Errorf("2,000 times the greatest amount is %s in %d rows", got, s.Count)
	}
	for range 2001 {
		s.add(-1, -1e16)
	}
	if got := s.Number(money.USD); got != "-100000000000000.00" {
		t.Errorf("less 2,001 times that is %s", got)
	}
}

// OUT-8: a row that is in no class stops the run.
func TestTallyThatDoesNotHold(t *testing.T) {
	var tally Tally
	e := expects("R1", "100.00 USD", "2026-05-01")
	tally.expected(&e)
	if tally.Check() == nil {
		t.Error("a request in no class went through")
	}
	tally.class(Matched, &Group{Expected: []Expected{e}}, 1)
	if err := tally.Check(); err != nil {
		t.Error(err)
	}
}
