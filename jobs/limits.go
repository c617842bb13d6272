package jobs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs/ledger"
)

// AccountStand is where an account stands against its refund limit.
type AccountStand struct {
	Account    string
	Name       string
	Type       policy.BillingType
	WindowDays int
	invoicing.LimitStand
}

// Limits tells where accounts stand on a date: those that are named, or, where
// none is, those of which something counts on it. An empty chain stands for the
// policies of the last run. An account that the ledger does not know is an error.
func Limits(path string, chain policy.Chain, on money.Date, accounts []string) ([]AccountStand, error) {
	l, last, err := openSettled(path)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	if chain, err = orLast(chain, last); err != nil {
		return nil, err
	}
	if accounts, err = namedAccounts(l, accounts); err != nil {
		return nil, err
	}
	var all []AccountStand
	for k, err := range l.Accounts() {
		if err != nil {
			return nil, err
		}
		named := slices.Contains(accounts, k.ID)
		if !named && (len(accounts) > 0 || len(k.State.Uses) == 0) {
			continue
		}
		if s := standOf(&k.Account, k.State.Uses, chain, on); named || !s.Used.IsZero() {
			all = append(all, s)
		}
	}
	return all, nil
}

// standOf is where an account with some uses stands on a date.
func standOf(a *invoicing.Account, uses []invoicing.LimitUse, chain policy.Chain, on money.Date) AccountStand {
	counted := invoicing.AccountUses{Account: a.ID, Type: a.Type, Uses: uses}
	limit := counted.Limit(chain, on)
	return AccountStand{a.ID, a.Name, a.Type, limit.WindowDays, limit.On(on)}
}

// orLast is a chain of policies; an empty one stands for that of the last run.
func orLast(chain policy.Chain, last ledger.Run) (policy.Chain, error) {
	if len(chain) > 0 {
		return chain, nil
	}
	chain, _, err := termsOf(last)
	return chain, err
}

// openSettled opens a ledger for reading, with its last settled run.
func openSettled(path string) (*ledger.Ledger, ledger.Run, error) {
	l, err := ledger.OpenReader(path)
	if err != nil {
		return nil, ledger.Run{}, err
	}
	runs, err := l.Runs()
	if err == nil {
		runs = slices.DeleteFunc(runs, func(r ledger.Run) bool { return r.State == ledger.Imported })
		if len(runs) > 0 {
			return l, runs[len(runs)-1], nil
		}
		err = errors.New("the ledger has settled no run yet: prorata run is the first")
	}
	return nil, ledger.Run{}, errors.Join(err, l.Close())
}

// namedAccounts are the ids of the accounts that a person names, each by its id or by a
// part of its name that no other account's has, in capitals or not.
func namedAccounts(l *ledger.Ledger, named []string) ([]string, error) {
	if len(named) == 0 {
		return nil, nil
	}
	ids, like := identifiers(named), make([][]invoicing.Account, len(named))
	known := map[string]bool{}
	for k, err := range l.Accounts() {
		if err != nil {
			return nil, err
		}
		known[k.ID] = true
		for i := range named {
			if strings.Contains(strings.ToLower(k.Name), strings.ToLower(named[i])) {
				like[i] = append(like[i], k.Account)
			}
		}
	}
	for i, id := range ids {
		switch {
		case known[id]:
		case len(like[i]) == 1:
			ids[i] = like[i][0].ID
		case len(like[i]) > 1:
			return nil, severalAccounts(named[i], like[i])
		default:
			return nil, fmt.Errorf("no account is called %s; %w", named[i], errNoAccount)
		}
	}
	return ids, nil
}

// severalAccounts says that a part of a name is that of more than one account.
func severalAccounts(named string, all []invoicing.Account) error {
	var some []string
	for i := range all[:min(len(all), 5)] {
		some = append(some, all[i].ID+" "+all[i].Name)
	}
	return fmt.Errorf("%q is in the names of %d accounts, as %s: name one by its id", named, len(all), strings.Join(some, ", "))
}

// errNoAccount is of an account that is named and that there is not.
var errNoAccount = errors.New("the sheet Accounts lists them")
