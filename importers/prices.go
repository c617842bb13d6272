package importers

import "prorata/invoicing"

// priceSheet is the house sheet Prices: current prices (IMP-6, PRO-7).
var priceSheet = house("Prices", "current prices of reservations, each from a day on", takePrice)

type priceRow struct {
	Sku      string `csv:"Sku" is:"text*" doc:"ARM SKU name" eg:"Standard_D2s_v5"`
	Region   string `csv:"Region" is:"text" doc:"ARM region name; empty is every region" eg:"swedencentral"`
	Term     string `csv:"Term" is:"text*" doc:"P1Y, P3Y or P5Y" eg:"P1Y"`
	Currency string `csv:"Currency" is:"text*" doc:"ISO 4217 code" eg:"SEK"`
	Price    string `csv:"UnitPrice" is:"number*" in:"Currency" doc:"one unit for the whole term, net" eg:"3000.00"`
	From     string `csv:"EffectiveFrom" is:"date*" doc:"first day on which it holds" eg:"2026-01-01"`
	To       string `csv:"EffectiveTo" is:"date" doc:"last day; empty is still in force" eg:""`
	Account  string `csv:"BillingAccountId" is:"text" doc:"the account it holds for; empty is every account" eg:""`
}

func takePrice(r *row, v *priceRow, sink Sink) error {
	out := invoicing.Price{
		Sku: r.id("Sku", v.Sku), Region: canonicalRegion(r.id("Region", v.Region)), Account: r.account(v.Account),
		TermMonths: r.term("Term", v.Term), UnitPrice: r.amount("UnitPrice", v.Price, r.currency("Currency", v.Currency), positive),
		From: r.date("EffectiveFrom", v.From), To: r.date("EffectiveTo", v.To), Source: r.source,
	}
	if out.To != 0 && out.To < out.From {
		r.fault("EffectiveTo", "OutOfRange", "a day on or after EffectiveFrom", "correct the dates")
	}
	if !r.good() {
		return nil
	}
	return sink.Price(&out)
}
