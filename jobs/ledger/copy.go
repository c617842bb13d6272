package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Copy makes a second ledger of the last commit of the one at a path, also while
// another process writes to it. Segments and inputs never change, so they are
// linked where the file system can, and copied where it cannot. Where there is no
// ledger nothing is made.
func Copy(from, to string) error {
	l, err := OpenReader(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer l.Close()
	if to, err = filepath.Abs(to); err != nil {
		return fmt.Errorf("copying ledger %s: %w", from, err)
	}
	// It writes to the copy alone, which query_only does not know.
	if _, err := l.db.Exec("PRAGMA query_only(0); VACUUM INTO ?", to); err != nil {
		return fmt.Errorf("copying ledger %s: %w", from, err)
	}
	for _, suffix := range []string{segmentsSuffix, archiveSuffix} {
		if err := linkFolder(l.path+suffix, to+suffix); err != nil {
			return fmt.Errorf("copying ledger %s: %w", from, err)
		}
	}
	if err := seal(to); err != nil {
		return fmt.Errorf("copying ledger %s: %w", from, err)
	}
	return nil
}

// linkFolder links or copies the files of a folder.
func linkFolder(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		if !d.Type().IsRegular() || d.Name() == sealName || os.Link(path, target) == nil {
			return nil
		}
		return CopyFile(path, target)
	})
}

// CopyFile copies a file into a folder that nobody else looks into, as one that was not
// there and that the user alone can read.
func CopyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
