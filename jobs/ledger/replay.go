package ledger

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"prorata/invoicing"
)

// Replay is every request that was ever read, by group, and what was known of each
// group on each night: for deciding them again, by other policies, without writing
// anything. A Reverse that was rejected is left out: what stood in its way, credits
// and the vendor, is not replayed.
type Replay struct {
	Nights []Run         // oldest first
	Groups []ReplayGroup // by name
	l      *Ledger
	all    shelves
}

// ReplayGroup is a group of accounts that one settlement of all requests would
// have to see together.
type ReplayGroup struct {
	Name     string
	Accounts []string // by id
	Requests []ReplayRequest
	Openings []ReplayOpening // of its accounts, by run
}

// ReplayRequest is a request and the run that read it.
type ReplayRequest struct {
	Run int
	invoicing.Request
}

// Replay reads all requests. Nights are those that have been imported, settled or
// not.
func (l *Ledger) Replay() (*Replay, error) {
	all, err := l.segments(context.Background(), l.db)
	if err != nil {
		return nil, err
	}
	r := &Replay{l: l, all: all}
	if r.Nights, err = l.Runs(); err != nil {
		return nil, err
	}
	rows := int64(0)
	for _, s := range all[onRequest] {
		rows += s.items
	}
	requests := make([]ReplayRequest, 0, rows)
	err = all.eachNewest(onRequest, func(_ []byte, run int, body []byte) error {
		q, err := decodeRequestRow(body)
		if err == nil && q.Action == invoicing.Reverse {
			if rejected, err := all.rejected(q.ID); err != nil || rejected {
				return err
			}
		}
		requests = append(requests, ReplayRequest{run, q})
		return err
	})
	if err == nil {
		err = r.group(requests)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the requests: %w", err)
	}
	return r, nil
}

// group ties requests to groups: by the accounts of their orders, by exchanges,
// and by orders, which a request may buy and another return.
func (r *Replay) group(requests []ReplayRequest) error {
	x := &worklist{}
	for _, open := range []struct {
		to **cursor
		s  shelf
	}{{&x.orders, onOrder}, {&x.rows, onPurchase}} {
		c, err := r.all.open(open.s)
		if err != nil {
			return err
		}
		defer c.Close()
		*open.to = c
	}
	type hashed struct {
		hash uint64
		i    int
	}
	byHash := make([]hashed, len(requests)) // as the shelf of orders is sorted
	p := pendingItem{}
	for i := range requests {
		p.hash = hashOrder(p.hash[:0], []byte(requests[i].Order))
		byHash[i] = hashed{binary.BigEndian.Uint64(p.hash), i}
	}
	slices.SortFunc(byHash, func(a, b hashed) int { return cmp.Or(cmp.Compare(a.hash, b.hash), a.i-b.i) })
	g, nodes := newGroups(), make([]int32, len(requests))
	for _, h := range byHash {
		q := &requests[h.i]
		p.hash, p.order = binary.BigEndian.AppendUint64(p.hash[:0], h.hash), append(p.order[:0], q.Order...)
		accounts, err := x.accountsOf(&p)
		if err != nil {
			return err
		}
		var n int32
		if len(accounts) == 0 {
			n = g.of(unknownNode, p.order)
		}
		for i, a := range accounts {
			if m := g.of(accountNode, a); i == 0 {
				n = m
			} else {
				g.join(n, m)
			}
		}
		if q.Exchange != "" {
			g.join(n, g.of(exchangeNode, []byte(q.Exchange)))
		}
		if q.New != nil && q.New.Account != "" {
			g.join(n, g.of(accountNode, []byte(q.New.Account)))
		}
		nodes[h.i] = n
	}
	joinWithdrawn(g, nodes, requests)
	return r.fill(g, nodes, requests)
}

// joinWithdrawn ties a request to the one that it names.
func joinWithdrawn(g *groups, nodes []int32, requests []ReplayRequest) {
	named := map[string]int{} // by id: where it is
	for i := range requests {
		if id := requests[i].Withdraws; id != "" {
			named[id] = -1
		}
	}
	for i := range requests {
		if _, ok := named[requests[i].ID]; ok {
			named[requests[i].ID] = i
		}
	}
	for i := range requests {
		if at, ok := named[requests[i].Withdraws]; ok && at >= 0 {
			g.join(nodes[i], nodes[at])
		}
	}
}

