package exporters

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
)

// openPage is night.html being written: the night on one page for the people who
// act on it. It is one file without scripts, fonts or pictures from elsewhere, and
// bounded: a list has its first entries and says where the registers have all.
type openPage struct {
	press  *press
	name   string
	words  *pageWords
	totals totals

	currencies map[money.Currency]*pageMoney
	reasons    [invoicing.ReasonCount]int // of rejected request lines
	names      map[string]string          // of accounts, the first maxNames
	held       topList[pageHeld]
	expiring   topList[invoicing.Credit]
	limits     topList[pageLimit]
	refused    topList[pageRefused]
	documents  topList[pageDocument]
	breaks     topList[reconcile.Line]
	ended      topList[reconcile.Line] // resolved or accepted
	support    topList[reconcile.SupportRequest]
}

// The bounds of the page.
const (
	pageEntries   = 20 // of a list
	pageDocuments = 50
	pageRows      = 6 // that disagree on an order
	maxNames      = 5000
	soonDays      = 30 // a credit that expires within so many days wants a look
	nearlyPercent = 80 // and so does a limit that is used so far
)

// pageMoney is the money of one currency.
type pageMoney struct {
	currency                                                money.Currency
	prepayment, held, open, card, payout, owed, used, spent money.Sum // spent is expired
	charged, takenBack                                      money.Sum // of what is left over below zero
	fee, refund                                             money.Sum
	weeks                                                   [creditWeeks + 1]money.Sum // of prepayment credit that expires
	expiring                                                bool
}

type pageHeld struct {
	id, account, order string
	date               money.Date
	reasons            []invoicing.Reason
	steps              []invoicing.Step
	against            []invoicing.Source // the rows that disagree on the order, where they do
}

type pageLimit struct {
	account    string
	limit      money.Money
	on         limitStand
	basisPoint int // used of the limit, in hundredths of a percent
}

type pageRefused struct {
	place, what, fix string
}

type pageDocument struct {
	number  string
	kind    invoicing.DocumentType
	account string
	gross   money.Money
}

// topList keeps the first few of many, by an order.
type topList[T any] struct {
	limit   int
	compare func(a, b T) int
	items   []T
	total   int
}

func (l *topList[T]) add(item T) {
	l.total++
	if len(l.items) == l.limit && l.compare(item, l.items[l.limit-1]) >= 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(l.items, item, func(a, b T) int {
		return cmp.Or(l.compare(a, b), -1) // after its equals
	})
	l.items = slices.Insert(l.items, at, item)
	l.items = l.items[:min(len(l.items), l.limit)]
}

// asTheyCome leaves a list in its order.
func asTheyCome[T any](T, T) int { return 0 }

func newPage(p *press, name string) (part, error) {
	return &openPage{
		press: p, name: name, words: wordsOf(p.night.Seller.Language), currencies: map[money.Currency]*pageMoney{}, names: map[string]string{},
		held: topList[pageHeld]{limit: pageEntries, compare: func(a, b pageHeld) int {
			return cmp.Or(cmp.Compare(a.date, b.date), strings.Compare(a.id, b.id))
		}},
		expiring: topList[invoicing.Credit]{limit: pageEntries, compare: func(a, b invoicing.Credit) int {
			return cmp.Or(cmp.Compare(a.ExpiresOn, b.ExpiresOn), strings.Compare(a.Document.Number, b.Document.Number))
		}},
		limits: topList[pageLimit]{limit: pageEntries, compare: func(a, b pageLimit) int {
			return cmp.Or(cmp.Compare(b.basisPoint, a.basisPoint), strings.Compare(a.account, b.account))
		}},
		refused: topList[pageRefused]{limit: pageEntries, compare: asTheyCome[pageRefused]}, documents: topList[pageDocument]{limit: pageDocuments, compare: asTheyCome[pageDocument]},
		breaks:  topList[reconcile.Line]{limit: pageEntries, compare: compareBreaks},
		ended:   topList[reconcile.Line]{limit: pageEntries, compare: compareBreaks},
		support: topList[reconcile.SupportRequest]{limit: pageEntries, compare: compareSupport},
	}, nil
}

func (o *openPage) of(c money.Currency) *pageMoney {
	m := o.currencies[c]
	if m == nil {
		m = &pageMoney{currency: c}
		o.currencies[c] = m
	}
	return m
}

func (o *openPage) settlement(s *settled) {
	o.totals.settlement(s)
	for i := range s.Accounts {
		if len(o.names) < maxNames {
			o.names[s.Accounts[i].ID] = s.Accounts[i].Name
		}
	}
	for i := range s.Decisions {
		o.decision(&s.Decisions[i])
	}
	for _, x := range reconcile.DecidedSupport(s.Settlement) {
		o.asks(&x)
	}
	for i := range s.Documents {
		o.document(&s.Documents[i])
	}
	for i := range s.Granted {
		if c := &s.Granted[i]; c.Kind == invoicing.PrepaymentLot {
			o.of(c.Amount.Currency()).prepayment.Add(c.Amount)
		}
	}
	for i := range s.Draws {
		o.of(s.Draws[i].Amount.Currency()).used.Add(s.Draws[i].Amount)
	}
	for i := range s.Expired {
		o.of(s.Expired[i].Amount.Currency()).spent.Add(s.Expired[i].Amount)
	}
}

