package ledger

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// groupsOf are the ids of the groups of books, in order.
func groupsOf(books []invoicing.Book) (out []string) {
	for _, b := range books {
		out = append(out, b.Group)
	}
	return out
}

// TestGroups: accounts that one exchange or one order reaches are one group,
// called by the smallest; an unknown order is a group of its own.
func TestGroups(t *testing.T) {
	exchange := func(id string) func(*invoicing.Request) { return func(r *invoicing.Request) { r.Exchange = id } }
	into := func(account string) func(*invoicing.Request) {
		return func(r *invoicing.Request) { r.New = &invoicing.Purchase{Account: account} }
	}
	l := openTest(t)
	night(t, l, november, file{
		purchase("B", "ob", "2026-01-01", "1 USD"), purchase("A", "oa", "2026-01-01", "1 USD"), purchase("C", "oc", "2026-01-01", "1 USD"),
		purchase("D", "od", "2026-01-01", "1 USD"), purchase("E", "od", "2026-01-01", "2 USD"), purchase("Z", "oz", "2026-01-01", "1 USD"),
		request("1", "oc", "2026-11-02", exchange("X")), request("2", "oa", "2026-11-02", exchange("X")),
		request("3", "ob", "2026-11-01"),
		request("4", "od", "2026-11-01"),
		request("5", "nowhere", "2026-11-01"), request("6", "nowhere", "2026-11-01"),
		request("7", "lost2", "2026-11-01", exchange("Y")), request("8", "lost1", "2026-11-01", exchange("Y")),
		request("9", "lost3", "2026-11-01", exchange("W"), into("F")),
		request("10", "oz", "2026-11-23"),
		request("11", "oe", "2026-11-02", exchange("V")), request("12", "new", "2026-11-02", exchange("V"), into("")),
		request("13", "new", "2026-11-03"), purchase("G", "oe", "2026-01-01", "1 USD"), // 13 is on what 12 buys tonight
	})
	books := settleAll(t, l, holdAll)
	if want := []string{"?lost1", "?nowhere", "A", "B", "D", "F", "G"}; !slices.Equal(groupsOf(books), want) {
		t.Fatalf("the groups are %q, want %q", groupsOf(books), want)
	}
	for n, want := range [][]string{{}, {}, {"A", "C"}, {"B"}, {"D", "E"}, {"F"}, {"G"}} {
		var got []string
		for _, s := range books[n].States {
			got = append(got, s.Account)
		}
		if !slices.Equal(got, want) {
			t.Errorf("group %s has the accounts %q, want %q", books[n].Group, got, want)
		}
	}
	for n, want := range [][]string{{"7", "8"}, {"5", "6"}, {"1", "2"}, {"3"}, {"4"}, {"9"}, {"11", "12", "13"}} {
		var got []string
		for _, r := range books[n].Requests {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("group %s has the requests %q, want %q", books[n].Group, got, want)
		}
	}
}

// TestTheBookOfAnAccount: the purchases of the orders asked for, those that name
// the same invoices, and those dated on or after the as-of date.
func TestTheBookOfAnAccount(t *testing.T) {
	on := func(invoice string) func(*invoicing.Purchase) {
		return func(p *invoicing.Purchase) { p.Invoice = invoice }
	}
	l := openTest(t)
	night(t, l, november, file{
		purchase("A", "asked", "2026-02-01", "1 USD", on("I1")), purchase("A", "asked", "2026-03-01", "1 USD"),
		purchase("A", "beside", "2026-01-01", "1 USD", on("I1")), purchase("A", "other", "2026-01-01", "1 USD", on("I2")),
		purchase("A", "silent", "2026-01-01", "1 USD"), purchase("A", "today", "2026-11-22", "1 USD"),
		purchase("B", "theirs", "2026-11-22", "1 USD", on("I1")),
		charge("A", "2026-11-21", "1 USD"), charge("A", "2026-11-22", "2 USD"),
		request("r2", "asked", "2026-11-02"), request("r1", "asked", "2026-11-02"), request("r3", "asked", "2026-11-01"),
	})
	books := settleAll(t, l, holdAll)
	if len(books) != 1 {
		t.Fatalf("the groups are %q", groupsOf(books))
	}
	b := books[0]
	var orders, requests []string
	for _, p := range b.Purchases {
		orders = append(orders, p.Order+" "+p.Date.String())
		if p.Run != 1 || p.Source.File != 1 || p.Account != "A" {
			t.Errorf("purchase %+v", p)
		}
	}
	for _, r := range b.Requests {
		requests = append(requests, r.ID)
	}
	if want := []string{"asked 2026-02-01", "asked 2026-03-01", "beside 2026-01-01", "today 2026-11-22"}; !slices.Equal(orders, want) {
		t.Errorf("purchases %q, want %q", orders, want)
	}
	if want := []string{"r3", "r1", "r2"}; !slices.Equal(requests, want) {
		t.Errorf("requests %q, want %q", requests, want)
	}
	if len(b.Charges) != 1 || b.Charges[0].Date != november {
		t.Errorf("charges %+v", b.Charges)
	}
}

