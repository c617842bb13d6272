package invoicing

import (
	"fmt"

	"prorata/invoicing/money"
)

// Step is one step of an explanation: the rule, what was put in and what came
// out. A reader with a calculator arrives at the same figure.
type Step struct {
	Rule   string // PRO-3; of a reason without a rule of its own, empty
	What   string // what is computed: "prorated amount"
	How    string // with the numbers put in: "10000.00 SEK x 98 / 1095 = 894.977168..."
	Result string // 894.98 SEK
}

// Steps tells how a decision was reached, from what is kept of it alone. The
// explain command, footnotes and the audit all print these.
func (d *Decision) Steps() []Step {
	var s steps
	s.reasons(d)
	s.taken(d)
	if d.Basis == 0 {
		s.exchange(d)
		return s
	}
	s.term(d)
	s.price(d)
	s.proration(d)
	s.fee(d)
	s.commitment(d)
	s.exchange(d)
	s.limit(d)
	s.margin(d)
	s.credit(d)
	return s
}

type steps []Step

func (s *steps) add(r Rule, what, result, how string, args ...any) {
	*s = append(*s, Step{r.String(), what, fmt.Sprintf(how, args...), result})
}

// taken tells of a request that was taken back, and of what took it back.
func (s *steps) taken(d *Decision) {
	last := len(d.Sources) - 1
	switch {
	case d.Outcome == Withdrawn:
		*s = append(*s, Step{What: "taken back", How: "by the Withdraw of row " + d.Sources[last].String() + ", before it was approved", Result: d.Outcome.String()})
	case d.Request.Action == Reverse && d.Outcome == Approved:
		*s = append(*s, Step{What: "undoes", How: fmt.Sprintf("%s, with the other lines of its exchange if it is one, for %s: %s", d.Request.Withdraws, d.Request.RequestedBy, d.Request.Reason), Result: d.Outcome.String()})
	case d.Request.Action == Withdraw && d.Outcome == Approved:
		*s = append(*s, Step{What: "takes back", How: fmt.Sprintf("%s, with the other lines of its exchange if it is one: %d in all", d.Request.Withdraws, last), Result: d.Outcome.String()})
	}
}

func (s *steps) term(d *Decision) {
	s.add(PRO1, "term", d.Start.String()+" to "+d.End.String(), "%s + %d months", d.Start, d.TermMonths)
	if d.Plan == Monthly {
		s.add(PRO4, "current cycle", fmt.Sprintf("%d days", d.PeriodDays), "instalments due on or before %s are paid; the cycle runs %s to %s",
			d.Request.Date, d.PeriodStart, d.PeriodEnd)
	}
	s.add(PRO2, "days remaining", fmt.Sprint(d.DaysRemaining), "%d days in the period - %d used (%s - %s)",
		d.PeriodDays, d.DaysUsed, d.Request.Date, d.PeriodStart)
}

func (s *steps) price(d *Decision) {
	if d.Request.Quantity < d.OrderQuantity {
		s.add(PRO6, "partial return", fmt.Sprintf("%d of %d units", d.Request.Quantity, d.OrderQuantity), "%s active", Counted(d.ActiveQuantity, "was", "were"))
	}
	s.add(PRO7, "purchase price", d.PurchasePrice.Exact(6)+" "+d.PurchasePrice.Of.Code(), "%s", factors(d.PurchasePrice))
	switch {
	case d.CurrentPrice.IsSet():
		s.add(PRO7, "current price", d.CurrentPrice.Exact(6)+" "+d.CurrentPrice.Of.Code(), "%s, of %s", factors(d.CurrentPrice), d.PriceSource)
	case d.Rules.Has(PRO7Missing):
		s.add(PRO7Missing, "current price", "unknown", "no current price is in force on %s", d.Request.Date)
	}
	how := "the lower of the two counts"
	switch {
	case d.Request.Action != Refund:
		how = "exchanges and transfers always count the purchase price"
	case !d.Rules.Has(PRO7):
		how = "the policy counts the purchase price"
	case d.Grace:
		how = "a grace return counts what was paid"
	case !d.CurrentPrice.IsSet():
		how = "no current price is known"
	}
	s.add(PRO7, "price basis", d.Basis.String(), "%s", how)
}

