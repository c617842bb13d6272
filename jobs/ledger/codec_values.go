package ledger

import (
	"math"

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
	if at := c.at; at < len(c.in) && c.in[at] < 0x80 {
		c.at = at + 1
		return uint64(c.in[at])
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
	if c.large != nil && len(s) >= minShared {
		if i, known := c.large.place(s); known {
			c.put(uint64(i)<<1 | 1)
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
		if c.large == nil || n >= uint64(len(c.large.seen)) {
			c.fail("a string refers to none before it")
			return ""
		}
		return c.large.seen[n]
	}
	if n > uint64(len(c.in)-c.at) {
		c.fail("a string is longer than what is left")
		return ""
	}
	s := c.in[c.at : c.at+int(n)]
	c.at += int(n)
	if l := c.large; l != nil && len(s) >= minShared && len(l.seen) < maxStrings {
		l.seen = append(l.seen, s)
	}
	return s
}
