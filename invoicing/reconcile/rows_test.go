package reconcile

import (
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// usual are the parameters of the built-in policies.
var usual = Params{Tolerance: money.NewDecimal(1, 2), MatchDays: 45}

const dueDays = 10

func day(s string) money.Date {
	d, err := money.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// expects is an expected credit of order O1, bought long before any request.
func expects(request, amount, date string) Expected {
	d := day(date)
	return Expected{Request: request, Account: "A1", Order: "O1", Action: invoicing.Refund, Quantity: 1, Amount: money.Must(amount),
		Date: d, DueOn: d + dueDays, Start: day("2020-01-15"), Source: invoicing.Source{File: 1, Sheet: "Requests", Row: int(d)}}
}

// credits is a vendor row of order O1; row tells rows of a night apart.
func credits(row int, amount, date string) invoicing.VendorCredit {
	return invoicing.VendorCredit{Origin: invoicing.FromTransactions, Account: "A1", Order: "O1", Event: "Refund", Date: day(date),
		Quantity: 1, Amount: money.Must(amount), Source: invoicing.Source{File: 2, Row: row}}
}

func reconciled(t *testing.T, st State, es []Expected, cs []invoicing.VendorCredit, asOf string) Night {
	t.Helper()
	st.Order = "O1"
	n, err := Reconcile(st, es, cs, usual, day(asOf))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// only is the one break of a state.
func only(t *testing.T, s State) *Break {
	t.Helper()
	if len(s.Breaks) != 1 {
		t.Fatalf("%d breaks, want one: %+v", len(s.Breaks), s.Breaks)
	}
	return &s.Breaks[0]
}
