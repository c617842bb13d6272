package ledger

import (
	"bytes"
	"fmt"
	"os"
	"sort"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/s2"
)

// segmentCursor walks over one segment. It holds the page it stands on and the
// one before, so that what lies across two pages can be walked twice.
type segmentCursor struct {
	seg *segment
	f   *os.File
	loadedPage
	before loadedPage
	pageReader
	valid bool // it stands on an item
	// Nothing lies between floor and the current item, if sought is set.
	sought bool
	floor  []byte
}

// loadedPage is memory that holds a page.
type loadedPage struct {
	n      int // which; -1 is none
	stored []byte
	page   []byte
}

// load opens page n.
func (c *segmentCursor) load(n int) error {
	c.valid = false
	c.loadedPage, c.before = c.before, c.loadedPage
	if c.n != n {
		if err := c.read(c.seg, c.f, n); err != nil {
			return err
		}
	}
	page := c.page
	if len(c.stored) == int(c.seg.dir.raw[n]) {
		page = c.stored
	}
	if err := c.open(page); err != nil {
		return c.seg.damaged(n+1, err.Error())
	}
	return nil
}

// read takes page n from the file and checks it.
func (p *loadedPage) read(s *segment, f *os.File, n int) error {
	p.n = -1
	at, raw := s.dir.at[n], int(s.dir.raw[n])
	p.stored = sized(p.stored, int(s.dir.at[n+1]-at))
	if _, err := f.ReadAt(p.stored, at); err != nil {
		return fmt.Errorf("reading page %d of %s: %w", n+1, s.path, err)
	}
	if sum := xxhash.Sum64(p.stored); sum != s.dir.sum[n] {
		return s.damaged(n+1, fmt.Sprintf("its hash is %016x, not %016x", sum, s.dir.sum[n]))
	}
	if len(p.stored) != raw { // see segmentWriter.closePage
		p.page = sized(p.page, raw)
		if got, err := s2.Decode(p.page, p.stored); err != nil || len(got) != raw {
			return s.damaged(n+1, "it cannot be decompressed")
		}
	}
	p.n = n
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
		c.all = append(c.all, &segmentCursor{seg: s, f: f, loadedPage: loadedPage{n: -1}, before: loadedPage{n: -1}})
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

// nearby is how many items Advance walks over before it searches.
const nearby = 4

// Advance is Seek for keys that ascend: what is sought is often the next item.
func (c *cursor) Advance(key []byte) bool {
	for range nearby {
		if len(c.heap) == 0 || bytes.Compare(c.Key(), key) >= 0 {
			break
		}
		c.Next()
	}
	if len(c.heap) > 0 && bytes.Compare(c.Key(), key) >= 0 {
		return true
	}
	return c.err == nil && c.Seek(key)
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
