package ledger

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"os"
	"slices"
)

// sorter puts items into the order of their keys, equal keys in the order in
// which they came, in bounded memory: what passes the budget goes to a temporary
// file as sorted runs, which are merged when it is read.
type sorter struct {
	folder string // for the temporary file
	budget int    // bytes: half for what comes, half for what is being written

	now     sortRun
	spare   sortRun // its memory, where it is not being written
	file    *os.File
	size    int64
	runs    []int64    // where each run begins in file
	writing chan error // of the run that is being written; nil where none is
}

// sortRec is one item of the arena.
type sortRec struct {
	prefix uint64 // the first eight bytes of the key; while it is sorted, later ones
	at     uint32
	key    uint32 // its length
}

// sortRun is items in memory.
type sortRun struct {
	arena []byte // key length, key, value length, value
	recs  []sortRec
	asked byte // see each
}

const sortRecSize = 16

func newSorter(folder string, budget int) *sorter { return &sorter{folder: folder, budget: budget} }

// newSorter makes one with a part of the memory for sorting: a quarter for 4.
func (l *Ledger) newSorter(part int) *sorter { return newSorter(l.segmentFolder(), l.memory/part) }

func prefixOf(key []byte) uint64 {
	if len(key) >= 8 {
		return binary.BigEndian.Uint64(key)
	}
	var b [8]byte
	copy(b[:], key)
	return binary.BigEndian.Uint64(b[:])
}

// add takes an item; its bytes are copied.
func (s *sorter) add(key []byte, value ...[]byte) error {
	n := 0
	for _, v := range value {
		n += len(v)
	}
	if len(key) > maxKey || n > maxValue {
		return fmt.Errorf("sorting: an item of %d and %d bytes is too large", len(key), n)
	}
	s.now.add(s.budget/2, key, value...)
	if s.now.size() >= s.budget/2 {
		return s.spill()
	}
	return nil
}

// add takes an item; limit is the size that the run is expected to reach if it
// becomes large.
func (r *sortRun) add(limit int, key []byte, value ...[]byte) {
	n := 0
	for _, v := range value {
		n += len(v)
	}
	r.makeRoom(limit, len(key)+n+2*binary.MaxVarintLen32)
	r.recs = append(r.recs, sortRec{prefixOf(key), uint32(len(r.arena)), uint32(len(key))})
	r.arena = binary.AppendUvarint(r.arena, uint64(len(key)))
	r.arena = append(r.arena, key...)
	r.arena = binary.AppendUvarint(r.arena, uint64(n))
	for _, v := range value {
		r.arena = append(r.arena, v...)
	}
}

// smallRun is the size up to which memory grows as needed. A run past it takes
// all that it may need at once: growing step by step would copy it many times.
const smallRun = 1 << 19

func (r *sortRun) makeRoom(limit, n int) {
	if len(r.arena)+n <= cap(r.arena) || len(r.arena) < smallRun {
		return
	}
	share := len(r.recs) * sortRecSize * 100 / r.size() // percent that items take beside their bytes
	r.arena = append(make([]byte, 0, max(limit*(101-share)/100, len(r.arena))+n), r.arena...)
	r.recs = append(make([]sortRec, 0, limit*(share+1)/100/sortRecSize), r.recs...)
}

func (r *sortRun) size() int { return len(r.arena) + len(r.recs)*sortRecSize }

func (r *sortRun) emptied() sortRun { return sortRun{arena: r.arena[:0], recs: r.recs[:0]} }

func (r *sortRun) key(x sortRec) []byte {
	at := x.at + uint32(uvarintLen(uint64(x.key)))
	return r.arena[at : at+x.key]
}

func uvarintLen(n uint64) int {
	w := 1
	for ; n >= 0x80; n >>= 7 {
		w++
	}
	return w
}

// sort orders the items: by as much of their prefixes as tells most of them apart,
// a byte at a time, then those that are alike by what comes next of their keys.
func (r *sortRun) sort() {
	low := r.radix()
	alike := func(a, b sortRec) bool { return a.prefix>>low == b.prefix>>low }
	for from, to := 0, 0; from < len(r.recs); from = to {
		for to = from + 1; to < len(r.recs) && alike(r.recs[from], r.recs[to]); to++ {
		}
		if to-from > 1 {
			r.sortAlike(r.recs[from:to], 8-(low+7)/8)
		}
	}
}

// sortAlike orders items whose keys have so many bytes in common. Each key is looked
// at once for its next bytes, which then are its prefix; most need no second look.
func (r *sortRun) sortAlike(recs []sortRec, common int) {
	for i := range recs {
		key := r.key(recs[i])
		recs[i].prefix = prefixOf(key[min(common, len(key)):])
	}
	slices.SortFunc(recs, r.compare)
}

