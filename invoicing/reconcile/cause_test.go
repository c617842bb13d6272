package reconcile

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

var planted = []Kind{FeeLeftOut, FeeCharged, FullPrice, GraceDenied, DayCounted, YearDays, MonthDays, OtherPrice, OtherQuantity, RoundedDown,
	PartnerRounding, TaxIncluded, OtherInstalment, RateOfDay, DayOfCredit}

var searched = Params{Tolerance: money.NewDecimal(1, 2), MatchDays: 45, Rate: dailyRate}

// difference draws an expected credit and what a vendor with some readings changed
// credits; ok is false where that is no difference at all.
func difference(r *rand.Rand, kinds []Kind) (e Expected, c Credit, ok bool) {
	w := random(r)
	e, ok = w.expected()
	if !ok {
		return e, c, false
	}
	for _, k := range inTheirOrder(kinds) {
		if !w.plant(k, r) {
			return e, c, false
		}
	}
	n, ok := w.refund()
	c = Credit{VendorCredit: invoicing.VendorCredit{Order: "O1", Date: w.credited, Amount: money.Minor(n, w.currency)}, Nth: 1}
	return e, c, ok && n > 0 && distance(n, units(e.Amount)) > searched.tolerance(w.currency, 1)
}

// inTheirOrder: which instalment it is comes before how its days are counted.
func inTheirOrder(kinds []Kind) []Kind {
	out := slices.Clone(kinds)
	slices.SortStableFunc(out, func(a, b Kind) int {
		first := func(k Kind) int {
			if k == OtherInstalment {
				return 0
			}
			return 1
		}
		return first(a) - first(b)
	})
	return out
}

// outcome is what became of the planted differences.
type outcome struct{ all, alone, top, shared, simpler, failed int }

func (o *outcome) count(t *testing.T, kinds []Kind, e *Expected, c *Credit) {
	found := causes(e, c, &searched)
	o.all++
	is := func(x Cause) bool {
		return len(x.Readings) == len(kinds) && !slices.ContainsFunc(x.Readings, func(r Reading) bool { return !slices.Contains(kinds, r.Kind) })
	}
	has := slices.ContainsFunc(found, is)
	switch {
	case has && len(found) == 1:
		o.alone++
	case has && is(found[0]):
		o.top++
	case has:
		o.shared++
	case len(found) > 0 && len(found[0].Readings) < len(kinds):
		o.simpler++
	default:
		o.failed++
		if o.failed <= 3 {
			t.Logf("planted %v in %s over %s: found %v; %+v", kinds, c.Amount, e.Amount, found, *e.Facts)
		}
	}
}

// Each kind of reading, and each two of them that go together, is found again: the
// cause named first is the one planted or another as simple that gives the same
// figure, in 99 of 100 whose figure is not that of a simpler one.
func TestPlantedCauses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{1, 2} {
		var all outcome
		for all.all < 5000 {
			kinds := []Kind{planted[r.IntN(len(planted))]}
			if size == 2 {
				kinds = append(kinds, planted[r.IntN(len(planted))])
				slices.Sort(kinds)
				if kinds[0].family() == kinds[1].family() || slices.Contains(kinds, YearDays) && slices.Contains(kinds, OtherInstalment) {
					continue
				}
			}
			if e, c, ok := difference(r, kinds); ok {
				all.count(t, kinds, &e, &c)
			}
		}
		identified := all.all - all.simpler
		t.Logf("%d planted, of %d readings each: %d found alone, %d first and %d behind others as simple, %d have a simpler one, %d not found",
			all.all, size, all.alone, all.top, all.shared, all.simpler, all.failed)
		if all.failed*100 > identified {
			t.Errorf("%d of %d not found; at most one in a hundred", all.failed, identified)
		}
	}
}

// figures counts the different figures within 30 % of the expected amount that
// readings give, alone and in pairs: what chance has to hit.
func figures(e *Expected, c *Credit, near func(int64) bool) int {
	x, _ := ours(e)
	all := map[int64]bool{}
	note := func(x figure) {
		for x.units = 1; x.units <= int64(x.f.OrderQuantity); x.units++ {
			if a, ok := x.amount(); ok && near(units(a)) {
				all[units(a)] = true
			}
		}
	}
	vs := readings(&x, e, c, &searched)
	note(x)
	for i := range vs {
		y := x
		vs[i].apply(&y)
		note(y)
		for j := i + 1; j < len(vs); j++ {
			if z := y; vs[i].Kind.family() != vs[j].Kind.family() {
				vs[j].apply(&z)
				if a, ok := z.amount(); ok && near(units(a)) {
					all[units(a)] = true
				}
			}
		}
	}
	return len(all)
}

