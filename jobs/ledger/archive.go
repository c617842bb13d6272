package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The archive keeps every input under its SHA-256; names that come with files
// are never part of a path.

// archived is the place of an input: 64 hex digits, the first two a folder.
func (l *Ledger) archived(sum string) string {
	if len(sum) != 64 || strings.Trim(sum, "0123456789abcdef") != "" {
		return filepath.Join(l.archiveFolder(), "no-such-input")
	}
	return filepath.Join(l.archiveFolder(), sum[:2], sum)
}

const copyChunk = 1 << 18

// hashing reads on and hashes at the same time: the hash of one chunk is taken
// while the next is read and written.
type hashing struct {
	chunks chan []byte
	free   chan []byte
	sum    chan string
}

func newHashing() *hashing {
	h := &hashing{chunks: make(chan []byte, 4), free: make(chan []byte, 6), sum: make(chan string, 1)}
	for range cap(h.free) {
		h.free <- nil
	}
	go func() {
		d := sha256.New()
		for b := range h.chunks {
			d.Write(b)
			h.free <- b
		}
		h.sum <- hex.EncodeToString(d.Sum(nil))
	}()
	return h
}

// copyHashed copies r to w, which may be nil, and returns the SHA-256 and the size.
func copyHashed(w io.Writer, r io.Reader) (sum string, size int64, err error) {
	h := newHashing()
	for err == nil {
		b := <-h.free
		if b == nil {
			b = make([]byte, copyChunk)
		}
		var n int
		n, err = io.ReadFull(r, b[:copyChunk])
		h.chunks <- b[:n]
		size += int64(n)
		if w != nil && n > 0 {
			if _, werr := w.Write(b[:n]); werr != nil {
				err = werr
			}
		}
	}
	close(h.chunks)
	sum = <-h.sum
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return sum, size, err
}

// store copies an input into the archive under its hash. Making 300 MB
// durable takes as long as reading them and happens meanwhile; the commit waits
// for it.
func (i *Import) store(r io.Reader) (f File, err error) {
	tmp, err := os.CreateTemp(i.l.archiveFolder(), "input-*"+tempSuffix)
	if err != nil {
		return File{}, err
	}
	keep := false
	defer func() {
		if !keep {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if f.SHA256, f.Size, err = copyHashed(tmp, r); err != nil {
		return File{}, err
	}
	if known, ok, err := i.l.oneFile(i.ctx, i.tx, "sha256 = ?", f.SHA256); err != nil || ok {
		known.Known = ok
		return known, err
	}
	f.Path = i.l.archived(f.SHA256)
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return File{}, err
	}
	// A file that a crash has left under this name may be cut off: it is replaced.
	if err := guarded(FailArchiveRename, func() error { return os.Rename(tmp.Name(), f.Path) }); err != nil {
		return File{}, err
	}
	keep = true
	i.durable.Go(func() error {
		defer tmp.Close()
		if err := guarded(FailArchiveSync, tmp.Sync); err != nil {
			return fmt.Errorf("making %s durable: %w", f.Path, err)
		}
		return syncDir(filepath.Dir(f.Path))
	})
	return f, nil
}
