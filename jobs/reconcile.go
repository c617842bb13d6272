package jobs

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"strconv"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/invoicing/reconcile"
	"prorata/jobs/ledger"
)

// reconciled is what is kept of a night's reconciliation beside its evidence.
type reconciled struct {
	Matched  int            `json:"matched"`  // matches of the night
	Resolved int            `json:"resolved"` // breaks that it explained
	Opened   map[string]int `json:"opened"`   // breaks of the night, by class: new, or of another class than before
	Open     map[string]int `json:"open"`     // breaks that are open after it, by class
	Support  int            `json:"support"`  // support requests that are open after it and wait for a credit (OUT-9)
	// Sums are the proof of REC-3, by currency, since the ledger began.
	Sums map[string]*reconciledSums `json:"sums"`

	tally reconcile.Tally // of the night
}

type reconciledSums struct {
	Expected reconcile.Side `json:"expected"`
	Vendor   reconcile.Side `json:"vendor"`
}

// owed are the credits that a settlement makes the biller expect (REC).
func owed(s *invoicing.Settlement, book *invoicing.Book, chain policy.Chain) []ledger.Owed {
	var out []ledger.Owed
	var rows map[string][]invoicing.Purchase // with newProducts, made when the first is owed
	var newProducts map[string]string
	for i := range s.Decisions {
		d := &s.Decisions[i]
		if d.Outcome != invoicing.Approved || slices.ContainsFunc(s.Reversed, func(r invoicing.Reversal) bool { return r.Request == d.Request.ID }) {
			continue
		}
		e, ok := reconcile.ExpectedOf(d, chain.On(d.Request.Date).ByType[d.Type])
		if !ok {
			continue
		}
		if rows == nil {
			rows, newProducts = book.RowsOf(), reconcile.NewProducts(s)
			out = make([]ledger.Owed, 0, len(s.Decisions)-i)
		}
		e.Facts.Complete(d, book.Account(d.Account), rows[d.Request.Order])
		e.Support = reconcile.SupportOf(d, newProducts)
		out = append(out, ledger.Owed{Type: d.Type, Expected: e})
	}
	return out
}

// batchSize is how many orders a goroutine takes at once: an order takes
// microseconds.
const batchSize = 128

// weighedSize is how many bytes are mostly kept of an order.
const weighedSize = 640

