package jobs

import (
	"cmp"
	"fmt"
	"slices"

	"prorata/importers"
	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Question is what somebody wants to know before anyone asks for it.
type Question struct {
	Order     string
	Quantity  int // units; 0 is all that are active
	On        money.Date
	Role      string // of who would ask (ELG-1)
	Used      invoicing.Used
	VendorUSD money.Money // LIM-5; unset where it is not known
	For       *Wish       // what an exchange would buy; nil is a refund
}

// Wish is what an exchange would buy. What it leaves open is as the order that is
// returned has it.
type Wish struct {
	Product, Sku, Region string
	Quantity             int // units
	Term                 int // months
	Plan                 invoicing.Plan
	Amount               money.Decimal  // for all units: the price of the term, or of one instalment
	Currency             money.Currency // of the amount
}

// Quotation is what a refund or an exchange would give on a date. Nothing of it
// is kept.
type Quotation struct {
	Order      invoicing.Order
	Account    invoicing.Account
	AsOf       money.Date // the day on which it would be issued
	Decision   *invoicing.Decision
	Purchase   *invoicing.Decision // of an exchange
	Settlement *invoicing.Settlement
	Waits      []invoicing.Wait
}

// Quote answers a question by what the ledger knows. An empty chain stands for
// the policies of the last run. A question about a day before the last run is
// answered as for a request that comes late. An order that the ledger does not
// know is an error.
func Quote(path string, chain policy.Chain, q Question) (*Quotation, error) {
	l, last, err := openSettled(path)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	if chain, err = orLast(chain, last); err != nil {
		return nil, err
	}
	q.Order = importers.Identifier(q.Order)
	accounts, err := l.AccountsOf(q.Order)
	if err != nil {
		return nil, err
	}
	if len(accounts) == 0 {
		return nil, fmt.Errorf("no order is called %q; prorata show ACCOUNT lists an account's orders", q.Order)
	}
	book, err := l.Book(accounts, invoicing.Request{Order: q.Order})
	if err != nil {
		return nil, err
	}
	market, err := l.Market(q.On)
	if err != nil {
		return nil, err
	}
	orders := book.Orders()
	at := slices.IndexFunc(orders, func(o invoicing.Order) bool { return o.ID == q.Order })
	if at < 0 {
		return nil, notToldOf(q.Order)
	}
	out := &Quotation{Order: orders[at], AsOf: max(q.On, last.AsOf)}
	if a := book.Account(out.Order.Account); a != nil {
		out.Account = *a
	}
	requests := q.requests(&out.Order, book.Returned(q.Order))
	if out.Settlement, err = invoicing.Quote(book, market, chain, out.AsOf, requests...); err != nil {
		return nil, err
	}
	out.Decision = &out.Settlement.Decisions[0]
	if q.For != nil {
		out.Purchase = &out.Settlement.Decisions[1]
	}
	out.Waits, err = invoicing.Waits(book, market, chain, out.AsOf, requests...)
	return out, err
}

// The names of what is only asked.
const (
	quoteID       = "QUOTE"
	quotePurchase = "QUOTE-PURCHASE"
)

// requests are the lines that would ask for it.
func (q *Question) requests(o *invoicing.Order, returned int) []invoicing.Request {
	r := invoicing.Request{ID: quoteID, Date: q.On, Action: invoicing.Refund, Order: q.Order, Quantity: q.Quantity, Role: q.Role, Used: q.Used,
		VendorUSD: q.VendorUSD}
	if r.Quantity == 0 {
		r.Quantity = max(o.Quantity-returned, 1)
	}
	if q.For == nil {
		return []invoicing.Request{r}
	}
	r.Action, r.Exchange = invoicing.Return, quoteID
	w := q.For
	p := invoicing.Purchase{Account: o.Account, Order: quotePurchase, Term: cmp.Or(w.Term, o.Term), Plan: cmp.Or(w.Plan, o.Plan),
		Product: cmp.Or(w.Product, o.Product), Sku: cmp.Or(w.Sku, o.Sku), Region: cmp.Or(w.Region, o.Region),
		Quantity: cmp.Or(w.Quantity, r.Quantity), Amount: money.Of(w.Amount, cmp.Or(w.Currency, o.Currency))}
	buy := invoicing.Request{ID: quotePurchase, Date: q.On, Action: invoicing.PurchaseNew, Exchange: quoteID, Order: quotePurchase, Quantity: p.Quantity,
		Role: q.Role, New: &p}
	return []invoicing.Request{r, buy}
}
