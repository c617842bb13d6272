package exporters

import (
	"cmp"
	"strings"

	"prorata/invoicing/reconcile"
)

// What needs a person with the vendor: the breaks that somebody has to answer for
// and the support requests that are open, the oldest first; and what was settled.

func compareBreaks(a, b reconcile.Line) int {
	return cmp.Or(b.AgeDays-a.AgeDays, strings.Compare(a.ID, b.ID))
}

func compareSupport(a, b reconcile.SupportRequest) int {
	return cmp.Or(int(a.Since-b.Since), strings.Compare(a.Request, b.Request))
}

func (o *openPage) reconciled(l *reconcile.Line) {
	second := l.Class == reconcile.CurrencyMismatch && !l.Expected.IsSet() // of the two rows of a break
	switch {
	case l.Class == reconcile.Matched || l.Class == reconcile.NotYetDue || second:
	case l.Status == reconcile.Open:
		o.breaks.add(*l)
	default:
		o.ended.add(*l)
	}
	for i := range l.Support {
		o.asks(&l.Support[i])
	}
}

func (o *openPage) asks(x *reconcile.SupportRequest) {
	if x.ClosedOn.IsZero() {
		o.support.add(*x)
	}
}

func (o *openPage) breakTable(breaks *topList[reconcile.Line]) pageTable {
	t := pageTable{W: o.words, Rest: o.rest(breaks.total, len(breaks.items), "reconciliation.csv")}
	for i := range breaks.items {
		l := &breaks.items[i]
		says := o.words.classes[l.Class]
		if l.Cause != "" {
			says += ": " + l.Cause
		}
		t.Rows = append(t.Rows, []pageCell{{Text: l.ID}, {Text: o.account(l.Account)}, {Text: says}, {Text: o.words.money(l.Difference), Right: true}, {Text: itoa(l.AgeDays), Right: true}})
	}
	return t
}

func (o *openPage) supportTable() pageTable {
	t := pageTable{Rest: o.rest(o.support.total, len(o.support.items), "support-requests.csv")}
	for i := range o.support.items {
		x := &o.support.items[i]
		t.Rows = append(t.Rows, []pageCell{{Text: x.Request}, {Text: o.account(x.Account)}, {Text: x.Order}, {Text: o.words.money(x.Amount), Right: true}, {Text: x.Since.String()}})
	}
	return t
}
