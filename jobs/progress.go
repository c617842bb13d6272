package jobs

import (
	"io"
	"iter"
	"sync/atomic"
)

// Progress is told what a job is doing and how much of it is done; of is 0 where
// nobody knows how much there is. It is called often, by several goroutines, and
// returns at once. A nil Progress tells nobody.
type Progress func(what string, done, of int64)

func (p Progress) tell(what string, done, of int64) {
	if p != nil {
		p(what, done, of)
	}
}

// of is a Progress that says before each thing what it is a part of.
func (p Progress) of(whole string) Progress {
	if p == nil {
		return nil
	}
	return func(what string, done, of int64) { p(whole+": "+what, done, of) }
}

// copying tells how many bytes of all were copied, as they are written to it.
type copying struct {
	progress Progress
	what     string
	done, of int64
}

func (c *copying) Write(p []byte) (int, error) {
	c.done += int64(len(p))
	c.progress.tell(c.what, c.done, c.of)
	return len(p), nil
}

// reading tells how much of a file is read, by its bytes.
func (p Progress) reading(what string, r io.ReaderAt, size int64) io.ReaderAt {
	if p == nil {
		return r
	}
	return &watched{ReaderAt: r, progress: p, what: what, size: size}
}

type watched struct {
	io.ReaderAt
	progress Progress
	what     string
	size     int64
	done     atomic.Int64
}

// ReadAt counts what is read; a file is read from its beginning once more where
// its head has said what it is.
func (w *watched) ReadAt(b []byte, at int64) (int, error) {
	n, err := w.ReaderAt.ReadAt(b, at)
	w.progress(w.what, min(w.done.Add(int64(n)), w.size), w.size)
	return n, err
}

// counting tells how many items of a sequence were taken.
func counting[T any](p Progress, what string, seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	if p == nil {
		return seq
	}
	return func(yield func(T, error) bool) {
		n := int64(0)
		for item, err := range seq {
			n++
			p(what, n, 0)
			if !yield(item, err) {
				return
			}
		}
	}
}
