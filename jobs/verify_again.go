package jobs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"prorata/exporters"
	"prorata/jobs/ledger"
)

// OtherNight is a night that comes out otherwise when it is done again.
type OtherNight struct {
	Run       int    `json:"run"`
	AsOf      string `json:"as_of"`
	Folder    string `json:"folder"`
	Version   string `json:"version"`   // of the program that made it, as its manifest names it
	Decisions Found  `json:"decisions"` // by request, what was decided and what is decided now
	Documents Found  `json:"documents"` // by number, in the same way
	Reports   Found  `json:"reports"`   // files of the folder
	Rest      Found  `json:"rest"`      // what was read, reconciled and kept besides
}

func (n *OtherNight) any() bool { return n.Decisions.N+n.Documents.N+n.Reports.N+n.Rest.N > 0 }

// Found counts findings of one kind and tells the first few of them.
type Found struct {
	N     int      `json:"count"`
	First []string `json:"first,omitempty"`
}

// firstFew is how many findings of a kind are told.
const firstFew = 5

func (f *Found) add(format string, args ...any) {
	if f.N++; f.N <= firstFew {
		f.First = append(f.First, fmt.Sprintf(format, args...))
	}
}

// redoing is a ledger in which the nights of another are done again.
type redoing struct {
	kept, again *ledger.Ledger
	out, temp   string
	v           *Verification
	found       *OtherNight // by the night that is being done
}

// again does all nights again, in a ledger of its own, from the inputs kept where they are.
func (v *Verification) again(ctx context.Context, l *ledger.Ledger, runs []ledger.Run, path, out string, progress Progress) error {
	temp, remove, err := temporaryBeside(path)
	if err != nil {
		return err
	}
	defer remove()
	again, err := ledger.Open(filepath.Join(temp, "again.db"))
	if err != nil {
		return err
	}
	defer again.Close()
	r := &redoing{kept: l, again: again, out: out, temp: temp, v: v, found: &OtherNight{}}
	var last *OtherNight
	for i, run := range runs {
		part := progress.of(fmt.Sprintf("night %d of %d", i+1, len(runs)))
		part.tell("doing it again", 0, 0)
		r.found = &OtherNight{Run: run.N, AsOf: run.AsOf.String(), Folder: run.Folder, Version: run.Version}
		if err := r.night(ctx, run, part); err != nil {
			return fmt.Errorf("doing run %d again in %s: %w", run.N, temp, err)
		}
		if r.found.any() {
			v.Others = append(v.Others, *r.found)
		}
		if last == nil || run.Version != v.Version || last.Version == v.Version {
			last = r.found
		}
	}
	return r.conclude(last)
}

// conclude compares what the nights have left. It follows from them: where they come out
// otherwise it is told with the last of those, else with the last night of another
// version, whose doing it may be, else with the last.
func (r *redoing) conclude(last *OtherNight) error {
	if n := len(r.v.Others); n > 0 {
		last = &r.v.Others[n-1]
	}
	r.found = cmp.Or(last, &OtherNight{})
	tables, err := r.kept.Differences(r.again)
	for _, t := range tables {
		r.found.Rest.add("%s", t)
	}
	if err := errors.Join(err, r.books(), r.openBreaks()); err != nil {
		return err
	}
	if len(r.v.Others) == 0 && r.found.any() {
		r.v.Others = append(r.v.Others, *r.found)
	}
	if len(r.v.Others) == 0 {
		return nil
	}
	if first := r.v.Others[0]; first.Version == r.v.Version {
		r.v.wrong("run %d (%s) comes out otherwise, and a program of the same version, %s, made it", first.Run, first.AsOf, first.Version)
	}
	return nil
}

// night does one run again and compares all that came of it.
func (r *redoing) night(ctx context.Context, run ledger.Run, progress Progress) error {
	imp, err := r.again.BeginImport(ctx, ledger.Run{AsOf: run.AsOf, Version: run.Version, Terms: run.Terms})
	if err != nil {
		return err
	}
	defer imp.Rollback()
	files, err := r.kept.Files(run.N)
	if err != nil {
		return err
	}
	senders, err := sendersOf(run)
	if err != nil {
		return err
	}
	into := &intake{imp: imp, senders: senders, progress: progress, whole: true}
	for _, f := range files {
		if _, err := into.read(ctx, f.Name, f); err != nil {
			return fmt.Errorf("input %d (%s): %w", f.N, f.Name, err)
		}
	}
	if err := imp.Commit(); err != nil {
		return err
	}
	if err := r.counts(files, run); err != nil {
		return err
	}
	if run.State == ledger.Imported {
		return nil
	}
	if err := settle(ctx, r.again, progress); err != nil {
		return err
	}
	if run.State == ledger.Published {
		if err := r.publish(ctx, run); err != nil {
			return err
		}
	}
	return errors.Join(r.settlements(run), r.reconciliation(ctx, run))
}

