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
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"prorata/invoicing"
	"prorata/jobs/durable"
)

// maxBackupWindow is how many bytes of memory unpacking takes at most.
const maxBackupWindow = 1 << 28

// Restore puts the ledger of a backup to a path where there is none. It appears
// whole or not at all: every file is compared with the list of the backup first.
func Restore(ctx context.Context, file, to string, progress Progress) (*BackupReport, error) {
	for _, suffix := range besideLedger {
		if _, err := os.Lstat(to + suffix); err == nil {
			return nil, fmt.Errorf("%s is there already; move it away, or name another ledger", to+suffix)
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return nil, fmt.Errorf("restoring %s: %w", file, err)
	}
	temp, remove, err := temporary(filepath.Dir(to))
	if err != nil {
		return nil, fmt.Errorf("restoring %s: %w", file, err)
	}
	defer remove()
	list, err := unpack(ctx, file, temp, progress)
	if err == nil {
		err = list.appear(temp, to)
	}
	if err != nil {
		return nil, fmt.Errorf("restoring %s: %w", file, err)
	}
	list.Path = to
	return &list.BackupReport, nil
}

// unpack writes the entries of a backup into a folder, and returns its list.
func unpack(ctx context.Context, file, dir string, progress Progress) (*backupList, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	packed := io.TeeReader(f, &copying{progress: progress, what: "unpacking", of: st.Size()})
	z, err := zstd.NewReader(packed, zstd.WithDecoderMaxWindow(maxBackupWindow))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	root, err := os.OpenRoot(dir) // no name in the backup leads out of it
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var got []backupEntry
	for t := tar.NewReader(z); ; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("it is cut off: its list is missing")
		}
		if err != nil {
			return nil, fmt.Errorf("it is no backup, or is damaged: %w", err)
		}
		if h.Name == backupListName {
			return readList(t, got)
		}
		e, err := unpackEntry(root, h, t)
		if err != nil {
			return nil, err
		}
		got = append(got, e)
	}
}

// unpackEntry writes one file; its name must be one that a backup has.
func unpackEntry(root *os.Root, h *tar.Header, from io.Reader) (backupEntry, error) {
	known := slices.ContainsFunc(besideLedger, func(suffix string) bool {
		return h.Name == backupLedger+suffix || suffix != "" && strings.HasPrefix(h.Name, backupLedger+suffix+"/")
	})
	if !known || h.Typeflag != tar.TypeReg || path.Clean(h.Name) != h.Name || isSparse(h) {
		return backupEntry{}, fmt.Errorf("it is no backup: it has %q", h.Name)
	}
	if err := root.MkdirAll(filepath.FromSlash(path.Dir(h.Name)), 0o700); err != nil {
		return backupEntry{}, err
	}
	out, err := root.OpenFile(filepath.FromSlash(h.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return backupEntry{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, sum), from)
	if err == nil {
		err = out.Sync()
	}
	return backupEntry{h.Name, n, hex.EncodeToString(sum.Sum(nil))}, errors.Join(err, out.Close())
}

// isSparse reports whether an entry has holes, which a backup never has: a few bytes
// would fill the disk with zeros.
func isSparse(h *tar.Header) bool {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// readList reads the list, which is no longer than those of what was unpacked are,
// and compares it with that.
func readList(from io.Reader, got []backupEntry) (*backupList, error) {
	longest := int64(4096)
	for i := range got {
		longest += int64(6*len(got[i].Name)) + 256
	}
	list := &backupList{}
	if err := json.NewDecoder(io.LimitReader(from, longest)).Decode(list); err != nil {
		return nil, fmt.Errorf("its list is damaged: %w", err)
	}
	if len(list.Entries) != len(got) {
		return nil, fmt.Errorf("it has %s, and its list %d", invoicing.Counted(len(got), "file", "files"), len(list.Entries))
	}
	for i, e := range list.Entries {
		if got[i] != e {
			return nil, fmt.Errorf("%s is not as it was written: SHA-256 %s, not %s", e.Name, got[i].SHA256, e.SHA256)
		}
	}
	return list, nil
}

// appear checks the ledger that was unpacked and puts it into place.
func (b *backupList) appear(dir, to string) error {
	restored := backupList{}
	if err := restored.check(filepath.Join(dir, backupLedger)); err != nil {
		return err
	}
	if restored.Runs != b.Runs || restored.AsOf != b.AsOf {
		return fmt.Errorf("its ledger has %s, and its list %d", invoicing.Counted(restored.Runs, "run", "runs"), b.Runs)
	}
	for _, suffix := range besideLedger {
		from := filepath.Join(dir, backupLedger+suffix)
		if _, err := os.Lstat(from); err != nil {
			continue
		}
		if err := durable.Rename(durable.RestoreRename, from, to+suffix); err != nil {
			return err
		}
	}
	return durable.Folder(filepath.Dir(to))
}
