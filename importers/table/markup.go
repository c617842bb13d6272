package table

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// markup reads the XML of a part of a workbook, token by token, as the RawToken of
// encoding/xml gives them. What spreadsheet programs write is read here, without
// memory for each token; at anything else (a comment, CDATA, an entity of its own,
// damage) encoding/xml takes over for the rest of the part, so that what is read
// and what is refused is always what it says.
type markup struct {
	in     io.Reader
	buf    []byte
	pos    int
	err    error // of in, behind what buf holds
	began  bool  // the first element
	empty  bool  // the end of the element just given comes next
	tok    token
	text   []byte
	cell   []byte           // what charData gathers
	item   []byte           // what richText gathers
	struck bool             // part of it is struck through
	cellAt quickCell        // what quick took
	open   [maxDepth][]byte // elements that have begun and not ended, as many as depth
	depth  int
	rest   *xml.Decoder // where encoding/xml has taken over
}

// token is a view that holds until the next one.
type token struct {
	kind  tokenKind
	name  []byte // without its prefix
	attrs []attribute
	text  []byte
}

type attribute struct {
	name, value []byte // the name without its prefix
	prefixed    bool
}

type tokenKind uint8

const (
	aText tokenKind = iota
	aStart
	anEnd
	another // nothing that a workbook needs
)

const markupBuffer = 256 << 10

func newMarkup(in io.Reader) *markup {
	return &markup{in: in, buf: make([]byte, 0, markupBuffer)}
}

// next returns the next token; io.EOF is the end, once every element has ended.
func (m *markup) next() (*token, error) {
	t, err := m.token()
	switch {
	case isEOF(err) && m.depth > 0:
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	case t.kind == aStart:
		if m.depth == maxDepth {
			return nil, bad("elements nested deeper than 32")
		}
		m.open[m.depth] = append(m.open[m.depth][:0], t.name...)
		m.depth++
	case t.kind == anEnd:
		if m.depth == 0 || !bytes.Equal(m.open[m.depth-1], t.name) {
			return nil, bad("an element that does not end as it began: " + cutValue(string(t.name)))
		}
		m.depth--
	}
	return t, nil
}

// token returns the next token, whatever is open.
func (m *markup) token() (*token, error) {
	if m.empty {
		m.empty, m.tok.kind = false, anEnd
		return &m.tok, nil
	}
	for m.rest == nil {
		n, found := m.take(m.buf[m.pos:])
		switch {
		case found == whole:
			m.pos += n
			return &m.tok, nil
		case found == cutOff && m.fill():
		case m.pos == len(m.buf) && m.err != nil:
			return nil, m.err
		default:
			m.rest = xml.NewDecoder(io.MultiReader(bytes.NewReader(m.buf[m.pos:]), after{m.in, m.err}))
		}
	}
	return m.slow()
}

// after reads on behind what was read of a part.
type after struct {
	in  io.Reader
	err error
}

// Read reads on, or gives the error that ended the part.
func (a after) Read(p []byte) (int, error) {
	if a.err != nil {
		return 0, a.err
	}
	return a.in.Read(p)
}

// fill reads more; false is that there is no more, or no room for it.
func (m *markup) fill() bool {
	if m.err != nil || m.pos == 0 && len(m.buf) == cap(m.buf) {
		return false
	}
	m.buf = m.buf[:copy(m.buf, m.buf[m.pos:])]
	m.pos = 0
	for range 100 { // a reader that gives nothing for ever is damaged
		n, err := m.in.Read(m.buf[len(m.buf):cap(m.buf)])
		m.buf = m.buf[:len(m.buf)+n]
		if m.err = err; n > 0 || err != nil {
			return n > 0
		}
	}
	m.err = io.ErrNoProgress
	return false
}

// slow is next by encoding/xml.
func (m *markup) slow() (*token, error) {
	t, err := m.rest.RawToken()
	if err != nil {
		return nil, err
	}
	m.tok = token{kind: another, attrs: m.tok.attrs[:0]}
	switch e := t.(type) {
	case xml.StartElement:
		m.tok.kind, m.tok.name = aStart, []byte(e.Name.Local)
		for _, a := range e.Attr {
			m.tok.attrs = append(m.tok.attrs, attribute{[]byte(a.Name.Local), []byte(a.Value), a.Name.Space != ""})
		}
	case xml.EndElement:
		m.tok.kind, m.tok.name = anEnd, []byte(e.Name.Local)
	case xml.CharData:
		m.tok.kind, m.tok.text = aText, e
	}
	return &m.tok, nil
}

// found is what take made of the bytes at hand.
type found uint8

const (
	whole   found = iota // a token
	cutOff               // one that they do not hold to its end
	unusual              // one for encoding/xml
)

