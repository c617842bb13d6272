package importers

import (
	"prorata/invoicing"
	"prorata/invoicing/policy"
)

// reservationSheet is the house sheet Reservations (IMP-6).
var reservationSheet = house("Reservations", "reservations that no export holds, or that finance keeps by hand", takeReservation)

type reservationRow struct {
	Order       string `csv:"ReservationOrderId" is:"text*" doc:"the reservation order" eg:"0f0c8b5e-1f5e-4bb6-9f6a-5c1a7c2f6a01"`
	Reservation string `csv:"ReservationId" is:"text" doc:"the reservation in the order" eg:""`
	Account     string `csv:"BillingAccountId" is:"text*" doc:"the account that bought it" eg:"8611537"`
	Date        string `csv:"PurchaseDate" is:"date*" doc:"day of purchase, UTC" eg:"2026-03-01"`
	Term        string `csv:"Term" is:"text*" doc:"P1Y, P3Y or P5Y" eg:"P1Y"`
	Plan        string `csv:"BillingPlan" is:"text:Upfront|Monthly*" doc:"how it is paid" eg:"Upfront"`
	Product     string `csv:"ProductType" is:"text*" doc:"the vendor's reserved resource type" eg:"VirtualMachines"`
	Sku         string `csv:"Sku" is:"text*" doc:"ARM SKU name" eg:"Standard_D2s_v5"`
	Region      string `csv:"Region" is:"text" doc:"ARM region name" eg:"swedencentral"`
	Quantity    string `csv:"Quantity" is:"number*" doc:"units" eg:"3"`
	Currency    string `csv:"Currency" is:"text*" doc:"ISO 4217 code" eg:"SEK"`
	Amount      string `csv:"Amount" is:"number*" in:"Currency" doc:"net, for the whole quantity: the term's price if Upfront, one instalment if Monthly" eg:"9000.00"`
	Funding     string `csv:"Funding" is:"text:Prepayment|Overage" doc:"what paid for it on an EA account" eg:"Prepayment"`
	Invoice     string `csv:"Invoice" is:"text" doc:"number of the invoice that charged it" eg:"F-2026-0101"`
	CardRef     string `csv:"CardRef" is:"text" doc:"the payment provider's token of the card, never its number" eg:"card_1N3T00"`
}

// boughtCells is the cells that say what is bought, in Reservations and for a
// Purchase or TransferIn in Requests.
type boughtCells struct{ term, plan, product, sku, region, currency, amount, funding, invoice, card string }

var (
	plans    = namesOf([]invoicing.Plan{invoicing.Upfront, invoicing.Monthly})
	fundings = namesOf([]invoicing.Funding{invoicing.Prepayment, invoicing.Overage})
)

func takeReservation(r *row, v *reservationRow, sink Sink) error {
	p := r.product(boughtCells{v.Term, v.Plan, v.Product, v.Sku, v.Region, v.Currency, v.Amount, v.Funding, v.Invoice, v.CardRef})
	p.Quantity = r.whole("Quantity", v.Quantity)
	p.Order, p.Reservation = r.order(v.Order), r.reservation(v.Reservation)
	p.Account, p.Date = r.account(v.Account), r.date("PurchaseDate", v.Date)
	if !r.good() {
		return nil
	}
	return sink.Purchase(&p)
}

// product types the columns of what is bought, but for its quantity.
func (r *row) product(v boughtCells) invoicing.Purchase {
	p := invoicing.Purchase{
		Origin: invoicing.FromSheet, Term: r.term("Term", v.term), Product: r.chosen("ProductType", v.product, policy.ProductTypes),
		Sku: r.id("Sku", v.sku), Region: canonicalRegion(r.id("Region", v.region)),
		Amount:  r.charge("Amount", v.amount, r.currency("Currency", v.currency), positive),
		Invoice: r.id("Invoice", v.invoice), CardRef: r.card("CardRef", v.card), Source: r.source,
	}
	if i := r.choice("BillingPlan", v.plan, plans); i >= 0 {
		p.Plan = invoicing.Upfront + invoicing.Plan(i)
	}
	if i := r.choice("Funding", v.funding, fundings); i >= 0 {
		p.Funding = invoicing.Prepayment + invoicing.Funding(i)
	}
	return p
}