// factors writes a share as a product: 900.00 EUR x 1 / 3.
func factors(s money.Share) string {
	switch {
	case s.Num == s.Den:
		return s.Of.String()
	case s.Den == 1:
		return fmt.Sprintf("%s x %d", s.Of, s.Num)
	}
	return fmt.Sprintf("%s x %d / %d", s.Of, s.Num, s.Den)
}

func (s *steps) proration(d *Decision) {
	rule := PRO3
	if d.Plan == Monthly {
		rule = PRO4
	}
	switch {
	case d.Capped:
		s.add(PRO10, "prorated amount", d.Prorated.String(), "%s", d.leftOfPeriod())
	case d.Grace:
		s.add(PRO9, "prorated amount", d.Prorated.String(), "%s, all that was paid for the period: %s since the purchase and no usage", factors(d.Price), Counted(d.DaysSince, "day", "days"))
	default:
		exact := d.Price.Fraction(int64(d.DaysRemaining), int64(d.PeriodDays))
		s.add(rule, "prorated amount", d.Prorated.String(), "%s x %d / %d = %s, rounded once (PRO-8)", factors(d.Price), d.DaysRemaining, d.PeriodDays, exact.Exact(6))
	}
}

// exchange tells what an exchange has to commit to again.
func (s *steps) exchange(d *Decision) {
	if b := d.Request.New; b != nil && b.Amount.IsSet() && d.Lifetime.IsSet() {
		how := b.Amount.String() + ", the amount, paid Upfront"
		if b.Plan == Monthly {
			how = fmt.Sprintf("%s x %d instalments", b.Amount, b.Term)
		}
		s.add(EXC3, "this purchase commits to", b.Lifetime().String(), "%s", how)
	}
	switch {
	case d.Resized != "":
		s.add(EXC6, "new size", d.Resized, "the same size with premium storage: the term keeps running and no money moves")
	case d.Lifetime.IsSet() && d.Lifetime.Cmp(d.ExchangeCanceled) < 0:
		s.add(EXC3, "lifetime commitment", d.Lifetime.String(), "%s is canceled, so %s is missing", d.ExchangeCanceled, d.ExchangeCanceled.Sub(d.Lifetime))
	case d.Lifetime.IsSet():
		s.add(EXC3, "lifetime commitment", d.Lifetime.String(), "at least the %s that is canceled", d.ExchangeCanceled)
	}
}

func (s *steps) fee(d *Decision) {
	if d.Request.Action != Refund {
		s.add(FEE2, "fee", d.Fee.String(), "exchanges and transfers carry no fee")
		return
	}
	if d.FeeRate.IsZero() {
		s.add(FEE1, "fee", d.Fee.String(), "no fee by the policy, %s since the purchase", Counted(d.DaysSince, "day", "days"))
	} else {
		s.add(FEE1, "fee", d.Fee.String(), "%s x %s = %s, rounded once, at most the prorated amount%s", d.FeeBase, d.FeeRate, d.FeeBase.Times(d.FeeRate).Exact(6),
			d.feeBase())
	}
	s.add(FEE3, "refund amount", d.Refund.String(), "%s - %s", d.Prorated, d.Fee)
}

func (s *steps) commitment(d *Decision) {
	if d.Plan == Monthly {
		s.add(PRO4, "remaining commitment", d.Remaining.String(), "%s x %s not yet due", factors(d.Coming), Counted(d.Instalments, "instalment", "instalments"))
	}
	how := d.Remaining.String() + ", the remaining commitment"
	switch {
	case d.Plan == Upfront:
		how = d.Prorated.String() + ", the prorated amount, of a plan paid Upfront"
	case d.Canceled != d.Remaining:
		how = fmt.Sprintf("%s + %s, the remaining commitment with the current instalment", d.Remaining, d.Prorated)
	}
	s.add(PRO5, "canceled commitment", d.Canceled.String(), "%s", how)
}

