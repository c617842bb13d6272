package jobs

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"prorata/exporters"
	"prorata/jobs/ledger"
)

// Verification is what verify found: whether what was published and kept is as it
// was, and whether this version of the program decides and writes the same.
type Verification struct {
	Version     string   `json:"version"` // of the program that verified
	Runs        int      `json:"runs"`
	Files       int      `json:"files"`
	Settlements int      `json:"settlements"`
	Documents   int      `json:"documents"`
	Outputs     int      `json:"outputs"`
	Unfinished  string   `json:"unfinished,omitempty"` // the last run, where it is not published yet
	Versions    []string `json:"versions"`             // of the program, that began the runs, in their order
	// Intact says that every hash, the chain of manifests and the numbers hold. Only
	// then the nights are done again.
	Intact bool `json:"intact"`
	// Problems is empty where every figure can be trusted; each entry names what is
	// wrong and where.
	Problems []string `json:"problems"`
	// Others are the nights that come out otherwise when they are done again. Where
	// another version made the first of them, that may be the version's doing, and is
	// no problem.
	Others []OtherNight `json:"others"`
}

func (v *Verification) wrong(format string, args ...any) {
	v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
}

// clean reports whether nothing was found.
func (v *Verification) clean() bool { return len(v.Problems) == 0 && len(v.Others) == 0 }

// Verify checks a ledger and its reports from the inputs kept: the hash of every
// input and output, the chain of manifests, the numbers without a gap; and it
// does every night again, from the archive, in a ledger of its own, and compares
// each settlement, each book and each report with what is kept (OUT-6). version is
// the program's; progress is told of each night. What is found while another program
// makes a night is looked at once more, a few times (ErrWritten). Where a night cannot be done again there is
// an error, and a Verification of what was found before.
func Verify(ctx context.Context, path, out, version string, progress Progress) (*Verification, error) {
	l, err := ledger.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	for try := 1; ; try++ {
		before, unread := l.Commit() // of a damaged ledger verify says what is damaged
		v, err := verifyOnce(ctx, l, path, out, version, progress)
		if err == nil && v.clean() || ctx.Err() != nil {
			return v, err
		}
		if after, asked := l.Commit(); unread != nil || asked != nil || after == before {
			return v, err
		}
		if try == verifyTries {
			return nil, ErrWritten
		}
	}
}

// verifyTries bounds how often verify begins again while nights are made.
const verifyTries = 5

// ErrWritten is returned where another program wrote to the ledger each time that it
// was verified: what was found may be the nights that were made meanwhile.
var ErrWritten = errors.New("the ledger was written to each time that it was looked at, so nothing can be said of it: verify again while no night is made")

func verifyOnce(ctx context.Context, l *ledger.Ledger, path, out, version string, progress Progress) (v *Verification, err error) {
	v = &Verification{Version: version}
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
	if err := v.strangers(runs, out); err != nil {
		return nil, err
	}
	if err := v.numbers(l); err != nil {
		return nil, err
	}
	if err := v.archive(l, progress); err != nil {
		return nil, err
	}
	v.Intact = len(v.Problems) == 0
	if !v.Intact { // what was read is not what is kept: doing it again would say nothing
		return v, nil
	}
	return v, v.again(ctx, l, runs, path, out, progress)
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
		if m.Version != run.Version {
			v.wrong("%s: manifest.json names version %s of the program, the ledger %s", run.Folder, m.Version, run.Version)
		}
		if m.PreviousManifest != before {
			v.wrong("%s: manifest.json follows the manifest %s, the run before has %s", run.Folder, m.PreviousManifest, before)
		}
		v.Outputs += len(m.Outputs)
	}
}

// strangers finds nights beside the published ones: a ledger that was restored from an
// older backup does not know the documents of those that came after it.
func (v *Verification) strangers(runs []ledger.Run, out string) error {
	unknown, err := unknownNights(out, runs)
	for _, name := range unknown {
		if v.Unfinished == "" || name != folderName(runs) {
			v.wrong("%s: the ledger does not know this night: an older backup was restored, or its folder is of another ledger", name)
		}
	}
	return err
}

// numbers checks that each series has every number of its year once (DOC-1), but for
// those that invoices from outside have.
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
		want, seen := next[k]
		if r.Group == "" {
			if seen && r.First == want {
				next[k]++
			}
			continue
		}
		if seen && r.First != want {
			v.wrong("series %s-%d: run %d begins with number %d, %d was due", r.Series, r.Year, r.Run, r.First, want)
		}
		next[k] = r.First + r.N
		v.Documents += r.N
	}
	return nil
}

// archive checks that every input is kept as it was read.
func (v *Verification) archive(l *ledger.Ledger, progress Progress) error {
	files, err := l.Files(0)
	if err != nil {
		return err
	}
	v.Files = len(files)
	for i, f := range files {
		progress.tell("inputs checked", int64(i), int64(len(files)))
		sum, err := ledger.FileSum(f.Path)
		switch {
		case err != nil:
			v.wrong("input %d (%s): the copy that was kept cannot be read: %v", f.N, f.Name, err)
		case sum != f.SHA256:
			v.wrong("input %d (%s): the copy that was kept has been changed: its SHA-256 is %s, not %s", f.N, f.Name, sum, f.SHA256)
		}
	}
	return nil
}
