package invoicing

import (
	"cmp"
	"fmt"
	"slices"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Settle decides the requests of a book by the policies in force on their dates
// and says all that is to be written: decisions, documents that refer to each
// other by index, credits, draws and expiries. It is a pure function: the same
// book, market, policies and as-of date give the same settlement, in whatever
// order the book's rows stand.
//
// Where an amount of the book is too large to compute with, all its requests are
// held (AmountTooLarge): other groups go on. An error is an impossible state, as
// adding two currencies; it stops the run before anything is committed.
func Settle(b *Book, m *Market, policies policy.Chain, asOf money.Date) (*Settlement, error) {
	return settle(b, m, policies, asOf, true)
}

// Decide decides as Settle does, and bills only exchanges and transfers, whose
// purchases later requests may return: decisions on refunds do not name their
// documents, no credit is granted by a refund, drawn or expires, and there is no
// standing. Night by night its decisions are those of Settle, but that the lines of what
// refunds are billed by are not counted (TooManyLines).
func Decide(b *Book, m *Market, policies policy.Chain, asOf money.Date) (*Settlement, error) {
	return settle(b, m, policies, asOf, false)
}

func settle(b *Book, m *Market, policies policy.Chain, asOf money.Date, billing bool) (s *Settlement, err error) {
	defer func() {
		if e := recover(); e != nil {
			impossible, ok := e.(*money.Error)
			switch {
			case !ok:
				panic(e)
			case impossible.TooLarge:
				s = hold(b, m, policies, asOf)
			default:
				err = fmt.Errorf("settle %s: %w", b.Group, impossible)
			}
		}
	}()
	n := open(b, m, policies, asOf)
	n.billing = billing
	n.bring()
	requests := slices.Clone(b.Requests)
	inOrder(requests)
	behindTargets(requests)
	requests = n.withdraw(requests)
	exchanges := exchangeLines(requests, asOf)
	for i := range requests {
		r := &requests[i]
		switch {
		case r.Date > asOf:
		case r.Action == Reverse:
			n.reverse(r)
		case r.Action == Refund:
			n.refund(r)
		case r.Exchange == "":
			n.exchange([]*Request{r})
		default: // it stands where its first line stands
			if lines := exchanges[r.Exchange]; lines[0] == r {
				n.exchange(lines)
			}
		}
	}
	n.askSupport()
	if !billing {
		return n.out, nil
	}
	for _, st := range n.states {
		if account := n.accounts[st.Account]; account != nil {
			n.drawCredits(account, st)
			n.expireLots(st)
		}
	}
	n.out.Accounts = n.addressed()
	n.out.Standing = n.standing()
	return n.out, nil
}

// hold lets all requests of a book that are due wait, and no credit be drawn or expire:
// some row of it has an amount that is too large to compute with.
func hold(b *Book, m *Market, policies policy.Chain, asOf money.Date) *Settlement {
	n := open(b, m, policies, asOf)
	n.bring()
	requests := slices.Clone(b.Requests)
	inOrder(requests)
	for i := range requests {
		r := &requests[i]
		if r.Date > asOf {
			continue
		}
		d := n.decision(r)
		n.locate(d, "")
		d.Reasons.Add(AmountTooLarge)
		d.Outcome = Held
		n.decide()
	}
	n.out.Standing = n.standing()
	return n.out
}

// inOrder sorts requests as they are decided: by date and id.
func inOrder(requests []Request) {
	slices.SortFunc(requests, func(x, y Request) int {
		return cmp.Or(cmp.Compare(x.Date, y.Date), cmp.Compare(x.ID, y.ID))
	})
}

// behindTargets puts each Reverse of a request of the same night behind it, where
// its own date and id would put it before.
func behindTargets(requests []Request) {
	if !slices.ContainsFunc(requests, func(r Request) bool { return r.Action == Reverse }) {
		return
	}
	byID := make(map[string]Request, len(requests))
	for _, r := range requests {
		byID[r.ID] = r
	}
	place := func(r *Request) Request { // where it stands
		t, ok := byID[r.Withdraws]
		if r.Action != Reverse || !ok || t.Action == Reverse || cmp.Or(cmp.Compare(t.Date, r.Date), cmp.Compare(t.ID, r.ID)) < 0 {
			return *r
		}
		return t
	}
	slices.SortStableFunc(requests, func(x, y Request) int {
		a, b := place(&x), place(&y)
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID), cmp.Compare(x.Action/Reverse, y.Action/Reverse))
	})
}

