package invoicing

import (
	"cmp"
	"slices"
)

// Orders are the orders of the book, by id, as they are now: with the size that
// an exchange gave them (EXC-6).
func (b *Book) Orders() []Order { return b.sized(foldOrders(b.rows())) }

func (b *Book) sized(orders []Order) []Order {
	for i := range b.States {
		for _, changed := range b.States[i].Orders {
			at, ok := slices.BinarySearchFunc(orders, changed.Order, func(o Order, id string) int { return cmp.Compare(o.ID, id) })
			if ok && changed.Sku != "" {
				orders[at].Sku = changed.Sku
			}
		}
	}
	return orders
}

// RowsOf are the purchase rows of the book by order, those that exchanges bought
// among them.
func (b *Book) RowsOf() map[string][]Purchase {
	of, rows := map[string][]Purchase{}, b.rows()
	byOrder := func(x, y Purchase) int { return cmp.Compare(x.Order, y.Order) }
	if !slices.IsSortedFunc(rows, byOrder) {
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, byOrder)
	}
	for begin := range rows {
		if begin > 0 && rows[begin].Order == rows[begin-1].Order {
			continue
		}
		end := begin + 1
		for end < len(rows) && rows[end].Order == rows[begin].Order {
			end++
		}
		of[rows[begin].Order] = rows[begin:end:end]
	}
	return of
}

// Returned is how many units of an order approved requests have taken off it.
func (b *Book) Returned(order string) (units int) {
	for i := range b.States {
		units += b.States[i].order(order).Returned
	}
	return units
}

// Brought is how many of an order's units had been returned before the ledger
// began (IMP-6).
func (b *Book) Brought(order string) (units int) {
	for i := range b.States {
		for _, u := range b.States[i].order(order).Brought {
			units += u.Quantity
		}
	}
	return units
}

// Received is an invoice of an account as it came in: the one that is registered, else
// what purchases that name it make of it, for each of their currencies one (BIL-INV-3).
func (b *Book) Received(account, number string) (all []Invoice, registered bool) {
	for i := range b.Invoices {
		if b.Invoices[i].Account == account && b.Invoices[i].Number == number {
			return []Invoice{b.Invoices[i]}, true
		}
	}
	a := cmp.Or(b.Account(account), &Account{ID: account})
	naming := chargesOf(chargesByInvoice(b.Orders()), account, number)
	for _, x := range naming {
		if slices.ContainsFunc(all, func(i Invoice) bool { return i.Currency == x.order.Currency }) {
			continue
		}
		inv := Invoice{Number: number, Account: account, IssueDate: x.charge.Date, Currency: x.order.Currency}
		inv.takeCharges(a, naming)
		all = append(all, inv)
	}
	return all, false
}

// Standing is the number of the invoice that stands for one of an account today: its
// own, or that at the end of the chain of its replacements (BIL-INV-3).
func (b *Book) Standing(account, number string) string {
	for i := range b.States {
		if b.States[i].Account == account {
			return b.States[i].standing(Ref{Number: number}).Number
		}
	}
	return number
}

// Account is a known account of the book by its id, or nil.
func (b *Book) Account(id string) *Account {
	for i := range b.Accounts {
		if b.Accounts[i].ID == id {
			return &b.Accounts[i]
		}
	}
	return nil
}
