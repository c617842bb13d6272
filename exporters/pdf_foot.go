package exporters

import "fmt"

// footColumn is one column of the footer: what the seller is and where to find it.
type footColumn struct {
	label string
	lines []string
	width float64 // in points
}

// footer is what the seller is: address, contact, registration and bank.
func (d *drawing) footer() []footColumn {
	s, w := d.seller, d.paper.words
	named := func(label, value string) string {
		if value = plainText(value); value == "" {
			return ""
		}
		return label + " " + value
	}
	country := s.Country
	if d.paper.account != nil {
		country = w.foreign(s.Country, d.paper.account.Country)
	}
	columns := []footColumn{
		{label: w.seller, lines: texts(s.Name, s.Address, s.PostalCode+" "+s.City, country)},
		{label: w.contact, lines: texts(s.Contact, named(w.tel, s.Phone), s.Email, s.Website)},
		{label: w.registration, lines: texts(named(w.vat, s.VATNumber), named(w.company, s.CompanyID), s.TaxStatus)},
		{label: w.payment, lines: texts(named(w.bankgiro, s.Bank.Bankgiro), named(w.plusgiro, s.Bank.Plusgiro), named(w.iban, s.Bank.IBAN), named(w.bic, s.Bank.BIC))},
	}
	shown := columns[:0]
	for _, c := range columns {
		if len(c.lines) > 0 {
			shown = append(shown, c)
		}
	}
	return shown
}

// footHeight is the footer's height in lines.
func (d *drawing) footHeight() int {
	n := 0
	for _, c := range d.foot {
		n = max(n, len(c.lines)+1)
	}
	return n + 1
}

// spread gives every column of the footer the width of its longest line, and what
// is left of the page to the gaps. Where they do not fit, the account and the numbers
// on the right come before names and addresses, up to half of the room; what is wider
// than its column goes on below, for a document never lacks where to pay.
func (d *drawing) spread() (gap float64) {
	const least = 12.0
	d.font(regular, 7, grey)
	sum := 0.0 // of the columns to the left
	for i := range d.foot {
		c := &d.foot[i]
		for _, line := range append(c.lines, c.label) {
			c.width = max(c.width, d.width(line)+1)
		}
		sum += c.width
	}
	gaps := float64(max(1, len(d.foot)-1))
	room := textWidth - least*gaps
	for i := len(d.foot) - 1; i >= 0; i-- {
		c := &d.foot[i]
		sum -= c.width
		c.width = min(c.width, max(room/2, room-sum))
		room -= c.width
		var lines []string
		for _, line := range c.lines {
			lines = append(lines, d.wrap(line, c.width, 2*maxCell)...)
		}
		c.lines = lines
	}
	return min(least+room/gaps, 60)
}

// feet writes the footer on every page, now that their number is known.
func (d *drawing) feet() {
	for page := 1; page <= d.pages; page++ {
		d.back(page)
		y := d.bottom + 14
		d.line(leftMargin, y, 0.6, d.accent)
		x := leftMargin
		for _, c := range d.foot {
			d.font(bold, 6.5, grey)
			d.put(x, y+12, c.label)
			d.font(regular, 7, grey)
			for j, line := range c.lines {
				d.put(x, y+12+footLine*float64(j+1), line)
			}
			x += c.width + d.gap
		}
		d.font(regular, 7, grey)
		d.putRight(rightEdge, pageHeight-22, fmt.Sprintf(d.paper.words.page, page, d.pages))
		d.put(leftMargin, pageHeight-22, d.paper.title()+" "+d.paper.document.Number)
	}
}
