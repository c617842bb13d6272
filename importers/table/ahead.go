package table

import "io"

// ahead unpacks a part on a goroutine of its own, some blocks before they are asked for:
// half of the time of a long sheet goes into that.
type ahead struct {
	in     io.ReadCloser
	blocks chan aheadBlock
	free   chan []byte
	stop   chan struct{}
	block  aheadBlock
	left   []byte // of the block
}

type aheadBlock struct {
	b   []byte
	err error
}

const (
	aheadLength = 128 << 10
	aheadBlocks = 4
)

func newAhead(in io.ReadCloser) *ahead {
	a := &ahead{in: in, blocks: make(chan aheadBlock, aheadBlocks), free: make(chan []byte, aheadBlocks+1), stop: make(chan struct{})}
	for range aheadBlocks {
		a.free <- make([]byte, aheadLength)
	}
	go a.run()
	return a
}

// run reads until the part ends or nobody wants more, and closes it.
func (a *ahead) run() {
	defer close(a.blocks)
	for {
		var b []byte
		select {
		case b = <-a.free:
		case <-a.stop:
			return
		}
		n, err := io.ReadFull(a.in, b)
		if err == io.ErrUnexpectedEOF { //nolint:errorlint // ReadFull's own
			err = io.EOF
		}
		select {
		case a.blocks <- aheadBlock{b[:n], err}:
		case <-a.stop:
			return
		}
		if err != nil {
			return
		}
	}
}

// Read gives what was unpacked, and then the error that ended it.
func (a *ahead) Read(p []byte) (int, error) {
	for len(a.left) == 0 {
		if a.block.err != nil {
			return 0, a.block.err
		}
		if a.block.b != nil {
			a.free <- a.block.b[:aheadLength]
		}
		a.block = <-a.blocks
		a.left = a.block.b
	}
	n := copy(p, a.left)
	a.left = a.left[n:]
	return n, nil
}

// Close waits for the goroutine to end.
func (a *ahead) Close() error {
	close(a.stop)
	for range a.blocks { // what it had already unpacked
	}
	return a.in.Close()
}
