package jobs

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"prorata/exporters"
	"prorata/jobs/durable"
	"prorata/jobs/ledger"
)

// A bundle is one zip for an auditor: every input under its sender's name, the
// policies, the reports of every night, the ledger, and how to verify all of it
// with the program alone. Unpacked, it is a folder in which `prorata verify` works
// as it is. The same ledger gives the same bytes.

// BundleReport says what is in a bundle.
type BundleReport struct {
	Path    string `json:"path"`
	Runs    int    `json:"runs"`
	AsOf    string `json:"as_of"` // of the last run
	Inputs  int    `json:"inputs"`
	Reports int    `json:"reports"` // files
	Bytes   int64  `json:"bytes"`   // before compression
	// Manifest is the SHA-256 of the last run's: whoever knows it from elsewhere
	// knows that the bundle was not made up.
	Manifest string `json:"manifest"`
}

// bundle is one being made.
type bundle struct {
	BundleReport
	runs  []ledger.Run
	files []ledger.File
	parts []bundlePart
	sums  strings.Builder
}

// bundlePart is one file of a bundle: what it is called there, and where it is, or
// what it says.
type bundlePart struct {
	name, path string
	body       []byte
}

const (
	bundleLedger  = "ledger/prorata.db"
	bundleReports = "reports"
	bundleConfig  = "ledger: " + bundleLedger + "\nout: " + bundleReports + "\n"
)

// Bundle writes all nights of a ledger and their reports into a zip, also while a
// night runs. A file that is there is never written over; nights whose reports are
// not as they were published are refused.
func Bundle(ctx context.Context, path, out, file string, progress Progress) (*BundleReport, error) {
	if _, err := os.Lstat(file); err == nil {
		return nil, fmt.Errorf("%s is there already; choose another name", file)
	}
	if err := ledger.Exists(path); err != nil {
		return nil, err
	}
	temp, remove, err := temporary(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("bundling %s: %w", path, err)
	}
	defer remove()
	b := &bundle{BundleReport: BundleReport{Path: file}}
	if err = b.gather(ctx, path, out, temp); err == nil {
		err = durable.Write(durable.BundleRename, file, durable.Private, func(f *os.File) error { return b.pack(ctx, zip.NewWriter(f), progress) })
	}
	if err != nil {
		return nil, fmt.Errorf("bundling %s: %w", path, err)
	}
	return &b.BundleReport, nil
}

// gather lists what goes into the bundle, from a copy of the ledger.
func (b *bundle) gather(ctx context.Context, path, out, temp string) error {
	own := filepath.Join(temp, "ledger.db")
	if err := ledger.Copy(path, own); err != nil {
		return err
	}
	l, err := ledger.OpenReader(own)
	if err != nil {
		return err
	}
	defer l.Close()
	if b.runs, err = l.Runs(); err != nil {
		return err
	}
	if len(b.runs) == 0 {
		return errors.New("the ledger has no night yet")
	}
	last := b.runs[len(b.runs)-1]
	b.Runs, b.AsOf, b.Manifest = len(b.runs), last.AsOf.String(), last.ManifestSHA256
	for _, run := range b.runs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.reports(run, out); err != nil {
			return err
		}
		if err := b.policies(run); err != nil {
			return err
		}
		files, err := l.Files(run.N)
		if err != nil {
			return err
		}
		b.files = append(b.files, files...)
	}
	for _, f := range b.files {
		b.parts = append(b.parts, bundlePart{name: inputName(f), path: f.Path})
	}
	b.Inputs = len(b.files)
	for _, suffix := range []string{"", ".segments", ".archive"} {
		if err := b.folder(bundleLedger+suffix, own+suffix); err != nil {
			return err
		}
	}
	b.parts = append(b.parts, bundlePart{name: "prorata.yaml", body: []byte(bundleConfig)}, bundlePart{name: "README.md", body: b.instructions()})
	slices.SortFunc(b.parts, func(x, y bundlePart) int { return strings.Compare(x.name, y.name) })
	return nil
}

// reports adds the folder of a run, as it was published.
func (b *bundle) reports(run ledger.Run, out string) error {
	if run.State != ledger.Published {
		return fmt.Errorf("run %d (%s) is %s, not published: run prorata again to finish it", run.N, run.AsOf, run.State)
	}
	dir := filepath.Join(out, run.Folder)
	m, problems, err := exporters.CheckFolder(dir)
	switch {
	case err != nil:
		return err
	case m.SHA256 != run.ManifestSHA256:
		return fmt.Errorf("%s: manifest.json is not the one that was published; prorata verify says more", dir)
	case len(problems) > 0:
		return fmt.Errorf("%s: %s; prorata verify says more", dir, problems[0])
	}
	b.Reports += len(m.Outputs) + 1
	return b.folder(bundleReports+"/"+run.Folder, dir)
}

// policies adds those of a run, each once.
func (b *bundle) policies(run ledger.Run) error {
	chain, _, err := termsOf(run)
	if err != nil {
		return err
	}
	for _, link := range chain {
		name := fmt.Sprintf("policies/%s %.12s.yaml", plainFile(link.Policy.ID), link.Policy.SHA256)
		if !slices.ContainsFunc(b.parts, func(p bundlePart) bool { return p.name == name }) {
			b.parts = append(b.parts, bundlePart{name: name, body: link.Policy.Body})
		}
	}
	return nil
}

// folder adds a file, or the files of a folder.
func (b *bundle) folder(name, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		b.parts = append(b.parts, bundlePart{name: strings.TrimSuffix(name+"/"+filepath.ToSlash(rel), "/."), path: path})
		return err
	})
}

func (b *bundle) pack(ctx context.Context, z *zip.Writer, progress Progress) error {
	for i := range b.parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		progress.tell("files packed", int64(i), int64(len(b.parts)))
		if err := b.add(z, &b.parts[i]); err != nil {
			return fmt.Errorf("%s: %w", b.parts[i].name, err)
		}
	}
	if err := b.add(z, &bundlePart{name: "SHA256SUMS", body: []byte(b.sums.String())}); err != nil {
		return err
	}
	return z.Close()
}

// add packs one file and notes its hash, as sha256sum does.
func (b *bundle) add(z *zip.Writer, p *bundlePart) error {
	var from io.Reader = strings.NewReader(string(p.body))
	if p.path != "" {
		f, err := os.Open(p.path)
		if err != nil {
			return err
		}
		defer f.Close()
		from = f
	}
	head := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
	head.SetMode(0o644) // it also says that names are not those of DOS
	to, err := z.CreateHeader(head)
	if err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, h), from)
	b.Bytes += n
	fmt.Fprintf(&b.sums, "%s  %s\n", hex.EncodeToString(h.Sum(nil)), p.name)
	return err
}
