package invoicing

import (
	"cmp"
	"slices"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Opening is a row of the house sheet Opening (IMP-6): what a biller with a past
// brings to the first night. It counts from the night that reads it: what was
// decided before stands.
type Opening struct {
	Kind      OpeningKind
	Account   string
	Date      money.Date  // on which it was counted, granted or returned
	Amount    money.Money // of a LimitUse in USD; of a Lot or a Held what is left of it on Date; of UnitsReturned what they were prorated to, unset where it is not known
	Order     string      // of UnitsReturned; of the others where it is known
	Quantity  int         // units, of UnitsReturned
	ExpiresOn money.Date  // last day of a Lot
	Source    Source
}

// OpeningKind is what an opening row brings.
type OpeningKind uint8

// The kinds of opening rows.
const (
	OpeningLimitUse OpeningKind = iota + 1
	OpeningLot
	OpeningHeld
	OpeningUnitsReturned
)

// OpeningKinds lists every kind of opening row.
var OpeningKinds = []OpeningKind{OpeningLimitUse, OpeningLot, OpeningHeld, OpeningUnitsReturned}

// String is the name used in the sheet.
func (k OpeningKind) String() string {
	return [...]string{"", "LimitUse", "Lot", "Held", "UnitsReturned"}[k]
}

// credit is the lot or the held credit that the row brings. Its id is the row's
// place: no document of the ledger granted it.
func (o *Opening) credit() Credit {
	zero := money.Zero(o.Amount.Currency())
	c := Credit{Kind: PrepaymentLot, Account: o.Account, Order: o.Order, Amount: o.Amount, Used: zero, Expired: zero,
		GrantedOn: o.Date, ExpiresOn: o.ExpiresOn, Document: Ref{Number: o.Source.String()}}
	if o.Kind == OpeningHeld {
		c.Kind, c.ExpiresOn = HeldCreditKind, 0
	}
	return c
}

// open takes what a row brings.
func (s *State) open(o *Opening) {
	switch o.Kind {
	case OpeningLimitUse:
		s.use(LimitUse{Account: o.Account, Date: o.Date, USD: o.Amount, Request: o.Source.String()})
	case OpeningLot, OpeningHeld:
		s.grant(o.credit())
	case OpeningUnitsReturned:
		order := s.keepOrder(o.Order)
		order.Returned += o.Quantity
		order.Brought = append(order.Brought, BroughtUnits{o.Date, o.Quantity, o.Amount})
	}
}

// bring takes the opening rows of the run, before anything is decided.
func (n *night) bring() {
	n.out.Opened = slices.Clone(n.book.Openings)
	slices.SortFunc(n.out.Opened, func(x, y Opening) int {
		return cmp.Or(cmp.Compare(x.Account, y.Account), x.Source.Compare(y.Source))
	})
	for i := range n.out.Opened {
		o := &n.out.Opened[i]
		n.state(o.Account).open(o)
	}
}

// broughtElsewhere reports whether units of the order were brought in for another
// account than its own: the sources contradict each other (IMP-10).
func (n *night) broughtElsewhere(o *Order) bool {
	return slices.ContainsFunc(n.states, func(s *State) bool { return s.Account != o.Account && len(s.order(o.ID).Brought) > 0 })
}

// broughtIn is what units returned before the ledger began were prorated to in
// the period (PRO-10). Where the row does not say it, it is computed by the
// purchase price: no other is known.
func (a *appraisal) broughtIn(st *OrderState) money.Money {
	sum := money.Zero(a.order.Currency)
	for _, b := range st.Brought {
		if b.On >= a.periodEnd || b.On < a.periodStart && a.order.Plan == Monthly {
			continue
		}
		if b.Prorated.IsSet() && b.Prorated.Currency() == a.order.Currency {
			sum = sum.Add(b.Prorated)
			continue
		}
		days := min(int64(a.periodEnd-b.On), int64(a.periodDays()))
		price := a.charge.Amount.Of(int64(b.Quantity), int64(a.charge.Quantity))
		sum = sum.Add(price.Fraction(days, int64(a.periodDays())).Round(a.params.Rounding))
	}
	return sum
}

// Fits reports whether an account of a billing type can have what the row brings:
// lots are of EA prepayment (BIL-EA-2), held credits of the others (BIL-INV-2).
func (k OpeningKind) Fits(t policy.BillingType) bool {
	return k != OpeningLot && k != OpeningHeld || (t == policy.EA) == (k == OpeningLot)
}
