package invoicing

import (
	"cmp"
	"slices"
	"sort"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// original is the purchase invoice that a refund corrects (BIL-INV-3).
type original struct {
	named   Ref     // as the register or the purchase names it
	invoice Invoice // the one that stands for it today: itself, or the end of the chain of its replacements
	// later has the lines of named that came in after it was replaced, the order's among
	// them; nil where the one that stands has the order's.
	later *Invoice
}

// corrected are the invoices that have to be cancelled, the one that stands first.
func (o *original) corrected() []*Invoice {
	if o.later == nil {
		return []*Invoice{&o.invoice}
	}
	return []*Invoice{&o.invoice, o.later}
}

// chargeLine is the first line that charges for an order, or nil.
func (o *original) chargeLine(order string) *InvoiceLine {
	for _, i := range o.corrected() {
		if l := i.chargeLine(order); l != nil {
			return l
		}
	}
	return nil
}

// charged is the net of the lines that charge for an order.
func (o *original) charged(order string) money.Money {
	sum := money.Zero(o.invoice.Currency)
	for _, i := range o.corrected() {
		for j := range i.Lines {
			if i.Lines[j].charges(order) {
				sum = sum.Add(i.Lines[j].Net)
			}
		}
	}
	return sum
}

// since are the lines of an invoice that came in after others of it had been taken
// for all: those of orders that none of these is of.
func (i *Invoice) since(taken []InvoiceLine) []InvoiceLine {
	return slices.DeleteFunc(slices.Clone(i.Lines), func(l InvoiceLine) bool {
		return slices.ContainsFunc(taken, func(t InvoiceLine) bool { return t.Order == l.Order })
	})
}

// ref names the invoice that stands.
func (o *original) ref() Ref { return o.invoice.ref() }

// chargeLine is the first line that charges for an order, or nil.
func (i *Invoice) chargeLine(order string) *InvoiceLine {
	for j := range i.Lines {
		if i.Lines[j].charges(order) {
			return &i.Lines[j]
		}
	}
	return nil
}

// charges reports whether the line is a charge for an order: a fee is none.
func (l *InvoiceLine) charges(order string) bool {
	return l.Order == order && l.Net.Sign() > 0 && (l.Kind == ChargeLine || l.Kind == PurchaseLine)
}

// oneCurrency reports whether all lines are in the invoice's currency.
func (i *Invoice) oneCurrency() bool {
	return !slices.ContainsFunc(i.Lines, func(l InvoiceLine) bool { return l.Net.Currency() != i.Currency })
}

// findOriginal finds the original invoice of an order for a request date
// (BIL-INV-3), or nil.
func (n *night) findOriginal(a *Account, o *Order, on money.Date) *original {
	st := n.state(a.ID)
	inv := n.registered(a, o, on)
	found := &original{}
	if b := st.bought(o.ID); b != nil && b.Document.counts(on, b.IssuedOn, inv) {
		found.named = b.Document
	} else {
		if inv == nil {
			inv = n.namedByPurchase(a, o, on)
		}
		if inv == nil || st.correctedInAnother(inv.Currency, inv.ref()) {
			return nil
		}
		found.named, found.invoice = inv.ref(), *inv
		found.invoice.keepTax(st.Memos)
	}
	if issued := st.issuedInvoice(st.standing(found.named)); issued != nil {
		if later := found.invoice; issued.chargeLine(o.ID) == nil && later.Currency == issued.Currency {
			if later.Lines = later.since(issued.Lines); len(later.Lines) > 0 {
				found.later = &later
			}
		}
		found.invoice = *issued
	}
	if found.invoice.Currency != o.Currency && a.Type != policy.CSP { // from when the account was a partner's customer
		return nil
	}
	found.invoice.Open = st.stillOpen(found.ref(), n.toldOpen(st, found.ref(), found.invoice.Currency))
	return found
}

// keepTax gives the lines that are silent on tax the rate and category that memos have
// credited of the invoice and that no line states (DOC-4): the account's may be another now.
func (i *Invoice) keepTax(memos []Memo) {
	for _, m := range memos {
		for _, g := range m.Taxes {
			states := func(l InvoiceLine) bool { return !l.TaxSilent && l.TaxRate == g.Rate && l.TaxCategory == g.Category }
			if m.Invoice != i.ref() || slices.ContainsFunc(i.Lines, states) {
				continue
			}
			i.Lines = slices.Clone(i.Lines)
			for j := range i.Lines {
				if l := &i.Lines[j]; l.TaxSilent {
					l.TaxRate, l.TaxCategory = g.Rate, g.Category
				}
			}
			return
		}
	}
}

// correctedInAnother reports whether an invoice has the number of one in another
// currency, which was corrected: two that have one number are not told apart, and what
// comes second is held (InvoiceUnknown).
func (s *State) correctedInAnother(c money.Currency, r Ref) bool {
	if issued := s.issuedInvoice(s.standing(r)); issued != nil && issued.Currency != c {
		return true
	}
	if last := s.revision(r); last != nil && len(last.Lines) > 0 && last.Lines[0].Net.Currency() != c {
		return true
	}
	return slices.ContainsFunc(s.Memos, func(m Memo) bool {
		return m.Invoice == r && len(m.Taxes) > 0 && m.Taxes[0].Net.Currency() != c
	})
}

// toldOpen is what is open of an invoice that stands, as it was told: by the
// register, which knows what has been paid since, else by the one issued here. What
// the register tells in another currency than the invoice's is not of that invoice.
func (n *night) toldOpen(st *State, r Ref, c money.Currency) (open money.Money) {
	if issued := st.issuedInvoice(r); issued != nil {
		open = issued.Open
	}
	if told := n.register(st.Account, r.Number); told != nil && told.Open.Currency() == c {
		open = told.Open
	}
	return open
}

// register is the invoice of an account with a number in the register, or nil.
func (n *night) register(account, number string) *Invoice {
	i, ok := slices.BinarySearchFunc(n.invoices, number, func(x Invoice, number string) int {
		return cmp.Or(cmp.Compare(x.Account, account), cmp.Compare(x.Number, number))
	})
	if !ok {
		return nil
	}
	return &n.invoices[i]
}

// counts reports whether the invoice issued here for a purchase comes before one
// of the register: the newest on or before the date, else the oldest (BIL-INV-3).
func (r Ref) counts(on, issued money.Date, other *Invoice) bool {
	switch {
	case other == nil:
		return true
	case other.IssueDate <= on:
		return issued <= on && issued > other.IssueDate
	}
	return issued < other.IssueDate
}

// registered is the newest invoice, received or issued here for a purchase, with
// a positive line of the order, issued on or before the date; else the oldest such.
// A customer's invoice may be in another currency than the vendor's price only
// where the partner sets it (BIL-CSP-1).
func (n *night) registered(a *Account, o *Order, on money.Date) *Invoice {
	var newest, oldest *Invoice
	for _, inv := range n.carrying[o.ID] {
		if inv.Account != a.ID || inv.chargeLine(o.ID) == nil || !inv.oneCurrency() || inv.Currency != o.Currency && a.Type != policy.CSP || n.state(a.ID).canceled(inv.ref(), o.ID) {
			continue
		}
		if oldest == nil || inv.before(oldest) {
			oldest = inv
		}
		if inv.IssueDate <= on && (newest == nil || newest.before(inv)) {
			newest = inv
		}
	}
	return cmp.Or(newest, oldest)
}

func (i *Invoice) before(o *Invoice) bool {
	return cmp.Or(cmp.Compare(i.IssueDate, o.IssueDate), cmp.Compare(i.Number, o.Number)) < 0
}

// namedByPurchase is the invoice that the purchase itself names; its lines are
// all the purchases that name it, and its tax is the account's.
func (n *night) namedByPurchase(a *Account, o *Order, on money.Date) *Invoice {
	charge := o.chargeOn(on)
	if charge.Invoice == "" || n.state(a.ID).canceled(Ref{Number: charge.Invoice}, o.ID) {
		return nil
	}
	inv := &Invoice{Number: charge.Invoice, Account: a.ID, IssueDate: charge.Date, Currency: o.Currency}
	inv.takeCharges(a, chargesOf(n.naming, a.ID, charge.Invoice))
	for i := range inv.Lines {
		inv.Lines[i].TaxSilent = true
	}
	return inv
}

// takeCharges makes the lines of an invoice that purchases name: of those in its currency,
// with the account's tax.
func (i *Invoice) takeCharges(a *Account, naming []namedCharge) {
	i.Lines = make([]InvoiceLine, 0, len(naming))
	for _, x := range naming {
		if x.order.Currency != i.Currency {
			continue
		}
		i.Lines = append(i.Lines, InvoiceLine{No: len(i.Lines) + 1, Kind: ChargeLine, Description: x.order.describe(), Order: x.order.ID,
			Quantity: x.charge.Quantity, Net: x.charge.Amount.Round(money.HalfUp), TaxRate: a.TaxRate, TaxCategory: a.taxCategory(),
			From: x.charge.Date, To: x.order.periodEnd(x.charge) - 1, Sources: x.charge.Sources})
	}
}

// describe names the product of an order for a document's line.
func (o *Order) describe() string {
	if o.Description != "" || o.Region == "" {
		return cmp.Or(o.Description, o.Sku)
	}
	return o.Sku + ", " + o.Region
}

// taxCategory is the account's, by default S, or Z where the rate is 0.
func (a *Account) taxCategory() string { return taxCategory(a.TaxCategory, a.TaxRate) }

func taxCategory(category string, rate money.Decimal) string {
	switch {
	case category != "":
		return category
	case rate.IsZero():
		return "Z"
	}
	return "S"
}

// fillTax gives the lines of the register that are silent on tax the account's
// rate and category.
func (n *night) fillTax() {
	for i := range n.invoices {
		inv := &n.invoices[i]
		a := n.accounts[inv.Account]
		if a == nil {
			continue
		}
		inv.Lines = slices.Clone(inv.Lines)
		for j := range inv.Lines {
			if l := &inv.Lines[j]; l.TaxSilent {
				l.TaxRate, l.TaxCategory = a.TaxRate, a.taxCategory()
			} else {
				l.TaxCategory = taxCategory(l.TaxCategory, l.TaxRate)
			}
		}
	}
}

// namedCharge is one charge of an order that names an invoice.
type namedCharge struct {
	order  *Order
	charge *OrderCharge
}

// compare puts the charges that name an invoice of an account together.
func (c namedCharge) compare(account, invoice string) int {
	if n := cmp.Compare(c.order.Account, account); n != 0 {
		return n
	}
	return cmp.Compare(c.charge.Invoice, invoice)
}

// chargesOf are the charges that name an invoice of an account.
func chargesOf(naming []namedCharge, account, invoice string) []namedCharge {
	begin := sort.Search(len(naming), func(i int) bool { return naming[i].compare(account, invoice) >= 0 })
	end := begin
	for end < len(naming) && naming[end].compare(account, invoice) == 0 {
		end++
	}
	return naming[begin:end]
}

// index makes what findOriginal looks up: the invoices of the register by the orders
// that their lines name, and the charges by the invoice they name.
func (n *night) index(orders []Order) {
	n.carrying, n.naming = map[string][]*Invoice{}, chargesByInvoice(orders)
	for i := range n.invoices {
		inv := &n.invoices[i]
		for j := range inv.Lines {
			order := inv.Lines[j].Order
			if of := n.carrying[order]; order != "" && (len(of) == 0 || of[len(of)-1] != inv) {
				n.carrying[order] = append(of, inv)
			}
		}
	}
}

// chargesByInvoice are the charges of orders that name an invoice, by account and number.
func chargesByInvoice(orders []Order) []namedCharge {
	naming := make([]namedCharge, 0, len(orders))
	for i := range orders {
		o := &orders[i]
		for j := range o.Charges {
			if c := &o.Charges[j]; c.Invoice != "" {
				naming = append(naming, namedCharge{o, c})
			}
		}
	}
	slices.SortStableFunc(naming, func(x, y namedCharge) int { return x.compare(y.order.Account, y.charge.Invoice) })
	return naming
}
