package invoicing_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// checkSettlement checks what one group's night writes by itself, without the reference.
func checkSettlement(t tester, s *invoicing.Settlement) {
	t.Helper()
	refunds, lots := map[string]money.Money{}, map[string]money.Money{}
	for i := range s.Decisions {
		d := &s.Decisions[i]
		checkDecision(t, d)
		if d.Outcome == invoicing.Approved && d.Funding == invoicing.Prepayment && d.Refund.Sign() > 0 {
			add(refunds, d.Account, d.Refund)
		}
	}
	for i := range s.Granted {
		if c := &s.Granted[i]; c.Kind == invoicing.PrepaymentLot && c.Amount.Sign() > 0 {
			add(lots, c.Account, c.Amount)
		}
	}
	if a, b := fmt.Sprint(refunds), fmt.Sprint(lots); a != b { // OUT-8 (c)
		t.Errorf("%s: refunds from prepayment %s, lots granted %s", s.Group, a, b)
	}
	for i := range s.Documents {
		d := &s.Documents[i]
		checkPostings(t, d)
		if d.Number == "" || d.IssueDate != s.AsOf {
			t.Errorf("a document of %s has the number %q and the date %s, as of %s", s.Group, d.Number, d.IssueDate, s.AsOf) // DOC-1
		}
		if d.Type == invoicing.InvoiceDoc {
			checkLeftOver(t, s, d)
		}
	}
}

// add sums by account and currency.
func add(sums map[string]money.Money, account string, m money.Money) {
	key := account + " " + m.Code()
	if sums[key].IsSet() {
		m = m.Add(sums[key])
	}
	sums[key] = m
}

// checkDecision: refund + fee = prorated, 0 <= fee <= prorated (FEE-1, FEE-3); an approved decision names its documents.
func checkDecision(t tester, d *invoicing.Decision) {
	t.Helper()
	if d.Prorated.IsSet() {
		if d.Fee.Sign() < 0 || d.Fee.Cmp(d.Prorated) > 0 || d.Refund.Add(d.Fee).Cmp(d.Prorated) != 0 {
			t.Errorf("%s: prorated %s, fee %s, refund %s", d.Request.ID, d.Prorated, d.Fee, d.Refund)
		}
	}
	if d.Outcome == invoicing.Approved && len(d.Documents) == 0 && d.Resized == "" && d.Basis != 0 {
		t.Errorf("%s is approved and has no document", d.Request.ID)
	}
	if d.Outcome != invoicing.Approved && len(d.Documents) != 0 {
		t.Errorf("%s is %s and has documents", d.Request.ID, d.Outcome)
	}
	for _, ref := range d.Documents {
		if ref.Number == "" {
			t.Errorf("%s names a document without a number", d.Request.ID)
		}
	}
}

// checkPostings: debits = credits, each side above zero, one of the two (DOC-5);
// the movement on Receivable is the document's gross (OUT-8 e), but for what is left over.
func checkPostings(t tester, d *invoicing.Document) {
	t.Helper()
	sum := new(big.Rat)
	for _, p := range invoicing.Postings(nil, d) {
		if p.Debit.IsSet() == p.Credit.IsSet() {
			t.Errorf("%s posts %+v", d.Number, p)
			continue
		}
		if p.Debit.IsSet() {
			sum.Add(sum, ratOf(p.Debit))
		} else {
			sum.Sub(sum, ratOf(p.Credit))
		}
		if p.Debit.Sign() < 0 || p.Credit.Sign() < 0 {
			t.Errorf("%s posts a negative amount: %+v", d.Number, p)
		}
	}
	if sum.Sign() != 0 {
		t.Errorf("%s does not balance: %s", d.Number, sum.FloatString(4))
	}
	if d.Net.Add(d.Tax).Cmp(d.Gross) != 0 {
		t.Errorf("%s: net %s + tax %s is not gross %s", d.Number, d.Net, d.Tax, d.Gross)
	}
}

