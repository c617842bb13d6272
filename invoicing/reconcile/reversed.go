package reconcile

import (
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// Reversed says that a request is undone: its credit is expected no more.
type Reversed struct{ Request, By string }

// Awaited reports whether the credit of a request is open with nothing against
// it: only then can the request be undone.
func (st *State) Awaited(request string) bool { return st.awaited(request) >= 0 }

func (st *State) awaited(request string) int {
	return slices.IndexFunc(st.Breaks, func(b Break) bool {
		return (b.Class == NotYetDue || b.Class == MissingAtVendor) && len(b.Expected) == 1 && b.Expected[0].Request == request
	})
}

// Expects reports whether a decision makes the biller expect a credit of the vendor.
func Expects(d *invoicing.Decision) bool {
	switch d.Request.Action {
	case invoicing.Refund, invoicing.Return, invoicing.TransferOut:
		return d.Outcome == invoicing.Approved && d.Refund.IsSet() && d.Refund.Sign() > 0
	}
	return false
}

// Withdraw takes the credits of undone requests off what an order expects, and
// off both sides of the proof (REC-3): their breaks are resolved by what undid
// them. It returns what is left, the breaks that end and what the proof loses.
func Withdraw(st State, undone []Reversed, asOf money.Date) (left State, ended []Break, tally Tally) {
	left = st
	left.Breaks = slices.Clone(st.Breaks)
	for _, u := range undone {
		i := left.awaited(u.Request)
		if i < 0 {
			continue
		}
		b := left.Breaks[i]
		left.Breaks = slices.Delete(left.Breaks, i, i+1)
		tally.class(b.Class, &b.Group, -1)
		amount := b.Expected[0].Amount
		addTo(&tally.of(amount.Currency()).Expected.All, -1, amount)
		b.Status, b.Ended = Resolved, asOf
		b.tell(Event{On: asOf, What: Reversal, Class: b.Class, By: u.By})
		ended = append(ended, b)
	}
	return left, ended, tally
}