func (s *steps) limit(d *Decision) {
	if !d.LimitRemaining.IsSet() {
		return
	}
	if d.LimitMeasured.IsSet() {
		s.measured(d)
	}
	limit, less, lessThis := d.LimitRemaining.Add(d.LimitUsed), "", ""
	if d.Outcome == Approved {
		limit, less, lessThis = limit.Add(d.LimitMeasured), " - "+d.LimitMeasured.String(), ", less this one"
	}
	s.add(LIM3, "limit left", d.LimitRemaining.String(), "%s - %s%s, the limit less what the fullest window that holds %s, from %s on, has used%s", limit, d.LimitUsed, less,
		d.Request.Date, d.LimitFrom, lessThis)
	if d.MaxQuantity >= 0 {
		s.add(LIM3, "what would fit", Counted(d.MaxQuantity, "unit", "units")+" on "+d.Request.Date.String(), "all of it on %s", orNever(d.LimitAvailableOn))
	}
}

// measured tells what counts against the limit (LIM-1, LIM-5).
func (s *steps) measured(d *Decision) {
	amount, what := d.Refund, "the refund amount"
	c := conversion{date: d.LimitRateDate, rate: d.LimitRate, rateUSD: d.LimitRateUSD}
	switch {
	case d.Canceled == d.Refund:
		what = "the refund amount and the canceled commitment alike"
	case c.usd(d.Canceled, 1, 1, money.HalfUp) == d.LimitMeasured:
		amount, what = d.Canceled, "the canceled commitment"
	}
	how := fmt.Sprintf("%s, %s", amount, what)
	switch {
	case d.Request.VendorUSD.IsSet():
		how = d.Request.VendorUSD.String() + ", the vendor's own amount"
	case !d.LimitRateDate.IsZero():
		how = fmt.Sprintf("%s / %s x %s, %s by the rates of %s for one euro", amount, d.LimitRate, d.LimitRateUSD, what, d.LimitRateDate)
	}
	s.add(LIM5, "measured", d.LimitMeasured.String(), "%s", how)
}

func orNever(d money.Date) string {
	if d.IsZero() {
		return "no date: it is above the limit itself"
	}
	return d.String()
}

// margin tells the customer's amounts, which are on the documents.
func (s *steps) margin(d *Decision) {
	if !d.Charged.IsSet() || d.OrderPrice.IsZero() {
		return
	}
	for _, x := range []struct {
		what string
		of   money.Money
	}{{"customer's refund line", d.Prorated}, {"customer's fee line", d.Fee}} {
		s.add(BILCSP1, x.what, asCharged(x.of, d.Charged, d.OrderPrice).Exact(6)+" "+d.Charged.Code(), "%s; it is rounded on the line", d.customers(x.of))
	}
}

func (s *steps) credit(d *Decision) {
	if d.CreditExpiresOn.IsZero() {
		return
	}
	s.add(BILEA2, "the credit's last day", d.CreditExpiresOn.String(), "valid from and including the day of issue, as many days as the policy says")
}

// leftOfPeriod tells what is left of what was paid for the period (PRO-10).
func (d *Decision) leftOfPeriod() string {
	paid := d.PurchasePrice.Of
	if d.Returned.Cmp(paid) >= 0 {
		return fmt.Sprintf("%s was refunded before of the %s paid for the period: nothing is left", d.Returned, paid)
	}
	return fmt.Sprintf("%s - %s, what was paid for the period less what was refunded of it before", paid, d.Returned)
}

// feeBase names what the rate was applied to where it is not the prorated amount (FEE-1).
func (d *Decision) feeBase() string {
	switch d.FeeBase {
	case d.Prorated:
		return ""
	case d.Prorated.Add(d.Remaining):
		return "; of that and the remaining commitment"
	}
	return "; of the purchase amount"
}
