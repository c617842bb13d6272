package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/s2"

	"prorata/jobs/durable"
)

// A segment is a sorted run of pages in a file of its own, written once and
// never changed. It counts from the moment in which a transaction of the
// database names it; before that it is durable, and a file that no transaction
// names is swept away when the ledger is opened next. The database holds the
// hash of its directory, the directory the hash of each page.
//
//	pages | directory | footer: length and hash of the directory, mark
type segment struct {
	id    int64
	shelf shelf
	run   int // that wrote it
	items int64
	bytes int64  // of its pages before compression
	hash  uint64 // of the directory

	path string
	once sync.Once
	dir  directory
	err  error
}

// directory says where the pages of a segment are and with which key each begins.
type directory struct {
	first [][]byte
	at    []int64  // where the page begins; one more than there are pages
	raw   []uint32 // its length before compression; equal to its length where it is not compressed
	sum   []uint64 // of the page as stored
}

const (
	footerSize   = 20
	segmentMark  = 0x31474553 // "SEG1"
	maxDirectory = 1 << 30
)

// DamagedError says that stored bytes are not those that were written.
type DamagedError struct {
	Path  string // of the file
	Shelf string // what it holds
	Page  int    // from 1; 0 is its directory
	Why   string
}

func (e *DamagedError) Error() string {
	part := "the directory"
	if e.Page > 0 {
		part = fmt.Sprintf("page %d", e.Page)
	}
	return fmt.Sprintf("%s of %s (%s) is damaged: %s; restore the ledger from a copy", part, e.Path, e.Shelf, e.Why)
}

func (s *segment) damaged(page int, why string) error {
	return &DamagedError{s.path, s.shelf.String(), page, why}
}

func segmentPath(folder string, id int64) string {
	return filepath.Join(folder, fmt.Sprintf("%08d%s", id, segmentSuffix))
}

// segmentWriter writes a segment. Keys come in ascending order; equal ones are allowed.
type segmentWriter struct {
	seg    *segment
	f      *os.File
	page   pageBuilder
	last   []byte
	out    []byte // pages not yet written
	packed []byte
	skip   int // pages that are not tried to be compressed
	at     int64
	dir    []byte
	pages  int
}

const writeSize = 1 << 18

func newSegmentWriter(folder string, id int64, s shelf, run int) (*segmentWriter, error) {
	// A file of that name was left by what was rolled back; it may be a link that
	// a copy of the ledger shares (see Copy), so it is never written into.
	path := segmentPath(folder, id)
	err := removeIfThere(path)
	var f *os.File
	if err == nil {
		f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("creating a segment of the ledger: %w", err)
	}
	return &segmentWriter{seg: &segment{id: id, shelf: s, run: run, path: path}, f: f}, nil
}

func (w *segmentWriter) add(key, value []byte) error {
	if len(key) > maxKey || len(value) > maxValue {
		return fmt.Errorf("writing %s: an item of %d and %d bytes is too large", w.seg.shelf, len(key), len(value))
	}
	if c := bytes.Compare(key, w.last); c < 0 {
		return fmt.Errorf("writing %s: %q comes after %q", w.seg.shelf, key, w.last)
	}
	w.last = append(w.last[:0], key...)
	w.page.add(key, value)
	w.seg.items++
	if len(w.page.buf) >= pageSize {
		return w.closePage()
	}
	return nil
}

func (w *segmentWriter) closePage() error {
	raw := w.page.bytes()
	stored := w.compressed(raw)
	w.out = append(w.out, stored...)
	w.dir = binary.AppendUvarint(w.dir, uint64(len(stored)))
	w.dir = binary.AppendUvarint(w.dir, uint64(len(raw)))
	w.dir = binary.LittleEndian.AppendUint64(w.dir, xxhash.Sum64(stored))
	w.dir = binary.AppendUvarint(w.dir, uint64(len(w.page.first)))
	w.dir = append(w.dir, w.page.first...)
	w.seg.bytes += int64(len(raw))
	w.pages++
	w.page.reset()
	if len(w.out) >= writeSize {
		return w.flush()
	}
	return nil
}

// A page is stored compressed where a quarter is saved. Items of one shelf are
// alike, so when one page does not save it, the next ones are not tried.
const untried = 15

func (w *segmentWriter) compressed(raw []byte) []byte {
	if w.skip > 0 {
		w.skip--
		return raw
	}
	w.packed = sized(w.packed, s2.MaxEncodedLen(len(raw)))
	if stored := s2.Encode(w.packed, raw); len(stored) <= len(raw)*3/4 {
		return stored
	}
	w.skip = untried
	return raw
}

