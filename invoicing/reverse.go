package invoicing

import (
	"cmp"
	"slices"

	"prorata/invoicing/money"
)

// Reversal says that an approved line is undone: its units, its use of the limit
// and what it bought.
type Reversal struct {
	Request  string // the line that is undone
	By       string // the Reverse
	Account  string // of the line
	Order    string // that it returned, or bought
	Quantity int    // units, of a return
	Period   money.Date
	Prorated money.Money // of a return, in the period that began on Period (PRO-10)
	Bought   bool        // it bought the order
	Resized  bool        // EXC-6: it gave the order its size
}

// undoing is a Reverse while it is judged and billed. The settlement that decided
// the request is the evidence: nothing is computed anew.
type undoing struct {
	by       *Decision
	past     *Settlement
	lines    []*Decision // of the request and its exchange
	refs     []Ref       // their documents
	credited bool        // by the vendor
}

// reverse undoes an approved request, with its whole exchange: by documents that
// mirror its own, as long as nothing has come to depend on it.
func (n *night) reverse(r *Request) {
	d := n.decision(r)
	u := n.undoing(d)
	if u != nil {
		n.judgeReversal(u)
	}
	d.Outcome = d.Reasons.Outcome()
	if d.Outcome == Approved {
		n.undo(u)
	}
	n.decide()
}

// undoing finds the evidence of what a Reverse names; nil where there is none.
func (n *night) undoing(d *Decision) *undoing {
	past, told, credited := n.decided(d.Request.Withdraws)
	if told == nil {
		d.Reasons.Add(RequestUnknown)
		return nil
	}
	d.Account, d.Type, d.Funding = told.Account, told.Type, told.Funding
	if told.Outcome != Approved || told.Request.Action == Withdraw || told.Request.Action == Reverse {
		d.Reasons.Add(NotApproved)
		return nil
	}
	u := &undoing{by: d, past: past, lines: linesWith(past, told.Request.ID), credited: credited}
	for _, line := range u.lines {
		d.Sources = append(d.Sources, line.Sources[0])
		for _, ref := range line.Documents {
			if !slices.Contains(u.refs, ref) {
				u.refs = append(u.refs, ref)
			}
		}
	}
	return u
}

// document is one of the documents to be mirrored.
func (u *undoing) document(ref Ref) *Document {
	if ref.New > 0 {
		return &u.past.Documents[ref.New-1]
	}
	i := slices.IndexFunc(u.past.Documents, func(d Document) bool { return d.Number == ref.Number })
	return &u.past.Documents[i]
}

// judgeReversal finds what stands in the way.
func (n *night) judgeReversal(u *undoing) {
	d := u.by
	refuse := func(why Reason, when bool) {
		if when {
			d.Reasons.Add(why)
		}
	}
	refuse(VendorCredited, u.credited)
	refuse(TooManyLines, n.full())
	for _, line := range u.lines {
		st := n.state(line.Account)
		if _, done := slices.BinarySearch(st.Reversed, line.Request.ID); done {
			d.Reasons = 1 << AlreadyReversed // and all else follows from that
			return
		}
		if line.Request.New != nil && line.Documents != nil {
			n.judgeBought(u, line, st)
		}
		refuse(PurchaseChanged, line.Resized != "" && st.order(line.Request.Order).Returned > line.OrderQuantity-line.ActiveQuantity)
	}
	for _, ref := range u.refs {
		doc := u.document(ref)
		st := n.state(doc.Account)
		if doc.Type == InvoiceDoc {
			stands := follow(st.Restored, ref)
			told := n.toldOpen(st, stands, doc.Currency)
			open := st.stillOpen(stands, told)
			refuse(InvoiceReplaced, st.issuedInvoice(stands) == nil)
			// A purchase that stood on the invoice before may have drawn for what is owed now.
			refuse(CreditUsed, open.IsSet() && open.Cmp(told) < 0 && open.Cmp(doc.Owed) < 0)
		}
		for _, l := range doc.Left {
			refuse(MoneySent, l.To == ToCard || l.To == ToPayout)
		}
		if c := st.credit(ref); c != nil {
			refuse(CreditUsed, c.Used != u.drawnBack(c) || !c.Expired.IsZero())
		}
	}
}

// judgeBought requires that what was bought is as it was: all there, and paid with
// nothing but lots, whose draws can be taken back.
func (n *night) judgeBought(u *undoing, line *Decision, st *State) {
	b, order := st.bought(line.Request.Order), st.order(line.Request.Order)
	if b == nil || order.Returned > 0 || order.Sku != "" {
		u.by.Reasons.Add(PurchaseChanged)
	}
	if b == nil {
		return
	}
	left := st.drawn(b.key(), b.Owed.Currency())
	for _, w := range u.draws(b.key()) {
		if left = left.Sub(w.Amount); !w.Document.IsZero() {
			u.by.Reasons.Add(CreditUsed)
		}
	}
	if !left.IsZero() { // on another night than its own
		u.by.Reasons.Add(CreditUsed)
	}
}

