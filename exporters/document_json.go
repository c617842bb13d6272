package exporters

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs/durable"
)

// documentSchema names the shape of DocumentJSON; a change that a reader must know
// of changes it.
const documentSchema = "prorata/document/1"

// DocumentJSON is documents/NUMBER.json: one document, whole (OUT-2). Amounts are
// decimal strings in Currency with its minor digits, with the signs of the
// document: what a CreditNote or CreditMemo credits is above zero. Tax rates are
// percent. Dates are ISO. What does not apply is left out.
type DocumentJSON struct {
	Schema           string        `json:"schema"`
	Number           string        `json:"number"`
	Type             string        `json:"type"` // as in documents.csv
	IssueDate        string        `json:"issueDate"`
	BillingAccountID string        `json:"billingAccountId"`
	Currency         string        `json:"currency"`
	Net              string        `json:"net"`
	Tax              string        `json:"tax"`
	Gross            string        `json:"gross"`
	TaxGroups        []TaxJSON     `json:"taxGroups,omitempty"` // DOC-4
	TaxInSEK         *SEKJSON      `json:"taxInSEK,omitempty"`
	Lines            []LineJSON    `json:"lines"`
	Cancels          []string      `json:"cancels,omitempty"`  // invoices that a credit note cancels
	Replaces         []string      `json:"replaces,omitempty"` // invoices that a new invoice stands for
	Revises          []string      `json:"revises,omitempty"`  // the invoice that a revision restates
	Credits          []string      `json:"credits,omitempty"`  // the invoice that is credited, or paid by a set-off
	Requests         []string      `json:"requests,omitempty"`
	CreditID         string        `json:"creditId,omitempty"`   // the credit that a set-off or an expiry takes from
	Open             string        `json:"openAmount,omitempty"` // of an invoice: what is still to be paid of it
	Owed             string        `json:"owed,omitempty"`       // of a new invoice: what the customer owes beyond what was cancelled
	CardRef          string        `json:"cardRef,omitempty"`    // the card that paid the original purchase
	LeftOver         []LeftJSON    `json:"leftOver,omitempty"`   // BIL-INV-2
	Postings         []PostingJSON `json:"postings,omitempty"`   // DOC-5
}

// SEKJSON is the tax in SEK, which Swedish law asks for (DOC-6).
type SEKJSON struct {
	Tax  string `json:"tax"`
	Rate string `json:"rate"` // SEK for one unit of the currency, to four decimals, for display
	Date string `json:"date"` // of the reference rates

	Sources []string `json:"sources"` // their rows
}

// TaxJSON is the tax of the lines of one rate and category.
type TaxJSON struct {
	Rate     string `json:"rate"`
	Category string `json:"category"`
	Net      string `json:"net"`
	Tax      string `json:"tax"`
}

// LineJSON is one line, with the rules and source rows that it came from (DOC-3).
type LineJSON struct {
	LineNo             int      `json:"lineNo"`
	Kind               string   `json:"kind"`
	ReservationOrderID string   `json:"reservationOrderId,omitempty"`
	Description        string   `json:"description"`
	Quantity           int      `json:"quantity,omitempty"`
	Net                string   `json:"net"`
	TaxRate            string   `json:"taxRate"`
	TaxCategory        string   `json:"taxCategory"`
	Tax                string   `json:"tax,omitempty"` // copied from what is credited; else it is in taxGroups
	Rules              []string `json:"rules,omitempty"`
	Sources            []string `json:"sources,omitempty"` // #3!Requests!17: input 3 of the manifest, sheet, row
}

// LeftJSON is a part of what a refund or an exchange leaves over, and where it goes.
type LeftJSON struct {
	To     string `json:"to"` // OpenAmount, HeldCredit, Card, Payout
	Amount string `json:"amount"`
	Card   string `json:"card,omitempty"`
}

// PostingJSON is one side of the document's entry; exactly one of Debit and Credit is set.
type PostingJSON struct {
	Date     string `json:"date"`
	Account  string `json:"account"`
	Debit    string `json:"debit,omitempty"`
	Credit   string `json:"credit,omitempty"`
	Currency string `json:"currency"`
	Text     string `json:"text,omitempty"`
}

