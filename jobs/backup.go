package jobs

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"prorata/jobs/durable"
	"prorata/jobs/ledger"
)

// A backup is one file, a tar compressed with zstd: the ledger as of its last
// commit with its segments and inputs, what waits for the night, and the state of
// the schedule and the notices. Its last entry lists every other with its SHA-256. The
// folders of reports are not in it: they never change, and are copied as they are.

// BackupReport says what is in a backup.
type BackupReport struct {
	Runs    int    `json:"runs"`
	AsOf    string `json:"as_of,omitempty"` // of the last run
	Files   int    `json:"files"`           // in the backup
	Bytes   int64  `json:"bytes"`           // of them, before compression
	Path    string `json:"path"`
	Version string `json:"version"` // of the program that wrote it
}

// backupList is the last entry of a backup.
type backupList struct {
	BackupReport
	Entries []backupEntry `json:"entries"`
}

type backupEntry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

const (
	backupListName = "backup.json"
	backupLedger   = "ledger.db"
	backupTries    = 5
)

// besideLedger lists what lies beside a ledger at PATH as PATH + suffix, in the
// order in which a restored ledger is put into place: the ledger itself is last,
// so that one that is there is whole.
var besideLedger = []string{".segments", ".archive", ".waiting", ".schedule.json", ".notices.json", ""}

// Backup writes a backup of the ledger at a path, also while a night runs. A file
// that is there is never written over. progress is told of what is packed.
func Backup(ctx context.Context, path, file, version string, progress Progress) (*BackupReport, error) {
	if _, err := os.Lstat(file); err == nil {
		return nil, fmt.Errorf("%s is there already; choose another name", file)
	}
	if err := ledger.Exists(path); err != nil {
		return nil, err
	}
	temp, remove, err := temporary(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("backing up %s: %w", path, err)
	}
	defer remove()
	list := &backupList{BackupReport: BackupReport{Path: file, Version: version}}
	dir, err := list.copy(ctx, path, temp)
	if err == nil {
		err = durable.Write(durable.BackupRename, file, durable.Private, func(f *os.File) error { return list.pack(ctx, f, dir, progress) })
	}
	if err != nil {
		return nil, fmt.Errorf("backing up %s: %w", path, err)
	}
	return &list.BackupReport, nil
}

// copy makes a whole copy in a folder. What waits is copied before the ledger is,
// so that a file that a night takes meanwhile is in one of the two, or in both (IMP-9).
func (b *backupList) copy(ctx context.Context, path, temp string) (dir string, err error) {
	for try := range backupTries {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		dir = filepath.Join(temp, fmt.Sprint(try))
		if err = os.Mkdir(dir, 0o700); err != nil {
			return "", err
		}
		if err = b.copyOnce(path, filepath.Join(dir, backupLedger)); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("after %d tries: %w", backupTries, err)
}

func (b *backupList) copyOnce(path, to string) error {
	for _, suffix := range besideLedger[2:5] {
		if err := copyTree(path+suffix, to+suffix); err != nil {
			return err
		}
	}
	if err := ledger.Copy(path, to); err != nil {
		return err
	}
	return b.check(to)
}

// check opens a copy and notes what it is.
func (b *backupList) check(path string) error {
	l, err := ledger.OpenReader(path)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := l.Whole(); err != nil {
		return err
	}
	last, err := l.LastRun()
	b.Runs, b.AsOf = last.N, ""
	if last.N > 0 {
		b.AsOf = last.AsOf.String()
	}
	return err
}

// copyTree copies a file or the files of a folder; one that vanishes meanwhile,
// or is not there, is left out.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir() && rel != "." && strings.HasPrefix(rel, "."):
			return fs.SkipDir // it is being copied
		case d.IsDir():
			return os.MkdirAll(target, 0o700)
		case !d.Type().IsRegular():
			return nil
		}
		if err := ledger.CopyFile(path, target); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

func (b *backupList) pack(ctx context.Context, out io.Writer, dir string, progress Progress) error {
	names, size, err := backedUp(dir)
	if err != nil {
		return err
	}
	z, err := zstd.NewWriter(out)
	if err != nil {
		return err
	}
	t, tell := tar.NewWriter(z), &copying{progress: progress, what: "packing", of: size}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.entry(t, filepath.ToSlash(name), filepath.Join(dir, name), tell); err != nil {
			return err
		}
	}
	body, err := json.Marshal(b)
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: backupListName, Mode: 0o600, Size: int64(len(body)), ModTime: time.Unix(0, 0)}); err != nil {
		return err
	}
	if _, err := t.Write(body); err != nil {
		return err
	}
	return errors.Join(t.Close(), z.Close())
}

// backedUp lists the files of a copy, in the order in which they are packed.
func backedUp(dir string) (names []string, size int64, err error) {
	for _, suffix := range besideLedger {
		err := filepath.WalkDir(filepath.Join(dir, backupLedger+suffix), func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() {
				return err
			}
			st, err := d.Info()
			if err != nil {
				return err
			}
			name, err := filepath.Rel(dir, path)
			names, size = append(names, name), size+st.Size()
			return err
		})
		if err != nil {
			return nil, 0, err
		}
	}
	return names, size, nil
}

func (b *backupList) entry(t *tar.Writer, name, path string, tell io.Writer) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: st.Size(), ModTime: time.Unix(0, 0)}); err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(t, h, tell), f); err != nil {
		return err
	}
	b.Entries = append(b.Entries, backupEntry{name, st.Size(), hex.EncodeToString(h.Sum(nil))})
	b.Files, b.Bytes = b.Files+1, b.Bytes+st.Size()
	return nil
}
