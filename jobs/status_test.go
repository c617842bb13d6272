package jobs

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// A ledger that a wrong clock has brought into the future needs a person: until
// that day no night is made.
func TestStatusTellsALedgerAheadOfTheClock(t *testing.T) {
	s := newShop(t)
	if _, err := s.night(s.path("inbox"), 22); err != nil {
		t.Fatal(err)
	}
	for day, ahead := range map[int]bool{21: true, 22: false, 23: false} {
		status, err := ReadStatus(&Watch{Ledger: s.ledger(), Now: time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC), Zone: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		told := slices.ContainsFunc(status.Needs, func(n string) bool { return strings.Contains(n, "the ledger is at 2026-11-22, after today") })
		if told != ahead {
			t.Errorf("on day %d: told %v of %q", day, told, status.Needs)
		}
	}
}
