package exporters

import (
	"maps"
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
	prorated, fee, refund, remaining, cancel money.Sum
	debit, credit                            money.Sum
	types                                    [invoicing.Expiry + 1]struct {
		count           int
		net, tax, gross money.Sum
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
			of.prorated.Add(d.Prorated)
			of.fee.Add(d.Fee)
			of.refund.Add(d.Refund)
			of.remaining.Add(d.Remaining)
			of.cancel.Add(d.Canceled)
		}
	}
	for i := range s.Documents {
		d := &s.Documents[i]
		t.types[d.Type]++
		t.lines += len(d.Lines)
		of := &t.of(d.Currency).types[d.Type]
		of.count++
		of.net.Add(d.Net)
		of.tax.Add(d.Tax)
		of.gross.Add(d.Gross)
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
		t.of(e.Debit.Currency()).debit.Add(e.Debit)
	}
	if e.Credit.IsSet() {
		t.of(e.Credit.Currency()).credit.Add(e.Credit)
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
			Currency: c.currency.String(), Prorated: textOf(&c.prorated, c.currency), Fee: textOf(&c.fee, c.currency), Refund: textOf(&c.refund, c.currency),
			Remaining: textOf(&c.remaining, c.currency), Canceled: textOf(&c.cancel, c.currency), Debit: textOf(&c.debit, c.currency), Credit: textOf(&c.credit, c.currency),
			Documents: []TypeSum{},
		}
		for k := range c.types {
			if of := &c.types[k]; of.count > 0 {
				s.Documents = append(s.Documents,
					TypeSum{invoicing.DocumentType(k).String(), textOf(&of.net, c.currency), textOf(&of.tax, c.currency), textOf(&of.gross, c.currency)})
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

// textOf is a sum of a currency, to which nothing may have been added.
func textOf(s *money.Sum, c money.Currency) string { return money.NewSum(c).Plus(*s).Number() }
