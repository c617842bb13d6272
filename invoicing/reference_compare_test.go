package invoicing_test

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/policy"

	"pgregory.net/rapid"
)

// TestReferenceAgrees: on random worlds the core decides every request, night by
// night, as the reference does, and what it writes holds together.
func TestReferenceAgrees(t *testing.T) {
	if longProof {
		more(t, 13000)
	}
	requests := 0
	rapid.Check(t, func(t *rapid.T) {
		requests += checkWorld(t, drawWorld(t))
	})
	t.Logf("%d decisions compared", requests)
	if longProof && requests < 100000 && !t.Failed() {
		t.Errorf("%d decisions are too few for a long proof", requests)
	}
}

// more asks rapid for more draws, for one test.
func more(t *testing.T, checks int) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	old := f.Value.String()
	if err := f.Value.Set(fmt.Sprint(checks)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(old) })
}

// checkWorld compares the core with the reference, and checks what is written
// each night. It returns how many decisions were compared.
func checkWorld(t tester, w world) int {
	t.Helper()
	want, money, open := referenceNights(w)
	y, n := newNightly(w), 0
	for i := range w.nights {
		y.learn(w.nights[i])
		got := y.play(t, i)
		if reversesOpen(got, open) {
			return n
		}
		n += compare(t, w, i, want[i], got)
		for _, s := range got {
			checkSettlement(t, s)
			checkLines(t, y, s)
		}
		checkMoney(t, y, money[i], open, got)
		if !slices.ContainsFunc(got, changesOrders) {
			checkTwice(t, y, i) // else a request that stands before what changes its order finds it changed the second time
		}
		checkStates(t, y)
	}
	return n
}

// changesOrders reports whether a settlement bought orders or gave one its size back (EXC-6).
func changesOrders(s *invoicing.Settlement) bool {
	return len(s.Bought) > 0 || slices.ContainsFunc(s.Reversed, func(r invoicing.Reversal) bool { return r.Resized })
}

// reversesOpen reports whether a reversal is decided on an account of which RULES.md
// leaves an amount open: what stands in its way is then open too, and all that follows.
func reversesOpen(settled []*invoicing.Settlement, open map[string]bool) bool {
	return slices.ContainsFunc(settled, func(s *invoicing.Settlement) bool {
		return slices.ContainsFunc(s.Decisions, func(d invoicing.Decision) bool {
			return d.Request.Action == invoicing.Reverse && open[d.Account]
		})
	})
}

// compare matches one night's decisions.
func compare(t tester, w world, night int, want map[string]expected, got []*invoicing.Settlement) int {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range got {
		for i := range s.Decisions {
			d := &s.Decisions[i]
			e, ok := want[d.Request.ID]
			if !ok || seen[d.Request.ID] {
				t.Errorf("night %d: %s is decided and should not be, or twice", night, d.Request.ID)
				continue
			}
			seen[d.Request.ID] = true
			if is, should := shown(d), e.shown(d); is != should {
				t.Errorf("night %d (%s), %s: the core and the reference differ\n%s", night, w.nights[night].asOf, d.Request.ID,
					differences(should, is)+w.about(d.Request))
			}
		}
	}
	for id := range want {
		if !seen[id] {
			t.Errorf("night %d: %s is not decided\n%s", night, id, w)
		}
	}
	return len(seen)
}

// shown is a decision as text, a field a line.
func shown(d *invoicing.Decision) string {
	e := expected{account: d.Account, outcome: d.Outcome, reasons: d.Reasons,
		basis: d.Basis, basisAmount: d.BasisAmount().Number(),
		periodDays: d.PeriodDays, daysUsed: d.DaysUsed, daysLeft: d.DaysRemaining, prorated: d.Prorated.Number(),
		feeRate: d.FeeRate.String(), fee: d.Fee.Number(), refund: d.Refund.Number(), remaining: d.Remaining.Number(),
		canceled: d.Canceled.Number(), measured: d.LimitMeasured.Number(), left: d.LimitRemaining.Number(),
		availableOn: d.LimitAvailableOn.String(), maxQuantity: d.MaxQuantity, expiresOn: d.CreditExpiresOn.String(),
		funding: d.Funding, lifetime: d.Lifetime.Number(), returned: d.ExchangeCanceled.Number(), resized: d.Resized != ""}
	return e.text()
}

// shown is what is expected, with what RULES.md leaves open taken from the decision.
func (e expected) shown(d *invoicing.Decision) string {
	if e.feeRate == "" {
		e.feeRate = d.FeeRate.String()
	}
	if e.premium || e.reasons.Has(invoicing.ReservationUnknown) || e.reasons.Has(invoicing.AccountUnknown) {
		e.lifetime, e.returned = d.Lifetime.Number(), d.ExchangeCanceled.Number() // of a part of it, or not compared: no rule asks to show them
	}
	if d.Outcome == invoicing.Withdrawn || d.Request.Action == invoicing.Withdraw || d.Reasons.Has(invoicing.NotApproved) {
		e.account = d.Account // where it can be said
	}
	if r := e.refund; r != "" && rat(r).Sign() == 0 {
		e.expiresOn = d.CreditExpiresOn.String() // a lot of nothing need not be granted
	}
	return e.text()
}

