package jobs

import (
	"errors"
	"strings"
	"testing"
	"time"

	"prorata/jobs/durable"
)

// A refund that the vendor has not credited in time is told on the night that finds
// it, and on no other; how many are open, and for how long, is told for as long.
func TestNoticesOfBreaks(t *testing.T) {
	s := newShop(t)
	s.drop("requests.csv", requestsCSV) // R-1, of 2026-01-07
	first, err := s.night(s.path("inbox"), 22)
	if err != nil {
		t.Fatal(err)
	}
	told := first.Notices()
	if len(told) != 1 || told[0].Event != EventBreaks || !strings.Contains(told[0].Text, "the night of 2026-11-22 found new breaks with the vendor: 1 MissingAtVendor; 1 is open") {
		t.Errorf("told %+v", told)
	}
	second, err := s.night(s.path("inbox"), 23)
	if err != nil {
		t.Fatal(err)
	}
	if told := second.Notices(); len(told) > 0 {
		t.Errorf("told again %+v", told)
	}
	status, err := ReadStatus(&Watch{Ledger: s.ledger(), Now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	if want := (BreakStatus{Class: "MissingAtVendor", Open: 1, Oldest: 322}); len(status.Breaks) != 1 || status.Breaks[0] != want {
		t.Errorf("open are %+v, want %+v", status.Breaks, want)
	}
}

// A run that was cut off before it could tell what it refused is told by the run
// that finishes it.
func TestNoticesOfTheHealed(t *testing.T) {
	s := newShop(t)
	s.drop("bad.csv", badCSV)
	failing(t, func(name string) error {
		if name == durable.SettleCommit+".after" {
			return errors.New("power cut")
		}
		return nil
	})
	if _, err := s.night(s.path("inbox"), 22); err == nil {
		t.Fatal("the night was not cut off")
	}
	failing(t, func(string) error { return nil })
	report, err := s.night(s.path("inbox"), 22)
	if err != nil {
		t.Fatal(err)
	}
	if report.Run != 0 || report.Healed == nil || report.Healed.Run != 1 || report.Healed.Refused != 1 {
		t.Fatalf("the second night is %+v", report)
	}
	if told := report.Notices(); len(told) == 0 || told[0].Event != EventRefusals {
		t.Errorf("told %+v", told)
	}
}
