package invoicing

import (
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// exchanged are the lines of X1: each order returned whole, for one purchase on an account.
func exchanged(out, in Action, account string, orders ...string) []Request {
	n := bought("N1", account, "2026-04-10 P1Y Upfront 1 x 900.00 USD")
	n.Origin = FromExchange
	var lines []Request
	for _, o := range append(orders, "N1") {
		r := refund("X-"+o, o, "2026-04-10", 1)
		if r.Action, r.Exchange = out, "X1"; o == "N1" {
			r.Action, r.New = in, &n
		}
		lines = append(lines, r)
	}
	return lines
}

// charged is an invoice over one order.
func charged(number, account, order string, net money.Money) Invoice {
	return Invoice{Number: number, Account: account, IssueDate: day("2026-03-10"), Currency: net.Currency(),
		Lines: []InvoiceLine{{No: 1, Kind: ChargeLine, Order: order, Net: net}}}
}

// One new invoice cannot replace originals in two currencies, though the orders are in
// one (EXC-1); nor can a transfer come from two accounts (EXC-7).
func TestMismatches(t *testing.T) {
	o1, o2 := bought("O1", "P1", "2026-03-10 P1Y Upfront 1 x 300.00 USD"), bought("O2", "P2", "2026-03-10 P1Y Upfront 1 x 300.00 USD")
	p1, p2, c := account("P1", policy.PAYGInvoice, 0), account("P2", policy.PAYGInvoice, 0), account("C", policy.CSP, 0)
	usd := money.Must("300.00 USD")
	transfer := &Book{Group: "C", Accounts: []Account{c, p1, p2}, Purchases: []Purchase{o1, o2},
		Invoices: []Invoice{charged("F1", "P1", "O1", usd), charged("F2", "P2", "O2", usd)}, Requests: exchanged(TransferOut, TransferIn, "C", "O1", "O2")}
	o1.Account, o2.Account = "C", "C"
	exchange := &Book{Group: "C", Accounts: []Account{c}, Purchases: []Purchase{o1, o2},
		Invoices: []Invoice{charged("F1", "C", "O1", money.Must("3000.00 SEK")), charged("F2", "C", "O2", money.Must("280.00 EUR"))},
		Requests: exchanged(Return, PurchaseNew, "C", "O1", "O2")}
	for want, b := range map[Reason]*Book{AccountMismatch: transfer, CurrencyMismatch: exchange} {
		for _, d := range settled(t, b, "2026-04-10").Decisions {
			if d.Reasons != 1<<want {
				t.Errorf("%s has %v, not %s alone", d.Request.ID, d.Reasons.List(), want)
			}
		}
	}
}
