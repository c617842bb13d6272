package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"testing"

	"pgregory.net/rapid"
)

// pair is one item.
type pair struct{ key, value []byte }

func comparePairs(a, b pair) int { return bytes.Compare(a.key, b.key) }

func genPairs(t *rapid.T, label string) []pair {
	key := rapid.SliceOfN(rapid.ByteRange('a', 'c'), 0, 6)
	value := rapid.SliceOfN(rapid.Byte(), 0, 3000)
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) pair {
		return pair{key.Draw(t, "key"), value.Draw(t, "value")}
	}), 0, 120).Draw(t, label)
}

// writeSegments writes each list as a segment.
func writeSegments(t tb, folder string, lists [][]pair) (all []*segment) {
	for n, list := range lists {
		slices.SortStableFunc(list, comparePairs)
		w := must(newSegmentWriter(folder, int64(n+1), onAccount, 1))(t)
		for _, p := range list {
			mustDo(t, w.add(p.key, p.value))
		}
		if s := must(w.finish())(t); s != nil {
			mustDo(t, w.sync())
			all = append(all, s)
		}
	}
	return all
}

// TestCursorIsASortedMap: a cursor over any segments finds and walks what one
// sorted list of all items has.
func TestCursorIsASortedMap(t *testing.T) {
	folder := memoryFolder(t)
	rapid.Check(t, func(t *rapid.T) {
		lists := [][]pair{genPairs(t, "one"), genPairs(t, "two"), genPairs(t, "three")}
		c := must(newCursor(writeSegments(t, folder, lists)))(t)
		defer c.Close()
		all := slices.Concat(lists...)
		slices.SortStableFunc(all, comparePairs)
		for range 20 {
			key := rapid.SliceOfN(rapid.ByteRange('a', 'c'), 0, 6).Draw(t, "sought")
			at := sort.Search(len(all), func(i int) bool { return bytes.Compare(all[i].key, key) >= 0 })
			ok := c.Seek(key)
			for n := range rapid.IntRange(0, 200).Draw(t, "steps") {
				if ok != (at+n < len(all)) {
					t.Fatalf("%d steps after %q there is an item: %v", n, key, ok)
				}
				if !ok {
					break
				}
				if want := all[at+n]; !bytes.Equal(c.Key(), want.key) || !bytes.Equal(c.Value(), want.value) {
					t.Fatalf("%d steps after %q: %q, want %q", n, key, c.Key(), want.key)
				}
				ok = c.Next()
			}
			mustDo(t, c.Err())
		}
	})
}

// TestSorterIsAStableSort in whatever memory it has.
func TestSorterIsAStableSort(t *testing.T) {
	folder := memoryFolder(t)
	rapid.Check(t, func(t *rapid.T) {
		s := newSorter(folder, rapid.SampledFrom([]int{100, 10_000, 1 << 20}).Draw(t, "budget"))
		defer s.Close()
		for round := range 2 { // a sorter may be used again
			all := genPairs(t, fmt.Sprint("round ", round))
			for _, p := range all {
				mustDo(t, s.add(p.key, p.value))
			}
			slices.SortStableFunc(all, comparePairs)
			items := must(s.sorted())(t)
			for _, want := range all {
				if !items.Next() {
					t.Fatalf("it ends before %q: %v", want.key, items.Err())
				}
				if !bytes.Equal(items.Key(), want.key) || !bytes.Equal(items.Value(), want.value) {
					t.Fatalf("%q came, want %q", items.Key(), want.key)
				}
			}
			if items.Next() {
				t.Fatalf("%q is left over", items.Key())
			}
			mustDo(t, s.reset())
		}
	})
}

// TestADamagedPageIsNamed: a changed byte anywhere in a segment is an error that
// names the file and the page, never other items.
func TestADamagedPageIsNamed(t *testing.T) {
	folder := memoryFolder(t)
	var list []pair
	for n := range 4000 {
		list = append(list, pair{fmt.Appendf(nil, "key %06d", n), fmt.Appendf(nil, "value %d of some length %d", n, n*n)})
	}
	path := segmentPath(folder, 1)
	write := func() []*segment { return writeSegments(t, folder, [][]pair{list}) }
	write()
	whole := must(os.ReadFile(path))(t)
	for at := 0; at < len(whole); at += 97 {
		all := write()
		b := bytes.Clone(whole)
		b[at] ^= 0x10
		mustDo(t, os.WriteFile(path, b, 0o600))
		c, err := newCursor(all)
		n := 0
		if err == nil {
			for ok := c.Seek(nil); ok; ok = c.Next() {
				if !bytes.Equal(c.Key(), list[n].key) || !bytes.Equal(c.Value(), list[n].value) {
					t.Fatalf("byte %d changed: item %d is another", at, n)
				}
				n++
			}
			err = c.Err()
			c.Close()
		}
		var damaged *DamagedError
		if !errors.As(err, &damaged) || damaged.Path != path {
			t.Fatalf("byte %d of %d changed: %d items were read, and the error is %v", at, len(whole), n, err)
		}
	}
}

// TestACutSegmentIsDamaged at any length.
func TestACutSegmentIsDamaged(t *testing.T) {
	folder := memoryFolder(t)
	all := writeSegments(t, folder, [][]pair{{{[]byte("a"), []byte("b")}}})
	whole := must(os.ReadFile(all[0].path))(t)
	for n := range whole {
		all := writeSegments(t, folder, [][]pair{{{[]byte("a"), []byte("b")}}})
		mustDo(t, os.WriteFile(all[0].path, whole[:n], 0o600))
		var damaged *DamagedError
		if _, err := newCursor(all); !errors.As(err, &damaged) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}

// TestKeysComeInOrder: a writer refuses what would make a segment unsearchable.
func TestKeysComeInOrder(t *testing.T) {
	w := must(newSegmentWriter(t.TempDir(), 1, onAccount, 1))(t)
	defer w.abandon()
	mustDo(t, w.add([]byte("b"), nil))
	mustDo(t, w.add([]byte("b"), nil))
	if err := w.add([]byte("a"), nil); err == nil {
		t.Error("a key went in after a greater one")
	}
}
