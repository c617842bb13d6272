package table

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"prorata/invoicing/money"
)

// Type is what the cells of a column are read as.
type Type uint8

// The types. Percent is a number that may have a percent sign.
const (
	Unread Type = iota // a column that no one asks for
	Text
	Numeric
	Percent
	Date
)

// ColumnSpec is what Localise has to know of a column of the file.
type ColumnSpec struct {
	Type       Type
	Whole      bool   // its numbers are whole ones
	Currency   string // the currency that all its amounts are in, or empty
	CurrencyAt int    // else the column that says it, -1 for none
}

// CellFault is a cell that cannot be read, with what was expected there. Row is
// an index into Rows, Col into Header.
type CellFault struct {
	Row, Col            int
	Code, Expected, Fix string
}

// Localise reads the typed columns of a table in the locale of each whole column
// and rewrites their cells: numbers as 1234.56, percentages without their sign,
// dates as 2023-09-21. If one value of a column is only possible one way, all are
// read so; if nothing settles it, or the column has both ways, the cells with
// two readings are refused with both shown, never guessed (IMP-7), unless who
// reads the file has named the locale. Readings says how columns were read.
func (t *Table) Localise(specs []ColumnSpec, named Locale) []CellFault {
	c := NewColumns(specs, named)
	c.Learn(t)
	faults := c.Read(t)
	t.Readings = append(t.Readings, c.Readings(t.Header)...)
	return faults
}

type localiser struct {
	*learnt
	t        *Table
	workbook bool
	col      int
	spec     ColumnSpec
	faults   []CellFault
}

func (l *localiser) fault(row int, code, expected, fix string) {
	l.faults = append(l.faults, CellFault{row, l.col, code, expected, fix})
}

// cells refuses what no cell of a column can be read of: errors, formulas without a
// result, and cells that another one covers. Of a number that is shown with text it keeps
// what the column asks for.
func (l *localiser) cells() {
	for i := range l.t.Rows {
		r := &l.t.Rows[i]
		if r.Fault != "" || l.col >= len(r.Cells) {
			continue
		}
		switch mark := r.Mark(l.col); {
		case mark == IsMerged:
			l.fault(i, "MergedCell", "a cell of its own: this one is merged with others", "unmerge the cells, and fill in each")
		case mark == IsFormula:
			l.fault(i, "FormulaWithoutValue", "a formula with its result", "open the workbook in a spreadsheet program and save it again")
		case mark == IsError || IsErrorText(r.Cells[l.col]):
			l.fault(i, "CellError", "a value, not an error", "mend the formula, or type the value")
		case mark == IsLabelled && l.spec.Type == Text: // R-0001, as it would be in a CSV file
			_, r.Cells[l.col], _ = strings.Cut(r.Cells[l.col], " ")
			r.Marks[l.col] = IsText
		case mark == IsLabelled:
			r.Cells[l.col], _, _ = strings.Cut(r.Cells[l.col], " ")
			r.Marks[l.col] = IsNumber
		case mark == IsDate && l.spec.Type != Date:
			l.fault(i, "NotADate", "no date in this column: the program that saved the file took what was typed for one", "format the column as text or number, and enter the value again")
		}
	}
}

// errorText is what spreadsheet programs show for an error and write into a CSV file, in
// whatever language: #N/A, #REF!, #VÄRDEFEL!, #NAME?, Err:508; and ##### for what a column is
// too narrow to show.
var errorText = regexp.MustCompile(`^\s*(#(N/A|NV|GETTING_DATA|[\p{Lu}/0_]{2,}[!?]|#{3,})|(Err|Fel):\d{3})\s*$`)

// IsErrorText reports whether a cell has such a text in place of a value.
func IsErrorText[T string | []byte](cell T) bool {
	i := 0
	for i < len(cell) && cell[i] <= ' ' {
		i++
	}
	return (i < len(cell) && cell[i] == '#' || i+3 < len(cell) && cell[i+3] == ':') && errorText.MatchString(string(cell))
}