// TestHeldRequestsComeAgain, decided ones do not, and one dated later waits.
func TestHeldRequestsComeAgain(t *testing.T) {
	l := openTest(t)
	night(t, l, november, file{
		purchase("A", "o", "2026-01-01", "1 USD"), request("held", "o", "2026-11-01"), request("decided", "o", "2026-11-02"),
		request("later", "o", "2026-11-23"), request("lost", "nowhere", "2026-11-01"),
	})
	ids := func(books []invoicing.Book) (out []string) {
		for _, b := range books {
			for _, r := range b.Requests {
				out = append(out, b.Group+" "+r.ID)
			}
		}
		return out
	}
	first := ids(settleAll(t, l, func(b *invoicing.Book) (*invoicing.Settlement, []invoicing.State) {
		s, states := holdAll(b)
		for i := range s.Decisions {
			if s.Decisions[i].Request.ID == "decided" {
				s.Decisions[i].Outcome = invoicing.Rejected
			}
		}
		return s, states
	}))
	if want := []string{"?nowhere lost", "A held", "A decided"}; !slices.Equal(first, want) {
		t.Errorf("first night: %q, want %q", first, want)
	}
	night(t, l, november+1, file{purchase("B", "nowhere", "2026-01-01", "1 USD")})
	second := ids(settleAll(t, l, approveAll))
	if want := []string{"A held", "A later", "B lost"}; !slices.Equal(second, want) {
		t.Errorf("second night: %q, want %q", second, want)
	}
	for id, want := range map[string]int{"decided": 1, "held": 2, "later": 2, "lost": 2, "never": 0} {
		if run, _, err := l.FindDecision(id); run != want || err != nil {
			t.Errorf("request %s is told of in run %d, %v, want %d", id, run, err, want)
		}
	}
	night(t, l, november+2)
	if books := settleAll(t, l, holdAll); len(books) != 0 {
		t.Errorf("third night: %q", ids(books))
	}
}

// lotOf gives account A a lot.
func lotOf(used string) decide {
	return func(b *invoicing.Book) (*invoicing.Settlement, []invoicing.State) {
		s, states := approveAll(b)
		if b.Group == "A" {
			states = slices.Clone(states)
			states[0].Credits = []invoicing.Credit{{
				Kind: invoicing.PrepaymentLot, Account: "A", Amount: money.Must("10 USD"), Used: money.Must(used), Expired: money.Must("0 USD"),
				GrantedOn: november, ExpiresOn: november + 89,
			}}
		}
		return s, states
	}
}

// TestAccountsWithCreditsComeBack: when something arrives that may draw on them,
// and when a lot's last day has passed; not otherwise.
func TestAccountsWithCreditsComeBack(t *testing.T) {
	for _, c := range []struct {
		what  string
		used  string
		asOf  money.Date
		rows  file
		comes bool
	}{
		{"nothing", "0 USD", november + 1, nil, false},
		{"a purchase", "0 USD", november + 1, file{purchase("A", "new", "2026-11-22", "1 USD")}, true},
		{"a charge", "0 USD", november + 1, file{charge("A", "2026-11-22", "1 USD")}, true},
		{"a row of the account", "0 USD", november + 1, file{account("A", "one")}, true},
		{"an invoice", "0 USD", november + 1, file{invoiceLine("A", "1", 1, "1 USD")}, true},
		{"a purchase that is known", "0 USD", november + 1, file{purchase("A", "o", "2026-01-01", "1 USD")}, false},
		{"a purchase of another", "0 USD", november + 1, file{purchase("B", "new", "2026-11-22", "1 USD")}, false},
		{"a purchase, but the lot is used up", "10 USD", november + 1, file{purchase("A", "new", "2026-11-22", "1 USD")}, false},
		{"the last day", "0 USD", november + 89, nil, false},
		{"the day after", "0 USD", november + 90, nil, true},
		{"the day after, but the lot is used up", "10 USD", november + 90, nil, false},
	} {
		l := openTest(t)
		night(t, l, november, file{purchase("A", "o", "2026-01-01", "1 USD"), request("r", "o", "2026-11-01")})
		settleAll(t, l, lotOf(c.used))
		night(t, l, c.asOf, c.rows)
		books := settleAll(t, l, holdAll)
		if (len(books) == 1) != c.comes {
			t.Errorf("%s: %d books", c.what, len(books))
		}
		if len(books) == 1 && (len(books[0].States) != 1 || len(books[0].States[0].Credits) != 1) {
			t.Errorf("%s: the state is %+v", c.what, books[0].States)
		}
		night(t, l, c.asOf, nil)
		if books := settleAll(t, l, holdAll); (len(books) == 1) != (c.what == "the day after") {
			t.Errorf("%s: the night after has %d books", c.what, len(books))
		}
	}
}

