package main

import (
	"context"
	"flag"
	"fmt"

	"prorata/invoicing"
	"prorata/jobs"
)

// backup is the verb that writes the ledger into one file.
func backup(ctx context.Context, c *console, args []string) error {
	return c.copyLedger("backup", args, func(cfg *config, file string) (*jobs.BackupReport, error) {
		return jobs.Backup(ctx, cfg.path("ledger"), file, programVersion(), c.progress)
	})
}

// restore is the verb that makes a ledger from such a file.
func restore(ctx context.Context, c *console, args []string) error {
	return c.copyLedger("restore", args, func(cfg *config, file string) (*jobs.BackupReport, error) {
		return jobs.Restore(ctx, file, cfg.path("ledger"), c.progress)
	})
}

func (c *console) copyLedger(verb string, args []string, do func(*config, string) (*jobs.BackupReport, error)) error {
	f := flag.NewFlagSet(verb, flag.ContinueOnError)
	said := c.settings(f, "ledger")
	asJSON := f.Bool("json", false, "print what was copied as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usageError{"name one file, as prorata-2026-11-22.tar.zst"}
	}
	cfg, err := said.resolve()
	if err != nil {
		return err
	}
	report, err := do(cfg, rest[0])
	if err != nil {
		return err
	}
	if *asJSON {
		return writeJSON(c, report)
	}
	runs := invoicing.Counted(report.Runs, "run", "runs")
	if report.Runs > 0 {
		runs += ", the last as of " + report.AsOf
	}
	_, err = fmt.Fprintf(c.stdout, "wrote %s: %s; %s, %d bytes\n", report.Path, runs, invoicing.Counted(report.Files, "file", "files"), report.Bytes)
	return err
}