// reconcileAll reconciles the orders that have news, in parallel, and puts what
// became of them into the ledger in the order of their ids.
func reconcileAll(ctx context.Context, l *ledger.Ledger, work *ledger.Work, chain policy.Chain, run ledger.Run, before *reconciled) (*reconciled, error) {
	todo, err := work.Reconciling()
	if err != nil {
		return nil, err
	}
	params := paramsOf(chain, run.AsOf, work)
	sums := make([]reconciled, runtime.GOMAXPROCS(0))
	next := func() ([]ledger.News, error) { return todo.Next(batchSize) }
	err = inOrder(ctx, len(sums), next, func(_ context.Context, worker int, news []ledger.News) ([]ledger.Weighed, error) {
		return sums[worker].weigh(news, params, run.AsOf)
	}, func(orders []ledger.Weighed) error {
		for i := range orders {
			if err := todo.Put(&orders[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &sums[0]
	for i := range sums[1:] {
		out.merge(&sums[i+1])
	}
	if params.rates.err != nil {
		return nil, params.rates.err // a cause sought without rates is not to be trusted
	}
	return out, out.carry(l, run.N, before)
}

// weigh reconciles some orders.
func (r *reconciled) weigh(news []ledger.News, params *reconcileParams, asOf money.Date) ([]ledger.Weighed, error) {
	out := make([]ledger.Weighed, len(news))
	buf := make([]byte, 0, len(news)*weighedSize)
	for i := range news {
		st, t, expected, credits, err := news[i].Read()
		if err != nil {
			return nil, err
		}
		left, ended, lost := reconcile.Withdraw(st, news[i].Reversed(), asOf)
		night, err := reconcile.Reconcile(left, expected, credits, params.of(t), asOf)
		if err != nil {
			return nil, err
		}
		night.Ended = append(ended, night.Ended...)
		night.Tally.Merge(lost)
		r.add(&st, &night)
		out[i], buf = news[i].Weigh(buf, &night, t, asOf)
	}
	return out, nil
}

// add counts what a night says of an order.
func (r *reconciled) add(before *reconcile.State, night *reconcile.Night) {
	r.tally.Merge(night.Tally)
	r.Matched += len(night.Matches)
	r.Resolved += len(night.Ended)
	for i := range before.Breaks {
		r.open(&before.Breaks[i], -1)
	}
	for i := range night.Next.Breaks {
		b := &night.Next.Breaks[i]
		r.open(b, 1)
		if !slices.ContainsFunc(before.Breaks, func(was reconcile.Break) bool { return was.ID == b.ID && was.Class == b.Class }) {
			count(&r.Opened, b.Class.String(), 1)
		}
	}
}

// open counts an open break in or, with a sign below zero, out.
func (r *reconciled) open(b *reconcile.Break, sign int) {
	count(&r.Open, b.Class.String(), sign)
	for i := range b.Expected {
		if b.Expected[i].Support != nil {
			r.Support += sign
		}
	}
}

func (r *reconciled) merge(o *reconciled) {
	r.tally.Merge(o.tally)
	r.Matched += o.Matched
	r.Resolved += o.Resolved
	r.Support += o.Support
	countAll(&r.Opened, o.Opened)
	countAll(&r.Open, o.Open)
}

// carry adds what the runs before have left, less what persons have accepted since.
func (r *reconciled) carry(l *ledger.Ledger, run int, before *reconciled) error {
	if before != nil {
		countAll(&r.Open, before.Open)
		r.Sums = before.Sums
		r.Support += before.Support
	}
	accepted, err := l.Acceptances(run - 1)
	if err != nil {
		return err
	}
	for i := range accepted {
		if b := &accepted[i].Break; b.Status == reconcile.Accepted {
			r.open(b, -1)
		}
	}
	maps.DeleteFunc(r.Open, func(_ string, n int) bool { return n == 0 })
	for i := range r.tally {
		t := &r.tally[i]
		if r.Sums == nil {
			r.Sums = map[string]*reconciledSums{}
		}
		s := r.Sums[t.Currency.String()]
		if s == nil {
			s = &reconciledSums{}
			r.Sums[t.Currency.String()] = s
		}
		both := reconcile.Tally{{Currency: t.Currency, Expected: s.Expected, Vendor: s.Vendor}}
		both.Merge(reconcile.Tally{*t})
		s.Expected, s.Vendor = both[0].Expected, both[0].Vendor
	}
	return nil
}

// proof is line (f) of the proof (OUT-8): for each currency by sum and by count (REC-3).
func (r *reconciled) proof() []proofLine {
	if r == nil {
		return nil
	}
	var lines []proofLine
	for _, code := range slices.Sorted(maps.Keys(r.Sums)) {
		c := money.MustCurrency(code)
		for _, side := range [...]struct {
			what string
			*reconcile.Side
		}{{"expected credits", &r.Sums[code].Expected}, {"vendor credits", &r.Sums[code].Vendor}} {
			all, classes, holds := side.All, side.Classes(), side.Holds()
			lines = append(lines,
				proofLine{Line: "f", Currency: code, Says: side.what + " = the sum over their classes", Left: all.Number(c), Right: classes.Number(c), Holds: holds},
				proofLine{Line: "f", Currency: code, Counted: true, Says: side.what + ", counted = the count over their classes",
					Left: strconv.FormatInt(all.Count, 10), Right: strconv.FormatInt(classes.Count, 10), Holds: holds})
		}
	}
	return lines
}

// reconcileParams are the parameters of REC by billing type, of the policy in
// force on the night.
type reconcileParams struct {
	byType map[policy.BillingType]reconcile.Params
	rates  *ratesOnDemand
}

func paramsOf(chain policy.Chain, asOf money.Date, work *ledger.Work) *reconcileParams {
	x := &reconcileParams{byType: map[policy.BillingType]reconcile.Params{}, rates: &ratesOnDemand{work: work}}
	for t, p := range chain.On(asOf).ByType {
		x.byType[t] = reconcile.Params{Tolerance: p.Tolerance, MatchDays: p.MatchDays, Rate: x.rates.on}
	}
	return x
}

// of is the parameters of a billing type. Of an order without a request the type
// is not known; nothing is matched there, so any will do.
func (x *reconcileParams) of(t policy.BillingType) reconcile.Params {
	if p, ok := x.byType[t]; ok {
		return p
	}
	return x.byType[policy.EA]
}
