package main

import (
	"context"
	"flag"
	"fmt"

	"prorata/invoicing"
	"prorata/jobs"
)

// export is the verb that hands all nights to an auditor, in one file.
func export(ctx context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("export", flag.ContinueOnError)
	said := c.settings(f, "ledger", "out")
	bundle := f.String("bundle", "", "write inputs, policies, reports, the ledger and how to verify them to `FILE.zip`")
	asJSON := f.Bool("json", false, "print what was written as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	if *bundle == "" || len(rest) > 0 {
		return usageError{"name one file, as --bundle nights.zip"}
	}
	cfg, err := said.resolve()
	if err != nil {
		return err
	}
	report, err := jobs.Bundle(ctx, cfg.path("ledger"), cfg.path("out"), *bundle, c.progress)
	if err != nil {
		return err
	}
	if *asJSON {
		return writeJSON(c, report)
	}
	_, err = fmt.Fprintf(c.stdout, "wrote %s: %s, the last as of %s; %s, %s, %d bytes\nthe last manifest has SHA-256 %s: let the auditor know it by another way\n",
		report.Path, invoicing.Counted(report.Runs, "night", "nights"), report.AsOf, invoicing.Counted(report.Inputs, "input", "inputs"), invoicing.Counted(report.Reports, "report", "reports"), report.Bytes, report.Manifest)
	return err
}
