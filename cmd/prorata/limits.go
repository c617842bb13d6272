package main

import (
	"context"
	"flag"
	"fmt"

	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs"
)

// limits is the verb that tells where accounts stand against the refund limit.
func limits(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("limits", flag.ContinueOnError)
	said := c.settings(f, "ledger", "policy")
	on := f.String("on", "", "the `date`, as 2026-11-22; default today, in the configured zone")
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
	chain, err := cfg.chosenPolicies()
	if err != nil {
		return err
	}
	all, err := jobs.Limits(cfg.path("ledger"), chain, date, accounts)
	if err != nil {
		return err
	}
	if *asJSON {
		return writeJSON(c, limitsForPrograms(all, date))
	}
	if len(all) == 0 {
		_, err := fmt.Fprintf(c.stdout, "on %s nothing counts against the refund limit of any account\n", date)
		return err
	}
	t := columns{left: 3}
	t.row("account", "name", "billing type", "limit USD", "used on "+date.String(), "left", "free again on", "USD", "left then")
	for i := range all {
		s := &all[i]
		cells := []string{s.Account, s.Name, s.Type.String(), s.Limit.Number(), s.Used.Number(), s.Left.Number()}
		if len(s.Releases) == 0 {
			t.row(cells...)
		}
		for _, r := range s.Releases {
			t.row(append(cells, r.On.String(), r.USD.Number(), r.Left.Number())...)
			cells = []string{"", "", "", "", "", ""}
		}
	}
	return t.write(c.stdout)
}

// dateOr reads a date that a flag says; empty is today.
func (c *console) dateOr(said, flag string, cfg *config) (money.Date, error) {
	if said == "" {
		return c.today(cfg.zone("zone")), nil
	}
	d, err := money.ParseDate(said)
	if err != nil {
		return d, usageError{flag + ": " + err.Error()}
	}
	return d, nil
}

// chosenPolicies are the policies that somebody chose; empty where nobody did,
// which stands for those of the last run.
func (cfg *config) chosenPolicies() (policy.Chain, error) {
	if cfg.policy == "" && len(cfg.chain) == 0 {
		return nil, nil
	}
	return cfg.policies()
}

type limitJSON struct {
	Account    string        `json:"account"`
	Name       string        `json:"name"`
	Type       string        `json:"billing_type"`
	On         string        `json:"on"`
	WindowDays int           `json:"window_days"`
	Limit      string        `json:"limit_usd"`
	Used       string        `json:"used_usd"`
	Left       string        `json:"left_usd"`
	Releases   []releaseJSON `json:"releases"`
}

type releaseJSON struct {
	On   string `json:"on"`
	USD  string `json:"usd"`
	Left string `json:"left_usd"`
}

func limitsForPrograms(all []jobs.AccountStand, on money.Date) []limitJSON {
	out := []limitJSON{}
	for i := range all {
		s := &all[i]
		j := limitJSON{s.Account, s.Name, s.Type.String(), on.String(), s.WindowDays, s.Limit.Number(), s.Used.Number(), s.Left.Number(), []releaseJSON{}}
		for _, r := range s.Releases {
			j.Releases = append(j.Releases, releaseJSON{r.On.String(), r.USD.Number(), r.Left.Number()})
		}
		out = append(out, j)
	}
	return out
}
