package jobs

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs/ledger"
)

// summary is what is kept of a settled run beside its settlements: counts and
// sums for the report, the proof, and what the next proof starts from. It is
// stored as JSON.
type summary struct {
	Decided   map[string]int              `json:"decided"`   // by outcome
	Reasons   map[string]int              `json:"reasons"`   // of requests not approved
	Documents map[string]int              `json:"documents"` // by type
	Money     map[string]*moneyReport     `json:"money"`     // by currency
	Proof     []proofLine                 `json:"proof"`
	Totals    map[string]invoicing.Totals `json:"totals"` // by currency, since the ledger began

	Reconciled *reconciled `json:"reconciled,omitempty"`
	ByCard     int         `json:"by_card,omitempty"` // requests that are held and go through the vendor's support (OUT-9)

	tally invoicing.Tally
}

// moneyReport is the money of a run in one currency.
type moneyReport struct {
	Prorated   money.Sum `json:"prorated"`
	Fee        money.Sum `json:"fee"`
	Refund     money.Sum `json:"refund"`
	Lots       money.Sum `json:"prepayment_credit"`
	Held       money.Sum `json:"held_credit"`
	OpenAmount money.Sum `json:"reduced_open_amount"`
	Card       money.Sum `json:"card"`
	Payout     money.Sum `json:"payout"`
	Drawn      money.Sum `json:"drawn"`
	Expired    money.Sum `json:"expired"`
}

func (m *moneyReport) all() []*money.Sum {
	return []*money.Sum{&m.Prorated, &m.Fee, &m.Refund, &m.Lots, &m.Held, &m.OpenAmount, &m.Card, &m.Payout, &m.Drawn, &m.Expired}
}

// leftTo is the sum of what is left over and goes one way.
func (m *moneyReport) leftTo(to invoicing.LeftOverTo) *money.Sum {
	switch to {
	case invoicing.ToOpenAmount:
		return &m.OpenAmount
	case invoicing.ToCard:
		return &m.Card
	case invoicing.ToPayout:
		return &m.Payout
	}
	return &m.Held
}

// proofLine is one line of the proof (OUT-8); a count of rows has no currency.
type proofLine struct {
	Line     string `json:"line"`
	Currency string `json:"currency,omitempty"`
	Says     string `json:"says"`
	Counted  bool   `json:"counted,omitempty"` // Left and Right count rows of the currency
	Left     string `json:"left"`
	Right    string `json:"right"`
	Holds    bool   `json:"holds"`
}

// support is how many support requests are open (OUT-9).
func (s *summary) support() int {
	n := s.ByCard
	if s.Reconciled != nil {
		n += s.Reconciled.Support
	}
	return n
}

func (s *summary) in(c money.Currency) *moneyReport {
	m := s.Money[c.String()]
	if m == nil {
		if s.Money == nil {
			s.Money = map[string]*moneyReport{}
		}
		m = &moneyReport{}
		for _, x := range m.all() {
			*x = money.NewSum(c)
		}
		s.Money[c.String()] = m
	}
	return m
}

func count(m *map[string]int, key string, n int) {
	if *m == nil {
		*m = map[string]int{}
	}
	(*m)[key] += n
}

func countAll(m *map[string]int, more map[string]int) {
	for key, n := range more {
		count(m, key, n)
	}
}

// add takes a settlement with its numbers, and the states before and after it.
func (s *summary) add(out *invoicing.Settlement, before, after []invoicing.State) {
	s.tally.Add(out, before, after)
	for i := range out.Decisions {
		d := &out.Decisions[i]
		count(&s.Decided, d.Outcome.String(), 1)
		for _, r := range d.Reasons.List() {
			count(&s.Reasons, r.String(), 1)
		}
		if d.Outcome == invoicing.Held && !d.SupportSince.IsZero() {
			s.ByCard++
		}
		if d.Outcome == invoicing.Approved && d.Prorated.IsSet() {
			m := s.in(d.Prorated.Currency())
			m.Prorated.Add(d.Prorated)
			m.Fee.Add(d.Fee)
			m.Refund.Add(d.Refund)
		}
	}
	for i := range out.Documents {
		d := &out.Documents[i]
		count(&s.Documents, d.Type.String(), 1)
		for _, l := range d.Left {
			s.in(l.Amount.Currency()).leftTo(l.To).Add(l.Amount)
		}
	}
	for _, c := range out.Granted {
		if c.Kind == invoicing.PrepaymentLot {
			s.in(c.Amount.Currency()).Lots.Add(c.Amount)
		}
	}
	for _, d := range out.Draws {
		s.in(d.Amount.Currency()).Drawn.Add(d.Amount)
	}
	for _, e := range out.Expired {
		s.in(e.Amount.Currency()).Expired.Add(e.Amount)
	}
}

// merge adds what another goroutine has summed up.
func (s *summary) merge(o *summary) {
	s.tally.Merge(&o.tally)
	s.ByCard += o.ByCard
	countAll(&s.Decided, o.Decided)
	countAll(&s.Reasons, o.Reasons)
	countAll(&s.Documents, o.Documents)
	for code, from := range o.Money {
		to := s.in(money.MustCurrency(code)).all()
		for i, m := range from.all() {
			*to[i] = to[i].Plus(*m)
		}
	}
}

// conclude compares the sums of the run with its files and with the run before
// (OUT-8). A line that does not hold is an error: nothing may be committed.
func (s *summary) conclude(before map[string]invoicing.Totals, files []ledger.File) error {
	lines, totals := s.tally.Lines(before)
	s.Totals = totals
	for i := range lines {
		l := &lines[i]
		s.Proof = append(s.Proof, proofLine{Line: l.Line, Currency: l.Left.Currency().String(), Says: l.Says, Left: l.Left.Number(), Right: l.Right.Number(), Holds: l.Holds()})
	}
	s.Proof = append(s.Proof, s.Reconciled.proof()...)
	var c ledger.FileCounts
	for _, f := range files {
		c.Rows, c.Kept, c.Known = c.Rows+f.Counts.Rows, c.Kept+f.Counts.Kept, c.Known+f.Counts.Known
		c.Ignored, c.Refused = c.Ignored+f.Counts.Ignored, c.Refused+f.Counts.Refused
	}
	right := c.Kept + c.Known + c.Ignored + c.Refused
	s.Proof = append(s.Proof, proofLine{Line: "g", Says: "rows read = kept + known + ignored + refused", Left: fmt.Sprint(c.Rows), Right: fmt.Sprint(right), Holds: c.Rows == right})
	slices.SortStableFunc(s.Proof, func(a, b proofLine) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Currency, b.Currency))
	})
	var broken []error
	for _, l := range s.Proof {
		if !l.Holds {
			broken = append(broken, fmt.Errorf("the proof does not hold (OUT-8 %s): %s: %s is not %s %s", l.Line, l.Says, l.Left, l.Right, l.Currency))
		}
	}
	return errors.Join(broken...)
}
