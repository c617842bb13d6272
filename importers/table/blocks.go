package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// Stream is how a bulk file is read: in blocks, on two goroutines, delivered in
// order. B is a batch, reused, into which a worker puts what it made of records.
type Stream[B any] struct {
	In        io.ReaderAt
	From, To  int64 // what to read: records only, the header lies before From
	Delim     byte
	Columns   int // fields of a record that count
	BlockSize int // bytes; 0 is 256 KiB, or all where that is less
	// NewWorker makes the function that takes records from the scanner into an
	// empty batch. It may stop before the scanner ends, when the batch is full.
	NewWorker func() func(*Scanner, *B)
	// Deliver takes the batches in the order of the file, on the goroutine of
	// Run; rows is how many rows stand between From and the batch.
	Deliver func(b *B, rows int) error
}

// block is one piece of the file with what was made of it, on the supposition
// that it begins with a record.
type block[B any] struct {
	seq   int
	buf   []byte
	batch B
	rest  []byte // of buf: what the worker did not take
	state ScanState
	rows  int
	final bool
	err   error
}

// Run reads the file. It returns the first error of reading or of Deliver, or the
// context's. What it delivers depends on the bytes alone, never on the size of
// the blocks: each is cut where a record seems to end, and is parsed again,
// in order, where that turns out to be wrong.
func (s *Stream[B]) Run(ctx context.Context) error {
	const workers = 2
	c := &cutter{in: s.In, at: s.From, to: s.To, size: s.BlockSize}
	if c.size == 0 {
		c.size = int(min(1<<18, max(s.To-s.From, 1)))
	}
	free := make(chan *block[B], workers+1)
	for range cap(free) {
		free <- &block[B]{buf: make([]byte, 0, c.size)}
	}
	done := make(chan *block[B], cap(free))
	var stop atomic.Bool
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { s.work(c, free, done, &stop) })
	}
	go func() { wg.Wait(); close(done) }()
	err := s.inOrder(ctx, free, done)
	stop.Store(true)
	close(free)
	for range done { // a worker may be about to send
	}
	return err
}

// work parses blocks until the file ends or it is told to stop.
func (s *Stream[B]) work(c *cutter, free <-chan *block[B], done chan<- *block[B], stop *atomic.Bool) {
	parse := s.NewWorker()
	scan := NewScanner(s.Delim, s.Columns)
	for b := range free {
		if stop.Load() {
			return
		}
		var ok bool
		b.buf, b.seq, b.final, ok, b.err = c.next(b.buf)
		if !ok {
			return
		}
		if b.err == nil {
			scan.Reset(b.buf, ScanState{}, b.final)
			parse(scan, &b.batch)
			b.rest, b.state = scan.Rest()
			b.rows = scan.Rows()
		}
		done <- b
	}
}

// inOrder delivers the blocks in the order of the file.
func (s *Stream[B]) inOrder(ctx context.Context, free chan<- *block[B], done <-chan *block[B]) error {
	waiting := map[int]*block[B]{}
	next := 0
	d := &deliverer[B]{stream: s}
	for b := range done {
		waiting[b.seq] = b
		for b := waiting[next]; b != nil; b = waiting[next] {
			delete(waiting, next)
			next++
			if b.err != nil {
				return fmt.Errorf("reading the file: %w", b.err)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := d.take(b); err != nil {
				return err
			}
			if b.final {
				return nil
			}
			free <- b
		}
	}
	return nil
}

// deliverer knows what the blocks delivered so far left over.
type deliverer[B any] struct {
	stream *Stream[B]
	rows   int
	carry  []byte // of earlier blocks, not taken
	state  ScanState
	parse  func(*Scanner, *B) // for what is parsed again
	scan   *Scanner
	batch  B
}

func (d *deliverer[B]) take(b *block[B]) error {
	if len(d.carry) > 0 || d.state != (ScanState{}) {
		return d.again(append(d.carry, b.buf...), b.final)
	}
	if err := d.stream.Deliver(&b.batch, d.rows); err != nil {
		return err
	}
	d.rows += b.rows
	d.state = b.state
	if len(b.rest) > 0 {
		return d.again(append(d.carry[:0], b.rest...), b.final)
	}
	return nil
}

// again parses buf on this goroutine, batch by batch, and keeps what is left.
func (d *deliverer[B]) again(buf []byte, final bool) error {
	if d.parse == nil {
		d.parse = d.stream.NewWorker()
		d.scan = NewScanner(d.stream.Delim, d.stream.Columns)
	}
	rest := buf
	for {
		d.scan.Reset(rest, d.state, final)
		d.parse(d.scan, &d.batch)
		before := len(rest)
		rest, d.state = d.scan.Rest()
		if err := d.stream.Deliver(&d.batch, d.rows); err != nil {
			return err
		}
		d.rows += d.scan.Rows()
		if len(rest) == 0 || len(rest) == before {
			break
		}
	}
	d.carry = append(buf[:0], rest...)
	return nil
}

// cutter reads the file in blocks that end where a record seems to.
type cutter struct {
	mu   sync.Mutex
	in   io.ReaderAt
	at   int64
	to   int64
	size int
	tail []byte // read, and left for the next block
	seq  int
	over bool
}

// next fills buf; ok is false at the end.
func (c *cutter) next(buf []byte) (_ []byte, seq int, final, ok bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return buf, 0, false, false, nil
	}
	seq, c.seq = c.seq, c.seq+1
	buf = append(buf[:0], c.tail...)
	c.tail = c.tail[:0]
	from, n := len(buf), int(min(int64(max(c.size-len(buf), c.size/2)), c.to-c.at))
	if cap(buf) < from+n {
		buf = append(make([]byte, 0, from+n), buf...)
	}
	buf = buf[:from+n]
	if read, err := c.in.ReadAt(buf[from:], c.at); read < n {
		c.over = true
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return buf[:0], seq, true, true, err
	}
	if c.at += int64(n); c.at == c.to {
		c.over = true
		return buf, seq, true, true, nil
	}
	cut := recordEnd(buf)
	c.tail = append(c.tail, buf[cut:]...)
	return buf[:cut], seq, false, true, nil
}

// recordEnd returns where the last record of buf seems to end: behind the last
// line end with an even number of quotes before it. Where bad quoting leaves
// none in the second half, the last line end is as good a guess.
func recordEnd(buf []byte) int {
	quotes := bytes.Count(buf, []byte{'"'})
	last := bytes.LastIndexByte(buf, '\n')
	if last < 0 {
		return len(buf)
	}
	for end, nl := len(buf), last; nl > len(buf)/2; {
		quotes -= bytes.Count(buf[nl:end], []byte{'"'})
		if quotes%2 == 0 {
			return nl + 1
		}
		end = nl
		nl = bytes.LastIndexByte(buf[:nl], '\n')
	}
	return last + 1
}
