package table

import (
	"fmt"
	"strings"
	"testing"

	"prorata/invoicing/money"
)

// TestReadNumber: what a cell can mean with a decimal point | with a decimal comma | its unit.
func TestReadNumber(t *testing.T) {
	for cell, want := range map[string]string{
		"1234.56":           "1234.56||",
		"1234,56":           "|1234.56|",
		"1 234,56":          "|1234.56|",
		"1\u00a0234,56":     "|1234.56|",
		"1\u202f234,56":     "|1234.56|",
		"1,234.56":          "1234.56||",
		"1.234,56":          "|1234.56|",
		"1'234.50":          "1234.50||",
		"1’234.50":          "1234.50||",
		"(12.00)":           "-12.00||",
		"12.00-":            "-12.00||",
		"-12,5":             "|-12.5|",
		"\u221212,50":       "|-12.50|",
		"\u201112,50":       "|-12.50|",
		"\ufeff12,50\u200b": "|12.50|",
		"+5":                "5|5|",
		"100":               "100|100|",
		"1 000 000":         "1000000|1000000|",
		"1.234":             "1.234|1234|", // two readings
		"1,234":             "1234|1.234|",
		"0.125":             "0.125||", // no group begins with 0
		"1.234.567":         "|1234567|",
		"1,234,567":         "1234567||",
		"€ 1.234,56":        "|1234.56|€",
		"12,50 kr":          "|12.50|kr",
		"12,50 kr.":         "|12.50|kr",
		"kr. 1.234,50":      "|1234.50|kr",
		"-kr. 25,00":        "|-25.00|kr",
		". 5":               "||",
		"$12.50":            "12.50||$",
		"-$12.50":           "-12.50||$",
		"($1,200.00)":       "-1200.00||$",
		"$(1,200.00)":       "-1200.00||$",
		"12(3)":             "||",
		"-(12)":             "||",
		"((12))":            "||",
		"USD 12.00":         "12.00||USD",
		"25 %":              "25|25|%",
		".5":                ".5||",
		"1,23,456":          "||", // groups of three only
		"12 34":             "||",
		"1.2.3":             "||",
		"abc":               "||",
		"":                  "||",
		"-":                 "||",
		"1e5":               "||",
		"12 EUR 13":         "||",
		"$12 USD":           "||",
		"N/A":               "||",
		"1234.":             "||",
	} {
		n := ReadNumber(cell)
		got := "||"
		if n.HasDot || n.HasCom {
			got = fmt.Sprintf("%s|%s|%s", reading(n.Dot, n.HasDot), reading(n.Comma, n.HasCom), n.Unit)
		}
		if got != want {
			t.Errorf("%q is read as %s, want %s", cell, got, want)
		}
	}
}

func reading(text string, possible bool) string {
	if !possible {
		return ""
	}
	return text
}

// TestReadDay: sure | month first | day first.
func TestReadDay(t *testing.T) {
	days(t, map[string]string{
		"2023-09-21":                        "2023-09-21||",
		"2023/9/1":                          "2023-09-01||",
		"21.09.2023":                        "2023-09-21||",
		"1.9.2023":                          "2023-09-01||",
		"1. 9. 2023":                        "2023-09-01||", // as Czechs write it
		"2023. 09. 01.":                     "2023-09-01||", // and Hungarians
		"2023.09.01 10:30":                  "2023-09-01||",
		"09/21/2023":                        "|2023-09-21|",
		"21/09/2023":                        "||2023-09-21",
		"01/02/2023":                        "|2023-01-02|2023-02-01",
		"1-2-2023":                          "|2023-01-02|2023-02-01",
		"2/8/2018 12:00:00 AM":              "|2018-02-08|2018-08-02",
		"2026\u201111\u201120":              "2026-11-20||", // hyphens that do not break
		"\u200e11/\u200e20/\u200e2026":      "|2026-11-20|", // marks that nobody sees
		"20261120":                          "2026-11-20||",
		"20261320":                          "||",
		"2023-01-11T00:00:00Z":              "2023-01-11||",
		"2023-01-11 13:45":                  "2023-01-11||",
		"2019-01-03T19:53:55.1292512+00:00": "2019-01-03||",
		"2019-01-03T23:53:55-02:00":         "2019-01-04||", // the calendar date in UTC (PRO-1)
		"2019-01-03T00:30:00+01:00":         "2019-01-02||",
		"2023-02-30":                        "||",
		"30.02.2023":                        "||",
		"09/21/23":                          "||", // which number is the year is a guess
		"2023-09-21T25:00:00Z":              "||",
		"45123":                             "||",
		"1889-01-01":                        "||",
		"1/2/2023 7:00":                     "|2023-01-02|2023-02-01", // as a CSV file of Excel has it in the US
		"2023-01-11 7:05":                   "2023-01-11||",
		"1/2/2023 117:00":                   "||",
		"//":                                "||",
		"2023-01-11T00:00:00+99:99":         "||",
		strings.Repeat("9", 5000):           "||",
	})
}