func documentJSON(n *Night, s *settled, i int) *DocumentJSON {
	d := &s.Documents[i]
	out := &DocumentJSON{
		Schema: documentSchema, Number: d.Number, Type: d.Type.String(), IssueDate: d.IssueDate.String(),
		BillingAccountID: d.Account, Currency: d.Currency.String(), Net: d.Net.Number(), Tax: d.Tax.Number(), Gross: d.Gross.Number(),
		TaxGroups: mapped(d.Taxes, func(g *invoicing.TaxGroup) TaxJSON {
			return TaxJSON{g.Rate.String(), g.Category, g.Net.Number(), g.Tax.Number()}
		}),
		Lines:   linesJSON(d),
		Cancels: numbers(s, d.Cancels), Replaces: numbers(s, d.Replaces), Revises: numbers(s, d.Revises), Credits: numbers(s, d.Credits),
		Requests: d.Requests, CreditID: s.number(d.Credit), Open: d.Open.Number(), Owed: d.Owed.Number(), CardRef: d.CardRef,
		LeftOver: mapped(d.Left, func(l *invoicing.LeftOver) LeftJSON {
			return LeftJSON{l.To.String(), l.Amount.Number(), l.Card}
		}),
		Postings: mapped(s.postings[i], func(e *invoicing.Posting) PostingJSON {
			return PostingJSON{d.IssueDate.String(), d.Book(e.Account), e.Debit.Number(), e.Credit.Number(), either(e.Debit, e.Credit).Code(), d.Type.String()}
		}),
	}
	if t, ok := taxInSEK(n, d); ok {
		out.TaxInSEK = &SEKJSON{t.tax.Number(), t.rate.String(), t.sek.Date.String(), namesOf(invoicing.RateRows(t.sek, t.own))}
	}
	return out
}

// namesOf names rows, as registers do (DOC-3).
func namesOf(rows []invoicing.Source) []string {
	return mapped(rows, func(s *invoicing.Source) string { return s.String() })
}

func linesJSON(d *invoicing.Document) []LineJSON {
	lines := make([]LineJSON, 0, len(d.Lines))
	for i := range d.Lines {
		l := &d.Lines[i]
		lines = append(lines, LineJSON{
			LineNo: i + 1, Kind: l.Kind.String(), ReservationOrderID: l.Order, Description: l.Description, Quantity: l.Quantity,
			Net: l.Net.Number(), TaxRate: l.TaxRate.String(), TaxCategory: l.TaxCategory, Tax: l.Tax.Number(),
			Rules:   mapped(l.Rules.List(), func(r *invoicing.Rule) string { return r.String() }),
			Sources: namesOf(l.Sources),
		})
	}
	return lines
}

func numbers(s *settled, refs []invoicing.Ref) []string {
	return mapped(refs, func(r *invoicing.Ref) string { return s.number(*r) })
}

func mapped[A, B any](in []A, f func(*A) B) []B {
	if len(in) == 0 {
		return nil
	}
	out := make([]B, len(in))
	for i := range in {
		out[i] = f(&in[i])
	}
	return out
}

func either(a, b money.Money) money.Money {
	if a.IsSet() {
		return a
	}
	return b
}

// ownNumber is a number of our own series (DOC-1), which no other document has.
var ownNumber = regexp.MustCompile(`^(CN|INV|CHG|SET|EXP)-[0-9]{4}-[0-9]{6,12}$`)

// documentFile is the file name of a document of an account, without its ending. A
// number of ours is the name. A revision has its invoice's, which may come from outside:
// it is never used as a name, and two accounts may have an invoice of one number. It is
// Revision and the start of the SHA-256 of both.
func documentFile(account, number string) string {
	if ownNumber.MatchString(number) {
		return number
	}
	return "Revision-" + hashOf([]byte(account + "\x00" + number))[:16]
}

// documentsJSON is documents/NUMBER.json.
var documentsJSON = &documentFiles{
	ending: ".json", workers: syncing, cites: true,
	make: func(p *press, s *settled, i int) ([]byte, error) { return indented(documentJSON(p.night, s, i)) },
}

// writeWhole writes one small file to disk and records it. Two documents of one
// number would be one file: that fails.
func (p *press) writeWhole(name string, body []byte) {
	err := writeFile(filepath.Join(p.dir, filepath.FromSlash(name)), body, durable.OutputSync)
	if errors.Is(err, os.ErrExist) {
		err = errors.New("another document has the same number")
	}
	if err != nil {
		p.fail(fmt.Errorf("writing %s: %w", name, err))
		return
	}
	p.record(OutputEntry{Name: name, SHA256: hashOf(body), Size: int64(len(body))})
}
