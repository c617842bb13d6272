package exporters

import (
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// tonight is what the rows of a settlement do to those below them: what they
// refund of an order's period (PRO-10), and what they count against a limit (LIM-3).
type tonight struct {
	settled *settled
	first   int // the row of the settlement's first decision
	next    int // the decision that is written next
	whole   bool
	lines   [2]int // of the exchange that is being written: the first decision, and the one after its last
	returns map[orderPeriod][]rowAmount
	uses    map[string][]rowAmount   // by account
	asked   map[invoicing.Source]int // the decision, by the row of its request
	issued  map[string]int           // the document, by its number
}

type orderPeriod struct {
	order string
	start money.Date
}

// rowAmount is an amount on a row of the decisions.
type rowAmount struct {
	row      int
	request  string
	exchange string // of a line that is not approved: for the lines of its own exchange it counts all the same
	on       money.Date
	amount   money.Money
}

// above is what a row goes on from: the rows above it, what they come to, and
// what is of earlier nights, which is unset where no formula can say it.
type above struct {
	returned                     []int
	returnedNow, returnedEarlier money.Money
	uses                         []int
	usedNow, usedEarlier         money.Money
	exchange                     [2]int // the rows of the exchange, first and last; 0 where there are none or not all fit
}

// maxAbove is how many rows a formula names one by one.
const maxAbove = 40

// begin begins a settlement.
func (t *tonight) begin(s *settled, decisions *sheet) {
	*t = tonight{settled: s, first: decisions.row + 1, returns: t.returns, uses: t.uses, asked: t.asked, issued: t.issued}
	t.whole = decisions.row+len(s.Decisions) <= maxSheetRows
	if t.returns == nil {
		t.returns, t.uses = map[orderPeriod][]rowAmount{}, map[string][]rowAmount{}
		t.asked, t.issued = map[invoicing.Source]int{}, map[string]int{}
	}
	clear(t.returns)
	clear(t.uses)
	clear(t.asked)
	clear(t.issued)
	for i := range s.Decisions {
		t.asked[s.Decisions[i].Request.Source] = i
	}
	for i := range s.Documents {
		t.issued[s.Documents[i].Number] = i
	}
}

// row is the row of one of the settlement's decisions; 0 where not all fit.
func (t *tonight) row(decision int) int {
	if !t.whole {
		return 0
	}
	return t.first + decision
}

// above is what the next decision goes on from.
func (t *tonight) above(d *invoicing.Decision, p *policy.Parameters) (a above) {
	if d.Returned.IsSet() {
		a.returned, a.returnedNow = gather(t.returns[orderPeriod{d.Request.Order, d.PeriodStart}], d.Returned.Currency(), func(r *rowAmount) bool {
			return r.exchange == "" || r.exchange == d.Request.Exchange
		})
		a.returnedEarlier = rest(d.Returned, a.returnedNow, a.returned)
	}
	if d.LimitUsed.IsSet() && p != nil {
		until := d.LimitFrom + money.Date(p.LimitWindowDays)
		a.uses, a.usedNow = gather(t.uses[d.Account], money.USD, func(u *rowAmount) bool { return u.on >= d.LimitFrom && u.on < until })
		a.usedEarlier = rest(d.LimitUsed, a.usedNow, a.uses)
	}
	if d.Lifetime.IsSet() {
		if t.next >= t.lines[1] {
			t.lines = t.exchange(t.next)
		}
		if first := t.row(t.lines[0]); first > 0 {
			a.exchange = [2]int{first, t.row(t.lines[1] - 1)}
		}
	}
	return a
}

// exchange is the run of decisions that are lines of one exchange, from its first.
func (t *tonight) exchange(from int) [2]int {
	id, to := t.settled.Decisions[from].Request.Exchange, from+1
	for to < len(t.settled.Decisions) && t.settled.Decisions[to].Request.Exchange == id {
		to++
	}
	return [2]int{from, to}
}

// gather lists the rows that count, and adds them up; of more than a formula names it
// says nothing.
func gather(all []rowAmount, c money.Currency, counts func(*rowAmount) bool) (rows []int, sum money.Money) {
	sum = money.Zero(c)
	if len(all) > 10*maxAbove {
		return nil, money.Money{}
	}
	for i := range all {
		if counts(&all[i]) {
			rows, sum = append(rows, all[i].row), sum.Add(all[i].amount)
		}
	}
	return rows, sum
}

// rest is what is of earlier nights; unset where that cannot be said.
func rest(whole, now money.Money, rows []int) money.Money {
	if !now.IsSet() || len(rows) > maxAbove || now.Cmp(whole) > 0 {
		return money.Money{}
	}
	return whole.Sub(now)
}

// add notes what a decision's row does to those below it.
func (t *tonight) add(d *invoicing.Decision, row int) {
	t.next++
	approved := d.Outcome == invoicing.Approved
	switch {
	case d.Request.Action == invoicing.Reverse && approved:
		t.reverse(d.Request.ID)
	case d.Prorated.IsSet() && d.Resized == "" && (approved || d.Request.Exchange != ""):
		k := orderPeriod{d.Request.Order, d.PeriodStart}
		r := rowAmount{row: row, request: d.Request.ID, amount: d.Prorated}
		if !approved {
			r.exchange = d.Request.Exchange
		}
		t.returns[k] = append(t.returns[k], r)
	}
	if approved && d.LimitMeasured.IsSet() {
		t.uses[d.Account] = append(t.uses[d.Account], rowAmount{row: row, request: d.Request.ID, on: d.Request.Date, amount: d.LimitMeasured})
	}
}

// reverse forgets what is undone the same night.
func (t *tonight) reverse(by string) {
	for i := range t.settled.Reversed {
		x := &t.settled.Reversed[i]
		if x.By != by {
			continue
		}
		undone := func(r rowAmount) bool { return r.request == x.Request }
		k := orderPeriod{x.Order, x.Period}
		t.returns[k] = slices.DeleteFunc(t.returns[k], undone)
		t.uses[x.Account] = slices.DeleteFunc(t.uses[x.Account], undone)
	}
}

// sumOf writes the sum of a column's cells on rows above, or nothing where there are none.
func (r *auditDecision) sumOf(key string, rows []int, sum money.Money) {
	if len(rows) == 0 {
		r.blank(1)
		return
	}
	column := decisionTable.letters(key)
	cells := make([]string, len(rows))
	for i, row := range rows {
		cells[i] = column + itoa(row)
	}
	r.formula(r.style.money(sum.Currency(), computed), strings.Join(cells, "+"), sum.Number())
}

// sumOver writes the sum of a column's cells on the rows of an exchange.
func (r *auditDecision) sumOver(key string, rows [2]int, live bool, sum money.Money) {
	if !live {
		r.amount(plain, sum)
		return
	}
	column := decisionTable.letters(key)
	r.formula(r.style.money(sum.Currency(), computed),
		"ROUND(SUM("+column+itoa(rows[0])+":"+column+itoa(rows[1])+"),"+decisionTable.letters("digits")+itoa(r.row)+")", sum.Number())
}
