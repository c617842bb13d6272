package reconcile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// pairsOf writes matches as "R1=1 R2,R3=2": requests and rows.
func pairsOf(ms []Match) string {
	var out []string
	for i := range ms {
		var rows []int
		for _, s := range ms[i].VendorRows() {
			rows = append(rows, s.Row)
		}
		slices.Sort(rows)
		out = append(out, strings.Join(ms[i].Requests(), ",")+"="+strings.Trim(strings.ReplaceAll(fmt.Sprint(rows), " ", ","), "[]"))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// classesOf writes breaks as "NotYetDue:R1 UnexpectedAtVendor:#2!7".
func classesOf(bs []Break) string {
	var out []string
	for i := range bs {
		s := bs[i].Class.String() + ":" + strings.Join(bs[i].Requests(), ",")
		for _, r := range bs[i].VendorRows() {
			s += r.String()
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// REC-1, REC-2: one night of one order.
func TestOneNight(t *testing.T) {
	e, c := expects, credits
	for _, x := range []struct {
		rule            string
		es              []Expected
		cs              []invoicing.VendorCredit
		asOf            string
		matches, breaks string
	}{
		{"one to one", []Expected{e("R1", "100.00 USD", "2026-05-01")}, []invoicing.VendorCredit{c(1, "100.00 USD", "2026-05-20")}, "2026-06-01", "R1=1", ""},
		{"the tolerance is a cent", []Expected{e("R1", "100.00 USD", "2026-05-01")}, []invoicing.VendorCredit{c(1, "100.01 USD", "2026-05-20")}, "2026-06-01", "R1=1", ""},
		{"two cents are a difference", []Expected{e("R1", "100.00 USD", "2026-05-01")}, []invoicing.VendorCredit{c(1, "100.02 USD", "2026-05-20")}, "2026-06-01",
			"", "AmountDifference:R1#2!1"},
		{"no cents, no tolerance", []Expected{e("R1", "100 JPY", "2026-05-01")}, []invoicing.VendorCredit{c(1, "101 JPY", "2026-05-20")}, "2026-06-01",
			"", "AmountDifference:R1#2!1"},
		{"match_days is 45, both ways", []Expected{e("R1", "100.00 USD", "2026-05-01"), e("R2", "70.00 USD", "2026-05-01")},
			[]invoicing.VendorCredit{c(1, "100.00 USD", "2026-06-15"), c(2, "70.00 USD", "2026-03-17")}, "2026-07-01", "R1=1 R2=2", ""},
		{"the 46th day is too late", []Expected{e("R1", "100.00 USD", "2026-05-01")}, []invoicing.VendorCredit{c(1, "100.00 USD", "2026-06-16")}, "2026-07-01",
			"", "AmountDifference:R1#2!1"},
		{"the month of the purchase", []Expected{e("R1", "100.00 USD", "2026-05-01")}, []invoicing.VendorCredit{c(1, "100.00 USD", "2020-01-31")}, "2026-07-01",
			"R1=1", ""},
		{"a row from long before is no answer", []Expected{e("R1", "100.00 USD", "2026-05-01")}, []invoicing.VendorCredit{c(1, "100.00 USD", "2025-05-01")}, "2026-07-01",
			"", "MissingAtVendor:R1 UnexpectedAtVendor:#2!1"},
		{"one to many, a cent for each", []Expected{e("R1", "100.00 USD", "2026-05-01")},
			[]invoicing.VendorCredit{c(1, "60.00 USD", "2026-05-20"), c(2, "39.98 USD", "2026-05-21")}, "2026-06-01", "R1=1,2", ""},
		{"many to one", []Expected{e("R1", "60.00 USD", "2026-05-01"), e("R2", "40.00 USD", "2026-05-02")},
			[]invoicing.VendorCredit{c(1, "100.00 USD", "2026-05-20")}, "2026-06-01", "R1,R2=1", ""},
		{"the least is left unexplained, not the first taken", []Expected{e("R1", "100.00 USD", "2026-05-01"), e("R2", "60.00 USD", "2026-05-01")},
			[]invoicing.VendorCredit{c(1, "60.00 USD", "2026-05-01"), c(2, "40.00 USD", "2026-05-01"), c(3, "30.00 USD", "2026-05-09"), c(4, "30.00 USD", "2026-05-09")},
			"2026-06-01", "R1=1,2 R2=3,4", ""},
		{"best dates first", []Expected{e("R1", "100.00 USD", "2026-05-01"), e("R2", "100.00 USD", "2026-05-20")},
			[]invoicing.VendorCredit{c(1, "100.00 USD", "2026-05-22")}, "2026-06-30", "R2=1", "MissingAtVendor:R1"},
		{"a difference is of the nearest amount, not of the nearest date", []Expected{e("R1", "100.00 USD", "2026-05-01"), e("R2", "170.00 USD", "2026-05-03")},
			[]invoicing.VendorCredit{c(1, "99.00 USD", "2026-05-12")}, "2026-06-30", "", "AmountDifference:R1#2!1 MissingAtVendor:R2"},
		{"in turn where the days are the same", []Expected{e("R1", "100.00 USD", "2026-05-01"), e("R2", "100.00 USD", "2026-05-03")},
			[]invoicing.VendorCredit{c(1, "100.00 USD", "2026-05-05"), c(2, "100.00 USD", "2026-05-07")}, "2026-06-30", "R1=1 R2=2", ""},
		{"due after ten days", []Expected{e("R1", "100.00 USD", "2026-05-01"), e("R2", "50.00 USD", "2026-05-02")}, nil, "2026-05-11",
			"", "MissingAtVendor:R1 NotYetDue:R2"},
		{"twice is a duplicate", []Expected{e("R1", "100.00 USD", "2026-05-01")},
			[]invoicing.VendorCredit{c(1, "100.00 USD", "2026-05-20"), c(2, "100.00 USD", "2026-05-20")}, "2026-06-01", "R1=1", "DuplicateAtVendor:#2!2"},
		{"all at once after the parts is a duplicate", []Expected{e("R1", "100.00 USD", "2026-05-01")},
			[]invoicing.VendorCredit{c(1, "60.00 USD", "2026-05-20"), c(2, "40.00 USD", "2026-05-20"), c(3, "100.00 USD", "2026-06-20")}, "2026-06-21",
			"R1=1,2", "DuplicateAtVendor:#2!3"},
		{"another currency", []Expected{e("R1", "100.00 USD", "2026-05-01")}, []invoicing.VendorCredit{c(1, "95.00 EUR", "2026-05-20")}, "2026-06-01",
			"", "CurrencyMismatch:R1#2!1"},
		{"nothing is expected", nil, []invoicing.VendorCredit{c(1, "95.00 EUR", "2026-05-20"), c(2, "0.00 EUR", "2026-05-20")}, "2026-06-01",
			"", "UnexpectedAtVendor:#2!1 UnexpectedAtVendor:#2!2"},
		{"the nearest amounts differ", []Expected{e("R1", "100.00 USD", "2026-05-01"), e("R2", "50.00 USD", "2026-05-01")},
			[]invoicing.VendorCredit{c(1, "49.00 USD", "2026-05-20"), c(2, "99.00 USD", "2026-05-20")}, "2026-06-01",
			"", "AmountDifference:R1#2!2 AmountDifference:R2#2!1"},
	} {
		n := reconciled(t, State{}, x.es, x.cs, x.asOf)
		if got := pairsOf(n.Matches); got != x.matches {
			t.Errorf("%s: matched %q, want %q", x.rule, got, x.matches)
		}
		if got := classesOf(n.Next.Breaks); got != x.breaks {
			t.Errorf("%s: breaks %q, want %q", x.rule, got, x.breaks)
		}
	}
}

// REC: two equally good matches are both named; identical rows are not two ways.
func TestAlternatives(t *testing.T) {
	n := reconciled(t, State{}, []Expected{expects("R1", "100.00 USD", "2026-05-01"), expects("R2", "100.00 USD", "2026-05-01")},
		[]invoicing.VendorCredit{credits(1, "100.00 USD", "2026-05-20")}, "2026-06-01")
	if len(n.Matches) != 1 || len(n.Matches[0].Alternatives) != 1 || n.Matches[0].Alternatives[0].Requests[0] != "R2" {
		t.Fatalf("R1 and R2 are equally good, but: %+v", n.Matches)
	}
	if l := n.Matches[0].Line(); l.Cause != "as good: R2 with #2!1" {
		t.Errorf("the line says %q", l.Cause)
	}
	n = reconciled(t, State{}, []Expected{expects("R1", "100.00 USD", "2026-05-01")},
		[]invoicing.VendorCredit{credits(1, "100.00 USD", "2026-05-20"), credits(2, "100.00 USD", "2026-05-20")}, "2026-06-01")
	if len(n.Matches[0].Alternatives) != 0 {
		t.Errorf("which of two identical rows is taken is no question, but: %+v", n.Matches[0].Alternatives)
	}
	var es []Expected
	var cs []invoicing.VendorCredit
	for i := range 6 { // 720 ways, each as good as the others
		es = append(es, expects(fmt.Sprintf("R%d", i), "100.00 USD", "2026-05-01"))
		cs = append(cs, credits(i, "100.00 USD", (day("2026-05-02")+money.Date(i)).String()))
	}
	for n, i := reconciled(t, State{}, es, cs, "2026-06-01"), 0; i < len(n.Matches); i++ {
		if got := len(n.Matches[i].Alternatives); got != maxAlternatives {
			t.Errorf("%s names %d others, of ten that are as good", pairsOf(n.Matches[i:i+1]), got)
		}
	}
}

// REC-3: a break keeps its id from the night that opens it to the one that ends it.
func TestLifeOfABreak(t *testing.T) {
	n := reconciled(t, State{}, []Expected{expects("R1", "100.00 USD", "2026-05-01")}, nil, "2026-05-02")
	b := only(t, n.Next)
	id := b.ID
	if b.Class != NotYetDue || b.AgeDays(day("2026-05-02")) != 1 || b.Opened != day("2026-05-02") {
		t.Fatalf("first night: %+v", b)
	}
	n = reconciled(t, n.Next, nil, nil, "2026-05-11")
	if b = only(t, n.Next); b.ID != id || b.Class != MissingAtVendor || b.Changed != day("2026-05-11") || len(b.Events) != 2 {
		t.Fatalf("when due: %+v", b)
	}
	n = reconciled(t, n.Next, nil, []invoicing.VendorCredit{credits(1, "90.00 USD", "2026-05-12")}, "2026-05-13")
	if b = only(t, n.Next); b.ID != id || b.Class != AmountDifference || b.Difference() != money.Must("-10.00 USD") {
		t.Fatalf("with a wrong credit: %+v", b)
	}
	n = reconciled(t, n.Next, nil, []invoicing.VendorCredit{credits(2, "10.00 USD", "2026-05-14")}, "2026-05-15")
	if len(n.Next.Breaks) != 0 || len(n.Ended) != 1 || pairsOf(n.Matches) != "R1=1,2" {
		t.Fatalf("with the rest: %+v", n)
	}
	b = &n.Ended[0]
	if last := b.Events[len(b.Events)-1]; b.ID != id || b.Status != Resolved || last.By != n.Matches[0].ID || last.Sources[0].Row != 2 {
		t.Errorf("resolved: %+v", b)
	}
	if b.AgeDays(day("2027-01-01")) != 14 {
		t.Errorf("a break that ended grows no older, but is %d days old", b.AgeDays(day("2027-01-01")))
	}
	n = reconciled(t, n.Next, nil, []invoicing.VendorCredit{credits(3, "90.00 USD", "2026-05-14")}, "2026-05-16")
	if b = only(t, n.Next); b.Class != DuplicateAtVendor || b.Answers == "" {
		t.Errorf("a row of a closed match again: %+v", b)
	}
}

// REC-4: who accepts a break closes it; above a threshold two persons do.
func TestAccept(t *testing.T) {
	n := reconciled(t, State{}, []Expected{expects("R1", "100.00 USD", "2026-05-01")}, nil, "2026-05-20")
	id := only(t, n.Next).ID
	by := func(who, why string) Acceptance { return Acceptance{By: who, Reason: why, On: day("2026-05-21")} }
	for _, x := range []struct {
		id   string
		a    Acceptance
		want error
	}{{"BRK-NONE", by("ann", "gone"), ErrNoBreak}, {id, by(" ", "gone"), errIncomplete}, {id, by("ann", ""), errIncomplete}} {
		if _, _, err := n.Next.Accept(x.id, x.a, 1); !errors.Is(err, x.want) {
			t.Errorf("accepting %s by %+v: %v, want %v", x.id, x.a, err, x.want)
		}
	}
	st, b, err := n.Next.Accept(id, by("ann lind", "written off"), 2)
	if err != nil || b.Status != Open || len(only(t, st).Acceptances) != 1 {
		t.Fatalf("the first of two: %+v, %v", b, err)
	}
	if _, _, err := st.Accept(id, by(" Ann  Lind", "written off"), 2); !errors.Is(err, errSamePerson) {
		t.Errorf("the same person twice: %v", err)
	}
	changed := reconciled(t, st, nil, []invoicing.VendorCredit{credits(1, "99.00 USD", "2026-05-22")}, "2026-05-23")
	if b := only(t, changed.Next); len(b.Acceptances) != 0 {
		t.Errorf("a break that changed is accepted by nobody, but: %+v", b.Acceptances)
	}
	st, b, err = st.Accept(id, by("bob", "agreed"), 2)
	if err != nil || b.Status != Accepted || b.Class != MissingAtVendor || len(st.Breaks) != 0 {
		t.Fatalf("the second of two: %+v, %v", b, err)
	}
	n = reconciled(t, st, nil, []invoicing.VendorCredit{credits(1, "100.00 USD", "2026-06-01")}, "2026-06-02")
	if late := only(t, n.Next); late.Class != UnexpectedAtVendor || late.Answers != id {
		t.Errorf("a credit for what was written off has to be seen: %+v", late)
	}
	st, b, err = changed.Next.Accept(id, by("ann", "agreed"), 1)
	if err != nil || b.Status != Accepted {
		t.Fatalf("a difference: %+v, %v", b, err)
	}
	n = reconciled(t, st, nil, []invoicing.VendorCredit{credits(1, "1.00 USD", "2026-06-01")}, "2026-06-02")
	if late := only(t, n.Next); late.Class != UnexpectedAtVendor || late.Answers != id {
		t.Errorf("so has the rest of what was accepted as too little: %+v", late)
	}
}

// More rows than can be weighed in every way are matched by date, and it is said.
func TestByDate(t *testing.T) {
	var es []Expected
	var cs []invoicing.VendorCredit
	for i := range 40 {
		d := (day("2026-01-01") + money.Date(i)).String()
		es = append(es, expects(fmt.Sprintf("R%02d", i), "100.00 USD", d))
		cs = append(cs, credits(i, "100.00 USD", d))
	}
	es = append(es, expects("S", "77.00 USD", "2026-01-20"))
	cs = append(cs, credits(100, "70.00 USD", "2026-01-21"), credits(101, "7.00 USD", "2026-01-22"))
	n := reconciled(t, State{}, es, cs, "2026-06-01")
	if len(n.Matches) != 41 || len(n.Next.Breaks) != 0 {
		t.Fatalf("%d matches and %d breaks, want 41 and 0", len(n.Matches), len(n.Next.Breaks))
	}
	for i := range n.Matches {
		m := &n.Matches[i]
		if !m.ByDate || !strings.Contains(m.Line().Cause, "by date") {
			t.Errorf("%s does not say that it was found by date", m.ID)
		}
		if len(m.Credits) == 1 && m.Credits[0].Date != m.Expected[0].Date {
			t.Errorf("%s of %s is matched with %s", m.Requests(), m.Expected[0].Date, m.Credits[0].Date)
		}
	}
}

// Differences that were put together by date say so as well, and no others do.
func TestPairedByDate(t *testing.T) {
	var es []Expected
	var cs []invoicing.VendorCredit
	for i := range 8 {
		d := (day("2026-01-01") + money.Date(i)).String()
		es = append(es, expects(fmt.Sprintf("R%d", i), "100.00 USD", d))
		cs = append(cs, credits(i, fmt.Sprintf("%d.00 USD", 50+i), d))
		if i != 5 && i != 6 { // twelve rows are weighed in every way, thirteen are not
			continue
		}
		n := reconciled(t, State{}, es[:6], cs[:i+1], "2026-06-01")
		byDate := PairedByDate(n.Next.Breaks)
		for j := range n.Next.Breaks {
			b := &n.Next.Breaks[j]
			if want := i == 6 && b.Class == AmountDifference; byDate(b) != want {
				t.Errorf("%d rows: %s of %s is by date: %v", 6+i+1, b.Class, b.Requests(), !want)
			}
		}
	}
}

// What can only be a fault of the ledger is an error.
func TestImpossibleRows(t *testing.T) {
	e := expects("R1", "100.00 USD", "2026-05-01")
	foreign := e
	foreign.Order = "O2"
	st := State{Order: "O1"}
	for name, es := range map[string][]Expected{"twice": {e, e}, "of another order": {foreign}} {
		if _, err := Reconcile(st, es, nil, usual, day("2026-05-02")); err == nil {
			t.Errorf("a request %s went through", name)
		}
	}
	c := credits(1, "1.00 USD", "2026-05-01")
	c.Amount = c.Amount.Neg()
	if _, err := Reconcile(st, nil, []invoicing.VendorCredit{c}, usual, day("2026-05-02")); err == nil {
		t.Error("a credit below zero went through")
	}
}

// A CurrencyMismatch is a line for each currency, so that the register adds up.
func TestLines(t *testing.T) {
	n := reconciled(t, State{}, []Expected{expects("R1", "100.00 USD", "2026-05-01")},
		[]invoicing.VendorCredit{credits(1, "95.00 EUR", "2026-05-20")}, "2026-06-01")
	ls := only(t, n.Next).Lines(day("2026-06-01"))
	if len(ls) != 2 || ls[0].Credited.IsSet() || ls[1].Currency != money.EUR || ls[1].Credited != money.Must("95.00 EUR") || ls[1].Expected.IsSet() {
		t.Errorf("lines: %+v", ls)
	}
	if ls[0].AgeDays != 31 || ls[0].ExpectedOn != day("2026-05-11") || ls[0].Cause != "expected 100.00 USD, credited 95.00 EUR" {
		t.Errorf("first line: %+v", ls[0])
	}
}