// TestNumbersHaveNoGap over groups and nights, and each is found again (DOC-1).
func TestNumbersHaveNoGap(t *testing.T) {
	l := openTest(t)
	for n, asOf := range []money.Date{november, november + 1} {
		night(t, l, asOf, file{account("A", "x")})
		w := must(l.BeginSettle(context.Background()))(t)
		for _, c := range []struct {
			group, series string
			want          int
		}{{"A", "CN", 1 + 3*n}, {"A", "CN", 2 + 3*n}, {"A", "INV", 1 + n}, {"B", "CN", 3 + 3*n}} {
			if got, err := w.Number(c.group, c.series, 2026); err != nil || got != c.want {
				t.Errorf("night %d: %s of %s is %d, %v, want %d", n+1, c.series, c.group, got, err, c.want)
			}
		}
		if _, err := w.Number("A", "CN", 2026); err == nil {
			t.Error("a group got numbers after one that follows it")
		}
		drain(t, w, holdAll)
		reconciledNothing(t, w)
		mustDo(t, w.Commit(nil))
		mustDo(t, l.Published(n+1, "", ""))
	}
	night(t, l, november+2)
	w := must(l.BeginSettle(context.Background()))(t)
	must(w.Number("A", "CN", 2026))(t)
	mustDo(t, w.Rollback())
	settleAll(t, l, holdAll)
	next := map[string]int{"CN": 1, "INV": 1}
	for r, err := range l.Ranges() {
		mustDo(t, err)
		if r.First != next[r.Series] {
			t.Errorf("range %+v, due was %d", r, next[r.Series])
		}
		next[r.Series] = r.First + r.N
	}
	if next["CN"] != 7 || next["INV"] != 3 {
		t.Errorf("next numbers %v", next)
	}
	for number, want := range map[string]string{"CN-2026-000001": "A", "cn-2026-000003": "B", "CN-2026-6": "", "CN-2026-000007": "", "CN-2025-1": "", "CN": "", "CN-2026-0": ""} {
		if _, group, err := l.FindDocument(number); err != nil || group != want {
			t.Errorf("%s is of %q, %v, want %q", number, group, err, want)
		}
	}
}

// TestNothingIsLeftOut: a settle in which a group or a request is forgotten does
// not commit.
func TestNothingIsLeftOut(t *testing.T) {
	l := openTest(t)
	night(t, l, november, file{purchase("A", "o", "2026-01-01", "1 USD"), request("r", "o", "2026-11-01")})
	w := must(l.BeginSettle(context.Background()))(t)
	b := must(w.Next())(t)
	for _, e := range []Entry{{Group: "B"}, {Group: "A"}, {Group: "A", Held: []string{"x"}}, {Group: "A", Held: []string{"r"}, Decided: []string{"r"}}} {
		if err := w.Put(e); err == nil {
			t.Errorf("%+v was taken", e)
		}
	}
	if _, err := w.Next(); !errors.Is(err, io.EOF) {
		t.Fatalf("after the last group: %v", err)
	}
	if err := w.Commit(nil); err == nil {
		t.Error("a settle without its only group was committed")
	}
	mustDo(t, w.Rollback())
	if books := settleAll(t, l, holdAll); len(books) != 1 || books[0].Group != b.Group {
		t.Errorf("after the rollback the groups are %q", groupsOf(books))
	}
}

// TestManyNightsAreFewSegments: what lies on a shelf is merged, and nothing of it is lost.
func TestManyNightsAreFewSegments(t *testing.T) {
	l := openTest(t)
	const nights = 3*maxTier + 2
	for n := range nights {
		night(t, l, november+money.Date(n), file{
			purchase("A", "o", "2026-01-01", "1 USD", func(p *invoicing.Purchase) { p.Quantity = n + 1 }), request(string(rune('A'+n)), "o", "2026-11-01"),
		})
		if books := settleAll(t, l, holdAll); len(books) != 1 || len(books[0].Requests) != n+1 || len(books[0].Purchases) != n+1 {
			t.Fatalf("night %d: the books are %+v", n+1, books)
		}
	}
	l = reopen(t, l)
	all := must(l.segments(context.Background(), l.db))(t)
	for s, list := range all {
		if len(list) > 2*maxTier {
			t.Errorf("shelf %s has %d segments", s, len(list))
		}
	}
	if files := must(l.Files(0))(t); len(files) != nights {
		t.Errorf("%d files", len(files))
	}
}
