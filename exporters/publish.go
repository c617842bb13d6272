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
	p := newPress(night, temp)
	total, err := p.print(formats)
	if finished := p.finish(); err == nil {
		err = finished
	}
	if err != nil {
		return "", err
	}
	sha, err := writeManifest(temp, p.manifest(formats, total))
	if err != nil {
		return "", err
	}
	return sha, durable.Step(durable.FolderSync, func() error { return syncDirs(temp) })
}

// print gives the night to every output of the formats, once, and closes them all.
func (p *press) print(formats Formats) (*totals, error) {
	p.formats = formats
	var parts []part
	var err error
	for i := range outputs {
		if o := &outputs[i]; o.format&formats != 0 && err == nil {
			var opened part
			if opened, err = o.open(p, o.name); err == nil && opened != nil {
				parts = append(parts, opened)
				p.outputs = append(p.outputs, o.name)
			}
		}
	}
	total := &totals{}
	if err == nil {
		err = p.pass(parts, total)
	}
	for _, o := range parts {
		if closed := o.close(); err == nil {
			err = closed
		}
	}
	return total, err
}

// pass walks the night once.
func (p *press) pass(parts []part, total *totals) error {
	n := p.night
	err := each(p, n.Settlements, 1, "reading a settlement", func(s *invoicing.Settlement) error {
		for i := range s.Documents {
			if s.Documents[i].Number == "" {
				return fmt.Errorf("a %s of group %s has no number", s.Documents[i].Type, s.Group)
			}
		}
		made := &settled{Settlement: s}
		made.post()
		total.settlement(made)
		return all(parts, func(o part) error { return o.settlement(made) })
	})
	if err == nil {
		err = each(p, n.Standings, many, "reading a standing", func(s Standing) error {
			return all(parts, func(o part) error { return o.standing(&s) })
		})
	}
	if err == nil {
		err = each(p, n.Refusals, many, "reading a refused row", func(f *invoicing.Fault) error {
			total.refusals++
			return all(parts, func(o part) error { return o.refusal(f) })
		})
	}
	if err == nil {
		err = each(p, n.Reconciliation, many, "reading the reconciliation", func(l *reconcile.Line) error {
			return all(parts, func(o part) error {
				if r, ok := o.(reconciledPart); ok {
					return r.reconciled(l)
				}
				return nil
			})
		})
	}
	return err
}

// many is how many small items are read at once.
const many = 64

// each walks an iterator, so many items at once, until it ends, or the first error
// of anyone.
func each[T any](p *press, seq iter.Seq2[T, error], batch int, doing string, do func(T) error) error {
	if seq == nil {
		return nil
	}
	for item, err := range ahead(seq, batch) {
		if err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
		if err := do(item); err != nil {
			return err
		}
		if err := p.failed(); err != nil {
			return err
		}
	}
	return nil
}

func all(parts []part, do func(part) error) error {
	for _, o := range parts {
		if err := do(o); err != nil {
			return err
		}
	}
	return nil
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
		return fmt.Errorf("%s is there already with another manifest (run %d, %.12s instead of %.12s); move it away",
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