// fill makes the groups of their requests, in the order of ids, and accounts.
func (r *Replay) fill(g *groups, nodes []int32, requests []ReplayRequest) error {
	at := map[string]int{}
	places := make([]int, len(requests))
	var sizes []int
	for i := range requests {
		name := g.group(nodes[i])
		k, ok := at[name]
		if !ok {
			k = len(r.Groups)
			at[name] = k
			r.Groups, sizes = append(r.Groups, ReplayGroup{Name: name}), append(sizes, 0)
		}
		places[i] = k
		sizes[k]++
	}
	for i, k := range places {
		if r.Groups[k].Requests == nil {
			r.Groups[k].Requests = make([]ReplayRequest, 0, sizes[k])
		}
		r.Groups[k].Requests = append(r.Groups[k].Requests, requests[i])
	}
	openings, err := r.openings()
	if err != nil {
		return err
	}
	err = g.accounts(func(account, group string) error {
		k := at[group]
		r.Groups[k].Accounts = append(r.Groups[k].Accounts, account)
		r.Groups[k].Openings = append(r.Groups[k].Openings, openings[account]...)
		return nil
	})
	slices.SortFunc(r.Groups, func(a, b ReplayGroup) int { return cmp.Compare(a.Name, b.Name) })
	return err
}

// ReplayNight is what was known on one night.
type ReplayNight struct {
	l     *Ledger
	run   int
	all   shelves
	books *bookReader
}

// Night opens what was known when a run was settled. One goroutine asks it for
// books; in the order of the groups that is fastest.
func (r *Replay) Night(run int) (*ReplayNight, error) {
	n := &ReplayNight{l: r.l, run: run, all: r.all}
	var err error
	n.books, err = newBookReader(r.all, math.MaxInt32) // rows of the orders asked for alone
	if err != nil {
		return nil, err
	}
	n.books.upTo(run)
	return n, nil
}

// Close frees the files.
func (n *ReplayNight) Close() { n.books.Close() }

// Market is all prices and rates that were known.
func (n *ReplayNight) Market() (*invoicing.Market, error) {
	return n.all.marketUpTo(math.MinInt32/2, n.run)
}

// Book is what was known of the orders of a group, for some of its requests; its
// states are empty, and what the register and purchases tell of documents issued here is
// left out, for those of other decisions have other numbers.
func (n *ReplayNight) Book(g *ReplayGroup, requests []invoicing.Request) (*invoicing.Book, error) {
	b := &invoicing.Book{Run: n.run, Group: g.Name, Requests: requests}
	if err := n.books.fill(b, g.Accounts, &handed{states: map[string]uint64{}}); err != nil {
		return nil, fmt.Errorf("reading the book of %s: %w", g.Name, err)
	}
	b.Purchases = slices.DeleteFunc(b.Purchases, func(p invoicing.Purchase) bool { return p.Run > n.run })
	var lost error
	ours := func(number string) bool { // an account of another group may have it from outside
		run, group, err := n.l.FindDocument(number)
		lost = cmp.Or(lost, err)
		return run > 0 && slices.Contains(g.Accounts, group)
	}
	b.Invoices = slices.DeleteFunc(b.Invoices, func(i invoicing.Invoice) bool { return ours(i.Number) })
	for i := range b.Purchases {
		if p := &b.Purchases[i]; ours(p.Invoice) {
			p.Invoice = ""
		}
	}
	if lost != nil {
		return nil, lost
	}
	b.Openings = nil
	for i := range g.Openings {
		if o := &g.Openings[i]; o.Run == n.run {
			b.Openings = append(b.Openings, o.Opening)
		}
	}
	b.States = b.States[:0]
	for _, a := range g.Accounts {
		b.States = append(b.States, invoicing.State{Account: a})
	}
	return b, nil
}

// upTo leaves out what later runs have told.
func (r *bookReader) upTo(run int) {
	for _, v := range []*newest{&r.accounts, &r.states, &r.credits, &r.invoices, &r.usage} {
		v.max = run
	}
}
