package table

import (
	"bytes"
	"testing"
)

// Texts come back as they were added, at the end of a block, too.
func TestTexts(t *testing.T) {
	var all texts
	var want [][]byte
	for i, n := range []int{0, 5, textBlock/2 - 5, textBlock / 2, 0, 0, 7, textBlock / 4, textBlock - textBlock/4 - 8, 1, 0, 3} {
		s := bytes.Repeat([]byte{byte('a' + i)}, n)
		all.add(s)
		want = append(want, s)
	}
	for range textPlaces {
		all.add([]byte("x"))
	}
	all.seal()
	for i := range want {
		if got := all.get(i); got != string(want[i]) {
			t.Errorf("text %d has %d bytes, want %d", i, len(got), len(want[i]))
		}
	}
	if all.get(all.n-1) != "x" {
		t.Error("the last text is lost")
	}
}
