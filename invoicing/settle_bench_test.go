package invoicing

import (
	"fmt"
	"testing"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// BenchmarkSettle decides and bills 50 refunds of one CSP account with 60 orders.
func BenchmarkSettle(b *testing.B) {
	book := &Book{Group: "C1", Accounts: []Account{account("C1", policy.CSP, 25)}, States: []State{{Account: "C1"}}}
	var prices []Price
	for i := range 60 {
		p := bought(fmt.Sprintf("order-%d", i), "C1", fmt.Sprintf("2024-%02d-%02d P3Y Upfront 10 x %d.00 USD", i%12+1, i%28+1, 1200+i*7))
		p.Sku, p.Invoice = fmt.Sprintf("Standard_D%ds_v5", i%7), fmt.Sprintf("E%05d", i)
		book.Purchases = append(book.Purchases, p)
		prices = append(prices, Price{Sku: p.Sku, TermMonths: 36, UnitPrice: money.Minor(int64(10000+i), money.USD), From: day("2024-01-01")})
	}
	for i := range 50 {
		book.Requests = append(book.Requests, refund(fmt.Sprintf("R%d", i), fmt.Sprintf("order-%d", i), "2026-02-03", 1+i%10))
	}
	market, chain := NewMarket(prices, nil), azure2020(b)
	b.ReportAllocs()
	for b.Loop() {
		s, err := Settle(book, market, chain, day("2026-11-22"))
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		if err := s.Assign(func(string, int) (int, error) { n++; return n, nil }); err != nil {
			b.Fatal(err)
		}
		Apply(book.States, s)
	}
}

// BenchmarkDraws lets 30,000 purchases of an enrollment draw on as many lots.
func BenchmarkDraws(b *testing.B) {
	const count = 30_000
	book := &Book{Group: "E1", Accounts: []Account{account("E1", policy.EA, 0)}}
	for i := range count {
		on := day("2026-06-01") + money.Date(i*60/count)
		book.Openings = append(book.Openings, Opening{Kind: OpeningLot, Account: "E1", Date: on, Amount: money.Minor(int64(1000+i%7*100), money.USD),
			ExpiresOn: on + 89, Source: Source{1, "Opening", i + 2}})
		book.Purchases = append(book.Purchases, bought(fmt.Sprintf("order-%d", i*7919%count), "E1", on.String()+" P1Y Upfront 1 x 13.00 USD"))
	}
	chain := azure2020(b)
	for b.Loop() {
		s, err := Settle(book, NewMarket(nil, nil), chain, day("2026-10-01"))
		if err != nil {
			b.Fatal(err)
		}
		Apply(book.States, s)
	}
}
