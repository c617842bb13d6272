package invoicing

import "strings"

// LineOrigin says where a line of a document comes from, by its place from 0: from
// the document that it names, from the decisions behind it, or from a credit.
func (d *Document) LineOrigin(i int) string {
	l := &d.Lines[i]
	switch {
	case l.Kind == BalanceForwardLine:
		return "the gross of the credit memo, brought forward from the restated invoice (BIL-EA-3)"
	case l.Kind == CreditAppliedLine:
		return "taken from the credit that " + d.Credit.Number + " granted"
	case d.Type == CreditNote:
		return "as it stands on the invoice that is cancelled, " + numbersOf(d.Cancels) + " (BIL-INV-1)"
	case l.Rules.Has(BILINV1) && len(d.Replaces) > 0:
		return "unchanged from the invoice that is replaced, " + numbersOf(d.Replaces) + " (BIL-INV-1)"
	case d.Type == InvoiceRevision && l.Rules == Cite(BILEA3):
		return "unchanged from the invoice that is restated, " + numbersOf(d.Revises) + " (BIL-EA-3)"
	case l.Kind == PurchaseLine:
		return "charged at once: the amount, or the first instalment, of what the exchange or transfer buys (EXC-4)"
	case l.Kind == FeeLine:
		return "the fee of the decision, in the customer's amount on a CSP account (FEE-1, BIL-CSP-1)"
	}
	return "the prorated amount of the decision, in the customer's amount on a CSP account (PRO-8, BIL-CSP-1)"
}

func numbersOf(refs []Ref) string {
	var names []string
	for _, r := range refs {
		names = append(names, r.Number)
	}
	return strings.Join(names, ", ")
}
