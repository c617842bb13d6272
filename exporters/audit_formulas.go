package exporters

import (
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// decisionTable is the sheet of decisions: each amount is a formula whose
// operands are the inputs of the row, so that a reader who changes an input sees
// the refund move.
var decisionTable = &auditTable{name: "Decisions", frozen: 1, columns: []auditColumn{
	{"", "Request", 18, "Request"}, {"", "Exchange", 12, ""}, {"", "Action", 10, ""}, {"asked", "Requested on", 12, ""},
	{"", "Billing account", 38, ""}, {"", "Billing type", 13, ""}, {"", "Funding (BIL-EA-1)", 13, ""}, {"", "Reservation order", 38, ""},
	{"outcome", "Outcome", 11, "Outcome"}, {"", "Reasons", 22, ""}, {"", "Policy (POL-4)", 13, ""}, {"currency", "Currency", 9, ""}, {"digits", "Minor digits (PRO-8)", 8, ""},
	{"start", "Bought on", 12, "Order"}, {"term", "Term, months (PRO-1)", 9, ""}, {"plan", "Billing plan", 10, ""},
	{"units", "Units returned (PRO-6)", 9, ""}, {"of", "of the units charged", 9, ""}, {"active", "Units active before", 9, ""},
	{"charge", "Charged for the period", 17, "Price"}, {"current", "Current price of a unit, whole term (PRO-7)", 17, ""}, {"months", "shared by months", 9, ""},
	{"basis", "Price basis (PRO-7)", 11, ""}, {"amount", "Basis amount", 16, ""},
	{"cycle", "Instalments due before (PRO-4)", 12, "Period"}, {"from", "Period from", 12, ""}, {"to", "until", 12, ""}, {"days", "Days in the period", 9, ""},
	{"used", "Days used (PRO-2)", 9, ""}, {"left", "Days remaining", 10, ""}, {"since", "Days since purchase", 9, ""},
	{"grace", "Grace (PRO-9)", 8, "Refund"}, {"returned", "Refunded of the period on earlier nights", 16, ""}, {"returnedNow", "Refunded of it tonight, in rows above", 16, ""},
	{"paid", "At most, paid and not refunded (PRO-10)", 16, ""}, {"prorated", "Prorated amount (PRO-3, PRO-4)", 17, ""},
	{"policyrate", "Fee rate of the policy (FEE-1)", 10, ""}, {"free", "Fee after days", 8, ""}, {"rate", "Fee rate applied", 9, ""},
	{"feebase", "Fee base", 17, ""}, {"fee", "Fee", 15, ""}, {"refund", "Refund amount (FEE-3)", 17, ""},
	{"instalments", "Instalments to come", 11, "Commitment"}, {"coming", "One of them, as charged last (IMP-1)", 17, ""}, {"comingOf", "for so many units", 9, ""}, {"remaining", "Remaining commitment (PRO-4)", 17, ""},
	{"counted", "Current instalment (PRO-5)", 11, ""}, {"canceled", "Canceled commitment (PRO-5)", 17, ""},
	{"measure", "What counts (LIM-1)", 19, "Limit"}, {"vendor", "Vendor's own USD (LIM-5)", 15, ""}, {"perEUR", "Currency for 1 EUR", 10, ""}, {"usdPerEUR", "USD for 1 EUR", 10, ""},
	{"rateDate", "Rates of", 12, ""}, {"measured", "Measured, USD", 16, ""}, {"limit", "Limit, USD", 16, ""},
	{"windowFrom", "Fullest window from (LIM-3)", 12, ""}, {"earlier", "Used in it by earlier nights, USD", 16, ""}, {"usedNow", "Used in it tonight, in rows above, USD", 16, ""},
	{"before", "Used before, USD", 16, ""}, {"limitLeft", "Limit left, USD", 16, ""}, {"", "Fits on", 12, ""}, {"", "Units that fit", 9, ""},
	{"lifetime", "Lifetime commitment of what is bought", 17, "Exchange (EXC-3)"}, {"commits", "of all that the exchange buys", 17, ""},
	{"cancels", "Canceled by its returns", 17, ""}, {"short", "Commitment that is missing", 17, ""},
	{"charged", "Charged to the customer for the order", 17, "Customer (BIL-CSP-1)"}, {"vendorPrice", "for what costs the vendor's price of", 17, ""},
	{"customerDigits", "Minor digits", 8, ""}, {"customerRefund", "Customer's refund line", 17, ""}, {"customerFee", "Customer's fee line", 16, ""},
	{"granted", "Credit granted on", 12, "Credit"}, {"validity", "Valid days (BIL-EA-2)", 9, ""}, {"expires", "Credit's last day", 12, ""},
	{"decided", "Refund as decided", 17, "Check"}, {"difference", "Difference", 14, ""}, {"live", "Formulas", 26, ""},
	{"documents", "Documents", 22, "Trace"}, {"", "Rules", 40, ""}, {"", "Source rows", 34, ""},
}}

// roundedBy is a formula's rounding to so many digits. ROUND is half away from
// zero; half_even takes one minor unit back where a half went to an odd one.
func roundedBy(r money.Rounding, x, digits string) string {
	up := "ROUND(" + x + "," + digits + ")"
	if r == money.HalfUp {
		return up
	}
	return up + "-IF(ROUND(MOD(ABS(" + x + ")*10^" + digits + ",2),6)=0.5,SIGN(" + x + ")/10^" + digits + ",0)"
}

// decisionFormulas are the formulas of one way of rounding and one fee base.
type decisionFormulas struct {
	cycle, from, to, days, used, left, since          *rowFormula
	basis, amount, paid, prorated, rate, feeBase, fee *rowFormula
	refund, instalments, remaining, canceled          *rowFormula
	measured, before, limitLeft, lifetime, missing    *rowFormula
	customerRefund, customerFee, expires, difference  *rowFormula
}

type formulaKey struct {
	rounding money.Rounding
	base     policy.FeeBase
}

const (
	byPurchase = "{charge}*{units}/{of}"
	byCurrent  = "{current}*{units}/{months}"
	byBasis    = `IF({basis}="Current",` + byCurrent + "," + byPurchase + ")"
	// monthsOf counts the months from the purchase to the request, the last one also
	// where its day has not come; cycle takes that off (PRO-4).
	monthsOf = "(YEAR({asked})-YEAR({start}))*12+MONTH({asked})-MONTH({start})"
)

func newDecisionFormulas(k formulaKey) *decisionFormulas {
	f := decisionTable.formula
	round := func(x string) string { return roundedBy(k.rounding, x, "{digits}") }
	base := [...]string{
		policy.FeeOnProrated:       "{prorated}",
		policy.FeeOnRemaining:      "{prorated}+{remaining}",
		policy.FeeOnPurchaseAmount: round(byPurchase + `*IF({plan}="Monthly",{term},1)`),
	}[k.base]
	counts := `IF({measure}="refund amount",{refund},{canceled})`
	return &decisionFormulas{
		cycle:       f(`IF({plan}="Monthly",` + monthsOf + "-IF(EDATE({start}," + monthsOf + ")>{asked},1,0),0)"),
		from:        f(`IF({plan}="Monthly",EDATE({start},{cycle}),{start})`),
		to:          f(`IF({plan}="Monthly",EDATE({start},{cycle}+1),EDATE({start},{term}))`),
		days:        f("{to}-{from}"),
		used:        f("{asked}-{from}"),
		left:        f("{days}-{used}"),
		since:       f("{asked}-{start}"),
		basis:       f(`IF(OR({current}="",{grace}="Yes"),"Purchase",IF(ROUND(` + byCurrent + "-" + byPurchase + `,9)<0,"Current","Purchase"))`),
		amount:      f("ROUND(" + byBasis + ",{digits})"),
		paid:        f("ROUNDDOWN(ROUND(MAX({charge}-{returned}-{returnedNow},0),{digits}+2),{digits})"),
		prorated:    f("MIN(" + round(byBasis+`*IF({grace}="Yes",1,{left}/{days})`) + ",{paid})"),
		rate:        f("IF({since}>{free},{policyrate},0)"),
		feeBase:     f("IF({rate}=0,0," + base + ")"),
		fee:         f("MIN(" + round("{feebase}*{rate}") + ",{prorated})"),
		refund:      f("ROUND({prorated}-{fee},{digits})"),
		instalments: f(`IF({plan}="Monthly",{term}-{cycle}-1,0)`),
		remaining:   f(`IF({plan}="Monthly",` + round("{coming}*{units}/{comingOf}*{instalments}") + ",0)"),
		canceled:    f(`IF({plan}="Monthly",ROUND({remaining}+IF({counted}="included",{prorated},0),{digits}),{prorated})`),
		measured: f(`IF({vendor}<>"",{vendor},` +
			roundedBy(k.rounding, `IF({perEUR}="",`+counts+","+counts+"/{perEUR}*{usdPerEUR})", "2") + ")"),
		before:         f("ROUND({earlier}+{usedNow},2)"),
		limitLeft:      f(`ROUND({limit}-{before}-IF({outcome}="Approved",{measured},0),2)`),
		lifetime:       f(`ROUND({charge}*IF({plan}="Monthly",{term},1),{digits})`),
		missing:        f("ROUND(MAX({cancels}-{commits},0),{digits})"),
		customerRefund: f("IF({vendorPrice}=0,0," + roundedBy(k.rounding, "{prorated}*{charged}/{vendorPrice}", "{customerDigits}") + ")"),
		customerFee:    f("IF({vendorPrice}=0,0," + roundedBy(k.rounding, "{fee}*{charged}/{vendorPrice}", "{customerDigits}") + ")"),
		expires:        f("{granted}+{validity}-1"),
		difference:     f("ROUND({refund}-{decided},{digits})"),
	}
}
