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
