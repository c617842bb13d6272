package invoicing

import (
	"cmp"
	"slices"
	"sort"

	"prorata/invoicing/money"
)

// Order is a reservation order, folded from the purchase rows that name it
// (IMP-1, IMP-10).
type Order struct {
	ID          string
	Account     string
	Reservation string
	Start, End  money.Date // PRO-1: End is the first day that is no longer covered
	Term        int        // months
	Plan        Plan
	Product     string
	Sku, Region string
	Description string
	Quantity    int
	Currency    money.Currency
	// Charges are the rows as charged: one for Upfront (rows add up), one per
	// known instalment for Monthly, by date.
	Charges []OrderCharge
	Funding Funding // as the purchase says; the zero value where it is silent
	CardRef string
	Against []Source // IMP-10: rows of sources that disagree; the first source stands
}

// Conflict reports whether two sources disagree on the order (IMP-10).
func (o *Order) Conflict() bool { return len(o.Against) > 0 }

// OrderCharge is what was charged for an order on one date, for Quantity units.
type OrderCharge struct {
	Date     money.Date
	Quantity int
	Amount   money.Money
	Invoice  string
	Sources  []Source
}

// foldOrders folds purchase rows, in any order, into orders by id.
func foldOrders(rows []Purchase) []Order {
	sorted := make([]*Purchase, len(rows))
	for i := range rows {
		sorted[i] = &rows[i]
	}
	slices.SortFunc(sorted, comparePurchases)
	count := 0
	for i := range sorted {
		if i == 0 || sorted[i].Order != sorted[i-1].Order {
			count++
		}
	}
	orders := make([]Order, 0, count)
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && sorted[n].Order == sorted[0].Order {
			n++
		}
		orders = append(orders, foldOrder(sorted[:n]))
		sorted = sorted[n:]
	}
	return orders
}

// comparePurchases puts the rows of an order and a source together, in an order
// that neither the row's file nor its place in the file decides.
func comparePurchases(a, b *Purchase) int {
	if c := cmp.Compare(a.Order, b.Order); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Date, b.Date), cmp.Compare(a.Account, b.Account),
		cmp.Compare(a.Run, b.Run), a.Amount.Decimal().Cmp(b.Amount.Decimal()),
		cmp.Compare(a.Quantity, b.Quantity), cmp.Compare(a.Sku, b.Sku), cmp.Compare(a.Region, b.Region),
		cmp.Compare(a.Invoice, b.Invoice), a.Source.Compare(b.Source))
}

// foldOrder folds the sorted rows of one order: the first source makes it, each
// further one confirms it or is a conflict (IMP-10). An export is one source
// whatever nights it came on; a row of the house sheet is one by itself.
func foldOrder(rows []*Purchase) Order {
	type source struct {
		run   int
		order Order
	}
	sources := make([]source, 0, 1)
	for len(rows) > 0 {
		n, run := 1, rows[0].Run
		for n < len(rows) && rows[n].Origin == rows[0].Origin && rows[0].Origin != FromSheet {
			run = min(run, rows[n].Run)
			n++
		}
		sources = append(sources, source{run, foldSource(rows[:n])})
		rows = rows[n:]
	}
	slices.SortStableFunc(sources, func(a, b source) int { return a.run - b.run })
	first := sources[0].order
	for i := range sources[1:] {
		first.confirm(&sources[i+1].order)
	}
	first.End = first.Start.AddMonths(first.Term)
	return first
}

// foldSource folds the rows of one source, which stand by date. Rows of one date
// add up, and so do all rows of an order paid upfront: identical rows are distinct
// charges (IMP-1).
func foldSource(rows []*Purchase) Order {
	p := rows[0]
	o := Order{ID: p.Order, Account: p.Account, Reservation: p.Reservation, Start: p.Date, Term: p.Term, Plan: p.Plan,
		Product: p.Product, Sku: p.Sku, Region: p.Region, Description: p.Description, Currency: p.Amount.Currency(),
		Funding: p.Funding, CardRef: p.CardRef}
	if o.Charges = make([]OrderCharge, 0, 1); o.Plan == Monthly {
		o.Charges = make([]OrderCharge, 0, len(rows))
	}
	for _, r := range rows {
		if r.Account != o.Account || r.Amount.Currency() != o.Currency || r.Term != o.Term || r.Plan != o.Plan {
			o.Against = append(o.Against, r.Source)
			continue
		}
		o.addCharge(r)
	}
	o.Quantity = o.Charges[0].Quantity
	return o
}

