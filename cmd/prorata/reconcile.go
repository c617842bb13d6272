package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"strings"

	"prorata/invoicing/money"
	"prorata/invoicing/reconcile"
	"prorata/jobs"
)

// reconcileVerb tells of the breaks between what was expected and what the vendor
// credited, settles one, and writes what is claimed.
func reconcileVerb(ctx context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("reconcile", flag.ContinueOnError)
	said := c.settings(f, "ledger")
	reason := f.String("reason", "", "accept: why the break is settled as it stands")
	by := f.String("by", "", "accept: who says so")
	asJSON := f.Bool("json", false, "print it as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	cfg, err := said.resolve()
	if err != nil {
		return err
	}
	path := cfg.path("ledger")
	switch {
	case len(rest) == 1 && rest[0] == "list":
		return listBreaks(c, path, *asJSON)
	case len(rest) == 2 && rest[0] == "show":
		return showBreak(c, path, rest[1], *asJSON)
	case len(rest) == 2 && rest[0] == "accept":
		a := reconcile.Acceptance{By: *by, Reason: *reason, On: c.today(cfg.zone("zone"))}
		return acceptBreak(ctx, c, path, rest[1], a, int64(cfg.number("reconcile.second_person_above")), *asJSON)
	case len(rest) == 1 && rest[0] == "causes":
		return listCauses(c, path, *asJSON)
	case len(rest) >= 1 && rest[0] == "claim":
		return writeClaims(c, path, rest[1:], *asJSON)
	}
	return usageError{"say reconcile list, show ID, accept ID --reason TEXT --by NAME, causes, or claim [ID...]"}
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
	j := breakJSON{l.ID, l.Class.String(), l.Status.String(), l.Account, l.Order, l.Currency.String(), l.Expected.Number(), l.Credited.Number(),
		l.Difference.Number(), l.ExpectedOn.String(), l.CreditedOn.String(), l.AgeDays, l.Cause, append([]string{}, l.Requests...), []string{}}
	for _, s := range l.VendorRows {
		j.VendorRows = append(j.VendorRows, s.String())
	}
	return j
}

func listBreaks(c *console, path string, asJSON bool) error {
	all, asOf, err := jobs.Breaks(path)
	if err != nil {
		return err
	}
	out, t := []breakJSON{}, columns{left: 5}
	t.row("break", "class", "account", "order", "cause", "expected", "credited", "difference", "", "age")
	for i := range all {
		for _, l := range all[i].Lines(asOf) {
			j := breakForPrograms(&l)
			out = append(out, j)
			t.row(j.ID, j.Class, j.Account, j.Order, j.Cause, j.Expected, j.Credited, j.Difference, j.Currency, strconv.Itoa(j.AgeDays))
		}
	}
	switch {
	case asJSON:
		return writeJSON(c, out)
	case len(all) == 0:
		_, err := fmt.Fprintln(c.stdout, "no break is open")
		return err
	}
	return t.write(c.stdout)
}

func showBreak(c *console, path, id string, asJSON bool) error {
	b, asOf, err := jobs.FindBreak(path, id)
	if err != nil {
		return err
	}
	if asJSON {
		var out []breakJSON
		for _, l := range b.Lines(asOf) {
			out = append(out, breakForPrograms(&l))
		}
		return writeJSON(c, out)
	}
	return writeBreak(c, &b, asOf)
}

// writeBreak tells a break and its life.
func writeBreak(c *console, b *reconcile.Break, asOf money.Date) error {
	fmt.Fprintf(c.stdout, "%s  %s, %s, %d days old\norder %s of account %s\n\n", b.ID, b.Class, b.Status, b.AgeDays(asOf), b.Order(), b.Account())
	t := columns{left: 4}
	t.row("", "what", "of", "row", "amount", "")
	for i := range b.Expected {
		e := &b.Expected[i]
		t.row("expected", e.Request, e.Date.String(), e.Source.String(), e.Amount.Number(), e.Amount.Code())
	}
	for i := range b.Credits {
		v := &b.Credits[i]
		t.row("credited", v.Event, v.Date.String(), v.Source.String(), v.Amount.Number(), v.Amount.Code())
	}
	if d := b.Difference(); d.IsSet() {
		t.row("difference", "", "", "", d.Number(), d.Code())
	}
	if err := t.write(c.stdout); err != nil {
		return err
	}
	if cause := b.Cause(); cause != "" {
		fmt.Fprintf(c.stdout, "\ncause  %s\n", cause)
	}
	fmt.Fprintln(c.stdout)
	life := columns{left: 5}
	for _, e := range b.Events {
		var rows []string
		for _, s := range e.Sources {
			rows = append(rows, s.String())
		}
		life.row(e.On.String(), e.What.String(), e.Class.String(), e.By, strings.Join(append(rows, e.Reason), " "))
	}
	return life.write(c.stdout)
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
		_, err = fmt.Fprintf(c.stdout, "%s: %s %s are at stake: a second person has to accept it too\n", b.ID, b.Exposure().Number(), b.Exposure().Code())
		return err
	}
	_, err = fmt.Fprintf(c.stdout, "%s is accepted; the next night shows it\n", b.ID)
	return err
}

func listCauses(c *console, path string, asJSON bool) error {
	counts, of, err := jobs.Causes(path)
	if err != nil {
		return err
	}
	type causeJSON struct {
		Cause    string `json:"cause"`
		Count    int64  `json:"count"`
		Net      string `json:"net"`
		Currency string `json:"currency"`
		Shared   int    `json:"shared"`
	}
	out, t := []causeJSON{}, columns{left: 1}
	t.row("cause", "differences", "of", "credited less expected", "", "also explained otherwise")
	for i := range counts {
		x := &counts[i]
		j := causeJSON{x.Cause, int64(x.Count), x.Net.Number(x.Currency), x.Currency.String(), x.Shared}
		out = append(out, j)
		if j.Cause == "" {
			j.Cause = "no reading known"
		}
		t.row(j.Cause, strconv.FormatInt(j.Count, 10), strconv.Itoa(of), j.Net, j.Currency, strconv.Itoa(j.Shared))
	}
	switch {
	case asJSON:
		return writeJSON(c, out)
	case len(counts) == 0:
		_, err := fmt.Fprintln(c.stdout, "no difference is open")
		return err
	}
	return t.write(c.stdout)
}

// writeClaims writes the texts that a biller sends to the vendor's support.
func writeClaims(c *console, path string, ids []string, asJSON bool) error {
	claims, err := jobs.Claims(path, ids)
	if err != nil {
		return err
	}
	texts := []string{}
	for i := range claims {
		texts = append(texts, claims[i].Text())
	}
	switch {
	case asJSON:
		return writeJSON(c, texts)
	case len(texts) == 0:
		_, err := fmt.Fprintln(c.stdout, "there is nothing to claim")
		return err
	}
	_, err = fmt.Fprint(c.stdout, strings.Join(texts, "\n"))
	return err
}
