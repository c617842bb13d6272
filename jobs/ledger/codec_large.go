package ledger

import (
	"hash/maphash"
	"sync"

	"prorata/invoicing"
	"prorata/invoicing/reconcile"
)

// large is the codec of a large blob. It is used again and again: most of what
// reading and writing one cost was the memory for its tables and short lists.
type large struct {
	codec
	seen []string // the table of strings, in the order in which they are first written
	// Of the writer, once there are more than few: one more than the place in seen, by
	// hash, the next free slot where that is taken; at most half of the slots are. The
	// hash decides no byte.
	slots []uint32
	dst   []byte // what the writer appends to
	kept  []byte // what is being written, so that only the whole is taken memory for
	// What the short lists that are read are cut from.
	sources  []invoicing.Source
	refs     []invoicing.Ref
	strings  []string
	taxes    []invoicing.TaxGroup
	lines    []invoicing.Line
	expected []reconcile.Expected
	credits  []reconcile.Credit
	events   []reconcile.Event
}

const (
	minShared  = 3       // a shorter string is not worth a place in the table
	maxStrings = 1 << 16 // in a table; those beyond it are spelled out each time
	few        = 12      // strings are found sooner without their hash
)

var (
	larges    = sync.Pool{New: func() any { return &large{slots: make([]uint32, 1<<10)} }}
	tableSeed = maphash.MakeSeed()
)

func largeWriter(dst []byte, k kind) *large {
	l := larges.Get().(*large)
	l.dst = dst
	l.codec = writer(l.kept[:0], k)
	l.codec.large = l
	return l
}

func largeReader(b string, k kind) *large {
	l := larges.Get().(*large)
	l.codec = reader(b, k)
	l.codec.large = l
	return l
}

// written ends a writer.
func (l *large) written() []byte {
	dst := append(l.dst, l.out...)
	l.kept, l.dst = l.out, nil
	l.giveBack()
	return dst
}

// read ends a reader, see end.
func (l *large) read(k kind) error {
	err := l.end(k)
	l.giveBack()
	return err
}

func (l *large) giveBack() {
	if len(l.slots) > 1<<13 || len(l.seen) > 1<<13 { // one blob that is very large does not hold its memory
		return
	}
	if l.writing && len(l.seen) > few {
		clear(l.slots)
	}
	l.codec = codec{}
	clear(l.seen)
	l.seen = l.seen[:0]
	larges.Put(l)
}

// place returns the place of a string that was written before; one that is new
// gets the next.
func (l *large) place(s string) (place int, known bool) {
	if len(l.seen) <= few {
		for i, x := range l.seen {
			if x == s {
				return i, true
			}
		}
	} else if at := l.slots[l.slot(s)]; at > 0 {
		return int(at - 1), true
	}
	if len(l.seen) == maxStrings {
		return 0, false
	}
	l.seen = append(l.seen, s)
	switch n := len(l.seen); {
	case n == few+1 || 2*n > len(l.slots):
		l.index()
	case n > few:
		l.slots[l.slot(s)] = uint32(n)
	}
	return 0, false
}

// index puts the places of all strings into the slots.
func (l *large) index() {
	if 2*len(l.seen) > len(l.slots) {
		l.slots = make([]uint32, 4*len(l.slots))
	}
	for i, s := range l.seen {
		l.slots[l.slot(s)] = uint32(i + 1)
	}
}

// slot is where the place of a string is, or would be.
func (l *large) slot(s string) int {
	mask := len(l.slots) - 1
	at := int(maphash.String(tableSeed, s)) & mask
	for l.slots[at] > 0 && l.seen[l.slots[at]-1] != s {
		at = (at + 1) & mask
	}
	return at
}

// list visits a slice: how many, then each. An empty one is read back as nil.
func list[T any](c *codec, p *[]T, visit func(*codec, *T)) { shortList(c, nil, p, visit) }

// shortList is list for slices of which a large blob has many short ones: they are
// cut from larger ones.
func shortList[T any](c *codec, from func(*large) *[]T, p *[]T, visit func(*codec, *T)) {
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
	room := int(min(n, 64+uint64(len(c.in)-c.at)/32))
	var s []T
	if from != nil && c.large != nil {
		s = pieceOf(from(c.large), room)
	} else {
		s = make([]T, room)
	}
	for i := range int(n) {
		if i == len(s) {
			var x T
			s = append(s, x)
		}
		if visit(c, &s[i]); c.err != nil {
			return
		}
	}
	*p = s
}

// pieceOf takes n elements off a slice, or off a new one.
func pieceOf[T any](from *[]T, n int) []T {
	const piece = 64
	if n > piece/4 {
		return make([]T, n)
	}
	if len(*from) < n {
		*from = make([]T, piece)
	}
	s := (*from)[:n:n]
	*from = (*from)[n:]
	return s
}

func (c *codec) sources(p *[]invoicing.Source) {
	shortList(c, func(l *large) *[]invoicing.Source { return &l.sources }, p, (*codec).source)
}

func (c *codec) refs(p *[]invoicing.Ref) {
	shortList(c, func(l *large) *[]invoicing.Ref { return &l.refs }, p, (*codec).ref)
}

func (c *codec) texts(p *[]string) {
	shortList(c, func(l *large) *[]string { return &l.strings }, p, (*codec).str)
}

func (c *codec) taxes(p *[]invoicing.TaxGroup) {
	shortList(c, func(l *large) *[]invoicing.TaxGroup { return &l.taxes }, p, (*codec).taxGroup)
}
