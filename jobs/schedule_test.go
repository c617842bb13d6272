package jobs

import (
	"testing"
	"time"
)

// zones with changes at 02:00 and 03:00, at midnight, of half an hour, and none.
var zones = []string{"Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Beirut", "UTC"}

func loadZone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// A job with a fixed hour runs exactly once on every day, also where clocks change.
func TestCronRunsOnceADay(t *testing.T) {
	for _, name := range zones {
		for _, expression := range []string{"30 2 * * *", "0 0 * * *", "15 1 * * *", "59 23 * * *", "0 3 * * *"} {
			zone := loadZone(t, name)
			c, err := ParseCron(expression, zone)
			if err != nil {
				t.Fatal(err)
			}
			day := time.Date(2009, 12, 31, 12, 0, 0, 0, time.UTC)
			for at := c.Next(time.Date(2009, 12, 31, 23, 59, 59, 0, zone)); at.Year() < 2041; at = c.Next(at) {
				day = day.AddDate(0, 0, 1)
				if at.In(zone).Format(time.DateOnly) != day.Format(time.DateOnly) {
					t.Fatalf("%s in %s: due at %s, after %s was expected %s", expression, name, at, day.AddDate(0, 0, -1).Format(time.DateOnly), day.Format(time.DateOnly))
				}
			}
		}
	}
}

// On the two days on which clocks change, 02:30 is the moment of the change in
// spring and the first of the two in autumn.
func TestCronWhereClocksChange(t *testing.T) {
	c, err := ParseCron("30 2 * * *", loadZone(t, "Europe/Stockholm"))
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[string]string{
		"2026-03-28T12:00:00Z": "2026-03-29T03:00:00+02:00",
		"2026-03-29T01:00:00Z": "2026-03-30T02:30:00+02:00",
		"2026-10-24T12:00:00Z": "2026-10-25T02:30:00+02:00",
		"2026-10-25T00:30:00Z": "2026-10-26T02:30:00+01:00", // not at 01:30 UTC, when it is 02:30 again
	} {
		from, err := time.Parse(time.RFC3339, after)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Next(from).Format(time.RFC3339); got != want {
			t.Errorf("after %s: due at %s, want %s", after, got, want)
		}
	}
}

// A job of every hour runs as the hours pass: each of the 23, 24 or 25 of a day.
func TestCronEveryHourRunsAsHoursPass(t *testing.T) {
	for _, name := range zones {
		zone := loadZone(t, name)
		c, err := ParseCron("*/30 * * * *", zone)
		if err != nil {
			t.Fatal(err)
		}
		at := c.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, zone))
		for range 3 * 366 * 48 {
			next := c.Next(at)
			if next.Sub(at) != 30*time.Minute {
				t.Fatalf("%s: due at %s, then at %s", name, at, next)
			}
			at = next
		}
	}
}

// What is no time is said with what is one.
func TestCheckCron(t *testing.T) {
	for _, bad := range []string{"", "30 2 * *", "61 2 * * *", "0 0 30 2 *", "TZ=UTC 0 0 * * *", "CRON_TZ=UTC 0 0 * * *", "@every 5m", "night"} {
		if CheckCron(bad) == "" {
			t.Errorf("%q was taken", bad)
		}
	}
	for _, good := range []string{"off", "30 2 * * *", "@daily", "0 6 * * SUN", "0 0 29 2 *"} {
		if problem := CheckCron(good); problem != "" {
			t.Errorf("%q: %s", good, problem)
		}
	}
}
