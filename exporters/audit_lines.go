package exporters

import (
	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// lineFrom is a formula for the net of a document's line, where it is one that
// tonight's decisions made: a refund and a fee, as the customer is told them, a purchase,
// and a balance that is brought forward from a memo. Other lines are those of earlier
// documents; what a credit pays is made tonight, and no formula says it. documents
// is the row of the settlement's first document, or 0.
func (a *openAudit) lineFrom(l *invoicing.Line, documents int) (formula string, made bool) {
	t := &a.tonight
	if len(l.Sources) == 0 {
		return "", l.Kind == invoicing.CreditAppliedLine
	}
	i, ok := t.asked[l.Sources[0]]
	if !ok || l.Kind == invoicing.ChargeLine || l.Kind == invoicing.CreditAppliedLine {
		return "", l.Kind == invoicing.CreditAppliedLine
	}
	d := &t.settled.Decisions[i]
	if l.Kind == invoicing.BalanceForwardLine {
		return t.broughtForward(l, d, documents), true
	}
	key, amount := lineOrigin(l, d, a.parameters(d))
	row := t.row(i)
	if row == 0 || key == "" {
		return "", true
	}
	return sameAs(l.Net, amount, "'"+decisionTable.name+"'!"+decisionTable.letters(key)+itoa(row)), true
}

// sameAs is a formula that takes an amount from the cell where it stands, or its
// opposite; empty where another amount stands there.
func sameAs(m, there money.Money, cell string) string {
	switch {
	case !exactInSpreadsheet(m.Number()):
		return ""
	case m == there:
		return cell
	case m == there.Neg():
		return "-" + cell
	}
	return ""
}

// lineOrigin is the column of a decision that a line's net comes from, and what stands in it.
func lineOrigin(l *invoicing.Line, d *invoicing.Decision, p *policy.Parameters) (key string, amount money.Money) {
	switch {
	case p == nil:
	case l.Kind == invoicing.RefundLine && d.Charged.IsSet():
		return "customerRefund", customerShare(d, d.Prorated).Round(p.Rounding)
	case l.Kind == invoicing.RefundLine:
		return "prorated", d.Prorated
	case l.Kind == invoicing.FeeLine && d.Charged.IsSet():
		return "customerFee", customerShare(d, d.Fee).Round(p.Rounding)
	case l.Kind == invoicing.FeeLine:
		return "fee", d.Fee
	case l.Kind == invoicing.PurchaseLine && d.Request.New != nil:
		return "charge", d.Request.New.Amount
	}
	return "", money.Money{}
}

// broughtForward takes a balance from the memo that the decision issued (BIL-EA-3).
func (t *tonight) broughtForward(l *invoicing.Line, d *invoicing.Decision, documents int) string {
	if documents == 0 || len(d.Documents) == 0 {
		return ""
	}
	memo, ok := t.issued[t.settled.number(d.Documents[0])]
	if !ok {
		return ""
	}
	return sameAs(l.Net, t.settled.Documents[memo].Gross, "'"+documentTable.name+"'!"+documentTable.letters("gross")+itoa(documents+memo))
}
