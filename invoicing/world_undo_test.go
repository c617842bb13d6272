package invoicing_test

import (
	"fmt"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// openings are what accounts that are known on the first night bring to it.
func (m *worldMaker) openings() {
	n := &m.w.nights[0]
	for _, a := range n.accounts {
		on := n.asOf - money.Date(m.upTo(0, 400, "brought of"))
		if m.oneIn(3, "limit used before") {
			n.openings = append(n.openings, invoicing.Opening{Kind: invoicing.OpeningLimitUse, Account: a.ID, Date: on,
				Amount: m.amount(int64(m.upTo(1, 50001, "used before")), money.USD), Source: m.source()})
		}
		if m.oneIn(2, "credit from before") {
			o := invoicing.Opening{Kind: invoicing.OpeningHeld, Account: a.ID, Date: on,
				Amount: m.amount(int64(m.upTo(0, 30000, "brought")), a.Currency), Source: m.source()}
			if a.Type == policy.EA {
				o.Kind, o.ExpiresOn = invoicing.OpeningLot, on+money.Date(m.upTo(0, 500, "valid"))
			}
			n.openings = append(n.openings, o)
		}
	}
	for _, o := range m.orders {
		if o.known != 0 || o.Origin == invoicing.FromExchange || o.Date > n.asOf || !m.oneIn(4, "returned before") {
			continue
		}
		b := invoicing.Opening{Kind: invoicing.OpeningUnitsReturned, Account: o.Account, Order: o.Order, Source: m.source(),
			Date: o.Date + money.Date(m.upTo(0, int(n.asOf-o.Date), "returned on")), Quantity: m.upTo(1, o.Quantity, "units before")}
		if m.oneIn(2, "for so much") {
			b.Amount = o.Amount.Of(int64(m.upTo(1, b.Quantity, "of the price")), int64(o.Quantity)).Round(money.HalfUp)
		}
		if m.w.multi && len(n.accounts) > 0 && m.flaw(8, "of another account") {
			b.Account = pick(m, n.accounts, "said of").ID
		}
		n.openings = append(n.openings, b)
	}
}

// undone are Withdraws and Reverses of some requests, on the same night or a later
// one, or earlier.
func (m *worldMaker) undone() {
	if !m.oneIn(2, "some are undone") {
		return
	}
	for night := range m.w.nights {
		for _, q := range m.w.nights[night].requests {
			for n := range pick(m, []int{0, 1, 1, 2}, "undone how often") {
				if q.Withdraws == "" {
					m.undo(q, night, n)
				}
			}
		}
	}
}

// undo is a Withdraw or a Reverse of a request that comes on a night.
func (m *worldMaker) undo(q invoicing.Request, night, n int) {
	u := invoicing.Request{ID: fmt.Sprintf("undo %d of %s", n, q.ID), Action: invoicing.Reverse,
		Withdraws: q.ID, RequestedBy: "anna@example.com", Reason: "sent by mistake", Source: m.source()}
	if m.oneIn(4, "by a Withdraw") {
		u.Action = invoicing.Withdraw
	}
	on := &m.w.nights[m.upTo(night, len(m.w.nights)-1, "undone on")]
	if m.flaw(8, "before it comes") {
		on = &m.w.nights[m.upTo(0, night, "undone before")]
	}
	u.Date = on.asOf - money.Date(m.upTo(0, 3, "asked before"))
	on.requests = append(on.requests, u)
}
