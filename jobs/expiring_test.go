package jobs

import (
	"fmt"
	"slices"
	"testing"

	"prorata/exporters"
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// TestWarningsOfCredits: each credit is told once for each of 30, 14, 7 and 1 days
// before its last day, whatever nights are left out, and no more when it is used.
func TestWarningsOfCredits(t *testing.T) {
	day := func(s string) money.Date {
		d, err := money.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	lot := func(id, used, granted, until string) invoicing.Credit {
		return invoicing.Credit{Account: "EA-100", Amount: money.Must("10.00 USD"), Used: money.Must(used + " USD"), Expired: money.Must("0.00 USD"),
			GrantedOn: day(granted), ExpiresOn: day(until), Document: invoicing.Ref{Number: id}}
	}
	held := lot("held", "0.00", "2026-01-01", "2026-05-31")
	held.ExpiresOn = 0
	credits := []invoicing.Credit{lot("long", "4.00", "2026-03-03", "2026-05-31"), lot("used", "10.00", "2026-03-03", "2026-05-31"), held,
		lot("short", "0.00", "2026-05-20", "2026-05-29")}
	told := []string{}
	before := money.Date(0)
	for _, on := range []string{"2026-04-30", "2026-05-01", "2026-05-02", "2026-05-16", "2026-05-20", "2026-05-20", "2026-05-28", "2026-05-30", "2026-06-01"} {
		w := &warnings{asOf: day(on), before: before}
		standing := func(yield func(exporters.Standing, error) bool) {
			yield(exporters.Standing{Credits: credits}, nil)
		}
		for range w.watch(standing) {
		}
		for _, c := range w.sorted() {
			if day(on) >= day("2026-05-20") || c.ID != "short" { // it is granted on that day
				told = append(told, fmt.Sprintf("%s: %s, %s, %d days left", on, c.ID, c.Balance, c.DaysLeft))
			}
		}
		before = day(on)
	}
	want := []string{
		"2026-05-01: long, 6.00 USD, 30 days left",
		"2026-05-20: short, 10.00 USD, 9 days left",
		"2026-05-20: long, 6.00 USD, 11 days left",
		"2026-05-28: short, 10.00 USD, 1 days left",
		"2026-05-28: long, 6.00 USD, 3 days left",
		"2026-05-30: long, 6.00 USD, 1 days left",
	}
	if !slices.Equal(told, want) {
		t.Errorf("told\n%q\nwant\n%q", told, want)
	}
}
