package invoicing

import (
	"cmp"
	"slices"
)

// Earlier is what an earlier night decided of a request that a Withdraw or a
// Reverse names: the evidence.
type Earlier struct {
	Request    string // that is named
	Settlement *Settlement
	// Credited: the vendor's credit for one of its lines has come, or a person has
	// accepted that it will not (REC).
	Credited bool
}

// Lines are the decisions on the request and on the other lines of its exchange.
func (e *Earlier) Lines() []*Decision { return linesWith(e.Settlement, e.Request) }

func linesWith(s *Settlement, request string) (lines []*Decision) {
	at := slices.IndexFunc(s.Decisions, func(d Decision) bool { return d.Request.ID == request })
	if at < 0 {
		return nil
	}
	for i := range s.Decisions {
		if x := s.Decisions[at].Request.tie(); i == at || x != "" && s.Decisions[i].Request.tie() == x {
			lines = append(lines, &s.Decisions[i])
		}
	}
	return lines
}

// decided is the settlement that decided a request, of this night or of an earlier
// one, and the decision; nil where none has.
func (n *night) decided(request string) (*Settlement, *Decision, bool) {
	for ; n.indexed < len(n.out.Decisions); n.indexed++ {
		n.tonight[n.out.Decisions[n.indexed].Request.ID] = n.indexed
	}
	if i, ok := n.tonight[request]; ok {
		return n.out, &n.out.Decisions[i], false
	}
	for _, e := range n.book.Earlier {
		if e.Request != request {
			continue
		}
		for i := range e.Settlement.Decisions {
			if d := &e.Settlement.Decisions[i]; d.Request.ID == request {
				return e.Settlement, d, e.Credited
			}
		}
	}
	return nil, nil, false
}

// waiting are the requests of a night by id and by exchange, and those of them
// that a Withdraw has taken back.
type waiting struct {
	requests []Request
	byID     map[string]int
	lines    map[string][]int // of an exchange
	gone     map[string]bool  // ids
}

// withdraw lets each Withdraw that is due take back the request that it names,
// with all lines of its exchange, and returns what is left to decide. It comes
// before anything is decided: what both came for one night is not approved yet.
func (n *night) withdraw(requests []Request) []Request {
	if !slices.ContainsFunc(requests, func(r Request) bool { return r.Action == Withdraw }) {
		return requests
	}
	w := &waiting{requests, map[string]int{}, map[string][]int{}, map[string]bool{}}
	for i := range requests {
		w.byID[requests[i].ID] = i
		if x := requests[i].tie(); x != "" {
			w.lines[x] = append(w.lines[x], i)
		}
	}
	for i := range requests {
		r := &requests[i]
		if r.Action != Withdraw || r.Date > n.asOf || w.gone[r.ID] {
			continue
		}
		w.gone[r.ID] = true // it is decided or held here, and not below
		d := n.decision(r)
		n.takeBack(d, w)
		d.Outcome = d.Reasons.Outcome()
		n.decide()
	}
	return slices.DeleteFunc(requests, func(r Request) bool { return w.gone[r.ID] })
}

// takeBack takes what a Withdraw names off what waits, and decides that it is so.
func (n *night) takeBack(d *Decision, w *waiting) {
	at, ok := w.byID[d.Request.Withdraws]
	if !ok || w.gone[w.requests[at].ID] {
		if _, told, _ := n.decided(d.Request.Withdraws); told == nil || told.Outcome == Held {
			d.Reasons.Add(RequestUnknown)
		} else {
			d.Account, d.Type = told.Account, told.Type
			d.Reasons.Add(AlreadyDecided)
		}
		return
	}
	lines := []int{at}
	if x := w.requests[at].tie(); x != "" {
		lines = w.lines[x]
	}
	for _, i := range lines {
		r := &w.requests[i]
		w.gone[r.ID] = true
		x := n.decision(r)
		x.Outcome = Withdrawn
		n.locate(x, d.Account)
		x.Sources = append(x.Sources, d.Request.Source)
		d.Sources = append(d.Sources, r.Source)
		if d.Account == "" {
			d.Account, d.Type = x.Account, x.Type
		}
	}
}

// locate names the account of a line whose amounts are not computed: its order's, or the
// one that buys; other where a purchase names none.
func (n *night) locate(d *Decision, other string) {
	if n.returnCase(d); d.Request.New != nil {
		d.Account = cmp.Or(d.Request.New.Account, other)
	}
	if a := n.accounts[d.Account]; a != nil {
		d.Type = a.Type
	}
}
