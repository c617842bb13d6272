package jobs

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs/ledger"
)

// Preview is what a night would make of some files, by what the ledger knows.
// Nothing of it is kept.
type Preview struct {
	AsOf      money.Date
	Files     []FileReport        // as they were named
	Faults    [][]invoicing.Fault // by file: what contradicts the books or another file
	Decisions []invoicing.Decision
	// Waiting counts request lines that are dated after AsOf, and First and Last are the
	// days of the first and the last of them.
	Waiting     int
	First, Last money.Date
	Decided     map[string]int // lines by outcome
}

// Preview rehearses the night with these files in place of an inbox: the lines
// that they ask for, and those held before that these files decide. Its date is
// the run's, or that of the last run where that is later.
func (r *Run) Preview(ctx context.Context, paths []string, checked []*Checked) (*Preview, error) {
	l, remove, err := copyOf(r.Ledger)
	if err != nil {
		return nil, err
	}
	defer remove()
	last, err := finished(ctx, l)
	if err != nil {
		return nil, err
	}
	night := *r
	night.AsOf = max(r.AsOf, last.AsOf)
	p := &Preview{AsOf: night.AsOf, Decided: map[string]int{}}
	run, err := night.importFiles(ctx, l, paths, p)
	if err != nil {
		return nil, err
	}
	if err := settle(ctx, l, r.Progress); err != nil {
		return nil, err
	}
	if err := p.gather(l, run); err != nil {
		return nil, err
	}
	for _, c := range checked {
		for day, n := range c.requests {
			if day > p.AsOf {
				p.Waiting += n
				if p.First.IsZero() || day < p.First {
					p.First = day
				}
				p.Last = max(p.Last, day)
			}
		}
	}
	return p, nil
}

// finished brings a copy to where the next night begins: a run that was cut off is
// settled there, and its reports are nobody's business.
func finished(ctx context.Context, l *ledger.Ledger) (ledger.Run, error) {
	last, err := l.LastRun()
	if err == nil && last.State == ledger.Imported {
		err = settle(ctx, l, nil)
	}
	if err == nil && last.N > 0 && last.State != ledger.Published {
		err = l.Published(last.N, "", "")
	}
	return last, err
}

// importFiles reads the files as a night does.
func (r *Run) importFiles(ctx context.Context, l *ledger.Ledger, paths []string, p *Preview) (run int, err error) {
	terms, err := r.keepTerms()
	if err != nil {
		return 0, err
	}
	imp, err := l.BeginImport(ctx, ledger.Run{AsOf: r.AsOf, Version: r.Version, Terms: terms})
	if err != nil {
		return 0, err
	}
	defer imp.Rollback()
	into := &intake{imp: imp, senders: &r.Senders, progress: r.Progress, named: true}
	for _, path := range paths {
		in := into.keepOrNote(toRead{name: r.Senders.Shown(path), path: path})
		if in.err != nil {
			return 0, fmt.Errorf("%s: %w", path, in.err)
		}
		f, err := into.read(ctx, in.name, in.file)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		p.Files = append(p.Files, f)
	}
	return imp.Run(), imp.Commit()
}

// gather takes what the night has made of the files.
func (p *Preview) gather(l *ledger.Ledger, run int) error {
	files, err := l.Files(run)
	if err != nil {
		return err
	}
	p.Faults = make([][]invoicing.Fault, len(p.Files))
	mine := map[int]int{} // by number: which file it is
	for _, f := range files {
		i := slices.IndexFunc(p.Files, func(x FileReport) bool { return x.Number == f.N })
		p.Files[i], mine[f.N] = fileReport(f), i
	}
	faults, err := l.Refusals(run)
	if err != nil {
		return err
	}
	for _, f := range faults {
		i := mine[f.Source.File]
		p.Faults[i] = append(p.Faults[i], f)
	}
	for s, err := range l.Settlements(run) {
		if err != nil {
			return err
		}
		for i := range s.Decisions {
			d := &s.Decisions[i]
			if _, asked := mine[d.Request.Source.File]; asked || d.Outcome != invoicing.Held {
				p.Decisions = append(p.Decisions, *d)
				p.Decided[d.Outcome.String()]++
			}
		}
	}
	slices.SortStableFunc(p.Decisions, func(a, b invoicing.Decision) int {
		return cmp.Or(cmp.Compare(a.Request.Date, b.Request.Date), cmp.Compare(a.Request.ID, b.Request.ID))
	})
	return nil
}
