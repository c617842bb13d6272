package reconcile

import (
	"fmt"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// Kind is one way in which a vendor may read the rules differently than we do.
type Kind uint8

// The kinds, the simplest explanation first but for DayOfCredit, see rank: they
// are kept as numbers.
const (
	FeeLeftOut Kind = iota + 1
	FeeCharged
	FullPrice
	GraceDenied
	DayCounted
	YearDays
	MonthDays
	OtherPrice
	OtherQuantity
	RoundedDown
	PartnerRounding
	TaxIncluded
	OtherInstalment
	RateOfDay
	DayOfCredit
)

const kindCount = int(DayOfCredit) + 1

var kindNames = [kindCount]string{
	"", "fee left out", "fee charged", "full price", "grace denied", "day counted or not", "365 against 366 days", "30 against real days",
	"purchase against current price", "other quantity", "rounded down", "partner rounding", "tax included", "wrong instalment",
	"exchange rate of another day", "day of the credit",
}

// String is the name that breaks are summed up by.
func (k Kind) String() string { return kindNames[k] }

// rank is how simple an explanation is; the least is the simplest.
func (k Kind) rank() int {
	if k == DayOfCredit {
		return int(DayCounted)
	}
	return int(k)
}

// setting is the policy parameter that makes our figure that of a vendor who reads
// the rules so; empty where none does.
func (k Kind) setting() string {
	switch k {
	case FeeLeftOut, FeeCharged:
		return "fee.rate"
	case FullPrice, GraceDenied:
		return "grace.days"
	case OtherPrice:
		return "price_basis"
	}
	return ""
}

// family is what a kind changes: two of one family do not go together.
func (k Kind) family() Kind {
	switch k {
	case FeeCharged:
		return FeeLeftOut
	case GraceDenied:
		return FullPrice
	case MonthDays:
		return YearDays
	case DayOfCredit:
		return DayCounted
	case OtherInstalment:
		return OtherPrice
	case PartnerRounding:
		return RoundedDown
	}
	return k
}

// Reading is a kind with its figures.
type Reading struct {
	Kind    Kind
	Was, Is int           // days, units or instalments: ours and the vendor's
	Kept    bool          // of YearDays and MonthDays: the days remaining are ours, over the vendor's period
	Rate    money.Decimal // of a fee (a fraction) or a tax (percent)
	On      money.Date    // of RateOfDay and DayOfCredit
}

// String says to a person what the vendor may have done.
func (r Reading) String() string {
	switch r.Kind {
	case FeeLeftOut:
		return "no early termination fee"
	case FeeCharged:
		return "an early termination fee of " + r.Rate.Percent().String() + " %"
	case FullPrice:
		return "the full price, as within the days of grace"
	case GraceDenied:
		return "prorated, without grace"
	case DayCounted:
		return fmt.Sprintf("%s remaining against %d", invoicing.Counted(r.Is, "day", "days"), r.Was)
	case DayOfCredit:
		return fmt.Sprintf("%s remaining against %d, as of the credit's day %s", invoicing.Counted(r.Is, "day", "days"), r.Was, r.On)
	case YearDays, MonthDays:
		kept := ""
		if r.Kept {
			kept = ", with the same days remaining"
		}
		return fmt.Sprintf("a period of %d days against %d%s", r.Is, r.Was, kept)
	case OtherPrice:
		return [...]string{"", "the purchase price", "the current price"}[r.Is]
	case OtherQuantity:
		return fmt.Sprintf("a quantity of %d against %d", r.Is, r.Was)
	case RoundedDown:
		return "rounded down"
	case PartnerRounding:
		return "rounded down twice, as partner invoices are: price, then price x exchange rate"
	case TaxIncluded:
		return "tax of " + r.Rate.String() + " % included"
	case OtherInstalment:
		return [...]string{"the instalment before", "", "the instalment after"}[r.Is+1]
	case RateOfDay:
		return "the exchange rate of " + r.On.String()
	}
	return ""
}
