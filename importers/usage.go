package importers

import (
	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// reservationDetails is the reservation details of Cost Management 2023-03-01
// (IMP-3): the hours used of each reservation, day and instance. What is handed
// on is the sum of each order and day, also where it is 0: that a day is told of
// at all matters (PRO-9).
var reservationDetails = &Kind{
	Name: "ReservationDetails", Doc: "Cost Management reservation details 2023-03-01: the hours that were used of each reservation and day",
	Columns: []Column{
		{Name: "ReservationOrderId", Required: true, Filled: true, Type: table.Text, Doc: "the reservation order", Example: "a27c0f26-1f7b-5b8f-98c8-32128b192dd3"},
		{Name: "ReservationId", Required: true, Type: table.Text, Doc: "the reservation in the order", Example: "3b3de39c-bc44-4d69-be2d-69527dfe9958"},
		{Name: "UsageDate", Required: true, Filled: true, Type: table.Date, Doc: "the day", Example: "2026-11-01"},
		{Name: "UsedHours", Required: true, Filled: true, Type: table.Numeric, Doc: "hours used on that day", Example: "24"},
	},
	vendor: &vendorKind{newReader: func() func(*cells, *batch) { return readUsage }, daily: true},
}

// The columns of reservation details, in their order.
const (
	useOrder = iota
	useReservation
	useDate
	useHours
)

func readUsage(c *cells, b *batch) {
	order := c.word(useOrder, "ReservationOrderId").text
	switch {
	case order == "":
		c.missing(useOrder, "ReservationOrderId")
	case !isID([]byte(order)):
		c.fault(useOrder, "ReservationOrderId", []byte(order), "TooLong", "an identifier of at most 200 characters, on one line", "use the export as it is")
	}
	u := invoicing.Usage{Order: orderID(order), Date: c.date(useDate, "UsageDate"), UsedHours: c.hours(useHours, "UsedHours"), Source: c.source}
	if len(c.faults) > 0 {
		if c.refuse(b) && !c.isBad(useOrder) {
			b.refused[len(b.refused)-1].order = u.Order
		}
		return
	}
	b.use(u)
}

// hours is a number of 0 or more.
func (c *cells) hours(col int, name string) money.Decimal {
	b := c.bytes(col)
	if len(b) == 0 {
		c.missing(col, name)
		return money.Decimal{}
	}
	d, err := money.ParseDecimal(string(b[:min(len(b), 64)]))
	if err != nil || len(b) > 64 || d.Sign() < 0 {
		c.fault(col, name, b, "NotANumber", "hours of 0 or more, like 23.5", "use the export as it is")
	}
	return d
}

// usageSums adds up the usage of a file by order and day, on its way to a sink.
type usageSums struct {
	Sink
	at      map[usageDay]int
	sums    []invoicing.Usage // in the order of their first rows
	doubted map[string]bool   // orders, or "" for all
}

type usageDay struct {
	order string
	date  money.Date
}

// maxSums is how many sums are held at a time. Beyond it they are handed on and
// begun anew: whether anything was used on a day, which is all that PRO-9 asks, is
// told by parts as well as by their sum.
const maxSums = 1 << 16

func newUsageSums(sink Sink) *usageSums {
	return &usageSums{Sink: sink, at: map[usageDay]int{}, doubted: map[string]bool{}}
}

// Usage adds a row to the sum of its order and day.
func (s *usageSums) Usage(u *invoicing.Usage) error {
	day := usageDay{u.Order, u.Date}
	if i, ok := s.at[day]; ok {
		s.sums[i].UsedHours = addHours(s.sums[i].UsedHours, u.UsedHours)
		return nil
	}
	if len(s.sums) == maxSums {
		if err := s.flush(); err != nil {
			return err
		}
	}
	s.at[day] = len(s.sums)
	s.sums = append(s.sums, *u)
	return nil
}

// addHours adds hours; of a sum that is longer than a number can be, the first stands.
func addHours(a, b money.Decimal) money.Decimal {
	if b.IsZero() {
		return a
	}
	if sum, ok := money.DecimalOf(a.Big().Add(b.Big())); ok {
		return sum
	}
	return a
}

// doubt says that a row of an order was refused, or where it is empty of any. What was
// used by it may be missing in each of its sums, so that none of them is proof that
// nothing was used (PRO-9).
func (s *usageSums) doubt(order string) {
	if s != nil {
		s.doubted[order] = true
	}
}

// flush hands the sums on.
func (s *usageSums) flush() error {
	for i := range s.sums {
		if u := &s.sums[i]; u.UsedHours.IsZero() && (s.doubted[""] || s.doubted[u.Order]) {
			continue
		}
		if err := s.Sink.Usage(&s.sums[i]); err != nil {
			return err
		}
	}
	s.sums = s.sums[:0]
	clear(s.at)
	return nil
}