func (w *segmentWriter) flush() error {
	n, err := w.f.Write(w.out)
	w.at += int64(n)
	w.out = w.out[:0]
	if err != nil {
		return fmt.Errorf("writing %s: %w", w.seg.path, err)
	}
	return nil
}

// finish writes the end of the segment; sync makes it durable. One without items
// leaves nothing and is nil.
func (w *segmentWriter) finish() (*segment, error) {
	if w.page.items > 0 {
		if err := w.closePage(); err != nil {
			w.abandon()
			return nil, err
		}
	}
	if w.seg.items == 0 {
		w.abandon()
		return nil, nil
	}
	w.seg.hash = xxhash.Sum64(w.dir)
	w.out = append(w.out, w.dir...)
	w.out = binary.LittleEndian.AppendUint64(w.out, uint64(len(w.dir)))
	w.out = binary.LittleEndian.AppendUint64(w.out, w.seg.hash)
	w.out = binary.LittleEndian.AppendUint32(w.out, segmentMark)
	if err := w.flush(); err != nil {
		w.abandon()
		return nil, err
	}
	return w.seg, nil
}

// sync makes a finished segment durable and closes its file.
func (w *segmentWriter) sync() error {
	if err := durable.Step(durable.SegmentSync, w.f.Sync); err != nil {
		w.f.Close()
		return fmt.Errorf("making %s durable: %w", w.seg.path, err)
	}
	if err := w.f.Close(); err != nil {
		return fmt.Errorf("closing %s: %w", w.seg.path, err)
	}
	return nil
}

// abandon removes what was written; the sweep does it where that fails.
func (w *segmentWriter) abandon() {
	w.f.Close()
	os.Remove(w.seg.path)
}

// open reads the directory, once, and opens the file for its pages.
func (s *segment) open() (*os.File, error) {
	f, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening %s of the ledger: %w; if it stays so, restore the ledger from a copy", s.shelf, err)
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s of the ledger: %w", s.shelf, err)
	}
	s.once.Do(func() { s.err = s.readDirectory(f) })
	if s.err != nil {
		f.Close()
		return nil, s.err
	}
	return f, nil
}

func (s *segment) readDirectory(f *os.File) error {
	st, err := f.Stat()
	if err != nil {
		return fmt.Errorf("reading %s: %w", s.path, err)
	}
	if st.Size() < footerSize {
		return s.damaged(0, "it is cut off")
	}
	var foot [footerSize]byte
	if _, err := f.ReadAt(foot[:], st.Size()-footerSize); err != nil {
		return fmt.Errorf("reading %s: %w", s.path, err)
	}
	n := binary.LittleEndian.Uint64(foot[:])
	if binary.LittleEndian.Uint32(foot[16:]) != segmentMark || n > uint64(min(st.Size()-footerSize, maxDirectory)) {
		return s.damaged(0, "its end is not one of a segment")
	}
	b := make([]byte, n)
	if _, err := f.ReadAt(b, st.Size()-footerSize-int64(n)); err != nil {
		return fmt.Errorf("reading %s: %w", s.path, err)
	}
	if sum := xxhash.Sum64(b); sum != s.hash || binary.LittleEndian.Uint64(foot[8:]) != sum {
		return s.damaged(0, fmt.Sprintf("its hash is %016x, not %016x", sum, s.hash))
	}
	if !s.dir.parse(b) || s.dir.at[len(s.dir.first)] != st.Size()-footerSize-int64(n) {
		return s.damaged(0, errPage.Error())
	}
	return nil
}

func (d *directory) parse(b []byte) bool {
	d.at = append(d.at, 0)
	for len(b) > 0 {
		stored, n := binary.Uvarint(b)
		if n <= 0 || stored > maxValue*2 {
			return false
		}
		b = b[n:]
		raw, n := binary.Uvarint(b)
		if n <= 0 || raw > maxValue*2 || len(b) < n+8 {
			return false
		}
		sum := binary.LittleEndian.Uint64(b[n:])
		b = b[n+8:]
		k, n := binary.Uvarint(b)
		if n <= 0 || k > uint64(len(b)-n) {
			return false
		}
		d.first = append(d.first, b[n:n+int(k)])
		d.at = append(d.at, d.at[len(d.at)-1]+int64(stored))
		d.raw = append(d.raw, uint32(raw))
		d.sum = append(d.sum, sum)
		b = b[n+int(k):]
	}
	return true
}
