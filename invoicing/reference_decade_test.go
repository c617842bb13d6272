package invoicing_test

import (
	"testing"

	"pgregory.net/rapid"

	"prorata/invoicing/money"
)

// TestTenYearsOfNights: orders, invoices, charges, requests and exchanges arrive at
// random over ten years. Night after night the core decides as the reference does, the
// proof holds, no window passes the limit, credits add up and numbers have no gap.
// With -tags long it is every night of the ten years.
func TestTenYearsOfNights(t *testing.T) {
	lives, step, orders, requests := 2, 91, 8, 40
	if longProof {
		lives, step, orders, requests = 2, 1, 24, 200
	}
	more(t, lives)
	nights, decisions := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := drawDecade(t, step, orders, requests)
		nights += len(w.nights)
		decisions += checkWorld(t, w)
	})
	t.Logf("%d nights, %d decisions", nights, decisions)
	if decisions < nights/60 {
		t.Errorf("%d decisions in %d nights prove little", decisions, nights)
	}
}

// drawDecade draws a biller's ten years, with a night every so many days.
func drawDecade(t *rapid.T, step, orders, requests int) world {
	m := &worldMaker{T: t, seen: map[string]bool{}, calm: true, spread: true}
	m.policies()
	m.w.multi = true
	first := m.date("first night")
	for asOf := first; asOf < first.AddMonths(120); asOf += money.Date(step) {
		m.w.nights = append(m.w.nights, night{asOf: asOf})
	}
	for i := range 4 {
		m.account(i)
	}
	for i := range orders {
		m.order(i)
	}
	for i := range requests {
		if m.oneIn(4, "exchange") {
			m.exchange(i)
		} else {
			m.request(i)
		}
	}
	m.shuffleIDs()
	return m.w
}
