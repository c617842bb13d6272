package exporters

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"prorata/invoicing"
	"prorata/jobs/durable"
)

// press writes the files of one folder. Parts are called by one goroutine; a
// second one hashes and writes what they hand over, in order.
type press struct {
	night   *Night
	dir     string   // the temporary folder
	formats Formats  // of the folder
	outputs []string // their names, in the order of the list

	chunks chan chunk
	free   chan []byte
	done   chan struct{} // the second goroutine is through

	mu      sync.Mutex
	err     error // the first failure, of any goroutine
	written []OutputEntry
	files   []*file
	// einvoicing is what the e-invoices of the night are, and what lacks.
	einvoicing EInvoicing
	warnings   []Lack // of its documents besides, by rule

	credits []*invoicing.Credit // of credits.csv, until all have been seen

	inputs []int32 // by number: 1 + its place in night.Inputs
	cited  []bool  // by number
}

// chunk is a full buffer on its way to a file.
type chunk struct {
	to  *file
	buf []byte
}

// file is one file being written and hashed.
type file struct {
	name string
	f    *os.File
	sum  hash.Hash
	size int64
	rows int // of a register, without its header
}

func newPress(night *Night, dir string, formats Formats) *press {
	p := &press{night: night, dir: dir, formats: formats, chunks: make(chan chunk, 8), free: make(chan []byte, 16), done: make(chan struct{})}
	if n := len(night.Inputs); n > 0 {
		last := night.Inputs[n-1].Number
		p.inputs, p.cited = make([]int32, last+1), make([]bool, last+1)
	}
	for i, in := range night.Inputs {
		p.inputs[in.Number] = int32(i + 1)
	}
	go p.write()
	return p
}

// write is the second goroutine: it ends when chunks is closed.
func (p *press) write() {
	defer close(p.done)
	for c := range p.chunks {
		c.to.sum.Write(c.buf)
		n, err := c.to.f.Write(c.buf)
		c.to.size += int64(n)
		if err != nil {
			p.fail(fmt.Errorf("writing %s: %w", c.to.name, err))
		}
		select {
		case p.free <- c.buf[:0]:
		default:
		}
	}
}

// fail keeps the first error.
func (p *press) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
}

func (p *press) failed() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// create opens a new file of the folder.
func (p *press) create(name string) (*file, error) {
	f, err := os.OpenFile(filepath.Join(p.dir, filepath.FromSlash(name)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("making %s: %w", name, err)
	}
	out := &file{name: name, f: f, sum: sha256.New()}
	p.files = append(p.files, out)
	return out, nil
}

// hand gives a full buffer to the second goroutine and returns an empty one.
func (p *press) hand(to *file, buf []byte) []byte {
	p.chunks <- chunk{to, buf}
	select {
	case next := <-p.free:
		return next
	default:
		return make([]byte, 0, chunkSize+chunkSize/4)
	}
}

// finish waits for the second goroutine, then syncs and closes every file that
// create opened, several at once: most of an fsync is waiting.
func (p *press) finish() error {
	close(p.chunks)
	<-p.done
	atOnce(len(p.files), func(i int) {
		f := p.files[i]
		if p.failed() != nil {
			_ = f.f.Close() // all of it will be removed
			return
		}
		if err := closeSynced(f.f, durable.OutputSync); err != nil {
			p.fail(fmt.Errorf("writing %s to disk: %w", f.name, err))
		}
		p.record(OutputEntry{Name: f.name, SHA256: hex.EncodeToString(f.sum.Sum(nil)), Size: f.size, Rows: f.rows})
	})
	slices.SortFunc(p.written, func(a, b OutputEntry) int { return strings.Compare(a.Name, b.Name) })
	return p.failed()
}

// record notes a written file for the manifest.
func (p *press) record(e OutputEntry) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.written = append(p.written, e)
}

// source is the input of a source, which the manifest will list; a source that
// no input explains fails the folder. No source is no input.
func (p *press) source(s invoicing.Source) *Input {
	if s.File == 0 {
		return &Input{}
	}
	if s.File < 0 || s.File >= len(p.inputs) || p.inputs[s.File] == 0 {
		p.fail(fmt.Errorf("source %s is not a row of any input of the ledger", s))
		return &Input{}
	}
	p.cited[s.File] = true
	return &p.night.Inputs[p.inputs[s.File]-1]
}

// sources writes a cell of sources (DOC-3).
func (p *press) sources(c *cells, sources []invoicing.Source) {
	start := len(c.buf)
	c.buf = p.appendSources(c.buf, sources)
	c.seal(start)
}

// appendSources lists sources, for the manifest to cite; what is no row is left out.
func (p *press) appendSources(b []byte, sources []invoicing.Source) []byte {
	start := len(b)
	for _, s := range sources {
		if s.File == 0 {
			continue
		}
		p.source(s)
		if len(b) > start {
			b = append(b, ';')
		}
		b = s.Append(b)
	}
	return b
}

// writeFile writes a new file to disk.
func writeFile(path string, body []byte, failpoint string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.Write(body); err != nil {
		_ = f.Close() // the error of the writing is the one that matters
		return err
	}
	return closeSynced(f, failpoint)
}

// closeSynced closes a file, after its bytes are safe on disk.
func closeSynced(f *os.File, failpoint string) error {
	err := durable.Step(failpoint, f.Sync)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// syncing is how many files are brought to disk at once.
const syncing = 16

// atOnce calls do for 0 to n-1, a few at a time.
func atOnce(n int, do func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, syncing) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
