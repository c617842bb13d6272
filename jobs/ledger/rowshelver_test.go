package ledger

import (
	"context"
	"fmt"
	"testing"
)

// TestManyRowsAreFewSegments: 10,000 rows of 40 bytes, 4 KiB at a time, would be 140
// segments, or twice as many for what each takes beside its bytes.
func TestManyRowsAreFewSegments(t *testing.T) {
	l := openTest(t)
	c := must(l.begin(context.Background()))(t)
	defer c.rollback()
	r := newRowShelver(c, onPurchase, 4<<10)
	const rows = 10_000
	for n := range rows {
		mustDo(t, r.add(fmt.Appendf(nil, "%08d", n*7919%rows), fmt.Appendf(nil, "%032d", n)))
	}
	mustDo(t, r.end())
	if n := len(c.shelves[onPurchase]); n < 24 || n > 48 {
		t.Errorf("there are %d segments, want 24 of three sizes and few of the largest, no more than stay as they are", n)
	}
	n := 0
	mustDo(t, c.shelves.each(onPurchase, func(key, _ []byte) error {
		if string(key) != fmt.Sprintf("%08d", n) {
			t.Fatalf("row %d is %s", n, key)
		}
		n++
		return nil
	}))
	if n != rows {
		t.Errorf("%d rows are on the shelf, want %d", n, rows)
	}
}
