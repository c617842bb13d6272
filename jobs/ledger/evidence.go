package ledger

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"iter"

	"prorata/invoicing"
)

// Evidence is what is stored of a group of accounts, an account or an order, as it
// is stored. Body holds only until the walk moves on.
type Evidence struct {
	Of   string // its id
	Body []byte
}

// Evidence walks over the stored settlements of a run, in the order of groups.
func (l *Ledger) Evidence(run int) iter.Seq2[Evidence, error] {
	return l.evidence(onSettlement, run)
}

func (l *Ledger) evidence(s shelf, run int) iter.Seq2[Evidence, error] {
	return each(l, s, putNumber(nil, run), func(key, value []byte) (Evidence, error) {
		return Evidence{groupOf(key), value}, nil
	})
}

func (l *Ledger) newestEvidence(s shelf) iter.Seq2[Evidence, error] {
	return eachNewest(l, s, func(id, body []byte) (Evidence, error) { return Evidence{string(id), body}, nil })
}

// Settlements walks over the settlements of a run, in the order of groups.
// Standing is empty: Standings has it.
func (l *Ledger) Settlements(run int) iter.Seq2[*invoicing.Settlement, error] {
	return each(l, onSettlement, putNumber(nil, run), func(key, value []byte) (*invoicing.Settlement, error) {
		s, err := DecodeSettlement(string(value))
		if err != nil {
			return nil, fmt.Errorf("settlement of %s in run %d: %w", groupOf(key), run, err)
		}
		return &s, nil
	})
}

// Settlement returns what a run settled of a group; none is an error.
func (l *Ledger) Settlement(run int, group string) (*invoicing.Settlement, error) {
	all, err := l.segments(context.Background(), l.db)
	if err != nil {
		return nil, err
	}
	return all.settlement(run, group)
}

func (s shelves) settlement(run int, group string) (*invoicing.Settlement, error) {
	c, err := s.open(onSettlement)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	key := runGroup(run, group)
	if !c.Seek(key) || !bytes.Equal(c.Key(), key) {
		return nil, cmp.Or(c.Err(), fmt.Errorf("run %d settled nothing of %s", run, group))
	}
	x, err := DecodeSettlement(string(c.Value()))
	if err != nil {
		return nil, fmt.Errorf("settlement of %s in run %d: %w", group, run, err)
	}
	return &x, nil
}

// AccountStanding is the standing of an account after the last run that settled it.
type AccountStanding struct {
	Run int
	invoicing.Standing
}

// Standings walks over the accounts with, for each, its latest standing as of a
// run, in the order of accounts.
func (l *Ledger) Standings(run int) iter.Seq2[AccountStanding, error] {
	return func(yield func(AccountStanding, error) bool) {
		all, err := l.segments(context.Background(), l.db)
		var sorted *sorter
		if err == nil {
			sorted, err = l.latestStandings(all, run)
		}
		if err == nil {
			defer sorted.Close()
			err = all.yieldStandings(sorted, run, yield)
		}
		if err != nil {
			yield(AccountStanding{}, fmt.Errorf("reading the standings as of run %d: %w", run, err))
		}
	}
}

// latestStandings sorts standings so that the one to be told of each group comes
// first. Of the last run, the newest of each group are on a shelf of their own.
func (l *Ledger) latestStandings(all shelves, run int) (*sorter, error) {
	out := l.newSorter(4)
	visit := func(run int, group, body []byte) error {
		return out.add(putNumber(putKey(nil, string(group)), -run), binary.AppendUvarint(nil, uint64(run)), body)
	}
	last, err := l.LastRun()
	if err != nil {
		return nil, err
	}
	if run >= last.N {
		err = all.eachNewest(onStanding, func(group []byte, run int, body []byte) error { return visit(run, group, body) })
	} else {
		err = all.each(onStandingOf, func(key, body []byte) error {
			if of := int(binary.BigEndian.Uint32(key)); of <= run {
				return visit(of, key[4:], body)
			}
			return errStop
		})
	}
	if err != nil {
		out.Close()
		return nil, err
	}
	return out, nil
}

func (s shelves) yieldStandings(from *sorter, run int, yield func(AccountStanding, error) bool) error {
	items, err := from.sorted()
	if err != nil {
		return err
	}
	accounts, err := s.open(onAccount)
	if err != nil {
		return err
	}
	defer accounts.Close()
	states, err := s.open(onBook)
	if err != nil {
		return err
	}
	defer states.Close()
	now := completing{newest{c: accounts, max: run}, newest{c: states}}
	var before []byte
	for items.Next() {
		group, _ := takeKey(items.Key())
		if before != nil && bytes.Equal(group, before) {
			continue
		}
		before = append(before[:0], group...)
		run, body := takeUvarint(items.Value())
		s := AccountStanding{Run: int(run)}
		if s.Standing, err = decodeStanding(string(body)); err == nil {
			err = now.complete(&s)
		}
		if err != nil {
			return fmt.Errorf("of %s: %w", group, err)
		}
		if !yield(s, nil) {
			return nil
		}
	}
	return items.Err()
}

// completing brings a standing to the night that tells it: the billing type is the
// account's now. Before schema 3 it had none, and lacked the uses that no window held any
// more: these are the account's now, which is right of the last run.
type completing struct{ accounts, states newest }

func (c *completing) complete(s *AccountStanding) error {
	for i := range s.Uses {
		u := &s.Uses[i]
		body, run, ok, err := c.accounts.find(putKey(nil, u.Account))
		if err != nil {
			return err
		}
		if !ok || u.Type != 0 && run <= s.Run {
			continue
		}
		_, content, err := takeSource(body)
		if err != nil {
			return err
		}
		a, err := decodeAccount(string(content))
		if err != nil {
			return err
		}
		if u.Type == 0 {
			if u.Uses, err = c.uses(u.Account); err != nil {
				return err
			}
		}
		u.Type = a.Type
	}
	return nil
}

func (c *completing) uses(account string) ([]invoicing.LimitUse, error) {
	body, _, ok, err := c.states.find([]byte(account))
	if err != nil || !ok {
		return nil, err
	}
	s, err := decodeState(string(body))
	return s.Uses, err
}

// Books walks over the books of all accounts, by id.
func (l *Ledger) Books() iter.Seq2[Evidence, error] { return l.newestEvidence(onBook) }

// FindDecision returns the latest run that decided or held a request, and the
// group in which it is told of; run 0 is a request that no run has taken up.
func (l *Ledger) FindDecision(request string) (run int, group string, err error) {
	all, err := l.segments(context.Background(), l.db)
	if err != nil {
		return 0, "", err
	}
	body, run, err := all.newestOf(onDecided, []byte(request))
	if err != nil || run == 0 {
		return 0, "", err
	}
	if len(body) < 1 {
		return 0, "", fmt.Errorf("looking up request %q: %w", request, errDamaged)
	}
	return run, string(body[1:]), nil
}
