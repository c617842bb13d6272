package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs"
)

// compare is the verb that decides the same requests by two policies (POL-5).
func compare(ctx context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("compare", flag.ContinueOnError)
	said := c.settings(f, "ledger", "locale")
	var names []string
	f.Func("policy", "a `policy` by its id or file; say it twice: what the second would change", func(v string) error {
		names = append(names, v)
		return nil
	})
	inbox := f.String("inbox", "", "compare the requests of the inbox in this `folder`, as on an empty ledger, in place of all of the ledger's")
	asOf := f.String("as-of", "", "the `date` of the inbox's night, as 2026-11-22; default today, in the configured zone")
	asJSON := f.Bool("json", false, "print it as JSON")
	cfg, err := said.alone(f, args)
	if err != nil {
		return err
	}
	work := jobs.Compare{Ledger: cfg.path("ledger"), Inbox: *inbox, Senders: cfg.readings(), Progress: c.progress, Log: c.log}
	if work.AsOf, err = c.dateOr(*asOf, "--as-of", cfg); err != nil {
		return err
	}
	if *asOf != "" && *inbox == "" {
		return usageError{"--as-of is the night of an --inbox; the requests of a ledger have nights of their own"}
	}
	if len(names) != 2 {
		return usageError{"say --policy twice: the one to compare, and the one to compare it with"}
	}
	var titles [2]string
	for i, chain := range []*policy.Chain{&work.A, &work.B} {
		p, err := policyCalled(names[i], nil)
		if err != nil {
			return err
		}
		*chain, titles[i] = policy.Chain{{Policy: p}}, p.ID
	}
	headroom.Store(compareHeadroom)
	found, err := work.Do(ctx)
	switch {
	case err != nil:
		return err
	case *asJSON:
		return writeJSON(c, comparedForPrograms(found, titles))
	}
	return writeComparison(c.stdout, found, titles)
}

// compareHeadroom is how many bytes the heap of a comparison may grow between two collections.
const compareHeadroom = 192 << 20

// maxShown is how many of the lines that differ are told on a terminal.
const maxShown = 20

func writeComparison(w io.Writer, x *jobs.Comparison, titles [2]string) error {
	fmt.Fprintf(w, "%s decided by %s and by %s: %s the same, %s\n", invoicing.Counted(x.Requests, "request line", "request lines"), titles[0], titles[1],
		strconv.Itoa(x.Same), invoicing.Counted(len(x.Changes), "differs", "differ"))
	t := columns{left: 2}
	t.row(titles[0], titles[1], "lines")
	for _, o := range x.Outcomes {
		t.row(o.A.String(), o.B.String(), strconv.Itoa(o.Lines))
	}
	if err := section(w, t); err != nil || len(x.Changes) == 0 {
		return err
	}
	t = columns{left: 2}
	t.row("approved, by account", "", "differ", "refund", titles[1], "more", "fee", titles[1], "more", "limit USD", titles[1], "more")
	for i := range x.Accounts {
		accountRow(&t, &x.Accounts[i], x.Accounts[i].Account)
	}
	for i := range x.Sums {
		accountRow(&t, &x.Sums[i], "in sum")
	}
	if err := section(w, t); err != nil {
		return err
	}
	t = columns{left: 5}
	t.row("request", "on", "account", titles[0], titles[1], "refund", titles[1], "fee", titles[1], "")
	for i := range x.Changes[:min(len(x.Changes), maxShown)] {
		r := &x.Changes[i]
		t.row(r.Request, r.Date.String(), r.Account, verdictSays(&r.A), verdictSays(&r.B), r.A.Refund.Number(), r.B.Refund.Number(), r.A.Fee.Number(),
			r.B.Fee.Number(), r.A.Refund.Code())
	}
	if err := section(w, t); err != nil {
		return err
	}
	if more := len(x.Changes) - maxShown; more > 0 {
		_, err := fmt.Fprintf(w, "and %d more; --json has all of them\n", more)
		return err
	}
	return nil
}

func accountRow(t *columns, a *jobs.AccountChange, name string) {
	t.row(name, a.Currency.String(), strconv.Itoa(a.Lines), a.RefundA.Number(), a.RefundB.Number(), a.RefundB.Sub(a.RefundA).Number(),
		a.FeeA.Number(), a.FeeB.Number(), a.FeeB.Sub(a.FeeA).Number(), a.USDA.Number(), a.USDB.Number(), a.USDB.Sub(a.USDA).Number())
}

func verdictSays(v *jobs.RequestVerdict) string {
	return strings.TrimSuffix(v.Outcome.String()+": "+strings.Join(reasonNames(v.Reasons), ", "), ": ")
}

type comparedJSON struct {
	A        string            `json:"a"`
	B        string            `json:"b"`
	Requests int               `json:"request_lines"`
	Same     int               `json:"same"`
	Outcomes []outcomeJSON     `json:"outcomes"`
	Accounts []changedJSON     `json:"accounts"`
	Sums     []changedJSON     `json:"sums"`
	Changes  []lineChangedJSON `json:"changes"`
}

type outcomeJSON struct {
	A     string `json:"a"`
	B     string `json:"b"`
	Lines int    `json:"lines"`
}

type changedJSON struct {
	Account string      `json:"account,omitempty"`
	Lines   int         `json:"lines"`
	RefundA money.Money `json:"refund_a"`
	RefundB money.Money `json:"refund_b"`
	FeeA    money.Money `json:"fee_a"`
	FeeB    money.Money `json:"fee_b"`
	USDA    money.Money `json:"limit_usd_a"`
	USDB    money.Money `json:"limit_usd_b"`
}

type lineChangedJSON struct {
	Request string     `json:"request"`
	Order   string     `json:"order"`
	Account string     `json:"account"`
	On      string     `json:"on"`
	Action  string     `json:"action"`
	A       sayingJSON `json:"a"`
	B       sayingJSON `json:"b"`
}

type sayingJSON struct {
	Outcome string      `json:"outcome"`
	Reasons []string    `json:"reasons"`
	Fee     money.Money `json:"fee"`
	Refund  money.Money `json:"refund"`
	USD     money.Money `json:"limit_usd"`
}

func comparedForPrograms(x *jobs.Comparison, titles [2]string) comparedJSON {
	out := comparedJSON{A: titles[0], B: titles[1], Requests: x.Requests, Same: x.Same, Outcomes: []outcomeJSON{}, Changes: []lineChangedJSON{}}
	for _, o := range x.Outcomes {
		out.Outcomes = append(out.Outcomes, outcomeJSON{o.A.String(), o.B.String(), o.Lines})
	}
	changed := func(all []jobs.AccountChange) []changedJSON {
		list := []changedJSON{}
		for _, a := range all {
			list = append(list, changedJSON{a.Account, a.Lines, a.RefundA, a.RefundB, a.FeeA, a.FeeB, a.USDA, a.USDB})
		}
		return list
	}
	out.Accounts, out.Sums = changed(x.Accounts), changed(x.Sums)
	says := func(v *jobs.RequestVerdict) sayingJSON {
		return sayingJSON{v.Outcome.String(), reasonNames(v.Reasons), v.Fee, v.Refund, v.LimitUSD}
	}
	for i := range x.Changes {
		r := &x.Changes[i]
		out.Changes = append(out.Changes, lineChangedJSON{r.Request, r.Order, r.Account, r.Date.String(), r.Action.String(), says(&r.A), says(&r.B)})
	}
	return out
}
