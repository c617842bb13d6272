package jobs

import (
	"context"
	"errors"
	"runtime"
	"slices"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs/ledger"
)

// Compare decides the same requests by two policies, and writes nothing (POL-5).
// Either every request that a ledger has read is decided again, on the nights on
// which it was read and by what was known on them, each policy with units and
// limits of its own; or those of an inbox, as if they came to an empty ledger.
type Compare struct {
	Ledger  string
	Inbox   string     // in place of the ledger
	AsOf    money.Date // of the inbox's one night
	Senders Senders    // how its files are read
	A, B    policy.Chain

	Progress Progress // is told how far it has come
	Log      zerolog.Logger
}

// Do compares.
func (c *Compare) Do(ctx context.Context) (*Comparison, error) {
	if c.Inbox != "" {
		l, remove, err := c.scratch(ctx)
		if err != nil {
			return nil, err
		}
		defer remove()
		return c.on(ctx, l)
	}
	l, _, err := openSettled(c.Ledger)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return c.on(ctx, l)
}

func (c *Compare) on(ctx context.Context, l *ledger.Ledger) (*Comparison, error) {
	groups, err := c.replay(ctx, l)
	if err != nil {
		return nil, err
	}
	return compared(groups), nil
}

// replay decides every request by both policies, night by night.
func (c *Compare) replay(ctx context.Context, l *ledger.Ledger) ([]*replayed, error) {
	replay, err := l.Replay()
	if err != nil {
		return nil, err
	}
	groups := make([]*replayed, len(replay.Groups))
	for i := range replay.Groups {
		groups[i] = newReplayed(&replay.Groups[i], replay.Nights[len(replay.Nights)-1].N)
	}
	for i, night := range replay.Nights {
		c.Progress.tell("nights decided again", int64(i), int64(len(replay.Nights)))
		if night.State == ledger.Imported && c.Inbox == "" {
			continue // not settled yet
		}
		if err := c.night(ctx, replay, night, groups); err != nil {
			return nil, err
		}
	}
	return groups, nil
}

// replayed is a group, and how far each policy has come with it.
type replayed struct {
	*ledger.ReplayGroup
	sides [2]side
	at    map[string]int // where a request is, by its id
	last  int            // the last night: nothing follows from what it leaves
}

// side is what one policy has made of a group.
type side struct {
	states   []invoicing.State
	verdicts []verdict           // by the group's requests
	earlier  []invoicing.Earlier // decisions that a Withdraw or Reverse of the group names
	number   int                 // of documents
}

// verdict is what matters of a decision.
type verdict struct {
	account string
	outcome invoicing.Outcome
	reasons invoicing.Reasons
	refund  money.Money // as computed
	fee     money.Money
	counts  money.Money // USD against the limit
	due     bool        // it is undecided on this night
}

// due are those of the group's requests that are undecided on this night.
func (s *side) due(all []invoicing.Request) []invoicing.Request {
	if !slices.ContainsFunc(s.verdicts, func(v verdict) bool { return !v.due }) {
		return all
	}
	var due []invoicing.Request
	for i := range all {
		if s.verdicts[i].due {
			due = append(due, all[i])
		}
	}
	return due
}

func newReplayed(g *ledger.ReplayGroup, last int) *replayed {
	r := &replayed{ReplayGroup: g, last: last}
	for i := range r.sides {
		r.sides[i].verdicts = make([]verdict, len(g.Requests))
		for _, a := range g.Accounts {
			r.sides[i].states = append(r.sides[i].states, invoicing.State{Account: a})
		}
	}
	return r
}

// index finds the requests by their ids.
func (r *replayed) index() {
	if r.at != nil {
		return
	}
	r.at = make(map[string]int, len(r.Requests))
	for i := range r.Requests {
		r.at[r.Requests[i].ID] = i
	}
}

// due marks the requests that are undecided on a night, and tells whether there
// are any, or opening balances.
func (r *replayed) due(night *ledger.Run) (any bool) {
	any = slices.ContainsFunc(r.Openings, func(o ledger.ReplayOpening) bool { return o.Run == night.N })
	for i := range r.Requests {
		q := &r.Requests[i]
		for s := range r.sides {
			v := &r.sides[s].verdicts[i]
			v.due = q.Run <= night.N && q.Date <= night.AsOf && (v.outcome == 0 || v.outcome == invoicing.Held)
			any = any || v.due
		}
	}
	return any
}

// asked is a group with what was known of it on a night.
type asked struct {
	group *replayed
	book  *invoicing.Book
}

// night decides what is due on a night by both policies, several groups at once.
func (c *Compare) night(ctx context.Context, replay *ledger.Replay, run ledger.Run, groups []*replayed) error {
	known, err := replay.Night(run.N)
	if err != nil {
		return err
	}
	defer known.Close()
	market, err := known.Market()
	if err != nil {
		return err
	}
	tasks, ctx := errgroup.WithContext(ctx)
	queue := make(chan asked, 16)
	tasks.Go(func() error {
		defer close(queue)
		for _, g := range groups {
			if !g.due(&run) {
				continue
			}
			book, err := known.Book(g.ReplayGroup, g.all())
			if err != nil {
				return err
			}
			select {
			case queue <- asked{g, book}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range runtime.GOMAXPROCS(0) {
		tasks.Go(func() error {
			for x := range queue {
				x.group.index()
				for i, chain := range []policy.Chain{c.A, c.B} {
					if err := x.group.decide(i, x.book, market, chain, run); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	return tasks.Wait()
}

// all are the requests of the group, for what is to be read of their orders.
func (r *replayed) all() []invoicing.Request {
	out := make([]invoicing.Request, len(r.Requests))
	for i := range r.Requests {
		out[i] = r.Requests[i].Request
	}
	return out
}

// decide settles what is due for one of the policies.
func (r *replayed) decide(i int, book *invoicing.Book, market *invoicing.Market, chain policy.Chain, night ledger.Run) error {
	s := &r.sides[i]
	mine := *book
	mine.States, mine.Requests, mine.Earlier = s.states, s.due(book.Requests), s.earlier
	if len(mine.Requests)+len(book.Openings) == 0 {
		return nil
	}
	out, err := invoicing.Decide(&mine, market, chain, night.AsOf)
	if err != nil {
		return err
	}
	for k := range out.Decisions {
		d := &out.Decisions[k]
		n, ok := r.at[d.Request.ID]
		if !ok || !s.verdicts[n].due {
			return errors.New("a settlement decides what was not asked")
		}
		s.verdicts[n] = verdictOf(d)
	}
	if r.last == night.N {
		return nil
	}
	err = out.Assign(func(string, int) (int, error) { s.number++; return s.number, nil })
	if err != nil {
		return err
	}
	s.states = invoicing.Apply(s.states, out)
	for k := range r.Requests { // what a later row may name
		if id := r.Requests[k].Withdraws; id != "" && slices.ContainsFunc(out.Decisions, func(d invoicing.Decision) bool { return d.Request.ID == id && d.Outcome != invoicing.Held }) {
			s.earlier = append(s.earlier, invoicing.Earlier{Request: id, Settlement: out})
		}
	}
	return nil
}

func verdictOf(d *invoicing.Decision) verdict {
	v := verdict{account: d.Account, outcome: d.Outcome, reasons: d.Reasons, refund: d.Refund, fee: d.Fee}
	if d.Request.Action == invoicing.Refund {
		v.counts = d.LimitMeasured
	}
	return v
}