func (e expected) text() string {
	var reasons []string
	for _, r := range e.reasons.List() {
		reasons = append(reasons, r.String())
	}
	return fmt.Sprintf("account %s\noutcome %s\nreasons %s\nbasis %s %s\ndays %d used %d left %d\nprorated %s\nfee rate %s\nfee %s\n"+
		"refund %s\nremaining %s\ncanceled %s\nmeasured %s\nlimit left %s\navailable on %s\nmax quantity %d\nexpires on %s\n"+
		"funding %s\nlifetime %s\nreturned %s\nresized %t\n",
		e.account, e.outcome, strings.Join(reasons, ";"), e.basis, e.basisAmount, e.periodDays, e.daysUsed, e.daysLeft, e.prorated,
		e.feeRate, e.fee, e.refund, e.remaining, e.canceled, e.measured, e.left, e.availableOn, e.maxQuantity, e.expiresOn,
		e.funding, e.lifetime, e.returned, e.resized)
}

// differences lists the lines that differ.
func differences(want, got string) string {
	var b strings.Builder
	gs := strings.Split(got, "\n")
	for i, line := range strings.Split(want, "\n") {
		if gs[i] != line {
			fmt.Fprintf(&b, "  reference: %-40s core: %s\n", line, gs[i])
		}
	}
	return b.String()
}

// TestReferenceWorldsReachEveryReason: the worlds are worth comparing on. Every reason
// occurs, much is approved, and of exchanges and transfers every kind. What is
// rare may take more worlds than the first 400.
func TestReferenceWorldsReachEveryReason(t *testing.T) {
	more(t, 400)
	count, kinds, approved, alone, total := map[invoicing.Reason]int{}, map[string]int{}, 0, 0, 0
	look := func(t *rapid.T) {
		w := drawWorld(t)
		requests := map[string]invoicing.Request{}
		for _, n := range w.nights {
			for _, q := range n.requests {
				requests[q.ID] = q
			}
		}
		for _, night := range reference(w) {
			for id, e := range night {
				if requests[id].Withdraws == "" {
					total++
				}
				if e.outcome == invoicing.Approved {
					approved++
					kinds[kindOf(requests[id], e)]++
				}
				if len(e.reasons.List()) == 1 && e.reasons.Has(invoicing.LimitExceeded) {
					alone++
				}
				for _, r := range e.reasons.List() {
					count[r]++
				}
			}
		}
	}
	missing := func() (what []string) {
		for r := invoicing.ReservationUnknown; r <= invoicing.MoneySent; r++ {
			rare := r == invoicing.PurchaseChanged || r == invoicing.CreditUsed // the case reverse-refused has them
			if count[r] == 0 && !rare {
				what = append(what, r.String())
			}
		}
		for _, kind := range []string{"Refund", "Refund of what was bought", "Return", "Return of what was bought", "Return for premium storage", "Purchase",
			"TransferOut", "TransferIn", "Withdraw", "Reverse"} {
			if kinds[kind] == 0 {
				what = append(what, "an approved "+kind)
			}
		}
		return what
	}
	rapid.Check(t, look)
	for more := 0; more < 4 && len(missing()) > 0; more++ {
		rapid.Check(t, look)
	}
	t.Logf("%d decisions, %d approved: %v; reasons %v", total, approved, kinds, count)
	if approved*7 < total || alone*100 < total {
		t.Errorf("of %d decisions %d are approved and %d exceed the limit alone", total, approved, alone)
	}
	if what := missing(); len(what) > 0 {
		t.Errorf("%d decisions reach no %s", total, strings.Join(what, ", no "))
	}
}

// kindOf is a word for what was approved; the worlds call what exchanges buy N.
func kindOf(q invoicing.Request, e expected) string {
	switch {
	case e.resized:
		return "Return for premium storage"
	case q.New == nil && strings.HasPrefix(q.Order, "N"):
		return q.Action.String() + " of what was bought"
	}
	return q.Action.String()
}

// TestReferencePolicyIsBuiltIn: the parameters written here by hand are those of the built-in policy.
func TestReferencePolicyIsBuiltIn(t *testing.T) {
	built, err := policy.Builtin("azure-2020")
	if err != nil {
		t.Fatal(err)
	}
	hand := azure2020()
	for _, bt := range policy.BillingTypes {
		got := *built.ByType[bt]
		h := *hand.ByType[bt]
		got.Tolerance, got.MatchDays, got.DueDays = h.Tolerance, h.MatchDays, h.DueDays // of reconciliation
		if a, b := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", h); a != b {
			t.Errorf("%s:\nbuilt in %s\nby hand  %s", bt, a, b)
		}
	}
}
