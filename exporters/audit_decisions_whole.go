package exporters

// The columns of a decision that reach beyond its own row: what counts against the
// limit of the account, an exchange as a whole, the customer's amounts.

func (r *auditDecision) limit() {
	d := r.d
	if !d.LimitUsed.IsSet() || r.params == nil {
		r.blank(decisionTable.column("measured") - decisionTable.column("measure"))
		r.amount(plain, d.LimitMeasured)
		r.blank(decisionTable.column("limitLeft") - decisionTable.column("limit"))
		r.amount(plain, d.LimitRemaining)
		r.blank(2)
		return
	}
	r.words(r.input(asText), measureNames[r.params.LimitMeasure])
	r.amount(given, d.Request.VendorUSD)
	rated := !d.LimitRateDate.IsZero() && !d.Request.VendorUSD.IsSet()
	if rated {
		r.number(r.input(asRate), d.LimitRate.String())
		r.number(r.input(asRate), d.LimitRateUSD.String())
		r.date(r.input(asDate), d.LimitRateDate)
	} else {
		r.blank(3)
	}
	r.calcMoney(r.f.measured, r.m.measured, d.LimitMeasured)
	r.amount(given, r.params.LimitAmount)
	r.date(r.style.of(asDate, plain), d.LimitFrom)
	if r.m.before {
		r.amount(given, r.above.usedEarlier)
		r.sumOf("measured", r.above.uses, r.above.usedNow)
	} else {
		r.blank(2)
	}
	r.calcMoney(r.f.before, r.m.before, d.LimitUsed)
	r.calcMoney(r.f.limitLeft, r.m.limitLeft, d.LimitRemaining)
	r.date(r.style.of(asDate, plain), d.LimitAvailableOn)
	if d.MaxQuantity >= 0 {
		r.count(r.style.of(asCount, plain), d.MaxQuantity)
	} else {
		r.blank(1)
	}
}

// exchange writes what an exchange commits to and what it cancels (EXC-3): each
// purchase's commitment on its own row, the sums on every row.
func (r *auditDecision) exchange() {
	d := r.d
	lifetime := lifetimeOf(d)
	r.calcMoney(r.f.lifetime, r.m.lifetime, lifetime)
	if !d.Lifetime.IsSet() {
		r.blank(3)
		return
	}
	rows := r.above.exchange
	r.sumOver("lifetime", rows, r.m.exchange, d.Lifetime)
	r.sumOver("canceled", rows, r.m.exchange, d.ExchangeCanceled)
	r.calcMoney(r.f.missing, r.m.exchange, missing(d))
}

// customer writes a partner's customer's amounts where they are not the vendor's.
func (r *auditDecision) customer() {
	d := r.d
	if !d.Charged.IsSet() || r.params == nil {
		r.blank(decisionTable.column("customerFee") - decisionTable.column("charged") + 1)
		return
	}
	r.amount(given, d.Charged)
	r.amount(given, d.OrderPrice)
	r.count(r.input(asCount), d.Charged.Currency().Digits())
	r.calcMoney(r.f.customerRefund, r.m.customer, customerShare(d, d.Prorated).Round(r.params.Rounding))
	r.calcMoney(r.f.customerFee, r.m.customer, customerShare(d, d.Fee).Round(r.params.Rounding))
}
