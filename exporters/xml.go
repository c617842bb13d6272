package exporters

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// element is an XML element under construction: either text or children. An
// element without either is none: UBL knows no empty elements, and the rules of
// Peppol refuse them.
type element struct {
	name     string // with its prefix: cbc:ID
	attrs    []attr
	text     string
	children []*element
}

type attr struct{ name, value string }

// el is an element of the children that are there, or nil where none is.
func el(name string, children ...*element) *element {
	e := &element{name: name}
	if e.add(children...); len(e.children) == 0 {
		return nil
	}
	return e
}

// add adds the children that are there.
func (e *element) add(children ...*element) {
	for _, c := range children {
		if c != nil {
			e.children = append(e.children, c)
		}
	}
}

// leaf is an element of text, or nil where there is none.
func leaf(name, text string, attrs ...attr) *element {
	if text = plainText(text); text == "" {
		return nil
	}
	return &element{name: name, text: text, attrs: attrs}
}

// plainText is text from outside in one line, as every output of documents shows
// it: composed (NFC), without control characters and without blanks at its ends.
func plainText(s string) string {
	if isPlain(s) {
		return s
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7F || r >= 0x80 && r < 0xA0 || r == 0x2028 || r == 0x2029:
			return ' '
		case r == 0xFEFF || r == 0xFFFE || r == 0xFFFF || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069:
			return -1 // no character of a text, or one that turns what is read round
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// isPlain is the quick way for ASCII words with single blanks between them.
func isPlain(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf || c < ' ' || c == 0x7F:
			return false
		case c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' '):
			return false
		}
	}
	return true
}

// find returns the elements at a path below e: "cac:Price/cbc:PriceAmount".
func (e *element) find(path string) (found []*element) {
	for x := range e.at(path) {
		found = append(found, x)
	}
	return found
}

// at walks over the same.
func (e *element) at(path string) iter.Seq[*element] {
	return func(yield func(*element) bool) { e.walk(path, yield) }
}

func (e *element) walk(path string, yield func(*element) bool) bool {
	if e == nil {
		return true
	}
	head, rest, deeper := strings.Cut(path, "/")
	for _, c := range e.children {
		if c.name == head && (deeper && !c.walk(rest, yield) || !deeper && !yield(c)) {
			return false
		}
	}
	return true
}

// first is the text of the first element at a path, or empty.
func (e *element) first(path string) string {
	for x := range e.at(path) {
		return x.text
	}
	return ""
}

// attr is the value of an attribute, or empty.
func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// every reports whether a rule holds for e and for every element below it.
func (e *element) every(holds func(*element) bool) bool {
	return holds(e) && !slices.ContainsFunc(e.children, func(c *element) bool { return !c.every(holds) })
}

// bytes writes the element as an XML file, indented.
func (e *element) bytes() []byte {
	var b bytes.Buffer
	b.Grow(8 << 10)
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	e.write(&b, 0)
	return b.Bytes()
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func (e *element) write(b *bytes.Buffer, depth int) {
	for range depth {
		b.WriteString("  ")
	}
	b.WriteString("<" + e.name)
	for _, a := range e.attrs {
		b.WriteString(" " + a.name + `="`)
		_, _ = xmlEscapes.WriteString(b, a.value) // a buffer takes all
		b.WriteByte('"')
	}
	b.WriteByte('>')
	if e.children == nil {
		_, _ = xmlEscapes.WriteString(b, e.text)
	} else {
		b.WriteByte('\n')
		for _, c := range e.children {
			c.write(b, depth+1)
		}
		for range depth {
			b.WriteString("  ")
		}
	}
	b.WriteString("</" + e.name + ">\n")
}