// Where nothing was planted, a cause is claimed no more often than chance has it:
// as often as a cent drawn at random is one of the figures that readings give.
func TestNoCauseBeyondChance(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, size := range []struct {
		name     string
		from, to int64 // minor units
	}{{"10 to 100", 1000, 10_000}, {"100 to 1,000", 10_000, 100_000}, {"1,000 to 10,000", 100_000, 1_000_000}, {"above 10,000", 1_000_000, 1e12}} {
		all, single, pair, chance := 0, 0, 0, 0.0
		for all < 2500 {
			w := random(r)
			e, ok := w.expected()
			n := units(e.Amount)
			if !ok || n < size.from || n >= size.to {
				continue
			}
			near := func(m int64) bool { return distance(m, n) > 1 && distance(m, n) <= n*3/10 }
			c := Credit{VendorCredit: invoicing.VendorCredit{Date: w.credited}}
			p := float64(figures(&e, &c, near)) / float64(2*(n*3/10-1))
			for range 25 {
				m := n + r.Int64N(2*(n*3/10)+1) - n*3/10
				if !near(m) {
					continue
				}
				c.Amount = money.Minor(m, w.currency)
				all, chance = all+1, chance+p
				if found := causes(&e, &c, &searched); len(found) > 0 && len(found[0].Readings) == 1 {
					single++
				} else if len(found) > 0 {
					pair++
				}
			}
		}
		t.Logf("%s: of %d without a cause %d get a single reading and %d a pair; chance has %.1f", size.name, all, single, pair, chance)
		if limit := chance + 4*math.Sqrt(chance) + 3; float64(single+pair) > limit {
			t.Errorf("%s: %d claimed, where chance has %.1f", size.name, single+pair, chance)
		}
	}
}

// Facts of any size are searched, or not, but never stop a run.
func TestCausesOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string, most int64) int64 { return rapid.Int64Range(0, most).Draw(t, name) }
		decimal := func(name string) money.Decimal { return money.NewDecimal(n(name, 1e17), int(n(name+" scale", 12))) }
		cur := money.MustCurrency(rapid.SampledFrom([]string{"USD", "JPY", "KWD", "EUR"}).Draw(t, "currency"))
		price := func(name string) money.Share {
			return money.Minor(n(name, 1e16), cur).Of(n(name+" units", 1e9), 1+n(name+" of", 1e9))
		}
		f := &Facts{Plan: invoicing.Plan(1 + n("plan", 1)), TermMonths: int(n("term", 70)), PeriodDays: int(n("period", 2000)), DaysUsed: int(n("used", 2000)),
			DaysRemaining: int(n("left", 2000)), Grace: n("grace", 1) == 1, Basis: invoicing.PriceBasis(1 + n("basis", 1)), Price: price("price"),
			PurchasePrice: price("purchase"), CurrentPrice: price("current"), OrderQuantity: int(n("order", 1e9)), FeeRate: money.NewDecimal(n("fee", 100), 2),
			FeeBase: policy.FeeBase(n("fee base", 2)), FeeBaseAmount: money.Minor(n("base", 1e16), cur), Remaining: money.Minor(n("remaining", 1e16), cur),
			TaxRate: decimal("tax"), Before: Instalment{price("before"), int(n("days", 40))}, PricingPrice: money.Minor(n("pricing", 1e16), money.USD).Of(1, 1), PricingRate: decimal("rate")}
		e := Expected{Quantity: int(n("quantity", 1e9)), Amount: money.Minor(1+n("expected", 1e16), cur), Date: day("2026-05-01"), Start: day("2025-01-01"), Facts: f}
		c := Credit{VendorCredit: invoicing.VendorCredit{Date: day("2026-06-01"), Amount: money.Minor(1+n("credited", 1e16), cur)}}
		rates := []money.Decimal{decimal("r1"), decimal("r2"), decimal("r3")}
		p := usual
		p.Rate = func(d money.Date, c money.Currency) (money.Decimal, bool) {
			return rates[(int(d)+len(c.String())+c.Digits())%3], true
		}
		for _, x := range causes(&e, &c, &p) {
			if len(x.Readings) == 0 || len(x.Readings) > 2 || x.String() == "" {
				t.Fatalf("a cause without words: %+v", x)
			}
		}
	})
}

