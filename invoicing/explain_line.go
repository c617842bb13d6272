package invoicing

import (
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing/money"
)

// Background is what the figures of a document come from, where the document
// itself does not say it.
type Background struct {
	Decisions []Decision // on the requests that the document names
	Credit    Credit     // that a set-off advice or an expiry takes from, as it was before; its zero value is not known
}

// Follow follows the credit that a set-off advice or an expiry takes from through one
// settlement after the other, and reports whether it came to that document.
func (b *Background) Follow(d *Document, s *Settlement) bool {
	for i := range s.Opened {
		if o := &s.Opened[i]; (o.Kind == OpeningLot || o.Kind == OpeningHeld) && o.Source.String() == d.Credit.Number {
			b.Credit = o.credit()
		}
	}
	for i := range s.Granted {
		if s.Granted[i].Document == d.Credit {
			b.Credit = s.Granted[i]
		}
	}
	for _, w := range s.Draws {
		if w.Document.Number == d.Number {
			return true
		}
		if w.Credit == d.Credit {
			b.Credit.Used = b.Credit.Used.Add(w.Amount)
		}
	}
	for _, x := range s.Expired { // a night draws first
		if x.Document.Number == d.Number {
			return true
		}
		if x.Credit == d.Credit {
			b.Credit.Expired = b.Credit.Expired.Add(x.Amount)
		}
	}
	return false
}

// LineStep tells how the net of a line came about, by its place from 0: from the
// document that it is copied from, from the decisions behind it, or from a credit.
func (d *Document) LineStep(i int, b *Background) Step {
	l := &d.Lines[i]
	say := func(r Rule, how string, args ...any) Step {
		return Step{r.String(), strings.ToLower(l.Kind.String()), fmt.Sprintf(how, args...), l.Net.String()}
	}
	decision := b.on(l)
	switch {
	case l.Kind == CreditAppliedLine:
		return say(l.Rules.List()[0], "%s", d.taken(l, &b.Credit))
	case b.undoes() && d.Type == InvoiceRevision && i >= d.restated():
		return say(BILEA3, "what %s has of the request that is undone, with the other sign", d.restates())
	case b.undoes() && len(d.Cancels) > 0:
		return say(DOC4, "as it stands on %s, which is undone", numbersOf(d.Cancels))
	case b.undoes() && len(d.Replaces) > 0:
		return say(DOC4, "as it was on what %s has replaced, whose credit is undone", numbersOf(d.Replaces))
	case d.Type == CreditNote:
		return say(BILINV1, "as it stands on the invoice that is cancelled, %s", numbersOf(d.Cancels))
	case l.Rules.Has(BILINV1):
		return say(BILINV1, "unchanged from the invoice that is replaced, %s", numbersOf(d.Replaces))
	case l.Kind == BalanceForwardLine && i >= d.restated():
		return say(BILEA3, "- %s, the gross of %s, the credit memo for the restated invoice", l.Net.Neg(), numbersOf(b.Decisions[0].Documents[:1]))
	case l.Rules == Cite(BILEA3) && d.Revision > 1: // a line may have come in since
		return say(BILEA3, "unchanged from the invoice that is restated, %s, last by %s", numbersOf(d.Revises), d.restates())
	case l.Rules == Cite(BILEA3):
		return say(BILEA3, "unchanged from the invoice that is restated, %s", numbersOf(d.Revises))
	case decision == nil:
		return say(l.Rules.List()[0], "the decision on it is told under its request")
	case l.Kind == PurchaseLine:
		return say(EXC4, "%s", b.purchase(decision))
	case l.Kind == FeeLine:
		return say(FEE1, "%s", decision.charged(decision.Fee, l.Net, "fee"))
	}
	return say(PRO8, "%s", decision.charged(decision.Prorated, l.Net, "prorated amount"))
}

// restates is what a revision restates: the invoice, or its last revision.
func (d *Document) restates() string {
	if d.Revision > 1 {
		return fmt.Sprintf("%s-R%d", d.Revises[0].Number, d.Revision-1)
	}
	return numbersOf(d.Revises)
}

// undoes reports whether the document is a Reverse's.
func (b *Background) undoes() bool {
	return len(b.Decisions) > 0 && b.Decisions[0].Request.Action == Reverse
}

