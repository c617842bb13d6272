package invoicing_test

import (
	"math/big"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// TestValueFallsDayByDay: what a monthly order is still worth, prorated amount
// and remaining commitment, falls by one day's part of the instalment from each
// day to the next, on instalment dates as on any other (PRO-4), for any start
// day, over leap days and month ends.
func TestValueFallsDayByDay(t *testing.T) {
	for _, start := range []string{"2024-01-31", "2024-02-29", "2023-08-30", "2025-03-01", "2024-12-31"} {
		for _, amount := range []string{"100.00 USD", "7 JPY", "33.333 KWD"} {
			o := invoicing.Purchase{Date: date(t, start), Term: 12, Plan: invoicing.Monthly, Quantity: 1, Amount: money.Must(amount)}
			t.Run(start+" "+amount, func(t *testing.T) { fallsDayByDay(t, o) })
		}
	}
}

func fallsDayByDay(t *testing.T, o invoicing.Purchase) {
	end := dayOf(o.Date).months(o.Term)
	tolerance := rat(money.Minor(1, o.Amount.Currency()).Number()) // two roundings, of half a minor unit each
	before, part := new(big.Rat), new(big.Rat)
	for d := dayOf(o.Date); d < end; d++ {
		got := appraise(t, o, d)
		value := plus(ratOf(got.Prorated), ratOf(got.Remaining))
		if d > dayOf(o.Date) {
			off := minus(minus(before, value), part)
			if off.Abs(off).Cmp(tolerance) > 0 {
				t.Fatalf("%s: worth %s, the day before %s, a day of the cycle is %s", d, value.FloatString(3), before.FloatString(3), part.FloatString(3))
			}
		}
		before, part = value, over(ratOf(o.Amount), whole(got.PeriodDays))
	}
	off := minus(before, part)
	if off.Abs(off).Cmp(tolerance) > 0 {
		t.Errorf("on the last day it is worth %s, a day of the cycle is %s", before.FloatString(3), part.FloatString(3))
	}
}

// appraise is the core's decision of a refund on one day.
func appraise(t *testing.T, o invoicing.Purchase, d day) invoicing.Decision {
	t.Helper()
	w := example(t, policy.EA, o, invoicing.Request{Date: d.date(), Quantity: 1, VendorUSD: money.Must("1.00 USD")}, d.String())
	y := newNightly(w)
	y.learn(w.nights[0])
	s := y.play(t, 0)[0]
	if len(s.Decisions) != 1 || s.Decisions[0].Outcome != invoicing.Approved {
		t.Fatalf("%s: %+v", d, s.Decisions)
	}
	return s.Decisions[0]
}
