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

// Store takes an input into the archive under its hash; Known says that a run
// before has read the same bytes. Another goroutine than the one that takes the
// rows may call it, one file after the other, before Commit or Rollback: what it
// asks the database is how things were when the run began.
func (i *Import) Store(r io.Reader) (File, error) {
	if f, ok, err := i.seenBefore(r); err != nil || ok {
		return f, err
	}
	f, err := i.keepFile(r)
	if err != nil {
		return File{}, fmt.Errorf("copying it into the archive: %w", err)
	}
	return f, nil
}

// seenBefore spares the copying where a file of the same size was read before
// and has the same bytes. It leaves r where it was.
func (i *Import) seenBefore(r io.Reader) (File, bool, error) {
	s, ok := r.(io.ReadSeeker)
	if !ok {
		return File{}, false, nil
	}
	begin, err := s.Seek(0, io.SeekCurrent)
	if err != nil {
		return File{}, false, nil // a pipe
	}
	end, err := s.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = s.Seek(begin, io.SeekStart)
	}
	if err != nil {
		return File{}, false, fmt.Errorf("reading a file: %w", err)
	}
	if _, ok, err := i.l.oneFile(i.ctx, i.l.db, "size = ?", end-begin); err != nil || !ok {
		return File{}, false, err
	}
	sum, _, err := copyHashed(nil, s)
	if err == nil {
		_, err = s.Seek(begin, io.SeekStart)
	}
	if err != nil {
		return File{}, false, fmt.Errorf("reading a file: %w", err)
	}
	f, ok, err := i.l.oneFile(i.ctx, i.l.db, "sha256 = ?", sum)
	f.Known = ok
	return f, ok, err
}

// keepFile copies an input into the archive. Making 300 MB durable takes as long as
// reading them and happens meanwhile; the commit waits for it.
func (i *Import) keepFile(r io.Reader) (f File, err error) {
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
	if known, ok, err := i.l.oneFile(i.ctx, i.l.db, "sha256 = ?", f.SHA256); err != nil || ok {
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
