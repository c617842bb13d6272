package table

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"prorata/invoicing/money"
)

// Day is what a cell can mean as a date. Each reading that is possible is set.
type Day struct {
	Sure money.Date // one reading only, whatever the column: 2023-09-21, 21.09.2023, 13 April 2026
	MDY  money.Date // 09/21/2023, as Microsoft's exports have it
	DMY  money.Date // 21/09/2023
}

// ReadDay reads a cell as a date as people and spreadsheet programs write it
// (IMP-7). A time of day is left off; one with an offset is first taken to UTC
// (PRO-1).
func ReadDay(s string) Day {
	s = strings.TrimSpace(s)
	if d, err := money.ParseDate(s); err == nil {
		return Day{Sure: d}
	}
	if p := Plain(s); p != s {
		return ReadDay(p)
	}
	if d, ok := ParseInstant(s); ok {
		return Day{Sure: d}
	}
	if d, ok := spelledOut(s); ok {
		return Day{Sure: d}
	}
	if len(s) == 8 && allDigits(s) { // 20261120
		d, _ := money.ValidDate(number(s[:4]), number(s[4:6]), number(s[6:]))
		return Day{Sure: d}
	}
	s, clock, _ := strings.Cut(strings.ReplaceAll(s, ". ", "."), " ") // 5. 11. 2026
	if !isClock(clock) {
		return Day{}
	}
	return numeric(strings.TrimSuffix(s, ".")) // 2026. 11. 05.
}

// numeric reads three numbers with one separator.
func numeric(s string) Day {
	i := strings.IndexAny(s, "/.-")
	if i < 0 {
		return Day{}
	}
	sep := s[i : i+1]
	parts := strings.Split(s, sep)
	if len(parts) != 3 {
		return Day{}
	}
	var n [3]int
	for k, p := range parts {
		if p == "" || len(p) > 4 || !allDigits(p) || len(p) == 3 {
			return Day{}
		}
		for _, c := range []byte(p) {
			n[k] = n[k]*10 + int(c-'0')
		}
	}
	switch {
	case len(parts[0]) == 4 && len(parts[1]) <= 2 && len(parts[2]) <= 2:
		d, _ := money.ValidDate(n[0], n[1], n[2])
		return Day{Sure: d}
	case len(parts[2]) != 4 || len(parts[0]) > 2 || len(parts[1]) > 2:
		return Day{}
	}
	dmy, _ := money.ValidDate(n[2], n[1], n[0])
	if sep == "." {
		return Day{Sure: dmy}
	}
	mdy, _ := money.ValidDate(n[2], n[0], n[1])
	return Day{MDY: mdy, DMY: dmy}
}

// months are the names of each month in English, Swedish and German, each of which may
// be cut off after three letters or more; mrz is what German spreadsheets show.
var months = []string{
	" january januari", " february februari", " march mars märz mrz", " april", " may maj mai", " june juni",
	" july juli", " august augusti", " september", " october oktober", " november", " december dezember",
}

// weekdays is what long dates begin with in those languages: torsdag den 5 november 2026.
const weekdays = " monday tuesday wednesday thursday friday saturday sunday måndag tisdag onsdag torsdag fredag lördag söndag den " +
	"montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "

// monthOf is the month of a name, or 0.
func monthOf(name string) int {
	if utf8.RuneCountInString(name) < 3 {
		return 0
	}
	name = " " + strings.ToLower(name)
	return 1 + slices.IndexFunc(months, func(names string) bool { return strings.Contains(names, name) })
}

// spelledOut reads a date with the name of its month, which has one reading: 13 April
// 2026, as the daily file of the reference rates has it; 20-Nov-26, as spreadsheet
// programs show it; 20. Nov. 2026; Nov 20, 2026. A year of two digits is one of this
// century, and stands behind day and month.
func spelledOut(s string) (money.Date, bool) {
	date, _, hasClock := strings.Cut(s, ":")
	if strings.IndexFunc(date, unicode.IsLetter) < 0 {
		return 0, false // most have no name, and the time of day may have AM
	}
	if hasClock {
		space := strings.LastIndexByte(date, ' ')
		if space < 0 || !isClock(s[space+1:]) {
			return 0, false
		}
		date = date[:space]
	}
	f := strings.FieldsFunc(date, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("-./,", r) })
	for len(f) > 3 && strings.Contains(weekdays, " "+strings.ToLower(f[0])+" ") {
		f = f[1:]
	}
	if len(f) != 3 {
		return 0, false
	}
	day, month, year, century := f[0], f[1], f[2], 0
	switch {
	case monthOf(day) > 0:
		day, month = month, day
	case len(day) == 4:
		day, year = year, day
	case len(year) == 2:
		century = 2000
	}
	if len(day) > 2 || len(year) != 4 && century == 0 || !allDigits(day) || !allDigits(year) || monthOf(month) == 0 {
		return 0, false
	}
	return money.ValidDate(century+number(year), monthOf(month), number(day))
}

