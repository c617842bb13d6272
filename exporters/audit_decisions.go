package exporters

import (
	"strconv"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// auditDecision writes one row of the sheet of decisions.
type auditDecision struct {
	*sheet
	d       *invoicing.Decision
	f       *decisionFormulas
	m       auditModel
	params  *policy.Parameters // nil where the policy is not at hand
	granted money.Date         // of a credit: the as-of date
	above   above
}

func (a *openAudit) decision(s *settled, d *invoicing.Decision, documents int) {
	if !a.decisions.begin(0) {
		return
	}
	r := &auditDecision{sheet: a.decisions, d: d, params: a.parameters(d), granted: a.press.night.AsOf}
	r.above = a.tonight.above(d, r.params)
	r.m = modelOf(d, r.params, r.granted, &r.above)
	key := formulaKey{}
	if r.params != nil {
		key = formulaKey{r.params.Rounding, r.params.FeeBase}
	}
	if r.f = a.formulas[key]; r.f == nil {
		r.f = newDecisionFormulas(key)
		a.formulas[key] = r.f
	}
	r.request()
	r.outcome()
	switch {
	case buys(d.Request.Action) && d.Request.New != nil:
		r.bought()
		r.exchange()
		r.blank(decisionTable.column("live") - decisionTable.column("short") - 1)
		r.live()
	case d.Basis == 0:
		r.blank(decisionTable.column("live") - decisionTable.column("start"))
		r.live()
	default:
		r.order()
		r.price()
		r.period()
		r.refund()
		r.commitment()
		r.limit()
		r.exchange()
		r.customer()
		r.credit()
		r.check()
	}
	a.trace(r, s, documents)
	a.tonight.add(d, r.row)
	r.end()
}

// parameters are those that a decision was made by, or nil.
func (a *openAudit) parameters(d *invoicing.Decision) *policy.Parameters {
	for _, u := range a.press.night.Policies {
		if u.ID == d.PolicyID && u.Policy != nil {
			return u.Policy.ByType[d.Type]
		}
	}
	return nil
}

func (r *auditDecision) input(l look) int { return r.style.of(l, given) }

// calc writes a formula and what it gives, or the value alone where no formula
// follows the reckoning.
func (r *auditDecision) calc(l look, f *rowFormula, live bool, value string) {
	if live {
		r.formula(r.style.of(l, computed), f.at(r.row), value)
	} else {
		r.number(r.style.of(l, plain), value)
	}
}

// calcMoney is calc for an amount.
func (r *auditDecision) calcMoney(f *rowFormula, live bool, m money.Money) {
	if live && m.IsSet() {
		r.formula(r.style.money(m.Currency(), computed), f.at(r.row), m.Number())
	} else {
		r.amount(plain, m)
	}
}

func (r *auditDecision) request() {
	d, q := r.d, &r.d.Request
	text := r.style.of(asText, plain)
	r.text(r.style.of(asText, strong), q.ID)
	r.text(text, q.Exchange)
	r.words(text, q.Action.String())
	r.date(r.input(asDate), q.Date)
	r.text(text, d.Account)
	r.words(text, d.Type.String())
	if d.Type == policy.EA {
		r.words(text, d.Funding.String())
	} else {
		r.blank(1)
	}
	r.text(text, decidedOrder(d))
}

func (r *auditDecision) outcome() {
	d := r.d
	text := r.style.of(asText, plain)
	r.words(r.input(asText), d.Outcome.String())
	r.words(text, joined(d.Reasons.List()))
	r.text(text, d.PolicyID)
	c := decidedCurrency(d)
	if c.IsZero() {
		r.blank(2)
		return
	}
	r.words(text, c.String())
	r.count(r.input(asCount), c.Digits())
}

func (r *auditDecision) order() {
	d := r.d
	r.date(r.input(asDate), d.Start)
	r.count(r.input(asCount), d.TermMonths)
	r.words(r.input(asText), d.Plan.String())
	r.count(r.input(asCount), d.Request.Quantity)
	r.countOr(d.PurchasePrice.IsSet(), int(d.PurchasePrice.Den))
	r.count(r.style.of(asCount, plain), d.ActiveQuantity)
}

// bought writes what a line buys: term, plan, units, and what is charged first.
func (r *auditDecision) bought() {
	n := r.d.Request.New
	r.date(r.input(asDate), r.d.Request.Date)
	r.count(r.input(asCount), n.Term)
	r.words(r.input(asText), n.Plan.String())
	r.count(r.input(asCount), n.Quantity)
	r.blank(2)
	r.amount(given, n.Amount)
	r.blank(decisionTable.column("lifetime") - decisionTable.column("charge") - 1)
}

// countOr writes an input that is a whole number, or nothing.
func (r *auditDecision) countOr(shown bool, n int) {
	if shown {
		r.count(r.input(asCount), n)
	} else {
		r.blank(1)
	}
}

func (r *auditDecision) price() {
	d := r.d
	r.amount(given, d.PurchasePrice.Of)
	r.amount(given, d.CurrentPrice.Of)
	r.countOr(d.CurrentPrice.IsSet(), int(d.CurrentPrice.Den))
	if r.m.amounts {
		r.textFormula(r.style.of(asText, computed), r.f.basis.at(r.row), d.Basis.String())
	} else {
		r.words(r.style.of(asText, plain), d.Basis.String())
	}
	r.calcMoney(r.f.amount, r.m.amounts, d.BasisAmount())
}

func (r *auditDecision) period() {
	d, f, live := r.d, r.f, r.m.period
	day := func(f *rowFormula, on money.Date) {
		if live {
			r.calc(asDate, f, true, itoa(serial(on)))
		} else {
			r.date(r.style.of(asDate, plain), on)
		}
	}
	cycle := 0
	if d.Plan == invoicing.Monthly {
		cycle = d.TermMonths - d.Instalments - 1
	}
	r.calc(asCount, f.cycle, live, itoa(cycle))
	day(f.from, d.PeriodStart)
	day(f.to, d.PeriodEnd)
	r.calc(asCount, f.days, live, itoa(d.PeriodDays))
	r.calc(asCount, f.used, live, itoa(d.DaysUsed))
	r.calc(asCount, f.left, live, itoa(d.DaysRemaining))
	r.calc(asCount, f.since, live, itoa(d.DaysSince))
}

func (r *auditDecision) refund() {
	d, live := r.d, r.m.amounts
	r.words(r.input(asText), yesNo(d.Grace))
	if r.m.paid {
		r.amount(given, r.above.returnedEarlier)
		r.sumOf("prorated", r.above.returned, r.above.returnedNow)
	} else {
		r.amount(plain, d.Returned)
		r.blank(1)
	}
	r.calcMoney(r.f.paid, r.m.paid, paidLeft(d))
	r.calcMoney(r.f.prorated, live, d.Prorated)
	if r.params == nil {
		r.blank(2)
	} else {
		r.number(r.input(asRate), feeRateOf(d, r.params).String())
		r.count(r.input(asCount), r.params.FeeAfterDays)
	}
	r.calc(asRate, r.f.rate, live, d.FeeRate.String())
	base := d.FeeBase
	if !base.IsSet() && d.Prorated.IsSet() {
		base = money.Zero(d.Prorated.Currency())
	}
	r.calcMoney(r.f.feeBase, live, base)
	r.calcMoney(r.f.fee, live, d.Fee)
	r.calcMoney(r.f.refund, live, d.Refund)
}

func (r *auditDecision) commitment() {
	d := r.d
	r.calc(asCount, r.f.instalments, r.m.period, itoa(d.Instalments))
	if d.Coming.IsSet() {
		r.amount(given, d.Coming.Of)
		r.count(r.input(asCount), int(d.Coming.Den))
	} else {
		r.blank(2)
	}
	r.calcMoney(r.f.remaining, r.m.remaining, d.Remaining)
	r.words(r.input(asText), countedOr(r.params != nil && currentCounts(d, r.params)))
	r.calcMoney(r.f.canceled, r.m.canceled, d.Canceled)
}

var measureNames = [...]string{policy.CanceledCommitment: "canceled commitment", policy.RefundAmount: "refund amount"}

func (r *auditDecision) credit() {
	d := r.d
	if d.CreditExpiresOn.IsZero() || r.params == nil || !r.m.expires {
		r.blank(2)
		r.date(r.style.of(asDate, plain), d.CreditExpiresOn)
		return
	}
	r.date(r.input(asDate), r.granted)
	r.count(r.input(asCount), r.params.CreditValidityDays)
	r.calc(asDate, r.f.expires, true, itoa(serial(d.CreditExpiresOn)))
}

// check sets the refund as it was decided beside the one that the formulas give.
func (r *auditDecision) check() {
	d := r.d
	r.amount(plain, d.Refund)
	zero := money.Money{}
	if d.Refund.IsSet() {
		zero = money.Zero(d.Refund.Currency())
	}
	r.calcMoney(r.f.difference, r.m.amounts, zero)
	r.live()
}

// live says whether all amounts of the row are formulas, and which are not and why.
func (r *auditDecision) live() {
	says := strings.Join(r.m.why, "; ")
	if says == "" {
		says = "live"
	}
	r.words(r.style.of(asNote, plain), says)
}

// trace writes where a row leads to: documents, rules, source rows.
func (a *openAudit) trace(r *auditDecision, s *settled, documents int) {
	d := r.d
	all := listedNames(numbers(s, d.Documents))
	if first, ok := a.tonight.issued[firstNumber(s, d)]; ok && documents > 0 {
		r.link("#'"+documentTable.name+"'!A"+itoa(documents+first), all)
	} else {
		r.text(r.style.of(asText, plain), all)
	}
	r.rules(d.Rules)
	a.sources(r.sheet, d.Sources)
}

func firstNumber(s *settled, d *invoicing.Decision) string {
	if len(d.Documents) == 0 {
		return ""
	}
	return s.number(d.Documents[0])
}

// sources writes a cell of sources (DOC-3).
func (a *openAudit) sources(s *sheet, sources []invoicing.Source) {
	a.scratch = a.press.appendSources(a.scratch[:0], sources)
	s.text(s.style.of(asText, plain), string(a.scratch))
}

func itoa(n int) string { return strconv.Itoa(n) }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func yesNo(b bool) string { return [...]string{"No", "Yes"}[btoi(b)] }