// on is the decision that a line is of: the return, or the purchase, of its order.
func (b *Background) on(l *Line) *Decision {
	i := slices.IndexFunc(b.Decisions, func(d Decision) bool {
		return d.Request.Order == l.Order && (d.Request.New != nil) == (l.Kind == PurchaseLine)
	})
	if i < 0 {
		return nil
	}
	return &b.Decisions[i]
}

// charged tells a decided amount as it stands on a line: in the customer's amount
// where the partner charged another (BIL-CSP-1), and below zero where it is credited.
func (d *Decision) charged(m, net money.Money, what string) string {
	sign := ""
	if net.Sign()*m.Sign() < 0 {
		sign = "- "
	}
	if !d.Charged.IsSet() || d.OrderPrice.IsZero() {
		return fmt.Sprintf("%s%s, the %s of %s", sign, m, what, d.Request.ID)
	}
	return fmt.Sprintf("%s%s, rounded once; %s is the %s of %s", sign, d.customers(m), m, what, d.Request.ID)
}

// customers writes what a partner's customer gets or pays for an amount of the vendor.
func (d *Decision) customers(m money.Money) string {
	return fmt.Sprintf("%s x %s / %s, as the customer was charged %s for what costs %s", m, d.Charged.Number(), d.OrderPrice.Number(), d.Charged, d.OrderPrice)
}

// purchase tells what is charged at once for what an exchange or transfer buys: on
// the invoice that replaces others, in the first return's ratio.
func (b *Background) purchase(d *Decision) string {
	amount, what := d.Request.New.Amount, "the amount, paid Upfront"
	if d.Request.New.Plan == Monthly {
		what = "the first instalment"
	}
	if first := b.Decisions[0]; d.Request.CustomerAmount.IsSet() {
		return fmt.Sprintf("%s, CustomerAmount of %s", d.Request.CustomerAmount, d.Request.ID)
	} else if first.Charged.IsSet() && first.Request.Action == Return && !first.OrderPrice.IsZero() {
		return fmt.Sprintf("%s, rounded once; %s is %s of %s", first.customers(amount), amount, what, d.Request.ID)
	}
	return fmt.Sprintf("%s, %s of %s", amount, what, d.Request.ID)
}

// taken tells what a set-off advice or an expiry takes from a credit, or a
// reversing expiry gives back to it.
func (d *Document) taken(l *Line, c *Credit) string {
	if !c.Amount.IsSet() {
		return "taken from the credit that " + d.Credit.Number + " granted"
	}
	left := fmt.Sprintf("%s - %s - %s", c.Amount, c.Used, c.Expired)
	of := fmt.Sprintf("the credit that %s granted, less what was used, less what was expired", d.Credit.Number)
	switch {
	case l.Net == c.Balance():
		return left + ", " + of
	case d.Type == Expiry:
		return fmt.Sprintf("%s, drawn on a day of validity beyond what was left of the credit that %s granted", l.Net, d.Credit.Number)
	}
	return fmt.Sprintf("%s, what was still to be paid of %s; there was more, %s = %s: %s", l.Net, numbersOf(d.Credits), left, c.Balance(), of)
}

// TaxStep tells how the tax of a group came about, by its place from 0 (DOC-4).
func (d *Document) TaxStep(i int) Step {
	g := &d.Taxes[i]
	num, den := g.Rate.Fraction()
	exact := g.Net.Of(num, 100*den)
	how := fmt.Sprintf("%s x %s / 100 = %s, rounded once", g.Net, g.Rate, exact.Exact(6))
	switch {
	case exact.Round(money.HalfUp) == g.Tax:
	case d.Type == CreditMemo:
		how = "the tax of all that memos have credited of " + numbersOf(d.Credits) + ", less that of the earlier ones"
	case exact.Round(money.HalfEven) != g.Tax:
		how = "as what is credited was taxed"
	}
	return Step{DOC4.String(), fmt.Sprintf("tax %s %% %s", g.Rate, g.Category), how, g.Tax.String()}
}

func numbersOf(refs []Ref) string {
	var names []string
	for _, r := range refs {
		names = append(names, r.Number)
	}
	return strings.Join(names, ", ")
}
