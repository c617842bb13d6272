package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"prorata/jobs"
)

// verify is the verb that does every night again and compares.
func verify(ctx context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("verify", flag.ContinueOnError)
	said := c.settings(f, "ledger", "out")
	asJSON := f.Bool("json", false, "print what was found as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usageError{fmt.Sprintf("%q is not a flag; verify takes no arguments", rest[0])}
	}
	cfg, err := said.resolve()
	if err != nil {
		return err
	}
	v, err := jobs.Verify(ctx, cfg.path("ledger"), cfg.path("out"), c.progress)
	if err != nil {
		return err
	}
	if *asJSON {
		err = writeJSON(c, v)
	} else {
		for _, p := range v.Problems {
			fmt.Fprintln(c.stdout, p)
		}
		if v.Unfinished != "" {
			fmt.Fprintln(c.stdout, v.Unfinished)
		}
		_, err = fmt.Fprintf(c.stdout, "verified %s: %s, %s, %s done again, %s numbered without a gap\n",
			counted(v.Runs, "run", "runs"), counted(v.Files, "input", "inputs"), counted(v.Outputs, "report", "reports"),
			counted(v.Settlements, "settlement", "settlements"), counted(v.Documents, "document", "documents"))
	}
	if err == nil && len(v.Problems) > 0 {
		err = fmt.Errorf("%s; do not trust these reports before it is known why%s", counted(len(v.Problems), "thing is not as it was", "things are not as they were"),
			madeByAnother(v.Versions, programVersion()))
	}
	return err
}

// madeByAnother says what to do where another version of the program made nights:
// it may have read, decided or written otherwise.
func madeByAnother(versions []string, mine string) string {
	others := slices.DeleteFunc(slices.Clone(versions), func(v string) bool { return v == mine })
	if len(others) == 0 {
		return ""
	}
	return fmt.Sprintf("\nhint: this is version %s, and nights were made by %s: verify with that one first", mine, strings.Join(others, ", "))
}
