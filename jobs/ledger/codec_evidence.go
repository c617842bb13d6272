package ledger

import (
	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// The visitors of what a settlement writes, and of the state it leaves.

func (c *codec) settlement(s *invoicing.Settlement) {
	c.str(&s.Group)
	c.date(&s.AsOf)
	list(c, &s.Accounts, (*codec).account)
	list(c, &s.Opened, (*codec).opening)
	list(c, &s.Decisions, (*codec).decision)
	list(c, &s.Documents, (*codec).document)
	list(c, &s.Uses, (*codec).limitUse)
	list(c, &s.Granted, (*codec).credit)
	list(c, &s.Bought, (*codec).bought)
	list(c, &s.Draws, (*codec).draw)
	list(c, &s.Expired, (*codec).expired)
	list(c, &s.Reversed, (*codec).reversal)
}

func (c *codec) decision(d *invoicing.Decision) {
	c.request(&d.Request)
	c.str(&d.Account)
	code(c, &d.Type)
	code(c, &d.Funding)
	code(c, &d.Outcome)
	code(c, &d.Reasons)
	c.str(&d.PolicyID)
	c.str(&d.PolicyHash)
	c.int(&d.OrderQuantity)
	c.int(&d.ActiveQuantity)
	c.date(&d.Start)
	c.date(&d.End)
	code(c, &d.Plan)
	c.int(&d.TermMonths)
	c.proration(d)
	c.limit(d)
	c.money(&d.Lifetime)
	c.money(&d.ExchangeCanceled)
	c.str(&d.Resized)
	c.money(&d.Charged)
	c.money(&d.OrderPrice)
	c.date(&d.SupportSince)
	c.date(&d.CreditExpiresOn)
	c.ref(&d.Original)
	c.refs(&d.Documents)
	code(c, &d.Rules)
	c.sources(&d.Sources)
}

func (c *codec) proration(d *invoicing.Decision) {
	code(c, &d.Basis)
	c.share(&d.Price)
	c.share(&d.PurchasePrice)
	c.share(&d.CurrentPrice)
	c.share(&d.Coming)
	c.source(&d.PriceSource)
	c.date(&d.PeriodStart)
	c.date(&d.PeriodEnd)
	c.int(&d.PeriodDays)
	c.int(&d.DaysUsed)
	c.int(&d.DaysRemaining)
	c.int(&d.DaysSince)
	c.bool(&d.Grace)
	c.money(&d.Returned)
	c.bool(&d.Capped)
	c.money(&d.Prorated)
	c.decimal(&d.FeeRate)
	c.money(&d.FeeBase)
	c.money(&d.Fee)
	c.money(&d.Refund)
	c.int(&d.Instalments)
	c.money(&d.Remaining)
	c.money(&d.Canceled)
}

func (c *codec) limit(d *invoicing.Decision) {
	c.money(&d.LimitMeasured)
	c.date(&d.LimitRateDate)
	c.decimal(&d.LimitRate)
	c.decimal(&d.LimitRateUSD)
	c.money(&d.LimitUsed)
	c.date(&d.LimitFrom)
	c.money(&d.LimitRemaining)
	c.date(&d.LimitAvailableOn)
	c.int(&d.MaxQuantity)
}

func (c *codec) ref(r *invoicing.Ref) {
	c.str(&r.Number)
	c.int(&r.New)
}

func (c *codec) document(d *invoicing.Document) {
	c.str(&d.Number)
	c.int(&d.Revision)
	code(c, &d.Type)
	c.date(&d.IssueDate)
	c.str(&d.Account)
	c.currency(&d.Currency)
	shortList(c, func(l *large) *[]invoicing.Line { return &l.lines }, &d.Lines, (*codec).line)
	c.taxes(&d.Taxes)
	c.money(&d.Net)
	c.money(&d.Tax)
	c.money(&d.Gross)
	c.refs(&d.Cancels)
	c.refs(&d.Replaces)
	c.refs(&d.Revises)
	c.refs(&d.Credits)
	c.ref(&d.Restores)
	c.texts(&d.Requests)
	list(c, &d.Left, (*codec).leftOver)
	c.money(&d.Owed)
	c.money(&d.Open)
	c.str(&d.CardRef)
	c.ref(&d.Credit)
}

func (c *codec) line(l *invoicing.Line) {
	code(c, &l.Kind)
	c.str(&l.Order)
	c.str(&l.Description)
	c.int(&l.Quantity)
	c.money(&l.Net)
	c.decimal(&l.TaxRate)
	c.str(&l.TaxCategory)
	c.money(&l.Tax)
	c.date(&l.From)
	c.date(&l.To)
	code(c, &l.Rules)
	c.sources(&l.Sources)
}

func (c *codec) taxGroup(g *invoicing.TaxGroup) {
	c.decimal(&g.Rate)
	c.str(&g.Category)
	c.money(&g.Net)
	c.money(&g.Tax)
}

func (c *codec) leftOver(l *invoicing.LeftOver) {
	code(c, &l.To)
	c.money(&l.Amount)
	c.str(&l.Card)
}

func (c *codec) limitUse(u *invoicing.LimitUse) {
	c.str(&u.Account)
	c.date(&u.Date)
	c.money(&u.USD)
	c.str(&u.Request)
}

func (c *codec) credit(x *invoicing.Credit) {
	code(c, &x.Kind)
	c.str(&x.Account)
	c.str(&x.Order)
	c.money(&x.Amount)
	c.money(&x.Used)
	c.money(&x.Expired)
	c.date(&x.GrantedOn)
	c.date(&x.ExpiresOn)
	c.term(&x.Term)
	c.ref(&x.Document)
}

func (c *codec) draw(d *invoicing.Draw) {
	c.str(&d.Account)
	c.ref(&d.Credit)
	c.money(&d.Amount)
	c.date(&d.Date)
	c.str(&d.Order)
	c.str(&d.Key)
	c.ref(&d.Document)
	c.ref(&d.Invoice)
	c.money(&d.Told)
	c.source(&d.Source)
}

func (c *codec) expired(e *invoicing.Expired) {
	c.str(&e.Account)
	c.ref(&e.Credit)
	c.money(&e.Amount)
	c.ref(&e.Document)
}

func (c *codec) reversal(r *invoicing.Reversal) {
	c.str(&r.Request)
	c.str(&r.By)
	c.str(&r.Account)
	c.str(&r.Order)
	c.int(&r.Quantity)
	c.date(&r.Period)
	c.money(&r.Prorated)
	c.bool(&r.Bought)
	c.bool(&r.Resized)
}

func (c *codec) standing(s *invoicing.Standing) {
	list(c, &s.Credits, (*codec).credit)
	list(c, &s.Uses, (*codec).accountUses)
}

func (c *codec) accountUses(u *invoicing.AccountUses) {
	c.str(&u.Account)
	// A standing that was written before has a limit here, and its window in place of the type.
	var limit money.Money
	kind := int(u.Type)
	c.money(&limit)
	c.int(&kind)
	if u.Type = policy.BillingType(kind); limit.IsSet() {
		u.Type = 0
	}
	list(c, &u.Uses, (*codec).limitUse)
}

func (c *codec) bought(b *invoicing.Bought) {
	c.str(&b.Order)
	c.ref(&b.Document)
	c.date(&b.IssuedOn)
	c.money(&b.Owed)
	c.purchase(&b.Purchase)
}

func (c *codec) state(s *invoicing.State) {
	c.str(&s.Account)
	list(c, &s.Orders, (*codec).orderState)
	list(c, &s.Invoices, (*codec).invoice)
	list(c, &s.Replaced, (*codec).replacement)
	list(c, &s.Restored, (*codec).replacement)
	list(c, &s.Revised, (*codec).revision)
	list(c, &s.Memos, (*codec).memo)
	list(c, &s.Paid, (*codec).paid)
	list(c, &s.Bought, (*codec).bought)
	list(c, &s.Credits, (*codec).credit)
	list(c, &s.Drawn, (*codec).drawn)
	list(c, &s.Uses, (*codec).limitUse)
	list(c, &s.Asked, (*codec).asked)
	c.texts(&s.Reversed)
}

func (c *codec) asked(a *invoicing.Asked) {
	c.str(&a.Request)
	c.date(&a.Since)
}

func (c *codec) orderState(o *invoicing.OrderState) {
	c.str(&o.Order)
	c.int(&o.Returned)
	c.str(&o.Sku)
	list(c, &o.Brought, (*codec).broughtUnits)
	list(c, &o.Periods, (*codec).periodReturn)
}

func (c *codec) broughtUnits(b *invoicing.BroughtUnits) {
	c.date(&b.On)
	c.int(&b.Quantity)
	c.money(&b.Prorated)
}

func (c *codec) periodReturn(p *invoicing.PeriodReturn) {
	c.date(&p.Start)
	c.money(&p.Prorated)
}

func (c *codec) invoice(i *invoicing.Invoice) {
	c.str(&i.Number)
	c.int(&i.New)
	c.str(&i.Account)
	c.date(&i.IssueDate)
	c.currency(&i.Currency)
	c.str(&i.CardRef)
	c.money(&i.Open)
	list(c, &i.Lines, (*codec).invoiceLine)
	c.taxes(&i.Taxes)
}

func (c *codec) replacement(r *invoicing.Replacement) {
	c.ref(&r.Invoice)
	c.ref(&r.By)
}

func (c *codec) revision(r *invoicing.Revision) {
	c.ref(&r.Invoice)
	c.int(&r.Count)
	list(c, &r.Lines, (*codec).invoiceLine)
}

func (c *codec) memo(m *invoicing.Memo) {
	c.ref(&m.Document)
	c.ref(&m.Invoice)
	c.taxes(&m.Taxes)
}

func (c *codec) paid(p *invoicing.Paid) {
	c.ref(&p.Invoice)
	c.money(&p.Told)
	c.money(&p.Amount)
}

func (c *codec) drawn(d *invoicing.Drawn) {
	c.str(&d.Key)
	c.money(&d.Amount)
}
