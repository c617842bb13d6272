package invoicing_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// setOff is BIL-INV-2: later purchases of the account draw on its held credits, oldest first.
func (r *refBiller) setOff(asOf day) {
	spendings := append(r.reservations(), r.owing...)
	sortSpendings(spendings)
	slices.SortStableFunc(r.held, func(a, b *refLot) int { return int(a.granted - b.granted) })
	for _, x := range spendings {
		for _, credit := range r.held {
			own := slices.Contains(credit.orders, x.order) && x.date == credit.granted
			if own {
				r.open[x.account] = true // RULES.md does not say whether a purchase draws on what its own return leaves over
			}
			if credit.account != x.account || credit.currency != x.currency || x.date < credit.granted || own {
				continue
			}
			if r.drawn[x.key] == nil {
				r.drawn[x.key] = new(big.Rat)
			}
			n := lesser(minus(x.amount, r.drawn[x.key]), minus(credit.amount, credit.used))
			stands := x.invoice
			for r.replaced[stands.number] != nil {
				stands = r.replaced[stands.number]
			}
			if open := r.stillOpen(stands); stands.total != nil && open != nil {
				n = lesser(n, open) // of one of ours, which may charge several purchases, no more than is open
			}
			if n.Sign() < 0 {
				continue // the register has less on its invoice than the purchase said: what was set off stands
			}
			if r.paid[stands.number] == nil {
				r.paid[stands.number] = new(big.Rat)
			}
			r.paid[stands.number] = plus(r.paid[stands.number], n)
			credit.used = plus(credit.used, n)
			r.drawn[x.key] = plus(r.drawn[x.key], n)
			r.drew(x.key, credit, n)
			r.write(x.account, x.currency, invoicing.SetOff.String(), n)
		}
	}
}

// reservations are the payments of orders that an invoice charges, for the gross of their lines on it.
func (r *refBiller) reservations() []refSpending {
	var out []refSpending
	seen := map[string]bool{}
	for _, p := range r.purchases {
		o := r.order(p.Order)
		a := r.account(o.account)
		if seen[p.Order] || a == nil || a.Type == policy.EA {
			continue
		}
		seen[p.Order] = true
		for _, paid := range o.paid {
			c := r.caseOf(invoicing.Request{Order: p.Order, Date: paid.date.date()}, o, a)
			v := c.received()
			if v == nil || o.exchanged {
				continue
			}
			if len(o.paid) > 1 && len(r.charging(p.Order)) > 0 && r.holds(o.account) {
				r.open[o.account] = true // which instalment does the one invoice charge?
			}
			out = append(out, refSpending{fmt.Sprintf("%s %d", p.Order, paid.date), o.account, p.Order, paid.date, v.currency,
				grossOf(v.charged(p.Order), v.currency, money.HalfUp), v})
		}
	}
	return out
}

// stillOpen is what is open of an invoice less what was set off against it (README, Decisions);
// nil where nobody says.
func (r *refBiller) stillOpen(v *refInvoice) *big.Rat {
	if v.open == nil || r.paid[v.number] == nil {
		return v.open
	}
	open := minus(v.open, r.paid[v.number])
	if open.Sign() < 0 {
		return new(big.Rat)
	}
	return open
}

func (r *refBiller) holds(account string) bool {
	return slices.ContainsFunc(r.held, func(l *refLot) bool { return l.account == account })
}

// heldText is what the reference has of held credits.
func (r *refBiller) heldText() string {
	s := lotSums{}
	for _, l := range r.held {
		s.add(fmt.Sprintf("%s %s held since %s", l.account, l.currency, l.granted), l.amount, l.used, l.expired)
	}
	return s.String()
}

// heldText is the same of the core's states.
func (y *nightly) heldText() string {
	s := lotSums{}
	for _, st := range y.states {
		for i := range st.Credits {
			if c := &st.Credits[i]; c.Kind == invoicing.HeldCreditKind {
				s.add(fmt.Sprintf("%s %s held since %s", c.Account, c.Amount.Code(), c.GrantedOn), ratOf(c.Amount), ratOf(c.Used), ratOf(c.Expired))
			}
		}
	}
	return s.String()
}

// writtenText is what was written on the night, by account, currency and kind.
func (r *refBiller) writtenText() string { return r.written.String() }

// writtenText is the same of the core's documents; expiries and revisions are looked at elsewhere.
func writtenText(settled []*invoicing.Settlement) string {
	r := refBiller{written: lotSums{}}
	for _, s := range settled {
		for i := range s.Documents {
			d := &s.Documents[i]
			if d.Type != invoicing.Expiry && d.Type != invoicing.InvoiceRevision {
				r.write(d.Account, d.Currency, d.Type.String(), ratOf(d.Gross))
			}
			for _, l := range d.Left {
				kind, amount := l.To.String(), ratOf(l.Amount)
				if amount.Sign() < 0 { // BIL-CARD-1: charged to the account's card
					kind = "owed"
					amount.Neg(amount)
				}
				r.write(d.Account, d.Currency, kind, amount)
			}
			if d.Owed.IsSet() {
				r.write(d.Account, d.Currency, "owed", ratOf(d.Owed))
			}
		}
	}
	return r.writtenText()
}

// checkMoney compares what the two have of the credits after a night, and what they wrote on it.
func checkMoney(t tester, y *nightly, want string, open map[string]bool, settled []*invoicing.Settlement) {
	t.Helper()
	want, got := without(open, want), without(open, y.lotsText()+y.heldText()+writtenText(settled))
	if got != want {
		t.Errorf("credits after %s, or documents of that night, differ\nreference:\n%score:\n%s%s", y.w.nights[y.run-1].asOf, want, got, y.w)
	}
}

// without leaves out the accounts of which RULES.md leaves an amount open.
func without(open map[string]bool, text string) string {
	out := ""
	for _, line := range strings.SplitAfter(text, "\n") {
		if id, _, _ := strings.Cut(line, " "); !open[id] {
			out += line
		}
	}
	return out
}
