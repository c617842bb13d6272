package ledger

import (
	"bytes"
	"cmp"
	"context"
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
	r := &Replay{all: all}
	if r.Nights, err = l.Runs(); err != nil {
		return nil, err
	}
	var requests []ReplayRequest
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
	}{{&x.prints, onPurchasePrint}, {&x.rows, onPurchase}} {
		c, err := r.all.open(open.s)
		if err != nil {
			return err
		}
		defer c.Close()
		*open.to = c
	}
	type hashed struct {
		hash []byte
		i    int
	}
	byHash := make([]hashed, len(requests)) // as the prints are sorted
	for i := range requests {
		byHash[i] = hashed{hashOrder(nil, requests[i].Order), i}
	}
	slices.SortFunc(byHash, func(a, b hashed) int { return cmp.Or(bytes.Compare(a.hash, b.hash), a.i-b.i) })
	g, nodes := newGroups(), make([]int32, len(requests))
	for _, h := range byHash {
		q := &requests[h.i]
		n := g.of(unknownNode, []byte(q.Order))
		accounts, err := x.accountsOf(&pendingItem{hash: h.hash, order: []byte(q.Order)})
		if err != nil {
			return err
		}
		for _, a := range accounts {
			g.join(n, g.of(accountNode, a))
		}
		if q.Exchange != "" {
			g.join(n, g.of(exchangeNode, []byte(q.Exchange)))
		}
		if q.New != nil && q.New.Account != "" {
			g.join(n, g.of(accountNode, []byte(q.New.Account)))
		}
		nodes[h.i] = n
	}
	byID := make(map[string]int, len(requests))
	for i := range requests {
		byID[requests[i].ID] = i
	}
	for i := range requests {
		if at, ok := byID[requests[i].Withdraws]; ok {
			g.join(nodes[i], nodes[at])
		}
	}
	return r.fill(g, nodes, requests)
}

// fill makes the groups of their requests, in the order of ids, and accounts.
func (r *Replay) fill(g *groups, nodes []int32, requests []ReplayRequest) error {
	at := map[string]int{}
	for i := range requests {
		name := g.group(nodes[i])
		k, ok := at[name]
		if !ok {
			k = len(r.Groups)
			at[name] = k
			r.Groups = append(r.Groups, ReplayGroup{Name: name})
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
	run   int
	all   shelves
	books *bookReader
}

// Night opens what was known when a run was settled. One goroutine asks it for
// books; in the order of the groups that is fastest.
func (r *Replay) Night(run int) (*ReplayNight, error) {
	n := &ReplayNight{run: run, all: r.all}
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
// states are empty.
func (n *ReplayNight) Book(g *ReplayGroup, requests []invoicing.Request) (*invoicing.Book, error) {
	b := &invoicing.Book{Run: n.run, Group: g.Name, Requests: requests}
	if err := n.books.fill(b, g.Accounts, &handed{states: map[string]uint64{}}); err != nil {
		return nil, fmt.Errorf("reading the book of %s: %w", g.Name, err)
	}
	b.Purchases = slices.DeleteFunc(b.Purchases, func(p invoicing.Purchase) bool { return p.Run > n.run })
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
