package exporters

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
)

// claimBook is the workbook of some claims being written: a page for the vendor's
// support, every claim with its fields, and how each amount was computed.
type claimBook struct {
	*openBook
	claims               *Claims
	cover, all, computed *sheet
}

const (
	claimSheet = "Claim"
	wrongWidth = 44
	howWidth   = 80
)

// claimTable has a row for each claim, in the order of the first page.
var claimTable = &auditTable{name: "Claims", frozen: 2, columns: []auditColumn{
	{"", "No", 6, ""}, {"", "Reservation order", 37, ""}, {"", "Reservation", 37, ""}, {"", "Billing account", 37, ""}, {"", "Quantity", 8, ""},
	{"", "Requested action", 11, ""}, {"", "New product", 24, ""}, {"", "Requested on", 11, ""}, {"", "Our request", 16, ""},
	{"expected", "Amount expected", 15, ""}, {"credited", "Amount credited", 15, ""}, {"difference", "Credited less expected", 15, ""},
	{"", "Credited on", 11, ""}, {"", "Your invoice", 14, ""}, {"", "What is wrong, and a possible cause", wrongWidth, ""}, {"", "Our reference", 18, ""},
}}

// claimSteps has how each amount expected was computed, step by step.
var claimSteps = &auditTable{name: "Computation", frozen: 2, columns: []auditColumn{
	{"", "No", 6, ""}, {"", "Reservation order", 38, ""}, {"", "Rule", 14, ""}, {"", "What", 22, ""}, {"", "Result", 26, ""}, {"", "How", howWidth, ""},
}}

var claimDifference = claimTable.formula("{credited}-{expected}")

// Workbook writes the claims as a workbook; its bytes depend on them alone. Rows
// wait in a file of the system's folder for such while it is written.
func (c *Claims) Workbook(to io.Writer) error {
	b := &claimBook{openBook: newBook("prorata, claim as of " + c.AsOf.String()), claims: c}
	err := b.write(to)
	if err = errors.Join(err, b.remove()); err != nil {
		return fmt.Errorf("writing the workbook of the claim: %w", err)
	}
	return nil
}

func (b *claimBook) write(to io.Writer) error {
	for _, s := range [...]struct {
		name string
		at   **sheet
	}{{claimSheet, &b.cover}, {claimTable.name, &b.all}, {claimSteps.name, &b.computed}} {
		made, err := b.add(os.TempDir(), s.name)
		if err != nil {
			return err
		}
		*s.at = made
	}
	if err := b.shelve(); err != nil {
		return err
	}
	claimTable.head(b.all)
	claimSteps.head(b.computed)
	for i := range b.claims.Claims {
		b.row(i+1, &b.claims.Claims[i])
		b.steps(i+1, &b.claims.Claims[i])
	}
	b.writeCover()
	err := cmp.Or(b.widen(claimSheet, []float64{22, 38, 24, 18, 18, 18, wrongWidth}), b.layPage(b.cover), b.layTable(claimTable, b.all),
		b.layTable(claimSteps, b.computed), b.name("Claim as of "+b.claims.AsOf.String(), b.claims.AsOf))
	if err != nil {
		return err
	}
	return b.writeTo(to)
}

// row writes a claim with all its fields.
func (b *claimBook) row(n int, c *reconcile.Claim) {
	s := b.all
	if !s.begin(tall(wrongAndWhy(c), wrongWidth)) {
		return
	}
	text, wrapped, day, count := s.style.of(asText, plain), s.style.of(asWrapped, plain), s.style.of(asDate, plain), s.style.of(asCount, plain)
	s.count(count, n)
	s.text(text, c.Order)
	s.text(text, c.Reservation)
	s.text(text, c.Account)
	s.count(count, c.Quantity)
	s.words(text, c.Action)
	s.text(wrapped, c.NewProduct)
	s.date(day, c.RequestedOn)
	s.text(text, listedNames(c.Requests))
	s.amount(given, c.Expected)
	s.amount(given, c.Credited)
	b.difference(s, c, claimDifference.at(s.row))
	s.date(day, c.CreditedOn)
	s.text(text, listedNames(c.Invoices))
	s.words(wrapped, wrongAndWhy(c))
	s.words(text, c.Break)
	s.end()
}

