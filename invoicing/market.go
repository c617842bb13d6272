package invoicing

import (
	"strings"

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
	m := &Market{prices: map[priceKey][]Price{}, accounts: map[string]bool{}, folded: map[string]string{}, rates: make(map[rateKey]Rate, len(rates))}
	for _, p := range prices {
		k := priceKey{foldName(p.Sku), foldName(p.Region), p.Account, p.TermMonths, p.UnitPrice.Currency()}
		m.prices[k] = append(m.prices[k], p)
		m.accounts[p.Account], m.folded[p.Sku], m.folded[p.Region] = true, k.sku, k.region
	}
	for _, r := range rates {
		m.rates[rateKey{r.Date, r.Currency}] = r
	}
	return m
}

// rate is the published rate of a day; of the euro itself, which no row tells, 1.
func (m *Market) rate(d money.Date, c money.Currency) (Rate, bool) {
	if c == money.EUR {
		return Rate{Date: d, Currency: c, Value: money.NewDecimal(1, 0)}, true
	}
	r, ok := m.rates[rateKey{d, c}]
	return r, ok
}

// price is the current price of an order's product on a date (PRO-7), or nil.
// Among the prices in force the house sheet's counts, else the account's price
// sheet, else retail; within a source the latest EffectiveFrom; of two with the same
// date the one that names the account, then the one that names the region.
func (m *Market) price(o *Order, on money.Date) *Price {
	sku, region := m.fold(o.Sku), m.fold(o.Region)
	var best *Price
	for _, account := range [...]string{o.Account, ""} {
		if !m.accounts[account] {
			continue
		}
		for _, region := range [...]string{region, ""} {
			prices := m.prices[priceKey{sku, region, account, o.Term, o.Currency}]
			for i := range prices {
				p := &prices[i]
				if p.From <= on && (p.To.IsZero() || on <= p.To) && (best == nil || p.before(best)) {
					best = p
				}
			}
		}
	}
	return best
}

// fold is foldName, looked up where a price has the name as it is written.
func (m *Market) fold(name string) string {
	if folded, ok := m.folded[name]; ok {
		return folded
	}
	return foldName(name)
}

// before reports whether a price in force counts before another one.
func (p *Price) before(o *Price) bool {
	return p.Origin < o.Origin || p.Origin == o.Origin && p.From > o.From
}

// foldName makes names of products and regions comparable: exports write
// westeurope, people West Europe.
func foldName(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		c := s[i]
		plain = c != ' ' && (c < 'A' || c > 'Z')
	}
	if plain {
		return s
	}
	return strings.ToLower(strings.ReplaceAll(s, " ", ""))
}