// key is that of the outlay that the purchase is.
func (b *Bought) key() string {
	return outlayKey(&Order{ID: b.Order, Plan: b.Purchase.Plan}, b.Purchase.Date, b.Owed)
}

// draws are what an outlay drew on the night of the request.
func (u *undoing) draws(key string) (all []Draw) {
	for _, w := range u.past.Draws {
		if w.Key == key {
			all = append(all, w)
		}
	}
	return all
}

// drawnBack is what the request's own purchases drew on a credit.
func (u *undoing) drawnBack(c *Credit) money.Money {
	sum := money.Zero(c.Amount.Currency())
	for i := range u.past.Bought {
		b := &u.past.Bought[i]
		if !slices.ContainsFunc(u.lines, func(d *Decision) bool { return d.Request.New != nil && d.Request.Order == b.Order }) {
			continue
		}
		for _, w := range u.draws(b.key()) {
			if w.Credit == c.Document {
				sum = sum.Add(w.Amount)
			}
		}
	}
	return sum
}

// undo takes back the draws of what was bought, mirrors the documents, and then
// the units, uses and purchases.
func (n *night) undo(u *undoing) {
	d := u.by
	for _, line := range u.lines {
		st := n.state(line.Account)
		if b := st.bought(line.Request.Order); b != nil && line.Request.New != nil {
			for _, w := range u.draws(b.key()) {
				w.Amount, w.Source = w.Amount.Neg(), d.Request.Source
				n.out.Draws = append(n.out.Draws, w)
				st.draw(st.credit(w.Credit), w)
			}
		}
	}
	for _, ref := range u.refs {
		n.mirror(u, ref, u.document(ref))
	}
	for _, line := range u.lines {
		r := Reversal{Request: line.Request.ID, By: d.Request.ID, Account: line.Account, Order: line.Request.Order,
			Bought: line.Request.New != nil && line.Documents != nil, Resized: line.Resized != ""}
		if line.Request.New == nil && !r.Resized {
			r.Quantity, r.Period, r.Prorated = line.Request.Quantity, line.PeriodStart, line.Prorated
		}
		n.out.Reversed = append(n.out.Reversed, r)
		n.state(r.Account).reverse(&r)
		if r.Bought || r.Resized {
			n.unchange(&r)
		}
		delete(n.allowances, r.Account) // counted again when it is asked for
	}
}

// unchange makes an order what it is without the line that bought it or gave it its
// size: as its other rows tell, or unknown.
func (n *night) unchange(r *Reversal) {
	n.rows[r.Order] = slices.DeleteFunc(slices.Clone(n.rows[r.Order]), func(p Purchase) bool { return r.Bought && p.Origin == FromExchange })
	delete(n.orders, r.Order)
	if o := n.fold(r.Order); o != nil {
		n.orders[r.Order] = o
	}
}

// mirror issues what undoes a document. The lines keep their amounts, rules and
// tax, and what credited them now charges them, or the reverse.
func (n *night) mirror(u *undoing, ref Ref, old *Document) {
	st := n.state(old.Account)
	stands := follow(st.Restored, ref)
	open := st.stillOpen(stands, n.toldOpen(st, stands, old.Currency))
	doc := Document{Account: old.Account, Currency: old.Currency, CardRef: old.CardRef, Cancels: []Ref{stands}, Lines: slices.Clone(old.Lines),
		Requests: []string{u.by.Request.ID}}
	doc.copyTotals(old.Taxes)
	if old.Type != InvoiceDoc { // a credit note has the lines of the invoice that it cancels
		for i := range doc.Lines {
			doc.Lines[i].Description = "Reversed: " + doc.Lines[i].Description
		}
	}
	switch {
	case old.Type == CreditMemo && len(old.Credits) == 0: // EA prepayment
		doc.Type = CommitmentCharge
	case old.Type == CreditMemo:
		doc.Type, doc.Owed = InvoiceDoc, old.Gross
		taxLines(doc.Lines, old.Tax) // a revision of it keeps that
	case old.Type == CommitmentCharge:
		doc.Type = CreditMemo
	case old.Type == InvoiceDoc:
		doc.Type = CreditNote
		if len(old.Replaces) == 0 {
			doc.Owed = old.Owed.Neg()
		}
	case old.Type == InvoiceRevision:
		n.restate(u, old)
		return
	default: // a credit note: the invoice that follows it restores what it cancelled
		return
	}
	issued := n.issue(doc)
	u.by.Documents = append(u.by.Documents, issued)
	if old.Type == InvoiceDoc && len(old.Replaces) > 0 {
		u.by.Rules.Add(DOC4)
		issued = n.restore(u, stands, old, open)
		u.by.Documents = append(u.by.Documents, issued)
	}
	if c := st.credit(ref); c != nil { // a lot or a held credit that nothing has used
		w := Draw{Account: c.Account, Credit: ref, Amount: c.Balance(), Date: n.asOf, Order: c.Order, Document: issued, Source: u.by.Request.Source}
		n.out.Draws = append(n.out.Draws, w)
		st.draw(c, w)
	}
}

