package main

import (
	"context"
	"flag"
	"fmt"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs"
)

// credits is the verb that lists prepayment lots and held credits.
func credits(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("credits", flag.ContinueOnError)
	said := c.settings(f, "ledger")
	on := f.String("on", "", "the `date` from which days are counted; default today, in the configured zone")
	asJSON := f.Bool("json", false, "print it as JSON")
	accounts, err := c.parse(f, args)
	if err != nil {
		return err
	}
	cfg, err := said.resolve()
	if err != nil {
		return err
	}
	date, err := c.dateOr(*on, "--on", cfg)
	if err != nil {
		return err
	}
	all, sums, err := jobs.Credits(cfg.path("ledger"), accounts)
	if err != nil {
		return err
	}
	if *asJSON {
		return writeJSON(c, creditsForPrograms(all, date))
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(c.stdout, "there are no credits")
		return err
	}
	t := columns{left: 4}
	t.row("credit", "account", "name", "kind", "granted on", "amount", "used", "expired", "balance", "", "last day", "")
	for i := range all {
		x := &all[i]
		t.row(x.Document.Number, x.Account, x.Name, x.Kind.String(), x.GrantedOn.String(), x.Amount.Number(), x.Used.Number(), x.Expired.Number(),
			x.Balance().Number(), x.Amount.Code(), x.ExpiresOn.String(), daysLeft(x, date))
	}
	for _, s := range sums {
		t.row(invoicing.Counted(s.Count, "credit", "credits"), "", "", s.Kind.String(), "", s.Amount.Number(), s.Used.Number(), s.Expired.Number(),
			s.Balance.Number(), s.Amount.Code())
	}
	return t.write(c.stdout)
}

// daysLeft tells how long a lot can still be used, its last day included.
func daysLeft(x *jobs.AccountCredit, on money.Date) string {
	switch left := int(x.ExpiresOn - on); {
	case x.ExpiresOn.IsZero() || x.Balance().IsZero():
		return ""
	case left < 0:
		return "has passed; the next run posts it"
	case left == 0:
		return "today"
	default:
		return invoicing.Counted(left, "day left", "days left")
	}
}

type creditJSON struct {
	ID              string `json:"id"`
	Account         string `json:"account"`
	Name            string `json:"name"`
	Kind            string `json:"kind"`
	Order           string `json:"order,omitempty"` // whose return granted it; none of a credit brought in
	Currency        string `json:"currency"`
	Amount          string `json:"amount"`
	Used            string `json:"used"`
	Expired         string `json:"expired"`
	Balance         string `json:"balance"`
	GrantedOn       string `json:"granted_on"`
	ExpiresOn       string `json:"expires_on,omitempty"`       // its last day
	CommitmentStart string `json:"commitment_start,omitempty"` // of the term that a lot belongs to, as the sheet Accounts has it
	CommitmentEnd   string `json:"commitment_end,omitempty"`   // its last day
	DaysLeft        *int   `json:"days_left,omitempty"`
}

func creditsForPrograms(all []jobs.AccountCredit, on money.Date) []creditJSON {
	out := []creditJSON{}
	for i := range all {
		x := &all[i]
		j := creditJSON{x.Document.Number, x.Account, x.Name, x.Kind.String(), x.Order, x.Amount.Code(), x.Amount.Number(), x.Used.Number(),
			x.Expired.Number(), x.Balance().Number(), x.GrantedOn.String(), x.ExpiresOn.String(), x.Term.Start.String(), x.Term.End.String(), nil}
		if !x.ExpiresOn.IsZero() && !x.Balance().IsZero() {
			left := int(x.ExpiresOn - on)
			j.DaysLeft = &left
		}
		out = append(out, j)
	}
	return out
}