// take reads the token that b begins with; n is its length.
func (m *markup) take(b []byte) (n int, _ found) {
	switch {
	case len(b) == 0:
		return 0, cutOff
	case b[0] != '<':
		end := bytes.IndexByte(b, '<')
		if end < 0 {
			return 0, cutOff
		}
		text, ok := m.plain(b[:end], false)
		if !ok {
			return 0, unusual
		}
		m.tok.kind, m.tok.text = aText, text
		return end, whole
	case len(b) < 2:
		return 0, cutOff
	case b[1] == '?' && !m.began:
		return m.declaration(b)
	case b[1] == '/':
		end := bytes.IndexByte(b, '>')
		if end < 0 {
			return 0, cutOff
		}
		name, length := local(b[2:end])
		if length == 0 || length != end-2 {
			return 0, unusual
		}
		m.tok.kind, m.tok.name = anEnd, name
		return end + 1, whole
	}
	return m.start(b)
}

// declaration passes over <?xml ...?> in UTF-8.
func (m *markup) declaration(b []byte) (int, found) {
	end := bytes.Index(b, []byte("?>"))
	if end < 0 {
		return 0, cutOff
	}
	d := bytes.ToLower(b[:end])
	if !bytes.HasPrefix(d, []byte(`<?xml version="1.0"`)) ||
		bytes.Contains(d, []byte("encoding")) && !bytes.Contains(d, []byte(` encoding="utf-8"`)) {
		return 0, unusual
	}
	m.tok.kind = another
	return end + 2, whole
}

// start reads the beginning of an element.
func (m *markup) start(b []byte) (int, found) {
	name, length := local(b[1:])
	i := 1 + length
	if i >= len(b) {
		return 0, cutOff
	}
	if length == 0 {
		return 0, unusual
	}
	m.tok.attrs = m.tok.attrs[:0]
	for {
		for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
			i++
		}
		if i+1 >= len(b) && (i == len(b) || b[i] != '>') {
			return 0, cutOff
		}
		if empty := b[i] == '/' && b[i+1] == '>'; empty || b[i] == '>' {
			if i++; empty {
				i++
			}
			m.began, m.empty = true, empty
			m.tok.kind, m.tok.name = aStart, name
			return i, whole
		}
		n, is := m.attribute(b[i:])
		if is != whole {
			return 0, is
		}
		i += n
	}
}

// attribute reads name="value".
func (m *markup) attribute(b []byte) (int, found) {
	name, length := local(b)
	if length+2 > len(b) {
		return 0, cutOff
	}
	if length == 0 || b[length] != '=' || b[length+1] != '"' {
		return 0, unusual
	}
	value := b[length+2:]
	end := bytes.IndexByte(value, '"')
	if end < 0 {
		return 0, cutOff
	}
	value, ok := m.plain(value[:end], true)
	if !ok {
		return 0, unusual
	}
	m.tok.attrs = append(m.tok.attrs, attribute{name, value, len(name) < length})
	return length + 3 + end, whole
}

// local returns the name that b begins with, without its prefix, and the length of
// all of it; a length of 0 is a name for encoding/xml.
func local(b []byte) (name []byte, length int) {
	from, i := 0, 0
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		case (c >= '0' && c <= '9' || c == '-' || c == '.') && i > from:
		case c == ':' && from == 0 && i > 0:
			from = i + 1
		case c == ':' || c >= utf8.RuneSelf || i == from:
			return nil, 0
		default:
			return b[from:i], i
		}
	}
	return b[from:], len(b)
}

// plain returns a text with its entities and line ends resolved; ok is false where
// it is one for encoding/xml. Of an attribute it is memory of its own.
func (m *markup) plain(b []byte, attr bool) (text []byte, ok bool) {
	simple, ascii := true, true
	for _, c := range b {
		switch {
		case c == '&' || c == '\r':
			simple = false
		case c >= utf8.RuneSelf:
			ascii = false
		case c < ' ' && c != '\n' && c != '\t', c == '<', c == '>' && !attr:
			return nil, false
		}
	}
	if !ascii && (!utf8.Valid(b) || bytes.Contains(b, []byte("\uFFFE")) || bytes.Contains(b, []byte("\uFFFF"))) {
		return nil, false
	}
	if simple {
		return b, true
	}
	var own []byte
	if !attr {
		own = m.text[:0]
	}
	own, ok = resolved(own, b)
	if !attr {
		m.text = own
	}
	return own, ok
}

// resolved appends a text with its entities and line ends resolved.
func resolved(to, b []byte) ([]byte, bool) {
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '\r':
			if i+1 == len(b) || b[i+1] != '\n' {
				to = append(to, '\n')
			}
		case b[i] == '&':
			end := bytes.IndexByte(b[i:min(len(b), i+12)], ';')
			if end < 0 {
				return to, false
			}
			r, ok := entity(string(b[i+1 : i+end]))
			if !ok {
				return to, false
			}
			to = utf8.AppendRune(to, r)
			i += end
		default:
			to = append(to, b[i])
		}
	}
	return to, true
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && (n == '\n' || n == '\t' || n >= ' ' && n < 0xD800)
}

// attr is the value of an attribute, a view; empty where the element has none.
func (t *token) attr(name string) []byte {
	for i := range t.attrs {
		if string(t.attrs[i].name) == name {
			return t.attrs[i].value
		}
	}
	return nil
}

// attr is the same as a string.
func attr(t *token, name string) string { return string(t.attr(name)) }

// isEOF reports whether a part has ended.
func isEOF(err error) bool { return errors.Is(err, io.EOF) }
