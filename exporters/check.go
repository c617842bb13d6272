package exporters

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Problem is one way in which a folder is not as it was published.
type Problem struct {
	File string // inside the folder, with slashes
	What string // changed, missing, not listed
}

// String is the problem for people.
func (p Problem) String() string { return p.File + " " + p.What }

// The bounds of what a manifest may hold, far above a night's.
const (
	maxManifest = 1 << 30 // bytes
	maxListed   = 20e6    // files
)

// CheckFolder recomputes the SHA-256 of every file of a published folder and
// returns its manifest and, by name, every file that is changed, missing or not
// listed. It does not say whether the manifest itself is the one that was
// published: its SHA256 must be compared with the ledger's or with the next
// manifest's previousManifest. A folder without a manifest that can be read is an
// error.
func CheckFolder(dir string) (*Manifest, []Problem, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("checking a folder: %w", err)
	}
	defer func() { _ = root.Close() }()
	m, err := readManifest(root)
	if err != nil {
		return nil, nil, fmt.Errorf("checking %s: %w", dir, err)
	}
	unlisted, err := filesOf(root)
	if err != nil {
		return nil, nil, fmt.Errorf("checking %s: %w", dir, err)
	}
	var problems []Problem
	for _, o := range m.Outputs {
		if !unlisted[o.Name] {
			problems = append(problems, Problem{o.Name, "is missing"})
			continue
		}
		delete(unlisted, o.Name)
		what, err := compare(root, o)
		if err != nil {
			return nil, nil, fmt.Errorf("checking %s: %w", dir, err)
		}
		if what != "" {
			problems = append(problems, Problem{o.Name, what})
		}
	}
	for name := range unlisted { // sorted below
		problems = append(problems, Problem{name, "is not listed in the manifest"})
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.File, b.File) })
	return m, problems, nil
}

func readManifest(root *os.Root) (*Manifest, error) {
	f, err := root.Open(manifestName)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	body, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", manifestName, err)
	case len(body) > maxManifest:
		return nil, fmt.Errorf("%s is larger than %d bytes", manifestName, maxManifest)
	}
	m := &Manifest{SHA256: hashOf(body)}
	if err := json.Unmarshal(body, m); err != nil {
		return nil, fmt.Errorf("reading %s: %w", manifestName, err)
	}
	if m.Schema != manifestSchema {
		return nil, fmt.Errorf("%s has the schema %q, and this program knows %q", manifestName, m.Schema, manifestSchema)
	}
	return m, nil
}

// filesOf lists what a folder holds, but for its manifest and its folders.
func filesOf(root *os.Root) (map[string]bool, error) {
	names := map[string]bool{}
	err := fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !e.IsDir() && name != manifestName {
			names[name] = true
		}
		if len(names) > maxListed {
			return errors.New("too many files")
		}
		return nil
	})
	return names, err
}

// compare says what is wrong with a listed file, or nothing.
func compare(root *os.Root, o OutputEntry) (what string, err error) {
	path := filepath.FromSlash(o.Name)
	st, err := root.Lstat(path)
	if err != nil {
		return "", err
	}
	if !st.Mode().IsRegular() {
		return "is not a plain file", nil
	}
	if st.Size() != o.Size {
		return fmt.Sprintf("has %d bytes, and had %d when it was published", st.Size(), o.Size), nil
	}
	f, err := root.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("reading %s: %w", o.Name, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != o.SHA256 {
		return "has changed since it was published", nil
	}
	return "", nil
}
