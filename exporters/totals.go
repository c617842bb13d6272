package exporters

import (
	"maps"
	"math/big"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// Counts is how many of each there are in a night.
type Counts struct {
	Approved  int         `json:"approved"`
	Rejected  int         `json:"rejected"`
	Held      int         `json:"held"`
	Withdrawn int         `json:"withdrawn,omitempty"`
	Documents []TypeCount `json:"documents"` // by type, in the order of OUT-2; those that occur
	Lines     int         `json:"documentLines"`
	Postings  int         `json:"postings"`
	Refusals  int         `json:"refusals"`
}

// TypeCount is how many documents of a type there are.
type TypeCount struct {
	Type  string `json:"type"`
	Count int    `json:"count"`
}

// Sums are the sums of one currency; amounts are decimal strings. The first five
// add up the approved returns of decisions.csv.
type Sums struct {
	Currency  string    `json:"currency"`
	Prorated  string    `json:"proratedAmount"`
	Fee       string    `json:"fee"`
	Refund    string    `json:"refundAmount"`
	Remaining string    `json:"remainingCommitment"`
	Canceled  string    `json:"canceledCommitment"`
	Debit     string    `json:"debit"`
	Credit    string    `json:"credit"`
	Documents []TypeSum `json:"documents"` // by type, in the order of OUT-2; those that occur
}

// TypeSum adds up the documents of one type and currency.
type TypeSum struct {
	Type  string `json:"type"`
	Net   string `json:"net"`
	Tax   string `json:"tax"`
	Gross string `json:"gross"`
}

// totals collects Counts and Sums during the pass.
type totals struct {
	outcomes   [invoicing.OutcomeCount]int
	types      [invoicing.Expiry + 1]int
	lines      int
	postings   int
	refusals   int
	currencies map[money.Currency]*currencyTotal
	last       *currencyTotal
}

type currencyTotal struct {
	currency                                 money.Currency
	prorated, fee, refund, remaining, cancel sum
	debit, credit                            sum
	types                                    [invoicing.Expiry + 1]struct {
		count           int
		net, tax, gross sum
	}
}

// of is the total of a currency; a run of one currency does not look it up.
func (t *totals) of(c money.Currency) *currencyTotal {
	if t.last != nil && t.last.currency == c {
		return t.last
	}
	if t.currencies == nil {
		t.currencies = map[money.Currency]*currencyTotal{}
	}
	if t.currencies[c] == nil {
		t.currencies[c] = &currencyTotal{currency: c}
	}
	t.last = t.currencies[c]
	return t.last
}

func (t *totals) settlement(s *settled) {
	for i := range s.Decisions {
		d := &s.Decisions[i]
		t.outcomes[d.Outcome]++
		if d.Outcome == invoicing.Approved && d.Prorated.IsSet() && !buys(d.Request.Action) {
			of := t.of(d.Prorated.Currency())
			of.prorated.add(d.Prorated)
			of.fee.add(d.Fee)
			of.refund.add(d.Refund)
			of.remaining.add(d.Remaining)
			of.cancel.add(d.Canceled)
		}
	}
	for i := range s.Documents {
		d := &s.Documents[i]
		t.types[d.Type]++
		t.lines += len(d.Lines)
		of := &t.of(d.Currency).types[d.Type]
		of.count++
		of.net.add(d.Net)
		of.tax.add(d.Tax)
		of.gross.add(d.Gross)
	}
	for _, postings := range s.postings {
		t.postings += len(postings)
		for i := range postings {
			t.posting(&postings[i])
		}
	}
}

func (t *totals) posting(e *invoicing.Posting) {
	if e.Debit.IsSet() {
		t.of(e.Debit.Currency()).debit.add(e.Debit)
	}
	if e.Credit.IsSet() {
		t.of(e.Credit.Currency()).credit.add(e.Credit)
	}
}

func (t *totals) counts() Counts {
	c := Counts{
		Approved: t.outcomes[invoicing.Approved], Rejected: t.outcomes[invoicing.Rejected], Held: t.outcomes[invoicing.Held], Withdrawn: t.outcomes[invoicing.Withdrawn],
		Documents: []TypeCount{}, Lines: t.lines, Postings: t.postings, Refusals: t.refusals,
	}
	for k, n := range t.types {
		if n > 0 {
			c.Documents = append(c.Documents, TypeCount{invoicing.DocumentType(k).String(), n})
		}
	}
	return c
}

func (t *totals) sums() []Sums {
	sums := make([]Sums, 0, len(t.currencies))
	for _, code := range byCode(t.currencies) {
		c := t.currencies[code]
		s := Sums{
			Currency: c.currency.String(), Prorated: c.prorated.text(c.currency), Fee: c.fee.text(c.currency), Refund: c.refund.text(c.currency),
			Remaining: c.remaining.text(c.currency), Canceled: c.cancel.text(c.currency), Debit: c.debit.text(c.currency), Credit: c.credit.text(c.currency),
			Documents: []TypeSum{},
		}
		for k := range c.types {
			if of := &c.types[k]; of.count > 0 {
				s.Documents = append(s.Documents,
					TypeSum{invoicing.DocumentType(k).String(), of.net.text(c.currency), of.tax.text(c.currency), of.gross.text(c.currency)})
			}
		}
		sums = append(sums, s)
	}
	return sums
}

// byCode are the currencies of a map, by their codes.
func byCode[T any](of map[money.Currency]T) []money.Currency {
	return slices.SortedFunc(maps.Keys(of), func(a, b money.Currency) int { return strings.Compare(a.String(), b.String()) })
}

// sum is exact and without bound: what is committed must be publishable, however
// many large amounts it holds. What fits is kept in minor units.
type sum struct {
	units int64
	rest  *big.Int // in units of 10^-MaxScale; nil is none
}

func (s *sum) add(m money.Money) {
	if units, ok := m.Units(); ok {
		if next := s.units + units; (next > s.units) == (units > 0) {
			s.units = next
			return
		}
	}
	if s.rest == nil {
		s.rest = new(big.Int)
	}
	coef, scale, _ := m.Parts()
	s.rest.Add(s.rest, widened(coef, scale))
}

// widened is coef / 10^scale in units of 10^-MaxScale.
func widened(coef int64, scale int) *big.Int {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(money.MaxScale-scale)), nil)
	return unit.Mul(unit, big.NewInt(coef))
}

// exact is the sum in units of 10^-MaxScale.
func (s *sum) exact(c money.Currency) *big.Int {
	total := widened(s.units, c.Digits())
	if s.rest != nil {
		total.Add(total, s.rest)
	}
	return total
}

// text is the sum with the currency's minor digits, or more where there are more.
func (s *sum) text(c money.Currency) string {
	if s.rest == nil {
		return money.Minor(s.units, c).Number()
	}
	total := s.exact(c)
	digits, sign := total.String(), ""
	if total.Sign() < 0 {
		sign, digits = "-", digits[1:]
	}
	if short := money.MaxScale + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	whole, part := digits[:len(digits)-money.MaxScale], digits[len(digits)-money.MaxScale:]
	minor := c.Digits()
	part = part[:minor] + strings.TrimRight(part[minor:], "0")
	if part == "" {
		return sign + whole
	}
	return sign + whole + "." + part
}