func (r *sortRun) compare(a, b sortRec) int {
	if a.prefix != b.prefix {
		return cmp.Compare(a.prefix, b.prefix)
	}
	if c := bytes.Compare(r.key(a), r.key(b)); c != 0 {
		return c
	}
	return cmp.Compare(a.at, b.at)
}

// radix sorts by 32 bits of the prefixes, behind those that all have in common, and
// returns how many bits below them it left out. A few are left to the comparison.
func (r *sortRun) radix() (low int) {
	if len(r.recs) < 256 {
		return 64
	}
	differ := uint64(0)
	for _, x := range r.recs {
		differ |= x.prefix ^ r.recs[0].prefix
	}
	low = max(bits.Len64(differ)-32, 0)
	from, to := r.recs, make([]sortRec, len(r.recs))
	for shift := low; shift < low+32; shift += 8 {
		var next [256]int
		for _, x := range from {
			next[byte(x.prefix>>shift)]++
		}
		at := 0
		for i, n := range next {
			next[i], at = at, at+n
		}
		for _, x := range from {
			b := byte(x.prefix >> shift)
			to[next[b]] = x
			next[b]++
		}
		from, to = to, from
	}
	return low
}

func (r *sortRun) item(x sortRec) (key, value []byte) {
	key = r.key(x)
	at := int(x.at) + uvarintLen(uint64(x.key)) + int(x.key)
	n, w := binary.Uvarint(r.arena[at:])
	return key, r.arena[at+w : at+w+int(n)]
}

// each walks over the items in the order of their records. They lie all over the
// memory, which takes longer to answer than an item to write: so it is asked for some
// of them ahead, all at once.
func (r *sortRun) each(visit func(x sortRec) error) error {
	const ahead = 8
	for i, x := range r.recs {
		if i%ahead == 0 {
			for _, y := range r.recs[min(i+ahead, len(r.recs)):min(i+2*ahead, len(r.recs))] {
				r.asked += r.arena[y.at]
			}
		}
		if err := visit(x); err != nil {
			return err
		}
	}
	return nil
}

// spill hands the arena to a goroutine that sorts and writes it, and goes on
// with the other one.
func (s *sorter) spill() error {
	if err := s.wait(); err != nil {
		return err
	}
	if s.file == nil {
		f, err := os.CreateTemp(s.folder, "sort-*"+tempSuffix)
		if err != nil {
			return fmt.Errorf("creating a temporary file beside the ledger: %w", err)
		}
		s.file = f
	}
	full := s.now
	s.now, s.spare = s.spare.emptied(), full
	at := s.size
	s.runs = append(s.runs, at)
	s.size += int64(len(full.arena))
	done := make(chan error, 1)
	s.writing = done
	go func() { done <- full.write(s.file, at) }()
	return nil
}

// wait ends when the run that is being written is written.
func (s *sorter) wait() error {
	if s.writing == nil {
		return nil
	}
	err := <-s.writing
	s.writing = nil
	if err != nil {
		return fmt.Errorf("writing a temporary file beside the ledger: %w", err)
	}
	return nil
}

func (r *sortRun) write(f *os.File, at int64) error {
	r.sort()
	w := bufio.NewWriterSize(io.NewOffsetWriter(f, at), 1<<18)
	err := r.each(func(x sortRec) error {
		end := int(x.at) + uvarintLen(uint64(x.key)) + int(x.key)
		n, width := binary.Uvarint(r.arena[end:])
		_, err := w.Write(r.arena[x.at : end+width+int(n)])
		return err
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

// reset forgets all items and keeps the memory for the next ones.
func (s *sorter) reset() error {
	err := s.wait()
	s.now, s.runs, s.size = s.now.emptied(), s.runs[:0], 0
	return err
}

// Close frees the memory and removes the temporary file.
func (s *sorter) Close() {
	s.wait()
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
	*s = sorter{folder: s.folder, budget: s.budget}
}

// sorted ends the adding and begins a walk over the items.
func (s *sorter) sorted() (*sortedItems, error) {
	if err := s.wait(); err != nil {
		return nil, err
	}
	m := &sortedItems{}
	for i, at := range s.runs {
		end := s.size
		if i+1 < len(s.runs) {
			end = s.runs[i+1]
		}
		from := io.NewSectionReader(s.file, at, end-at)
		m.streams = append(m.streams, &sortStream{n: i, from: bufio.NewReaderSize(from, 1<<16)})
	}
	last := s.now
	last.sort()
	m.streams = append(m.streams, &sortStream{n: len(s.runs), run: last})
	for _, x := range slices.Clone(m.streams) {
		if err := x.next(); err != nil {
			return nil, err
		}
	}
	m.streams = slices.DeleteFunc(m.streams, func(x *sortStream) bool { return x.ended })
	for i := len(m.streams)/2 - 1; i >= 0; i-- {
		m.sink(i)
	}
	return m, nil
}