// TestReadSpelledDay: dates with the name of their month.
func TestReadSpelledDay(t *testing.T) {
	days(t, map[string]string{
		"13 April 2026":                "2026-04-13||",
		"3 Sep 2026":                   "2026-09-03||",
		"20-Nov-26":                    "2026-11-20||", // as spreadsheet programs show it
		"3-sep-26":                     "2026-09-03||",
		"20 November 2026":             "2026-11-20||",
		"Nov 20, 2026":                 "2026-11-20||",
		"November 3 2026":              "2026-11-03||",
		"20. Nov. 2026":                "2026-11-20||",
		"2026-Nov-20":                  "2026-11-20||",
		"20-Nov-2026 00:00:00":         "2026-11-20||",
		"20 Nov 2026 2:30 PM":          "2026-11-20||",
		"20\u00a0Nov\u00a02026":        "2026-11-20||",
		"den 20 november 2026":         "2026-11-20||", // long dates of spreadsheet programs
		"torsdag den 20 november 2026": "2026-11-20||",
		"Friday, November 20, 2026":    "2026-11-20||",
		"Freitag, 20. November 2026":   "2026-11-20||",
		"before November 20, 2026":     "||",
		"Friday 20 2026":               "||",
		"Nov 2026":                     "||", // no day
		"26-Nov":                       "||",
		"Nov 20, 26":                   "||", // the 20th, or November 2020
		"20-Nov-026":                   "||",
		"120-Nov-26":                   "||",
		"31-Nov-26":                    "||",
		"99-Nov-26":                    "||",
		"20 No 2026":                   "||",
		"20 Novem8er 2026":             "||",
		"20 Nov Dec":                   "||",
		"20-Nov-2026 x:00":             "||",
		"20-Nov-2026:00":               "||",
		"1 20 Nov 2026":                "||",
		"21 Foo 2026":                  "||",
	})
}

func days(t *testing.T, all map[string]string) {
	t.Helper()
	for cell, want := range all {
		d := ReadDay(cell)
		if got := fmt.Sprintf("%s|%s|%s", d.Sure, d.MDY, d.DMY); got != want {
			t.Errorf("%.40q is read as %s, want %s", cell, got, want)
		}
	}
}

// TestNamesOfMonths: in the languages of the headers, in full and cut off.
func TestNamesOfMonths(t *testing.T) {
	for month, names := range map[string]string{
		"01": "January januari Januar Jan", "02": "February februari Februar FEB", "03": "March mars März Mar Mär Mrz", "04": "April apr",
		"05": "May maj Mai", "06": "June juni Jun", "07": "July juli Jul", "08": "August augusti Aug", "09": "September Sept sep",
		"10": "October oktober Oct okt", "11": "November nov", "12": "December Dezember Dec Dez",
	} {
		for name := range strings.FieldsSeq(names) {
			if d := ReadDay("20 " + name + " 2026"); d.Sure.String() != "2026-"+month+"-20" || d.MDY != 0 || d.DMY != 0 {
				t.Errorf("20 %s 2026 is read as %s", name, d.Sure)
			}
		}
	}
}

// TestSerial: both date systems of spreadsheet programs.
func TestSerial(t *testing.T) {
	for _, c := range []struct {
		cell     string
		date1904 bool
		want     string
	}{
		{"45190", false, "2023-09-21"}, {"45190.75", false, "2023-09-21"}, {"43728", true, "2023-09-21"},
		{"32874", false, "1990-01-01"}, {"32873", false, ""}, {"1", true, ""}, {"-5", false, ""}, {"", false, ""}, {"45190.7x", false, ""},
	} {
		d, ok := Serial(c.cell, c.date1904)
		if !ok {
			d = 0
		}
		if d.String() != c.want {
			t.Errorf("%s (1904 %t) is %s, want %s", c.cell, c.date1904, d, c.want)
		}
	}
}

// localised reads a column of cells as a sheet of one column would.
func localised(typ Type, currency, sheet string, cells ...string) string {
	t := Table{Sheet: sheet, Header: []string{"C"}}
	for i, c := range cells {
		t.Rows = append(t.Rows, Row{Number: i + 2, Cells: []string{c}})
	}
	faults := t.Localise([]ColumnSpec{{Type: typ, Currency: currency, CurrencyAt: -1}}, Locale{})
	out := make([]string, len(cells))
	for i := range t.Rows {
		out[i] = t.Rows[i].Cells[0]
	}
	for _, f := range faults {
		out[f.Row] = f.Code
	}
	return strings.Join(out, " ")
}

