package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"sort"
)

// A page is some dozens to some thousands of items in key order. Each item is
// the number of bytes its key shares with the one before, the rest of the key,
// and the value, lengths as varints. Every restartEvery-th key is spelled out,
// and a list of those places at the end lets a search begin there:
//
//	items | places, 4 bytes each | number of places, 4 bytes
const (
	restartEvery = 16
	pageSize     = 64 << 10 // a page is closed at the first item past this
	maxKey       = 16 << 10
	maxValue     = 1 << 30
)

// errPage is under every error of a page whose bytes make no sense.
var errPage = errors.New("its bytes make no sense")

type pageBuilder struct {
	buf      []byte
	places   []uint32
	first    []byte
	last     []byte
	items    int
	hasFirst bool
}

func (b *pageBuilder) add(key, value []byte) {
	shared := 0
	if b.items%restartEvery == 0 {
		b.places = append(b.places, uint32(len(b.buf)))
	} else {
		shared = commonPrefix(b.last, key)
	}
	if !b.hasFirst {
		b.first, b.hasFirst = append(b.first[:0], key...), true
	}
	b.buf = binary.AppendUvarint(b.buf, uint64(shared))
	b.buf = binary.AppendUvarint(b.buf, uint64(len(key)-shared))
	b.buf = binary.AppendUvarint(b.buf, uint64(len(value)))
	b.buf = append(append(b.buf, key[shared:]...), value...)
	b.last = append(b.last[:shared], key[shared:]...)
	b.items++
}

func commonPrefix(a, b []byte) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// bytes closes the page; reset makes the builder ready for the next.
func (b *pageBuilder) bytes() []byte {
	for _, p := range b.places {
		b.buf = binary.LittleEndian.AppendUint32(b.buf, p)
	}
	b.buf = binary.LittleEndian.AppendUint32(b.buf, uint32(len(b.places)))
	return b.buf
}

func (b *pageBuilder) reset() {
	b.buf, b.places, b.items, b.hasFirst = b.buf[:0], b.places[:0], 0, false
}

// pageReader walks over the items of a page. Key and value are views that hold
// until it moves.
type pageReader struct {
	items  []byte
	places []byte
	at     int // of the item after the current one
	key    []byte
	value  []byte
}

// open begins before the first item.
func (p *pageReader) open(page []byte) error {
	if len(page) < 4 {
		return errPage
	}
	n := int(binary.LittleEndian.Uint32(page[len(page)-4:]))
	if n < 0 || n > (len(page)-4)/4 {
		return errPage
	}
	end := len(page) - 4 - 4*n
	p.items, p.places, p.at, p.key = page[:end], page[end:len(page)-4], 0, p.key[:0]
	return nil
}

// next moves to the next item; ok is false at the end.
func (p *pageReader) next() (ok bool, err error) {
	if p.at >= len(p.items) {
		return false, nil
	}
	shared, rest, size, at, ok := p.lengths(p.at)
	if !ok || shared > len(p.key) || rest > len(p.items)-at || size > len(p.items)-at-rest {
		return false, errPage
	}
	p.key = append(p.key[:shared], p.items[at:at+rest]...)
	p.value = p.items[at+rest : at+rest+size : at+rest+size]
	p.at = at + rest + size
	return true, nil
}

func (p *pageReader) lengths(at int) (shared, rest, size, end int, ok bool) {
	if b := p.items[at:]; len(b) >= 3 && b[0]|b[1]|b[2] < 0x80 {
		return int(b[0]), int(b[1]), int(b[2]), at + 3, true
	}
	var n [3]uint64
	for i := range n {
		v, w := binary.Uvarint(p.items[at:])
		if w <= 0 || v > maxValue {
			return 0, 0, 0, 0, false
		}
		n[i], at = v, at+w
	}
	return int(n[0]), int(n[1]), int(n[2]), at, true
}

// seek moves to the first item at or after key; ok is false where there is none.
func (p *pageReader) seek(key []byte) (ok bool, err error) {
	n := len(p.places) / 4
	// The last place whose key is below the one sought.
	i := sort.Search(n, func(i int) bool {
		at := int(binary.LittleEndian.Uint32(p.places[4*i:]))
		if at >= len(p.items) {
			err = errPage
			return true
		}
		shared, rest, _, at, ok := p.lengths(at)
		if !ok || shared != 0 || rest > len(p.items)-at {
			err = errPage
			return true
		}
		return bytes.Compare(p.items[at:at+rest], key) >= 0
	})
	if err != nil {
		return false, err
	}
	p.at, p.key = 0, p.key[:0]
	if i > 0 {
		p.at = int(binary.LittleEndian.Uint32(p.places[4*(i-1):]))
	}
	for {
		ok, err := p.next()
		if err != nil || !ok || bytes.Compare(p.key, key) >= 0 {
			return ok, err
		}
	}
}
