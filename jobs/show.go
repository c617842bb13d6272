package jobs

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"prorata/importers"
	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs/ledger"
)

// Shown is what there is of an order or an account; one of the two is set.
type Shown struct {
	Order   *OrderShown
	Account *AccountShown
}

// OrderNode is a reservation and what became of it: a tree over partial returns
// and exchanges.
type OrderNode struct {
	invoicing.Order
	Returned int // units
	Brought  int // of them: returned before the ledger began (IMP-6)
	Returns  []ReturnNode
}

// Active is the number of units that are left.
func (n *OrderNode) Active() int { return n.Quantity - n.Returned }

// ReturnNode is a decision on units of an order, and, of an approved exchange or
// transfer, the orders that it bought. What one of several returns of an exchange
// has brought stands at the first.
type ReturnNode struct {
	invoicing.Decision
	ReversedBy string // the Reverse that undid it; empty where none did
	Into       []OrderNode
}

// OrderShown is an order with what surrounds it.
type OrderShown struct {
	OrderNode
	Holder    invoicing.Account    // its id alone where the sheet Accounts does not tell of it
	BoughtBy  []invoicing.Decision // the returns of the exchange that bought it
	Usage     []invoicing.Usage    // by day
	Documents []invoicing.Document // that carry a line of it, oldest first
	Credits   []invoicing.Credit   // that its returns granted
}

// AccountShown is an account with all that it has.
type AccountShown struct {
	invoicing.Account
	Limit     AccountStand
	Orders    []OrderNode // without their returns, by term's end
	Documents []invoicing.Document
	Credits   []invoicing.Credit
}

// Show finds an account or an order by its id, or an account by a part of its name that no
// other has. The limit is that of a date, by the chain; an empty chain stands for the
// policies of the last run. What nothing is called is an error.
func Show(path, named string, chain policy.Chain, on money.Date) (*Shown, error) {
	l, last, err := openSettled(path)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	id := importers.Identifier(named)
	accounts, err := l.AccountsOf(id)
	if err != nil {
		return nil, err
	}
	if len(accounts) > 0 {
		h := &histories{l: l, of: map[string]*history{}}
		o, err := h.show(accounts[0], id) // of several, in a conflict, the first tells of it (IMP-10)
		return &Shown{Order: o}, err
	}
	if accounts, err = namedAccounts(l, []string{named}); errors.Is(err, errNoAccount) {
		err = fmt.Errorf("no account and no order is called %q; prorata show ACCOUNT lists an account's orders, prorata explain tells requests and documents", named)
	}
	if err != nil {
		return nil, err
	}
	book, err := l.Book(accounts)
	if err != nil {
		return nil, err
	}
	if chain, err = orLast(chain, last); err != nil {
		return nil, err
	}
	a, err := showAccount(l, book, chain, on)
	return &Shown{Account: a}, err
}

// history is what the nights have made of one account.
type history struct {
	account     invoicing.Account
	orders      []invoicing.Order // by id
	book        *invoicing.Book
	settlements []*invoicing.Settlement // by run
	decisions   []invoicing.Decision    // on its orders, the last on each request, in the order in which they were made
	at          map[string]int          // of a request among the decisions
	reversed    map[string]string       // of a request that was undone, the Reverse
}

func showAccount(l *ledger.Ledger, book *invoicing.Book, chain policy.Chain, on money.Date) (*AccountShown, error) {
	a, state := &AccountShown{Account: book.Accounts[0]}, &book.States[0]
	a.Limit, a.Credits = standOf(&a.Account, state.Uses, chain, on), state.Credits
	for _, o := range book.Orders() {
		if o.Account == a.ID {
			a.Orders = append(a.Orders, OrderNode{Order: o, Returned: book.Returned(o.ID)})
		}
	}
	slices.SortStableFunc(a.Orders, func(x, y OrderNode) int { return int(x.End - y.End) })
	for s, err := range l.SettlementsNaming(a.ID) {
		if err != nil {
			return nil, err
		}
		for i := range s.Documents {
			if s.Documents[i].Account == a.ID {
				a.Documents = append(a.Documents, s.Documents[i])
			}
		}
	}
	return a, nil
}

// histories are the histories of the accounts that a tree reaches: a transfer
// leads to another account.
type histories struct {
	l  *ledger.Ledger
	of map[string]*history
}

// maxAccounts bounds the accounts that one tree may lead through.
const maxAccounts = 100

