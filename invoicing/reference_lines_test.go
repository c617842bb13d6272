package invoicing_test

import (
	"math/big"

	"prorata/invoicing"
	"prorata/invoicing/policy"
)

// checkLines finds the refund and the fee of every approved decision on its
// documents: by prepayment on the credit memo (BIL-EA-2), else on the new
// invoice (BIL-INV-1), in the customer's amounts for CSP (BIL-CSP-1).
func checkLines(t tester, y *nightly, s *invoicing.Settlement) {
	t.Helper()
	for i := range s.Decisions {
		d := &s.Decisions[i]
		if d.Outcome != invoicing.Approved || d.Request.New != nil || d.Resized != "" || d.Basis == 0 || y.undone(d.Request.ID) {
			continue
		}
		if d.Type == policy.EA {
			checkMemo(t, s, d)
			continue
		}
		ratio, digits := y.ratio(d)
		if ratio == nil {
			continue // the rule does not say of which instalment, or of an order that cost nothing
		}
		how := y.chain.On(d.Request.Date).ByType[d.Type].Rounding
		refund := rounded(times(ratOf(d.Prorated), ratio), digits, how)
		fee := rounded(times(ratOf(d.Fee), ratio), digits, how)
		checkLine(t, s, d, invoicing.RefundLine, refund.Neg(refund))
		if fee.Sign() > 0 {
			checkLine(t, s, d, invoicing.FeeLine, fee)
		}
	}
}

// checkMemo: a memo is over the refund amount, by prepayment without tax.
func checkMemo(t tester, s *invoicing.Settlement, d *invoicing.Decision) {
	t.Helper()
	for i := range s.Documents {
		doc := &s.Documents[i]
		if doc.Type == invoicing.CreditMemo && names(d.Documents, doc.Number) {
			taxed := d.Funding == invoicing.Prepayment && doc.Gross.Cmp(d.Refund) != 0
			if doc.Net.Cmp(d.Refund) != 0 || taxed || doc.Account != d.Account {
				t.Errorf("%s refunds %s, its credit memo is over %s", d.Request.ID, d.Refund, doc.Gross)
			}
			return
		}
	}
	t.Errorf("%s is approved without a credit memo", d.Request.ID)
}

// checkLine finds a line of the order's with an amount on the new invoice of a decision.
func checkLine(t tester, s *invoicing.Settlement, d *invoicing.Decision, kind invoicing.LineKind, net *big.Rat) {
	t.Helper()
	for i := range s.Documents {
		doc := &s.Documents[i]
		if doc.Type != invoicing.InvoiceDoc || !names(d.Documents, doc.Number) {
			continue
		}
		for _, l := range doc.Lines {
			if l.Kind == kind && l.Order == d.Request.Order && ratOf(l.Net).Cmp(net) == 0 {
				return
			}
		}
	}
	t.Errorf("%s: prorated %s, fee %s; no %s line over %s on its new invoice", d.Request.ID, d.Prorated, d.Fee, kind, net.FloatString(3))
}

func names(refs []invoicing.Ref, number string) bool {
	for _, r := range refs {
		if r.Number == number {
			return true
		}
	}
	return false
}

// ratio is lines' net / order amount for CSP, else 1, and the digits of the
// invoice's currency; nil where it is not plain which amount is meant.
func (y *nightly) ratio(d *invoicing.Decision) (*big.Rat, int) {
	o := y.order(d.Request.Order)
	digits := o.currency.Digits()
	if d.Type != policy.CSP {
		return whole(1), digits
	}
	if o.exchanged {
		return nil, 0 // the reference compares what is written of it
	}
	for _, inv := range y.invoices { // each order of a world is on one invoice of the register at most
		for _, l := range inv.Lines {
			if l.Order == d.Request.Order && l.Net.Sign() > 0 {
				if o.plan == invoicing.Monthly && len(o.paid) > 1 || o.paid[0].amount.Sign() == 0 {
					return nil, 0
				}
				return over(ratOf(l.Net), o.paid[0].amount), inv.Currency.Digits()
			}
		}
	}
	return whole(1), digits
}
