package importers

import (
	"fmt"
	"strings"
	"testing"
)

// A details export of more orders and days than are held at a time: each day is
// told, and what was used of it is never lost, if in parts.
func TestUsageBeyondWhatIsHeld(t *testing.T) {
	var b strings.Builder
	b.WriteString("ReservationOrderId,ReservationId,UsageDate,UsedHours\n")
	for half := range 2 {
		for i := range maxSums + 10 {
			fmt.Fprintf(&b, "o%d,r,2026-11-01,%d\n", i, half*(i%2))
		}
	}
	used := map[string]bool{}
	for _, line := range strings.Split(read(t, "details.csv", []byte(b.String())), "\n") {
		if rest, ok := strings.CutPrefix(line, `usage Order="`); ok {
			order, rest, _ := strings.Cut(rest, `"`)
			used[order] = used[order] || strings.Contains(rest, "UsedHours=1")
		}
	}
	if len(used) != maxSums+10 {
		t.Fatalf("%d orders are told of", len(used))
	}
	for i := range maxSums + 10 {
		if used[fmt.Sprintf("o%d", i)] != (i%2 == 1) {
			t.Fatalf("order %d: used is %t", i, i%2 == 0)
		}
	}
}
