package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"prorata/exporters"
	"prorata/jobs/ledger"
)

// Verification is what verify found. Problems is empty where every figure can be
// trusted; each entry names what is wrong and where.
type Verification struct {
	Runs        int      `json:"runs"`
	Files       int      `json:"files"`
	Settlements int      `json:"settlements"`
	Documents   int      `json:"documents"`
	Outputs     int      `json:"outputs"`
	Unfinished  string   `json:"unfinished,omitempty"` // the last run, where it is not published yet
	Versions    []string `json:"versions"`             // of the program, that began the runs, in their order
	Problems    []string `json:"problems"`
}

func (v *Verification) wrong(format string, args ...any) {
	v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
}

// Verify checks a ledger and its reports from the inputs kept: the hash of every
// input and output, the chain of manifests, the numbers without a gap; and it
// does every night again, from the archive, in a ledger of its own, and compares
// each settlement, each book and each report with what is kept (OUT-6). progress
// is told of each night. What is found while another program makes a night is
// looked at once more.
func Verify(ctx context.Context, path, out string, progress Progress) (*Verification, error) {
	l, err := ledger.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	for try := 1; ; try++ {
		before, unread := l.Commit() // of a damaged ledger verify says what is damaged
		v, err := verifyOnce(ctx, l, out, progress)
		if err == nil && len(v.Problems) == 0 || try == verifyTries || ctx.Err() != nil {
			return v, err
		}
		if after, asked := l.Commit(); unread != nil || asked != nil || after == before {
			return v, err
		}
	}
}

// verifyTries bounds how often verify begins again while nights are made.
const verifyTries = 5

func verifyOnce(ctx context.Context, l *ledger.Ledger, out string, progress Progress) (v *Verification, err error) {
	v = &Verification{}
	if v.Problems, err = l.Damage(ctx); err != nil {
		return nil, err
	}
	runs, err := l.Runs()
	if err != nil && len(v.Problems) == 0 {
		return nil, err
	}
	if err != nil { // of what cannot be read, nothing else can be said
		return v, nil
	}
	v.Runs = len(runs)
	for _, run := range runs {
		if !slices.Contains(v.Versions, run.Version) {
			v.Versions = append(v.Versions, run.Version)
		}
	}
	v.manifests(runs, out)
	if err := v.numbers(l); err != nil {
		return nil, err
	}
	if err := v.archive(l, runs, progress); err != nil {
		return nil, err
	}
	if len(v.Problems) > 0 { // what was read is not what is kept: doing it again would say nothing
		return v, nil
	}
	temp, remove, err := temporary(os.TempDir())
	if err != nil {
		return nil, err
	}
	defer remove()
	again, err := ledger.Open(filepath.Join(temp, "again.db"))
	if err != nil {
		return nil, err
	}
	defer again.Close()
	for i, run := range runs {
		part := progress.of(fmt.Sprintf("night %d of %d", i+1, len(runs)))
		part.tell("doing it again", 0, 0)
		if err := v.redo(ctx, l, again, run, temp, part); err != nil {
			return v, fmt.Errorf("doing run %d again: %w", run.N, err)
		}
	}
	others, err := l.Differences(again)
	v.Problems = append(v.Problems, others...)
	return v, errors.Join(err, v.books(l, again), v.openBreaks(l, again))
}

// manifests checks the folders of reports and the chain of their manifests.
func (v *Verification) manifests(runs []ledger.Run, out string) {
	previous := ""
	for i, run := range runs {
		switch {
		case run.State != ledger.Published && i == len(runs)-1: // it is being made, or was cut off
			v.Unfinished = fmt.Sprintf("run %d (%s) is %s, not published: the next run finishes it", run.N, run.AsOf, run.State)
			continue
		case run.State != ledger.Published:
			v.wrong("run %d (%s) is %s, not published, and others follow it", run.N, run.AsOf, run.State)
			continue
		}
		before := previous
		previous = run.ManifestSHA256
		m, problems, err := exporters.CheckFolder(filepath.Join(out, run.Folder))
		if err != nil {
			v.wrong("%s: %v", run.Folder, err)
			continue
		}
		for _, p := range problems {
			v.wrong("%s: %s", run.Folder, p)
		}
		if m.SHA256 != run.ManifestSHA256 {
			v.wrong("%s: manifest.json has SHA-256 %s, the ledger has %s", run.Folder, m.SHA256, run.ManifestSHA256)
		}
		if m.PreviousManifest != before {
			v.wrong("%s: manifest.json follows the manifest %s, the run before has %s", run.Folder, m.PreviousManifest, before)
		}
		v.Outputs += len(m.Outputs)
	}
}

// numbers checks that each series has every number of its year once (DOC-1).
func (v *Verification) numbers(l *ledger.Ledger) error {
	type series struct {
		name string
		year int
	}
	next := map[series]int{}
	for r, err := range l.Ranges() {
		if err != nil {
			return err
		}
		k := series{r.Series, r.Year}
		if want, seen := next[k]; seen && r.First != want {
			v.wrong("series %s-%d: run %d begins with number %d, %d was due", r.Series, r.Year, r.Run, r.First, want)
		}
		next[k] = r.First + r.N
		v.Documents += r.N
	}
	return nil
}

