package exporters

import (
	"math"
	"runtime"
	"strings"

	"prorata/invoicing"
)

// documentsPDF is documents/NUMBER.pdf (OUT-2): every document as its reader
// gets it, in his language. Making one takes a few milliseconds of work, so there
// is little to win from more workers than that can run.
var documentsPDF = &documentFiles{
	ending: ".pdf", workers: 2 * runtime.GOMAXPROCS(0),
	make: func(p *press, s *settled, i int) ([]byte, error) {
		paper := newPaper(p.night, s, i)
		body, legible, err := drawPDF(paper)
		if !legible {
			p.warned(paper.document, pdfFont)
		}
		return body, err
	},
}

// drawing is one document on its way to paper.
type drawing struct {
	*typesetter
	paper  *paper
	seller *Seller
	y      float64 // the lower edge of what was drawn last
	bottom float64 // where the footer begins
	foot   []footColumn
	gap    float64 // between its columns
}

// The places on a page.
const (
	top         = 48.0
	addressTop  = 138.0
	factsLeft   = 312.0
	factsValue  = 430.0
	cellPadding = 8.0
	quantityEnd = 378.0
	rateEnd     = 436.0
	titleWidth  = 268.0
	footLine    = 9.0
	totalsLeft  = 280.0
	maxCell     = 6 // lines of one text of a cell
)

// drawPDF draws a document. The same document and seller give the same bytes. It is
// legible where the fonts have all of its characters.
func drawPDF(p *paper) (body []byte, legible bool, err error) {
	s := &p.night.Seller
	d := &drawing{typesetter: newTypesetter(s, p.title()+" "+p.document.Number, plainText(p.document.Account), p.document.IssueDate), paper: p, seller: s}
	d.foot = d.footer()
	d.gap = d.spread()
	d.bottom = pageHeight - 44 - footLine*float64(d.footHeight())
	d.page()
	d.head()
	d.parties()
	d.table()
	d.totals()
	d.settling()
	d.computations()
	d.feet()
	body, err = d.bytes()
	return body, !d.illegible, err
}

// head is the letterhead: who writes, and what.
func (d *drawing) head() {
	d.box(0, 0, pageWidth, 7, d.accent)
	if len(d.seller.Logo) > 0 {
		d.logo(d.seller.Logo, leftMargin, top-8, 180, 46)
	} else {
		d.font(bold, 15, d.accent)
		for i, line := range d.wrap(plainText(d.seller.Name), 250, 2) {
			d.put(leftMargin, top+8+18*float64(i), line)
		}
	}
	d.font(bold, 20, d.accent)
	d.putRight(rightEdge, top+10, d.paper.title())
	d.font(regular, 10.5, grey)
	d.putRight(rightEdge, top+27, d.paper.document.Number)
	d.y = top + 46
	d.notices()
}

// notices stand above all else, where they cannot be overlooked.
func (d *drawing) notices() {
	for _, notice := range d.paper.notices() {
		d.font(bold, 8.5, red)
		lines := d.wrap(notice, textWidth-2*cellPadding, 3)
		height := 11*float64(len(lines)) + 9
		d.box(leftMargin, d.y, textWidth, height, blush)
		for i, line := range lines {
			d.put(leftMargin+cellPadding, d.y+12+11*float64(i), line)
		}
		d.y += height + 4
	}
}

// parties are the buyer's address, and beside it what identifies the document. What
// takes many lines there, like the invoices that an exchange replaces, stands below
// over the whole width, for none of it may be cut (DOC-2).
func (d *drawing) parties() {
	start := max(addressTop, d.y+22)
	w := d.paper.words
	d.font(bold, 7.5, grey)
	d.put(leftMargin, start, w.billTo)
	y := start + 15
	for i, text := range d.paper.buyer() {
		d.font(regular, 10, black)
		if i == 0 {
			d.font(bold, 10, black)
		}
		for _, line := range d.wrap(text, factsLeft-leftMargin-24, maxCell) {
			d.put(leftMargin, y, line)
			y += 13.5
		}
	}
	end := y
	y = start
	var long []fact
	for _, f := range d.paper.facts() {
		d.font(regular, 8.5, grey)
		lines := d.wrap(f.value, rightEdge-factsValue, maxCell+1)
		if len(lines) > maxCell {
			long = append(long, f)
			continue
		}
		d.put(factsLeft, y, f.label)
		d.font(regular, 8.5, black)
		for i, line := range lines {
			d.put(factsValue, y+11*float64(i), line)
		}
		y += 11*float64(len(lines)) + 3.5
	}
	d.y = max(end, y)
	for _, f := range long {
		d.longFact(f)
	}
	d.y += 14
}

