package jobs

import (
	"fmt"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
	"prorata/jobs/ledger"
)

// FoundBreak is a break of any status, or a match: one of the two is set.
type FoundBreak struct {
	Break  *reconcile.Break
	Match  *reconcile.Match
	AsOf   money.Date    // of the last run
	Inputs []ledger.File // the files that its rows are in, by number
}

// FindBreak returns the break or the match of an id: as it is open, else as it
// ended last, resolved or accepted, on whichever night.
func FindBreak(path, id string) (*FoundBreak, error) {
	l, last, err := openSettled(path)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	f := &FoundBreak{AsOf: last.AsOf}
	if f.Break, err = openBreak(l, id); err != nil {
		return nil, err
	}
	for run := last.N; run >= 1 && !f.found(); run-- {
		if err := f.ended(l, run, id); err != nil {
			return nil, err
		}
	}
	if !f.found() {
		return nil, fmt.Errorf("no break and no match is called %s; prorata reconcile list shows the open ones, with --status those that ended", id)
	}
	f.Inputs, err = filesOf(l, f.sources())
	return f, err
}

func (f *FoundBreak) found() bool { return f.Break != nil || f.Match != nil }

// openBreak is the open break of an id; nil where there is none.
func openBreak(l *ledger.Ledger, id string) (*reconcile.Break, error) {
	for x, err := range l.OpenBreaks() {
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(x.Breaks, func(b reconcile.Break) bool { return b.ID == id }); i >= 0 {
			return &x.Breaks[i], nil
		}
	}
	return nil, nil
}

// ended looks among what a run has matched and resolved, and what was accepted
// after it, the last first.
func (f *FoundBreak) ended(l *ledger.Ledger, run int, id string) error {
	accepted, err := l.Acceptances(run)
	if err != nil {
		return err
	}
	for i := range accepted {
		if b := &accepted[len(accepted)-1-i].Break; b.ID == id {
			f.Break = b
			return nil
		}
	}
	for x, err := range l.Reconciled(run) {
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(x.Ended, func(b reconcile.Break) bool { return b.ID == id }); i >= 0 {
			f.Break = &x.Ended[i]
		}
		if i := slices.IndexFunc(x.Matches, func(m reconcile.Match) bool { return m.ID == id }); i >= 0 {
			f.Match = &x.Matches[i]
		}
		if f.found() {
			return nil
		}
	}
	return nil
}

// sources are the rows of all that is told.
func (f *FoundBreak) sources() (all []invoicing.Source) {
	all = f.group().Sources()
	if f.Match != nil {
		for _, a := range f.Match.Alternatives {
			all = append(all, a.VendorRows...)
		}
		return all
	}
	for _, e := range f.Break.Events {
		all = append(all, e.Sources...)
	}
	return all
}

func (f *FoundBreak) group() *reconcile.Group {
	if f.Match != nil {
		return &f.Match.Group
	}
	return &f.Break.Group
}

// filesOf are the files of some rows, by number.
func filesOf(l *ledger.Ledger, rows []invoicing.Source) (files []ledger.File, err error) {
	var numbers []int
	for _, s := range rows {
		if s.File > 0 {
			numbers = append(numbers, s.File)
		}
	}
	slices.Sort(numbers)
	for _, n := range slices.Compact(numbers) {
		file, err := l.FileByNumber(n)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}
