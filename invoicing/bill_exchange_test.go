package invoicing

import (
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// purchaseLineOf is the line that charges what X1 buys, from one return of O1.
func purchaseLineOf(t *testing.T, b *Book) Line {
	t.Helper()
	for _, d := range settled(t, b, "2026-04-10").Documents {
		for _, l := range d.Lines {
			if l.Kind == PurchaseLine {
				return l
			}
		}
	}
	t.Fatal("nothing charges the purchase")
	return Line{}
}

// BIL-CSP-1: a price of the vendor may have more decimals than its currency, a third of
// 1,000 of a formula. What the customer pays for a large purchase is in its ratio all the same.
func TestPurchaseInTheRatioOfAPriceWithDecimals(t *testing.T) {
	x := exchanged(Return, PurchaseNew, "C", "O1")
	x[1].New.Amount = money.Must("90000.57 NOK")
	l := purchaseLineOf(t, &Book{Group: "C", Accounts: []Account{account("C", policy.CSP, 25)}, Requests: x,
		Purchases: []Purchase{bought("O1", "C", "2026-03-10 P1Y Upfront 1 x 333.333333333333 NOK")},
		Invoices:  []Invoice{charged("F1", "C", "O1", money.Must("400.00 NOK"))}})
	equal(t, "90,000.57 x 400 / 333.333333333333", l.Net.String(), "108000.68 NOK")
}

// A purchase stands on the invoice that replaces the original's with the tax of the returned
// line, and its CustomerAmount is in that invoice's currency; what a transfer brings has the
// account's tax, and an amount in its own.
func TestPurchaseOnTheInvoice(t *testing.T) {
	order := bought("O1", "C", "2026-03-10 P1Y Upfront 1 x 300.00 USD")
	original := charged("F1", "C", "O1", money.Must("3000.00 SEK"))
	original.Lines[0].TaxRate, original.Lines[0].TaxCategory = money.NewDecimal(6, 0), "S"
	exchange := exchanged(Return, PurchaseNew, "C", "O1")
	exchange[1].CustomerAmount = money.Must("9500.00 USD")
	l := purchaseLineOf(t, &Book{Group: "C", Accounts: []Account{account("C", policy.CSP, 25)}, Purchases: []Purchase{order}, Invoices: []Invoice{original}, Requests: exchange})
	equal(t, "on the invoice that replaces the original's", l.Net.String()+" at "+l.TaxRate.String(), "9500.00 SEK at 6")

	order.Account, original.Account, original.Currency, original.Lines[0].Net = "P", "P", money.USD, money.Must("300.00 USD")
	transfer := exchanged(TransferOut, TransferIn, "C", "O1")
	transfer[1].CustomerAmount = money.Must("950.00 USD")
	l = purchaseLineOf(t, &Book{Group: "C", Accounts: []Account{account("C", policy.CSP, 25), account("P", policy.PAYGInvoice, 25)}, Purchases: []Purchase{order},
		Invoices: []Invoice{original}, Requests: transfer})
	equal(t, "of a transfer", l.Net.String()+" at "+l.TaxRate.String(), "950.00 USD at 25")
}

// EXC-6: the order has its new size at once. A refund of the same night is paid by that size's
// current price (PRO-7).
func TestResizedOrderIsPricedByItsNewSize(t *testing.T) {
	order := bought("O1", "P", "2026-03-10 P1Y Upfront 1 x 365.00 USD")
	order.Sku = "Standard_D2_v3"
	x := exchanged(Return, PurchaseNew, "P", "O1")
	x[1].New.Sku, x[1].New.Region = "Standard_D2s_v3", order.Region
	b := &Book{Group: "P", Accounts: []Account{account("P", policy.PAYGInvoice, 0)}, Purchases: []Purchase{order}, States: []State{{Account: "P"}},
		Invoices: []Invoice{charged("F1", "P", "O1", money.Must("365.00 USD"))}, Requests: append(x, refund("Y", "O1", "2026-04-10", 1))}
	price := Price{Sku: "Standard_D2s_v3", TermMonths: 12, UnitPrice: money.Must("182.50 USD"), From: day("2026-01-01")}
	s, err := Settle(b, NewMarket([]Price{price}, nil), azure2020(t), day("2026-04-10"))
	if err != nil {
		t.Fatal(err)
	}
	last := s.Decisions[len(s.Decisions)-1]
	equal(t, "the refund, at half of the price for 334 of 365 days", last.Refund.String(), "167.00 USD")
}

// Reverse: where an order was resized by an exchange that is undone, it has its old size from
// then on.
func TestReversedOrderHasItsOldSize(t *testing.T) {
	order := bought("O1", "P", "2026-03-10 P1Y Upfront 1 x 365.00 USD")
	order.Sku = "Standard_D2_v3"
	x := exchanged(Return, PurchaseNew, "P", "O1")
	x[1].New.Sku, x[1].New.Region = "Standard_D2s_v3", order.Region
	b := &Book{Group: "P", Accounts: []Account{account("P", policy.PAYGInvoice, 0)}, Purchases: []Purchase{order}, Requests: x}
	past := settled(t, b, "2026-04-10")
	b.States = Apply(b.States, past)
	equal(t, "the size since the exchange", b.Orders()[0].Sku, "Standard_D2s_v3")
	b.Requests = []Request{{ID: "V", Date: day("2026-04-11"), Action: Reverse, Withdraws: x[0].ID, RequestedBy: "Eva", Reason: "a mistake", Source: Source{3, "Requests", 2}}}
	b.Earlier = []Earlier{{Request: x[0].ID, Settlement: past}}
	b.States = Apply(b.States, settled(t, b, "2026-04-11"))
	equal(t, "the size since the reversal", b.Orders()[0].Sku, "Standard_D2_v3")
}

// Of an account that is not known only an Owner may buy (Outcomes).
func TestWhoBuysOnAnUnknownAccount(t *testing.T) {
	x := exchanged(TransferOut, TransferIn, "C", "O1")
	x[1].Role = "SalesAgent"
	b := &Book{Group: "P", Accounts: []Account{account("P", policy.PAYGInvoice, 0)}, Purchases: []Purchase{bought("O1", "P", "2026-03-10 P1Y Upfront 1 x 300.00 USD")},
		Invoices: []Invoice{charged("F1", "P", "O1", money.Must("300.00 USD"))}, Requests: x}
	if got := settled(t, b, "2026-04-10").Decisions[1].Reasons; got != 1<<AccountUnknown|1<<NotOwner {
		t.Errorf("a SalesAgent who buys on an unknown account: %v", got.List())
	}
}
