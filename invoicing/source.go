package invoicing

import (
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
func (s Source) String() string {
	if s.File == 0 {
		return ""
	}
	b := strconv.AppendInt([]byte{'#'}, int64(s.File), 10)
	if s.Sheet != "" {
		b = append(append(b, '!'), s.Sheet...)
	}
	return string(strconv.AppendInt(append(b, '!'), int64(s.Row), 10))
}

// Fault is something wrong in the input that the core met: data, not an error.
// Code is stable; What is a sentence for a person with what to do about it.
type Fault struct {
	Code, What string
	Source     Source
}

// Price is the current price of a product (PRO-7, IMP-4): UnitPrice is for one
// unit and the whole term. An empty Account holds for every account, an empty
// Region for every region; To may be zero: still in force.
type Price struct {
	Sku, Region, Account string
	TermMonths           int
	UnitPrice            money.Money
	From, To             money.Date // both inclusive
	Source               Source
}

// Rate is one published reference rate: Value units of Currency for one euro (IMP-5).
type Rate struct {
	Date     money.Date
	Currency money.Currency
	Value    money.Decimal
	Source   Source
}
