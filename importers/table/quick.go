package table

import (
	"bytes"
	"encoding/binary"
)

// quickCell is a cell as nearly every program writes it, read at once instead of token
// by token: <c r="A1" s="2" t="s"><v>12</v></c>, or with <is><t>text</t></is>. It is a
// view that holds until the next.
type quickCell struct {
	ref, style, kind, value []byte
	before                  []byte // what stands before the value
	ends                    string // what follows it
}

const (
	cellBegins = `<c r="`
	valueEnds  = "</v></c>"
	textEnds   = "</t></is></c>"
	sharedEnds = "</t></si>"
)

// written is how a cell was written. The next one of its column is nearly always
// written alike, but for its row and its value, and need not be looked at closely.
type written struct {
	begins, rest []byte // what stands before the number of the row, and behind it up to the value
	ends         string
	kind         cellType
	style        style
}

// quick takes a cell; false is that what comes next is none, or one that is not
// written as nearly all are, and nothing is taken.
func (r *sheetReader) quick() (bool, error) {
	m := r.d
	if m.rest != nil || m.empty {
		return false, nil
	}
	if r.col < len(r.written) {
		if w := &r.written[r.col]; w.starts(m.buf[m.pos:], r.digits) {
			if value, ok := m.upTo(len(w.begins)+len(r.digits)+len(w.rest), w.ends); ok {
				r.col++
				if len(value) == 0 {
					return true, nil
				}
				return true, r.keepCell(w.kind, w.style, value, false)
			}
		}
	}
	q := &m.cellAt
	if !m.quick(q) {
		return false, nil
	}
	style, kind := r.book.style(q.style), cellTypeOf(q.kind)
	if err := r.place(q.ref); err != nil {
		return true, err
	}
	r.remember(q, kind, style)
	if len(q.value) == 0 {
		return true, nil
	}
	return true, r.keepCell(kind, style, q.value, false)
}

// starts reports whether b begins with a cell that is written like w, in the row of
// these digits.
func (w *written) starts(b, digits []byte) bool {
	row := len(w.begins)
	rest := row + len(digits)
	value := rest + len(w.rest)
	return row > 0 && value <= len(b) && string(b[:row]) == string(w.begins) && string(b[row:rest]) == string(digits) && string(b[rest:value]) == string(w.rest)
}

// longestWritten is how many bytes before its value a cell is remembered with.
const longestWritten = 64

// remember keeps how a cell was written.
func (r *sheetReader) remember(q *quickCell, kind cellType, style style) {
	number := len(cellBegins) + len(q.ref) - len(r.digits)
	if r.col > MaxColumns || len(q.before) > longestWritten || number <= len(cellBegins) || !bytes.HasSuffix(q.ref, r.digits) || !bytes.HasPrefix(q.before, []byte(cellBegins)) {
		return
	}
	for len(r.written) < r.col {
		r.written = append(r.written, written{})
	}
	w := &r.written[r.col-1]
	w.begins, w.rest = append(w.begins[:0], q.before[:number]...), append(w.rest[:0], q.before[number+len(r.digits):]...)
	w.ends, w.kind, w.style = q.ends, kind, style
}

// quick takes a cell of the usual form.
func (m *markup) quick(q *quickCell) bool {
	b := m.buf[m.pos:]
	if len(b) < 3 || b[0] != '<' || b[1] != 'c' || b[2] != ' ' {
		return false
	}
	*q = quickCell{}
	i := quickAttributes(q, b)
	switch {
	case i == 0:
		return false
	case b[i-2] == '/':
	case bytes.HasPrefix(b[i:], []byte("<v>")):
		i, q.ends = i+len("<v>"), valueEnds
	case bytes.HasPrefix(b[i:], []byte("<is><t>")):
		i, q.ends = i+len("<is><t>"), textEnds
	default:
		return false
	}
	q.before = b[:i]
	var ok bool
	q.value, ok = m.upTo(i, q.ends)
	return ok
}

// quickShared takes the rest of <si><t>text</t></si>; false is that there is something else.
func (m *markup) quickShared() ([]byte, bool) {
	if m.rest != nil || m.empty || !bytes.HasPrefix(m.buf[m.pos:], []byte("<t>")) {
		return nil, false
	}
	text, ok := m.upTo(len("<t>"), sharedEnds)
	if ok {
		m.depth--
	}
	return text, ok
}

// upTo takes a text that begins at i and what ends it, if it holds nothing that only
// encoding/xml reads. Where nothing is to end it there is no text.
func (m *markup) upTo(i int, ends string) ([]byte, bool) {
	b := m.buf[m.pos+i:]
	if ends == "" {
		m.pos += i
		return nil, true
	}
	n := bytes.IndexByte(b, '<')
	if n < 0 || len(b) < n+len(ends) || string(b[n:n+len(ends)]) != ends {
		return nil, false
	}
	text := b[:n]
	if !standsForItself(text) {
		var ok bool
		if text, ok = m.plain(text, false); !ok {
			return nil, false
		}
	}
	m.pos += i + n + len(ends)
	return text, true
}

// standsForItself reports whether a text without < is nothing but printable ASCII
// without markup. It looks at eight bytes at a time.
func standsForItself(b []byte) bool {
	const each, high = 0x0101010101010101, 0x8080808080808080
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		and, greater := x^'&'*each, x^'>'*each
		if (x|(x-' '*each)|(and-each)&^and|(greater-each)&^greater)&high != 0 {
			return false
		}
	}
	for _, c := range b {
		if c < ' ' || c >= 0x80 || c == '&' || c == '>' {
			return false
		}
	}
	return true
}

var isAlphanumeric = func() (is [256]bool) {
	for c := range is {
		is[c] = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
	}
	return is
}()

// quickAttributes reads r, s and t and returns what is behind the start of the
// element; 0 is that there is something else.
func quickAttributes(q *quickCell, b []byte) int {
	for i := 2; i+4 < len(b); {
		switch {
		case b[i] == '>':
			return i + 1
		case b[i] == '/' && b[i+1] == '>':
			return i + 2
		case b[i] != ' ' || b[i+2] != '=' || b[i+3] != '"':
			return 0
		}
		name := b[i+1]
		from := i + 4
		for i = from; i < len(b) && isAlphanumeric[b[i]]; {
			i++
		}
		if i == len(b) || b[i] != '"' {
			return 0
		}
		switch value := b[from:i]; {
		case name == 'r' && q.ref == nil:
			q.ref = value
		case name == 's' && q.style == nil:
			q.style = value
		case name == 't' && q.kind == nil:
			q.kind = value
		default:
			return 0
		}
		i++
	}
	return 0
}
