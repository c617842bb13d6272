package invoicing

import (
	"slices"

	"prorata/invoicing/money"
)

// total computes the tax groups and the sums of a document from its lines
// (DOC-4): per rate and category, on the net of the group, rounded once. Lines
// that bring their own tax, copied from what they credit, keep it. A balance
// brought forward is outside all sums (OUT-2).
func (d *Document) total(r money.Rounding) {
	d.Net, d.Tax = money.Zero(d.Currency), money.Zero(d.Currency)
	d.Taxes = nil
	open := make([]money.Money, 0, 4) // per group: the net of lines whose tax is to be computed
	for n := range d.Lines {
		l := &d.Lines[n]
		if l.Kind == BalanceForwardLine {
			continue
		}
		of := TaxGroup{Rate: l.TaxRate, Category: l.TaxCategory}
		i := slices.IndexFunc(d.Taxes, func(g TaxGroup) bool { return g.same(&of) })
		if i < 0 {
			i = len(d.Taxes)
			d.Taxes = append(d.Taxes, TaxGroup{l.TaxRate, l.TaxCategory, money.Zero(d.Currency), money.Zero(d.Currency)})
			open = append(open, money.Zero(d.Currency))
		}
		g := &d.Taxes[i]
		g.Net = g.Net.Add(l.Net)
		if l.Tax.IsSet() {
			g.Tax = g.Tax.Add(l.Tax)
		} else {
			open[i] = open[i].Add(l.Net)
		}
	}
	for i := range d.Taxes {
		g := &d.Taxes[i]
		g.Tax = g.Tax.Add(percent(open[i], g.Rate, r))
		d.Net, d.Tax = d.Net.Add(g.Net), d.Tax.Add(g.Tax)
	}
	d.Gross = d.Net.Add(d.Tax)
}

// same reports whether two groups are of one rate and category.
func (g *TaxGroup) same(o *TaxGroup) bool { return g.Rate == o.Rate && g.Category == o.Category }

// percent is so many percent of an amount, rounded once.
func percent(m money.Money, rate money.Decimal, r money.Rounding) money.Money {
	num, den := rate.Fraction()
	return m.Of(num, den*100).Round(r)
}

// copyTotals takes the tax and the sums of an invoice issued here over to the
// credit note that cancels it (DOC-4).
func (d *Document) copyTotals(taxes []TaxGroup) {
	d.Taxes = taxes
	d.Net, d.Tax = money.Zero(d.Currency), money.Zero(d.Currency)
	for _, g := range taxes {
		d.Net, d.Tax = d.Net.Add(g.Net), d.Tax.Add(g.Tax)
	}
	d.Gross = d.Net.Add(d.Tax)
}
