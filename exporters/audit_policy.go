package exporters

import (
	"cmp"
	"strings"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

const policySheet = "Policy"

// policyParameters lists every parameter of a policy as its file has it, with the
// rule that uses it.
var policyParameters = []struct {
	key, rule string
	value     func(*policy.Parameters) string
}{
	{"grace.days", "PRO-9", func(p *policy.Parameters) string { return daysOrNone(p.GraceDays) }},
	{"fee.rate", "FEE-1", func(p *policy.Parameters) string { return p.FeeRate.String() }},
	{"fee.base", "FEE-1", func(p *policy.Parameters) string {
		return [...]string{"prorated", "remaining", "purchase_amount"}[p.FeeBase]
	}},
	{"fee.after_days", "FEE-1", func(p *policy.Parameters) string { return daysOrNone(p.FeeAfterDays) }},
	{"limit.amount", "LIM-1", func(p *policy.Parameters) string { return p.LimitAmount.String() }},
	{"limit.window_days", "LIM-1", func(p *policy.Parameters) string { return itoa(p.LimitWindowDays) }},
	{"limit.measure", "LIM-1", func(p *policy.Parameters) string { return measureNames[p.LimitMeasure] }},
	{"limit.current_instalment", "PRO-5", func(p *policy.Parameters) string { return countedOr(p.LimitCurrentInstalment) }},
	{"exchange.current_instalment", "PRO-5, EXC-3", func(p *policy.Parameters) string { return countedOr(p.ExchangeCurrentInstalment) }},
	{"exchange.max_purchases", "EXC-2", func(p *policy.Parameters) string {
		if p.ExchangeMaxPurchases == 0 {
			return "unlimited"
		}
		return itoa(p.ExchangeMaxPurchases)
	}},
	{"roles", "ELG-1", func(p *policy.Parameters) string { return strings.Join(p.Roles, ", ") }},
	{"non_refundable_products", "ELG-2", func(p *policy.Parameters) string { return strings.Join(p.NonRefundableProducts, ", ") }},
	{"government_ea_self_service", "ELG-3", func(p *policy.Parameters) string { return [...]string{"false", "true"}[btoi(p.GovernmentSelfService)] }},
	{"price_basis", "PRO-7", func(p *policy.Parameters) string { return [...]string{"lowest", "purchase"}[p.PriceBasis] }},
	{"missing_current_price", "PRO-7", func(p *policy.Parameters) string { return [...]string{"purchase", "hold"}[p.MissingCurrentPrice] }},
	{"rounding", "PRO-8", func(p *policy.Parameters) string {
		return [...]string{money.HalfUp: "half_up", money.HalfEven: "half_even"}[p.Rounding]
	}},
	{"credit.validity_days", "BIL-EA-2", func(p *policy.Parameters) string { return itoa(p.CreditValidityDays) }},
	{"overage", "BIL-EA-3", func(p *policy.Parameters) string { return [...]string{"reopen", "partial_credit_note"}[p.Overage] }},
	{"tolerance", "REC-1", func(p *policy.Parameters) string { return p.Tolerance.String() }},
	{"match_days", "REC-1", func(p *policy.Parameters) string { return itoa(p.MatchDays) }},
	{"due_days", "REC-2", func(p *policy.Parameters) string { return itoa(p.DueDays) }},
}

func daysOrNone(n int) string {
	if n < 0 {
		return "none"
	}
	return itoa(n)
}

func countedOr(included bool) string { return [...]string{"excluded", "included"}[btoi(included)] }

// writePolicies writes the policies of the run, each with its sources and every parameter.
func (a *openAudit) writePolicies(s *sheet) {
	s.begin(30)
	s.words(s.style.of(asTitle, plain), "Policy")
	s.end()
	a.coverRow(s, asSubtitle, "A request is decided by the policy in force for its billing type on its request date (POL-2)")
	for _, u := range a.press.night.Policies {
		a.empty(s)
		a.policy(s, u)
	}
}

func (a *openAudit) policy(s *sheet, u PolicyUse) {
	heading := s.style.of(asHeading, plain)
	s.begin(22)
	s.text(heading, u.ID)
	s.filled(heading, 5)
	s.end()
	if u.Policy != nil {
		a.coverFact(s, "Title", u.Policy.Title)
	}
	a.coverFact(s, "In force from", cmp.Or(u.From.String(), "the first of the chain"))
	a.coverFact(s, "SHA-256", u.SHA256)
	if u.Policy == nil {
		return
	}
	for _, source := range u.Policy.Sources {
		s.begin(0)
		s.words(s.style.of(asText, strong), "Source")
		s.date(s.style.of(asDate, plain), source.Date)
		s.text(s.style.of(asText, plain), source.Title)
		s.blank(1)
		if strings.HasPrefix(source.URL, "https://") {
			s.link(source.URL, source.URL)
		} else {
			s.text(s.style.of(asText, plain), source.URL)
		}
		s.end()
	}
	s.begin(20)
	for _, title := range [...]string{"Parameter", "Rule"} {
		s.words(s.style.of(asHeader, plain), title)
	}
	for _, t := range policy.BillingTypes {
		s.words(s.style.of(asHeader, plain), t.String())
	}
	s.end()
	for _, p := range policyParameters {
		s.begin(parameterHeight[p.key])
		s.words(s.style.of(asText, strong), p.key)
		s.words(s.style.of(asText, plain), p.rule)
		for _, t := range policy.BillingTypes {
			s.text(s.style.of(asWrapped, plain), p.value(u.Policy.ByType[t]))
		}
		s.end()
	}
}

// parameterHeight is the height of the rows of lists, in points.
var parameterHeight = map[string]int{"roles": 42, "non_refundable_products": 42}
