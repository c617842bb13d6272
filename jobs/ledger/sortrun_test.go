package ledger

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSortRun: items come out by key, and equal ones in the order in which they
// came, whatever their keys have in common.
func TestSortRun(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, key := range map[string]func() []byte{
		"orders":       func() []byte { return putNumber(putNumber([]byte{2}, int(r.Uint32())), int(r.Uint32())) },
		"accounts":     func() []byte { return fmt.Appendf(nil, "BP%d\x00order %d", r.IntN(50), r.IntN(900)) },
		"few":          func() []byte { return []byte{byte(r.IntN(3))} },
		"one":          func() []byte { return []byte("the same one each time") },
		"short":        func() []byte { return bytes.Repeat([]byte{0}, r.IntN(4)) },
		"the first":    func() []byte { return binaryKey(r.Uint64() & 0xff00000000000003) },
		"all the bits": func() []byte { return binaryKey(r.Uint64()) },
	} {
		for _, n := range []int{0, 1, 2, 255, 256, 3000} {
			var run sortRun
			var want []string
			for i := range n {
				k := key()
				v := fmt.Sprintf("%06d", i)
				run.add(1<<20, k, []byte(v))
				want = append(want, fmt.Sprintf("%x %s", k, v))
			}
			run.sort()
			slices.SortStableFunc(want, func(a, b string) int {
				return bytes.Compare([]byte(a[:bytes.IndexByte([]byte(a), ' ')]), []byte(b[:bytes.IndexByte([]byte(b), ' ')]))
			})
			for i, x := range run.recs {
				k, v := run.item(x)
				if got := fmt.Sprintf("%x %s", k, v); got != want[i] {
					t.Fatalf("%s: item %d of %d is %s, want %s", name, i, n, got, want[i])
				}
			}
		}
	}
}

func binaryKey(n uint64) []byte { return putNumber(putNumber(nil, int(n>>32)), int(uint32(n))) }
