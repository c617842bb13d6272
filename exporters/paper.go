package exporters

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// paper is a document as its reader has it before him: every text in his
// language, in the order of reading, without a thought for fonts and places. The
// PDF draws it; the e-invoice takes its notes from it.
type paper struct {
	night    *Night
	s        *settled
	document *invoicing.Document
	account  *invoicing.Account // nil where the settlement does not have it
	words    *words
	// partners are the credit notes of an invoice, or the invoices of a credit note,
	// that correct the same originals in the same settlement.
	partners []*invoicing.Document
}

// fact is a label and what it says.
type fact struct{ label, value string }

// row is a line of the table.
type row struct {
	title    string
	details  []string
	quantity string
	rate     string
	amount   string
	outside  bool // of the totals: a balance brought forward
}

func newPaper(n *Night, s *settled, i int) *paper {
	p := &paper{night: n, s: s, document: &s.Documents[i]}
	for j := range s.Accounts {
		if s.Accounts[j].ID == p.document.Account {
			p.account = &s.Accounts[j]
		}
	}
	p.words = wordsFor(cmp.Or(p.account, &invoicing.Account{}), &n.Seller)
	p.partners = p.findPartners()
	return p
}

// findPartners pairs a credit note and the invoice that replaces what it cancels (BIL-INV-1).
func (p *paper) findPartners() (found []*invoicing.Document) {
	d := p.document
	for j := range p.s.Documents {
		o := &p.s.Documents[j]
		corrects := d.Type == invoicing.CreditNote && o.Type == invoicing.InvoiceDoc && p.shares(d.Cancels, o.Replaces) ||
			d.Type == invoicing.InvoiceDoc && o.Type == invoicing.CreditNote && p.shares(o.Cancels, d.Replaces)
		if corrects {
			found = append(found, o)
		}
	}
	return found
}

func (p *paper) shares(a, b []invoicing.Ref) bool {
	return slices.ContainsFunc(a, func(x invoicing.Ref) bool {
		return slices.ContainsFunc(b, func(y invoicing.Ref) bool { return p.s.number(x) == p.s.number(y) })
	})
}

func (p *paper) numbersOf(refs []invoicing.Ref) string {
	list := make([]string, len(refs))
	for i, r := range refs {
		list[i] = plainText(p.s.number(r))
	}
	return strings.Join(list, ", ")
}

func (p *paper) partnerNumbers() string {
	list := make([]string, len(p.partners))
	for i, d := range p.partners {
		list[i] = d.Number
	}
	return strings.Join(list, ", ")
}

// title is what the document is.
func (p *paper) title() string { return p.words.titles[p.document.Type] }

// notices are warnings on top: what makes the paper no document to be sent.
func (p *paper) notices() (found []string) {
	if p.night.DryRun {
		found = append(found, p.words.dryRun)
	}
	if p.night.Seller.Name == "" {
		found = append(found, p.words.noSeller)
	}
	if p.account == nil {
		found = append(found, p.words.noAccount)
	}
	return found
}

// buyer is the address block.
func (p *paper) buyer() []string {
	a := p.account
	if a == nil {
		return []string{plainText(p.document.Account)}
	}
	return texts(a.Name, a.Address, strings.TrimSpace(a.PostalCode+" "+a.City), p.words.foreign(a.Country, p.night.Seller.Country))
}

