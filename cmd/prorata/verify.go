package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/jobs"
)

// verify is the verb that does every night again and compares.
func verify(ctx context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("verify", flag.ContinueOnError)
	said := c.settings(f, "ledger", "out")
	asJSON := f.Bool("json", false, "print what was found as JSON")
	cfg, err := said.alone(f, args)
	if err != nil {
		return err
	}
	v, err := jobs.Verify(ctx, cfg.path("ledger"), cfg.path("out"), programVersion(), c.progress)
	switch {
	case err != nil && ctx.Err() == nil:
		return unverified(v, err)
	case err != nil:
		return err
	case *asJSON:
		err = writeJSON(c, v)
	default:
		err = writeVerification(c.stdout, v)
	}
	if err != nil {
		return err
	}
	return verified(v)
}

// unverified is an error that stopped verify, with what was known before it: an older
// night may be one that this version cannot do again.
func unverified(v *jobs.Verification, err error) error {
	if v == nil || !v.Intact {
		return err
	}
	hint := ""
	if jobs.Hint(err) == "" { // else it is the disk's doing
		hint = madeByAnother(v.Versions, v.Version)
	}
	return fmt.Errorf("every hash holds, but the nights cannot be done again: %w%s", err, hint)
}

// verified is what verify ends with.
func verified(v *jobs.Verification) error {
	switch {
	case len(v.Problems) > 0 && v.Intact:
		return fmt.Errorf("every hash holds, but the nights come out otherwise; do not trust these reports before it is known why%s", madeByAnother(v.Versions, v.Version))
	case len(v.Problems) > 0:
		return fmt.Errorf("%s; do not trust these reports before it is known why%s", invoicing.Counted(len(v.Problems), "thing is not as it was", "things are not as they were"),
			madeByAnother(v.Versions, v.Version))
	case len(v.Others) > 0:
		return otherVersion{v.OtherVersion()}
	}
	return nil
}

// writeVerification tells the two verdicts: whether what was published and kept is
// as it was, and whether this version of the program does the same again.
func writeVerification(stdout io.Writer, v *jobs.Verification) error {
	to := terminal{stdout} // what is found may be anyone's file
	for _, p := range v.Problems {
		fmt.Fprintln(to, p)
	}
	if v.Unfinished != "" {
		fmt.Fprintln(to, v.Unfinished)
	}
	kept, again := "as it was: every hash and number holds", "all comes out as it was, byte for byte"
	switch {
	case !v.Intact:
		kept, again = "not as it was", "not: what is kept is not what was read and published"
	case len(v.Others) > 0:
		again = fmt.Sprintf("by version %s, %s otherwise", v.Version, invoicing.Counted(len(v.Others), "night comes out", "nights come out"))
	}
	_, err := fmt.Fprintf(to, "verified %s: %s, %s, %s done again, %s numbered without a gap\nkept        %s\ndone again  %s\n",
		invoicing.Counted(v.Runs, "run", "runs"), invoicing.Counted(v.Files, "input", "inputs"), invoicing.Counted(v.Outputs, "report", "reports"),
		invoicing.Counted(v.Settlements, "settlement", "settlements"), invoicing.Counted(v.Documents, "document", "documents"), kept, again)
	for i := range v.Others {
		writeOther(to, &v.Others[i])
	}
	return err
}

// writeOther tells how a night comes out otherwise.
func writeOther(to io.Writer, n *jobs.OtherNight) {
	fmt.Fprintf(to, "\nrun %d, %s, made by version %s\n", n.Run, n.Folder, n.Version)
	for _, kind := range []struct {
		one, many string
		found     *jobs.Found
	}{{"decision", "decisions", &n.Decisions}, {"document", "documents", &n.Documents}, {"report", "reports", &n.Reports}, {"other thing", "other things", &n.Rest}} {
		if kind.found.N == 0 {
			continue
		}
		fmt.Fprintf(to, "  %s otherwise\n", invoicing.Counted(kind.found.N, kind.one, kind.many))
		for _, what := range kind.found.First {
			fmt.Fprintf(to, "    %s\n", what)
		}
		if more := kind.found.N - len(kind.found.First); more > 0 {
			fmt.Fprintf(to, "    and %d more\n", more)
		}
	}
}

// madeByAnother says what to do where another version of the program made nights:
// it may have read, decided or written otherwise.
func madeByAnother(versions []string, mine string) string {
	others := slices.DeleteFunc(slices.Clone(versions), func(v string) bool { return v == mine })
	switch {
	case len(others) > 0:
		return fmt.Sprintf("\nhint: this is version %s, and nights were made by %s: verify with that one first", mine, strings.Join(others, ", "))
	case mine == unnamedVersion:
		return "\nhint: this build and those that made the nights have no version; verify with the build that made them first"
	}
	return ""
}
