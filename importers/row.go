package importers

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// row types the cells of one row of a house sheet and gathers every fault. Its
// methods take a column's name and its cell, which Localise has made plain. An
// empty cell is the zero value; so is a faulty one, whose row is refused at the end.
type row struct {
	sheet  *sheet
	at     int // of the table's rows
	source invoicing.Source
	faults []invoicing.Fault
}

// begin starts row i; ok is false where it was refused or left out at once.
func (r *row) begin(i int) (ok bool, err error) {
	s := r.sheet
	damaged, err := s.damaged(i)
	if damaged || err != nil {
		return false, err
	}
	r.at, r.source, r.faults = i, s.source(i), r.faults[:0]
	if s.isZeros(i) || s.isTotal(i) || s.marked(i) && s.isExample(i) {
		s.ignored++
		return false, nil
	}
	if s.marked(i) {
		s.refused++
		return false, s.sink.Refuse(r.overwritten())
	}
	cells := &s.table.Rows[i]
	for _, f := range s.rowFaults(i) {
		value := cells.Cell(f.Col)
		if f.Col == s.column("CardRef") {
			value = maskDigits(value) // a card number that lost digits is still one
		}
		r.faults = append(r.faults, invoicing.Fault{
			Code: f.Code, Source: r.source, Column: s.table.Header[f.Col], Value: cut(value), Expected: f.Expected, Fix: f.Fix,
		})
	}
	for _, at := range s.beside {
		if filled(cells, at) {
			r.faults = append(r.faults, invoicing.Fault{Code: "TableBeside", Source: r.source, Column: s.table.Header[at], Value: cut(s.table.Raw(i, at)),
				Expected: "a column of this table; an empty one stands before it, and behind that the first rows alone are filled in, like a table of their own",
				Fix:      "remove the empty column, or move the other table to a sheet of its own"})
			break
		}
	}
	for k, c := range s.kind.Columns {
		if c.Filled && strings.TrimSpace(cells.Cell(s.at[k])) == "" {
			if r.alone(cells) {
				break
			}
			r.missing(c.Name)
		}
	}
	return true, nil
}

// alone refuses the only cell of a row for all that it lacks: it is a sum or a note, or the
// row was left unfinished.
func (r *row) alone(cells *table.Row) bool {
	isFilled := func(cell string) bool { return strings.TrimSpace(cell) != "" }
	at := slices.IndexFunc(cells.Cells, isFilled)
	if at < 0 || at >= len(r.sheet.table.Header) || slices.ContainsFunc(cells.Cells[at+1:], isFilled) {
		return false
	}
	r.faults = append(r.faults, invoicing.Fault{
		Code: "Missing", Source: r.source, Column: r.sheet.table.Header[at], Value: cut(strings.TrimSpace(r.sheet.table.Raw(r.at, at))),
		Expected: "a row: this cell stands alone in it", Fix: "fill in the row; where it is a sum or a note, move it to another sheet",
	})
	return true
}

// end refuses the row if anything was wrong with it.
func (r *row) end() error {
	if len(r.faults) == 0 {
		return nil
	}
	r.sheet.refused++
	inOrder(r.faults, r.sheet.table.Header)
	return r.sheet.sink.Refuse(r.faults...)
}

// inOrder sorts the faults of a row as its columns stand in the file.
func inOrder(faults []invoicing.Fault, header []string) {
	slices.SortStableFunc(faults, func(a, b invoicing.Fault) int {
		return slices.Index(header, a.Column) - slices.Index(header, b.Column)
	})
}

// good reports whether nothing was wrong with the row so far.
func (r *row) good() bool { return len(r.faults) == 0 }

// header is the name of a column as the file has it.
func (r *row) header(name string) string {
	if at := r.sheet.column(name); at >= 0 {
		return r.sheet.table.Header[at]
	}
	return name
}

// fault refuses a column's cell, shown as the file has it.
func (r *row) fault(name, code, expected, fix string) {
	r.faultOf(name, r.sheet.table.Raw(r.at, r.sheet.column(name)), code, expected, fix)
}

func (r *row) faultOf(name, value, code, expected, fix string) {
	column := r.header(name)
	if !r.bad(column) {
		r.faults = append(r.faults, invoicing.Fault{Code: code, Source: r.source, Column: column, Value: cut(strings.TrimSpace(value)), Expected: expected, Fix: fix})
	}
}

// bad reports whether a column's cell is refused already.
func (r *row) bad(column string) bool {
	return slices.ContainsFunc(r.faults, func(f invoicing.Fault) bool { return f.Column == column })
}

func (r *row) missing(name string) {
	r.fault(name, "Missing", "a value for "+name, "fill in the cell")
}

// skip reports whether there is nothing to read in a cell.
func (r *row) skip(name, v string) bool { return v == "" || len(r.faults) > 0 && r.bad(r.header(name)) }

// text is any text without control characters but line breaks and tabs.
func (r *row) text(name, v string) string {
	if hasControl(v) {
		r.fault(name, "ControlCharacter", "text", "remove the control characters")
		return ""
	}
	if strings.ContainsRune(v, utf8.RuneError) { // it stands for what no program could read, also in the sender's
		r.fault(name, "Encoding", "text in which no character was lost: \ufffd stands for each", "type the text again")
		return ""
	}
	return v
}

// id is what names something. What people write where there is nothing to name, or where
// they do not know it, is refused: two orders of an invoice "?" would be of one invoice.
func (r *row) id(name, v string) string {
	v = r.line(name, v)
	if isNothing(v) {
		r.fault(name, "NoIdentifier", "an identifier, or an empty cell", "empty the cell if there is none")
		return ""
	}
	return v
}

