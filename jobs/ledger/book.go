package ledger

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/cespare/xxhash/v2"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// bookReader fills books. Accounts come almost in the order of their ids, so its
// cursors move forward through the shelves, and a night on which every account
// has something to do reads each page once.
type bookReader struct {
	asOf      money.Date
	accounts  newest
	states    newest
	credits   newest
	invoices  newest
	charges   *cursor
	usage     newest
	openings  *cursor // of the run that is being settled
	words     []wording
	texts     texts   // of the rows of purchases
	purchases *cursor // its segments are walked one by one: rows are sorted after they are chosen
}

func newBookReader(s shelves, asOf money.Date) (*bookReader, error) {
	r := &bookReader{asOf: asOf}
	var err error
	if r.words, err = wordings(s.open); err != nil {
		return nil, err
	}
	for _, x := range []struct {
		to **cursor
		s  shelf
	}{
		{&r.accounts.c, onAccount}, {&r.states.c, onBook}, {&r.credits.c, onOpenCredit}, {&r.invoices.c, onInvoice},
		{&r.usage.c, onUsage}, {&r.charges, onCharge}, {&r.purchases, onPurchase},
		{&r.openings, onNewOpening},
	} {
		c, err := s.open(x.s)
		if err != nil {
			r.Close()
			return nil, err
		}
		*x.to = c
	}
	return r, nil
}

// Close frees the files.
func (r *bookReader) Close() {
	for _, c := range []*cursor{r.accounts.c, r.states.c, r.credits.c, r.invoices.c, r.usage.c, r.charges, r.purchases, r.openings} {
		if c != nil {
			c.Close()
		}
	}
}

// fill reads what is known of the accounts of a group; its requests are there.
func (r *bookReader) fill(b *invoicing.Book, accounts []string, h *handed) error {
	orders := make(map[string]bool, len(b.Requests))
	b.Purchases = make([]invoicing.Purchase, 0, len(b.Requests))
	for i := range b.Requests {
		orders[b.Requests[i].Order] = true
	}
	for _, id := range accounts {
		if err := r.account(b, id); err != nil {
			return err
		}
		if err := r.state(b, id, h); err != nil {
			return err
		}
		since, err := r.since(b, id)
		if err != nil {
			return err
		}
		if since, err = r.opened(b, id, since); err != nil {
			return err
		}
		if err := r.bought(b, id, orders, since); err != nil {
			return err
		}
		if err := r.register(b, id); err != nil {
			return err
		}
		if err := r.charged(b, id, since); err != nil {
			return err
		}
	}
	slices.SortFunc(b.Purchases, comparePurchases)
	return r.used(b, orders)
}

// used reads the usage of the orders asked for.
func (r *bookReader) used(b *invoicing.Book, orders map[string]bool) error {
	if len(r.usage.c.all) == 0 {
		return nil
	}
	for _, order := range slices.Sorted(maps.Keys(orders)) {
		var err error
		if b.Usage, err = usageOf(&r.usage, order, b.Usage); err != nil {
			return err
		}
	}
	return nil
}

// usageOf appends the days of an order, by date.
func usageOf(v *newest, order string, days []invoicing.Usage) ([]invoicing.Usage, error) {
	prefix := putKey(nil, order)
	for ok := v.Seek(prefix); ok && bytes.HasPrefix(v.key, prefix); ok = v.Next() {
		src, content, err := takeSource(v.body())
		if err != nil {
			return nil, err
		}
		u, err := decodeUsage(string(content))
		if err != nil {
			return nil, err
		}
		u.Source = src
		days = append(days, u)
	}
	return days, v.c.Err()
}

func (r *bookReader) account(b *invoicing.Book, id string) error {
	body, _, ok, err := r.accounts.find(putKey(nil, id))
	if err != nil || !ok {
		return err
	}
	src, content, err := takeSource(body)
	if err != nil {
		return err
	}
	a, err := decodeAccount(string(content))
	a.Source = src
	b.Accounts = append(b.Accounts, a)
	return err
}

// state reads the account's state; one that has none begins with an empty one.
func (r *bookReader) state(b *invoicing.Book, id string, h *handed) error {
	s := invoicing.State{Account: id}
	body, _, ok, err := r.states.find([]byte(id))
	if err == nil && ok {
		h.states[id] = xxhash.Sum64(body)
		s, err = decodeState(string(body))
	}
	b.States = append(b.States, s)
	return err
}

// since is the first day whose purchases and charges may draw on a credit of the
// account: the day on which the oldest open one was granted, or, as this night
// may grant one, its own. A Reverse may open one again that is used up.
func (r *bookReader) since(b *invoicing.Book, id string) (money.Date, error) {
	credits := b.States[len(b.States)-1].Credits // by the day of the grant
	if len(credits) > 0 && slices.ContainsFunc(b.Requests, func(q invoicing.Request) bool { return q.Action == invoicing.Reverse }) {
		return min(r.asOf, credits[0].GrantedOn), nil
	}
	body, _, ok, err := r.credits.find([]byte(id))
	if err != nil || !ok {
		return r.asOf, err
	}
	o, err := takeOpenCredit(body)
	if o.open {
		return min(r.asOf, o.oldest), err
	}
	return r.asOf, err
}

