package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"prorata/exporters"
	"prorata/invoicing"
	"prorata/invoicing/policy"
	"prorata/jobs/ledger"
)

// publish writes the folder of the last settled run: a pure function of what was
// committed, so that publishing again gives the same bytes.
func (r *Run) publish(ctx context.Context, l *ledger.Ledger) (*Report, error) {
	runs, err := l.Runs()
	if err != nil {
		return nil, err
	}
	run := runs[len(runs)-1]
	night, formats, err := nightOf(ctx, l, runs)
	if err != nil {
		return nil, fmt.Errorf("publishing run %d: %w", run.N, err)
	}
	night.DryRun = r.DryRun
	night.Settlements = counting(r.Progress, fmt.Sprintf("run %d: accounts written to the reports", run.N), night.Settlements)
	if r.DryRun {
		night.Folder += "-DRY"
	}
	if formats&exporters.Workbook != 0 && !r.DryRun {
		if err := r.giveCopies(ctx, l, run, night.Folder); err != nil {
			return nil, fmt.Errorf("returning what run %d refused: %w", run.N, err)
		}
	}
	night.Reconciliation = counting(r.Progress, fmt.Sprintf("run %d: lines of the reconciliation written", run.N), night.Reconciliation)
	warnings := warningsOf(runs)
	night.Standings = warnings.watch(night.Standings)
	manifest, err := exporters.Publish(night, r.Out, formats)
	if err != nil {
		return nil, err
	}
	if err := l.Published(run.N, night.Folder, manifest); err != nil {
		return nil, err
	}
	report, err := r.report(l, run, night)
	if err != nil {
		return nil, err
	}
	report.Expiring = warnings.sorted()
	return report, nil
}

// nightOf gathers what the outputs of the last of the runs are made from.
func nightOf(ctx context.Context, l *ledger.Ledger, runs []ledger.Run) (exporters.Night, exporters.Formats, error) {
	run := runs[len(runs)-1]
	night := exporters.Night{Run: run.N, Folder: folderName(runs), AsOf: run.AsOf, Version: run.Version,
		Settlements: canceled(ctx, l.Settlements(run.N))}
	if len(runs) > 1 {
		night.PreviousManifest = runs[len(runs)-2].ManifestSHA256
	}
	chain, formats, err := termsOf(run)
	if err != nil {
		return night, 0, err
	}
	night.Policies, night.Standings = policyUses(chain), standings(l, run, chain)
	if night.Seller, err = sellerOf(run); err != nil {
		return night, 0, err
	}
	if night.Rates, err = l.Rates(run.AsOf, run.N); err != nil {
		return night, 0, err
	}
	sum, err := readSummary(run)
	if err != nil {
		return night, 0, err
	}
	for _, p := range sum.Proof {
		night.Proof = append(night.Proof, exporters.ProofLine{Line: p.Line, Currency: p.Currency, Says: p.Says, Counted: p.Counted, Left: p.Left, Right: p.Right, Holds: p.Holds})
	}
	files, err := l.Files(0)
	if err != nil {
		return night, 0, err
	}
	for _, f := range files {
		night.Inputs = append(night.Inputs, input(f))
	}
	faults, err := l.Refusals(run.N)
	if err != nil {
		return night, 0, err
	}
	night.Refusals = func(yield func(*invoicing.Fault, error) bool) {
		for i := range faults {
			if !yield(&faults[i], nil) {
				return
			}
		}
	}
	night.Reconciliation = canceled(ctx, reconciliation(l, run))
	return night, formats, nil
}

// folderName is the as-of date and which run of that date it is: 2026-11-22-001.
func folderName(runs []ledger.Run) string {
	run, nth := runs[len(runs)-1], 0
	for _, other := range runs {
		if other.AsOf == run.AsOf {
			nth++
		}
	}
	return fmt.Sprintf("%s-%03d", run.AsOf, nth)
}

// nightFolder is the name that folderName gives.
var nightFolder = regexp.MustCompile(`^\d{4}-\d\d-\d\d-\d{3,}$`)

// refuseUnknownReports refuses a night where reports lie of another that the ledger does not
// know: its numbers would be given again. So it is where an older backup was restored, or
// the ledger is gone; that night can be made again.
func (r *Run) refuseUnknownReports(l *ledger.Ledger) error {
	runs, err := l.Runs()
	if err != nil {
		return err
	}
	unknown, err := unknownNights(r.Out, runs)
	if err != nil || len(unknown) == 0 || unknown[0] == folderName(append(runs, ledger.Run{AsOf: r.AsOf})) {
		return err
	}
	name := unknown[0]
	return fmt.Errorf("%s is of a night that ledger %s does not know, and this night would give its numbers again: an older backup was restored, or the ledger is another or lost; "+
		"make that night again first (--as-of %s, with the files that its manifest.json names), or move its folder away if nobody has its documents", filepath.Join(r.Out, name), r.Ledger, name[:len("2026-11-22")])
}

// unknownNights lists the folders of nights among the reports that no run has published.
func unknownNights(out string, runs []ledger.Run) (names []string, err error) {
	entries, err := os.ReadDir(out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the folder of reports: %w", err)
	}
	for _, e := range entries {
		known := func(run ledger.Run) bool { return run.Folder == e.Name() }
		if e.IsDir() && nightFolder.MatchString(e.Name()) && !slices.ContainsFunc(runs, known) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func policyUses(chain policy.Chain) []exporters.PolicyUse {
	uses := make([]exporters.PolicyUse, len(chain))
	for i, link := range chain {
		uses[i] = exporters.PolicyUse{ID: link.Policy.ID, SHA256: link.Policy.SHA256, From: link.From, Policy: link.Policy}
	}
	return uses
}

func input(f ledger.File) exporters.Input {
	return exporters.Input{Number: f.N, Name: f.Name, Kinds: f.Kinds, SHA256: f.SHA256, Size: f.Size, Run: f.Run,
		Rows: f.Counts.Rows, Kept: f.Counts.Kept, Known: f.Counts.Known, Ignored: f.Counts.Ignored, Refused: f.Counts.Refused}
}

// canceled ends an iteration where the context does.
func canceled[T any](ctx context.Context, seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for item, err := range seq {
			if ctx.Err() != nil {
				var none T
				yield(none, ctx.Err())
				return
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

// standings are the latest of every group, with the limits by the policies of the run.
// Of a group that this run did not settle, only what still has a balance is told.
func standings(l *ledger.Ledger, run ledger.Run, policies policy.Chain) iter.Seq2[exporters.Standing, error] {
	return func(yield func(exporters.Standing, error) bool) {
		for s, err := range l.Standings(run.N) {
			out := exporters.Standing{Run: s.Run, Credits: s.Credits}
			for i := range s.Uses {
				out.Limits = append(out.Limits, s.Uses[i].Limit(policies, run.AsOf))
			}
			if s.Run < run.N {
				out.Credits = nil
				for _, c := range s.Credits {
					if !c.Balance().IsZero() {
						out.Credits = append(out.Credits, c)
					}
				}
			}
			if !yield(out, err) {
				return
			}
		}
	}
}