// line is text on one line, of at most 200 characters. A GUID is written in lower
// case: files of one vendor differ in that, and it is the same order (IMP-10).
func (r *row) line(name, v string) string {
	if v == "" {
		return ""
	}
	v = r.text(name, v)
	if len(v) > 200 || strings.ContainsAny(v, "\n\r\t") {
		r.fault(name, "TooLong", "an identifier of at most 200 characters, on one line", "enter the identifier alone")
		return ""
	}
	return canonicalID(v)
}

// Ids that files write differently (IMP-10).
func (r *row) order(v string) string       { return orderID(r.id("ReservationOrderId", v)) }
func (r *row) reservation(v string) string { return reservationID(r.id("ReservationId", v)) }
func (r *row) account(v string) string     { return accountID(r.id("BillingAccountId", v)) }

func (r *row) date(name, v string) money.Date {
	if r.skip(name, v) {
		return 0
	}
	d, err := money.ParseDate(v)
	if err != nil {
		r.fault(name, "NotADate", "a day of the calendar from 1990 through 2199, like 2026-11-22", "write dates like 2026-11-22")
	}
	return d
}

func (r *row) currency(name, v string) money.Currency {
	if r.skip(name, v) {
		return money.Currency{}
	}
	c, err := money.ParseCurrency(table.Plain(v))
	if err != nil {
		r.fault(name, "NotACurrency", "an ISO 4217 code, like SEK", "enter the three letters of the currency")
	}
	return c
}

// Signs that an amount may have.
type signs uint8

const (
	anySign signs = iota
	notNegative
	positive
)

// amount is unset where the cell is empty.
func (r *row) amount(name, v string, c money.Currency, want signs) money.Money {
	if c.IsZero() || r.skip(name, v) {
		return money.Money{}
	}
	m, ok := parseAmount(v, c)
	switch {
	case !ok:
		r.fault(name, "NotANumber", "an amount of at most 13 digits before the decimal point, like 1234.56", "enter the amount alone")
		return money.Money{}
	case want == positive && m.Sign() <= 0:
		r.fault(name, "OutOfRange", "an amount above 0", "enter a positive amount")
	case want == notNegative && m.Sign() < 0:
		r.fault(name, "OutOfRange", "an amount of 0 or more", "enter the amount without a sign")
	}
	return m
}

// charge is an amount that is charged or credited.
func (r *row) charge(name, v string, c money.Currency, want signs) money.Money {
	m := r.amount(name, v, c, want)
	if m.Decimals() > chargeDecimals {
		r.fault(name, "OutOfRange", fmt.Sprintf("an amount of at most %d decimals", chargeDecimals), "enter the amount as it was charged; in a formula round it")
	}
	return m
}

// rounded is an amount that stands on an invoice or is paid: it has no more decimals
// than its currency. A formula may hold more of them than its cell shows.
func (r *row) rounded(name, v string, c money.Currency, want signs) money.Money {
	m := r.amount(name, v, c, want)
	r.minor(name, m)
	return m
}

// minor refuses an amount with more decimals than its currency.
func (r *row) minor(name string, m money.Money) {
	if c := m.Currency(); m.IsSet() && m.Cmp(m.Round(money.HalfUp)) != 0 {
		r.fault(name, "OutOfRange", "an amount of at most "+invoicing.Counted(c.Digits(), "decimal", "decimals")+", as "+c.String()+" has", "enter the amount as it was invoiced or paid; in a formula round it")
	}
}

// percent is from 0 through 100.
func (r *row) percent(name, v string) money.Decimal {
	if r.skip(name, v) {
		return money.Decimal{}
	}
	d, err := money.ParseDecimal(v)
	num, den := d.Fraction()
	if err != nil || num < 0 || num/den > 100 || num/den == 100 && num%den != 0 {
		r.fault(name, "OutOfRange", "a percentage from 0 through 100, like 25", "enter the percentage alone")
	}
	return d
}

// whole is a whole number from 1 through a billion.
func (r *row) whole(name, v string) int {
	if r.skip(name, v) {
		return 0
	}
	n, ok := parseWhole(v)
	if !ok || n < 1 {
		r.fault(name, "OutOfRange", "a whole number of 1 or more", "enter a whole number")
	}
	return n
}

func (r *row) term(name, v string) int {
	if r.skip(name, v) {
		return 0
	}
	months, ok := parseTerm(table.Plain(v))
	if !ok {
		r.fault(name, "NotATerm", "P1Y, P3Y or P5Y; also 1 Year, 3 Years, 12, 36, 60", "enter the term like P3Y")
	}
	return months
}

// choice finds a value in a list, whatever its case, spaces, hyphens and
// underscores. It returns its index, or -1.
func (r *row) choice(name, v string, values []string) int {
	if r.skip(name, v) {
		return -1
	}
	if i := slices.IndexFunc(values, func(x string) bool { return sameWord(x, v) }); i >= 0 {
		return i
	}
	r.fault(name, "UnknownValue", "one of "+strings.Join(values, ", "), "choose one of these")
	return -1
}

// chosen is choice as text; empty where there is none.
func (r *row) chosen(name, v string, values []string) string {
	if i := r.choice(name, v, values); i >= 0 {
		return values[i]
	}
	return ""
}

// card is a reference to a card, never its number: 13 to 19 digits that pass
// Luhn are refused (IMP-6), and only the last four are shown.
func (r *row) card(name, v string) string {
	if masked, is := maskCard(v); is {
		r.faultOf(name, masked, "CardNumber", "a reference to the card, never its number", "enter the token of the card that the payment provider gave")
		return ""
	}
	return r.id(name, v)
}
