package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"

	"prorata/jobs"
)

// runNight is the verb run: one night, from the inbox to the reports.
func runNight(ctx context.Context, c *console, args []string) (err error) {
	var r jobs.Run
	done := false
	defer func() {
		if !done {
			c.logFailure(r.AsOf, err)
		}
	}()
	f := flag.NewFlagSet("run", flag.ContinueOnError)
	said := c.settings(f, "inbox", "out", "ledger", "policy", "formats", "locale")
	dry := f.Bool("dry-run", false, "do everything, keep nothing, and publish to a folder marked DRY")
	asOf := f.String("as-of", "", "the `date` of the night, as 2026-11-22; default today, in the configured zone")
	asJSON := f.Bool("json", false, "print the report as JSON")
	profile := f.String("profile", "", "`folder` that gets a CPU and a memory profile of the night, for go tool pprof")
	cfg, err := said.alone(f, args)
	if err != nil {
		return err
	}
	if r, err = cfg.run(c); err != nil {
		return err
	}
	r.DryRun = *dry
	if r.AsOf, err = c.dateOr(*asOf, "--as-of", cfg); err != nil {
		return err
	}
	if today := c.today(cfg.zone("zone")); r.AsOf > today+1 && !r.DryRun { // tomorrow may be today elsewhere
		c.log.Warn().Str("as_of", r.AsOf.String()).Str("today", today.String()).
			Msg("the as-of date is after today: credits whose last day is before it expire in this run, and no later run can be of an earlier date")
	}
	begin := c.now()
	var report *jobs.Report
	err = profiled(*profile, func() (err error) {
		report, err = r.Do(ctx)
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			c.tell(ctx, cfg, jobs.FailureNotice("run", begin, err))
		}
		return err
	}
	done = true
	report.LogEnd(c.log, c.now().Sub(begin))
	c.tellNight(ctx, cfg, report)
	if *asJSON {
		err = writeJSON(c, report)
	} else {
		err = writeReport(c.stdout, report)
	}
	if err != nil {
		err = fmt.Errorf("the night is done, and the log says what came of it, but it cannot be printed: %w", err)
	}
	if refused := report.AllRefused(); err == nil && refused > 0 {
		err = refusedRows{refused}
	}
	return err
}

func writeJSON(c *console, v any) error {
	e := json.NewEncoder(c.stdout)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
