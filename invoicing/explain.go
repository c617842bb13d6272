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

// reasonRules says which rule gives a reason.
var reasonRules = map[Reason]Rule{
	NotOwner: ELG1, NotRefundable: ELG2, GovernmentCloud: ELG3, BeforePurchase: ELG4, TermEnded: ELG4, QuantityExceeded: ELG4,
	OrderConflict: IMP10, PriceUnknown: PRO7, RateUnknown: LIM5, InvoiceUnknown: BILINV3, CommitmentInactive: BILEA2,
	CardChanged: BILCARD1, LimitExceeded: LIM3, ExchangeIncomplete: EXC1, AccountMismatch: EXC1, DateMismatch: EXC1, CurrencyMismatch: EXC1,
	TypeMismatch: EXC2, TooManyPurchases: EXC2, CommitmentTooLow: EXC3,
}

func (s *steps) reasons(d *Decision) {
	for _, r := range d.Reasons.List() {
		step := Step{What: r.String(), How: d.why(r), Result: d.Outcome.String()}
		if rule, ok := reasonRules[r]; ok {
			step.Rule = rule.String()
		}
		*s = append(*s, step)
	}
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

// why tells a reason with the figures of the decision, and what to do about a
// holding one.
func (d *Decision) why(r Reason) string {
	q := &d.Request
	switch r {
	case ReservationUnknown:
		return fmt.Sprintf("no export or sheet names the order %s yet; the request waits for it", q.Order)
	case AccountUnknown:
		return fmt.Sprintf("the order is on account %s, which the sheet Accounts does not have; the request waits for it", d.Account)
	case OrderConflict:
		return "two sources disagree on the order's account, date, quantity, currency or amount; mend one of them"
	case PriceUnknown:
		return "no current price of the product is known on the request date"
	case RateUnknown:
		return "no reference rate of the request date or the 7 days before it; drop the rates, or state VendorAmountUSD"
	case InvoiceUnknown:
		return "no invoice of the register carries the order, and the purchase names none; add it to the sheet Invoices"
	case CommitmentInactive:
		return fmt.Sprintf("no commitment term of account %s covers %s; add the term to the sheet Accounts", d.Account, q.Date)
	case CardChanged:
		return "the account's card is not the one that paid, or none is known; the money goes back through support"
	case NotOwner:
		return fmt.Sprintf("the requester's role is %q, which may not return reservations of this account", q.Role)
	case NotRefundable:
		return "products of this type can be exchanged but not refunded"
	case GovernmentCloud:
		return "an EA account in the US Government cloud has no self-service refund"
	case BeforePurchase:
		return fmt.Sprintf("requested on %s, bought on %s", q.Date, d.Start)
	case TermEnded:
		return fmt.Sprintf("requested on %s, the term ended on %s", q.Date, d.End)
	case QuantityExceeded:
		return fmt.Sprintf("%d asked for, %d of %d active", q.Quantity, d.ActiveQuantity, d.OrderQuantity)
	case ExchangeIncomplete:
		return "an exchange is one or more returns and purchases, a transfer one or more TransferOut and TransferIn, all tied by one ExchangeId"
	case AccountMismatch:
		return "the lines of an exchange are of one account; a transfer goes from a pay-as-you-go account to a CSP account"
	case DateMismatch:
		return "the lines of an exchange have one request date"
	case CurrencyMismatch:
		return "the lines of an exchange, and the invoices that it replaces, are in one currency"
	case TypeMismatch:
		return "all lines of an exchange are of one known product type"
	case TooManyPurchases:
		return "the policy allows fewer purchases in one exchange"
	case CommitmentTooLow:
		return fmt.Sprintf("the purchases commit to %s, %s less than the %s that is canceled", d.Lifetime, d.ExchangeCanceled.Sub(d.Lifetime), d.ExchangeCanceled)
	case LimitExceeded:
		return fmt.Sprintf("%s would count, %s of the limit is left", d.LimitMeasured, d.LimitRemaining)
	case RequestUnknown:
		return fmt.Sprintf("no request %s was read yet; it waits for it", q.Withdraws)
	case AlreadyDecided:
		return fmt.Sprintf("%s is decided already; what is approved can be undone by a Reverse", q.Withdraws)
	case NotApproved:
		return fmt.Sprintf("%s is no refund, exchange or transfer that was approved; what waits can be taken back by a Withdraw", q.Withdraws)
	case AlreadyReversed:
		return fmt.Sprintf("%s was undone by another Reverse", q.Withdraws)
	case InvoiceReplaced:
		return fmt.Sprintf("a later request has replaced the invoice that %s issued: reverse that one first", q.Withdraws)
	case PurchaseChanged:
		return fmt.Sprintf("units that %s bought have been returned or exchanged since: reverse that first", q.Withdraws)
	case CreditUsed:
		return fmt.Sprintf("a credit that %s granted is used or expired, or what it bought was paid from a credit", q.Withdraws)
	case MoneySent:
		return fmt.Sprintf("%s went through a card or a payout, which cannot be called back: charge the customer anew", q.Withdraws)
	case VendorCredited:
		return fmt.Sprintf("the vendor's credit for %s is reconciled; the reservation is gone at the vendor", q.Withdraws)
	}
	return ""
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
	how := "the lower of the two counts; a grace return counts what was paid"
	switch {
	case d.Request.Action != Refund:
		how = "exchanges and transfers always count the purchase price"
	case !d.Rules.Has(PRO7):
		how = "the policy counts the purchase price"
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
	s.add(LIM3, "limit left", d.LimitRemaining.String(), "%s - %s%s, the limit less what the fullest window that holds %s has used%s", limit, d.LimitUsed, less,
		d.Request.Date, lessThis)
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
