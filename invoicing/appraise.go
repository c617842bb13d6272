package invoicing

import (
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// appraisal is what is known about returning units of an order on a date: all
// that the amounts depend on but the quantity (PRO).
type appraisal struct {
	order       *Order
	params      *policy.Parameters
	charge      *OrderCharge // of the current period
	current     *Price       // nil where none is known or none is asked for
	periodStart money.Date
	periodEnd   money.Date
	used        int // days of the period used
	since       int // days since the purchase date
	instalments int // Monthly: not yet due
	grace       bool
	exchanged   bool        // a return of an exchange or transfer: no fee (FEE-2), the purchase price (PRO-7)
	returned    money.Money // PRO-10: what was refunded of the period before
}

// appraise reads the order on a date within its term.
func appraise(o *Order, st *OrderState, p *policy.Parameters, on money.Date) appraisal {
	a := appraisal{order: o, params: p, charge: o.chargeOn(on), since: int(on - o.Start)}
	a.periodStart, a.periodEnd = o.Start, o.End
	if o.Plan == Monthly {
		i := o.cycle(on) // PRO-4: instalments due on or before the date are paid
		a.periodStart, a.periodEnd = o.Start.AddMonths(i), o.Start.AddMonths(i+1)
		a.instalments = o.Term - i - 1
	}
	a.used = int(on - a.periodStart)
	a.returned = st.proratedIn(a.periodStart, o.Currency).Add(a.broughtIn(st))
	return a
}

func (a *appraisal) periodDays() int { return int(a.periodEnd - a.periodStart) }

// paidLeft is what was paid for the period less what was refunded of it (PRO-10).
func (a *appraisal) paidLeft() money.Money {
	return money.Max(a.charge.Amount.Sub(a.returned), money.Zero(a.order.Currency))
}

func (a *appraisal) remainingDays() int { return a.periodDays() - a.used }

// worth is what a quantity of units is worth by an appraisal.
type worth struct {
	basis     PriceBasis
	purchase  money.Share
	current   money.Share
	price     money.Share // the one of the two that counts
	coming    money.Share // Monthly: of each instalment to come
	capped    bool
	prorated  money.Money
	feeRate   money.Decimal
	feeBase   money.Money
	fee       money.Money
	refund    money.Money
	remaining money.Money
	canceled  money.Money
}

// of computes what q units are worth. Each amount is rounded once (PRO-8).
func (a *appraisal) of(q int) worth {
	w := a.priced(q)
	r := a.params.Rounding
	if a.grace { // PRO-9: all that was paid for the current period
		w.prorated = w.price.Round(r)
	} else { // PRO-3, PRO-4
		w.prorated = w.price.Fraction(int64(a.remainingDays()), int64(a.periodDays())).Round(r)
	}
	if left := a.paidLeft(); w.prorated.Cmp(left) > 0 { // PRO-10
		w.prorated, w.capped = left.Of(1, 1).Floor(), true
	}
	w.remaining = money.Zero(a.order.Currency)
	w.canceled = w.prorated
	if a.order.Plan == Monthly { // PRO-5
		last := a.order.lastCharge()
		w.coming = last.Amount.Of(int64(q), int64(last.Quantity))
		w.remaining = w.coming.Fraction(int64(a.instalments), 1).Round(r)
		w.canceled = w.remaining
		included := a.params.LimitCurrentInstalment
		if a.exchanged {
			included = a.params.ExchangeCurrentInstalment
		}
		if included {
			w.canceled = w.canceled.Add(w.prorated)
		}
	}
	a.chargeFee(&w, q)
	return w
}

// priced applies PRO-7: the lower of the purchase price and the current one.
func (a *appraisal) priced(q int) worth {
	w := worth{basis: PurchaseBasis, purchase: a.charge.Amount.Of(int64(q), int64(a.charge.Quantity))}
	w.price = w.purchase
	if a.current == nil {
		return w
	}
	months := int64(1)
	if a.order.Plan == Monthly {
		months = int64(a.order.Term)
	}
	w.current = a.current.UnitPrice.Of(int64(q), months)
	if !a.grace && w.current.Cmp(w.purchase) < 0 {
		w.basis, w.price = CurrentBasis, w.current
	}
	return w
}

// chargeFee applies the early termination fee (FEE-1, FEE-3).
func (a *appraisal) chargeFee(w *worth, q int) {
	w.fee, w.refund = money.Zero(a.order.Currency), w.prorated
	if a.exchanged || a.since <= a.params.FeeAfterDays || a.params.FeeRate.IsZero() {
		return
	}
	w.feeRate = a.params.FeeRate
	switch a.params.FeeBase {
	case policy.FeeOnProrated:
		w.feeBase = w.prorated
	case policy.FeeOnRemaining:
		w.feeBase = w.prorated.Add(w.remaining)
	case policy.FeeOnPurchaseAmount: // what the purchase commits to: all instalments, if Monthly
		n := int64(q)
		if a.order.Plan == Monthly {
			n *= int64(a.order.Term)
		}
		w.feeBase = a.charge.Amount.Of(n, int64(a.charge.Quantity)).Round(a.params.Rounding)
	}
	w.fee = money.Min(w.feeBase.Times(w.feeRate).Round(a.params.Rounding), w.prorated)
	w.refund = w.prorated.Sub(w.fee)
}