// What a cause says is in the words of finance, with its figures.
func TestWordsOfACause(t *testing.T) {
	d := invoicing.Decision{Outcome: invoicing.Approved, Account: "C1", Start: day("2026-01-01"), Plan: invoicing.Upfront, TermMonths: 12,
		Request: invoicing.Request{ID: "R1", Date: day("2026-01-07"), Action: invoicing.Refund, Order: "O1", Quantity: 1},
		Basis:   invoicing.PurchaseBasis, Price: money.Must("1200.00 USD").Of(1, 1), PurchasePrice: money.Must("1200.00 USD").Of(1, 1),
		PeriodDays: 365, DaysUsed: 6, DaysRemaining: 359, OrderQuantity: 1, Prorated: money.Must("1180.27 USD"),
		FeeRate: money.NewDecimal(12, 2), FeeBase: money.Must("1180.27 USD"), Fee: money.Must("141.63 USD"), Refund: money.Must("1038.64 USD"),
		Rules: invoicing.Cite(invoicing.PRO3, invoicing.FEE1)}
	e, ok := ExpectedOf(&d, &policy.Parameters{FeeRate: money.NewDecimal(12, 2), DueDays: 10}) // worked example 2
	if !ok || e.DueOn != day("2026-01-17") {
		t.Fatalf("expected: %+v, %v", e, ok)
	}
	for credited, want := range map[string]string{
		"1180.27 USD": "no early termination fee",
		"1035.75 USD": "358 days remaining against 359",
		"1038.69 USD": "a period of 366 days against 365",
		"1056.00 USD": "the full price, as within the days of grace",
		"1177.05 USD": "no early termination fee and a period of 366 days against 365, with the same days remaining",
		"123.45 USD":  "no reading known gives the vendor's figure",
	} {
		c := Credit{VendorCredit: invoicing.VendorCredit{Date: day("2026-01-09"), Amount: money.Must(credited)}, Nth: 1}
		b := Break{Class: AmountDifference, Group: Group{Expected: []Expected{e}, Credits: []Credit{c}}, Causes: causes(&e, &c, &usual)}
		if got := b.Cause(); got != want {
			t.Errorf("%s: %q, want %q", credited, got, want)
		}
	}
	grace := *e.Facts // of 1,200.00 refunded in full within the days of grace
	grace.Grace = true
	e.Facts, e.Amount = &grace, money.Must("1200.00 USD")
	c := Credit{VendorCredit: invoicing.VendorCredit{Date: day("2026-01-09"), Amount: money.Must("1038.64 USD")}, Nth: 1}
	if got := causes(&e, &c, &usual); len(got) != 1 || got[0].Name() != "grace denied" {
		t.Errorf("prorated instead of in full: %v", got)
	}
	d.Refund = money.Zero(money.USD)
	if _, ok := ExpectedOf(&d, &policy.Parameters{}); ok {
		t.Error("EXC-6: nothing comes back, so nothing is expected")
	}
}

// Differences are summed up by their likeliest cause.
func TestSummarize(t *testing.T) {
	fee := Cause{[]Reading{{Kind: FeeLeftOut}}}
	broken := func(s Status, credited string, causes ...Cause) Break {
		return Break{Class: AmountDifference, Status: s, Causes: causes, Group: Group{Expected: []Expected{expects("R", "100.00 USD", "2026-05-01")},
			Credits: []Credit{{VendorCredit: credits(1, credited, "2026-05-02")}}}}
	}
	counts, of := Summarize([]Break{broken(Open, "90.00 USD"), broken(Open, "112.00 USD", fee), broken(Accepted, "111.00 USD", fee, fee), {Class: NotYetDue}})
	if of != 3 || len(counts) != 2 || counts[0].Cause != "fee left out" || counts[0].Count != 2 || counts[0].Shared != 1 {
		t.Fatalf("of %d: %+v", of, counts)
	}
	if over, short := counts[0].Over.Number(money.USD), counts[1].Short.Number(money.USD); over != "23.00" || short != "10.00" || counts[0].Short.Count != 0 {
		t.Errorf("sums: %+v", counts)
	}
	if counts[0].Settings != "fee.rate" || counts[1].Settings != "" || counts[0].Open != 1 {
		t.Errorf("what finance learns: %+v", counts)
	}
}
