package reconcile

import "prorata/invoicing"

// Complete adds what is not on a decision: the tax rate of its account, which may
// be nil, the instalments beside the current one, and what the vendor priced the
// units at; rows are those of the order.
func (f *Facts) Complete(d *invoicing.Decision, account *invoicing.Account, rows []invoicing.Purchase) {
	if account != nil {
		f.TaxRate = account.TaxRate
	}
	units := int64(d.Request.Quantity)
	if d.Plan == invoicing.Monthly {
		before, after := invoicing.Beside(rows, d.Request.Date)
		f.Before, f.After = instalmentOf(before, units), instalmentOf(after, units)
	}
	if p := priced(rows, d); p != nil {
		f.PricingPrice, f.PricingRate = p.UnitPrice.Of(units, 1), p.Rate
	}
}

func instalmentOf(c invoicing.Cycle, units int64) (i Instalment) {
	if c.Days > 0 {
		i.Price, i.Days = c.Amount.Of(units, int64(c.Quantity)), c.Days
	}
	return i
}

// priced is how the vendor priced the period that a decision refunds: as the
// partner invoice says. nil where it is silent, or says it in two ways.
func priced(rows []invoicing.Purchase, d *invoicing.Decision) (p *invoicing.Pricing) {
	for i := range rows {
		r := &rows[i]
		if r.Pricing == nil || d.Plan == invoicing.Monthly && (r.Date < d.PeriodStart || r.Date >= d.PeriodEnd) {
			continue
		}
		if p != nil && (p.UnitPrice != r.Pricing.UnitPrice || p.Rate != r.Pricing.Rate) {
			return nil
		}
		p = r.Pricing
	}
	return p
}
