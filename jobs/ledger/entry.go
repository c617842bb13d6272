package ledger

import (
	"slices"

	"golang.org/x/sync/errgroup"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// Entry is what became of a group in a night, ready to be stored.
type Entry struct {
	Group      string
	Settlement []byte // as encodeSettlement writes it; empty where nothing happened
	States     []AccountBook
	Decided    []string // request ids
	Held       []string // request ids that stay undecided
	Exchanges  []string // ids of the exchanges that are decided
	Bought     []invoicing.Bought
	Owed       []Owed               // the credits that it makes the biller expect (REC)
	Reversed   []invoicing.Reversal // what it expects no more
}

// AccountBook is the state of an account after a night.
type AccountBook struct {
	Account     string
	Body        []byte     // as encodeState writes it
	Standing    []byte     // as encodeStanding writes it: of this account alone
	Open        bool       // a purchase or charge may still draw on one of its credits
	Due         money.Date // the first last day of a lot with a balance; zero is none
	OldestGrant money.Date // of the open credits; zero is none

	unchanged bool
}

// NewEntry encodes what became of a group. It reads its arguments alone, so
// groups can be encoded in parallel.
func NewEntry(s *invoicing.Settlement, states []invoicing.State, held []invoicing.Request) Entry {
	e := Entry{Group: s.Group, Bought: s.Bought, Reversed: s.Reversed, States: make([]AccountBook, len(states)),
		Decided: make([]string, 0, len(s.Decisions)), Held: make([]string, len(held))}
	if len(s.Opened)+len(s.Reversed)+len(s.Decisions)+len(s.Documents)+len(s.Uses)+len(s.Granted)+len(s.Draws)+len(s.Expired) > 0 {
		e.Settlement = encodeSettlement(nil, s)
	}
	for i := range states {
		e.States[i] = accountBook(&states[i])
		e.States[i].Standing = encodeStanding(nil, standingOf(s, states[i].Account))
	}
	for i := range held {
		e.Held[i] = held[i].ID
	}
	for i := range s.Decisions {
		if d := &s.Decisions[i]; d.Outcome != invoicing.Held {
			e.Decided = append(e.Decided, d.Request.ID)
			if x := d.Request.Exchange; x != "" && !slices.Contains(e.Exchanges, x) {
				e.Exchanges = append(e.Exchanges, x)
			}
		}
	}
	return e
}

// standingOf is what stands of one account: groups come and go with the exchanges
// that tie accounts, accounts stay.
func standingOf(s *invoicing.Settlement, account string) *invoicing.Standing {
	if !slices.ContainsFunc(s.Standing.Uses, func(u invoicing.AccountUses) bool { return u.Account != account }) &&
		!slices.ContainsFunc(s.Standing.Credits, func(c invoicing.Credit) bool { return c.Account != account }) {
		return &s.Standing
	}
	var out invoicing.Standing
	for i := range s.Standing.Credits {
		if c := &s.Standing.Credits[i]; c.Account == account {
			out.Credits = append(out.Credits, *c)
		}
	}
	for i := range s.Standing.Uses {
		if u := &s.Standing.Uses[i]; u.Account == account {
			out.Uses = append(out.Uses, *u)
		}
	}
	return &out
}

// accountBook encodes a state, and finds what brings the account on a later work
// list. A lot of which something expired stays open: a purchase dated before its
// end may still arrive (BIL-EA-2).
func accountBook(s *invoicing.State) AccountBook {
	b := AccountBook{Account: s.Account, Body: encodeState(nil, s)}
	for i := range s.Credits {
		c := &s.Credits[i]
		balance := c.Balance().Sign()
		if balance == 0 && c.Expired.Sign() == 0 {
			continue
		}
		b.Open = true
		if b.OldestGrant.IsZero() || c.GrantedOn < b.OldestGrant {
			b.OldestGrant = c.GrantedOn
		}
		if balance > 0 && !c.ExpiresOn.IsZero() && (b.Due.IsZero() || c.ExpiresOn < b.Due) {
			b.Due = c.ExpiresOn
		}
	}
	return b
}

// settled writes entries to their shelves as they come.
type settled struct {
	*change
	settlements *segmentWriter
	standingOf  *sorter
	standings   *sorter
	books       *sorter
	open        *sorter
	decided     *sorter
	bought      *sorter // the orders that exchanges bought
	owed        *sorter // credits that are expected, and what else is new to reconcile
	buf, key    []byte
}

func newSettled(c *change) (s *settled, err error) {
	s = &settled{change: c, books: c.l.newSorter(4), open: c.l.newSorter(16), decided: c.l.newSorter(8), bought: c.l.newSorter(16),
		owed: c.l.newSorter(4), standingOf: c.l.newSorter(4), standings: c.l.newSorter(4)}
	if s.settlements, err = c.write(onSettlement); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *settled) put(e Entry) error {
	if len(e.Settlement) > 0 {
		if err := s.settlements.add(runGroup(s.run, e.Group), e.Settlement); err != nil {
			return err
		}
	}
	for _, b := range e.States {
		if err := s.standingOf.add(runGroup(s.run, b.Account), b.Standing); err != nil {
			return err
		}
		if err := s.standings.add([]byte(b.Account), version(s.run, b.Standing)); err != nil {
			return err
		}
		if b.unchanged {
			continue
		}
		if err := s.books.add([]byte(b.Account), version(s.run, nil), b.Body); err != nil {
			return err
		}
		o := openCredit{b.Open, b.Due, b.OldestGrant}
		if err := s.open.add([]byte(b.Account), o.put(version(s.run, nil))); err != nil {
			return err
		}
	}
	if err := s.putDecided(e.Decided, e.Group, 1); err != nil {
		return err
	}
	for _, x := range e.Exchanges {
		if err := s.decided.add(exchangeKey(x), version(s.run, nil), []byte{1}); err != nil {
			return err
		}
	}
	for _, b := range e.Bought {
		if err := s.bought.add(boughtKey(b.Order), []byte(b.Purchase.Account)); err != nil {
			return err
		}
	}
	for i := range e.Owed {
		x := &e.Owed[i]
		s.key = append(append(putKey(s.key[:0], x.Order), newOwed), x.Request...)
		s.buf = putOwed(s.buf[:0], x)
		if err := s.owed.add(s.key, s.buf); err != nil {
			return err
		}
	}
	for i := range e.Reversed {
		x := &e.Reversed[i]
		s.key = append(append(putKey(s.key[:0], x.Order), newUndone), x.Request...)
		if err := s.owed.add(s.key, []byte(x.By)); err != nil {
			return err
		}
	}
	return s.putDecided(e.Held, e.Group, 0)
}

// putDecided notes where a request is told of: decided is 1 or, while it is held, 0.
func (s *settled) putDecided(ids []string, group string, decided byte) error {
	told := append(append(version(s.run, nil), decided), group...)
	for _, id := range ids {
		s.key = append(s.key[:0], id...)
		if err := s.decided.add(s.key, told); err != nil {
			return err
		}
	}
	return nil
}

func (s *settled) end() error {
	done := s.settlements
	s.settlements = nil
	if err := s.keep(done); err != nil {
		return err
	}
	var tasks errgroup.Group
	for _, x := range []struct {
		s    shelf
		from *sorter
	}{{onStandingOf, s.standingOf}, {onStanding, s.standings}, {onBook, s.books}, {onOpenCredit, s.open}, {onOrder, s.bought},
		{onDecided, s.decided}} {
		tasks.Go(func() error { return s.shelve(x.s, x.from) })
	}
	return tasks.Wait()
}

// Close removes what was not ended.
func (s *settled) Close() {
	if s.settlements != nil {
		s.settlements.abandon()
		s.settlements = nil
	}
	s.standingOf.Close()
	s.standings.Close()
	s.books.Close()
	s.open.Close()
	s.decided.Close()
	s.bought.Close()
	s.owed.Close()
}
