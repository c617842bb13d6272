package main

import (
	"strings"
	"testing"
)

// What a terminal would act on is shown as ?, in lines as in tables: a title that someone
// gave a column, a name with letters that turn the line round.
func TestTerminalShowsOnlyText(t *testing.T) {
	var b strings.Builder
	n, err := terminal{&b}.Write([]byte("Åsa\x1b[2J\u009b1m\n\u202egnp.x\n"))
	if want := "Åsa?[2J?1m\n?gnp.x\n"; b.String() != want || n != 22 || err != nil {
		t.Errorf("%q, %d, %v, want %q", b.String(), n, err, want)
	}
}
