package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"prorata/invoicing"
	"prorata/jobs"
)

// ingest is the verb that takes whole files out of the inbox, for the next night.
func ingest(ctx context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("ingest", flag.ContinueOnError)
	said := c.settings(f, "inbox", "ledger")
	asJSON := f.Bool("json", false, "print what was taken as JSON")
	cfg, err := said.alone(f, args)
	if err != nil {
		return err
	}
	if err := cfg.apart(); err != nil {
		return err
	}
	in, failed := cfg.ingest(c, jobs.JobIngest).Do(ctx)
	if in != nil {
		in.LogSkipped(c.log)
	}
	if failed != nil && (in == nil || len(in.Files) == 0) {
		return failed
	}
	if *asJSON {
		err = writeJSON(c, in)
	} else {
		err = writeIngested(c, in)
	}
	c.tell(ctx, cfg, in.Notices()...)
	err = errors.Join(failed, err)
	if refused := in.Refused + in.Unread; err == nil && refused > 0 {
		err = refusedRows{refused}
	}
	return err
}

func writeIngested(c *console, in *jobs.Ingested) error {
	for _, f := range in.Files {
		what := strings.Join(f.Kinds, ", ")
		if what == "" {
			what = "not recognised"
		}
		fmt.Fprintf(c.stdout, "%s: %s, %s, now %s\n", graphic(f.Name), what, invoicing.Counted(f.Rows, "row", "rows"), graphic(f.Moved))
		switch {
		case f.Refused > 0:
			fmt.Fprintf(c.stdout, "  %s refused: %s\n", invoicing.Counted(f.Refused, "row", "rows"), graphic(f.Note))
		case f.Note != "":
			fmt.Fprintf(c.stdout, "  could not be read whole: %s\n", graphic(f.Note))
		}
	}
	_, err := fmt.Fprintf(c.stdout, "%s for the next night; %s not whole yet\n", invoicing.Counted(len(in.Files), "file waits", "files wait"), invoicing.Counted(in.Unready, "is", "are"))
	return err
}

// tellNight tells what a night refused, and what time has brought: the schedule's
// own nights do the same.
func (c *console) tellNight(ctx context.Context, cfg *config, report *jobs.Report) {
	all := report.Notices()
	if at, err := cfg.webhook(c); err != nil || at == "" || report.DryRun {
		return
	}
	if status, err := jobs.ReadStatus(cfg.watch(c, nil)); err == nil {
		all = append(all, status.Notices(cfg.number("monitor.export_days"))...)
	}
	c.tell(ctx, cfg, all...)
}

// tell sends notices from a verb that ends: what cannot be sent in time waits for
// the next.
func (c *console) tell(ctx context.Context, cfg *config, all ...jobs.Notice) {
	notices, err := cfg.tells(c)
	if err != nil {
		c.log.Error().Err(err).Msg("notices cannot be sent")
		return
	}
	ctx, stop := context.WithTimeout(ctx, noticeTime)
	defer stop()
	notices.Say(ctx, all...)
}
