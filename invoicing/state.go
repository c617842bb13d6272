package invoicing

import (
	"cmp"
	"slices"

	"prorata/invoicing/money"
)

// Apply folds a settlement, whose documents have their numbers, into the states
// of its accounts. The result is sorted by account; the input is not changed.
func Apply(states []State, s *Settlement) []State {
	next := make([]State, len(states))
	room := len(s.Decisions) / max(1, len(states))
	for i := range states {
		next[i] = states[i].clone(room)
	}
	of := func(account string) *State {
		i, ok := slices.BinarySearchFunc(next, account, func(s State, a string) int { return cmp.Compare(s.Account, a) })
		if !ok {
			next = slices.Insert(next, i, State{Account: account})
		}
		return &next[i]
	}
	for i := range s.Opened {
		of(s.Opened[i].Account).open(&s.Opened[i])
	}
	for i := range s.Decisions {
		d := &s.Decisions[i]
		if d.Outcome == Approved && d.Request.Action.returns() {
			of(d.Account).returned(d)
		}
		if !d.SupportSince.IsZero() {
			of(d.Account).asks(d)
		}
	}
	for i := range s.Documents {
		d := &s.Documents[i]
		of(d.Account).issued(d, Ref{Number: d.Number})
	}
	for _, u := range s.Uses {
		of(u.Account).use(u)
	}
	for _, c := range s.Granted {
		of(c.Account).grant(c)
	}
	for _, b := range s.Bought {
		of(b.Purchase.Account).buy(b)
	}
	if len(s.Draws)+len(s.Expired) > 0 {
		credits := creditsOf(next)
		for _, d := range s.Draws {
			of(d.Account).draw(credits[d.Credit], d)
		}
		for _, e := range s.Expired {
			c := credits[e.Credit]
			c.Expired = c.Expired.Add(e.Amount)
		}
	}
	for i := range s.Reversed {
		of(s.Reversed[i].Account).reverse(&s.Reversed[i])
	}
	return next
}

// creditsOf finds the credits of states by the documents that granted them.
func creditsOf(states []State) map[Ref]*Credit {
	all := map[Ref]*Credit{}
	for i := range states {
		for j := range states[i].Credits {
			c := &states[i].Credits[j]
			all[c.Document] = c
		}
	}
	return all
}

// clone copies a state, with room for so many decisions more.
func (s *State) clone(room int) State {
	c := *s
	c.Orders, c.Invoices, c.Replaced = withRoom(s.Orders, room), withRoom(s.Invoices, room), withRoom(s.Replaced, room)
	for i := range c.Orders {
		c.Orders[i].Periods = slices.Clone(c.Orders[i].Periods)
		c.Orders[i].Brought = slices.Clone(c.Orders[i].Brought)
	}
	c.Revised, c.Bought = slices.Clone(s.Revised), slices.Clone(s.Bought)
	c.Memos, c.Paid = slices.Clone(s.Memos), slices.Clone(s.Paid)
	c.Credits, c.Drawn, c.Uses = withRoom(s.Credits, room), slices.Clone(s.Drawn), withRoom(s.Uses, room)
	c.Asked = slices.Clone(s.Asked)
	c.Reversed, c.Restored = slices.Clone(s.Reversed), slices.Clone(s.Restored)
	return c
}

func withRoom[T any](s []T, room int) []T {
	if len(s)+room == 0 {
		return s
	}
	return append(make([]T, 0, len(s)+room), s...)
}

// order is what was returned of an order.
func (s *State) order(id string) OrderState {
	i, ok := slices.BinarySearchFunc(s.Orders, id, func(o OrderState, id string) int { return cmp.Compare(o.Order, id) })
	if !ok {
		return OrderState{Order: id}
	}
	return s.Orders[i]
}

// keepOrder is the order's entry, made where there is none.
func (s *State) keepOrder(id string) *OrderState {
	i, ok := slices.BinarySearchFunc(s.Orders, id, func(o OrderState, id string) int { return cmp.Compare(o.Order, id) })
	if !ok {
		s.Orders = slices.Insert(s.Orders, i, OrderState{Order: id})
	}
	return &s.Orders[i]
}

// proratedIn is what was refunded of the period that began on a date (PRO-10).
func (o *OrderState) proratedIn(start money.Date, c money.Currency) money.Money {
	for _, p := range o.Periods {
		if p.Start == start {
			return p.Prorated
		}
	}
	return money.Zero(c)
}