// restore issues the invoice with the lines and the tax of the invoices that the
// request cancelled; what was left over then, or owed, is taken back, also off what
// is open of the invoice that stands.
func (n *night) restore(u *undoing, stands Ref, old *Document, open money.Money) Ref {
	inv := Document{Type: InvoiceDoc, Account: old.Account, Currency: old.Currency, CardRef: old.CardRef, Replaces: []Ref{stands},
		Requests: []string{u.by.Request.ID}, Open: open}
	if len(old.Replaces) == 1 {
		inv.Restores = old.Replaces[0]
	}
	var taxes []TaxGroup
	for _, r := range u.refs {
		note := u.document(r)
		if note.Type != CreditNote || !slices.ContainsFunc(note.Cancels, func(c Ref) bool { return slices.Contains(old.Replaces, c) }) {
			continue
		}
		inv.Lines = append(inv.Lines, note.Lines...)
		taxes = addTaxes(taxes, note.Taxes)
	}
	inv.copyTotals(taxes)
	for _, l := range old.Left {
		if l.Amount = l.Amount.Neg(); l.To == ToOpenAmount {
			inv.Open = inv.Open.Sub(l.Amount)
		}
		inv.Left = append(inv.Left, l)
	}
	inv.Owed = old.Owed.Neg()
	if inv.Open.IsSet() {
		inv.Open = money.Max(inv.Open.Add(inv.Owed), money.Zero(inv.Currency))
	}
	return n.issue(inv)
}

// addTaxes adds up tax by rate and category.
func addTaxes(to, more []TaxGroup) []TaxGroup {
	to = slices.Clone(to)
	for _, g := range more {
		i := slices.IndexFunc(to, func(x TaxGroup) bool { return x.same(&g) })
		if i < 0 {
			to = append(to, g)
			continue
		}
		to[i].Net, to[i].Tax = to[i].Net.Add(g.Net), to[i].Tax.Add(g.Tax)
	}
	return to
}

// restated is the place of the first line that its request put on a revision: a
// refund with its fee, or a balance brought forward.
func (d *Document) restated() int {
	at := len(d.Lines) - 1
	for at > 0 && d.Lines[at].Kind == FeeLine {
		at--
	}
	return at
}

// restate revises an overage invoice once more, without what the request put on
// its last revision (BIL-EA-3): the lines of the memo, or a balance brought forward.
// One that was cancelled since stands no more.
func (n *night) restate(u *undoing, old *Document) {
	if n.state(old.Account).standing(old.Revises[0]) != old.Revises[0] {
		return
	}
	lines := slices.Clone(old.Lines[old.restated():])
	for i := range lines {
		l := &lines[i]
		l.Net, l.Description = l.Net.Neg(), "Reversed: "+l.Description
		if l.Tax.IsSet() {
			l.Tax = l.Tax.Neg()
		}
	}
	inv := Invoice{Number: old.Revises[0].Number, New: old.Revises[0].New, Account: old.Account, Currency: old.Currency}
	r := n.policies.On(u.by.Request.Date).ByType[u.by.Type].Rounding
	u.by.Documents = append(u.by.Documents, n.revise(inv, lines, r, u.by.Request.ID))
}

// reverse forgets what an approved line did.
func (s *State) reverse(r *Reversal) {
	at, _ := slices.BinarySearch(s.Reversed, r.Request)
	s.Reversed = slices.Insert(s.Reversed, at, r.Request)
	s.Uses = slices.DeleteFunc(s.Uses, func(u LimitUse) bool { return u.Request == r.Request })
	if r.Bought {
		s.Bought = slices.DeleteFunc(s.Bought, func(b Bought) bool { return b.Order == r.Order })
		return
	}
	i, ok := slices.BinarySearchFunc(s.Orders, r.Order, func(o OrderState, id string) int { return cmp.Compare(o.Order, id) })
	if !ok {
		return
	}
	o := &s.Orders[i]
	if r.Resized {
		o.Sku = ""
	}
	o.Returned -= r.Quantity
	for j := range o.Periods {
		if p := &o.Periods[j]; r.Prorated.IsSet() && p.Start == r.Period {
			p.Prorated = p.Prorated.Sub(r.Prorated)
		}
	}
	o.Periods = slices.DeleteFunc(o.Periods, func(p PeriodReturn) bool { return p.Prorated.IsZero() })
	if o.Returned == 0 && o.Sku == "" && len(o.Periods) == 0 {
		s.Orders = slices.Delete(s.Orders, i, i+1)
	}
}
