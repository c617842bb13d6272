package exporters

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"prorata/invoicing"
	"prorata/invoicing/reconcile"
	"prorata/jobs/durable"
)

// Publish writes the folder dir/night.Folder, whole or not at all, and returns
// the SHA-256 of its manifest in hex. It writes to a hidden temporary sibling,
// brings that to disk and renames it; one that an earlier crash left half done is
// removed first. A folder that is there already and is the same, file by file, is
// left as it is, so that publishing again is harmless; one that differs is an
// error and stays, but for the folder of a dry run, which is replaced. Two
// processes must not publish the same folder at once: the ledger's lock sees to that.
func Publish(night Night, dir string, formats Formats) (manifestSHA string, err error) {
	if err := night.check(); err != nil {
		return "", fmt.Errorf("publishing: %w", err)
	}
	temp := filepath.Join(dir, "."+night.Folder+".tmp")
	manifestSHA, err = fill(&night, temp, formats)
	if err == nil {
		err = appear(&night, dir, temp, manifestSHA)
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(temp))
		return "", fmt.Errorf("publishing %s: %w", night.Folder, err)
	}
	return manifestSHA, nil
}

// fill writes the temporary folder and brings it to disk.
func fill(night *Night, temp string, formats Formats) (string, error) {
	if err := os.MkdirAll(filepath.Dir(temp), 0o755); err != nil {
		return "", fmt.Errorf("making the folder of reports: %w", err)
	}
	if err := os.RemoveAll(temp); err != nil {
		return "", fmt.Errorf("removing what a crash left: %w", err)
	}
	if err := durable.Step(durable.TempMake, func() error { return os.Mkdir(temp, 0o755) }); err != nil {
		return "", fmt.Errorf("making a temporary folder: %w", err)
	}
	p := newPress(night, temp, formats)
	total := p.print()
	if err := p.finish(); err != nil {
		return "", err
	}
	sha, err := writeManifest(temp, p.manifest(total))
	if err != nil {
		return "", err
	}
	return sha, durable.Step(durable.FolderSync, func() error { return syncDirs(temp) })
}

// print gives the night to every output of the formats, once, and closes them all.
func (p *press) print() *totals {
	var parts []part
	for i := range outputs {
		o := &outputs[i]
		if o.format&p.formats == 0 || p.failed() != nil {
			continue
		}
		if opened, err := o.open(p, o.name); err != nil {
			p.fail(err)
		} else if opened != nil {
			parts = append(parts, opened)
			p.outputs = append(p.outputs, o.name)
		}
	}
	total := p.pass(parts)
	for _, o := range parts {
		o.close()
	}
	return total
}

// pass walks the night once, until anything fails.
func (p *press) pass(parts []part) *totals {
	n, total := p.night, &totals{}
	each(p, n.Settlements, 1, "reading a settlement", func(s *invoicing.Settlement) {
		for i := range s.Documents {
			if s.Documents[i].Number == "" {
				p.fail(fmt.Errorf("a %s of group %s has no number", s.Documents[i].Type, s.Group))
				return
			}
		}
		made := &settled{Settlement: s}
		made.post()
		total.settlement(made)
		for _, o := range parts {
			o.settlement(made)
		}
	})
	each(p, n.Standings, many, "reading a standing", func(s Standing) {
		for _, o := range parts {
			o.standing(&s)
		}
	})
	each(p, n.Refusals, many, "reading a refused row", func(f *invoicing.Fault) {
		total.refusals++
		for _, o := range parts {
			o.refusal(f)
		}
	})
	each(p, n.Reconciliation, many, "reading the reconciliation", func(l *reconcile.Line) {
		for _, o := range parts {
			o.reconciled(l)
		}
	})
	return total
}

// many is how many small items are read at once.
const many = 64

// each walks an iterator, so many items at once, until it ends or anything fails.
func each[T any](p *press, seq iter.Seq2[T, error], batch int, doing string, do func(T)) {
	if seq == nil || p.failed() != nil {
		return
	}
	for item, err := range ahead(seq, batch) {
		if err != nil {
			p.fail(fmt.Errorf("%s: %w", doing, err))
			return
		}
		if do(item); p.failed() != nil {
			return
		}
	}
}

// appear gives the temporary folder its name.
func appear(night *Night, dir, temp, sha string) error {
	final := filepath.Join(dir, night.Folder)
	switch there, err := os.Lstat(final); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("looking for an earlier folder: %w", err)
	case night.DryRun:
		// A rehearsal is nobody's evidence.
		if err := os.RemoveAll(final); err != nil {
			return fmt.Errorf("removing the earlier dry run: %w", err)
		}
	default:
		if err := same(there, final, sha); err != nil {
			return err
		}
		if err := os.RemoveAll(temp); err != nil {
			return err
		}
		return durable.Folder(dir)
	}
	if err := durable.Rename(durable.FolderRename, temp, final); err != nil {
		return fmt.Errorf("naming the folder: %w", err)
	}
	return durable.Step(durable.OutSync, func() error { return durable.Folder(dir) })
}

// same reports what makes a folder that is there another one than was to be published.
func same(there fs.FileInfo, final, sha string) error {
	if !there.IsDir() {
		return fmt.Errorf("%s is there already and is no folder; move it away", final)
	}
	m, problems, err := CheckFolder(final)
	switch {
	case err != nil:
		return fmt.Errorf("%s is there already and cannot be read as a published folder (%w); move it away", final, err)
	case m.SHA256 != sha:
		return fmt.Errorf("%s is there already with another manifest (run %d, %.12s instead of %.12s): the same numbers are on other documents; move it away if nobody has its own",
			final, m.Run, m.SHA256, sha)
	case len(problems) > 0:
		return fmt.Errorf("%s is there already and was changed since: %s; move it away", final, problems[0])
	}
	return nil
}

// syncDirs brings the names of a folder and of the folders in it to disk.
func syncDirs(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("reading the temporary folder: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() {
			if err := durable.Folder(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return durable.Folder(dir)
}
