package jobs

import (
	"fmt"
	"slices"

	"prorata/invoicing"
	"prorata/jobs/ledger"
)

// explainReceived tells an invoice that came in, or one line of it; nil where no
// customer's invoice has the number.
func explainReceived(l *ledger.Ledger, number string, line int) (*Explanation, error) {
	accounts, err := l.AccountsInvoiced(number)
	if err != nil {
		return nil, err
	}
	e := &Explanation{Line: line}
	known := false
	for _, a := range accounts {
		book, err := l.Book([]string{a})
		if err != nil {
			return nil, err
		}
		after, err := issuedAgainst(l, a, number)
		if err != nil {
			return nil, err
		}
		received, registered := book.Received(a, number)
		for _, inv := range received {
			known = true
			if line > 0 {
				inv.Lines = slices.DeleteFunc(inv.Lines, func(x invoicing.InvoiceLine) bool { return x.No != line })
			}
			if len(inv.Lines) > 0 {
				e.Received = append(e.Received, ReceivedInvoice{inv, registered, after, book.Standing(a, number)})
			}
		}
	}
	switch {
	case len(e.Received) > 0:
		return e, nil
	case known:
		return nil, fmt.Errorf("invoice %s has no line %d", number, line)
	}
	return nil, nil
}

// issuedAgainst are the documents that name one of an account, or one that replaced
// it in turn, oldest first.
func issuedAgainst(l *ledger.Ledger, account, number string) (all []invoicing.Document, err error) {
	chain := []string{number}
	named := func(r invoicing.Ref) bool { return slices.Contains(chain, r.Number) }
	for s, err := range l.SettlementsNaming(account) {
		if err != nil {
			return nil, err
		}
		for _, d := range s.Documents {
			if d.Account != account || !slices.ContainsFunc(slices.Concat(d.Cancels, d.Replaces, d.Revises, d.Credits), named) {
				continue
			}
			all = append(all, d)
			if slices.ContainsFunc(d.Replaces, named) {
				chain = append(chain, d.Number)
			}
		}
	}
	return all, nil
}