// returned takes the units of an approved return off its order (PRO-6, PRO-10).
func (s *State) returned(d *Decision) {
	o := s.keepOrder(d.Request.Order)
	if d.Resized != "" {
		o.Sku = d.Resized
		return
	}
	o.Returned += d.Request.Quantity
	for j := range o.Periods {
		if o.Periods[j].Start == d.PeriodStart {
			o.Periods[j].Prorated = o.Periods[j].Prorated.Add(d.Prorated)
			return
		}
	}
	o.Periods = append(o.Periods, PeriodReturn{d.PeriodStart, d.Prorated})
	slices.SortFunc(o.Periods, func(a, b PeriodReturn) int { return int(a.Start - b.Start) })
}

// issued keeps a new invoice and forgets the ones that it replaces; of a
// revision it keeps the lines.
func (s *State) issued(d *Document, as Ref) {
	switch d.Type {
	case InvoiceDoc:
		at, _ := s.invoiceAt(as)
		s.Invoices = slices.Insert(s.Invoices, at, invoiceOf(d, as))
		s.Memos = slices.DeleteFunc(s.Memos, func(m Memo) bool { return slices.Contains(d.Cancels, m.Document) })
		if !d.Restores.IsZero() {
			at, _ = slices.BinarySearchFunc(s.Restored, d.Restores, compareReplaced)
			s.Restored = slices.Insert(s.Restored, at, Replacement{Invoice: d.Restores, By: as})
		}
	case InvoiceRevision:
		s.restated(d)
	case CreditMemo:
		for _, invoice := range d.Credits {
			s.Memos = append(s.Memos, Memo{as, invoice, d.Taxes})
		}
	case CreditNote: // what it cancels stands no more
		for _, old := range d.Cancels {
			if s.forget(old); d.Owed.IsSet() { // of a Reverse, and no invoice follows
				s.replace(old, as)
			}
		}
	}
	for _, old := range d.Replaces {
		s.forget(old)
		s.replace(old, as)
	}
}

func (s *State) replace(old, by Ref) {
	at, _ := slices.BinarySearchFunc(s.Replaced, old, compareReplaced)
	s.Replaced = slices.Insert(s.Replaced, at, Replacement{Invoice: old, By: by})
}

func (s *State) restated(d *Document) {
	i, ok := s.revisedAt(d.Revises[0])
	if !ok {
		s.Revised = slices.Insert(s.Revised, i, Revision{Invoice: d.Revises[0]})
	}
	s.Revised[i].Count = d.Revision
	s.Revised[i].Lines = invoiceOf(d, Ref{}).Lines
}

// revision is the last revision of an invoice, or nil.
func (s *State) revision(invoice Ref) *Revision {
	if i, ok := s.revisedAt(invoice); ok {
		return &s.Revised[i]
	}
	return nil
}

func (s *State) revisedAt(invoice Ref) (int, bool) {
	return slices.BinarySearchFunc(s.Revised, invoice, func(r Revision, to Ref) int { return compareRefs(r.Invoice, to) })
}

func compareReplaced(r Replacement, to Ref) int { return compareRefs(r.Invoice, to) }

// compareRefs puts the documents of the night behind those that have their numbers.
func compareRefs(a, b Ref) int {
	return cmp.Or(cmp.Compare(a.New, b.New), cmp.Compare(a.Number, b.Number))
}

// standing follows an invoice to the end of the chain of its replacements (BIL-INV-3).
func (s *State) standing(r Ref) Ref { return follow(s.Replaced, r) }

// canceled reports whether an invoice is one of ours whose charge for an order a Reverse
// has cancelled. The register and purchases may tell of it still.
func (s *State) canceled(r Ref, order string) bool {
	end := s.standing(r)
	if end == r {
		return false
	}
	issued := s.issuedInvoice(end)
	return issued == nil || issued.chargeLine(order) == nil && slices.ContainsFunc(s.Replaced, func(x Replacement) bool { return x.By == r })
}

// follow goes from a document to the last that has taken its place: of several,
// the latest. It ends where an invoice from outside had the number of one issued here
// in its place.
func follow(chain []Replacement, r Ref) Ref {
	for range chain {
		i, ok := slices.BinarySearchFunc(chain, r, compareReplaced)
		if !ok {
			break
		}
		r = chain[i].By
	}
	return r
}

// issuedInvoice is an invoice issued here that stands, or nil.
func (s *State) issuedInvoice(r Ref) *Invoice {
	if i, ok := s.invoiceAt(r); ok {
		return &s.Invoices[i]
	}
	return nil
}

func (s *State) invoiceAt(r Ref) (int, bool) {
	return slices.BinarySearchFunc(s.Invoices, r, func(i Invoice, r Ref) int { return compareRefs(i.ref(), r) })
}

// forget drops an invoice of ours that stands no more.
func (s *State) forget(r Ref) {
	if i, ok := s.invoiceAt(r); ok {
		s.Invoices = slices.Delete(s.Invoices, i, i+1)
	}
}

