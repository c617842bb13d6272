package invoicing

import "prorata/invoicing/money"

// Cycle is one cycle of a monthly order: what was charged for it, for Quantity
// units, and its days; without days where there is no such cycle.
type Cycle struct {
	Amount   money.Money
	Quantity int
	Days     int
}

// Beside are the cycles before and after the one that holds a date within the
// term, of the order that some rows make. The charge of one to come is the latest
// known (IMP-1).
func Beside(rows []Purchase, on money.Date) (before, after Cycle) {
	for _, o := range foldOrders(rows) {
		if i := o.cycle(on); o.Plan == Monthly {
			before, after = o.cycleAt(i-1), o.cycleAt(i+1)
		}
	}
	return before, after
}

func (o *Order) cycleAt(i int) (c Cycle) {
	if i < 0 || i >= o.Term {
		return c
	}
	start := o.Start.AddMonths(i)
	charge := o.chargeOn(start)
	return Cycle{charge.Amount, charge.Quantity, int(o.Start.AddMonths(i+1) - start)}
}
