package exporters

import (
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// sekTax is the tax of a document in SEK and how it was converted (DOC-6).
type sekTax struct {
	tax  money.Money   // SEK
	rate money.Decimal // SEK for one unit of the document's currency, to four decimals, for display
	date money.Date    // of the reference rates
	sek  money.Decimal // SEK for one euro
	own  money.Decimal // the document's currency for one euro
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

// taxInSEK converts the tax of a document, rounded once; ok is false where it
// need not be, or no rate is known.
func taxInSEK(n *Night, d *invoicing.Document) (t sekTax, ok bool) {
	if !needsSEK(n, d) {
		return t, false
	}
	one := money.NewDecimal(1, 0)
	for _, r := range n.Rates {
		switch r.Currency {
		case money.SEK:
			t.sek, t.date = r.Value, r.Date
		case d.Currency:
			t.own = r.Value
		}
	}
	if d.Currency == money.EUR {
		t.own = one
	}
	num, numDen := t.sek.Fraction()
	den, denDen := t.own.Fraction()
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
