package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"prorata/invoicing"
	"prorata/jobs"
)

// status is the verb that says how it stands: what was done, what comes next,
// what waits, and what needs a person.
func status(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("status", flag.ContinueOnError)
	said := c.settings(f, "inbox", "ledger")
	asJSON := f.Bool("json", false, "print it as JSON")
	cfg, err := said.alone(f, args)
	if err != nil {
		return err
	}
	crons, err := cfg.crons()
	if err != nil {
		return err
	}
	s, err := jobs.ReadStatus(cfg.watch(c, crons))
	if err != nil {
		return err
	}
	if *asJSON {
		return writeJSON(c, s)
	}
	return writeStatus(c.stdout, s, cfg.zone("zone"))
}

func writeStatus(out io.Writer, s *jobs.Status, zone *time.Location) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "run\tas of\tstate\trows\trefused\tapproved\trejected\theld\treports")
	for _, r := range s.Runs {
		fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\n", r.Run, r.AsOf, r.State, r.Rows, r.Refused, r.Decided["Approved"], r.Decided["Rejected"],
			r.Decided["Held"], r.Folder)
	}
	fmt.Fprintln(w, "\njob\tlast ended well\tnext")
	for _, j := range s.Jobs {
		fmt.Fprintf(w, "%s\t%s\t%s\n", j.Name, moment(j.Succeeded, zone), moment(j.Next, zone))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nwaiting: %s in the inbox, %s for the next night\n", invoicing.Counted(s.Inbox, "file", "files"), invoicing.Counted(s.Waiting, "file", "files"))
	if len(s.Needs) == 0 {
		_, err := fmt.Fprintln(out, "nothing needs a person")
		return err
	}
	fmt.Fprintln(out, "needs a person:")
	for _, need := range s.Needs {
		fmt.Fprintf(out, "  %s\n", need)
	}
	return nil
}

func moment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format("2006-01-02 15:04 MST")
}