func (h *histories) account(id string) (*history, error) {
	if known := h.of[id]; known != nil {
		return known, nil
	}
	if len(h.of) == maxAccounts {
		return nil, fmt.Errorf("the order's exchanges lead through more than %d accounts", maxAccounts)
	}
	book, err := h.l.Book([]string{id})
	if err != nil {
		return nil, err
	}
	x := &history{account: invoicing.Account{ID: id}, book: book, orders: book.Orders(), at: map[string]int{}, reversed: map[string]string{}}
	if len(book.Accounts) > 0 {
		x.account = book.Accounts[0]
	}
	h.of[id] = x
	for s, err := range h.l.SettlementsNaming(id) {
		if err != nil {
			return nil, err
		}
		x.settlements = append(x.settlements, s)
		for i := range s.Decisions {
			x.decided(&s.Decisions[i])
		}
		for _, r := range s.Reversed {
			x.reversed[r.Request] = r.By
		}
	}
	return x, nil
}

// decided keeps the latest decision on a request: one that was held is taken up
// again.
func (x *history) decided(d *invoicing.Decision) {
	if at, ok := x.at[d.Request.ID]; ok {
		x.decisions[at] = *d
		return
	}
	x.at[d.Request.ID] = len(x.decisions)
	x.decisions = append(x.decisions, *d)
}

// notToldOf is said of an order of which units were returned before the ledger, or which
// an exchange bought that a Reverse undid, and nothing else is known.
func notToldOf(id string) error {
	return fmt.Errorf("of order %q no export or sheet tells what it is: it is in the sheet Opening alone, or the exchange that bought it was reversed; drop a file that tells it, if there is such an order", id)
}

func (h *histories) show(account, id string) (*OrderShown, error) {
	x, err := h.account(account)
	if err != nil {
		return nil, err
	}
	node, ok, err := h.node(x, id, map[string]bool{})
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, notToldOf(id)
	}
	o := &OrderShown{OrderNode: node, Holder: x.account}
	x.surround(o)
	o.Usage, err = h.l.UsageOf(id)
	return o, err
}

// node is an order with what became of it. Orders that are in the tree already
// are not followed again.
func (h *histories) node(x *history, id string, seen map[string]bool) (n OrderNode, ok bool, err error) {
	at, ok := slices.BinarySearchFunc(x.orders, id, func(o invoicing.Order, id string) int { return cmp.Compare(o.ID, id) })
	if !ok || seen[id] {
		return n, false, nil
	}
	seen[id] = true
	n = OrderNode{Order: x.orders[at], Returned: x.book.Returned(id), Brought: x.book.Brought(id)}
	for i := range x.decisions {
		d := &x.decisions[i]
		if d.Request.Order != id || d.Request.New != nil {
			continue
		}
		r := ReturnNode{Decision: *d, ReversedBy: x.reversed[d.Request.ID]}
		if d.Outcome == invoicing.Approved && d.Request.Exchange != "" && d.Resized == "" {
			if r.Into, err = h.into(x, d.Request.Exchange, seen); err != nil {
				return n, false, err
			}
		}
		n.Returns = append(n.Returns, r)
	}
	return n, true, nil
}

// into are the orders that an exchange or transfer bought.
func (h *histories) into(x *history, exchange string, seen map[string]bool) (all []OrderNode, err error) {
	for i := range x.decisions {
		d := &x.decisions[i]
		if d.Request.Exchange != exchange || d.Request.New == nil || d.Outcome != invoicing.Approved {
			continue
		}
		to, err := h.account(d.Account)
		if err != nil {
			return nil, err
		}
		n, ok, err := h.node(to, d.Request.Order, seen)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, n)
		}
	}
	return all, nil
}

// surround adds the exchange that bought the order, the documents that carry it
// and the credits of its returns.
func (x *history) surround(o *OrderShown) {
	exchange := ""
	for i := range x.decisions {
		if r := &x.decisions[i].Request; r.Order == o.ID && r.New != nil && x.decisions[i].Outcome == invoicing.Approved {
			exchange = r.Exchange
		}
	}
	for i := range x.decisions {
		if r := &x.decisions[i].Request; exchange != "" && r.Exchange == exchange && r.New == nil {
			o.BoughtBy = append(o.BoughtBy, x.decisions[i])
		}
	}
	for _, s := range x.settlements {
		for i := range s.Documents {
			if slices.ContainsFunc(s.Documents[i].Lines, func(l invoicing.Line) bool { return l.Order == o.ID }) {
				o.Documents = append(o.Documents, s.Documents[i])
			}
		}
	}
	for _, s := range x.book.States {
		for _, c := range s.Credits {
			if c.Order == o.ID {
				o.Credits = append(o.Credits, c)
			}
		}
	}
}

// identifiers are ids that a person names, as the files that were read have them.
func identifiers(named []string) []string {
	out := make([]string, len(named))
	for i := range named {
		out[i] = importers.Identifier(named[i])
	}
	return out
}
