package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"prorata/jobs/durable"
)

// A seal is the SHA-256 of the database as its last writer left it, in a file
// beside the segments. It makes a change of any byte seen, also of bytes that mean
// nothing to SQLite. Whoever opens the ledger to write breaks it first, so that a
// crash leaves none: then nothing is claimed.
const sealName = "database.sha256"

func sealOf(path string) string { return filepath.Join(path+segmentsSuffix, sealName) }

// unseal is done before the first write: on a damaged database nothing is built.
func (l *Ledger) unseal() error {
	broken, err := l.brokenSeal()
	if err != nil {
		return err
	}
	if broken != "" {
		return damaged(broken)
	}
	switch err := os.Remove(sealOf(l.path)); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return durable.Folder(l.segmentFolder())
}

// damaged is what is wrong with a database.
type damaged string

func (d damaged) Error() string { return string(d) }

// seal is done when the database is closed and the lock is still held. Where
// another process reads, its last pages may be in the log beside it, and it stays
// unsealed.
func seal(path string) error {
	if st, err := os.Stat(path + "-wal"); err == nil && st.Size() > 0 {
		return nil
	}
	sum, err := FileSum(path)
	if err != nil {
		return err
	}
	temp := sealOf(path) + tempSuffix
	if err := os.WriteFile(temp, []byte(sum), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, sealOf(path))
}

// brokenSeal says what is wrong with the database file, or nothing.
func (l *Ledger) brokenSeal() (string, error) {
	read := func() (string, error) {
		b, err := os.ReadFile(sealOf(l.path))
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		return string(b), err
	}
	want, err := read()
	if err != nil || want == "" {
		return "", err
	}
	sum, err := FileSum(l.path)
	if err != nil || sum == want {
		return "", err
	}
	if now, err := read(); err != nil || now != want { // a writer came meanwhile
		return "", err
	}
	return fmt.Sprintf("the ledger's database %s, or its seal %s, has changed since it was last closed: its SHA-256 is %s, not %s; restore the ledger from a backup",
		l.path, sealOf(l.path), sum, want), nil
}

// FileSum is the SHA-256 of a file in hexadecimal.
func FileSum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return sumOf(f)
}

func sumOf(r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