func (o *Order) addCharge(r *Purchase) {
	for i := range o.Charges {
		c := &o.Charges[i]
		if o.Plan == Upfront || c.Date == r.Date {
			sum, ok := c.Amount.Plus(r.Amount)
			if !ok { // no order costs that much: one of the rows is wrong
				o.Against = append(o.Against, r.Source)
				return
			}
			c.Quantity += r.Quantity
			c.Amount = sum
			c.Sources = append(c.Sources, r.Source)
			if c.Invoice == "" {
				c.Invoice = r.customerInvoice()
			}
			return
		}
	}
	o.Charges = append(o.Charges, OrderCharge{r.Date, r.Quantity, r.Amount, r.customerInvoice(), []Source{r.Source}})
}

// customerInvoice is the invoice that the row names as the customer's: the number
// on a partner's reconciliation is the vendor's invoice to the partner.
func (p *Purchase) customerInvoice() string {
	if p.Origin == FromPartner {
		return ""
	}
	return p.Invoice
}

// confirm compares a further source with the order. One that agrees fills in
// what the first left open and, for a monthly plan, the instalments that it did
// not know; one that disagrees is a conflict.
func (o *Order) confirm(b *Order) {
	if !o.agrees(b) {
		o.Against = append(append(o.Against, b.Charges[0].Sources...), b.Against...)
		return
	}
	o.Reservation = cmp.Or(o.Reservation, b.Reservation)
	o.Sku, o.Region, o.Description = cmp.Or(o.Sku, b.Sku), cmp.Or(o.Region, b.Region), cmp.Or(o.Description, b.Description)
	o.CardRef = cmp.Or(o.CardRef, b.CardRef)
	o.Funding = cmp.Or(o.Funding, b.Funding)
	if o.Product == UnknownProduct {
		o.Product = b.Product
	}
	for _, c := range b.Charges {
		i := slices.IndexFunc(o.Charges, func(x OrderCharge) bool { return x.Date == c.Date })
		if i < 0 {
			o.Charges = append(o.Charges, c)
			continue
		}
		o.Charges[i].Invoice = cmp.Or(o.Charges[i].Invoice, c.Invoice)
	}
	slices.SortStableFunc(o.Charges, func(a, b OrderCharge) int { return int(a.Date - b.Date) })
}

// agrees compares account, date, quantity, currency and amount. Of a monthly
// order a source may know other instalments than the first: it agrees if it
// begins on a due date, with the amount of an instalment that is known or where
// the amount alone may have moved (instalments vary with exchange rates).
func (o *Order) agrees(b *Order) bool {
	if b.Conflict() || o.Account != b.Account || o.Currency != b.Currency || o.Plan != b.Plan || o.Term != b.Term || o.Quantity != b.Quantity {
		return false
	}
	if o.Start == b.Start {
		return o.Charges[0].Amount == b.Charges[0].Amount
	}
	if o.Plan != Monthly {
		return false
	}
	for i := 1; i < o.Term; i++ {
		if o.Start.AddMonths(i) == b.Start {
			return true
		}
	}
	return false
}

// cycle returns the index of the instalment that is current on a date within
// the term: the last one due on or before it (PRO-4).
func (o *Order) cycle(d money.Date) int {
	i := sort.Search(o.Term, func(i int) bool { return o.Start.AddMonths(i) > d })
	return i - 1
}

// chargeOn is the charge that counts on a date: the one of the order if Upfront;
// the current cycle's, else the latest known before it, if Monthly (IMP-1). Where
// only later instalments are known, the first of them.
func (o *Order) chargeOn(d money.Date) *OrderCharge {
	if o.Plan == Upfront {
		return &o.Charges[0]
	}
	next := o.Start.AddMonths(o.cycle(d) + 1)
	best := &o.Charges[0]
	for i := range o.Charges {
		if o.Charges[i].Date < next {
			best = &o.Charges[i]
		}
	}
	return best
}

// periodEnd is the first day after what a charge pays for.
func (o *Order) periodEnd(c *OrderCharge) money.Date {
	if o.Plan == Upfront {
		return o.End
	}
	return o.Start.AddMonths(o.cycle(c.Date) + 1)
}

// lastCharge is the latest charge known: it stands for the instalments to come (IMP-1).
func (o *Order) lastCharge() *OrderCharge { return &o.Charges[len(o.Charges)-1] }

// appendRows appends the rows of what a return is computed from: the charge that dates
// the order, the one that counts, and the one that stands for the instalments to come.
func (o *Order) appendRows(to []Source, counts *OrderCharge) []Source {
	first, last := &o.Charges[0], o.lastCharge()
	to = append(to, first.Sources...)
	if counts != first {
		to = append(to, counts.Sources...)
	}
	if last != first && last != counts {
		to = append(to, last.Sources...)
	}
	return to
}