// publish publishes what was done again, and compares the manifest, which has the
// hash of every byte of the folder.
func (r *redoing) publish(ctx context.Context, run ledger.Run) error {
	runs, err := r.again.Runs()
	if err != nil {
		return err
	}
	night, formats, err := nightOf(ctx, r.again, runs)
	if err != nil {
		return err
	}
	manifest, err := exporters.Publish(night, r.temp, formats)
	if err != nil {
		return err
	}
	folder := filepath.Join(r.temp, night.Folder)
	if manifest != run.ManifestSHA256 {
		if err := r.reports(filepath.Join(r.out, run.Folder), folder); err != nil {
			return err
		}
	}
	return errors.Join(os.RemoveAll(folder), r.again.Published(run.N, run.Folder, run.ManifestSHA256))
}

// reports names the files that are others.
func (r *redoing) reports(kept, redone string) error {
	was, err := exporters.ReadManifest(kept)
	if err != nil {
		return err
	}
	is, err := exporters.ReadManifest(redone)
	if err != nil {
		return err
	}
	now := map[string]exporters.OutputEntry{}
	for _, o := range is.Outputs {
		now[o.Name] = o
	}
	for _, o := range was.Outputs {
		if now[o.Name] != o {
			r.found.Reports.add("%s", o.Name)
		}
		delete(now, o.Name)
	}
	for _, o := range is.Outputs {
		if _, ok := now[o.Name]; ok {
			r.found.Reports.add("%s, which was not written", o.Name)
		}
	}
	if r.found.Reports.N == 0 {
		r.found.Reports.add("manifest.json")
	}
	return nil
}

// counts compares what became of the rows of each file.
func (r *redoing) counts(files []ledger.File, run ledger.Run) error {
	redone, err := r.again.Files(run.N)
	if err != nil {
		return err
	}
	for i, f := range files {
		if i >= len(redone) || redone[i].N != f.N || redone[i].Counts != f.Counts {
			r.found.Rest.add("input %d (%s): read again, other rows of it are kept, known, ignored or refused", f.N, f.Name)
		}
	}
	return nil
}

// settlements compares the evidence of a run.
func (r *redoing) settlements(run ledger.Run) error {
	n, more, err := otherwise(r.kept.Evidence(run.N), r.again.Evidence(run.N), func(kept ledger.Evidence, redone bool) error {
		if redone {
			return r.settlement(run.N, kept)
		}
		r.found.Rest.add("account %s: decided then, not decided when done again", kept.Of)
		return nil
	})
	r.v.Settlements += n
	for _, group := range more {
		r.found.Rest.add("account %s: done again it is decided, and nothing is kept of it", group)
	}
	return err
}

// books compares what the nights have left of each account.
func (r *redoing) books() error {
	_, more, err := otherwise(r.kept.Books(), r.again.Books(), func(kept ledger.Evidence, _ bool) error {
		r.found.Rest.add("account %s: its book is not the sum of its settlements", kept.Of)
		return nil
	})
	if len(more) > 0 {
		r.found.Rest.add("doing the nights again made books of %d accounts that are not kept", len(more))
	}
	return err
}

// otherwise compares what is kept with what comes of doing it again: each of what is
// another, or is not there again (redone is false), is told. It returns how many are
// kept, and the ids of those that are not.
func otherwise(kept, again iter.Seq2[ledger.Evidence, error], tell func(kept ledger.Evidence, redone bool) error) (n int, more []string, err error) {
	sums := map[string][sha256.Size]byte{}
	for e, err := range again {
		if err != nil {
			return 0, nil, err
		}
		sums[e.Of] = sha256.Sum256(e.Body)
	}
	for e, err := range kept {
		if err != nil {
			return n, nil, err
		}
		n++
		sum, redone := sums[e.Of]
		delete(sums, e.Of)
		if redone && sum == sha256.Sum256(e.Body) {
			continue
		}
		if err := tell(e, redone); err != nil {
			return n, nil, err
		}
	}
	return n, slices.Sorted(maps.Keys(sums)), nil
}