// TestLocaleOfAColumn is IMP-7: one value that is possible one way only settles
// the column, nothing is ever guessed.
func TestLocaleOfAColumn(t *testing.T) {
	for _, c := range []struct {
		typ   Type
		cells string
		want  string
	}{
		{Numeric, "1.234|12,50", "1234 12.50"},
		{Numeric, "1.234|12.50", "1.234 12.50"},
		{Numeric, "1,234|12.50", "1234 12.50"},
		{Numeric, "1,234|12,50", "1.234 12.50"},
		{Numeric, "1.234|5", "AmbiguousNumber 5"},                     // nothing settles it
		{Numeric, "1.234|12.50|12,50", "AmbiguousNumber 12.50 12.50"}, // the column has both ways
		{Numeric, "1.234|x", "AmbiguousNumber NotANumber"},
		{Numeric, "12 EUR|12 USD|$3", "12 CurrencySign CurrencySign"}, // the column is in EUR
		{Numeric, " €-   |-|- EUR|- kr", "0 0 0 CurrencySign"},        // accounting formats show 0 as a dash
		{Percent, "25|25 %|25,5%|0.25|0,5 %", "25 25 25.5 AmbiguousNumber 0.5"},
		{Date, "01/02/2023|09/21/2023", "2023-01-02 2023-09-21"},
		{Date, "01/02/2023|21/09/2023", "2023-02-01 2023-09-21"},
		{Date, "01/02/2023|2023-05-05", "AmbiguousDate 2023-05-05"},
		{Date, "03/03/2023|x", "2023-03-03 NotADate"}, // both readings are one day
		{Date, "01/02/2023|09/21/2023|21/09/2023", "AmbiguousDate 2023-09-21 2023-09-21"},
		{Date, "01/02/2023|20-Nov-26", "AmbiguousDate 2026-11-20"}, // a name says nothing of the others
		{Date, "01/02/2023|20-Nov-26|21/09/2023", "2023-02-01 2026-11-20 2023-09-21"},
		{Date, "2026-Nov-2", "2026-11-02"},
		{Date, "5-Sep-23|09/21/2023", "AmbiguousDate 2023-09-21"}, // a program may have turned it round
		{Date, "45190", "AmbiguousDate"},                          // a CSV file does not say its date system
		{Text, "1.23457E+15|8611537", "LostDigits 8611537"},
	} {
		if got := localised(c.typ, "EUR", "", strings.Split(c.cells, "|")...); got != c.want {
			t.Errorf("%s: got %s, want %s", c.cells, got, c.want)
		}
	}
	for code, cells := range map[string]string{"CAD": "C$5|CA$5|CAD 5", "AUD": "A$5|AU$5", "HKD": "HK$5", "TWD": "NT$5", "BRL": "R$ 5", "EUR": "5 Euro", "CHF": "SFr. 5|Fr. 5|CHF 5"} {
		if got := localised(Numeric, code, "", strings.Split(cells, "|")...); strings.Trim(got, "5 ") != "" {
			t.Errorf("%s in %s is %s", cells, code, got)
		}
		if got := localised(Numeric, "SEK", "", strings.Split(cells, "|")...); strings.Contains(got, "5") {
			t.Errorf("%s in SEK is %s", cells, got)
		}
	}
	for typ, want := range map[Type]string{Numeric: " 2", Date: " NotADate", Percent: "NotANumber 2"} { // a quantity of none, no date, and 0 % or the account's
		if got := localised(typ, "", "", "-", "2"); got != want {
			t.Errorf("a dash of type %d is read as %q, want %q", typ, got, want)
		}
	}
	if got := localised(Numeric, "JPY", "", "¥250,000", "1,234"); got != "250000 1234" {
		t.Errorf("amounts of a currency without decimals are %s", got)
	}
	if got := localised(Numeric, "", "", "2 st", "2"); got != "NotANumber 2" {
		t.Errorf("a quantity with a unit is %s", got)
	}
	if got := localised(Date, "", "Sheet1", "45190"); got != "AmbiguousDate" {
		t.Errorf("a serial date that is text is %s", got)
	}
	for number, want := range map[string]string{"45190": "2023-09-21", "45190.75": "2023-09-21", "20230921": "2023-09-21"} {
		sheet := Table{Sheet: "Sheet1", Header: []string{"C"}, Rows: []Row{{Number: 2, Cells: []string{number}, Marks: []Mark{IsNumber}}}}
		if sheet.Localise([]ColumnSpec{{Type: Date, CurrencyAt: -1}}, Locale{}); sheet.Rows[0].Cell(0) != want {
			t.Errorf("the number %s as a date of a workbook is %s", number, sheet.Rows[0].Cell(0))
		}
	}
}