// checkLeftOver: gross cancelled = gross of the new invoice + what is left over (OUT-8 b).
func checkLeftOver(t tester, s *invoicing.Settlement, inv *invoicing.Document) {
	t.Helper()
	difference := inv.Gross.Neg()
	for i := range s.Documents {
		cn := &s.Documents[i]
		for _, c := range cn.Cancels {
			for _, r := range inv.Replaces {
				if cn.Type == invoicing.CreditNote && c == r {
					difference = difference.Add(cn.Gross)
				}
			}
		}
	}
	left := money.Zero(inv.Currency)
	for _, l := range inv.Left {
		left = left.Add(l.Amount)
		restores := slices.ContainsFunc(s.Reversed, func(x invoicing.Reversal) bool { return slices.Contains(inv.Requests, x.By) })
		if l.Amount.Sign() == 0 || (l.Amount.Sign() < 0) != restores && l.To != invoicing.ToCard {
			t.Errorf("%s leaves %s over to %s", inv.Number, l.Amount, l.To)
		}
	}
	if inv.Owed.IsSet() {
		left = left.Sub(inv.Owed)
	}
	if left.Cmp(difference) != 0 {
		t.Errorf("%s: cancelled less new is %s, left over is %s", inv.Number, difference, left)
	}
}

// checkTwice: a night settled again, with nothing new, approves nothing and
// writes nothing. A held request may be rejected now: another one, later in the
// same night, has taken the units or the limit.
func checkTwice(t tester, y *nightly, n int) {
	t.Helper()
	asOf := y.w.nights[n].asOf
	for _, b := range y.books(asOf) {
		b.Openings = nil // they were read
		s, err := invoicing.Settle(b, y.market(), y.chain, asOf)
		if err != nil {
			t.Fatalf("settle %s again: %v", b.Group, err)
		}
		for i := range s.Decisions {
			if d := &s.Decisions[i]; d.Outcome == invoicing.Approved {
				t.Errorf("settled again with nothing new, %s is %s\n%s", d.Request.ID, d.Outcome, y.w.about(d.Request))
			}
		}
		if len(s.Documents)+len(s.Uses)+len(s.Granted)+len(s.Draws)+len(s.Expired) > 0 {
			t.Errorf("settled again with nothing new, %s writes %d documents", b.Group, len(s.Documents))
		}
	}
}

// checkStates checks what all nights so far have left: limits, units, credits.
func checkStates(t tester, y *nightly) {
	t.Helper()
	checkWindows(t, y)
	checkUnits(t, y)
	checkCredits(t, y)
}

// checkWindows: no window of 365 consecutive days holds more than the limit (LIM-2), by the
// approved decisions alone, and the state counts the same.
func checkWindows(t tester, y *nightly) {
	t.Helper()
	byAccount := map[string]map[day]int64{}
	total := map[string]int64{}
	for _, s := range y.settled {
		for i := range s.Decisions {
			d := &s.Decisions[i]
			if d.Outcome != invoicing.Approved || d.Request.Action != invoicing.Refund || y.undone(d.Request.ID) { // LIM-4
				continue
			}
			if byAccount[d.Account] == nil {
				byAccount[d.Account] = map[day]int64{}
			}
			byAccount[d.Account][dayOf(d.Request.Date)] += cents(ratOf(d.LimitMeasured))
			total[d.Account] += cents(ratOf(d.LimitMeasured))
		}
	}
	for account, uses := range byAccount {
		for first := range uses { // the fullest windows begin with a use
			var sum int64
			for d := first; d < first+365; d++ {
				sum += uses[d]
			}
			if sum > 50000_00 {
				t.Errorf("%s: %s USD in the 365 days from %s", account, dollars(sum), first)
			}
		}
		for _, u := range y.states[account].Uses {
			if strings.HasPrefix(u.Request, "#") { // from before the ledger
				continue
			}
			total[account] -= cents(ratOf(u.USD))
		}
		if total[account] != 0 {
			t.Errorf("%s: the state counts %s USD less than was approved", account, dollars(total[account]))
		}
	}
}

// undone reports whether a request has been reversed.
func (y *nightly) undone(id string) bool {
	return slices.ContainsFunc(y.settled, func(s *invoicing.Settlement) bool {
		return slices.ContainsFunc(s.Reversed, func(x invoicing.Reversal) bool { return x.Request == id })
	})
}

