package invoicing

import (
	"cmp"
	"strconv"

	"prorata/invoicing/money"
)

// Source is the row that a figure came from: input File of the ledger (numbered
// from 1 over all runs), Sheet (empty for a CSV file) and Row as a spreadsheet
// program numbers it. The zero value is no row.
type Source struct {
	File  int
	Sheet string
	Row   int
}

// String is "#3!Requests!17", or "#3!17" for a file without sheets (DOC-3).
func (s Source) String() string { return string(s.Append(nil)) }

// Compare orders rows as they were read.
func (s Source) Compare(o Source) int {
	return cmp.Or(cmp.Compare(s.File, o.File), cmp.Compare(s.Sheet, o.Sheet), cmp.Compare(s.Row, o.Row))
}

// Append writes String; nothing where there is no row.
func (s Source) Append(b []byte) []byte {
	if s.File == 0 {
		return b
	}
	b = strconv.AppendInt(append(b, '#'), int64(s.File), 10)
	if s.Sheet != "" {
		b = append(append(b, '!'), s.Sheet...)
	}
	return strconv.AppendInt(append(b, '!'), int64(s.Row), 10)
}

// Fault is something wrong in the input: data, not an error. It becomes a row of
// rejected-rows.csv (OUT-3). Code is stable and in CamelCase; the texts are for
// people: lower case, what is wrong and what to do.
type Fault struct {
	Code     string // NotADate, AmbiguousNumber, RequestConflict, ...
	Source   Source
	Column   string // the header as the file has it; empty for the whole row or file
	Value    string // as found, cut to 200 characters
	Expected string // what was expected there
	Fix      string // how to mend it
}

// Price is the current price of a product (PRO-7, IMP-4): UnitPrice is for one
// unit and the whole term. An empty Account holds for every account, an empty
// Region for every region; From may be zero: since ever; To may be zero: still in
// force.
type Price struct {
	Sku, Region, Account string
	TermMonths           int
	UnitPrice            money.Money
	From, To             money.Date // both inclusive
	Origin               PriceOrigin
	Source               Source
}

// PriceOrigin is which of the sources of PRO-7 a price is from.
type PriceOrigin uint8

// The sources of prices, the one that counts before the others first.
const (
	FromHouseSheet PriceOrigin = iota
	FromPriceSheet             // the vendor's price sheet of the account
	FromRetail                 // the vendor's retail prices
)

// Rate is one published reference rate: Value units of Currency for one euro (IMP-5).
type Rate struct {
	Date     money.Date
	Currency money.Currency
	Value    money.Decimal
	Source   Source
}
