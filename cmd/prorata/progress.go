package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// bar shows on a terminal how far long work has come, on one line that what is
// written meanwhile pushes away. It is nothing until a second has passed.
type bar struct {
	out io.Writer // a terminal

	mu       sync.Mutex
	what     string
	done, of int64
	drawn    bool
	over     bool
}

const (
	barAfter = time.Second
	barEvery = 200 * time.Millisecond
	barWidth = 24 // of the bar itself
	barLine  = 78 // of all: a terminal that is narrower would keep what is drawn
)

// showProgress begins to show how far a verb has come; end takes it away.
func (c *console) showProgress(verb string) (end func()) {
	if c.bar == nil {
		return func() {}
	}
	c.bar.tell(verb+": working", 0, 0)
	stop, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		for next := time.NewTimer(barAfter); ; next.Reset(barEvery) {
			select {
			case <-next.C:
				c.bar.draw()
			case <-stop:
				next.Stop()
				return
			}
		}
	}()
	return func() {
		close(stop)
		<-gone
		c.bar.end()
	}
}

// rest takes the bar away until there is more to tell.
func (c *console) rest() {
	if c.bar != nil {
		c.bar.tell("", 0, 0)
		c.bar.clear()
	}
}

// tell is what the jobs tell.
func (b *bar) tell(what string, done, of int64) {
	b.mu.Lock()
	b.what, b.done, b.of = what, done, of
	b.mu.Unlock()
}

// end takes the bar away for good.
func (b *bar) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.remove()
	b.over = true
}

// results is stdout where a bar is on the same terminal: what a verb has to say
// comes when its work is done.
type results struct {
	io.Writer
	bar *bar
}

func (r results) Write(p []byte) (int, error) {
	r.bar.end()
	return r.Writer.Write(p)
}

// Write takes the bar away before anything else is written.
func (b *bar) Write(p []byte) (int, error) {
	b.clear()
	return b.out.Write(p)
}

func (b *bar) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.remove()
}

func (b *bar) remove() {
	if b.drawn {
		fmt.Fprint(b.out, "\r\x1b[K")
		b.drawn = false
	}
}

func (b *bar) draw() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.what != "" && !b.over {
		fmt.Fprint(b.out, "\r\x1b[K"+b.line())
		b.drawn = true
	}
}

// line is what is drawn: a bar where the end is known, else a count.
func (b *bar) line() string {
	tail := ""
	switch {
	case b.of > 0:
		full := int(min(b.done, b.of) * barWidth / b.of)
		tail = fmt.Sprintf("  %s%s %3d %%", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), min(b.done, b.of)*100/b.of)
	case b.done > 0:
		tail = "  " + grouped(b.done)
	}
	what := []rune(graphic(b.what))
	if most := barLine - len([]rune(tail)); len(what) > most {
		what = append(what[:most-1], '…')
	}
	return string(what) + tail
}

// grouped writes a count with its thousands apart.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}
