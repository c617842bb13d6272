package importers

import (
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// requestSheet is the house sheet Requests (IMP-6).
var requestSheet = together(house("Requests", "what is asked for: refunds, exchanges, transfers, and what is taken back", takeRequest), "ExchangeId")

// requestRow declares the product columns of its own: here only a Purchase and a
// TransferIn need them. Order and quantity must be there but for Withdraw and
// Reverse, which are about another request.
type requestRow struct {
	ID             string `csv:"RequestId" is:"text*" doc:"a number of your own, never used twice" eg:"R-1001"`
	Date           string `csv:"RequestDate" is:"date*" doc:"day of the request; the day itself is still refunded" eg:"2026-11-02"`
	Action         string `csv:"Action" is:"text:Refund|Return|Purchase|TransferOut|TransferIn|Withdraw|Reverse*" doc:"what is asked for; the lines of an exchange are Return and Purchase" eg:"Refund"`
	Exchange       string `csv:"ExchangeId" is:"text" doc:"ties the lines of an exchange or transfer; empty for all else" eg:""`
	Order          string `csv:"ReservationOrderId" is:"text+" doc:"the reservation order" eg:"0f0c8b5e-1f5e-4bb6-9f6a-5c1a7c2f6a01"`
	Reservation    string `csv:"ReservationId" is:"text" doc:"the reservation in the order" eg:""`
	Quantity       string `csv:"Quantity" is:"number+" doc:"units to return or to buy" eg:"1"`
	RequestedBy    string `csv:"RequestedBy" is:"text" doc:"who asks" eg:"Anna Öberg"`
	Role           string `csv:"RequesterRole" is:"text" doc:"the role in which; none, or one that the policy does not name, is rejected" eg:"Owner"`
	Used           string `csv:"Used" is:"text:Yes|No" doc:"whether the reservation was used; empty counts as used" eg:"No"`
	Reason         string `csv:"Reason" is:"text" doc:"why" eg:"bought twice"`
	Withdraws      string `csv:"Withdraws" is:"text" doc:"the RequestId that a Withdraw or Reverse takes back" eg:""`
	VendorUSD      string `csv:"VendorAmountUSD" is:"number" in:"USD" doc:"the vendor's own amount against the limit, in USD" eg:""`
	Account        string `csv:"BillingAccountId" is:"text" doc:"of a Purchase or TransferIn: the account that buys" eg:""`
	Term           string `csv:"Term" is:"text" doc:"of a Purchase or TransferIn: P1Y, P3Y or P5Y" eg:""`
	Plan           string `csv:"BillingPlan" is:"text:Upfront|Monthly" doc:"of a Purchase or TransferIn: how it is paid" eg:""`
	Product        string `csv:"ProductType" is:"text" doc:"of a Purchase or TransferIn: the vendor's reserved resource type" eg:""`
	Sku            string `csv:"Sku" is:"text" doc:"of a Purchase or TransferIn: ARM SKU name" eg:""`
	Region         string `csv:"Region" is:"text" doc:"of a Purchase or TransferIn: ARM region name" eg:""`
	Currency       string `csv:"Currency" is:"text" doc:"of a Purchase or TransferIn: ISO 4217 code" eg:""`
	Amount         string `csv:"Amount" is:"number" in:"Currency" doc:"of a Purchase or TransferIn: the term's price if Upfront, one instalment if Monthly" eg:""`
	Funding        string `csv:"Funding" is:"text:Prepayment|Overage" doc:"of a Purchase on an EA account: what pays for it" eg:""`
	Invoice        string `csv:"Invoice" is:"text" doc:"number of the invoice that charges it" eg:""`
	CardRef        string `csv:"CardRef" is:"text" doc:"the payment provider's token of the card, never its number" eg:""`
	CustomerAmount string `csv:"CustomerAmount" is:"number" in:"Currency" doc:"of a Purchase on a CSP account: what the customer pays, where that differs" eg:""`
}

var (
	actions = namesOf(invoicing.Actions)
	yesNo   = []string{"Yes", "No"}
)

func takeRequest(r *row, v *requestRow, sink Sink) error {
	q := invoicing.Request{
		ID: r.id("RequestId", v.ID), Date: r.date("RequestDate", v.Date), Exchange: r.id("ExchangeId", v.Exchange),
		Order: r.order(v.Order), Reservation: r.reservation(v.Reservation), Quantity: r.whole("Quantity", v.Quantity),
		RequestedBy: r.text("RequestedBy", v.RequestedBy), Role: r.line("RequesterRole", v.Role), Reason: r.text("Reason", v.Reason),
		Withdraws: r.id("Withdraws", v.Withdraws), VendorUSD: r.amount("VendorAmountUSD", v.VendorUSD, money.USD, notNegative),
		Source: r.source,
	}
	if q.VendorUSD.IsZero() {
		q.VendorUSD = money.Money{} // LIM-5: as a formula on an empty cell has it, it states nothing
	}
	if i := r.choice("Action", v.Action, actions); i >= 0 {
		q.Action = invoicing.Actions[i]
	}
	if i := r.choice("Used", v.Used, yesNo); i >= 0 {
		q.Used = invoicing.UsedYes + invoicing.Used(i)
	}
	r.card("CardRef", v.CardRef) // whatever the action: a card number never enters
	r.fits(&q, v)
	if !r.good() {
		return nil
	}
	return sink.Request(&q)
}

// fits checks what each action needs, and fills in what is bought.
func (r *row) fits(q *invoicing.Request, v *requestRow) {
	switch q.Action {
	case invoicing.Withdraw, invoicing.Reverse:
		r.untied(q, "empty the cell: with the request that Withdraws names go all lines of its exchange")
		switch {
		case v.Withdraws == "":
			r.missing("Withdraws")
		case q.Withdraws == q.ID:
			r.fault("Withdraws", "OutOfRange", "the RequestId of another request", "enter the request that is taken back")
		}
		if q.Action == invoicing.Reverse { // a reason and a person
			r.needs("RequestedBy", v.RequestedBy)
			r.needs("Reason", v.Reason)
		}
		return
	case invoicing.Refund:
		r.untied(q, "empty the cell, or make it a Return if it belongs to the exchange")
	case invoicing.PurchaseNew, invoicing.TransferIn:
		r.bought(q, v)
	}
	if q.Action != 0 && v.Withdraws != "" {
		r.fault("Withdraws", "UnknownValue", "no Withdraws on a "+q.Action.String(), "empty the cell, or make it a Withdraw or Reverse")
	}
	if q.Action != 0 {
		r.needs("ReservationOrderId", v.Order)
		r.needs("Quantity", v.Quantity)
	}
}

// untied refuses an ExchangeId on what is no line of an exchange.
func (r *row) untied(q *invoicing.Request, fix string) {
	if q.Exchange != "" {
		r.fault("ExchangeId", "UnknownValue", "no ExchangeId on a "+q.Action.String(), fix)
	}
}

// bought fills in what a Purchase or a TransferIn buys.
func (r *row) bought(q *invoicing.Request, v *requestRow) {
	for _, c := range []struct{ name, value string }{
		{"Term", v.Term}, {"BillingPlan", v.Plan}, {"ProductType", v.Product}, {"Sku", v.Sku}, {"Currency", v.Currency}, {"Amount", v.Amount},
	} {
		r.needs(c.name, c.value)
	}
	if q.Action == invoicing.TransferIn {
		r.needs("BillingAccountId", v.Account) // EXC-7: the new account
	}
	p := r.product(boughtCells{v.Term, v.Plan, v.Product, v.Sku, v.Region, v.Currency, v.Amount, v.Funding, v.Invoice, v.CardRef})
	p.Origin, p.Order, p.Quantity, p.Date = invoicing.FromExchange, q.Order, q.Quantity, q.Date
	p.Reservation, p.Account = q.Reservation, r.account(v.Account)
	q.New = &p
	q.CustomerAmount = r.charge("CustomerAmount", v.CustomerAmount, r.currency("Currency", v.Currency), positive)
}

// needs refuses an empty cell.
func (r *row) needs(name, v string) {
	if v == "" {
		r.missing(name)
	}
}
