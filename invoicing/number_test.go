package invoicing

import (
	"fmt"
	"testing"
)

func TestNumbers(t *testing.T) {
	for _, n := range []int{1, 9, 10, 99, 100, 12345, 99999, 100000, 999999, 1000000, 12345678} {
		for _, year := range []int{7, 999, 2026} {
			if got, want := numberOf("INV", year, n), fmt.Sprintf("INV-%04d-%06d", year, n); got != want {
				t.Errorf("number %d of %d is %s, want %s", n, year, got, want)
			}
		}
	}
}

func TestParseNumber(t *testing.T) {
	for s, ours := range map[string]bool{"INV-2026-000017": true, "cn-2026-1000001": true, "INV-2026-17": false, "INV-2026-0000017": false, "INV-2026-000000": false,
		"INV-2026--00017": false, "F-2026-000017": false, "INV-2026-000017-R1": false, "INV-2026": false, "": false} {
		if _, _, n, ok := ParseNumber(s); ok != ours || ok && n != 17 && n != 1000001 {
			t.Errorf("%q: number %d, ours %t", s, n, ok)
		}
	}
}