// eachCell calls f for the cells that hold something to be read.
func (l *localiser) eachCell(f func(row int, cell string, number bool)) {
	for i := range l.t.Rows {
		r := &l.t.Rows[i]
		if r.Fault != "" || l.col >= len(r.Cells) || r.Cells[l.col] == "" {
			continue
		}
		if mark := r.Mark(l.col); (mark <= IsNumber || mark == IsDate && l.spec.Type == Date) && !IsErrorText(r.Cells[l.col]) {
			if cell := strings.TrimSpace(r.Cells[l.col]); cell != "" {
				f(i, cell, mark != IsText)
			}
		}
	}
}

// texts refuses numbers of which the spreadsheet program has lost digits: an
// order or invoice number shown as 1.23457E+15 is no longer that number.
func (l *localiser) texts() {
	l.eachCell(func(row int, cell string, number bool) {
		if value, _, ok := strings.Cut(cell, " "); number && ok { // an id that is shown as an amount
			l.t.rewrite(row, l.col, value)
		}
		if number && len(cell) > 15 && digitsOnly(cell) || len(cell) >= 5 && len(cell) < 24 && isScientific(cell) {
			l.fault(row, "LostDigits", "all digits of the number", "format the column as text and enter the number again")
		}
	})
}

func isScientific(s string) bool {
	i := strings.Index(s, "E+")
	return i > 0 && digitsOnly(strings.ReplaceAll(s[:i], ",", ".")) && allDigits(s[i+2:]) && len(s) > i+2
}

// learnNumbers learns a column's convention.
func (l *localiser) learnNumbers() {
	l.names = [2]string{"decimal point", "decimal comma"}
	l.eachCell(func(row int, cell string, number bool) {
		if number {
			return
		}
		if n := l.read(row, cell); n.HasDot != n.HasCom {
			l.saw(n.HasCom, l.t.Rows[row].Number, cell)
		}
	})
}

// numbers reads the column by what was learnt.
func (l *localiser) numbers() {
	l.eachCell(func(row int, cell string, number bool) {
		n := Number{Dot: cell, HasDot: true}
		if !number {
			n = l.read(row, cell)
		} else if strings.HasSuffix(cell, "%") {
			n.Dot, n.Unit = cell[:len(cell)-1], "%"
		} else {
			n.Dot, n.Unit, _ = strings.Cut(cell, " ")
		}
		value, two := n.Dot, n.HasDot && n.HasCom && n.Dot != n.Comma
		switch {
		case n.Nil && l.isAmount():
			value = "0"
		case n.Nil && l.spec.Type == Numeric && n.Unit == "":
			l.t.rewrite(row, l.col, "")
			return
		case !n.HasDot && !n.HasCom:
			l.fault(row, "NotANumber", l.numberExpected(), "enter the number alone, like "+l.example())
			return
		case two && l.open():
			l.fault(row, "AmbiguousNumber", fmt.Sprintf("a number that can be read one way only; this is %s or %s", n.Dot, n.Comma),
				"write all numbers of the column one way, at least one with two decimals, or have it read by the sender's locale (--locale sv)")
			return
		case !n.HasDot, n.HasCom && l.second && !l.first:
			value = n.Comma
		}
		l.mattered = l.mattered || two
		l.number(row, value, n.Unit)
	})
}

func (l *localiser) numberExpected() string {
	if l.spec.Type == Percent {
		return "a percentage, like 25"
	}
	if l.spec.Whole {
		return "a whole number"
	}
	return "a number"
}

// example is a number as the column has them.
func (l *localiser) example() string {
	switch {
	case l.spec.Type == Percent:
		return "25"
	case l.spec.Whole:
		return "3"
	}
	return "1234.56"
}

