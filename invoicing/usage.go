package invoicing

import (
	"slices"

	"prorata/invoicing/money"
)

// Usage is one day's use of an order in a details export (IMP-3); UsedHours is the sum over its rows.
type Usage struct {
	Order     string
	Date      money.Date
	UsedHours money.Decimal
	Source    Source
}

// usageByOrder puts the days of each order together, in their order.
func usageByOrder(all []Usage) map[string][]Usage {
	if len(all) == 0 {
		return nil
	}
	by := map[string][]Usage{}
	for _, u := range all {
		by[u.Order] = append(by[u.Order], u)
	}
	for _, days := range by {
		slices.SortFunc(days, func(a, b Usage) int { return int(a.Date - b.Date) })
	}
	return by
}

// unused reports whether nothing of an order was used through the request date
// (PRO-9): no day has used hours, and the request says No, or days are known
// from the purchase through the request without a gap. What decides it is a
// source of the decision.
func (n *night) unused(d *Decision, o *Order) bool {
	next := o.Start // the first day that is not known to be idle
	var idle []Source
	for _, u := range n.usage[o.ID] {
		if u.Date > d.Request.Date {
			break
		}
		if u.UsedHours.Sign() > 0 {
			d.Sources = append(d.Sources, u.Source)
			return false
		}
		if u.Date == next {
			next++
			idle = append(idle, u.Source)
		}
	}
	if d.Request.Used == 0 && next > d.Request.Date {
		d.Sources = append(d.Sources, idle...)
		return true
	}
	return d.Request.Used == UsedNo
}