// night is the working state of Settle: what is read by name, and the states as
// they change from one request to the next.
type night struct {
	book       *Book
	asOf       money.Date
	market     *Market
	policies   policy.Chain
	accounts   map[string]*Account
	rows       map[string][]Purchase // of an order: those read, and those that exchanges bought
	orders     map[string]*Order
	invoices   []Invoice // of the register, by account and number
	carrying   map[string][]*Invoice
	naming     []namedCharge      // by account and invoice
	usage      map[string][]Usage // of an order, by day
	states     []*State           // by account
	allowances map[string]*allowance
	tonight    map[string]int // the index of a request among the decisions of this night
	indexed    int            // so many of them are in it
	begun      []Decision     // those of the settlement, and those that are not decided yet
	out        *Settlement
	billing    bool // of refunds too: see Decide
	lines      int  // of the documents issued
}

func open(b *Book, m *Market, policies policy.Chain, asOf money.Date) *night {
	n := &night{book: b, asOf: asOf, market: m, policies: policies, rows: b.RowsOf(),
		accounts: make(map[string]*Account, len(b.Accounts)), allowances: map[string]*allowance{},
		tonight: map[string]int{}, begun: make([]Decision, 0, len(b.Requests)),
		usage: usageByOrder(b.Usage),
		out: &Settlement{Group: b.Group, AsOf: asOf, Documents: make([]Document, 0, 2*len(b.Requests)),
			Uses: make([]LimitUse, 0, len(b.Requests)), Granted: make([]Credit, 0, len(b.Requests))}}
	for i := range b.Accounts {
		n.accounts[b.Accounts[i].ID] = &b.Accounts[i]
	}
	orders := b.Orders()
	n.orders = make(map[string]*Order, len(orders))
	for i := range orders {
		n.orders[orders[i].ID] = &orders[i]
	}
	n.invoices = slices.Clone(b.Invoices)
	slices.SortFunc(n.invoices, func(x, y Invoice) int {
		return cmp.Or(cmp.Compare(x.Account, y.Account), cmp.Compare(x.Number, y.Number))
	})
	n.fillTax()
	n.index(orders)
	for i := range b.States {
		st := b.States[i].clone(len(b.Requests) / len(b.States))
		n.states = append(n.states, &st)
	}
	slices.SortFunc(n.states, func(x, y *State) int { return cmp.Compare(x.Account, y.Account) })
	return n
}

// rows are the purchase rows of the book: those read, and those that exchanges
// bought, but for what both have. They are not to be changed.
func (b *Book) rows() []Purchase {
	rows := slices.Clip(b.Purchases)
	for i := range b.States {
		for _, bought := range b.States[i].Bought {
			rows = append(rows, bought.Purchase)
		}
	}
	return rows
}

// state is the working state of an account.
func (n *night) state(account string) *State {
	i, ok := slices.BinarySearchFunc(n.states, account, func(s *State, a string) int { return cmp.Compare(s.Account, a) })
	if !ok {
		n.states = slices.Insert(n.states, i, &State{Account: account})
	}
	return n.states[i]
}

func (n *night) allowance(account string) *allowance {
	a := n.allowances[account]
	if a == nil {
		a = newAllowance(n.state(account).Uses)
		n.allowances[account] = a
	}
	return a
}

// mostLines is how many lines a group's documents of one night may have before what lists
// the lines of an invoice again waits for the next night. Each return of an invoice's order
// does (BIL-INV-1, BIL-EA-3), so that a thousand returns of a thousand orders on one invoice
// make three million lines.
const mostLines = 1_000_000

// full reports whether the night has as many lines as it takes.
func (n *night) full() bool { return n.lines > mostLines }

// issue adds a document to the settlement and the working states, and returns
// its reference.
func (n *night) issue(d Document) Ref {
	d.IssueDate = n.asOf
	n.lines += len(d.Lines)
	n.out.Documents = append(n.out.Documents, d)
	ref := Ref{New: len(n.out.Documents)}
	n.state(d.Account).issued(&d, ref)
	return ref
}
