package ledger

import (
	"hash/maphash"
	"math"
	"sync"

	"prorata/invoicing/money"
)

// put writes an unsigned varint: seven bits a byte, the lowest first.
func (c *codec) put(v uint64) {
	for v >= 0x80 {
		c.out = append(c.out, byte(v)|0x80)
		v >>= 7
	}
	c.out = append(c.out, byte(v))
}

func (c *codec) get() uint64 {
	if c.at < len(c.in) && c.in[c.at] < 0x80 {
		c.at++
		return uint64(c.in[c.at-1])
	}
	return c.getLong()
}

func (c *codec) getLong() (v uint64) {
	for shift := uint(0); shift < 64; shift += 7 {
		if c.at >= len(c.in) {
			c.fail("it ends too soon")
			return 0
		}
		b := c.in[c.at]
		c.at++
		if shift == 63 && b > 1 {
			break
		}
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	c.fail("a number has more than 64 bits")
	return 0
}

// zigzag puts numbers near zero, of either sign, first.
func zigzag(n int64) uint64   { return uint64(n)<<1 ^ uint64(n>>63) }
func unzigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

func (c *codec) int64(p *int64) {
	if c.writing {
		c.put(zigzag(*p))
		return
	}
	*p = unzigzag(c.get())
}

func (c *codec) int(p *int) {
	if c.writing {
		c.put(zigzag(int64(*p)))
		return
	}
	*p = int(unzigzag(c.get()))
}

func (c *codec) bool(p *bool) {
	var n uint8
	if *p {
		n = 1
	}
	code(c, &n)
	if n > 1 {
		c.fail("a yes or no is neither")
	}
	*p = n == 1
}

// code visits an enumeration or a set of one, by number.
func code[T ~uint8 | ~uint32 | ~uint64](c *codec, p *T) {
	if c.writing {
		c.put(uint64(*p))
		return
	}
	v := c.get()
	if *p = T(v); uint64(*p) != v {
		c.fail("a code is too large")
		*p = 0
	}
}

// date is 0 for none, else one more than the zigzag of its distance from the
// date before it in the blob.
func (c *codec) date(p *money.Date) {
	if c.writing {
		if *p == 0 {
			c.put(0)
			return
		}
		c.put(zigzag(int64(*p)-int64(c.date0)) + 1)
		c.date0 = *p
		return
	}
	v := c.get()
	if v == 0 {
		*p = 0
		return
	}
	n := unzigzag(v-1) + int64(c.date0) // a wrap ends far outside of 32 bits too
	if n < math.MinInt32 || n > math.MaxInt32 {
		c.fail("a date is out of range")
		return
	}
	*p = money.Date(n)
	c.date0 = *p
}

// stringTable holds the strings of a large blob, in the order in which they are
// first written.
type stringTable struct {
	seen []string
	// Of the writer: one more than the place in seen, by hash, the next free slot
	// where that is taken; at most half of the slots are. The hash decides no byte.
	slots []uint32
	out   []byte // what is being written, so that only the whole is taken memory for
}

const (
	minShared  = 3       // a shorter string is not worth a place in the table
	maxStrings = 1 << 16 // in a table; those beyond it are spelled out each time
)

var (
	tables    = sync.Pool{New: func() any { return &stringTable{slots: make([]uint32, 1<<10)} }}
	tableSeed = maphash.MakeSeed()
)

// withTable writes a large blob.
func (c codec) withTable(visit func(*codec)) []byte {
	t, dst := tables.Get().(*stringTable), c.out
	c.strings, c.out = t, append(t.out[:0], dst...)
	visit(&c)
	dst = append(dst, c.out[len(dst):]...)
	if len(t.slots) <= 1<<13 { // one blob that is very large does not hold its memory
		clear(t.seen)
		clear(t.slots)
		t.seen, t.out = t.seen[:0], c.out
		tables.Put(t)
	}
	return dst
}

// place returns the place of a string that was written before; one that is new
// gets the next.
func (t *stringTable) place(s string) (place uint64, known bool) {
	at := t.slot(s)
	if t.slots[at] > 0 {
		return uint64(t.slots[at] - 1), true
	}
	if len(t.seen) == maxStrings {
		return 0, false
	}
	t.seen = append(t.seen, s)
	if t.slots[at] = uint32(len(t.seen)); 2*len(t.seen) > len(t.slots) {
		t.slots = make([]uint32, 4*len(t.slots))
		for i, s := range t.seen {
			t.slots[t.slot(s)] = uint32(i + 1)
		}
	}
	return 0, false
}

// slot is where the place of a string is, or would be.
func (t *stringTable) slot(s string) int {
	mask := len(t.slots) - 1
	at := int(maphash.String(tableSeed, s)) & mask
	for t.slots[at] > 0 && t.seen[t.slots[at]-1] != s {
		at = (at + 1) & mask
	}
	return at
}

// str is length<<1 and the bytes, or, in a large blob, place<<1 | 1 of the same
// string before it.
func (c *codec) str(p *string) {
	if c.writing {
		c.putString(*p)
		return
	}
	*p = c.getString()
}

func (c *codec) putString(s string) {
	if c.strings != nil && len(s) >= minShared {
		if i, ok := c.strings.place(s); ok {
			c.put(i<<1 | 1)
			return
		}
	}
	c.put(uint64(len(s)) << 1)
	c.out = append(c.out, s...)
}

func (c *codec) getString() string {
	v := c.get()
	n := v >> 1
	if v&1 == 1 {
		if c.strings == nil || n >= uint64(len(c.strings.seen)) {
			c.fail("a string refers to none before it")
			return ""
		}
		return c.strings.seen[n]
	}
	if n > uint64(len(c.in)-c.at) {
		c.fail("a string is longer than what is left")
		return ""
	}
	s := c.in[c.at : c.at+int(n)]
	c.at += int(n)
	if t := c.strings; t != nil && len(s) >= minShared && len(t.seen) < maxStrings {
		t.seen = append(t.seen, s)
	}
	return s
}

// list visits a slice: how many, then each. An empty one is read back as nil.
func list[T any](c *codec, p *[]T, visit func(*codec, *T)) {
	if c.writing {
		c.put(uint64(len(*p)))
		for i := range *p {
			visit(c, &(*p)[i])
		}
		return
	}
	n := c.get()
	if n > uint64(len(c.in)-c.at) { // every element has a byte or more
		c.fail("a list is longer than what is left")
		return
	}
	if n == 0 {
		*p = nil
		return
	}
	// Room is taken by what can be there, so that a wrong count cannot take much.
	s := make([]T, 0, min(n, 64+uint64(len(c.in)-c.at)/32))
	for range n {
		var x T
		s = append(s, x)
		if visit(c, &s[len(s)-1]); c.err != nil {
			return
		}
	}
	*p = s
}
