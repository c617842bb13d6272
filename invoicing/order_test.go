package invoicing

import (
	"fmt"
	"strings"
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// IMP-10: what else may be told of two units at 100.00 a month, by another source or
// by another row of the same export, whose rows of a day add up (IMP-1).
func TestFurtherRowsOfAnOrder(t *testing.T) {
	for _, c := range []struct {
		what, row             string
		sourceAgrees, rowFits bool
	}{
		{"the same again", "2026-01-10 P1Y Monthly 2 x 100.00 USD", true, true},
		{"another currency", "2026-01-10 P1Y Monthly 2 x 100.00 EUR", false, false},
		{"another term", "2026-01-10 P3Y Monthly 2 x 100.00 USD", false, false},
		{"another plan", "2026-01-10 P1Y Upfront 2 x 100.00 USD", false, false},
		{"another quantity", "2026-01-10 P1Y Monthly 3 x 100.00 USD", false, true},
		{"another amount", "2026-01-10 P1Y Monthly 2 x 90.00 USD", false, true},
		{"another instalment", "2026-12-10 P1Y Monthly 2 x 90.00 USD", true, true},
		{"no due date", "2026-02-11 P1Y Monthly 2 x 100.00 USD", false, true},
		{"the end of the term", "2027-01-10 P1Y Monthly 2 x 100.00 USD", false, true},
	} {
		first, further := bought("O1", "A", "2026-01-10 P1Y Monthly 2 x 100.00 USD"), bought("O1", "A", c.row)
		first.Origin, further.Run = FromTransactions, 2
		if got := !foldOrders([]Purchase{first, further})[0].Conflict(); got != c.sourceAgrees {
			t.Errorf("%s: another source agrees: %t", c.what, got)
		}
		further.Origin = FromTransactions
		if got := !foldOrders([]Purchase{first, further})[0].Conflict(); got != c.rowFits {
			t.Errorf("%s: another row of the export fits: %t", c.what, got)
		}
		partner := first
		partner.Origin, further.Origin = FromPartner, FromPartner
		if got := !foldOrders([]Purchase{first, partner, further})[0].Conflict(); got != (c.rowFits && further.Date != first.Date) {
			t.Errorf("%s: a further source of both rows agrees: %t", c.what, got)
		}
		further.Account = "B"
		for _, further.Origin = range []Origin{FromTransactions, FromSheet} {
			if !foldOrders([]Purchase{first, further})[0].Conflict() {
				t.Errorf("%s, of another account: it agrees", c.what)
			}
		}
	}
}

// IMP-1: rows of an order add up. One with which the amount would be too large is in conflict
// with the others.
func TestRowsThatAddUpToTooMuch(t *testing.T) {
	var rows []Purchase
	for range 1000 {
		r := bought("O1", "E1", "2026-08-01 P1Y Upfront 1 x 9999999999999.999 KWD")
		r.Origin = FromTransactions
		rows = append(rows, r)
	}
	o := foldOrders(rows)[0]
	equal(t, "the order is in conflict", fmt.Sprint(o.Conflict()), "true")
	equal(t, "of so many rows", fmt.Sprint(len(o.Charges[0].Sources)+len(o.Against)), "1000")
}

// IMP-10: the source that came first stands, an export from its first night on.
func TestFirstSourceStands(t *testing.T) {
	row := func(o Origin, run int, text string) Purchase {
		p := bought("O1", "A", text)
		p.Origin, p.Run = o, run
		return p
	}
	export, next := "2026-01-10 P1Y Monthly 1 x 100.00 USD", "2026-02-10 P1Y Monthly 1 x 100.00 USD"
	sheet := "2026-01-10 P1Y Monthly 1 x 77.00 USD"
	for _, c := range []struct {
		what   string
		rows   []Purchase
		stands string
	}{
		{"export, then sheet", []Purchase{row(FromTransactions, 1, export), row(FromSheet, 2, sheet)}, "100.00"},
		{"sheet, then export", []Purchase{row(FromTransactions, 2, export), row(FromSheet, 1, sheet)}, "77.00"},
		{"export, sheet, export", []Purchase{row(FromTransactions, 1, export), row(FromTransactions, 3, next), row(FromSheet, 2, sheet)}, "100.00"},
	} {
		o := foldOrders(c.rows)[0]
		equal(t, c.what+": an instalment", o.Charges[0].Amount.Number(), c.stands)
		if !o.Conflict() {
			t.Errorf("%s: the sources do not contradict each other", c.what)
		}
	}
}

// IMP-1: the current cycle's row counts, else the latest before it, and the latest known
// one for those to come; whichever source knows an instalment.
func TestInstalmentThatCounts(t *testing.T) {
	rows := []Purchase{bought("O1", "A", "2026-01-10 P1Y Monthly 1 x 100.00 USD"), bought("O1", "A", "2026-03-10 P1Y Monthly 1 x 80.00 USD"),
		bought("O1", "A", "2026-02-10 P1Y Monthly 1 x 90.00 USD")}
	rows[0].Origin, rows[1].Origin, rows[2].Run = FromTransactions, FromTransactions, 2
	o := foldOrders(rows)[0]
	for on, want := range map[string]string{"2026-02-09": "100.00", "2026-02-10": "90.00", "2026-03-09": "90.00", "2026-03-10": "80.00", "2026-07-01": "80.00"} {
		equal(t, "the instalment on "+on, o.chargeOn(day(on)).Amount.Number(), want)
	}
	equal(t, "those to come", o.lastCharge().Amount.Number(), "80.00")
}

// What the first row leaves open a further one fills in; the invoice is the customer's,
// so that of a partner's reconciliation is none.
func TestFurtherRowsFillIn(t *testing.T) {
	for _, c := range []struct {
		origins       [2]Origin
		invoices      [2]string
		want, product string
	}{
		{[2]Origin{FromTransactions, FromTransactions}, [2]string{"", "G-2"}, "G-2", UnknownProduct},
		{[2]Origin{FromTransactions, FromTransactions}, [2]string{"G-1", "G-2"}, "G-1", UnknownProduct},
		{[2]Origin{FromTransactions, FromSheet}, [2]string{"", "G-2"}, "G-2", "VirtualMachines"},
		{[2]Origin{FromTransactions, FromSheet}, [2]string{"G-1", "G-2"}, "G-1", "VirtualMachines"},
		{[2]Origin{FromPartner, FromSheet}, [2]string{"V-1", "G-2"}, "G-2", "VirtualMachines"},
		{[2]Origin{FromPartner, FromPartner}, [2]string{"V-1", "V-2"}, "", UnknownProduct},
	} {
		var rows []Purchase
		for i, origin := range c.origins {
			p := bought("O1", "A", "2026-01-10 P1Y Upfront 1 x 100.00 USD")
			p.Origin, p.Invoice, p.Run = origin, c.invoices[i], i+1
			if i == 0 || origin == c.origins[0] {
				p.Product = UnknownProduct
			}
			rows = append(rows, p)
		}
		o := foldOrders(rows)[0]
		equal(t, fmt.Sprint(c.origins, c.invoices, ": the invoice and the product"), o.Charges[0].Invoice+" "+o.Product, c.want+" "+c.product)
	}
}

// A Reverse of a request of the same night is decided behind it, whatever its date
// and id; nothing else moves.
func TestReverseComesBehindWhatItNames(t *testing.T) {
	for _, c := range []struct{ requests, order string }{
		{"R2 R3 A1>R2", "R2 A1 R3"},
		{"R2 V9>R2 R3", "R2 R3 V9"},
		{"R2 A1>unknown", "A1 R2"},
		{"V2 A1>V2 R1", "A1 R1 V2"},          // a Reverse cannot be reversed
		{"R1 R2 B1>R2 V9>R2", "B1 R1 R2 V9"}, // a Withdraw takes back what waits
	} {
		var all []Request
		for _, f := range strings.Fields(c.requests) {
			id, names, _ := strings.Cut(f, ">")
			all = append(all, Request{ID: id, Date: day("2026-05-01"), Withdraws: names,
				Action: map[byte]Action{'R': Refund, 'A': Reverse, 'V': Reverse, 'B': Withdraw}[id[0]]})
		}
		inOrder(all)
		behindTargets(all)
		got := ""
		for _, r := range all {
			got += " " + r.ID
		}
		equal(t, c.requests+" are decided", got[1:], c.order)
	}
}

// An impossible state is an error of the run, not of the program.
func TestImpossibleStateIsAnError(t *testing.T) {
	mixed := Credit{Kind: HeldCreditKind, Account: "P1", Amount: money.Must("10.00 USD"), Used: money.Must("1.00 SEK"), Expired: money.Must("0.00 USD")}
	_, err := Settle(&Book{Group: "P1", Accounts: []Account{account("P1", policy.PAYGInvoice, 0)}, States: []State{{Account: "P1", Credits: []Credit{mixed}}}},
		NewMarket(nil, nil), azure2020(t), day("2026-05-01"))
	if err == nil || !strings.Contains(err.Error(), "settle P1: ") {
		t.Errorf("a credit in two currencies: %v", err)
	}
}

// The orders of a book as they are now: the size is the one an exchange gave (EXC-6).
func TestOrdersOfABook(t *testing.T) {
	b := &Book{Accounts: []Account{account("A", policy.EA, 0), account("B", policy.EA, 0)},
		Purchases: []Purchase{bought("O1", "A", "2026-01-10 P1Y Upfront 5 x 100.00 USD"), bought("O3", "A", "2026-01-10 P1Y Upfront 5 x 100.00 USD")},
		States:    []State{{Account: "A", Orders: []OrderState{{Order: "O1", Returned: 3, Brought: []BroughtUnits{{Quantity: 1}, {Quantity: 1}}}, {Order: "O3", Sku: "Standard_F1s"}}}}}
	got := ""
	for _, o := range b.Orders() {
		got += fmt.Sprintf("%s %s, returned %d, before %d; ", o.ID, o.Sku, b.Returned(o.ID), b.Brought(o.ID))
	}
	equal(t, "the book", got, "O1 Standard_D2s_v5, returned 3, before 2; O3 Standard_F1s, returned 0, before 0; ")
	if a := b.Account("B"); a == nil || a.ID != "B" || b.Account("C") != nil {
		t.Errorf("account B is %v, C is %v", a, b.Account("C"))
	}
}
