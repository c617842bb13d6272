package invoicing

import (
	"fmt"
	"slices"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// Quote decides requests that nobody has made yet, as Settle would, over what a
// book knows but without the requests that it has. What it returns is to be
// shown, never kept.
func Quote(b *Book, m *Market, policies policy.Chain, asOf money.Date, requests ...Request) (*Settlement, error) {
	asked := *b
	asked.Requests = requests
	return Settle(&asked, m, policies, asOf)
}

// Wait is what a request would give if it were made on a later day, one on which
// something changes.
type Wait struct {
	On       money.Date
	Why      []string // what changes on the day, for people
	Decision Decision // on the first of the requests
}

// Waits asks what waiting would change: for each later day of the term on which
// grace ends, the fee begins, some of the limit is free again, an instalment falls
// due, a commitment term ends or another policy is in force, and for the last day
// of the term, what the requests would give then. The first of them is a return of
// a known order.
func Waits(b *Book, m *Market, policies policy.Chain, asOf money.Date, requests ...Request) ([]Wait, error) {
	w := waits{book: b, policies: policies, request: &requests[0]}
	if err := w.days(m, asOf, requests); err != nil {
		return nil, err
	}
	for i := range w.all {
		on := w.all[i].On
		later := slices.Clone(requests)
		for j := range later {
			later[j].Date = on
		}
		s, err := Quote(b, m, policies, max(asOf, on), later...)
		if err != nil {
			return nil, err
		}
		w.all[i].Decision = s.Decisions[0]
	}
	return w.all, nil
}

// waits gathers the days that make a difference.
type waits struct {
	book     *Book
	policies policy.Chain
	request  *Request
	order    *Order
	all      []Wait // by day
}

// add notes a day after that of the request and within the term; another is none.
func (w *waits) add(on money.Date, why string, args ...any) {
	if on <= w.request.Date || on >= w.order.End {
		return
	}
	at, ok := slices.BinarySearchFunc(w.all, on, func(x Wait, on money.Date) int { return int(x.On - on) })
	if !ok {
		w.all = slices.Insert(w.all, at, Wait{On: on})
	}
	w.all[at].Why = append(w.all[at].Why, fmt.Sprintf(why, args...))
}

// maxReleases is how many days on which some of the limit is free again are told.
const maxReleases = 5

func (w *waits) days(m *Market, asOf money.Date, requests []Request) error {
	on := w.request.Date
	orders := w.book.Orders()
	at := slices.IndexFunc(orders, func(o Order) bool { return o.ID == w.request.Order })
	if at < 0 {
		return nil
	}
	w.order = &orders[at]
	for _, link := range w.policies[1:] {
		w.add(link.From, "the policy %s is in force", link.Policy.ID)
	}
	if w.order.Plan == Monthly && on >= w.order.Start {
		i := w.order.cycle(on) + 1
		w.add(w.order.Start.AddMonths(i), "instalment %d of %d falls due", i+1, w.order.Term)
	}
	w.add(w.order.End-1, "the last day of the term")
	a := w.book.Account(w.order.Account)
	if a == nil {
		return nil
	}
	for _, t := range a.Terms {
		w.add(t.End+1, "the commitment term of %s has ended", t.Start)
	}
	if w.request.Action != Refund {
		return nil
	}
	return w.refundDays(m, asOf, a, requests)
}

// refundDays are the days on which grace, fee and limit change: exchanges and
// transfers have none of them (PRO-9, FEE-2, LIM-4).
func (w *waits) refundDays(m *Market, asOf money.Date, a *Account, requests []Request) error {
	p := w.policies.On(w.request.Date).ByType[a.Type]
	if p.GraceDays >= 0 && w.request.Used == UsedNo {
		w.add(w.order.Start+money.Date(p.GraceDays)+1, "the grace of %s is over", Counted(p.GraceDays, "day", "days"))
	}
	if !p.FeeRate.IsZero() && p.FeeAfterDays >= 0 {
		w.add(w.order.Start+money.Date(p.FeeAfterDays)+1, "the fee begins")
	}
	for i := range w.book.States {
		if st := &w.book.States[i]; st.Account == a.ID {
			uses := AccountUses{a.ID, a.Type, st.Uses}
			limit := uses.Limit(w.policies, w.request.Date)
			releases := limit.On(w.request.Date).Releases
			for _, r := range releases[:min(len(releases), maxReleases)] {
				w.add(r.On, "%s of the limit are free again", r.USD)
			}
		}
	}
	now, err := Quote(w.book, m, w.policies, max(asOf, w.request.Date), requests...)
	if err != nil {
		return err
	}
	w.add(now.Decisions[0].LimitAvailableOn, "what it measures today fits the limit")
	return nil
}
