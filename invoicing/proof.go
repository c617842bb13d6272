package invoicing

import (
	"maps"
	"slices"
	"strings"

	"prorata/invoicing/money"
)

// ProofLine is one line of the proof (OUT-8): two sums that must be equal.
type ProofLine struct {
	Line        string // "a" to "g"
	Says        string
	Left, Right money.Sum
}

// Holds reports whether the two sums are equal.
func (l *ProofLine) Holds() bool { return l.Left.Equal(l.Right) }

// Totals are what the proof carries from run to run, per currency: the credits
// and what is posted on them since the ledger began.
type Totals struct {
	Granted, Used, Expired, Balance money.Sum // of all lots and held credits
	HeldBalance                     money.Sum // of held credits, by the books of credits
	HeldPosted                      money.Sum // the same, by what was posted on Liability:HeldCredit
}

// Tally adds up what the proof compares. The zero value is ready; a Tally is not
// for use by two goroutines at once: each has its own, and Merge puts them together.
type Tally struct {
	sums     map[money.Currency]*sums
	postings []Posting // of one document: room that is used again
}

// sums are a run's sums in one currency.
type sums struct {
	prorated, refund, fee                     money.Sum
	cancelled, renewed, parts, owed           money.Sum
	prepaid, lots                             money.Sum
	debits, credits, gross, moved, heldPosted money.Sum
	granted, used, expired                    money.Sum
	balance, heldBalance                      money.Sum // after the run less before it
}

// all lists the sums, for merging.
func (s *sums) all() []*money.Sum {
	return []*money.Sum{&s.prorated, &s.refund, &s.fee, &s.cancelled, &s.renewed, &s.parts, &s.owed, &s.prepaid, &s.lots, &s.debits,
		&s.credits, &s.gross, &s.moved, &s.heldPosted, &s.granted, &s.used, &s.expired, &s.balance, &s.heldBalance}
}

func (t *Tally) of(c money.Currency) *sums {
	s := t.sums[c]
	if s == nil {
		if t.sums == nil {
			t.sums = map[money.Currency]*sums{}
		}
		s = &sums{}
		for _, m := range s.all() {
			*m = money.NewSum(c)
		}
		t.sums[c] = s
	}
	return s
}

// Add takes a settlement with its numbers, and the states before and after it.
func (t *Tally) Add(s *Settlement, before, after []State) {
	for i := range s.Opened {
		t.opened(&s.Opened[i])
	}
	for i := range s.Decisions {
		t.decision(&s.Decisions[i])
	}
	for i := range s.Documents {
		t.document(&s.Documents[i])
	}
	for i := range s.Granted {
		c := &s.Granted[i]
		x := t.of(c.Amount.Currency())
		x.granted.Add(c.Amount)
		if c.Kind == PrepaymentLot {
			x.lots.Add(c.Amount)
		}
	}
	for _, d := range s.Draws {
		t.of(d.Amount.Currency()).used.Add(d.Amount)
	}
	for _, e := range s.Expired {
		t.of(e.Amount.Currency()).expired.Add(e.Amount)
	}
	t.balances(after, false)
	t.balances(before, true)
}

// opened takes a credit brought in: no refund granted it, and of a held credit
// it is the opening balance of Liability:HeldCredit, which whoever granted it has
// posted.
func (t *Tally) opened(o *Opening) {
	if o.Kind != OpeningLot && o.Kind != OpeningHeld {
		return
	}
	x := t.of(o.Amount.Currency())
	x.granted.Add(o.Amount)
	if o.Kind == OpeningHeld {
		x.heldPosted.Add(o.Amount)
	}
}

func (t *Tally) decision(d *Decision) {
	if d.Outcome != Approved || d.Basis == 0 {
		return
	}
	x := t.of(d.Prorated.Currency())
	x.prorated.Add(d.Prorated)
	x.refund.Add(d.Refund)
	x.fee.Add(d.Fee)
	if d.Funding == Prepayment {
		x.prepaid.Add(d.Refund)
	}
}

