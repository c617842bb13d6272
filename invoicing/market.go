package invoicing

import (
	"slices"

	"prorata/invoicing/money"
)

type priceKey struct {
	sku, region, account string
	term                 int
	currency             money.Currency
}

type rateKey struct {
	date     money.Date
	currency money.Currency
}

// NewMarket makes a market of prices and rates, in any order.
func NewMarket(prices []Price, rates []Rate) *Market {
	m := &Market{prices: map[priceKey][]Price{}, rates: make(map[rateKey]money.Decimal, len(rates))}
	for _, p := range prices {
		k := priceKey{p.Sku, p.Region, p.Account, p.TermMonths, p.UnitPrice.Currency()}
		m.prices[k] = append(m.prices[k], p)
	}
	for _, ps := range m.prices {
		slices.SortFunc(ps, func(a, b Price) int { return int(a.From - b.From) })
	}
	for _, r := range rates {
		m.rates[rateKey{r.Date, r.Currency}] = r.Value
	}
	return m
}
