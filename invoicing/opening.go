package invoicing

import "prorata/invoicing/money"

// Opening is a row of the house sheet Opening (IMP-6): what a biller with a past
// brings to the first night.
type Opening struct {
	Kind      OpeningKind
	Account   string
	Date      money.Date  // on which it was counted, granted or returned
	Amount    money.Money // of a LimitUse (in USD), a Lot or a Held; else unset
	Order     string      // of UnitsReturned; of the others where it is known
	Quantity  int         // units, of UnitsReturned
	ExpiresOn money.Date  // last day of a Lot
	Source    Source
}

// OpeningKind is what an opening row brings.
type OpeningKind uint8

// The kinds of opening rows.
const (
	OpeningLimitUse OpeningKind = iota + 1
	OpeningLot
	OpeningHeld
	OpeningUnitsReturned
)

// OpeningKinds lists every kind of opening row.
var OpeningKinds = []OpeningKind{OpeningLimitUse, OpeningLot, OpeningHeld, OpeningUnitsReturned}

// String is the name used in the sheet.
func (k OpeningKind) String() string {
	return [...]string{"", "LimitUse", "Lot", "Held", "UnitsReturned"}[k]
}