// texts are the plain forms of those that say something.
func texts(all ...string) (list []string) {
	for _, s := range all {
		if s = plainText(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// facts are what identifies the document and what it refers to.
func (p *paper) facts() []fact {
	d, w := p.document, p.words
	all := []fact{{w.documentNo, d.Number}, {w.issueDate, d.IssueDate.String()}}
	all = append(all, p.references()...)
	all = append(all, fact{w.customerNo, d.Account})
	if p.account != nil {
		all = append(all, fact{w.yourReference, p.account.BuyerReference}, fact{w.yourVAT, p.account.TaxID})
	}
	all = append(all, fact{w.requests, strings.Join(d.Requests, ", ")}, fact{w.reverses, p.reverses()})
	said := all[:0]
	for _, f := range all {
		if f.value = plainText(f.value); f.value != "" {
			said = append(said, f)
		}
	}
	return said
}

// references are what the document cancels, replaces, revises or credits (DOC-2).
func (p *paper) references() []fact {
	d, w := p.document, p.words
	credits, partner := w.credits, w.replacedBy
	if d.Type == invoicing.SetOff {
		credits = w.paysInvoice
	}
	if d.Type == invoicing.InvoiceDoc {
		partner = w.cancelledBy
	}
	cancels := w.cancelsOther
	if d.Type == invoicing.CreditNote {
		cancels = w.cancels
	}
	return []fact{{cancels, p.numbersOf(d.Cancels)}, {w.replaces, p.numbersOf(d.Replaces)}, {w.restates, p.numbersOf(d.Revises)},
		{credits, p.numbersOf(d.Credits)}, {partner, p.partnerNumbers()}, {w.takesFrom, p.s.number(d.Credit)}}
}

// reverses is the request that the document undoes; empty where it undoes none.
func (p *paper) reverses() string {
	for i := range p.s.Decisions {
		if q := &p.s.Decisions[i].Request; q.Action == invoicing.Reverse && slices.Contains(p.document.Requests, q.ID) {
			return q.Withdraws
		}
	}
	return ""
}

func (p *paper) rows() []row {
	d, w := p.document, p.words
	rows := make([]row, 0, len(d.Lines))
	for i := range d.Lines {
		l := &d.Lines[i]
		r := row{title: w.lineTitle(d, l), amount: w.number(l.Net), outside: l.Kind == invoicing.BalanceForwardLine}
		if l.Quantity != 0 {
			r.quantity = fmt.Sprint(l.Quantity)
		}
		if !r.outside {
			r.rate = p.rate(l.TaxRate, l.TaxCategory)
		}
		if l.Order != "" {
			r.details = append(r.details, w.order+" "+plainText(l.Order))
		}
		if !l.From.IsZero() && l.From <= l.To {
			r.details = append(r.details, l.From.String()+" "+w.through+" "+l.To.String())
		}
		if r.outside {
			r.details = append(r.details, w.outside)
		}
		rows = append(rows, r)
	}
	return rows
}

// rate is a line's tax: its percentage; without one, a dash.
func (p *paper) rate(rate money.Decimal, category string) string {
	if rate.IsZero() && category != "" && category != "S" && category != "Z" {
		return "\u2013"
	}
	return p.words.percent(rate)
}

// totals are the sums: the net, the tax by rate and category, and the gross.
func (p *paper) totals() (sums []fact, total fact) {
	d, w := p.document, p.words
	if isTaxed(d) || !d.Tax.IsZero() {
		sums = append(sums, fact{w.net, w.money(d.Net)})
	}
	for _, g := range d.Taxes {
		label := w.tax + " " + w.percent(g.Rate) + " " + w.taxOn + " " + w.number(g.Net)
		if g.Rate.IsZero() {
			if g.Category == "O" && len(d.Taxes) == 1 {
				continue
			}
			label = w.tax + " 0\u00A0%, " + w.exemption[g.Category] + ", " + w.taxOn + " " + w.number(g.Net)
		}
		sums = append(sums, fact{label, w.money(g.Tax)})
	}
	total = fact{w.total, w.money(d.Gross)}
	switch {
	case !isTaxed(d):
		total.label = w.plainTotal
	case d.Type != invoicing.InvoiceDoc:
		total.label = w.totalCredited
	}
	return sums, total
}

// remarks stand below the totals: why no tax is charged, and the tax in SEK.
func (p *paper) remarks() (list []string) {
	d, w := p.document, p.words
	for _, g := range d.Taxes {
		if why := w.reasons[g.Category]; why != "" && !slices.Contains(list, why) {
			list = append(list, why)
		}
	}
	if t, ok := taxInSEK(p.night, d); ok {
		list = append(list, fmt.Sprintf(w.inSEK, w.money(t.tax), w.decimalOf(t.rate), d.Currency, t.sek.Date,
			w.decimalOf(t.sek.Value)+"\u00A0SEK", w.decimalOf(t.own.Value)+"\u00A0"+d.Currency.String()))
	}
	return list
}

// ownPrices reports whether the decided amounts are those of the document. A
// partner's customer sees the partner's prices and never the vendor's (BIL-CSP-1).
func (p *paper) ownPrices(x *invoicing.Decision) bool {
	if x.Type != policy.CSP {
		return true
	}
	for i := range p.document.Lines {
		l := &p.document.Lines[i]
		if l.Kind == invoicing.RefundLine && l.Order == x.Request.Order && l.Net.Currency() == x.Prorated.Currency() &&
			l.Net.Abs() == x.Prorated && l.Quantity == x.Request.Quantity {
			return true
		}
	}
	return false
}
