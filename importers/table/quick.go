package table

// quickCell is a cell as nearly every program writes it, read at once instead of token
// by token: <c r="A1" s="2" t="s"><v>12</v></c>, or with <is><t>text</t></is>. It is a
// view that holds until the next.
type quickCell struct{ ref, style, kind, value []byte }

const (
	valueEnds = "</v></c>"
	textEnds  = "</t></is></c>"
)

// quick takes such a cell; false is that what comes next is none, and nothing is taken.
func (m *markup) quick() bool {
	b := m.buf[m.pos:]
	if m.rest != nil || m.empty || len(b) < 3 || b[0] != '<' || b[1] != 'c' || b[2] != ' ' {
		return false
	}
	q := &m.cellAt
	*q = quickCell{}
	i := quickAttributes(q, b)
	switch {
	case i == 0:
		return false
	case b[i-2] == '/':
		m.pos += i
		return true
	}
	end := valueEnds
	if i+3 < len(b) && b[i] == '<' && b[i+1] == 'v' && b[i+2] == '>' {
		i += 3
	} else if end = textEnds; i+7 < len(b) && string(b[i:i+7]) == "<is><t>" {
		i += 7
	} else {
		return false
	}
	to := i
	for to < len(b) && standsForItself[b[to]] {
		to++
	}
	if to+len(end) > len(b) || string(b[to:to+len(end)]) != end {
		return false
	}
	q.value = b[i:to]
	m.pos += to + len(end)
	return true
}

// standsForItself is the bytes of a text that are what they are: no markup, no entity,
// nothing that has to be looked at with its neighbours.
var standsForItself = func() (is [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		is[c] = c != '&' && c != '<' && c != '>'
	}
	return is
}()

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
