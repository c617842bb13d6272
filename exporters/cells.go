package exporters

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// cells writes the rows of a CSV register: RFC 4180, comma, LF, UTF-8. Registers
// of a large night have a million rows, so cells are appended to one buffer and
// looked at once. The bytes are those of encoding/csv, which the tests hold it to.
//
// OUT-7: what comes from outside is text and passes the guard, which puts an
// apostrophe before a first = + - @ tab or CR, of the full width of East Asian letters, too. A program set to semicolons splits
// a row there whatever the quotes say, so what follows a semicolon is guarded like
// a first character; blanks and quotes before either do not hide it. Numbers,
// dates and names of ours are not text: -12.50 stays a number.
type cells struct {
	buf     []byte
	scratch []byte
	kept    []byte                     // cells that the next rows begin with too
	cited   map[invoicing.Rules]string // lists already written: a night has few
	rows    int
	flush   func(chunk []byte) (next []byte) // takes full rows, gives an empty buffer
}

// chunkSize is what a register collects before it is hashed and written.
const chunkSize = 256 << 10

// The classes of bytes that keep a cell from being copied as it is.
const (
	inside   = 1 << iota // special wherever it stands
	atStart              // special as the first byte
	splits               // special before a special byte or at the end
	executes             // OUT-7
)

var class = func() (t [256]uint8) {
	for c := utf8.RuneSelf; c < len(t); c++ {
		t[c] = inside
	}
	t['"'], t[','], t['\n'] = inside, inside, inside
	t[' '], t['\v'], t['\f'], t['\\'] = atStart, atStart, atStart, atStart
	t['='], t['+'], t['-'], t['@'], t['\t'] = atStart|executes, atStart|executes, atStart|executes, atStart|executes, atStart|executes
	t['\r'] = inside | atStart | executes
	t[';'] = splits
	return t
}()

// text writes a cell of text from outside.
func (c *cells) text(s string) {
	start := len(c.buf)
	c.buf = append(c.buf, s...)
	c.seal(start)
}

// seal ends a cell of text that was appended from start on.
func (c *cells) seal(start int) {
	cell := c.buf[start:]
	if len(cell) > 0 && class[cell[0]]&atStart != 0 {
		c.rewrite(start)
	} else {
		for i, b := range cell {
			if k := class[b]; k != 0 && (k&inside != 0 || k&splits != 0 && (i+1 == len(cell) || class[cell[i+1]] != 0)) {
				c.rewrite(start)
				break
			}
		}
	}
	c.buf = append(c.buf, ',')
}

// rewrite replaces the cell from start on with its guarded and quoted form.
func (c *cells) rewrite(start int) {
	cell := c.buf[start:]
	if !utf8.Valid(cell) {
		cell = bytes.ToValidUTF8(cell, []byte("\uFFFD"))
	}
	c.scratch = appendGuarded(c.scratch[:0], cell)
	c.buf = c.buf[:start]
	if !needsQuotes(c.scratch) {
		c.buf = append(c.buf, c.scratch...)
		return
	}
	c.buf = append(c.buf, '"')
	for _, b := range c.scratch {
		if b == '"' {
			c.buf = append(c.buf, '"')
		}
		c.buf = append(c.buf, b)
	}
	c.buf = append(c.buf, '"')
}

// appendGuarded is OUT-7.
func appendGuarded(dst, cell []byte) []byte {
	first := true
	for i, b := range cell {
		if first && (class[b]&executes != 0 || isFullWidth(cell[i:])) {
			dst = append(dst, '\'')
		}
		first = b == ';' || first && (b == ' ' || b == '"')
		dst = append(dst, b)
	}
	return dst
}

// isFullWidth reports whether a text begins with a sign that a program in some languages
// takes for one of = + - @.
func isFullWidth(s []byte) bool {
	r, _ := utf8.DecodeRune(s)
	return strings.ContainsRune("＝＋－＠", r)
}

// needsQuotes is the rule of encoding/csv.
func needsQuotes(cell []byte) bool {
	if bytes.ContainsAny(cell, "\",\n\r") || string(cell) == `\.` {
		return true
	}
	r, _ := utf8.DecodeRune(cell)
	return unicode.IsSpace(r)
}

// name writes a cell of ours that needs no guard: Approved, PRO-7.
func (c *cells) name(s string) { c.buf = append(append(c.buf, s...), ',') }

// amount writes a number, or nothing where there is no amount.
func (c *cells) amount(m money.Money) { c.buf = append(m.Append(c.buf), ',') }

// date writes an ISO date, or nothing where there is none.
func (c *cells) date(d money.Date) { c.buf = append(d.Append(c.buf), ',') }

// count writes a whole number.
func (c *cells) count(n int) { c.buf = append(strconv.AppendInt(c.buf, int64(n), 10), ',') }

// countIf writes a whole number, or nothing.
func (c *cells) countIf(shown bool, n int) {
	if shown {
		c.buf = strconv.AppendInt(c.buf, int64(n), 10)
	}
	c.buf = append(c.buf, ',')
}

func (c *cells) empty(n int) {
	for range n {
		c.buf = append(c.buf, ',')
	}
}

// rules writes a list of rule ids.
func (c *cells) rules(r invoicing.Rules) {
	s, ok := c.cited[r]
	if !ok {
		s = joined(r.List())
		if c.cited == nil || len(c.cited) > 1000 {
			c.cited = map[invoicing.Rules]string{}
		}
		c.cited[r] = s
	}
	c.name(s)
}

// joined lists names of ours, separated by semicolons.
func joined[T fmt.Stringer](names []T) string {
	var b []byte
	for i, n := range names {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, n.String()...)
	}
	return string(b)
}

// listedNames is the same of plain texts.
func listedNames(names []string) string { return strings.Join(names, ";") }

// texts writes a list of texts from outside, separated by semicolons.
func (c *cells) texts(n int, item func(i int) string) {
	start := len(c.buf)
	for i := range n {
		if i > 0 {
			c.buf = append(c.buf, ';')
		}
		c.buf = append(c.buf, item(i)...)
	}
	c.seal(start)
}

// keep remembers the cells from start on.
func (c *cells) keep(start int) { c.kept = append(c.kept[:0], c.buf[start:]...) }

// again writes them again.
func (c *cells) again() { c.buf = append(c.buf, c.kept...) }

func (c *cells) end() {
	c.buf[len(c.buf)-1] = '\n'
	c.rows++
	if len(c.buf) >= chunkSize {
		c.buf = c.flush(c.buf)
	}
}
