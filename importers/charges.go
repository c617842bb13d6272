package importers

import "prorata/invoicing"

// chargeSheet is the house sheet Charges: what draws on prepayment credit lots (IMP-6, BIL-EA-2).
var chargeSheet = house("Charges", "charges to EA accounts that draw on their prepayment credits", takeCharge)

type chargeRow struct {
	Account     string `csv:"BillingAccountId" is:"text*" doc:"the EA account that is charged" eg:"8611537"`
	Date        string `csv:"Date" is:"date*" doc:"day of the charge" eg:"2026-12-01"`
	Currency    string `csv:"Currency" is:"text*" doc:"ISO 4217 code" eg:"SEK"`
	Amount      string `csv:"Amount" is:"number*" in:"Currency" doc:"what is charged" eg:"500.00"`
	Description string `csv:"Description" is:"text" doc:"what for" eg:"Azure usage, November"`
}

func takeCharge(r *row, v *chargeRow, sink Sink) error {
	out := invoicing.Charge{
		Account: r.account(v.Account), Date: r.date("Date", v.Date),
		Amount:      r.rounded("Amount", v.Amount, r.currency("Currency", v.Currency), positive),
		Description: r.text("Description", v.Description), Source: r.source,
	}
	if !r.good() {
		return nil
	}
	return sink.Charge(&out)
}
