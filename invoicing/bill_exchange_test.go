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
