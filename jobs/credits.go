package jobs

import (
	"cmp"
	"slices"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// AccountCredit is a credit that an account has in hand, or had.
type AccountCredit struct {
	Name string // of the account
	Type policy.BillingType
	invoicing.Credit
}

// CreditSum is what the credits of one kind and currency come to.
type CreditSum struct {
	Kind                           invoicing.CreditKind
	Amount, Used, Expired, Balance money.Money
	Count                          int
}

// Credits lists the lots and held credits as of the last run: of the accounts
// that are named all that there ever were, or, where none is named, those of
// every account that have a balance. What expires comes first, by its last day.
func Credits(path string, accounts []string) ([]AccountCredit, []CreditSum, error) {
	l, _, err := openSettled(path)
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	if accounts, err = namedAccounts(l, accounts); err != nil {
		return nil, nil, err
	}
	var all []AccountCredit
	for k, err := range l.Accounts() {
		if err != nil {
			return nil, nil, err
		}
		named := slices.Contains(accounts, k.ID)
		for _, c := range k.State.Credits {
			if named || len(accounts) == 0 && !c.Balance().IsZero() {
				all = append(all, AccountCredit{k.Name, k.Type, c})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b AccountCredit) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ExpiresOn, b.ExpiresOn), cmp.Compare(a.GrantedOn, b.GrantedOn),
			cmp.Compare(a.Document.Number, b.Document.Number))
	})
	return all, sumCredits(all), nil
}

// sumCredits adds up by kind and currency, in this order.
func sumCredits(all []AccountCredit) (sums []CreditSum) {
	for i := range all {
		c := &all[i]
		at, ok := slices.BinarySearchFunc(sums, c, func(s CreditSum, c *AccountCredit) int {
			return cmp.Or(cmp.Compare(s.Kind, c.Kind), cmp.Compare(s.Amount.Code(), c.Amount.Code()))
		})
		if !ok {
			zero := money.Zero(c.Amount.Currency())
			sums = slices.Insert(sums, at, CreditSum{Kind: c.Kind, Amount: zero, Used: zero, Expired: zero, Balance: zero})
		}
		s := &sums[at]
		s.Amount, s.Used, s.Expired, s.Balance = s.Amount.Add(c.Amount), s.Used.Add(c.Used), s.Expired.Add(c.Expired), s.Balance.Add(c.Balance())
		s.Count++
	}
	return sums
}
