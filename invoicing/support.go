package invoicing

import (
	"cmp"
	"slices"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Asked is a held request that has to go through the vendor's support, since the
// night on which that was first so (OUT-9).
type Asked struct {
	Request string
	Since   money.Date
}

// asksSupport: a partner asks the vendor for every approved refund and exchange,
// and money that cannot go back to its card goes through support (OUT-9).
func (d *Decision) asksSupport() bool {
	switch d.Request.Action {
	case Refund, Return:
		return d.Outcome == Approved && d.Type == policy.CSP || d.cardChanged()
	case TransferOut:
		return d.cardChanged()
	}
	return false
}

func (d *Decision) cardChanged() bool { return d.Outcome == Held && d.Reasons.Has(CardChanged) }

// askSupport dates what has to go through the vendor's support: by an earlier
// night where the request was held then.
func (n *night) askSupport() {
	for i := range n.out.Decisions {
		d := &n.out.Decisions[i]
		if j := slices.IndexFunc(n.states, func(s *State) bool { return s.Account == d.Account }); j >= 0 {
			d.SupportSince = n.states[j].asked(d.Request.ID)
		}
		if d.SupportSince.IsZero() && d.asksSupport() {
			d.SupportSince = n.asOf
		}
	}
}

// asked is since when a held request has to go through support; zero is not.
func (s *State) asked(request string) money.Date {
	if i, ok := s.askedAt(request); ok {
		return s.Asked[i].Since
	}
	return 0
}

func (s *State) askedAt(request string) (int, bool) {
	return slices.BinarySearchFunc(s.Asked, request, func(a Asked, id string) int { return cmp.Compare(a.Request, id) })
}

// asks keeps the date of a request for as long as it is held.
func (s *State) asks(d *Decision) {
	i, known := s.askedAt(d.Request.ID)
	switch held := d.Outcome == Held; {
	case held && !known:
		s.Asked = slices.Insert(s.Asked, i, Asked{d.Request.ID, d.SupportSince})
	case !held && known:
		s.Asked = slices.Delete(s.Asked, i, i+1)
	}
}