// longFact is a fact over the whole width, and as many pages as it takes.
func (d *drawing) longFact(f fact) {
	const value = leftMargin + factsValue - factsLeft
	for i, line := range d.wrap(f.value, rightEdge-value, math.MaxInt) {
		d.room(11)
		if i == 0 {
			d.font(regular, 8.5, grey)
			d.put(leftMargin, d.y, f.label)
		}
		d.font(regular, 8.5, black)
		d.put(value, d.y, line)
		d.y += 11
	}
	d.y += 3.5
}

// room makes sure that so much fits on the page, or begins another.
func (d *drawing) room(height float64) (turned bool) {
	if d.y+height <= d.bottom || d.err != nil {
		return false
	}
	d.page()
	d.box(0, 0, pageWidth, 7, d.accent)
	d.font(regular, 9, grey)
	title := d.paper.title() + " " + d.paper.document.Number
	left := textWidth - d.width(title) - 24
	d.putRight(rightEdge, top, title)
	d.font(bold, 9, d.accent)
	d.put(leftMargin, top, strings.Join(d.wrap(plainText(d.seller.Name), left, 1), ""))
	d.y = top + 16
	return true
}

// tableHead names the columns.
func (d *drawing) tableHead() {
	w := d.paper.words
	d.box(leftMargin, d.y, textWidth, 20, d.shade)
	d.font(bold, 8, d.accent)
	base := d.y + 13
	d.put(leftMargin+cellPadding, base, w.description)
	d.putRight(quantityEnd, base, w.quantity)
	d.putRight(rateEnd, base, w.taxRate)
	d.putRight(rightEdge-cellPadding, base, w.amount+" "+d.paper.document.Currency.String())
	d.y += 20
}

// table is the lines of the document.
func (d *drawing) table() {
	d.room(60)
	d.tableHead()
	for _, r := range d.paper.rows() {
		d.row(&r)
	}
}

func (d *drawing) row(r *row) {
	d.font(regular, 9, black)
	titles := d.wrap(r.title, titleWidth, maxCell)
	d.font(regular, 7.5, grey)
	details := d.details(r.details)
	height := 12*float64(len(titles)) + 10*float64(len(details)) + 10
	if d.room(height) {
		d.tableHead()
	}
	y := d.y + 14
	d.font(regular, 9, black)
	d.putRight(quantityEnd, y, r.quantity)
	d.putRight(rateEnd, y, r.rate)
	if r.outside {
		d.font(regular, 9, grey)
	}
	d.putRight(rightEdge-cellPadding, y, r.amount)
	for _, line := range titles {
		d.put(leftMargin+cellPadding, y, line)
		y += 12
	}
	d.font(regular, 7.5, grey)
	for _, line := range details {
		d.put(leftMargin+cellPadding, y-1, line)
		y += 10
	}
	d.y += height
	d.line(leftMargin, d.y, 0.4, rule)
}

// details are one line where they fit on it, else one below the other.
func (d *drawing) details(all []string) (lines []string) {
	if joined := strings.Join(all, " \u00B7 "); joined == "" || d.width(joined) <= titleWidth {
		return texts(joined)
	}
	for _, text := range all {
		lines = append(lines, d.wrap(text, titleWidth, maxCell/2)...)
	}
	return lines
}

