package ledger

import (
	"fmt"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/reconcile"
)

// named is what the due Withdraws and Reverses of a night name: requests that
// still wait, which join their group and may be dated after the as-of date, and
// requests that earlier nights decided, whose evidence the group needs.
type named struct {
	waiting   map[string]bool // ids of requests that are named
	exchanges map[string]bool // whose lines such a request is one of
	told      map[string]*invoicing.Earlier
	accounts  map[string][]string // that a decided request reached, by its id
}

// takesBack reports whether a Withdraw names the request, or a line of its exchange.
func (n *named) takesBack(p *pendingItem) bool {
	return n.waiting[string(p.id)] || len(p.exchange) > 0 && n.exchanges[string(p.exchange)]
}

// earlier are the decisions that requests name.
func (n *named) earlier(requests []invoicing.Request) []invoicing.Earlier {
	var all []invoicing.Earlier
	for i := range requests {
		id := requests[i].Withdraws
		if e := n.told[id]; e != nil && !slices.ContainsFunc(all, func(x invoicing.Earlier) bool { return x.Request == id }) {
			all = append(all, *e)
		}
	}
	return all
}

// findNamed looks up what the due requests name.
func (x *worklist) findNamed() error {
	*x.named = named{map[string]bool{}, map[string]bool{}, map[string]*invoicing.Earlier{}, map[string][]string{}}
	return x.pending.walk(nil, func(key, value []byte) error {
		p, err := takePending(key, value)
		if err != nil || len(p.names) == 0 || p.date > x.w.asOf {
			return err
		}
		r, err := decodeRequestRow(p.row)
		if err != nil {
			return err
		}
		if err := x.w.findNamed(&r); err != nil {
			return fmt.Errorf("looking up request %q, which %q names: %w", r.Withdraws, r.ID, err)
		}
		return nil
	})
}

func (w *Work) findNamed(r *invoicing.Request) error {
	n, id := &w.named, r.Withdraws
	if n.told[id] != nil {
		return nil
	}
	told, run, err := w.shelves.newestOf(onDecided, []byte(id))
	if err != nil {
		return err
	}
	if run > 0 && len(told) > 0 && told[0] == 1 {
		return w.findEarlier(id, run, string(told[1:]))
	}
	row, run, err := w.shelves.newestOf(onRequest, putKey(nil, id))
	if err != nil || run == 0 {
		return err
	}
	target, err := decodeRequestRow(row)
	if r.Action == invoicing.Withdraw && target.Exchange != "" {
		n.exchanges[target.Exchange] = true
	}
	if r.Action == invoicing.Withdraw || target.Date <= w.asOf { // nothing reverses what waits for its day
		n.waiting[id] = true
	}
	return err
}

// findEarlier reads the settlement that decided a request.
func (w *Work) findEarlier(id string, run int, group string) error {
	s, err := w.shelves.settlement(run, group)
	if err != nil {
		return err
	}
	e := &invoicing.Earlier{Request: id, Settlement: s}
	if e.Credited, err = w.credited(e); err != nil {
		return err
	}
	w.named.told[id] = e
	for _, d := range e.Lines() {
		if d.Account != "" && !slices.Contains(w.named.accounts[id], d.Account) {
			w.named.accounts[id] = append(w.named.accounts[id], d.Account)
		}
	}
	return nil
}

// credited reports whether a credit that a decided request expects is reconciled,
// in whole or in part, or settled by a person.
func (w *Work) credited(e *invoicing.Earlier) (bool, error) {
	for _, d := range e.Lines() {
		if !reconcile.Expects(d) {
			continue
		}
		body, run, err := w.shelves.newestOf(onOpenBreak, []byte(d.Request.Order))
		if err != nil {
			return false, err
		}
		var open Reconciled
		if run > 0 && len(body) > 0 {
			if open, err = decodeReconciled(string(body)); err != nil {
				return false, err
			}
		}
		if st := (reconcile.State{Breaks: open.Breaks}); !st.Awaited(d.Request.ID) {
			return true, nil
		}
	}
	return false, nil
}

// rejected reports whether a request was rejected.
func (s shelves) rejected(request string) (bool, error) {
	told, run, err := s.newestOf(onDecided, []byte(request))
	if err != nil || run == 0 || len(told) == 0 || told[0] == 0 {
		return false, err
	}
	x, err := s.settlement(run, string(told[1:]))
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(x.Decisions, func(d invoicing.Decision) bool {
		return d.Request.ID == request && d.Outcome == invoicing.Rejected
	}), nil
}
