package jobs

import (
	"cmp"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// Comparison says what two policies decide differently (POL-5). A is the first of
// the two, B the second, and a difference is B less A.
type Comparison struct {
	Requests int // lines that both decided or hold
	Same     int // of them decided the same
	Outcomes []OutcomeChange
	Accounts []AccountChange // those that differ, by account and currency
	Sums     []AccountChange // by currency, over all accounts
	Changes  []RequestChange // lines that differ, by group of accounts, account, date and id
}

// OutcomeChange counts the lines that A decides one way and B another.
type OutcomeChange struct {
	A, B  invoicing.Outcome
	Lines int
}

// AccountChange is the money of one account in one currency, of what is approved;
// Lines are those that differ. USD is what counts against the refund limit.
type AccountChange struct {
	Account                      string
	Currency                     money.Currency
	Lines                        int
	RefundA, RefundB, FeeA, FeeB money.Money
	USDA, USDB                   money.Money
}

// RequestChange is one line that is decided differently.
type RequestChange struct {
	Request, Order, Account string
	Date                    money.Date
	Action                  invoicing.Action
	A, B                    RequestVerdict
}

// RequestVerdict is what one policy says of a line. Amounts are unset where they
// cannot be computed.
type RequestVerdict struct {
	Outcome     invoicing.Outcome
	Reasons     invoicing.Reasons
	Fee, Refund money.Money
	LimitUSD    money.Money // what it measures against the limit
}

// compared gathers what differs.
func compared(groups []*replayed) *Comparison {
	c := &Comparison{}
	for _, g := range groups {
		first := len(c.Changes)
		for i := range g.Requests {
			a, b := &g.sides[0].verdicts[i], &g.sides[1].verdicts[i]
			if a.outcome != 0 && b.outcome != 0 {
				c.add(&g.Requests[i].Request, a, b)
			}
		}
		slices.SortFunc(c.Changes[first:], func(x, y RequestChange) int {
			return cmp.Or(cmp.Compare(x.Account, y.Account), cmp.Compare(x.Date, y.Date), cmp.Compare(x.Request, y.Request))
		})
	}
	c.Accounts = slices.DeleteFunc(c.Accounts, func(x AccountChange) bool { return x.Lines == 0 })
	slices.SortFunc(c.Outcomes, func(x, y OutcomeChange) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) })
	return c
}

func (c *Comparison) add(r *invoicing.Request, a, b *verdict) {
	c.Requests++
	differs := a.outcome != b.outcome || a.reasons != b.reasons || a.refund != b.refund || a.fee != b.fee || a.counts != b.counts
	if differs {
		c.Changes = append(c.Changes, RequestChange{r.ID, r.Order, cmp.Or(a.account, b.account), r.Date, r.Action, a.told(), b.told()})
	} else {
		c.Same++
	}
	if a.outcome != b.outcome {
		c.outcome(a.outcome, b.outcome)
	}
	currency := cmp.Or(a.refund.Currency(), b.refund.Currency())
	if currency.IsZero() {
		return // no amount could be computed
	}
	add(&c.Accounts, cmp.Or(a.account, b.account), currency, a, b, differs)
	add(&c.Sums, "", currency, a, b, differs)
}

func (c *Comparison) outcome(a, b invoicing.Outcome) {
	for i := range c.Outcomes {
		if c.Outcomes[i].A == a && c.Outcomes[i].B == b {
			c.Outcomes[i].Lines++
			return
		}
	}
	c.Outcomes = append(c.Outcomes, OutcomeChange{a, b, 1})
}

func add(all *[]AccountChange, account string, currency money.Currency, a, b *verdict, differs bool) {
	at, ok := slices.BinarySearchFunc(*all, account, func(x AccountChange, id string) int {
		if n := cmp.Compare(x.Account, id); n != 0 {
			return n
		}
		return cmp.Compare(x.Currency.String(), currency.String())
	})
	if !ok {
		zero, usd := money.Zero(currency), money.Zero(money.USD)
		*all = slices.Insert(*all, at, AccountChange{account, currency, 0, zero, zero, zero, zero, usd, usd})
	}
	x := &(*all)[at]
	if differs {
		x.Lines++
	}
	a.into(&x.RefundA, &x.FeeA, &x.USDA)
	b.into(&x.RefundB, &x.FeeB, &x.USDB)
}

// into adds what is approved.
func (v *verdict) into(refund, fee, usd *money.Money) {
	if v.outcome != invoicing.Approved || !v.refund.IsSet() {
		return
	}
	*refund, *fee = refund.Add(v.refund), fee.Add(v.fee)
	if v.counts.IsSet() {
		*usd = usd.Add(v.counts)
	}
}

func (v *verdict) told() RequestVerdict {
	return RequestVerdict{v.outcome, v.reasons, v.fee, v.refund, v.counts}
}
