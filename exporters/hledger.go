package exporters

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
)

// hledgerPart is journal.hledger: the postings of journal.csv as plain-text
// accounting, which `hledger check --strict` accepts (OUT-4). Accounts and
// commodities are declared before their first use; hledger reads a declaration
// wherever it stands.
type hledgerPart struct {
	press       *press
	file        *file
	buf         []byte
	commodities map[money.Currency]bool
	accounts    map[string]bool // of the settlement: no account is in two of them
}

// accountTypes are the heads of the accounts of DOC-5 and their hledger types.
var accountTypes = []struct{ head, kind string }{
	{"Receivable", "Asset"}, {"Clearing", "Asset"}, {"Liability", "Liability"}, {"Revenue", "Revenue"},
}

func openHLedger(p *press, name string) (part, error) {
	f, err := p.create(name)
	if err != nil {
		return nil, err
	}
	o := &hledgerPart{press: p, file: f, commodities: map[money.Currency]bool{}}
	o.buf = append(o.buf, "; The books of the night of "+p.night.AsOf.String()+": journal.csv as plain-text accounting.\n\n"...)
	for _, t := range accountTypes {
		o.buf = append(o.buf, "account "+t.head+"  ; type:"+t.kind+"\n"...)
	}
	return o, nil
}

func (o *hledgerPart) settlement(s *settled) {
	o.accounts = map[string]bool{}
	for i, postings := range s.postings {
		if len(postings) > 0 {
			o.transaction(&s.Documents[i], postings)
		}
	}
	if len(o.buf) >= chunkSize {
		o.buf = o.press.hand(o.file, o.buf)
	}
}

// transaction writes the entry of one document: date, (number), what it is.
func (o *hledgerPart) transaction(d *invoicing.Document, postings []invoicing.Posting) {
	names := make([]string, len(postings))
	o.buf = append(o.buf, '\n')
	for i := range postings {
		names[i] = hledgerAccount(postings[i].Account, d.Account)
		if !o.accounts[names[i]] {
			o.accounts[names[i]] = true
			o.buf = append(o.buf, "account "+names[i]+"\n"...)
		}
		if c := either(postings[i].Debit, postings[i].Credit).Currency(); !o.commodities[c] {
			o.commodities[c] = true
			o.buf = append(o.buf, "commodity "+hledgerCommodity(c)+"\n"...)
		}
	}
	o.buf = append(d.IssueDate.Append(o.buf), " ("+hledgerNumber(d.Number)+") "+d.Type.String()+"\n"...)
	for i := range postings {
		e := &postings[i]
		amount := e.Debit
		if !amount.IsSet() {
			amount = e.Credit.Neg()
		}
		o.buf = append(o.buf, "    "+names[i]+"  "+amount.String()+"\n"...)
	}
}

func (o *hledgerPart) standing(*Standing)         {}
func (o *hledgerPart) refusal(*invoicing.Fault)   {}
func (o *hledgerPart) reconciled(*reconcile.Line) {}
func (o *hledgerPart) close()                     { o.press.hand(o.file, o.buf) }

// hledgerCommodity declares a currency with its minor digits: a sample amount,
// whose decimal mark must stand even where no digit follows.
func hledgerCommodity(c money.Currency) string {
	return "1000." + strings.Repeat("0", c.Digits()) + " " + c.String()
}

// hledgerAccount writes an account of the books, which ends in the billing
// account's id, so that hledger reads it as one name: what of the id is not a
// letter, a digit or harmless is %XX of its bytes, which can be undone.
func hledgerAccount(account, id string) string {
	const hex = "0123456789ABCDEF"
	b := []byte(account + ":")
	for i := 0; i < len(id); {
		r, size := utf8.DecodeRuneInString(id[i:])
		if r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_./@", r)) {
			b = append(b, id[i:i+size]...)
		} else {
			for _, c := range []byte(id[i : i+size]) {
				b = append(b, '%', hex[c>>4], hex[c&15])
			}
		}
		i += size
	}
	return string(b)
}

// hledgerNumber writes a document's number in one line, without what would end it.
func hledgerNumber(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '(' || r == ')':
			return '_'
		case unicode.IsControl(r) || r == utf8.RuneError:
			return ' '
		}
		return r
	}, s)
}
