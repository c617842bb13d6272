package jobs

import (
	"fmt"
	"slices"

	"prorata/invoicing"
	"prorata/jobs/ledger"
)

// explainReceived tells an invoice that came in, or one line of it.
func explainReceived(l *ledger.Ledger, number string, line int) (*Explanation, error) {
	accounts, err := l.AccountsInvoiced(number)
	if err != nil {
		return nil, err
	}
	e := &Explanation{Line: line}
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
			if line > 0 {
				inv.Lines = slices.DeleteFunc(inv.Lines, func(x invoicing.InvoiceLine) bool { return x.No != line })
			}
			if len(inv.Lines) > 0 {
				e.Received = append(e.Received, ReceivedInvoice{inv, registered, after, book.Standing(a, number)})
			}
		}
	}
	day, err := l.Awaits(number)
	switch {
	case err != nil:
		return nil, err
	case len(accounts) == 0 && !day.IsZero():
		return nil, fmt.Errorf("request %s is not decided yet: it is dated %s and waits for that night; a Withdraw takes it back", number, day)
	case len(accounts) == 0:
		return nil, fmt.Errorf("no request and no document is called %q; decisions.csv and documents.csv list them; no invoice of that number came in; prorata show tells orders and accounts, prorata reconcile show breaks", number)
	case len(e.Received) == 0:
		return nil, fmt.Errorf("invoice %s has no line %d", number, line)
	}
	return e, e.findInputs(l)
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
