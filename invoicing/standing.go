package invoicing

import (
	"cmp"
	"slices"
)

// addressed are the accounts that documents are issued to, by id.
func (n *night) addressed() []Account {
	var out []Account
	for i := range n.book.Accounts {
		a := &n.book.Accounts[i]
		if slices.ContainsFunc(n.out.Documents, func(d Document) bool { return d.Account == a.ID }) {
			out = append(out, *a)
		}
	}
	slices.SortFunc(out, func(x, y Account) int { return cmp.Compare(x.ID, y.ID) })
	return out
}

// standing is what the registers of credits and limits show of the accounts.
func (n *night) standing() Standing {
	var s Standing
	changed := map[Ref]bool{}
	for _, d := range n.out.Draws {
		changed[d.Credit] = true
	}
	for _, e := range n.out.Expired {
		changed[e.Credit] = true
	}
	s.Uses = make([]AccountUses, 0, len(n.states))
	for _, st := range n.states {
		s.Credits = slices.Grow(s.Credits, len(st.Credits))
		for i := range st.Credits {
			if c := st.Credits[i]; !c.Balance().IsZero() || changed[c.Document] || c.GrantedOn == n.asOf {
				s.Credits = append(s.Credits, c)
			}
		}
		account := n.accounts[st.Account]
		if account == nil {
			continue
		}
		s.Uses = append(s.Uses, AccountUses{st.Account, account.Type, st.Uses})
	}
	return s
}
