package ledger

import (
	"bytes"
	"fmt"
	"os"
	"sort"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/s2"
)

// segmentCursor walks over one segment and holds one page of it.
type segmentCursor struct {
	seg    *segment
	f      *os.File
	n      int // of the page it holds; -1 is none
	stored []byte
	page   []byte
	pageReader
	valid bool // it stands on an item
	// Nothing lies between floor and the current item, if sought is set.
	sought bool
	floor  []byte
}

func (c *segmentCursor) load(n int) error {
	c.valid = false
	d := &c.seg.dir
	if n >= len(d.first) {
		return nil
	}
	c.n = -1
	size := int(d.at[n+1] - d.at[n])
	c.stored = sized(c.stored, size)
	if _, err := c.f.ReadAt(c.stored, d.at[n]); err != nil {
		return fmt.Errorf("reading page %d of %s: %w", n+1, c.seg.path, err)
	}
	if sum := xxhash.Sum64(c.stored); sum != d.sum[n] {
		return c.seg.damaged(n+1, fmt.Sprintf("its hash is %016x, not %016x", sum, d.sum[n]))
	}
	page := c.stored
	if size != int(d.raw[n]) {
		c.page = sized(c.page, int(d.raw[n]))
		got, err := s2.Decode(c.page, c.stored)
		if err != nil || len(got) != int(d.raw[n]) {
			return c.seg.damaged(n+1, "it cannot be decompressed")
		}
		page = got
	}
	if err := c.open(page); err != nil {
		return c.seg.damaged(n+1, err.Error())
	}
	c.n = n
	return nil
}

// sized is a slice of n bytes, the same one where it is large enough.
func sized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n, n+n/8)
	}
	return b[:n]
}

// next moves on; at the end valid is false.
func (c *segmentCursor) next() error {
	c.sought = false
	for c.n >= 0 {
		ok, err := c.pageReader.next()
		if err != nil {
			return c.seg.damaged(c.n+1, err.Error())
		}
		if ok {
			c.valid = true
			return nil
		}
		if c.n+1 >= len(c.seg.dir.first) {
			break
		}
		if err := c.load(c.n + 1); err != nil {
			return err
		}
	}
	c.valid = false
	return nil
}

// seek moves to the first item at or after key.
func (c *segmentCursor) seek(key []byte) error {
	if c.sought && bytes.Compare(c.floor, key) <= 0 && (!c.valid || bytes.Compare(key, c.key) <= 0) {
		return nil
	}
	first := c.seg.dir.first
	if !c.within(key) {
		// The last page that begins below key: equal keys may begin on it.
		n := sort.Search(len(first), func(i int) bool { return bytes.Compare(first[i], key) >= 0 })
		if n = max(n-1, 0); n != c.n {
			if err := c.load(n); err != nil {
				return err
			}
		}
	}
	ok, err := c.pageReader.seek(key)
	if err != nil {
		return c.seg.damaged(c.n+1, err.Error())
	}
	if c.valid = ok; !ok {
		if err := c.next(); err != nil {
			return err
		}
	}
	c.floor, c.sought = append(c.floor[:0], key...), true
	return nil
}

// within reports whether the first item at or after key is on the page held.
func (c *segmentCursor) within(key []byte) bool {
	first := c.seg.dir.first
	return c.n >= 0 && bytes.Compare(first[c.n], key) < 0 && (c.n+1 == len(first) || bytes.Compare(key, first[c.n+1]) <= 0)
}

// cursor walks over all segments of a shelf in the order of keys; equal keys
// come in the order of segments. Key and Value are views that hold until it
// moves. It is for one goroutine; any number of cursors may be open.
type cursor struct {
	all  []*segmentCursor
	heap []*segmentCursor
	err  error
}

func newCursor(segments []*segment) (*cursor, error) {
	c := &cursor{}
	for _, s := range segments {
		f, err := s.open()
		if err != nil {
			c.Close()
			return nil, err
		}
		c.all = append(c.all, &segmentCursor{seg: s, f: f, n: -1})
	}
	return c, nil
}

// Close frees the files.
func (c *cursor) Close() {
	for _, s := range c.all {
		s.f.Close()
	}
	c.all, c.heap = nil, nil
}

// Err is the error that ended the walk, if one did.
func (c *cursor) Err() error { return c.err }

// Seek moves to the first item at or after key, and reports whether there is one.
func (c *cursor) Seek(key []byte) bool {
	c.heap = c.heap[:0]
	for _, s := range c.all {
		if err := s.seek(key); err != nil {
			return c.fail(err)
		}
		if s.valid {
			c.heap = append(c.heap, s)
		}
	}
	for i := len(c.heap)/2 - 1; i >= 0; i-- {
		c.sink(i)
	}
	return len(c.heap) > 0
}

// Next moves to the next item, and reports whether there is one.
func (c *cursor) Next() bool {
	if len(c.heap) == 0 {
		return false
	}
	top := c.heap[0]
	if err := top.next(); err != nil {
		return c.fail(err)
	}
	if !top.valid {
		n := len(c.heap) - 1
		c.heap[0] = c.heap[n]
		c.heap = c.heap[:n]
	}
	if len(c.heap) > 1 {
		c.sink(0)
	}
	return len(c.heap) > 0
}

func (c *cursor) fail(err error) bool {
	if c.err == nil {
		c.err = err
	}
	c.heap = c.heap[:0]
	return false
}

func (c *cursor) Key() []byte   { return c.heap[0].key }
func (c *cursor) Value() []byte { return c.heap[0].value }

func (c *cursor) less(i, j int) bool {
	a, b := c.heap[i], c.heap[j]
	if n := bytes.Compare(a.key, b.key); n != 0 {
		return n < 0
	}
	return a.seg.id < b.seg.id
}

func (c *cursor) sink(i int) {
	for {
		small := 2*i + 1
		if small >= len(c.heap) {
			return
		}
		if r := small + 1; r < len(c.heap) && c.less(r, small) {
			small = r
		}
		if !c.less(small, i) {
			return
		}
		c.heap[i], c.heap[small] = c.heap[small], c.heap[i]
		i = small
	}
}
