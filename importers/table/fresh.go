package table

import (
	"bytes"
	"errors"
	"io"
)

// How far Fresh looks for where two texts go on alike.
const (
	freshWindow = 2 << 20 // bytes of each text
	nearLines   = 8       // changed, inserted or left out one after the other, the common case
	farSearches = 16      // of more lines than these: each takes as long as reading some megabytes
)

// Fresh hands on the lines of a text that an earlier text does not have, with
// their line ends. Lines that stand in both in the same order are passed over, each
// of the earlier text for one of the text, so that a line which it has twice and the
// earlier one once is handed on. A line that moved may be handed on too.
//
// It returns false where it gives up, because the texts are too unlike, because
// visit does, or because a line might not be a record: where one is handed on, all
// quotes before it are closed, in both texts. An error is one of reading.
func Fresh(earlier, text *io.SectionReader, visit func(line []byte) bool) (bool, error) {
	return fresh(&window{in: earlier, size: freshWindow}, &window{in: text, size: freshWindow}, visit)
}

func fresh(was, is *window, visit func(line []byte) bool) (bool, error) {
	quotes, quote, searches := 0, []byte{'"'}, 0
	for {
		if err := errors.Join(was.fill(), is.fill()); err != nil {
			return false, err
		}
		x, y := is.rest, was.rest
		if len(x) == 0 {
			return true, nil
		}
		n := commonPrefix(x, y)
		if n == len(x) && n == len(y) && is.ended && was.ended {
			return true, nil
		}
		if n = wholeLines(x[:n]); n > 0 {
			quotes += bytes.Count(x[:n], quote)
			is.skip(n)
			was.skip(n)
			continue
		}
		n, m, ok := meetNear(x, y)
		if !ok && searches < farSearches {
			n, m, ok = meetFar(x, y, was.ended)
			searches++
		}
		if !ok || quotes%2 > 0 || bytes.Count(y[:m], quote)%2 > 0 {
			return false, nil
		}
		for line := range bytes.Lines(x[:n]) {
			if !visit(line) {
				return false, nil
			}
		}
		is.skip(n)
		was.skip(m)
	}
}

// meetNear returns how many bytes of two texts, whole lines that begin differently,
// stand before a line that both have, a few lines on. Where y has ended, it is all of x
// but a last line that the window may have cut.
func meetNear(x, y []byte) (n, m int, ok bool) {
	if len(y) == 0 {
		n = wholeLines(x)
		return n, 0, n > 0
	}
	xs, ys := lines(x, nearLines), lines(y, nearLines)
	for d := 1; d < len(xs)+len(ys); d++ {
		for i := max(0, d-len(ys)+1); i <= d && i < len(xs); i++ {
			if a, b := xs[i], ys[d-i]; bytes.Equal(a.text, b.text) {
				return a.at, b.at, true
			}
		}
	}
	return 0, 0, false
}

// meetFar looks as far as the texts reach. ended says that nothing follows y.
func meetFar(x, y []byte, ended bool) (n, m int, ok bool) {
	for _, a := range sparse(lines(x, len(x))) {
		if at := lineIn(y, a.text); at >= 0 {
			return a.at, at, true
		}
	}
	for _, b := range sparse(lines(y, len(y))) {
		if at := lineIn(x, b.text); at >= 0 {
			return at, b.at, true
		}
	}
	n = wholeLines(x)
	return n, len(y), ended && n > 0 // what is left is another end
}

// wholeLines is how many bytes of a text are whole lines.
func wholeLines(b []byte) int { return bytes.LastIndexByte(b, '\n') + 1 }

type line struct {
	text []byte
	at   int
}

// lines are the first whole lines of a text, at most so many.
func lines(b []byte, most int) (first []line) {
	for at := 0; len(first) < most; {
		n := bytes.IndexByte(b[at:], '\n') + 1
		if n == 0 {
			break
		}
		first = append(first, line{b[at : at+n], at})
		at += n
	}
	return first
}

// sparse are the first lines and then ever fewer: to look for each takes long.
func sparse(all []line) (few []line) {
	for i := 0; i < len(all); i += max(1, i/2) {
		few = append(few, all[i])
	}
	return few
}

// lineIn is where a line stands in a text, or -1.
func lineIn(text, line []byte) int {
	for from := 0; ; {
		at := bytes.Index(text[from:], line)
		if at < 0 {
			return -1
		}
		if at += from; at == 0 || text[at-1] == '\n' {
			return at
		}
		from = at + 1
	}
}

// commonPrefix is how many bytes two texts begin with alike.
func commonPrefix(x, y []byte) int {
	const step = 1 << 10
	most := min(len(x), len(y))
	n := 0
	for n+step <= most && bytes.Equal(x[n:n+step], y[n:n+step]) {
		n += step
	}
	for n < most && x[n] == y[n] {
		n++
	}
	return n
}

// window is a piece of a text that is read on.
type window struct {
	in    io.Reader
	size  int
	buf   []byte
	rest  []byte // of buf: what was not skipped
	ended bool   // nothing follows
}

// fill reads on where less than half of the window is left.
func (w *window) fill() error {
	if w.ended || len(w.rest) >= w.size/2 {
		return nil
	}
	if w.buf == nil {
		w.buf = make([]byte, w.size)
	}
	kept := copy(w.buf, w.rest)
	n, err := io.ReadFull(w.in, w.buf[kept:])
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		w.ended, err = true, nil
	}
	w.rest = w.buf[:kept+n]
	return err
}

func (w *window) skip(n int) { w.rest = w.rest[n:] }