// read reads a cell as a number. In a currency without decimals, 1,234 has one reading, and
// as a whole number; but 1,000 may be 1 with three decimals.
func (l *localiser) read(row int, cell string) Number {
	n := ReadNumber(cell)
	if !n.HasDot || !n.HasCom || n.Dot == n.Comma {
		return n
	}
	if l.spec.Whole {
		n.HasDot, n.HasCom = isWhole(n.Dot), isWhole(n.Comma)
	} else if l.isAmount() {
		if c, err := money.ParseCurrency(l.code(row)); err == nil && c.Digits() == 0 {
			n.HasDot, n.HasCom = !strings.Contains(n.Dot, "."), !strings.Contains(n.Comma, ".")
		}
	}
	return n
}

// isWhole reports whether a plain number has nothing but zeros behind its point.
func isWhole(s string) bool {
	_, frac, _ := strings.Cut(s, ".")
	return strings.Trim(frac, "0") == ""
}

// code is the currency that the amount of a row is in.
func (l *localiser) code(row int) string {
	if l.spec.Currency != "" || l.spec.CurrencyAt < 0 {
		return l.spec.Currency
	}
	return strings.ToUpper(strings.TrimSpace(Plain(l.t.Rows[row].Cell(l.spec.CurrencyAt))))
}

// number writes a cell whose number is settled, if its unit fits.
func (l *localiser) number(row int, value, unit string) {
	code := l.code(row)
	switch {
	case l.spec.Type == Percent:
		if unit != "" && unit != "%" {
			l.fault(row, "NotANumber", "a percentage, like 25", "enter the percentage alone")
			return
		}
		if unit == "" && isFraction(value) {
			l.fault(row, "AmbiguousNumber", "a percentage, like 25; "+value+" can be a percentage or a fraction", "write it with a percent sign, like 25%")
			return
		}
	case unit == "", l.isAmount() && unitFits(unit, code):
	case l.isAmount() && isCurrency(unit):
		l.fault(row, "CurrencySign", "an amount in "+cmp.Or(code, "the currency of the row"), "check the currency, and show the number without a sign")
		return
	case l.isAmount(): // 1,234.50 CR, of which books differ on what it takes away
		l.fault(row, "NotANumber", "a number without a unit", "enter the number alone, like 1234.56 or -1234.56")
		return
	default: // 3 pcs
		l.fault(row, "NotANumber", "a number without a unit", "enter the number alone, like "+l.example())
		return
	}
	l.t.rewrite(row, l.col, value)
}

// isAmount reports whether the column's numbers are amounts of money.
func (l *localiser) isAmount() bool { return l.spec.Currency != "" || l.spec.CurrencyAt >= 0 }

// isFraction reports whether a plain number lies between 0 and 1, both excluded.
func isFraction(s string) bool {
	whole, frac, _ := strings.Cut(s, ".")
	return strings.Trim(whole, "0") == "" && strings.Trim(frac, "0") != ""
}

// signs are the currencies that a sign may stand for; a sign that is not here is
// not a currency sign.
var signs = []struct{ sign, codes string }{
	{"€", "EUR"}, {"Euro", "EUR"}, {"£", "GBP EGP"}, {"¥", "JPY CNY"}, {"￥", "JPY CNY"}, {"$", "USD CAD AUD NZD SGD HKD MXN BRL CLP COP TWD ARS"},
	{"US$", "USD"}, {"NT$", "TWD"}, {"kr", "SEK NOK DKK ISK"}, {"Kč", "CZK"}, {"zł", "PLN"}, {"Ft", "HUF"}, {"lei", "RON"},
	{"₹", "INR"}, {"Rs", "INR PKR LKR NPR"}, {"₩", "KRW"}, {"₺", "TRY"}, {"₪", "ILS"}, {"R$", "BRL"}, {"Fr", "CHF"}, {"SFr", "CHF"}, {"R", "ZAR"}, {"฿", "THB"},
}

// isCurrency reports whether a text in a number format is a currency's code or sign. A
// letter alone is more likely part of an id.
func isCurrency(s string) bool {
	if len(s) < 2 && s != "$" {
		return false
	}
	_, err := money.ParseCurrency(s)
	return err == nil || slices.ContainsFunc(signs, func(c struct{ sign, codes string }) bool { return strings.EqualFold(c.sign, s) })
}

