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
	amounts   bool // basis, prorated amount, fee and refund
	remaining bool
	measured  bool
	limitLeft bool
	expires   bool
	why       string // what is not live, for people; empty where all is
}

// The reasons why a figure stands as a value.
const (
	noPolicy       = "values: the policy is not at hand"
	otherReckoning = "values: reckoned in a way that no formula here follows"
	pastDigits     = "values: more digits than a spreadsheet keeps"
	otherRemaining = "remaining commitment as a value: the latest instalment has another price"
)

func modelOf(d *invoicing.Decision, p *policy.Parameters, asOf money.Date) auditModel {
	switch {
	case d.Basis == 0:
		return auditModel{}
	case p == nil:
		return auditModel{why: noPolicy}
	}
	m := auditModel{period: modelPeriod(d)}
	r := p.Rounding
	ok, exact := modelAmounts(d, p)
	m.amounts = m.period && ok && exact
	switch {
	case !m.period || !ok:
		m.why = otherReckoning
	case !exact:
		m.why = pastDigits
	}
	remaining := d.PurchasePrice.Fraction(int64(d.Instalments), 1)
	m.remaining = m.amounts && (d.Plan != invoicing.Monthly || remaining.Round(r) == d.Remaining && roundsAlike(remaining))
	if m.amounts && !m.remaining {
		m.why = otherRemaining
	}
	m.measured = m.amounts && modelMeasured(d, p)
	m.limitLeft = d.LimitUsed.IsSet() && (m.measured || !d.LimitMeasured.IsSet()) && modelLeft(d, p)
	m.expires = d.CreditExpiresOn == asOf+money.Date(p.CreditValidityDays)-1
	return m
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
	if d.Capped {
		prorated = money.Min(prorated, d.Prorated)
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
	canceled := d.Prorated
	if d.Plan == invoicing.Monthly {
		if canceled = d.Remaining; currentCounts(d, p) {
			canceled = canceled.Add(d.Prorated)
		}
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
	return canceled == d.Canceled && usd.Round(p.Rounding) == d.LimitMeasured && roundsAlike(usd)
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
