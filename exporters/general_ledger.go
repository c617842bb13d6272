package exporters

import "strings"

// generalLedger is general-ledger.csv: the journal for a ledger program, with the
// account numbers of the seller's chart of accounts and one voucher for each
// document. Debits and credits of a voucher add up to the same. An account that
// the configuration maps to no number has none here, and its name in the books; the
// night says so.
var generalLedger = &register{
	columns: columns{
		"Voucher", "Date", "AccountNumber", "AccountName", "Debit", "Credit", "Currency", "BillingAccountId", "Text",
	},
	settlement: func(p *press, c *cells, s *settled) {
		for i, postings := range s.postings {
			d, numbered := &s.Documents[i], true
			for j := range postings {
				e := &postings[j]
				n := p.accountNumber(e.Account)
				numbered = numbered && n.Number != ""
				c.text(d.Number)
				c.date(d.IssueDate)
				c.text(n.Number)
				c.text(n.Name)
				c.amount(e.Debit)
				c.amount(e.Credit)
				c.name(either(e.Debit, e.Credit).Code())
				c.text(d.Account)
				c.name(d.Type.String())
				c.end()
			}
			if !numbered {
				p.warned(d, ledgerNumber)
			}
		}
	},
}

// openGeneralLedger opens general-ledger.csv where accounts have numbers.
func openGeneralLedger(p *press, name string) (part, error) {
	if len(p.night.Seller.AccountNumbers) == 0 {
		return nil, nil
	}
	return generalLedger.open(p, name)
}

// accountNumber finds the number of an account: of itself, else of the nearest
// account above it.
func (p *press) accountNumber(account string) AccountNumber {
	best := AccountNumber{Name: account}
	for _, a := range p.night.Seller.AccountNumbers {
		if (account == a.Account || strings.HasPrefix(account, a.Account+":")) && len(a.Account) > len(best.Account) {
			best = a
		}
	}
	if best.Name == "" {
		best.Name = best.Account
	}
	return best
}