// number reads a few digits.
func number[T string | []byte](s T) (n int) {
	for i := 0; i < len(s); i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// ParseInstant reads an ISO date with a time of day, 2019-01-03T19:53:55.1292512+00:00,
// and returns its date in UTC; without an offset the date as it stands.
func ParseInstant[T string | []byte](s T) (money.Date, bool) {
	if len(s) < 16 || len(s) > 40 || s[10] != 'T' && s[10] != ' ' {
		return 0, false
	}
	d, err := money.ParseDate(string(s[:10]))
	if err != nil {
		return 0, false
	}
	clock := string(s[11:])
	offset := 0
	switch i := strings.LastIndexAny(clock, "+-"); {
	case strings.HasSuffix(clock, "Z"):
		clock = clock[:len(clock)-1]
	case i >= 0:
		z := clock[i+1:]
		if len(z) != 5 || z[2] != ':' || !allDigits(z[:2]) || !allDigits(z[3:]) || z > "14:59" {
			return 0, false
		}
		if offset = number(z[:2])*60 + number(z[3:]); clock[i] == '-' {
			offset = -offset
		}
		clock = clock[:i]
	}
	if !isClock(clock) || len(clock) < 5 || clock[2] != ':' {
		return 0, false
	}
	switch m := number(clock[:2])*60 + number(clock[3:5]) - offset; {
	case m < 0:
		d--
	case m >= 24*60:
		d++
	}
	return d, d >= money.MinDate && d <= money.MaxDate
}

// isClock reports whether s is a time of day, 19:53, 19:53:55.12, 7:53 or 7:53:55 PM, or empty.
func isClock(s string) bool {
	if s == "" {
		return true
	}
	s, half, has := strings.Cut(s, " ")
	if has && !strings.EqualFold(half, "AM") && !strings.EqualFold(half, "PM") {
		return false
	}
	s, frac, _ := strings.Cut(s, ".")
	p := strings.Split(s, ":")
	if len(p) < 2 || len(p) > 3 || !allDigits(frac) {
		return false
	}
	for i, x := range p {
		if !allDigits(x) || len(x) != 2 && (i > 0 || len(x) != 1) || number(x) > 59 || i == 0 && number(x) > 23 {
			return false
		}
	}
	return true
}

// Serial returns the date of a serial number of a spreadsheet program, in the
// 1900 or the 1904 date system; the time of day is left off. ok is false for
// what is no number or no date from 1990 on.
func Serial(s string, date1904 bool) (money.Date, bool) {
	s, frac, _ := strings.Cut(s, ".")
	if s == "" || len(s) > 6 || !allDigits(s) || !allDigits(frac) {
		return 0, false
	}
	d := money.Date(number(s)) - 1 // serial 1 is 1900-01-01, and 60 the 29 February that 1900 had not
	if date1904 {
		d = money.DateOf(1904, 1, 1) + money.Date(number(s))
	}
	return d, d >= money.MinDate && d <= money.MaxDate
}

// IsNoEnd reports whether a cell is 31 December 9999, with which exports and
// people say that something has no end.
func IsNoEnd[T string | []byte](s T) bool {
	if len(s) < 8 || len(s) > 40 {
		return len(s) == 7 && string(s) == "2958465" // as a serial number
	}
	return strings.HasPrefix(string(s), "9999-12-31") || strings.HasPrefix(string(s), "12/31/9999") || strings.HasPrefix(string(s), "31.12.9999") ||
		strings.HasPrefix(string(s), "31/12/9999")
}

// SerialOf is the serial number of a date in the 1900 date system.
func SerialOf(d money.Date) int { return int(d) + 1 }