// bought reads the purchases of an account that matter: those of the orders asked
// for, those that name the same invoices, and those from since on, with all that is
// told of their orders: the first source stands (IMP-10), however old it is.
func (r *bookReader) bought(b *invoicing.Book, id string, orders map[string]bool, since money.Date) error {
	first := binary.BigEndian.AppendUint32(nil, uint32(since)^1<<31)
	recent, invoices := map[string]bool{}, map[string]bool{}
	chosen := func(x *purchaseItem) bool { return orders[string(x.order)] || bytes.Compare(x.date, first) >= 0 }
	err := r.eachPurchase(id, func(x *purchaseItem) error {
		if !chosen(x) {
			return nil
		}
		err := r.add(b, x)
		switch p := &b.Purchases[len(b.Purchases)-1]; {
		case !orders[p.Order]:
			recent[p.Order] = true
		case p.Invoice != "":
			invoices[p.Invoice] = true
		}
		return err
	})
	if err != nil || len(recent)+len(invoices) == 0 {
		return err
	}
	return r.eachPurchase(id, func(x *purchaseItem) error {
		if chosen(x) || !recent[string(x.order)] && !invoices[string(x.invoice)] {
			return nil
		}
		return r.add(b, x)
	})
}

func (r *bookReader) add(b *invoicing.Book, x *purchaseItem) error {
	p, err := x.decode(r.words, &r.texts)
	b.Purchases = append(b.Purchases, p)
	return err
}

// eachPurchase walks over the rows of an account, one segment after the other.
func (r *bookReader) eachPurchase(id string, visit func(*purchaseItem) error) error {
	prefix := putKey(nil, id)
	var x purchaseItem // one for all: visit keeps none
	for _, s := range r.purchases.all {
		if err := s.seek(prefix); err != nil {
			return err
		}
		for s.valid && bytes.HasPrefix(s.key, prefix) {
			var err error
			if x, err = takePurchase(id, s.key, s.value); err != nil {
				return err
			}
			if err := visit(&x); err != nil {
				return err
			}
			if err := s.next(); err != nil {
				return err
			}
		}
	}
	return nil
}

// comparePurchases is an order that does not depend on which file or segment a
// row came from, but for rows that say the same.
func comparePurchases(a, b invoicing.Purchase) int {
	if c := cmp.Compare(a.Order, b.Order); c != 0 {
		return c
	}
	if c := cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Origin, b.Origin), compareMoney(a.Amount, b.Amount),
		cmp.Compare(a.Quantity, b.Quantity), cmp.Compare(a.Account, b.Account)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Reservation, b.Reservation), cmp.Compare(a.Term, b.Term), cmp.Compare(a.Plan, b.Plan),
		cmp.Compare(a.Product, b.Product), cmp.Compare(a.Sku, b.Sku), cmp.Compare(a.Region, b.Region),
		cmp.Compare(a.Description, b.Description), cmp.Compare(a.Funding, b.Funding), cmp.Compare(a.Invoice, b.Invoice),
		cmp.Compare(a.CardRef, b.CardRef), cmp.Compare(a.Run, b.Run), a.Source.Compare(b.Source))
}

func compareMoney(a, b money.Money) int {
	if c := cmp.Compare(a.Code(), b.Code()); c != 0 {
		return c
	}
	return a.Cmp(b)
}

// register folds the lines of the account's invoices into invoices.
func (r *bookReader) register(b *invoicing.Book, id string) error {
	prefix := putKey(nil, id)
	v := &r.invoices
	openOf := -1 // the run that told last what is open of the invoice
	begin := len(b.Invoices)
	for ok := v.Seek(prefix); ok && bytes.HasPrefix(v.key, prefix); ok = v.Next() {
		src, content, err := takeSource(v.body())
		if err != nil {
			return err
		}
		row, err := decodeRegisterRow(string(content))
		if err != nil {
			return err
		}
		row.Line.Sources = []invoicing.Source{src}
		if n := len(b.Invoices); n == begin || b.Invoices[n-1].Number != row.Number {
			b.Invoices = append(b.Invoices, invoicing.Invoice{
				Number: row.Number, Account: row.Account, IssueDate: row.IssueDate, Currency: row.Currency, CardRef: row.CardRef,
			})
			openOf = -1
		}
		inv := &b.Invoices[len(b.Invoices)-1]
		inv.Lines = append(inv.Lines, row.Line)
		if row.Open.IsSet() && v.run > openOf {
			inv.Open, openOf = row.Open, v.run
		}
	}
	return v.c.err
}

// charged reads the account's charges from a day on.
func (r *bookReader) charged(b *invoicing.Book, id string, since money.Date) error {
	prefix := putKey(nil, id)
	begin := len(b.Charges)
	for ok := r.charges.Seek(putDate(putKey(nil, id), since)); ok && bytes.HasPrefix(r.charges.Key(), prefix); ok = r.charges.Next() {
		c, err := decodeCharge(string(r.charges.Value()))
		if err != nil {
			return fmt.Errorf("charge of %s: %w", id, err)
		}
		b.Charges = append(b.Charges, c)
	}
	slices.SortFunc(b.Charges[begin:], func(x, y invoicing.Charge) int {
		return cmp.Or(cmp.Compare(x.Date, y.Date), compareMoney(x.Amount, y.Amount), cmp.Compare(x.Description, y.Description),
			x.Source.Compare(y.Source))
	})
	return r.charges.Err()
}
