package main

import (
	"fmt"
	"strings"
	"testing"
)

// The bar tells a share where the end is known and a count where it is not, on one
// line; nothing in the name of a file moves the cursor.
func TestBarLine(t *testing.T) {
	for _, c := range []struct {
		what     string
		done, of int64
		want     string
	}{
		{"reading q3.csv", 1, 2, "reading q3.csv  ████████████░░░░░░░░░░░░  50 %"},
		{"reading q3.csv", 9, 2, "reading q3.csv  ████████████████████████ 100 %"},
		{"run 3: accounts settled", 1234567, 0, "run 3: accounts settled  1 234 567"},
		{"keeping q3.csv", 0, 0, "keeping q3.csv"},
		{"reading \x1b[2Jq3.csv", 0, 0, "reading ?[2Jq3.csv"},
	} {
		b := &bar{what: c.what, done: c.done, of: c.of}
		if got := b.line(); got != c.want {
			t.Errorf("%q %d of %d shows %q, want %q", c.what, c.done, c.of, got, c.want)
		}
	}
	b := &bar{what: strings.Repeat("å", 200), done: 1, of: 2}
	if n := len([]rune(b.line())); n != barLine {
		t.Errorf("the line has %d characters, want %d", n, barLine)
	}
}

// What is logged while a bar is drawn takes its place, and nothing of the bar is
// left at the end.
func TestBarGivesWay(t *testing.T) {
	var out strings.Builder
	b := &bar{out: &out}
	b.tell("reading", 0, 0)
	b.draw()
	if _, err := b.Write([]byte("a log line\n")); err != nil {
		t.Fatal(err)
	}
	b.draw()
	b.clear()
	b.clear()
	const gone = "\r\x1b[K"
	if want := gone + "reading" + gone + "a log line\n" + gone + "reading" + gone; out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
}

// Work of less than a second draws nothing, and where stderr is no terminal there
// is no bar at all.
func TestBarOfShortWork(t *testing.T) {
	var out strings.Builder
	c := &console{bar: &bar{out: &out}}
	end := c.showProgress("run")
	c.bar.tell("reading", 1, 2)
	end()
	if out.String() != "" {
		t.Errorf("wrote %q", out.String())
	}
	(&console{}).showProgress("run")()
}

// What a verb has to say takes the bar's place, for good.
func TestBarGivesWayToResults(t *testing.T) {
	var terminal strings.Builder
	b := &bar{out: &terminal}
	b.tell("packing", 1, 0)
	b.draw()
	fmt.Fprint(results{&terminal, b}, "done, ")
	b.draw()
	fmt.Fprint(results{&terminal, b}, "and well")
	if want := "\r\x1b[Kpacking  1\r\x1b[Kdone, and well"; terminal.String() != want {
		t.Errorf("wrote %q, want %q", terminal.String(), want)
	}
}
