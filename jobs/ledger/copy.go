package ledger

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Copy makes a second ledger of the last commit of the one at a path, also while
// another process writes to it: of the database, and of the segments and inputs that
// it names, not of what a night is reading. Those never change, so they are linked
// where the file system can, and copied where it cannot. Where there is no ledger
// nothing is made.
func Copy(from, to string) error {
	l, err := OpenReader(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer l.Close()
	if err := l.copy(to); err != nil {
		return fmt.Errorf("copying ledger %s: %w", from, err)
	}
	return nil
}

func (l *Ledger) copy(to string) error {
	// It writes to the copy alone, which query_only does not know.
	if _, err := l.db.Exec("PRAGMA query_only(0); VACUUM INTO ?", to); err != nil {
		return err
	}
	c, err := OpenReader(to)
	if err != nil {
		return err
	}
	defer c.Close()
	names, err := c.parts()
	if err = errors.Join(err, c.makeFolders()); err != nil {
		return err
	}
	for _, name := range names {
		source, target := l.path+strings.TrimPrefix(name, c.path), name
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		if os.Link(source, target) == nil {
			continue
		}
		if err := CopyFile(source, target); err != nil {
			return err
		}
	}
	return seal(c.path)
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
