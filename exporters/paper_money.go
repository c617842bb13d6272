package exporters

import (
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// settling is what happens to the money: an account of it, and sentences.
type settling struct {
	rows  []fact
	toPay fact // of an invoice
	says  []string
}

// settling tells where the money of the document goes.
func (p *paper) settling() settling {
	d, w := p.document, p.words
	switch d.Type {
	case invoicing.InvoiceDoc:
		return p.invoiceSettling()
	case invoicing.CreditNote:
		if len(p.partners) > 0 {
			return settling{says: []string{fmt.Sprintf(w.noteSettled, p.partnerNumbers())}}
		}
		return settling{says: []string{fmt.Sprintf(w.noteAlone, w.money(d.Gross))}}
	case invoicing.CreditMemo:
		return settling{says: []string{p.memoSettling()}}
	case invoicing.InvoiceRevision:
		if p.reverses() != "" {
			return settling{says: []string{w.restatementBack}}
		}
		return settling{says: []string{w.restatement}}
	case invoicing.CommitmentCharge:
		if len(d.Cancels) > 0 {
			return settling{says: []string{fmt.Sprintf(w.commitmentBack, w.money(d.Gross), p.numbersOf(d.Cancels))}}
		}
		return settling{says: []string{fmt.Sprintf(w.commitment, w.money(d.Gross))}}
	case invoicing.SetOff:
		return settling{says: []string{fmt.Sprintf(w.setOff, w.money(d.Gross), p.s.number(d.Credit), p.numbersOf(d.Credits)), w.setOffNoTax}}
	case invoicing.Expiry:
		if d.Gross.Sign() < 0 {
			return settling{says: []string{fmt.Sprintf(w.expiryReversed, w.money(d.Gross.Neg()), p.s.number(d.Credit))}}
		}
		return settling{says: []string{fmt.Sprintf(w.expiry, w.money(d.Gross), p.s.number(d.Credit))}}
	}
	return settling{}
}

// memoSettling: a memo that credits an invoice is money on the account; one that
// credits none is a lot of the prepayment, with its last day (BIL-EA-2).
func (p *paper) memoSettling() string {
	d, w := p.document, p.words
	switch {
	case len(d.Credits) > 0:
		return fmt.Sprintf(w.overageCredit, w.money(d.Gross))
	case len(d.Cancels) > 0:
		return fmt.Sprintf(w.chargeBack, w.money(d.Gross), p.numbersOf(d.Cancels))
	}
	for i := range p.s.Granted {
		if c := &p.s.Granted[i]; p.s.number(c.Document) == d.Number {
			return fmt.Sprintf(w.prepaymentCredit, w.money(c.Amount), c.ExpiresOn)
		}
	}
	return w.prepaymentZero
}

// invoiceSettling sets the new invoice against what was credited, and says where
// the rest goes (BIL-INV-2, BIL-CARD-1).
func (p *paper) invoiceSettling() settling {
	d, w := p.document, p.words
	var out settling
	add := func(label string, m money.Money) { out.rows = append(out.rows, fact{label, w.money(m)}) }
	if len(p.partners) > 0 {
		credited := money.Zero(d.Currency)
		same := true
		for _, note := range p.partners {
			if same = same && note.Currency == d.Currency; same {
				credited = credited.Add(note.Gross)
			}
		}
		if same {
			add(fmt.Sprintf(w.creditedBy, p.partnerNumbers()), credited)
			add(w.thisInvoice, d.Gross.Neg())
			if left := credited.Sub(d.Gross); left.Sign() >= 0 {
				add(w.leftOver, left)
			}
		}
	}
	for _, l := range d.Left {
		if l.Amount.IsZero() {
			continue
		}
		add(p.way(&l), l.Amount.Abs())
	}
	switch {
	case !d.Owed.IsSet():
	case d.Owed.Sign() < 0: // of a reversal
		add(fmt.Sprintf(w.owedBack, p.numbersOf(d.Replaces)), d.Owed.Neg())
	case d.Owed.Sign() > 0 && len(p.partners) > 0:
		label := w.owed
		if d.CardRef != "" {
			label = fmt.Sprintf(w.chargedToCard, p.card(d.CardRef))
		}
		add(label, d.Owed)
	}
	due := payable(d)
	out.toPay = fact{w.toPay, w.money(due)}
	if due.Sign() > 0 && d.CardRef == "" {
		out.says = append(out.says, w.terms+": "+p.terms()+".")
	}
	return out
}

// way is where a part of what is left over goes; below zero, where it is taken from.
func (p *paper) way(l *invoicing.LeftOver) string {
	w := p.words
	if l.Amount.Sign() < 0 {
		switch l.To {
		case invoicing.ToOpenAmount:
			return w.openAgain
		case invoicing.ToCard:
			return fmt.Sprintf(w.chargedToCard, p.card(l.Card))
		case invoicing.ToHeldCredit:
			return w.heldBack
		}
	}
	switch l.To {
	case invoicing.ToOpenAmount:
		return w.toOpen
	case invoicing.ToCard:
		return fmt.Sprintf(w.toCard, p.card(l.Card))
	case invoicing.ToPayout:
		return w.toPayout
	}
	return w.toHeld
}

// card names a card by its last four characters: a CardRef is a token and never
// a card number (IMP-6).
func (p *paper) card(ref string) string {
	r := []rune(plainText(ref))
	return fmt.Sprintf(p.words.cardEnding, string(r[max(0, len(r)-4):]))
}

func (p *paper) terms() string {
	if t := plainText(p.night.Seller.PaymentTerms); t != "" {
		return strings.TrimSuffix(t, ".")
	}
	return p.words.defaultTerms
}

// payable is what the customer has still to pay of an invoice, by all that is
// known: what is open where the register says so, else what he owes.
func payable(d *invoicing.Document) money.Money {
	switch {
	case d.Open.IsSet():
		return d.Open
	case d.Owed.IsSet():
		return money.Max(d.Owed, money.Zero(d.Currency)) // below zero it is taken off what was owed
	case len(d.Replaces) == 0:
		return d.Gross // it replaces nothing that was paid
	}
	return money.Zero(d.Currency)
}

// computation tells how one refund came about.
type computation struct {
	title string
	steps []invoicing.Step
	note  string
}

// shownSteps are the steps that concern the customer: not the limit, nor the
// commitment that is compared with it.
var shownSteps = []string{"term", "current cycle", "days remaining", "partial return", "price basis", "prorated amount", "fee", "refund amount", "the credit's last day"}

// sharedSteps are those without the vendor's amounts.
var sharedSteps = shownSteps[:4]

// computations are those of the requests that the document is about, from the
// steps of their decisions in the same settlement: the explanation is not written
// a second time.
func (p *paper) computations() (all []computation) {
	w := p.words
	for i := range p.s.Decisions {
		x := &p.s.Decisions[i]
		if x.Outcome != invoicing.Approved || x.Basis == 0 || !slices.Contains(p.document.Requests, x.Request.ID) {
			continue
		}
		c := computation{title: fmt.Sprintf(w.computedTitle, plainText(x.Request.Order), plainText(x.Request.ID), x.Request.Date)}
		shown := shownSteps
		if !p.ownPrices(x) {
			shown, c.note = sharedSteps, w.ownAmounts
		}
		for _, step := range x.Steps() {
			if !slices.Contains(shown, step.What) {
				continue
			}
			step.What, step.How, step.Result = w.step(step.What), w.step(step.How), w.step(step.Result)
			c.steps = append(c.steps, step)
		}
		if !p.ownPrices(x) {
			c.steps = append(c.steps, p.shareSteps(x)...)
		}
		all = append(all, c)
	}
	return all
}

// shareSteps state the share and the fee rate alone, for a customer whose price
// is not the vendor's.
func (p *paper) shareSteps(x *invoicing.Decision) []invoicing.Step {
	w := p.words
	rule, share := invoicing.PRO3, fmt.Sprintf("%d / %d", x.DaysRemaining, x.PeriodDays)
	switch {
	case x.Grace:
		rule, share = invoicing.PRO9, w.wholePrice
	case x.Plan == invoicing.Monthly:
		rule = invoicing.PRO4
	}
	steps := []invoicing.Step{{Rule: rule.String(), What: w.shareOfPrice, Result: share}}
	if !x.FeeRate.IsZero() {
		steps = append(steps, invoicing.Step{Rule: invoicing.FEE1.String(), What: w.kinds[invoicing.FeeLine], Result: w.percent(x.FeeRate.Percent())})
	}
	return steps
}
