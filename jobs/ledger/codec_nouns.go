package ledger

import "prorata/invoicing"

// The visitors of the rows. Each names every field of its noun once, in stored
// order.

func (c *codec) source(s *invoicing.Source) {
	c.int(&s.File)
	c.str(&s.Sheet)
	c.int(&s.Row)
}

func (c *codec) account(a *invoicing.Account) {
	c.str(&a.ID)
	c.str(&a.Name)
	code(c, &a.Type)
	c.currency(&a.Currency)
	c.str(&a.Country)
	code(c, &a.Cloud)
	c.str(&a.TaxID)
	c.decimal(&a.TaxRate)
	c.str(&a.TaxCategory)
	c.str(&a.Address)
	c.str(&a.City)
	c.str(&a.PostalCode)
	c.str(&a.Email)
	list(c, &a.Terms, (*codec).term)
	c.str(&a.CardRef)
	code(c, &a.RefundTo)
	c.str(&a.EndpointID)
	c.str(&a.BuyerReference)
	c.str(&a.Language)
	c.source(&a.Source)
}

func (c *codec) term(t *invoicing.CommitmentTerm) {
	c.date(&t.Start)
	c.date(&t.End)
}

func (c *codec) purchase(p *invoicing.Purchase) {
	code(c, &p.Origin)
	c.str(&p.Account)
	c.str(&p.Order)
	c.str(&p.Reservation)
	c.date(&p.Date)
	c.int(&p.Term)
	code(c, &p.Plan)
	c.str(&p.Product)
	c.str(&p.Sku)
	c.str(&p.Region)
	c.str(&p.Description)
	c.int(&p.Quantity)
	c.money(&p.Amount)
	code(c, &p.Funding)
	c.str(&p.Invoice)
	c.str(&p.CardRef)
	c.pricing(&p.Pricing)
	c.int(&p.Run)
	c.source(&p.Source)
}

func (c *codec) pricing(p **invoicing.Pricing) {
	priced := *p != nil
	if c.bool(&priced); !priced {
		return
	}
	if *p == nil {
		*p = new(invoicing.Pricing)
	}
	c.money(&(*p).UnitPrice)
	c.decimal(&(*p).Rate)
	c.date(&(*p).On)
}

func (c *codec) vendorCredit(v *invoicing.VendorCredit) {
	code(c, &v.Origin)
	c.str(&v.Account)
	c.str(&v.Order)
	c.str(&v.Event)
	c.date(&v.Date)
	c.int(&v.Quantity)
	c.money(&v.Amount)
	c.str(&v.Invoice)
	c.pricing(&v.Pricing)
	c.source(&v.Source)
}

func (c *codec) request(r *invoicing.Request) {
	c.str(&r.ID)
	c.date(&r.Date)
	code(c, &r.Action)
	c.str(&r.Exchange)
	c.str(&r.Order)
	c.str(&r.Reservation)
	c.int(&r.Quantity)
	c.str(&r.RequestedBy)
	c.str(&r.Role)
	code(c, &r.Used)
	c.str(&r.Reason)
	c.str(&r.Withdraws)
	c.money(&r.VendorUSD)
	bought := r.New != nil
	if c.bool(&bought); bought {
		if r.New == nil {
			r.New = new(invoicing.Purchase)
		}
		c.purchase(r.New)
	}
	c.money(&r.CustomerAmount)
	c.source(&r.Source)
}

func (c *codec) registerRow(r *invoicing.RegisterRow) {
	c.str(&r.Number)
	c.str(&r.Account)
	c.date(&r.IssueDate)
	c.currency(&r.Currency)
	c.str(&r.CardRef)
	c.money(&r.Open)
	c.invoiceLine(&r.Line)
}

func (c *codec) invoiceLine(l *invoicing.InvoiceLine) {
	c.int(&l.No)
	code(c, &l.Kind)
	c.str(&l.Description)
	c.str(&l.Order)
	c.int(&l.Quantity)
	c.money(&l.Net)
	c.decimal(&l.TaxRate)
	c.str(&l.TaxCategory)
	c.money(&l.Tax)
	c.bool(&l.TaxSilent)
	c.date(&l.From)
	c.date(&l.To)
	c.sources(&l.Sources)
}

func (c *codec) price(p *invoicing.Price) {
	c.str(&p.Sku)
	c.str(&p.Region)
	c.str(&p.Account)
	c.int(&p.TermMonths)
	c.money(&p.UnitPrice)
	c.date(&p.From)
	c.date(&p.To)
	code(c, &p.Origin)
	c.source(&p.Source)
}

func (c *codec) rate(r *invoicing.Rate) {
	c.date(&r.Date)
	c.currency(&r.Currency)
	c.decimal(&r.Value)
	c.source(&r.Source)
}

func (c *codec) charge(x *invoicing.Charge) {
	c.str(&x.Account)
	c.date(&x.Date)
	c.money(&x.Amount)
	c.str(&x.Description)
	c.source(&x.Source)
}

func (c *codec) opening(o *invoicing.Opening) {
	code(c, &o.Kind)
	c.str(&o.Account)
	c.date(&o.Date)
	c.money(&o.Amount)
	c.str(&o.Order)
	c.int(&o.Quantity)
	c.date(&o.ExpiresOn)
	c.source(&o.Source)
}

func (c *codec) usage(u *invoicing.Usage) {
	c.str(&u.Order)
	c.date(&u.Date)
	c.decimal(&u.UsedHours)
	c.source(&u.Source)
}
