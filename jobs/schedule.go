package jobs

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Cron is when a job is due: minute, hour, day of the month, month and weekday,
// in a time zone. A job with a fixed hour runs at its wall time, exactly once on
// each of its days, also where clocks change: a time that the spring skips is
// taken at the moment of the change, a time that the autumn has twice is the first of
// the two. A job of every hour runs as the hours really pass. The zero Cron is
// never due.
type Cron struct {
	spec   cron.Schedule
	zone   *time.Location
	hourly bool // its hour is *
}

// cronOff is the expression of a job that never runs.
const cronOff = "off"

// ParseCron reads an expression of five fields, or @daily and its like.
func ParseCron(expression string, zone *time.Location) (Cron, error) {
	expression = strings.TrimSpace(expression)
	if expression == cronOff {
		return Cron{}, nil
	}
	if strings.Contains(expression, "TZ=") || strings.HasPrefix(expression, "@every") {
		return Cron{}, fmt.Errorf("%q: name the zone beside it, and a time of the day", expression)
	}
	spec, err := cron.ParseStandard(expression)
	if err != nil {
		return Cron{}, fmt.Errorf("%q: %w", expression, err)
	}
	fields := strings.Fields(expression)
	c := Cron{spec, zone, len(fields) == 5 && fields[1] == "*" || expression == "@hourly"}
	if s, ok := spec.(*cron.SpecSchedule); ok {
		s.Location = time.UTC // wall times are walked as if they were UTC, which has them all, once
		if c.hourly {
			s.Location = zone
		}
	}
	return c, nil
}

// CheckCron says what was expected in the place of an expression; nothing where it is one.
func CheckCron(expression string) (expected string) {
	if c, err := ParseCron(expression, time.UTC); err != nil || c.spec != nil && c.Next(cronEpoch).IsZero() {
		return `when, as "30 2 * * *" (minute, hour, day, month, weekday), or off`
	}
	return ""
}

// cronEpoch is a moment from which every expression that ever matches has a next one.
var cronEpoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// Next is the first moment after t at which the job is due; zero where there is none.
func (c Cron) Next(t time.Time) time.Time {
	if c.spec == nil {
		return time.Time{}
	}
	if c.hourly {
		return c.spec.Next(t.In(c.zone))
	}
	// Begin a day early: where clocks went back, wall times near t come before it.
	for wall := wallOf(t.In(c.zone)).Add(-24 * time.Hour); ; {
		wall = c.spec.Next(wall)
		if wall.IsZero() {
			return wall
		}
		if at := c.moment(wall); at.After(t) {
			return at
		}
	}
}

// wallOf is what a clock on the wall shows, as if it hung in UTC.
func wallOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// moment is when the clocks of the zone first show a wall time, or the moment at
// which they pass over it.
func (c Cron) moment(wall time.Time) time.Time {
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, c.zone)
	begin, end := at.ZoneBounds()
	if shown := wallOf(at); !shown.Equal(wall) {
		// Passed over: time.Date lands on either side of the change.
		if shown.After(wall) {
			return begin.In(c.zone)
		}
		return end.In(c.zone)
	}
	if begin.IsZero() {
		return at
	}
	// Shown twice: an earlier moment just before the last change may show it too.
	_, now := at.Zone()
	_, before := begin.Add(-time.Nanosecond).Zone()
	if earlier := at.Add(time.Duration(now-before) * time.Second); earlier.Before(begin) && wallOf(earlier.In(c.zone)).Equal(wall) {
		return earlier.In(c.zone)
	}
	return at
}
