package importers

import (
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// openingSheet is the house sheet Opening, for the first night of a biller with a
// past (IMP-6).
var openingSheet = oneOf(house("Opening", "for the first night of a biller with a past: what counts against limits, credits in hand, units returned", takeOpening),
	"Amount", "Quantity")

type openingRow struct {
	Kind     string `csv:"Kind" is:"text:LimitUse|Lot|Held|UnitsReturned*" doc:"what is brought: a use of the refund limit, a prepayment credit lot, a held credit, units returned" eg:"Lot"`
	Account  string `csv:"BillingAccountId" is:"text*" doc:"the account" eg:"8611537"`
	Date     string `csv:"Date" is:"date*" doc:"day on which it was counted or returned; of a Lot or a Held the first day whose purchases may draw on the Amount" eg:"2026-10-01"`
	Currency string `csv:"Currency" is:"text" doc:"ISO 4217 code, of an Amount; a LimitUse is in USD" eg:"SEK"`
	Amount   string `csv:"Amount" is:"number" in:"Currency" doc:"what was counted; of a credit what was left of it on Date; of UnitsReturned what they were prorated to, if known" eg:"894.98"`
	Order    string `csv:"ReservationOrderId" is:"text" doc:"of UnitsReturned: the reservation order" eg:""`
	Quantity string `csv:"Quantity" is:"number" doc:"of UnitsReturned: the units" eg:""`
	Expires  string `csv:"ExpiresOn" is:"date" doc:"of a Lot: the last day on which it can be used" eg:"2026-12-29"`
}

func takeOpening(r *row, v *openingRow, sink Sink) error {
	c := r.currency("Currency", v.Currency)
	out := invoicing.Opening{
		Account: r.account(v.Account), Date: r.date("Date", v.Date), Amount: r.rounded("Amount", v.Amount, c, positive),
		Order: r.order(v.Order), Quantity: r.whole("Quantity", v.Quantity), ExpiresOn: r.date("ExpiresOn", v.Expires),
		Source: r.source,
	}
	if i := r.choice("Kind", v.Kind, namesOf(invoicing.OpeningKinds)); i >= 0 {
		out.Kind = invoicing.OpeningKinds[i]
		r.opens(&out, v, c)
	}
	if !r.good() {
		return nil
	}
	return sink.Opening(&out)
}

// opens checks what each kind of opening row needs.
func (r *row) opens(o *invoicing.Opening, v *openingRow, c money.Currency) {
	if o.Kind == invoicing.OpeningUnitsReturned {
		r.needs("ReservationOrderId", v.Order)
		r.needs("Quantity", v.Quantity)
		if v.Amount != "" {
			r.needs("Currency", v.Currency)
		}
		return
	}
	r.needs("Currency", v.Currency)
	r.needs("Amount", v.Amount)
	switch {
	case o.Kind == invoicing.OpeningLimitUse && !c.IsZero() && c != money.USD:
		r.fault("Currency", "OutOfRange", "USD, in which the refund limit is counted", "enter the amount in USD")
	case o.Kind == invoicing.OpeningLot:
		r.needs("ExpiresOn", v.Expires)
		if o.ExpiresOn != 0 && o.ExpiresOn < o.Date {
			r.fault("ExpiresOn", "OutOfRange", "a day on or after Date", "correct the dates")
		}
	}
}