func (t *Tally) document(d *Document) {
	x := t.of(d.Currency)
	receivable, parts := money.Zero(d.Currency), money.Zero(d.Currency)
	t.postings = Postings(t.postings[:0], d)
	for _, p := range t.postings {
		amount := p.Debit
		if amount.IsSet() {
			x.debits.Add(amount)
		} else {
			x.credits.Add(p.Credit)
			amount = p.Credit.Neg()
		}
		switch p.Account {
		case Receivable:
			receivable = receivable.Add(amount)
		case HeldLiability:
			x.heldPosted.Add(amount.Neg())
		}
	}
	for _, l := range d.Left {
		x.parts.Add(l.Amount)
		if l.To != ToOpenAmount {
			parts = parts.Add(l.Amount)
		}
	}
	switch {
	case d.Type == CreditNote:
		x.cancelled.Add(d.Gross)
		x.gross.Add(d.Gross.Neg())
		if d.Owed.IsSet() { // of a reversal: what was owed is no more
			x.owed.Add(d.Owed)
		}
	case d.Type == SetOff, d.Type == CreditMemo && len(d.Credits) > 0:
		x.gross.Add(d.Gross.Neg())
	case d.Type == InvoiceDoc:
		x.renewed.Add(d.Gross)
		x.gross.Add(d.Gross)
		if d.Owed.IsSet() {
			x.owed.Add(d.Owed)
		}
	}
	x.moved.Add(receivable.Sub(parts))
}

// balances adds the balances of credits, or takes those of the states before.
func (t *Tally) balances(states []State, before bool) {
	for i := range states {
		for j := range states[i].Credits {
			c := &states[i].Credits[j]
			b := c.Balance()
			if b.IsZero() {
				continue
			}
			if before {
				b = b.Neg()
			}
			x := t.of(b.Currency())
			x.balance.Add(b)
			if c.Kind == HeldCreditKind {
				x.heldBalance.Add(b)
			}
		}
	}
}

// Merge adds the sums of another tally.
func (t *Tally) Merge(o *Tally) {
	for c, from := range o.sums {
		to := t.of(c).all()
		for i, m := range from.all() {
			*to[i] = to[i].Plus(*m)
		}
	}
}

// Lines compares the sums (OUT-8, a to e) per currency and carries the totals on
// from those of the run before.
func (t *Tally) Lines(before map[string]Totals) ([]ProofLine, map[string]Totals) {
	for code := range before {
		t.of(money.MustCurrency(code))
	}
	currencies := slices.SortedFunc(maps.Keys(t.sums), func(a, b money.Currency) int { return strings.Compare(a.String(), b.String()) })
	var lines []ProofLine
	totals := make(map[string]Totals, len(currencies))
	for _, c := range currencies {
		x, was := t.sums[c], before[c.String()]
		now := Totals{was.Granted.Plus(x.granted), was.Used.Plus(x.used), was.Expired.Plus(x.expired), was.Balance.Plus(x.balance),
			was.HeldBalance.Plus(x.heldBalance), was.HeldPosted.Plus(x.heldPosted)}
		totals[c.String()] = now
		lines = append(lines,
			ProofLine{"a", "prorated = refund + fee", x.prorated, x.refund.Plus(x.fee)},
			ProofLine{"b", "gross cancelled = gross of the new invoices + left over", x.cancelled, x.renewed.Plus(x.parts).Minus(x.owed)},
			ProofLine{"c", "refunds from prepayment = lots granted", x.prepaid, x.lots},
			ProofLine{"d", "credits granted = used + expired + balance", now.Granted, now.Used.Plus(now.Expired).Plus(now.Balance)},
			ProofLine{"e", "debits = credits", x.debits, x.credits},
			ProofLine{"e", "gross of documents = their movement on Receivable", x.gross, x.moved},
			ProofLine{"e", "balance of Liability:HeldCredit = held credits", now.HeldPosted, now.HeldBalance})
	}
	return lines, totals
}