// unitFits reports whether a currency code or sign beside an amount agrees with
// the row's currency.
func unitFits(unit, code string) bool {
	if strings.EqualFold(unit, code) {
		return code != ""
	}
	for _, s := range signs {
		if strings.EqualFold(unit, s.sign) && code != "" && strings.Contains(s.codes, code) {
			return true
		}
	}
	country, ok := strings.CutSuffix(unit, "$") // CA$, A$
	return ok && country != "" && strings.HasPrefix(code, country) && unitFits("$", code)
}

// learnDates learns a column's convention, and whether a program has turned some.
func (l *localiser) learnDates() {
	l.names = [2]string{"month before day", "day before month"}
	l.eachCell(func(row int, cell string, number bool) {
		var d Day
		if !number {
			d = ReadDay(cell)
		} else if d.Sure, _ = Serial(cell, l.t.Date1904); d.Sure == 0 {
			return
		}
		if !IsNoEnd(cell) {
			l.turned.saw(d, cell)
		}
		if (d.MDY != 0) != (d.DMY != 0) {
			l.saw(d.DMY != 0, l.t.Rows[row].Number, cell)
		}
	})
}

// dates reads the column by what was learnt.
func (l *localiser) dates() {
	l.eachCell(func(row int, cell string, number bool) {
		var d Day
		if !number || len(cell) == 8 { // a number of 8 digits is no serial date
			d = ReadDay(cell)
		}
		day, two := d.Sure, d.MDY != 0 && d.DMY != 0 && d.MDY != d.DMY
		switch {
		case IsNoEnd(cell) || IsDash(cell):
			l.t.rewrite(row, l.col, "")
			return
		case day == 0 && d.MDY == 0 && d.DMY == 0:
			if day = l.serial(row, cell, number); day == 0 {
				return
			}
		case day != 0:
		case two && l.open():
			l.fault(row, "AmbiguousDate", fmt.Sprintf("a date that can be read one way only; this is %s or %s", d.MDY, d.DMY),
				"write dates like 2026-11-22, or have it read by the sender's locale (--locale sv)")
			return
		case d.MDY == 0, d.DMY != 0 && l.second && !l.first:
			day = d.DMY
		default:
			day = d.MDY
		}
		if d.MDY == 0 && d.DMY == 0 && l.turned.is() && l.isTurned(row, day) {
			return
		}
		l.mattered = l.mattered || two
		if len(cell) != 10 || cell[4] != '-' || cell[7] != '-' || day != d.Sure {
			cell = day.String()
		}
		l.t.rewrite(row, l.col, cell)
	})
}

// isTurned refuses a date that a program may have turned round.
func (l *localiser) isTurned(row int, day money.Date) bool {
	y, m, d := day.Civil()
	other, ok := money.ValidDate(y, d, m)
	if !ok || other == day {
		return false
	}
	l.fault(row, "AmbiguousDate", fmt.Sprintf("a date that can be read one way only; this is %s, or %s if the program that saved the file turned day and month round where it could: it left %s as it was",
		day, other, cutValue(l.turned.left)), "write all dates of the column like 2026-11-22, from the file as it was before")
	return true
}

// serial reads a serial date, or refuses the cell and returns 0. A CSV file does
// not say which of the two date systems its numbers are in, and neither does text
// in a workbook, which may have come from another.
func (l *localiser) serial(row int, cell string, number bool) money.Date {
	day, ok := Serial(cell, l.t.Date1904)
	switch {
	case !ok:
		l.fault(row, "NotADate", "a day of the calendar from 1990 through 2199, like 2026-11-22", "write dates like 2026-11-22")
		return 0
	case !l.workbook || !number:
		other, _ := Serial(cell, true)
		l.fault(row, "AmbiguousDate", fmt.Sprintf("a date; this number is %s or %s, by the date system of the workbook it comes from", day, other), "format the column as a date before saving")
		return 0
	}
	return day
}