func (o *openPage) decision(d *invoicing.Decision) {
	switch d.Outcome {
	case invoicing.Held:
		o.held.add(pageHeld{id: d.Request.ID, account: d.Account, order: decidedOrder(d), date: d.Request.Date, reasons: d.Reasons.List(), steps: d.Steps(),
			against: against(d)})
	case invoicing.Rejected:
		for _, r := range d.Reasons.Rejecting().List() {
			o.reasons[r]++
		}
	case invoicing.Approved:
		if d.Prorated.IsSet() && !buys(d.Request.Action) {
			m := o.of(d.Prorated.Currency())
			m.fee.Add(d.Fee)
			m.refund.Add(d.Refund)
		}
	}
}

// against are the rows that a line's OrderConflict is of (IMP-10): of an exchange one
// line may have it, and all are held for it.
func against(d *invoicing.Decision) []invoicing.Source {
	if !d.Reasons.Has(invoicing.OrderConflict) || !d.Rules.Has(invoicing.IMP10) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.Sources[1:]), func(s invoicing.Source) bool { return s == d.PriceSource })
}

func (o *openPage) document(d *invoicing.Document) {
	o.documents.add(pageDocument{d.Number, d.Type, d.Account, d.Gross})
	for i := range d.Left {
		l := &d.Left[i]
		m := o.of(l.Amount.Currency())
		switch back := l.Amount.Sign() >= 0; {
		case !back && l.To == invoicing.ToCard: // BIL-CARD-1: an exchange that costs more
			m.charged.Add(l.Amount.Neg())
		case !back: // a reversal
			m.takenBack.Add(l.Amount.Neg())
		case l.To == invoicing.ToOpenAmount:
			m.open.Add(l.Amount)
		case l.To == invoicing.ToHeldCredit:
			m.held.Add(l.Amount)
		case l.To == invoicing.ToCard:
			m.card.Add(l.Amount)
		case l.To == invoicing.ToPayout:
			m.payout.Add(l.Amount)
		}
	}
	if d.Owed.IsSet() {
		o.of(d.Owed.Currency()).owed.Add(d.Owed)
	}
}

func (o *openPage) standing(st *Standing) {
	asOf := o.press.night.AsOf
	for i := range st.Credits {
		c := st.Credits[i]
		if c.ExpiresOn.IsZero() || c.Balance().Sign() <= 0 {
			continue
		}
		m := o.of(c.Amount.Currency())
		m.weeks[min(max(int(c.ExpiresOn-asOf)/7, 0), creditWeeks)].Add(c.Balance())
		m.expiring = true
		if c.ExpiresOn <= asOf+soonDays {
			o.expiring.add(c)
		}
	}
	for i := range st.Limits {
		l := &st.Limits[i]
		on := limitOn(l, asOf)
		units, ok := l.Limit.Units()
		used, ok2 := on.used.Units()
		if ok && ok2 && units > 0 && used > 0 {
			percent, _ := on.used.Of(10000, units).Round(money.HalfUp).Units()
			o.limits.add(pageLimit{l.Account, l.Limit, on, int(percent)})
		}
	}
}

// place is where a row stands, for a person: its file, sheet and number.
func (o *openPage) place(s invoicing.Source) string {
	place := o.press.source(s).Name
	if s.Sheet != "" {
		place += ", " + s.Sheet
	}
	if s.Row > 0 {
		place += fmt.Sprintf(", %s %d", o.words.Row, s.Row)
	}
	return place
}

func (o *openPage) refusal(f *invoicing.Fault) {
	place := o.place(f.Source)
	if f.Column != "" {
		place += ", " + f.Column
	}
	what := f.Value
	if what != "" {
		what = "“" + what + "” "
	}
	fix := f.Fix
	if f.Expected != "" {
		fix += " (" + o.words.Expected + " " + f.Expected + ")"
	}
	o.refused.add(pageRefused{place, what + "(" + f.Code + ")", fix})
}

//go:embed templates/night.html
var pageSource string

var pageTemplate = template.Must(template.New("night.html").Parse(pageSource))

func (o *openPage) close() {
	if o.press.failed() != nil {
		return
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, o.view()); err != nil {
		o.press.fail(fmt.Errorf("writing %s: %w", o.name, err))
		return
	}
	f, err := o.press.create(o.name)
	if err != nil {
		o.press.fail(err)
		return
	}
	o.press.hand(f, bytes.Map(visible, b.Bytes()))
}

// visible shows what cannot be seen: a control character, or one that turns the
// direction of what is read round.
func visible(r rune) rune {
	if r < ' ' && r != '\n' && r != '\t' || r >= 0x7F && r < 0xA0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
		return utf8.RuneError
	}
	return r
}