func (s *State) use(u LimitUse) {
	at, _ := slices.BinarySearchFunc(s.Uses, u, func(a, b LimitUse) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Request, b.Request))
	})
	s.Uses = slices.Insert(s.Uses, at, u)
}

// buy keeps what an exchange bought.
func (s *State) buy(b Bought) {
	i, _ := slices.BinarySearchFunc(s.Bought, b.Order, func(a Bought, order string) int { return cmp.Compare(a.Order, order) })
	s.Bought = slices.Insert(s.Bought, i, b)
}

// bought is what an exchange bought as an order, or nil.
func (s *State) bought(order string) *Bought {
	i, ok := slices.BinarySearchFunc(s.Bought, order, func(a Bought, order string) int { return cmp.Compare(a.Order, order) })
	if !ok {
		return nil
	}
	return &s.Bought[i]
}

// grant adds a credit behind those granted before or on its day.
func (s *State) grant(c Credit) {
	at := len(s.Credits)
	for at > 0 && s.Credits[at-1].GrantedOn > c.GrantedOn { // one brought in may be older
		at--
	}
	s.Credits = slices.Insert(s.Credits, at, c)
}

func (s *State) credit(r Ref) *Credit {
	for i := range s.Credits {
		if s.Credits[i].Document == r {
			return &s.Credits[i]
		}
	}
	return nil
}

func (s *State) draw(c *Credit, d Draw) {
	c.Used = c.Used.Add(d.Amount)
	s.pay(&d)
	if d.Key == "" { // taken back by a Reverse, which draws once
		return
	}
	i, ok := slices.BinarySearchFunc(s.Drawn, d.Key, func(a Drawn, k string) int { return cmp.Compare(a.Key, k) })
	if !ok {
		s.Drawn = slices.Insert(s.Drawn, i, Drawn{d.Key, money.Zero(d.Amount.Currency())})
	}
	if s.Drawn[i].Amount = s.Drawn[i].Amount.Add(d.Amount); s.Drawn[i].Amount.IsZero() {
		s.Drawn = slices.Delete(s.Drawn, i, i+1)
	}
}

// pay keeps what a set-off advice pays of an invoice.
func (s *State) pay(d *Draw) {
	if !d.Told.IsSet() {
		return
	}
	i, ok := slices.BinarySearchFunc(s.Paid, d.Invoice, func(p Paid, to Ref) int { return compareRefs(p.Invoice, to) })
	if !ok {
		s.Paid = slices.Insert(s.Paid, i, Paid{Invoice: d.Invoice})
	}
	if s.Paid[i].Told != d.Told { // told anew, with what had been paid until then
		s.Paid[i].Told, s.Paid[i].Amount = d.Told, money.Zero(d.Told.Currency())
	}
	s.Paid[i].Amount = s.Paid[i].Amount.Add(d.Amount)
}

// stillOpen is what is open of an invoice: what was told less what set-off advices
// have paid since; unset where nobody told.
func (s *State) stillOpen(r Ref, told money.Money) money.Money {
	i, ok := slices.BinarySearchFunc(s.Paid, r, func(p Paid, to Ref) int { return compareRefs(p.Invoice, to) })
	if !ok || s.Paid[i].Told != told {
		return told
	}
	return money.Max(told.Sub(s.Paid[i].Amount), money.Zero(told.Currency()))
}

// drawn is what a purchase or charge has drawn so far.
func (s *State) drawn(key string, c money.Currency) money.Money {
	i, ok := slices.BinarySearchFunc(s.Drawn, key, func(a Drawn, k string) int { return cmp.Compare(a.Key, k) })
	if !ok {
		return money.Zero(c)
	}
	return s.Drawn[i].Amount
}

func (i *Invoice) ref() Ref {
	if i.New != 0 {
		return Ref{New: i.New}
	}
	return Ref{Number: i.Number}
}

// invoiceOf is the invoice that a document issues.
func invoiceOf(d *Document, as Ref) Invoice {
	inv := Invoice{Number: as.Number, New: as.New, Account: d.Account, IssueDate: d.IssueDate, Currency: d.Currency,
		CardRef: d.CardRef, Open: d.Open, Taxes: d.Taxes}
	if len(d.Lines) > 0 {
		inv.Lines = make([]InvoiceLine, len(d.Lines))
	}
	for i := range d.Lines {
		l := &d.Lines[i]
		inv.Lines[i] = InvoiceLine{No: i + 1, Kind: l.Kind, Description: l.Description, Order: l.Order, Quantity: l.Quantity,
			Net: l.Net, TaxRate: l.TaxRate, TaxCategory: l.TaxCategory, Tax: l.Tax, From: l.From, To: l.To, Sources: l.Sources}
	}
	return inv
}
