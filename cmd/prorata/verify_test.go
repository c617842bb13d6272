package main

import (
	"strings"
	"testing"
)

// Where another version made nights, what verify finds may be the version's doing.
func TestVerifyNamesTheVersionThatMadeNights(t *testing.T) {
	for _, versions := range [][]string{nil, {"1.1"}} {
		if got := madeByAnother(versions, "1.1"); got != "" {
			t.Errorf("nights of %q: %s", versions, got)
		}
	}
	if got := madeByAnother([]string{"0.9", "1.1", "1.0"}, "1.1"); !strings.Contains(got, "this is version 1.1, and nights were made by 0.9, 1.0: verify with") {
		t.Error(got)
	}
}
