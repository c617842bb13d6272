package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"prorata/exporters"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/jobs"
)

// runNight is the verb run: one night, from the inbox to the reports.
func runNight(ctx context.Context, c *console, args []string) error {
	r := jobs.Run{Version: programVersion(), Log: c.log}
	f := flag.NewFlagSet("run", flag.ContinueOnError)
	f.StringVar(&r.Inbox, "inbox", "inbox", "folder with the files as they were dropped")
	f.StringVar(&r.Out, "out", "out", "folder that gets one folder of reports per run")
	f.StringVar(&r.Ledger, "ledger", "prorata.db", "the ledger's file; made where there is none")
	f.BoolVar(&r.DryRun, "dry-run", false, "do everything, keep nothing, and publish to a folder marked DRY")
	asOf := f.String("as-of", "", "the date of the night, as 2026-11-22; default today (UTC)")
	policyName := f.String("policy", policy.DefaultID, "id of a built-in policy, or a policy file")
	formats := f.String("formats", "all", "all, or csv: the registers and the manifest alone")
	asJSON := f.Bool("json", false, "print the report as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError{fmt.Sprintf("%q is not a flag; run takes no arguments", rest[0])}
	}
	if r.AsOf = c.today(); *asOf != "" {
		if r.AsOf, err = money.ParseDate(*asOf); err != nil {
			return usageError{"--as-of: " + err.Error()}
		}
	}
	if r.Formats, err = exporters.ParseFormats(*formats); err != nil {
		return usageError{"--formats: " + err.Error()}
	}
	if r.Policies, err = policies(*policyName); err != nil {
		return usageError{"--policy: " + err.Error()}
	}
	report, err := r.Do(ctx)
	if err != nil {
		return err
	}
	if *asJSON {
		err = writeJSON(c, report)
	} else {
		err = writeReport(c.stdout, report)
	}
	if err == nil && report.Refused > 0 {
		err = refusedRows{report.Refused}
	}
	return err
}

// policies reads the policy that --policy names.
func policies(name string) (policy.Chain, error) {
	if !strings.ContainsAny(name, "./\\") {
		p, err := policy.Builtin(name)
		return policy.Chain{{Policy: p}}, err
	}
	body, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	p, err := policy.Read(name, body)
	return policy.Chain{{Policy: p}}, err
}

func writeJSON(c *console, v any) error {
	e := json.NewEncoder(c.stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
