package ledger

import (
	"errors"
	"io"
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
)

// reconciledNothing takes the second part of a settle, in tests that are of the
// first: every order stays as it is.
func reconciledNothing(t tb, w *Work) {
	t.Helper()
	r, err := w.Reconciling()
	mustDo(t, err)
	for {
		if _, err := r.Next(100); errors.Is(err, io.EOF) {
			return
		} else {
			mustDo(t, err)
		}
		r.put = r.handed
	}
}

// What an order owes and was credited meets on one night, is a break until then,
// and falls due on its day.
func TestAnOrderIsReconciledOverNights(t *testing.T) {
	day := money.DateOf(2026, 6, 1)
	for _, c := range []struct {
		name  string
		dueIn int
		class reconcile.Class
	}{{"due later", 10, reconcile.NotYetDue}, {"due at once", 0, reconcile.MissingAtVendor}} {
		t.Run(c.name, func(t *testing.T) {
			e := reconcile.Expected{Request: "R", Order: "O", Amount: money.Minor(100, money.USD), Date: day, DueOn: day + money.Date(c.dueIn),
				Facts: &reconcile.Facts{PolicyID: "p"}}
			x := News{Order: "O", expected: []string{string(putOwed(nil, &Owed{1, e}))}}
			st, typ, expected, credits, err := x.Read()
			mustDo(t, err)
			if typ != 1 || len(expected) != 1 || len(credits) != 0 || expected[0].Facts.PolicyID != "p" {
				t.Fatalf("read back: type %v, %+v, %v", typ, expected, credits)
			}
			night, err := reconcile.Reconcile(st, expected, credits, reconcile.Params{}, day)
			mustDo(t, err)
			if got := night.Next.Breaks[0].Class; got != c.class {
				t.Errorf("on the first night it is %s, want %s", got, c.class)
			}
			w, _ := x.Weigh(nil, &night, typ, day)
			if due := len(w.due) > 0; due != (c.dueIn > 0) {
				t.Errorf("it will be looked at again on %v", w.due)
			}
			// Nothing new: nothing to keep.
			again := News{Order: "O", breaks: string(w.breaks)}
			st, typ, _, _, err = again.Read()
			mustDo(t, err)
			night, err = reconcile.Reconcile(st, nil, nil, reconcile.Params{}, day)
			mustDo(t, err)
			if w, _ := again.Weigh(nil, &night, typ, day); w.evidence != nil || w.breaks != nil || w.closed != nil {
				t.Errorf("a night without news keeps something: %+v", w)
			}
		})
	}
}
