package table

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// freshOf is what Fresh hands on, with windows of so many bytes.
func freshOf(t interface{ Fatal(...any) }, earlier, text string, size int) (lines []string, ok bool) {
	section := func(s string) *io.SectionReader { return io.NewSectionReader(strings.NewReader(s), 0, int64(len(s))) }
	ok, err := fresh(&window{in: section(earlier), size: size}, &window{in: section(text), size: size}, func(line []byte) bool {
		lines = append(lines, string(line))
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines, ok
}

func TestFresh(t *testing.T) {
	for _, c := range []struct{ name, earlier, text, want string }{
		{"the same", "a b c", "a b c", ""},
		{"nothing before", "", "a b", "a b"},
		{"nothing now", "a b", "", ""},
		{"one changed", "a b c", "a B c", "B"},
		{"two changed beside each other", "a b c d", "a B C d", "B C"},
		{"one inserted", "a b c", "a x b c", "x"},
		{"one left out", "a b c", "a c", ""},
		{"one on top, one below", "a b c", "x a b c y", "x y"},
		{"all left out but the last", "a b c d e f g h i j k l m n o p", "p", ""},
		{"twice what was there once", "a b c", "a b b c", "b"},
		{"once what was there twice", "a b b c", "a b c", ""},
		{"one moved down", "a b c d", "b c a d", "a"},
		{"all others", "a b c", "x y z", "x y z"},
		{"a line end within quotes, and what stands before it changed", `a "b c" d`, `A "b c" d`, "A"},
		{"what stands before a line end within quotes changed", `a "b c" d`, `a "B c" d`, "gives up"},
		{"what stands behind a line end within quotes changed", `a "b c" d`, `a "b C" d`, "gives up"},
		{"the line before a cell's second one was left out", `a "b c" d`, `a c" d`, "gives up"},
		{"a last line without its end", "a b", "a b -c", "gives up"},
	} {
		lines := func(s string) string {
			s = strings.ReplaceAll(s+" ", " ", "\n")
			return strings.Replace(strings.TrimLeft(s, "\n"), "-c\n", "c", 1)
		}
		got, ok := freshOf(t, lines(c.earlier), lines(c.text), freshWindow)
		told := strings.ReplaceAll(strings.TrimSpace(strings.Join(got, "")), "\n", " ")
		if !ok {
			told = "gives up"
		}
		if told != c.want {
			t.Errorf("%s: hands on %q, want %q", c.name, told, c.want)
		}
	}
}

// TestFreshOfLongTexts: what was left out or inserted is found within a window, and
// more than a window makes Fresh give up.
func TestFreshOfLongTexts(t *testing.T) {
	row := func(n int, change string) string {
		return fmt.Sprintf("%08d%s,%s\n", n, change, strings.Repeat("x", 100))
	}
	text := func(from, to int, change func(n int) string) string {
		var b strings.Builder
		for n := from; n < to; n++ {
			b.WriteString(row(n, change(n)))
		}
		return b.String()
	}
	same := func(int) string { return "" }
	earlier := text(0, 50_000, same)
	got, ok := freshOf(t, earlier, text(40_000, 40_500, same)+text(5_000, 51_000, func(n int) string {
		if n%100 == 7 {
			return "!"
		}
		return ""
	}), freshWindow)
	if most := 500 + 450 + 1000 + 300; !ok || len(got) < 500+450+1000 || len(got) > most {
		t.Errorf("%d lines are handed on (%v), want 500 from above, 450 that changed, 1,000 from below, and few more", len(got), ok)
	}
	if got, ok := freshOf(t, earlier, text(30_000, 50_000, same), freshWindow); ok {
		t.Errorf("of a text that lacks more than a window, %d lines are handed on", len(got))
	}
}

// TestFreshOfAnotherOrder: where the lines of a text stand otherwise throughout, looking
// for each would take hours.
func TestFreshOfAnotherOrder(t *testing.T) {
	var earlier, text strings.Builder
	for n := range 40_000 {
		fmt.Fprintf(&earlier, "%08d,%s\n", n, strings.Repeat("x", 100))
		fmt.Fprintf(&text, "%08d,%s\n", n/100*100+99-n%100, strings.Repeat("x", 100))
	}
	if lines, ok := freshOf(t, earlier.String(), text.String(), freshWindow); ok {
		t.Errorf("of a text in another order %d lines are handed on", len(lines))
	}
}

// TestFreshLosesNothing: of no line does a text have more than the earlier one has
// and what is handed on, wherever the windows cut.
func TestFreshLosesNothing(t *testing.T) {
	told := 0
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"a", "b", "c", "bb", `"q"`, `"`, "", "long line", "é"})
		earlier := rapid.SliceOfN(line, 0, 30).Draw(t, "earlier")
		text := slices.Clone(earlier)
		for range rapid.IntRange(0, 6).Draw(t, "edits") {
			at := rapid.IntRange(0, len(text)).Draw(t, "at")
			switch {
			case rapid.Bool().Draw(t, "inserts"):
				text = slices.Insert(text, at, rapid.SliceOfN(line, 1, 5).Draw(t, "lines")...)
			case at < len(text):
				text = slices.Delete(text, at, min(len(text), at+rapid.IntRange(1, 9).Draw(t, "lines")))
			}
		}
		end := rapid.SampledFrom([]string{"\n", ""})
		whole := func(lines []string, end string) string { return strings.Join(lines, "\n") + end }
		was, is := whole(earlier, end.Draw(t, "end of the earlier")), whole(text, end.Draw(t, "end of the text"))
		lines, ok := freshOf(t, was, is, rapid.SampledFrom([]int{16, 64, 4096}).Draw(t, "window"))
		if !ok {
			return
		}
		told++
		left := map[string]int{}
		for _, l := range append(lines, slices.Collect(strings.Lines(was))...) {
			left[l]++
		}
		for l := range strings.Lines(is) {
			if left[l]--; left[l] < 0 {
				t.Fatalf("%q is in the text more often than in the earlier one and among %q", l, lines)
			}
		}
	})
	if told == 0 {
		t.Error("Fresh always gave up")
	}
}
