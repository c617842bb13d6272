package exporters

import (
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// sekTax is the tax of a document in SEK and how it was converted (DOC-6).
type sekTax struct {
	tax  money.Money    // SEK
	rate money.Decimal  // SEK for one unit of the document's currency, to four decimals, for display
	sek  invoicing.Rate // SEK for one euro
	own  invoicing.Rate // the document's currency for one euro
}

// Beyond these, which no rate and no invoice reaches, exact products would not
// fit: then no rate counts as known.
const (
	maxRate = 1e9  // both sides of the fraction
	maxTax  = 1e15 // without its decimal point
)

// needsSEK reports whether Swedish law asks for the tax in SEK: a Swedish seller's
// invoice or credit note in another currency that has any.
func needsSEK(n *Night, d *invoicing.Document) bool {
	return isTaxed(d) && n.Seller.Country == "SE" && d.Currency != money.SEK && !d.Tax.IsZero()
}

// latestPair are the rates of SEK and another currency on the last day on which both
// were published, as LIM-5 takes its rates. They are zero where there is none.
func latestPair(rates []invoicing.Rate, c money.Currency) (sek, own invoicing.Rate) {
	on := func(d money.Date, c money.Currency) (invoicing.Rate, bool) {
		if c == money.EUR {
			return invoicing.Rate{Value: money.NewDecimal(1, 0)}, true
		}
		i := slices.IndexFunc(rates, func(r invoicing.Rate) bool { return r.Date == d && r.Currency == c })
		if i < 0 {
			return invoicing.Rate{}, false
		}
		return rates[i], true
	}
	for _, r := range slices.Backward(rates) {
		if r.Currency != money.SEK {
			continue
		}
		if own, ok := on(r.Date, c); ok {
			return r, own
		}
	}
	return sek, own
}

// taxInSEK converts the tax of a document, rounded once; ok is false where it
// need not be, or no rate is known.
func taxInSEK(n *Night, d *invoicing.Document) (t sekTax, ok bool) {
	if !needsSEK(n, d) {
		return t, false
	}
	t.sek, t.own = latestPair(n.Rates, d.Currency)
	num, numDen := t.sek.Value.Fraction()
	den, denDen := t.own.Value.Fraction()
	tax, _, _ := d.Tax.Parts()
	if min(num, den) <= 0 || max(num, den, numDen, denDen) > maxRate || max(tax, -tax) > maxTax {
		return t, false
	}
	convert := func(m money.Money) money.Share { return m.Of(num, den).Fraction(denDen, numDen).In(money.SEK) }
	t.tax = convert(d.Tax).Round(money.HalfUp)
	hundred, _ := convert(money.Of(money.NewDecimal(100, 0), d.Currency)).Round(money.HalfUp).Units()
	t.rate = money.NewDecimal(hundred, 4)
	return t, true
}
