package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
	"prorata/jobs"
)

// reconcileVerb tells of the breaks between what was expected and what the vendor
// credited, settles one, and writes what is claimed.
func reconcileVerb(ctx context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("reconcile", flag.ContinueOnError)
	said := c.settings(f, "ledger")
	filter := breakFlags(f)
	reason := f.String("reason", "", "accept: the `reason` why the break is settled as it stands")
	by := f.String("by", "", "accept: the `name` of who says so")
	file := f.String("file", "", "claim: write it as `FILE.xlsx`, and its text beside it")
	asJSON := f.Bool("json", false, "print it as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	cfg, err := said.resolve()
	if err != nil {
		return err
	}
	narrow, err := filter()
	if err != nil {
		return err
	}
	path := cfg.path("ledger")
	switch {
	case len(rest) == 1 && rest[0] == "list":
		return listBreaks(c, path, narrow, *asJSON)
	case len(rest) == 2 && rest[0] == "show":
		return showBreak(c, path, rest[1], *asJSON)
	case len(rest) == 2 && rest[0] == "accept":
		a := reconcile.Acceptance{By: *by, Reason: *reason, On: c.today(cfg.zone("zone"))}
		return acceptBreak(ctx, c, path, rest[1], a, int64(cfg.number("reconcile.second_person_above")), *asJSON)
	case len(rest) == 1 && rest[0] == "causes":
		return listCauses(c, path, narrow, *asJSON)
	case len(rest) >= 1 && rest[0] == "claim":
		return writeClaims(c, path, rest[1:], narrow, *file, *asJSON)
	}
	return usageError{"say reconcile list, show ID, accept ID --reason TEXT --by NAME, causes, or claim [ID...]"}
}

// breakFlags are the flags that narrow a list of breaks; what they come to is
// known once they are parsed.
func breakFlags(f *flag.FlagSet) func() (jobs.BreakFilter, error) {
	class := f.String("class", "", "list, causes, claim: breaks of these `CLASSES` alone: AmountDifference,MissingAtVendor")
	status := f.String("status", "", "list, causes: breaks of this `status` alone: open, resolved, accepted or all; default open for list, open and accepted for causes")
	account := f.String("account", "", "list, causes, claim: of this `ID` alone")
	order := f.String("order", "", "list, causes, claim: of this `ID` alone")
	older := f.Int("older", 0, "list, causes, claim: so many days old, or older")
	above := f.Int("above", 0, "list, causes, claim: where so many units of its currency are at stake, or more")
	return func() (n jobs.BreakFilter, err error) {
		n = jobs.BreakFilter{OlderThan: *older, Above: int64(*above)}
		for _, x := range []struct {
			said string
			to   *[]string
		}{{*account, &n.Accounts}, {*order, &n.Orders}} {
			if x.said != "" {
				*x.to = strings.Split(x.said, ",")
			}
		}
		if *class != "" {
			for _, name := range strings.Split(*class, ",") {
				c, ok := reconcile.ParseClass(strings.TrimSpace(name))
				if !ok {
					return n, usageError{fmt.Sprintf("--class: %q is none of %s", name, strings.Join(texts(reconcile.Classes[1:]), ", "))} // a match is no break
				}
				n.Classes = append(n.Classes, c)
			}
		}
		n.Statuses, err = statusesOf(*status)
		return n, err
	}
}

func statusesOf(said string) ([]reconcile.Status, error) {
	switch strings.ToLower(said) {
	case "":
		return nil, nil
	case "open":
		return []reconcile.Status{reconcile.Open}, nil
	case "resolved":
		return []reconcile.Status{reconcile.Resolved}, nil
	case "accepted":
		return []reconcile.Status{reconcile.Accepted}, nil
	case "all":
		return []reconcile.Status{reconcile.Open, reconcile.Resolved, reconcile.Accepted}, nil
	}
	return nil, usageError{"--status is open, resolved, accepted or all"}
}

// breakJSON is a row of reconciliation.csv for programs.
type breakJSON struct {
	ID         string   `json:"id"`
	Class      string   `json:"class"`
	Status     string   `json:"status"`
	Account    string   `json:"account"`
	Order      string   `json:"order"`
	Currency   string   `json:"currency"`
	Expected   string   `json:"expected"`
	Credited   string   `json:"credited"`
	Difference string   `json:"difference"`
	ExpectedOn string   `json:"expected_on"`
	CreditedOn string   `json:"credited_on"`
	AgeDays    int      `json:"age_days"`
	Cause      string   `json:"cause"`
	Requests   []string `json:"requests"`
	VendorRows []string `json:"vendor_rows"`
}

func breakForPrograms(l *reconcile.Line) breakJSON {
	return breakJSON{l.ID, l.Class.String(), l.Status.String(), l.Account, l.Order, l.Currency.String(), l.Expected.Number(), l.Credited.Number(),
		l.Difference.Number(), l.ExpectedOn.String(), l.CreditedOn.String(), l.AgeDays, l.Cause, append([]string{}, l.Requests...), texts(l.VendorRows)}
}

func listBreaks(c *console, path string, filter jobs.BreakFilter, asJSON bool) error {
	all, asOf, err := jobs.Breaks(path, filter)
	if err != nil {
		return err
	}
	out, t := []breakJSON{}, columns{left: 6}
	t.row("break", "class", "status", "account", "order", "cause", "expected", "credited", "difference", "", "age")
	var sums []breakSum
	for i := range all {
		for _, l := range all[i].Lines(asOf) {
			j := breakForPrograms(&l)
			out, sums = append(out, j), addBreak(sums, &l)
			t.row(j.ID, j.Class, breakStatus(&all[i]), j.Account, j.Order, joined("; ", j.Cause, all[i].EndedBy()), j.Expected, j.Credited, j.Difference, j.Currency, strconv.Itoa(j.AgeDays))
		}
	}
	switch {
	case asJSON:
		return writeJSON(c, out)
	case len(all) == 0 && len(filter.Statuses) == 0:
		_, err := fmt.Fprintln(c.stdout, "no such break is open")
		return err
	case len(all) == 0:
		_, err := fmt.Fprintln(c.stdout, "there is no such break")
		return err
	}
	for _, s := range sums {
		t.row(invoicing.Counted(s.count, "break", "breaks"), s.class.String(), "", "", "", "", s.expected.Number(), s.credited.Number(), s.difference.Number(), s.difference.Currency().String())
	}
	return t.write(c.stdout)
}

// breakSum is what the breaks of one class come to in one currency.
type breakSum struct {
	class                          reconcile.Class
	count                          int
	expected, credited, difference money.Sum
}

func addBreak(sums []breakSum, l *reconcile.Line) []breakSum {
	at, ok := slices.BinarySearchFunc(sums, l, func(s breakSum, l *reconcile.Line) int {
		return cmp.Or(cmp.Compare(s.class, l.Class), strings.Compare(s.difference.Currency().String(), l.Currency.String()))
	})
	if !ok {
		zero := money.NewSum(l.Currency)
		sums = slices.Insert(sums, at, breakSum{l.Class, 0, zero, zero, zero})
	}
	s := &sums[at]
	s.count++
	s.expected.Add(l.Expected)
	s.credited.Add(l.Credited)
	s.difference.Add(l.Difference)
	return sums
}

// joined joins the texts that are not empty.
func joined(by string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(t string) bool { return t == "" }), by)
}

// breakStatus is the status of a break, and whose word on it waits for that of a
// second person.
func breakStatus(b *reconcile.Break) string {
	if b.Status == reconcile.Open && len(b.Acceptances) > 0 {
		return "Open, accepted by " + b.Acceptances[0].By
	}
	return b.Status.String()
}

func acceptBreak(ctx context.Context, c *console, path, id string, a reconcile.Acceptance, above int64, asJSON bool) error {
	if strings.TrimSpace(a.By) == "" || strings.TrimSpace(a.Reason) == "" {
		return usageError{"an acceptance needs --reason and --by"}
	}
	if isText(a.By) != "" || isText(a.Reason) != "" {
		return usageError{"--reason and --by are texts of one line, at most " + strconv.Itoa(maxText) + " bytes"}
	}
	b, err := jobs.AcceptBreak(ctx, path, id, a, above)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(c, map[string]string{"id": b.ID, "status": b.Status.String()})
	}
	if b.Status == reconcile.Open {
		_, err = fmt.Fprintf(c.stdout, "%s: %s are at stake: a second person has to accept it too\n", b.ID, b.Exposure())
		return err
	}
	_, err = fmt.Fprintf(c.stdout, "%s is accepted; the next night shows it\n", b.ID)
	return err
}
