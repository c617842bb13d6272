package exporters

import (
	"math/big"
	"math/bits"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// auditModel says which formulas of a decision's row give, to the cent, what was
// decided. They are computed here once more, exactly and from the same operands;
// where a spreadsheet could not arrive at the same figure the row says so and
// shows the value.
type auditModel struct {
	period    bool // the days
	paid      bool // what was paid and not refunded
	amounts   bool // basis, prorated amount, fee and refund
	remaining bool
	canceled  bool
	measured  bool
	before    bool // used of the limit before
	limitLeft bool
	lifetime  bool // what a purchase commits to
	exchange  bool // the sums of an exchange
	customer  bool // a partner's customer's amounts
	expires   bool
	why       []string // what is not live, for people; empty where all is
}

// The reasons why a figure stands as a value, or there is none.
const (
	noPolicy       = "values: the policy is not at hand"
	noAmounts      = "no amounts: Reasons says what is not known or not allowed"
	noMoney        = "no money moves (EXC-6)"
	ofAnother      = "no amounts of its own: it acts on another request"
	otherReckoning = "values: reckoned in a way that no formula here follows"
	pastDigits     = "values: more digits than a spreadsheet keeps"
	asAValue       = " as a value: more digits than a spreadsheet keeps, or more rows than a formula names"
)

func modelOf(d *invoicing.Decision, p *policy.Parameters, asOf money.Date, above *above) auditModel {
	m := auditModel{lifetime: asRounded(lifetimeOf(d)), exchange: above.exchange[0] > 0 && asRounded(d.Lifetime) && asRounded(d.ExchangeCanceled)}
	why := func(live, shown bool, what string) {
		if shown && !live {
			m.why = append(m.why, what+asAValue)
		}
	}
	why(m.lifetime, true, "lifetime commitment")
	why(m.exchange, d.Lifetime.IsSet(), "sums of the exchange")
	switch {
	case d.Request.New != nil && buys(d.Request.Action):
		return m
	case d.Request.Action == invoicing.Withdraw || d.Request.Action == invoicing.Reverse:
		m.why = append(m.why, ofAnother)
		return m
	case d.Basis == 0:
		m.why = append(m.why, noAmounts)
		return m
	case d.Resized != "":
		m.why = append(m.why, noMoney)
		return m
	case p == nil:
		m.why = append(m.why, noPolicy)
		return m
	}
	m.period, m.paid = modelPeriod(d), modelPaid(d, above)
	ok, exact := modelAmounts(d, p)
	m.amounts = m.period && m.paid && ok && exact
	switch {
	case !m.period || !ok:
		m.why = append(m.why, otherReckoning)
		return m
	case !exact || !m.paid:
		m.why = append(m.why, pastDigits)
		return m
	}
	m.remaining, m.canceled = modelCommitment(d, p)
	why(m.remaining, true, "remaining commitment")
	why(m.canceled, m.remaining, "canceled commitment")
	m.measured = modelMeasured(d, p)
	why(m.measured, d.LimitMeasured.IsSet(), "measured amount")
	m.before = d.LimitUsed.IsSet() && above.usedEarlier.IsSet()
	why(m.before, d.LimitUsed.IsSet(), "used before")
	m.limitLeft = d.LimitUsed.IsSet() && (m.measured || !d.LimitMeasured.IsSet()) && modelLeft(d, p)
	why(m.limitLeft, d.LimitUsed.IsSet() && m.measured, "limit left")
	m.customer = d.Charged.IsSet() && roundsAlike(customerShare(d, d.Prorated)) && roundsAlike(customerShare(d, d.Fee))
	why(m.customer, d.Charged.IsSet(), "customer's amounts")
	m.expires = d.CreditExpiresOn == asOf+money.Date(p.CreditValidityDays)-1
	return m
}

// lifetimeOf is what a purchase commits to (EXC-3); unset for other lines.
func lifetimeOf(d *invoicing.Decision) money.Money {
	if d.Request.New == nil || !buys(d.Request.Action) {
		return money.Money{}
	}
	return d.Request.New.Lifetime()
}

// asRounded reports whether an amount is what a spreadsheet program rounds it to.
func asRounded(m money.Money) bool {
	_, whole := m.Units()
	return !m.IsSet() || whole && exactInSpreadsheet(m.Number())
}

// missing is what an exchange commits to too little.
func missing(d *invoicing.Decision) money.Money {
	return money.Max(d.ExchangeCanceled.Sub(d.Lifetime), money.Zero(d.Lifetime.Currency()))
}

// customerShare is an amount as the partner's customer is told it (BIL-CSP-1).
func customerShare(d *invoicing.Decision, m money.Money) money.Share {
	if d.OrderPrice.IsZero() {
		return money.Zero(d.Charged.Currency()).Of(1, 1)
	}
	num, den := m.Decimal().Fraction()
	price, priceDen := d.OrderPrice.Decimal().Fraction()
	return d.Charged.Of(num, den).Fraction(priceDen, price)
}

// paidLeft is what was paid for the period and not refunded (PRO-10), in whole minor units.
func paidLeft(d *invoicing.Decision) money.Money {
	if !d.Returned.IsSet() {
		return money.Money{}
	}
	left := d.PurchasePrice.Of.Sub(d.Returned)
	return money.Max(left, money.Zero(left.Currency())).Of(1, 1).Floor()
}

// modelPaid checks the formula of what was paid and not refunded: it keeps two
// digits beyond those of the currency, and fifteen in all.
func modelPaid(d *invoicing.Decision, above *above) bool {
	if !d.Returned.IsSet() || !above.returnedEarlier.IsSet() {
		return false
	}
	coef, scale, c := d.PurchasePrice.Of.Sub(d.Returned).Parts()
	return scale <= c.Digits()+2 && absolute(coef) < surely/100
}

// modelCommitment checks the formulas of the remaining and the canceled commitment.
func modelCommitment(d *invoicing.Decision, p *policy.Parameters) (remaining, canceled bool) {
	if d.Plan != invoicing.Monthly {
		return true, d.Canceled == d.Prorated
	}
	coming := d.Coming.Fraction(int64(d.Instalments), 1)
	counts := d.Remaining
	if currentCounts(d, p) {
		counts = counts.Add(d.Prorated)
	}
	return coming.Round(p.Rounding) == d.Remaining && d.Coming.Num == int64(d.Request.Quantity) && roundsAlike(coming), counts == d.Canceled
}

// modelPeriod checks the period's formulas.
func modelPeriod(d *invoicing.Decision) bool {
	from, to := d.Start, d.Start.AddMonths(d.TermMonths)
	if d.Plan == invoicing.Monthly {
		i := d.TermMonths - d.Instalments - 1
		from, to = d.Start.AddMonths(i), d.Start.AddMonths(i+1)
	}
	return from == d.PeriodStart && to == d.PeriodEnd && int(to-from) == d.PeriodDays && d.PeriodDays > 0 &&
		int(d.Request.Date-from) == d.DaysUsed && d.DaysRemaining == d.PeriodDays-d.DaysUsed && int(d.Request.Date-d.Start) == d.DaysSince
}

// modelAmounts checks the formulas from the basis to the refund: whether they
// give what was decided, and whether a spreadsheet rounds as we do.
func modelAmounts(d *invoicing.Decision, p *policy.Parameters) (ok, exact bool) {
	if d.PurchasePrice.Num != int64(d.Request.Quantity) || d.CurrentPrice.IsSet() && d.CurrentPrice.Num != int64(d.Request.Quantity) {
		return false, false
	}
	price, basis := d.PurchasePrice, invoicing.PurchaseBasis
	if d.CurrentPrice.IsSet() && !d.Grace && d.CurrentPrice.Cmp(d.PurchasePrice) < 0 {
		price, basis = d.CurrentPrice, invoicing.CurrentBasis
	}
	part := price
	if !d.Grace {
		part = price.Fraction(int64(d.DaysRemaining), int64(d.PeriodDays))
	}
	prorated := part.Round(p.Rounding)
	if left := paidLeft(d); left.IsSet() {
		prorated = money.Min(prorated, left)
	}
	rate, base, fee := feeRateOf(d, p), d.Prorated, money.Zero(d.Prorated.Currency())
	if d.DaysSince <= p.FeeAfterDays {
		rate = money.Decimal{}
	}
	if !rate.IsZero() {
		switch p.FeeBase {
		case policy.FeeOnRemaining:
			base = base.Add(d.Remaining)
		case policy.FeeOnPurchaseAmount:
			base = d.FeeBase
		}
		fee = money.Min(base.Times(rate).Round(p.Rounding), prorated)
	}
	ok = basis == d.Basis && prorated == d.Prorated && rate.Cmp(d.FeeRate) == 0 && fee == d.Fee && prorated.Sub(fee) == d.Refund
	exact = roundsAlike(part) && roundsAlike(price) && roundsAlike(base.Times(rate)) && roundsAlike(d.FeeBase.Of(1, 1))
	return ok, exact
}

// feeRateOf is the policy's rate for what is asked; FEE-2: exchanges and transfers carry no fee.
func feeRateOf(d *invoicing.Decision, p *policy.Parameters) money.Decimal {
	if d.Request.Action != invoicing.Refund {
		return money.Decimal{}
	}
	return p.FeeRate
}

// currentCounts reports whether the current instalment counts in the canceled commitment (PRO-5).
func currentCounts(d *invoicing.Decision, p *policy.Parameters) bool {
	if d.Request.Action != invoicing.Refund {
		return p.ExchangeCurrentInstalment
	}
	return p.LimitCurrentInstalment
}

// modelLeft checks what is left of the limit.
func modelLeft(d *invoicing.Decision, p *policy.Parameters) bool {
	left := p.LimitAmount.Sub(d.LimitUsed)
	if d.Outcome == invoicing.Approved && d.LimitMeasured.IsSet() {
		left = left.Sub(d.LimitMeasured)
	}
	return left == d.LimitRemaining
}

// modelMeasured checks what is measured against the limit.
func modelMeasured(d *invoicing.Decision, p *policy.Parameters) bool {
	if !d.LimitMeasured.IsSet() {
		return false
	}
	counts := d.Canceled
	if p.LimitMeasure == policy.RefundAmount {
		counts = d.Refund
	}
	var usd money.Share
	switch {
	case d.Request.VendorUSD.IsSet():
		usd = d.Request.VendorUSD.Of(1, 1)
	case d.LimitRateDate.IsZero():
		usd = counts.Of(1, 1)
	default:
		num, den := d.LimitRateUSD.Fraction()
		rateNum, rateDen := d.LimitRate.Fraction()
		usd = counts.Of(1, 1).In(money.USD).Fraction(num, den).Fraction(rateDen, rateNum)
	}
	return usd.Round(p.Rounding) == d.LimitMeasured && roundsAlike(usd)
}

// A spreadsheet program reckons with 15 digits and takes what is that close to a
// half for one. surely is the size up to which that cannot matter.
const surely = 1e14

// roundsAlike reports whether a spreadsheet program rounds a share as we do: it
// is exactly a half, or far enough from one.
func roundsAlike(s money.Share) bool {
	if !s.IsSet() || s.Num == 0 {
		return true
	}
	coef, scale, c := s.Of.Parts()
	units, whole := s.Round(money.HalfUp).Units()
	den := s.Den
	if scale <= c.Digits() {
		if hi, lo := bits.Mul64(absolute(units), uint64(den)); hi == 0 && lo < surely {
			return whole
		}
	}
	if !whole || absolute(units) > surely/10 {
		return false
	}
	// |2 x remainder - denominator| / denominator is twice the distance from a half.
	n := new(big.Int).Mul(big.NewInt(coef), big.NewInt(s.Num))
	n.Mul(n.Abs(n), power(c.Digits()))
	d := new(big.Int).Mul(big.NewInt(den), power(scale))
	rem := new(big.Int).Rem(n, d)
	from := rem.Sub(rem.Lsh(rem, 1), d)
	if from.Sign() == 0 {
		return true
	}
	from.Mul(from.Abs(from), big.NewInt(surely))
	return from.Cmp(d.Mul(d, new(big.Int).SetUint64(absolute(units)+1))) > 0
}

func power(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func absolute(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}