// checkUnits: an order never gives back more units than it has, nor more money than was paid for a period (PRO-10).
func checkUnits(t tester, y *nightly) {
	t.Helper()
	units := map[string]int{}
	money := map[string]*big.Rat{}
	for _, s := range y.settled {
		for i := range s.Decisions {
			d := &s.Decisions[i]
			if d.Outcome != invoicing.Approved || d.Request.New != nil || d.Resized != "" || d.Basis == 0 || y.undone(d.Request.ID) {
				continue
			}
			o := y.order(d.Request.Order)
			units[d.Request.Order] += d.Request.Quantity
			if units[d.Request.Order] > o.quantity {
				t.Errorf("%s: %d of %d units returned", d.Request.Order, units[d.Request.Order], o.quantity)
			}
			key := d.Request.Order + " " + d.PeriodStart.String()
			if money[key] == nil {
				money[key] = new(big.Rat)
			}
			money[key].Add(money[key], ratOf(d.Prorated))
			paid := (&refCase{biller: &y.refBiller, order: o, date: dayOf(d.Request.Date)}).period().paidForPeriod
			if money[key].Cmp(paid) > 0 {
				t.Errorf("%s: %s prorated, %s was paid for the period", key, money[key].FloatString(3), paid.FloatString(3))
			}
		}
	}
}

// checkCredits: granted = used + expired + balance, by what the settlements say and by what the states say (OUT-8 d), and the
// held credits are the balance of Liability:HeldCredit (OUT-8 e).
func checkCredits(t tester, y *nightly) {
	t.Helper()
	used, expired, held := map[string]*big.Rat{}, map[string]*big.Rat{}, map[string]*big.Rat{}
	sum := func(into map[string]*big.Rat, key string, m money.Money, sign int) {
		if into[key] == nil {
			into[key] = new(big.Rat)
		}
		into[key].Add(into[key], times(ratOf(m), whole(sign)))
	}
	for _, s := range y.settled {
		for i := range s.Opened {
			if o := &s.Opened[i]; o.Kind == invoicing.OpeningHeld {
				sum(held, o.Account+" "+o.Amount.Code(), o.Amount, 1)
			}
		}
		for _, d := range s.Draws {
			sum(used, d.Credit.Number, d.Amount, 1)
		}
		for _, x := range s.Expired {
			sum(expired, x.Credit.Number, x.Amount, 1)
		}
		for i := range s.Documents {
			for _, p := range invoicing.Postings(nil, &s.Documents[i]) {
				if p.Account != "Liability:HeldCredit" {
					continue
				}
				if p.Credit.IsSet() {
					sum(held, s.Documents[i].Account+" "+p.Credit.Code(), p.Credit, 1)
				} else {
					sum(held, s.Documents[i].Account+" "+p.Debit.Code(), p.Debit, -1)
				}
			}
		}
	}
	for _, st := range y.states {
		for i := range st.Credits {
			c := &st.Credits[i]
			checkCredit(t, c, used[c.Document.Number], expired[c.Document.Number])
			if c.Kind == invoicing.HeldCreditKind {
				sum(held, c.Account+" "+c.Amount.Code(), c.Balance(), -1)
			}
		}
	}
	for key, rest := range held {
		if rest.Sign() != 0 {
			t.Errorf("%s: Liability:HeldCredit and the held credits differ by %s", key, rest.FloatString(3))
		}
	}
}

func checkCredit(t tester, c *invoicing.Credit, used, expired *big.Rat) {
	t.Helper()
	if used == nil {
		used = new(big.Rat)
	}
	if expired == nil {
		expired = new(big.Rat)
	}
	if c.Balance().Sign() < 0 || ratOf(c.Used).Cmp(used) != 0 || ratOf(c.Expired).Cmp(expired) != 0 {
		t.Errorf("credit %s of %s: used %s and expired %s, the settlements say %s and %s, balance %s",
			c.Document.Number, c.Amount, c.Used, c.Expired, used.FloatString(3), expired.FloatString(3), c.Balance())
	}
}
