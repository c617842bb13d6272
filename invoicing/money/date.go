package money

import (
	"fmt"
	"time"
)

// Date is a calendar date without a zone, counted in days since 1899-12-31;
// the zero value is no date. Dates from 1990-01-01 through 2199-12-31 are
// valid input; arithmetic may pass beyond.
type Date int32

const (
	epochOffset = 25568 // days from 1899-12-31 to 1970-01-01
	// MinDate and MaxDate bound what may be read from a file.
	MinDate Date = 32873  // 1990-01-01
	MaxDate Date = 109573 // 2199-12-31
)

// DateOf returns the date of a year, month and day; a day past the end of the
// month runs into the next, as time.Date has it.
func DateOf(year, month, day int) Date {
	// Days from civil, after Howard Hinnant's public-domain algorithm.
	if month < 1 || month > 12 || day < 1 || day > 28 {
		t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		return Date(t.Unix()/86400) + epochOffset
	}
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	yoe := year - era*400
	doy := (153*(month-3)+2)/5 + day - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return Date(era*146097+doe-719468) + epochOffset
}

// ParseDate reads an ISO date, 2006-01-02. Dates outside MinDate and MaxDate
// and days that do not exist are errors.
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, fmt.Errorf("%q is not a date like 2026-11-22", s)
	}
	n := [3]int{}
	for i, part := range []string{s[:4], s[5:7], s[8:]} {
		for _, c := range []byte(part) {
			if c < '0' || c > '9' {
				return 0, fmt.Errorf("%q is not a date like 2026-11-22", s)
			}
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	d, ok := ValidDate(n[0], n[1], n[2])
	if !ok {
		return 0, fmt.Errorf("%q is not a day of the calendar from 1990 through 2199", s)
	}
	return d, nil
}

// ValidDate returns the date of a year, month and day, and whether that day
// exists and lies within MinDate and MaxDate.
func ValidDate(year, month, day int) (Date, bool) {
	if year < 1990 || year > 2199 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) {
		return 0, false
	}
	return DateOf(year, month, day), true
}

// daysInMonth returns 28 to 31.
func daysInMonth(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// Civil returns the year, month and day.
func (d Date) Civil() (year, month, day int) {
	z := int(d) - epochOffset + 719468
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	month = mp + 3
	if month > 12 {
		month -= 12
	}
	year = yoe + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

// Year returns the calendar year.
func (d Date) Year() int { y, _, _ := d.Civil(); return y }

// AddMonths returns the same day n months later, clamped to the end of the
// month (PRO-1, PRO-4). Count from the start date, never from a clamped one.
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Civil()
	m0 := y*12 + m - 1 + n
	y, m = m0/12, m0%12+1
	return DateOf(y, m, min(day, daysInMonth(y, m)))
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == 0 }

// String is the ISO date, or empty where there is none.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return string(d.Append(nil))
}

// Append writes the ISO date, or nothing where there is none.
func (d Date) Append(b []byte) []byte {
	if d == 0 {
		return b
	}
	y, m, day := d.Civil()
	return append(b, byte('0'+y/1000%10), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-', byte('0'+day/10), byte('0'+day%10))
}