// totals are the sums, kept together, and what must be said of the tax.
func (d *drawing) totals() {
	sums, total := d.paper.totals()
	d.font(regular, 9, grey)
	labels, height := make([][]string, len(sums)), 44.0
	for i, f := range sums {
		labels[i] = d.wrap(f.label, rightEdge-totalsLeft-110, 3)
		height += 14 + 11*float64(len(labels[i])-1)
	}
	d.room(height)
	d.y += 16
	for i, f := range sums {
		d.font(regular, 9, grey)
		for k, line := range labels[i] {
			if k > 0 {
				d.y += 11
			}
			d.put(totalsLeft, d.y, line)
		}
		d.font(regular, 9, black)
		d.putRight(rightEdge-cellPadding, d.y, f.value)
		d.y += 14
	}
	d.y -= 3
	d.line(totalsLeft, d.y, 1.2, d.accent)
	d.y += 16
	d.font(bold, 11.5, d.accent)
	d.put(totalsLeft, d.y, total.label)
	d.putRight(rightEdge-cellPadding, d.y, total.value)
	d.y += 8
	for _, remark := range d.paper.remarks() {
		d.font(regular, 7.5, grey)
		lines := d.wrap(remark, textWidth, 3)
		d.room(10*float64(len(lines)) + 6)
		d.y += 4
		for _, line := range lines {
			d.y += 10
			d.put(leftMargin, d.y, line)
		}
	}
	d.y += 14
}

// settling is the box that says what happens to the money.
func (d *drawing) settling() {
	s := d.paper.settling()
	type entry struct {
		lines []string
		value string
		f     face
	}
	var entries []entry
	height := 30.0
	add := func(text, value string, f face) {
		d.font(f, 9, black)
		width := textWidth - 2*cellPadding
		if value != "" {
			width -= d.width(value) + 24
		}
		e := entry{d.wrap(text, width, maxCell), value, f}
		height += 12*float64(len(e.lines)) + 3
		entries = append(entries, e)
	}
	for _, f := range s.rows {
		add(f.label, f.value, regular)
	}
	if s.toPay.label != "" {
		add(s.toPay.label, s.toPay.value, bold)
	}
	for _, sentence := range s.says {
		add(sentence, "", regular)
	}
	d.room(height)
	d.box(leftMargin, d.y, textWidth, height, d.shade)
	d.box(leftMargin, d.y, 3, height, d.accent)
	d.font(bold, 9, d.accent)
	d.put(leftMargin+cellPadding+4, d.y+16, d.paper.words.moneyTitle)
	y := d.y + 32
	for _, e := range entries {
		d.font(e.f, 9, black)
		d.putRight(rightEdge-cellPadding, y, e.value)
		for _, line := range e.lines {
			d.put(leftMargin+cellPadding+4, y, line)
			y += 12
		}
		y += 3
	}
	d.y += height + 12
}

// computations are the footnotes: each step of each refund that the document is about.
func (d *drawing) computations() {
	const what, how, howEnd = leftMargin + 46, leftMargin + 148, rightEdge - 104
	for _, c := range d.paper.computations() {
		d.room(14 + 22)
		d.y += 12
		d.font(bold, 7.5, grey)
		d.put(leftMargin, d.y, strings.Join(d.wrap(c.title, textWidth, 1), ""))
		d.y += 4
		d.line(leftMargin, d.y, 0.4, rule)
		for _, step := range c.steps {
			d.font(regular, 7, grey)
			lines := d.wrap(plainText(step.How), howEnd-how, 4)
			height := 9.5 * float64(max(1, len(lines)))
			d.room(height)
			d.put(leftMargin, d.y+10, step.Rule)
			d.put(what, d.y+10, step.What)
			d.putRight(rightEdge, d.y+10, plainText(step.Result))
			for i, line := range lines {
				d.put(how, d.y+10+9.5*float64(i), line)
			}
			d.y += height
		}
		if c.note != "" {
			d.room(12)
			d.font(regular, 7, grey)
			d.put(leftMargin, d.y+12, c.note)
			d.y += 12
		}
		d.y += 4
	}
}

// isTaxed reports whether a document is an invoice or a credit in the sense of tax law.
func isTaxed(d *invoicing.Document) bool {
	switch d.Type {
	case invoicing.InvoiceDoc, invoicing.CreditNote:
		return true
	case invoicing.CreditMemo:
		return len(d.Credits) > 0 // one that credits none is settled with the commitment
	}
	return false
}