func wrongAndWhy(c *reconcile.Claim) string {
	if c.Cause == "" {
		return c.Wrong()
	}
	return c.Wrong() + ": " + c.Cause
}

// difference writes credited less expected as a formula over the two amounts beside it.
func (b *claimBook) difference(s *sheet, c *reconcile.Claim, formula string) {
	if !c.Difference.IsSet() || !exactInSpreadsheet(c.Expected.Number()) || !exactInSpreadsheet(c.Credited.Number()) {
		s.amount(plain, c.Difference)
		return
	}
	s.formula(s.style.money(c.Difference.Currency(), computed), formula, c.Difference.Number())
}

func (b *claimBook) steps(n int, c *reconcile.Claim) {
	s := b.computed
	text, wrapped := s.style.of(asText, plain), s.style.of(asWrapped, plain)
	for i := range c.Steps {
		x := &c.Steps[i]
		if !s.begin(tall(x.How, howWidth)) {
			return
		}
		s.count(s.style.of(asCount, plain), n)
		s.text(text, c.Order)
		s.words(text, x.Rule)
		s.words(text, x.What)
		s.text(text, x.Result)
		s.text(wrapped, x.How)
		s.end()
	}
}

// maxClaimRows is how many claims the first page lists; the sheet behind it has all.
const maxClaimRows = 200

// writeCover writes what a person at the vendor reads first: the fields of a
// support request, what it comes to, the claims in short, and the policy.
func (b *claimBook) writeCover() {
	s, c := b.cover, b.claims
	s.begin(30)
	s.words(s.style.of(asTitle, plain), "Credits for Azure reservations that are missing or differ")
	s.end()
	b.empty(s)
	for _, f := range c.fields() {
		b.coverFact(s, f[0], f[1])
	}
	b.coverHeading(s, "What it comes to", 7)
	b.coverHeader(s, "Currency", "Credits", "", "Expected", "Credited", "Credited less expected", "")
	for _, of := range c.sums() {
		s.begin(0)
		s.words(s.style.of(asText, strong), of.currency.String())
		s.words(s.style.of(asText, plain), invoicing.Counted(of.claims, "credit", "credits"))
		s.blank(1)
		for _, amount := range [...]*money.Sum{&of.expected, &of.credited, &of.difference} {
			s.number(s.style.money(of.currency, plain), textOf(amount, of.currency))
		}
		s.end()
	}
	b.coverClaims()
	b.coverSources()
}

// coverClaims lists the claims in short.
func (b *claimBook) coverClaims() {
	s, all := b.cover, b.claims.Claims
	b.coverHeading(s, "The credits; "+claimSteps.name+" has how each amount expected was computed", 7)
	b.coverHeader(s, "No", "Reservation order", "Requested", "Expected", "Credited", "Credited less expected", "What is wrong, and a possible cause")
	for i := range all[:min(len(all), maxClaimRows)] {
		c := &all[i]
		s.begin(tall(wrongAndWhy(c), wrongWidth))
		s.words(s.style.of(asText, strong), itoa(i+1))
		s.text(s.style.of(asText, plain), c.Order)
		requested := "nothing"
		if c.Action != "" {
			requested = fmt.Sprintf("%s of %d on %s", c.Action, c.Quantity, c.RequestedOn)
		}
		s.words(s.style.of(asText, plain), requested)
		s.amount(given, c.Expected)
		s.amount(given, c.Credited)
		b.difference(s, c, "E"+itoa(s.row)+"-D"+itoa(s.row))
		s.words(s.style.of(asWrapped, plain), wrongAndWhy(c))
		s.end()
	}
	if n := len(all) - maxClaimRows; n > 0 {
		b.coverRow(s, asNote, "and "+itoa(n)+" more; the sheet "+claimTable.name+" has all")
	}
}

// coverSources names the pages that the amounts expected follow.
func (b *claimBook) coverSources() {
	s := b.cover
	for _, p := range b.claims.policies() {
		b.coverHeading(s, "The amounts expected "+p.of+" follow your published policy", 7)
		for _, x := range p.sources {
			s.begin(0)
			s.words(s.style.of(asText, strong), x.Date.String())
			s.text(s.style.of(asText, plain), x.Title)
			s.blank(1)
			s.link(x.URL, x.URL)
			s.end()
		}
	}
}
