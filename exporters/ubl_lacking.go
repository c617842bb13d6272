package exporters

import (
	"cmp"
	"slices"

	"prorata/invoicing"
)

// EInvoicing says of a night which documents could be issued as e-invoices, and
// what the others lacked. They are issued as PDF and JSON all the same (DOC-6).
type EInvoicing struct {
	Issued    int    `json:"issued"`
	NotIssued int    `json:"notIssued"`
	Lacking   []Lack `json:"lacking,omitempty"` // by rule
}

// Lack is one rule that documents break.
type Lack struct {
	Rule      string   `json:"rule"`              // BR-CO-10, PEPPOL-EN16931-R010; SELLER, SEK, VAT, FONT and LEDGER are ours
	Says      string   `json:"says"`              // what is missing and where to mend it
	Warning   bool     `json:"warning,omitempty"` // the e-invoice is issued all the same
	Documents int      `json:"documents"`
	Accounts  []string `json:"accounts"` // the first ten, by id
}

// lackedAccounts is how many accounts a Lack names.
const lackedAccounts = 10

// ublSeller is what a configuration without a seller breaks; it is no rule of the standard.
var ublSeller = &ublRule{id: "SELLER", says: "the configuration names no seller; an e-invoice needs its name, address, VAT number and endpoint"}

// ublSEK is a document that lacks its tax in SEK; Peppol does not ask for it, Swedish law does.
var ublSEK = &ublRule{id: "SEK", warning: true, says: "no reference rate of the day is known, so the tax in SEK is not stated on the PDF and the e-invoice; put the ECB's rates into the inbox"}

// pdfFont is a PDF whose fonts do not have a character of it, e-invoice or not.
var pdfFont = &ublRule{id: "FONT", warning: true, says: "a name or a text has characters that the PDF cannot show, and question marks stand for them; write it in Latin, Greek, Cyrillic or Hebrew letters"}

// ledgerNumber is a document whose voucher cannot be imported as it is.
var ledgerNumber = &ublRule{id: "LEDGER", warning: true, says: "an account of the voucher in general-ledger.csv has no number; name it in the configuration (seller.accounts)"}

// issued counts an e-invoice, the warnings that it breaks, and one that says less
// than Swedish law asks for.
func (p *press) issued(of *paper, warnings ...*ublRule) {
	_, ok := taxInSEK(p.night, of.document)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.einvoicing.Issued++
	for _, r := range warnings {
		lack(&p.einvoicing.Lacking, of.document, r)
	}
	if !ok && needsSEK(p.night, of.document) {
		lack(&p.einvoicing.Lacking, of.document, ublSEK)
	}
}

// warned counts a document that has what must be known of it.
func (p *press) warned(d *invoicing.Document, r *ublRule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	lack(&p.warnings, d, r)
}

// lacking counts a document that is not issued as an e-invoice, and why.
func (p *press) lacking(of *paper, broken ...*ublRule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.einvoicing.NotIssued++
	for _, r := range broken {
		lack(&p.einvoicing.Lacking, of.document, r)
	}
}

// lack adds a document to a rule's. The order in which documents come is not
// the same on every run; what is kept of them is.
func lack(list *[]Lack, d *invoicing.Document, r *ublRule) {
	i, known := slices.BinarySearchFunc(*list, r.id, func(l Lack, id string) int { return cmp.Compare(l.Rule, id) })
	if !known {
		*list = slices.Insert(*list, i, Lack{Rule: r.id, Says: r.says, Warning: r.warning})
	}
	l := &(*list)[i]
	l.Documents++
	if j, known := slices.BinarySearch(l.Accounts, d.Account); !known && j < lackedAccounts {
		l.Accounts = slices.Insert(l.Accounts, j, d.Account)
		l.Accounts = l.Accounts[:min(len(l.Accounts), lackedAccounts)]
	}
}