// A locale that is named settles what nothing in the column does, and never
// overrules the column. What was decided, and by what, is told.
func TestNamedLocale(t *testing.T) {
	for _, c := range []struct {
		locale string
		typ    Type
		cells  string
		want   string
		by     string
	}{
		{"sv", Numeric, "1.234|5", "1234 5", "decimal comma by locale sv"},
		{"en_US", Numeric, "1.234|5", "1.234 5", "decimal point by locale en-US"},
		{"de-CH", Numeric, "1.234", "1.234", "decimal point by locale de-CH"},
		{"de-AT", Numeric, "1.234", "1234", "decimal comma by locale de"},
		{"en-IN", Date, "05/11/2026", "2026-11-05", "day before month by locale en-IN"},
		{"es-MX", Numeric, "1,234", "1234", "decimal point by locale es-MX"},
		{"sv", Numeric, "1.234|12.50", "1.234 12.50", "decimal point by row 3: 12.50"},
		{"sv", Numeric, "1.234|12.50|12,50", "AmbiguousNumber 12.50 12.50", ""}, // it is not written one way
		{"sv", Numeric, "12|5", "12 5", ""},
		{"sv", Date, "01/02/2023", "2023-02-01", "day before month by locale sv"},
		{"en-US", Date, "01/02/2023", "2023-01-02", "month before day by locale en-US"},
		{"en-GB", Date, "01/02/2023|09/21/2023", "2023-01-02 2023-09-21", "month before day by row 3: 09/21/2023"},
		{"", Date, "01/02/2023", "AmbiguousDate", ""},
	} {
		locale, err := ParseLocale(c.locale)
		if err != nil {
			t.Fatal(err)
		}
		table := Table{Header: []string{"C"}}
		for i, cell := range strings.Split(c.cells, "|") {
			table.Rows = append(table.Rows, Row{Number: i + 2, Cells: []string{cell}})
		}
		faults := table.Localise([]ColumnSpec{{Type: c.typ, CurrencyAt: -1}}, locale)
		var got []string
		for i := range table.Rows {
			got = append(got, table.Rows[i].Cells[0])
		}
		for _, f := range faults {
			got[f.Row] = f.Code
		}
		by := ""
		for _, r := range table.Readings {
			by += r.As + " by " + r.By
		}
		if strings.Join(got, " ") != c.want || by != c.by {
			t.Errorf("%s with locale %q: got %q, %q, want %s, %q", c.cells, c.locale, got, by, c.want, c.by)
		}
	}
	for _, country := range []string{"en-CA", "en_ZA", "ES-PE"} { // as neither en nor es says
		if _, err := ParseLocale(country); err == nil || !strings.Contains(err.Error(), "en-GB") {
			t.Errorf("locale %s: %v", country, err)
		}
	}
	if _, err := ParseLocale("tlh"); err == nil {
		t.Error("there is a locale tlh")
	}
}

// FuzzCells: no cell makes a reading panic, and what is read as a number or a
// date is plain.
func FuzzCells(f *testing.F) {
	for _, s := range []string{"1.234,56", "(12.00)", "€ 5", "2023-01-11T00:00:00Z", "09/21/2023", "13 April 2026", "45190.5", "12.00-", "1E+5", "25%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := ReadNumber(s)
		for _, r := range []struct {
			text string
			has  bool
		}{{n.Dot, n.HasDot}, {n.Comma, n.HasCom}} {
			if r.has && !digitsOnly(r.text) {
				t.Errorf("%q is read as the number %q", s, r.text)
			}
		}
		d := ReadDay(s)
		for _, day := range []money.Date{d.Sure, d.MDY, d.DMY} {
			if day != 0 && (day < money.MinDate || day > money.MaxDate) {
				t.Errorf("%q is read as the date %s", s, day)
			}
		}
		if text, ok := plainNumber(s, false); ok && !digitsOnly(text) {
			t.Errorf("%q is stored as %q", s, text)
		}
		Serial(s, true)
		_ = Canonical(s)
		for _, typ := range []Type{Text, Numeric, Percent, Date} {
			localised(typ, "EUR", "", s, s)
		}
	})
}

// What spreadsheet programs show for an error, in whatever language, is none of a value; what people
// write with a number sign is.
func TestErrorTexts(t *testing.T) {
	for _, text := range []string{"#N/A", " #REF! ", "#VÄRDEFEL!", "#DIVISION/0!", "#NAMN?", "#ÜBERLAUF!", "#FIELD!", "#BUSY!", "#NV", "Err:509", "Fel:508", "#######"} {
		if !IsErrorText(text) {
			t.Errorf("%q is read as a value", text)
		}
	}
	for _, text := range []string{"", "#", "#2", "#2!Prices!10", "# 12", "#Invoice 7!", "Storgatan 1 #4", "Err: 12", "12:30", "Fel:1234"} {
		if IsErrorText(text) {
			t.Errorf("%q is read as an error", text)
		}
	}
}
