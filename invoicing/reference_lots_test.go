package invoicing_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// refLot is a credit lot of EA prepayment (BIL-EA-2).
type refLot struct {
	account, order        string
	orders                []string // that were returned, of a held credit
	currency              money.Currency
	granted, expires      day
	amount, used, expired *big.Rat
}

// refSpending is what may draw on lots: a purchase by prepayment, or a charge.
type refSpending struct {
	key, account, order string
	date                day
	currency            money.Currency
	amount              *big.Rat
	invoice             *refInvoice // that charged it, for a held credit
}

// draw lets everything that is known draw what it has not drawn yet, by date, on the lots that
// are valid on its date, earliest expiry first; late ones draw on expired lots all the same.
func (r *refBiller) draw() {
	spendings := r.spendings()
	sortSpendings(spendings)
	slices.SortStableFunc(r.lots, func(a, b *refLot) int { return int(a.expires - b.expires) })
	for _, x := range spendings {
		for _, lot := range r.lots {
			// RULES.md is silent on this: the purchase that a lot pays back does not draw on it.
			own := x.order != "" && x.order == lot.order && x.date == lot.granted
			if own && len(spendings) > 1 && len(r.lots) > 1 {
				r.open[x.account] = true // who draws on what first then makes a difference
			}
			if lot.account != x.account || lot.currency != x.currency || x.date < lot.granted || x.date > lot.expires || own {
				continue
			}
			if r.drawn[x.key] == nil {
				r.drawn[x.key] = new(big.Rat)
			}
			n := lesser(minus(x.amount, r.drawn[x.key]), minus(lot.amount, lot.used))
			lot.used = plus(lot.used, n)
			r.drawn[x.key] = plus(r.drawn[x.key], n)
			r.drew(x.key, lot, n)
		}
	}
}

// expire takes what is unused after the last day; a draw that came late takes it back.
func (r *refBiller) expire(asOf day) {
	for _, lot := range r.lots {
		if lot.expires < asOf {
			lot.expired = minus(lot.amount, lot.used)
		}
	}
}

// spendings are the payments of EA orders and the charges.
func (r *refBiller) spendings() []refSpending {
	var out []refSpending
	seen := map[string]bool{}
	for _, p := range r.purchases {
		o := r.order(p.Order)
		a := r.account(o.account)
		if seen[p.Order] || a == nil || a.Type != policy.EA {
			continue
		}
		seen[p.Order] = true
		c := r.caseOf(invoicing.Request{Order: p.Order, Date: o.start.date()}, o, a)
		if c.funding() != invoicing.Prepayment || o.exchanged {
			continue
		}
		for _, paid := range o.paid {
			out = append(out, refSpending{fmt.Sprintf("%s %d", p.Order, paid.date), o.account, p.Order, paid.date, o.currency, paid.amount, nil})
		}
	}
	out = append(out, r.charged...)
	for _, c := range r.charges {
		out = append(out, refSpending{c.Source.String(), c.Account, "", dayOf(c.Date), c.Amount.Currency(), ratOf(c.Amount), nil})
	}
	return out
}

// lotSums are used and expired by account, currency and days of validity: which of two
// lots with the same days is drawn on first makes no difference to anybody.
type lotSums map[string][3]*big.Rat

func (s lotSums) add(key string, amount, used, expired *big.Rat) {
	sum, ok := s[key]
	if !ok {
		sum = [3]*big.Rat{new(big.Rat), new(big.Rat), new(big.Rat)}
	}
	s[key] = [3]*big.Rat{plus(sum[0], amount), plus(sum[1], used), plus(sum[2], expired)}
}

func (s lotSums) String() string {
	out := ""
	for _, key := range slices.Sorted(maps.Keys(s)) {
		x := s[key]
		out += fmt.Sprintf("%s: granted %s used %s expired %s\n", key, x[0].FloatString(3), x[1].FloatString(3), x[2].FloatString(3))
	}
	return out
}

// lotsText is what the reference has of all lots that hold anything.
func (r *refBiller) lotsText() string {
	s := lotSums{}
	for _, l := range r.lots {
		if l.amount.Sign() > 0 {
			s.add(fmt.Sprintf("%s %s %s..%s", l.account, l.currency, l.granted, l.expires), l.amount, l.used, l.expired)
		}
	}
	return s.String()
}

// lotsText is the same of the core's states.
func (y *nightly) lotsText() string {
	s := lotSums{}
	for _, st := range y.states {
		for i := range st.Credits {
			c := &st.Credits[i]
			if c.Kind == invoicing.PrepaymentLot && c.Amount.Sign() > 0 {
				s.add(fmt.Sprintf("%s %s %s..%s", c.Account, c.Amount.Code(), c.GrantedOn, c.ExpiresOn),
					ratOf(c.Amount), ratOf(c.Used), ratOf(c.Expired))
			}
		}
	}
	return s.String()
}

// memo is BIL-EA-3: a credit memo over the refund, with the tax of the line that it credits; all memos
// of an invoice are rounded together (README, Decisions).
func (r *refBiller) memo(y *refReturned) {
	v, rate, cur, how := y.c.original(), y.c.taxRate(), y.c.order.currency, y.c.rules.Rounding
	key := v.account + " " + v.number + " " + rate
	so, ok := r.memos[key]
	if !ok {
		so = [2]*big.Rat{new(big.Rat), new(big.Rat)}
	}
	var all []refLine // of the invoice, with that rate
	total := new(big.Rat)
	for _, l := range v.lines {
		if l.rate == rate {
			all, total = append(all, l), plus(total, l.net)
		}
	}
	net := plus(so[0], y.a.refund)
	tax := rounded(times(net, over(rat(rate), whole(100))), cur.Digits(), how)
	if net.Cmp(total) == 0 {
		tax = minus(grossOf(all, cur, how), total)
	}
	r.memos[key] = [2]*big.Rat{net, tax}
	r.now.memos = append(r.now.memos, refMemo{v.account, key, cur, y.a.refund, minus(tax, so[1])})
	r.write(y.c.account.ID, cur, invoicing.CreditMemo.String(), plus(y.a.refund, minus(tax, so[1])))
}

// sortSpendings is by date; of one date, of which no rule speaks, by order, and charges last.
func sortSpendings(all []refSpending) {
	slices.SortStableFunc(all, func(a, b refSpending) int {
		if a.date != b.date {
			return int(a.date - b.date)
		}
		return strings.Compare(cmp.Or(a.order, "|"), cmp.Or(b.order, "|"))
	})
}
