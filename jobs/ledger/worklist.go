package ledger

import (
	"bytes"
	"encoding/binary"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// The work list of a night is a query of the ledger, never what this process has
// just read: groups with an undecided request dated on or before the as-of date,
// accounts with an open credit of which something arrived, and accounts with a
// credit whose last day has passed.
type worklist struct {
	w       *Work
	groups  *groups
	named   *named
	nodes   []int32 // of each pending item, by its place, or waits
	pending *cursor
	orders  *cursor
	rows    *cursor
	hash    []byte
	known   [][]byte // accounts with a row whose order has that hash
	bought  [][]byte // those of them that bought it by an exchange
}

const waits = -1 // the request is dated after the as-of date

// Items of the work list: the group, then an account of it, or a request.
const (
	workAccount = 'A'
	workRequest = 'R'
)

// list fills the sorter of the work.
func (w *Work) list() (err error) {
	x := &worklist{w: w, groups: newGroups(), named: &w.named}
	for _, open := range []struct {
		to **cursor
		s  shelf
	}{{&x.pending, onPending}, {&x.orders, onOrder}, {&x.rows, onPurchase}} {
		if *open.to, err = w.shelves.open(open.s); err != nil {
			return err
		}
		defer (*open.to).Close()
	}
	if err := x.findNamed(); err != nil {
		return err
	}
	if err := x.tie(); err != nil {
		return err
	}
	if err := x.due(); err != nil {
		return err
	}
	if err := x.openings(); err != nil {
		return err
	}
	if err := x.putRequests(); err != nil {
		return err
	}
	return x.groups.accounts(func(account, group string) error {
		key := append(append(putKey(nil, group), workAccount), account...)
		return w.todo.add(key)
	})
}

// tie puts every pending request that is due to a group.
func (x *worklist) tie() error {
	return x.pending.walk(nil, func(key, value []byte) error {
		p, err := takePending(key, value)
		if err != nil {
			return err
		}
		if p.date > x.w.asOf && !x.named.takesBack(&p) {
			x.nodes = append(x.nodes, waits)
			return nil
		}
		if x.w.oldestRequest == 0 || p.date < x.w.oldestRequest {
			x.w.oldestRequest = p.date
		}
		n, err := x.nodeOf(&p)
		x.nodes = append(x.nodes, n)
		return err
	})
}

// nodeOf ties a request by its order, by the account that it names and by its
// exchange: an order that no row tells of may be one that an exchange buys tonight.
func (x *worklist) nodeOf(p *pendingItem) (int32, error) {
	if len(p.names) > 0 {
		return x.nodeOfNamed(p), nil
	}
	accounts, err := x.accountsOf(p)
	if err != nil {
		return 0, err
	}
	nodes := make([]int32, 0, 4)
	for _, a := range accounts {
		nodes = append(nodes, x.groups.of(accountNode, a))
	}
	if len(nodes) == 0 {
		nodes = append(nodes, x.groups.of(unknownNode, p.order))
	}
	if len(p.account) > 0 {
		nodes = append(nodes, x.groups.of(accountNode, p.account))
	}
	if len(p.exchange) > 0 {
		nodes = append(nodes, x.groups.of(exchangeNode, p.exchange))
	}
	if x.named.waiting[string(p.id)] {
		nodes = append(nodes, x.groups.of(unknownNode, p.id))
	}
	return x.joined(nodes), nil
}

// nodeOfNamed ties a Withdraw or a Reverse to the request that it names, whatever
// order stands in its row.
func (x *worklist) nodeOfNamed(p *pendingItem) int32 {
	nodes := []int32{x.groups.of(unknownNode, p.names)}
	for _, a := range x.named.accounts[string(p.names)] {
		nodes = append(nodes, x.groups.of(accountNode, []byte(a)))
	}
	if x.named.waiting[string(p.id)] { // it is named itself
		nodes = append(nodes, x.groups.of(unknownNode, p.id))
	}
	return x.joined(nodes)
}

func (x *worklist) joined(nodes []int32) int32 {
	for _, n := range nodes[1:] {
		x.groups.join(nodes[0], n)
	}
	return nodes[0]
}

// accountsOf returns the accounts that have a row of the order of a request: more
// than one where sources contradict each other (IMP-10). Requests come in the
// order of the hashes of their orders, as the shelf of orders does.
func (x *worklist) accountsOf(p *pendingItem) ([][]byte, error) {
	if x.hash == nil || !bytes.Equal(x.hash, p.hash) {
		x.hash, x.known, x.bought = append(x.hash[:0], p.hash...), x.known[:0], x.bought[:0]
		for ok := x.orders.Seek(p.hash); ok && bytes.HasPrefix(x.orders.Key(), p.hash); ok = x.orders.Next() {
			a := x.orders.Value()
			if !holds(x.known, a) {
				x.known = withCopy(x.known, a)
			}
			if isBought(x.orders.Key()) {
				x.bought = withCopy(x.bought, a)
			}
		}
		if err := x.orders.Err(); err != nil {
			return nil, err
		}
	}
	if len(x.known) < 2 {
		return x.known, nil
	}
	var accounts [][]byte // without those whose order only shares the hash
	for _, a := range x.known {
		prefix := putKey(putKey(nil, string(a)), string(p.order))
		if holds(x.bought, a) || x.rows.Seek(prefix) && bytes.HasPrefix(x.rows.Key(), prefix) {
			accounts = append(accounts, a)
		}
	}
	return accounts, x.rows.Err()
}

// withCopy adds a copy of b to a list, in the memory of one that the list has had.
func withCopy(list [][]byte, b []byte) [][]byte {
	if n := len(list); n < cap(list) {
		list = list[:n+1]
		list[n] = append(list[n][:0], b...)
		return list
	}
	return append(list, bytes.Clone(b))
}

func holds(list [][]byte, b []byte) bool {
	for _, x := range list {
		if bytes.Equal(x, b) {
			return true
		}
	}
	return false
}

// due adds the accounts whose credits are to be looked at.
func (x *worklist) due() error {
	touched, err := x.w.shelves.open(onTouched)
	if err != nil {
		return err
	}
	defer touched.Close()
	return x.w.shelves.eachOpenCredit(func(account string, o openCredit) error {
		expired := !o.due.IsZero() && o.due < x.w.asOf
		if expired || o.open && touched.Seek([]byte(account)) && string(touched.Key()) == account {
			x.groups.of(accountNode, []byte(account))
		}
		return touched.Err()
	})
}

// putRequests walks the pending requests again, now that the groups are known.
func (x *worklist) putRequests() error {
	place := 0
	var k, at []byte
	return x.pending.walk(nil, func(key, value []byte) error {
		n := x.nodes[place]
		place++
		if n == waits {
			return nil
		}
		p, err := takePending(key, value)
		if err != nil {
			return err
		}
		k = append(putDate(append(putKey(k[:0], x.groups.group(n)), workRequest), p.date), p.id...)
		at = binary.AppendUvarint(at[:0], uint64(place-1))
		return x.w.todo.add(k, at, p.row)
	})
}

// earliestRate is the first day whose rates a request of this night may need:
// LIM-5 looks back from the request date.
func (w *Work) earliestRate() money.Date {
	if w.oldestRequest == 0 || w.oldestRequest > w.asOf {
		return w.asOf - invoicing.MaxRateAge
	}
	return w.oldestRequest - invoicing.MaxRateAge
}
