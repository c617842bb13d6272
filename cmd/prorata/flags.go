package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"prorata/invoicing/spelling"
)

// help tells every verb.
func help(w io.Writer) {
	fmt.Fprintf(w, "prorata turns cancellations, exchanges and refunds of Azure reservations into credit notes, every night.\n")
	for _, ch := range chapters() {
		fmt.Fprintf(w, "\n%s\n", ch.title)
		for _, v := range ch.verbs {
			fmt.Fprintf(w, "  %-11s %s\n", v.name, v.what)
		}
	}
	fmt.Fprintf(w, "\nprorata VERB -h tells what a verb takes. Every verb takes --json. prorata man has every setting and exit code.\n")
}

func verbNames() (names []string) {
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	return names
}

// parse reads the flags of a verb and returns its arguments; flags may stand
// before, between and after them. Asked for help it tells the verb on stdout and
// returns flag.ErrHelp.
func (c *console) parse(f *flag.FlagSet, args []string) ([]string, error) {
	if c.describe != nil {
		c.describe(f)
		return nil, flag.ErrHelp
	}
	f.SetOutput(io.Discard)
	var rest []string
	for {
		switch err := f.Parse(args); {
		case errors.Is(err, flag.ErrHelp):
			helpOf(c.stdout, f)
			return nil, err
		case err != nil:
			return nil, usageError{mended(f, err)}
		case f.NArg() == 0:
			return rest, nil
		}
		rest = append(rest, f.Arg(0))
		args = f.Args()[1:]
	}
}

// mended adds the nearest flag to the message about one that there is not.
func mended(f *flag.FlagSet, err error) string {
	unknown, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -")
	if !ok {
		return err.Error()
	}
	var names []string
	f.VisitAll(func(fl *flag.Flag) { names = append(names, fl.Name) })
	return fmt.Sprintf("there is no flag --%s; %sprorata %s -h lists them", unknown, meant(unknown, "--", names), f.Name())
}

// meant asks for the name that is so near that a slip is likely: "do you mean
// run? ", else nothing.
func meant(s, dashes string, names []string) string {
	name := spelling.Nearest(s, names)
	if !strings.HasPrefix(name, s) && spelling.Distance(s, name) > 2 {
		return ""
	}
	return "do you mean " + dashes + name + "? "
}

// helpOf tells one verb and its flags.
func helpOf(w io.Writer, f *flag.FlagSet) {
	for _, v := range verbs() {
		if v.name == f.Name() {
			fmt.Fprintf(w, "prorata %s\n%s\n\n", strings.TrimSpace(v.name+" "+v.args), v.what)
		}
	}
	t := columns{left: 2}
	f.VisitAll(func(fl *flag.Flag) {
		name, what := flag.UnquoteUsage(fl)
		switch {
		case name == "string":
			name = "VALUE"
		case name == "int":
			name = "N"
		case name == strings.ToLower(name): // FILE.xlsx stays as it is
			name = strings.ToUpper(name)
		}
		t.row("  "+strings.TrimSpace("--"+fl.Name+" "+name), what)
	})
	_ = t.write(w) // a reader of help that went away has no more use for it
}