// archive checks that every input is kept as it was read.
func (v *Verification) archive(l *ledger.Ledger, runs []ledger.Run, progress Progress) error {
	for _, run := range runs {
		files, err := l.Files(run.N)
		if err != nil {
			return err
		}
		for _, f := range files {
			v.Files++
			progress.tell("inputs checked", int64(v.Files), 0)
			sum, err := ledger.FileSum(f.Path)
			switch {
			case err != nil:
				v.wrong("input %d (%s): the copy that was kept cannot be read: %v", f.N, f.Name, err)
			case sum != f.SHA256:
				v.wrong("input %d (%s): the copy that was kept has been changed: its SHA-256 is %s, not %s", f.N, f.Name, sum, f.SHA256)
			}
		}
	}
	return nil
}

// redo does one run again and compares its settlements, byte by byte.
func (v *Verification) redo(ctx context.Context, l, again *ledger.Ledger, run ledger.Run, temp string, progress Progress) error {
	imp, err := again.BeginImport(ctx, ledger.Run{AsOf: run.AsOf, Version: run.Version, Terms: run.Terms})
	if err != nil {
		return err
	}
	defer imp.Rollback()
	files, err := l.Files(run.N)
	if err != nil {
		return err
	}
	senders, err := sendersOf(run)
	if err != nil {
		return err
	}
	into := &intake{imp: imp, senders: senders, progress: progress, whole: true}
	for _, f := range files {
		if _, err := into.file(ctx, f.Name, f.Path); err != nil {
			return fmt.Errorf("input %d (%s): %w", f.N, f.Name, err)
		}
	}
	if err := imp.Commit(); err != nil {
		return err
	}
	if err := v.counts(files, again, run); err != nil {
		return err
	}
	if run.State == ledger.Imported {
		return nil
	}
	if err := settle(ctx, again, progress); err != nil {
		return err
	}
	if run.State == ledger.Published {
		if err := v.publishAgain(ctx, again, run, temp); err != nil {
			return err
		}
	}
	return errors.Join(v.settlements(l, again, run), v.reconciliation(ctx, l, again, run))
}

// publishAgain publishes what was done again, and compares the manifest, which has
// the hash of every byte of the folder.
func (v *Verification) publishAgain(ctx context.Context, again *ledger.Ledger, run ledger.Run, temp string) error {
	runs, err := again.Runs()
	if err != nil {
		return err
	}
	night, formats, err := nightOf(ctx, again, runs)
	if err != nil {
		return err
	}
	manifest, err := exporters.Publish(night, temp, formats)
	if err != nil {
		return err
	}
	if manifest != run.ManifestSHA256 || night.Folder != run.Folder {
		v.wrong("%s: published again from the inputs kept, the reports are others", run.Folder)
	}
	return errors.Join(os.RemoveAll(filepath.Join(temp, night.Folder)), again.Published(run.N, run.Folder, run.ManifestSHA256))
}

// counts compares what became of the rows of each file.
func (v *Verification) counts(files []ledger.File, again *ledger.Ledger, run ledger.Run) error {
	redone, err := again.Files(run.N)
	if err != nil {
		return err
	}
	for i, f := range files {
		if i >= len(redone) || redone[i].N != f.N || redone[i].Counts != f.Counts {
			v.wrong("input %d (%s): read again, other rows of it are kept, known, ignored or refused", f.N, f.Name)
		}
	}
	return nil
}

// settlements compares the evidence of a run.
func (v *Verification) settlements(l, again *ledger.Ledger, run ledger.Run) error {
	redone := map[string][32]byte{}
	for s, err := range again.Evidence(run.N) {
		if err != nil {
			return err
		}
		redone[s.Group] = sha256.Sum256(s.Body)
	}
	for s, err := range l.Evidence(run.N) {
		if err != nil {
			return err
		}
		v.Settlements++
		sum, ok := redone[s.Group]
		delete(redone, s.Group)
		switch {
		case !ok:
			v.wrong("run %d, account %s: decided then, not decided when done again", run.N, s.Group)
		case sum != sha256.Sum256(s.Body):
			v.wrong("run %d, account %s: done again, its decisions or documents are others than those kept", run.N, s.Group)
		}
	}
	for group := range redone {
		v.wrong("run %d, account %s: done again it is decided, and nothing is kept of it", run.N, group)
	}
	return nil
}

// books compares what the nights have left of each account.
func (v *Verification) books(l, again *ledger.Ledger) error {
	redone := map[string][]byte{}
	for b, err := range again.Books() {
		if err != nil {
			return err
		}
		redone[b.Account] = bytes.Clone(b.Body)
	}
	for b, err := range l.Books() {
		if err != nil {
			return err
		}
		if !bytes.Equal(redone[b.Account], b.Body) {
			v.wrong("account %s: its book is not the sum of its settlements", b.Account)
		}
		delete(redone, b.Account)
	}
	if len(redone) > 0 {
		return errors.New("doing the nights again made books that are not kept")
	}
	return nil
}
