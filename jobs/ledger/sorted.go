package ledger

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// sortedItems walks over what a sorter holds. Key and Value are views that hold
// until it moves.
type sortedItems struct {
	streams []*sortStream // a heap; the first is where the walk stands
	started bool
	err     error
}

// sortStream is one sorted run, in memory or in the temporary file.
type sortStream struct {
	n     int // of the run: earlier ones come first among equal keys
	ended bool

	run sortRun // in memory
	at  int

	from *bufio.Reader // in the file
	buf  []byte

	prefix     uint64
	key, value []byte
}

func (x *sortStream) next() error {
	if x.from == nil {
		if x.ended = x.at >= len(x.run.recs); !x.ended {
			r := x.run.recs[x.at]
			x.key, x.value = x.run.item(r)
			x.prefix = prefixOf(x.key)
			x.at++
		}
		return nil
	}
	k, err := binary.ReadUvarint(x.from)
	if err == io.EOF {
		x.ended = true
		return nil
	}
	if err == nil {
		err = x.read(int(k))
	}
	if err != nil {
		return fmt.Errorf("reading a temporary file beside the ledger: %w", err)
	}
	x.prefix = prefixOf(x.key)
	return nil
}

// read takes the rest of an item whose key has k bytes.
func (x *sortStream) read(k int) error {
	x.buf = sized(x.buf, k)
	if _, err := io.ReadFull(x.from, x.buf); err != nil {
		return err
	}
	v, err := binary.ReadUvarint(x.from)
	if err != nil {
		return err
	}
	if need := k + int(v); cap(x.buf) < need {
		x.buf = append(make([]byte, 0, need+need/4), x.buf...)
	}
	x.buf = x.buf[:k+int(v)]
	x.key, x.value = x.buf[:k], x.buf[k:]
	_, err = io.ReadFull(x.from, x.value)
	return err
}

// Next moves to the first or the next item, and reports whether there is one.
func (m *sortedItems) Next() bool {
	if !m.started {
		m.started = true
		return len(m.streams) > 0
	}
	if len(m.streams) == 0 {
		return false
	}
	top := m.streams[0]
	if m.err = top.next(); m.err != nil {
		m.streams = nil
		return false
	}
	if top.ended {
		n := len(m.streams) - 1
		m.streams[0] = m.streams[n]
		m.streams = m.streams[:n]
	}
	m.sink(0)
	return len(m.streams) > 0
}

// Err is the error that ended the walk, if one did.
func (m *sortedItems) Err() error { return m.err }

func (m *sortedItems) Key() []byte   { return m.streams[0].key }
func (m *sortedItems) Value() []byte { return m.streams[0].value }

func (m *sortedItems) less(i, j int) bool {
	a, b := m.streams[i], m.streams[j]
	if a.prefix != b.prefix {
		return a.prefix < b.prefix
	}
	if c := bytes.Compare(a.key, b.key); c != 0 {
		return c < 0
	}
	return a.n < b.n
}

func (m *sortedItems) sink(i int) {
	for {
		small := 2*i + 1
		if small >= len(m.streams) {
			return
		}
		if r := small + 1; r < len(m.streams) && m.less(r, small) {
			small = r
		}
		if !m.less(small, i) {
			return
		}
		m.streams[i], m.streams[small] = m.streams[small], m.streams[i]
		i = small
	}
}
