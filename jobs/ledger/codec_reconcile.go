package ledger

import (
	"prorata/invoicing/policy"
	"prorata/invoicing/reconcile"
)

// Reconciled is what a night of the reconciliation wrote of an order (REC).
type Reconciled struct {
	Order   string
	Type    policy.BillingType // of the account of its requests; 0 where there was none yet
	Matches []reconcile.Match  // of the night, without Facts: they are on the decisions
	Ended   []reconcile.Break  // of the night
	Breaks  []reconcile.Break  // that are open after it
	Closed  []reconcile.Closed // what a repeated row is recognised by; empty in the evidence of a night
}

// EncodeReconciled appends what was reconciled of an order.
func EncodeReconciled(dst []byte, x *Reconciled) []byte {
	c := largeWriter(dst, kindReconciled)
	c.reconciled(x)
	return c.written()
}

func decodeReconciled(b string) (x Reconciled, err error) {
	c := largeReader(b, kindReconciled)
	c.reconciled(&x)
	return x, c.read(kindReconciled)
}

func (c *codec) reconciled(x *Reconciled) {
	c.str(&x.Order)
	code(c, &x.Type)
	list(c, &x.Matches, (*codec).match)
	list(c, &x.Ended, (*codec).brk)
	list(c, &x.Breaks, (*codec).brk)
	list(c, &x.Closed, (*codec).closed)
}

func (c *codec) match(m *reconcile.Match) {
	c.str(&m.ID)
	c.group(&m.Group)
	c.date(&m.On)
	list(c, &m.Alternatives, (*codec).alternative)
	c.bool(&m.ByDate)
}

func (c *codec) group(g *reconcile.Group) {
	shortList(c, func(l *large) *[]reconcile.Expected { return &l.expected }, &g.Expected, (*codec).expectedCredit)
	shortList(c, func(l *large) *[]reconcile.Credit { return &l.credits }, &g.Credits, (*codec).credited)
}

func (c *codec) alternative(a *reconcile.Alternative) {
	c.texts(&a.Requests)
	c.sources(&a.VendorRows)
}

func (c *codec) brk(b *reconcile.Break) {
	c.str(&b.ID)
	code(c, &b.Class)
	code(c, &b.Status)
	c.group(&b.Group)
	list(c, &b.Causes, (*codec).cause)
	c.int(&b.LateBy)
	c.str(&b.Answers)
	c.date(&b.Opened)
	c.date(&b.Changed)
	c.date(&b.Ended)
	shortList(c, func(l *large) *[]reconcile.Event { return &l.events }, &b.Events, (*codec).event)
	list(c, &b.Acceptances, (*codec).acceptance)
}

func (c *codec) cause(x *reconcile.Cause) { list(c, &x.Readings, (*codec).reading) }

func (c *codec) reading(r *reconcile.Reading) {
	code(c, &r.Kind)
	c.int(&r.Was)
	c.int(&r.Is)
	c.bool(&r.Kept)
	c.decimal(&r.Rate)
	c.date(&r.On)
}

func (c *codec) event(e *reconcile.Event) {
	c.date(&e.On)
	code(c, &e.What)
	code(c, &e.Class)
	c.str(&e.By)
	c.sources(&e.Sources)
	c.str(&e.Reason)
}

func (c *codec) acceptance(a *reconcile.Acceptance) {
	c.str(&a.By)
	c.str(&a.Reason)
	c.date(&a.On)
}

func (c *codec) closed(x *reconcile.Closed) {
	c.str(&x.ID)
	code(c, &x.Class)
	c.money(&x.Expected)
	list(c, &x.Credits, (*codec).closedCredit)
}

func (c *codec) closedCredit(x *reconcile.ClosedCredit) {
	code(c, &x.Print)
	c.money(&x.Amount)
}

func (c *codec) credited(x *reconcile.Credit) {
	c.vendorCredit(&x.VendorCredit)
	c.int(&x.Nth)
}

func (c *codec) expectedCredit(e *reconcile.Expected) {
	c.str(&e.Request)
	c.str(&e.Account)
	c.str(&e.Order)
	c.str(&e.Reservation)
	code(c, &e.Action)
	c.int(&e.Quantity)
	c.money(&e.Amount)
	c.date(&e.Date)
	c.date(&e.DueOn)
	c.date(&e.Start)
	c.source(&e.Source)
	asked := e.Support != nil
	if c.bool(&asked); asked {
		if e.Support == nil {
			e.Support = new(reconcile.Support)
		}
		c.support(e.Support)
	}
	known := e.Facts != nil
	if c.bool(&known); known {
		if e.Facts == nil {
			e.Facts = new(reconcile.Facts)
		}
		c.facts(e.Facts)
	}
}

func (c *codec) support(s *reconcile.Support) {
	c.date(&s.Since)
	c.str(&s.Exchange)
	c.str(&s.NewProduct)
	c.str(&s.RequestedBy)
	c.bool(&s.CardChanged)
}

func (c *codec) facts(f *reconcile.Facts) {
	c.str(&f.PolicyID)
	code(c, &f.Rules)
	code(c, &f.Plan)
	c.int(&f.TermMonths)
	c.int(&f.PeriodDays)
	c.int(&f.DaysUsed)
	c.int(&f.DaysRemaining)
	c.bool(&f.Grace)
	code(c, &f.Basis)
	c.share(&f.Price)
	c.share(&f.PurchasePrice)
	c.share(&f.CurrentPrice)
	c.int(&f.OrderQuantity)
	c.money(&f.Prorated)
	c.money(&f.Fee)
	c.decimal(&f.FeeRate)
	c.decimal(&f.PolicyFeeRate)
	code(c, &f.FeeBase)
	c.money(&f.FeeBaseAmount)
	c.money(&f.Remaining)
	code(c, &f.Rounding)
	c.decimal(&f.TaxRate)
	c.instalment(&f.Before)
	c.instalment(&f.After)
	c.share(&f.PricingPrice)
	c.decimal(&f.PricingRate)
}

func (c *codec) instalment(i *reconcile.Instalment) {
	c.share(&i.Price)
	c.int(&i.Days)
}

// Owed is a credit that a settlement makes the biller expect, and the billing
// type of its account. It is encoded on its way through the sorter alone.
type Owed struct {
	Type policy.BillingType
	reconcile.Expected
}

func putOwed(dst []byte, x *Owed) []byte {
	c := writer(dst, kindReconciled)
	code(&c, &x.Type)
	c.expectedCredit(&x.Expected)
	return c.out
}

func takeOwed(b string) (x Owed, err error) {
	c := reader(b, kindReconciled)
	code(&c, &x.Type)
	c.expectedCredit(&x.Expected)
	return x, c.end(kindReconciled)
}
