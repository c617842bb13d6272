// Command prorata is the nightly job that turns reservation cancellations,
// exchanges and refunds into money that is right.
//
// It owns the flags, the clock, the environment and the exit codes; what is done
// is in package jobs. One verb per file, listed in verbs.
//
// The rules of the user interface: results go to stdout and nothing else does;
// logs and hints go to stderr. Every verb takes --json. Every error says what is
// wrong, where, and what to do. Exit codes are in exit.go.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"prorata/invoicing/money"
	"prorata/jobs"
)

// verb is one thing the program does.
type verb struct {
	name, args, what string
	run              func(ctx context.Context, c *console, args []string) error
}

// chapter is the verbs that belong together, for the help.
type chapter struct {
	title string
	verbs []verb
}

// chapters lists every verb, in the order of the help.
func chapters() []chapter {
	return []chapter{
		{"The night", []verb{
			{"run", "[--inbox FOLDER] [--out FOLDER] [--ledger FILE] [--as-of DATE]", "read the inbox, decide, and publish the night's reports", runNight},
			{"schedule", "[--config FILE]", "all jobs at their times, until stopped", schedule},
			{"ingest", "[--inbox FOLDER] [--ledger FILE]", "take whole files out of the inbox, for the next night", ingest},
			{"status", "[--ledger FILE]", "what was done, what comes next, what needs a person", status},
			{"verify", "[--ledger FILE] [--out FOLDER]", "recompute everything from the inputs kept, and check every file", verify},
		}},
		{"Files from people", []verb{
			{"template", "FILE.xlsx", "an empty workbook of the house sheets, with drop-downs, comments and an example row", template},
			{"check", "FILE...", "what would be read of files, and what is wrong with them, cell by cell; nothing is kept", check},
		}},
		{"Questions", []verb{
			{"explain", "ID", "a decision or a document, step by step, with rules and source rows", explain},
			{"show", "ORDER | ACCOUNT", "a reservation and where its units went, or an account and what it has", show},
			{"limits", "[--on DATE] [ACCOUNT...]", "the refund limit of each account: used, left, what is free again when", limits},
			{"credits", "[--on DATE] [ACCOUNT...]", "prepayment lots and held credits: balances, and what expires when", credits},
			{"quote", "--order ID [--quantity N] [--on DATE] [--for-sku SKU --for-amount AMOUNT ...]", "what a refund or an exchange would give, before anyone asks for it", quote},
			{"policies", "[show ID | diff A B]", "the policies there are, one with its sources, or where two differ", policies},
			{"compare", "--policy A --policy B [--inbox FOLDER --as-of DATE]", "the same requests decided by two policies: what would differ, and by how much", compare},
			{"reconcile", "list | show ID | accept ID | causes | claim [ID...]", "what the vendor owes or credited otherwise, why, and what to claim", reconcileVerb},
		}},
		{"Keeping it", []verb{
			{"export", "--bundle FILE.zip", "all nights for an auditor: inputs, policies, reports, and how to verify them with this program alone", export},
			{"backup", "FILE", "the ledger as of its last commit, in one file, also while a night runs", backup},
			{"restore", "FILE [--ledger FILE]", "a ledger from a backup, checked, where there is none", restore},
			{"init", "[FOLDER]", "write a commented prorata.yaml, its schema, an inbox and a workbook to fill in", initialise},
			{"config", "check | schema [--config FILE]", "what is configured and by whom, and what is wrong with it", configure},
			{"completion", "bash|zsh|fish", "completions for a shell", completion},
			{"man", "", "the manual page", manual},
			{"version", "", "the version of the program", version},
		}},
	}
}

func verbs() (all []verb) {
	for _, ch := range chapters() {
		all = append(all, ch.verbs...)
	}
	return all
}

// console is where a verb reads the time and writes.
type console struct {
	stdout, stderr io.Writer
	now            func() time.Time
	log            zerolog.Logger
	logsToPeople   bool // it is written for people, not for programs
	// newLog makes the log that the configuration asks for; nil keeps log.
	newLog  func(format, level string) zerolog.Logger
	environ []string // as os.Environ gives it
	// describe is told the flags of a verb, which then ends; nil runs it.
	describe func(*flag.FlagSet)
	bar      *bar          // on stderr; nil where that is no terminal
	progress jobs.Progress // is told how far a verb has come; nil where there is no bar
}

func newConsole() *console {
	c := &console{now: time.Now, environ: os.Environ()}
	c.stdout, c.stderr = os.Stdout, os.Stderr
	if isTerminal(os.Stderr) && c.env("TERM") != "dumb" { // it can move its cursor
		c.bar = &bar{out: os.Stderr}
		c.stdout, c.stderr, c.progress = results{os.Stdout, c.bar}, c.bar, c.bar.tell
	}
	c.newLog = c.logger
	c.log = c.logger("auto", "info")
	return c
}

func main() {
	c := newConsole()
	if c.env("GOGC") == "" {
		paceCollections()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // who asks twice is not made to wait: a kill loses nothing
	code := c.main(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// main runs one verb and returns the exit code.
func (c *console) main(ctx context.Context, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		if len(args) == 0 {
			help(c.stderr)
			return exitUsage
		}
		help(c.stdout)
		return exitDone
	}
	for _, v := range verbs() {
		if v.name == args[0] {
			end := c.showProgress(v.name)
			err := v.run(ctx, c, args[1:])
			end()
			return c.exit(v.name, err)
		}
	}
	return c.exit("", usageError{fmt.Sprintf("there is no verb %q; %sprorata help lists them", args[0], meant(args[0], "", verbNames()))})
}

// today is the calendar date of the clock in a time zone.
func (c *console) today(zone *time.Location) money.Date {
	return jobs.DateIn(c.now(), zone)
}

// logger writes to stderr: for people where the format is console, or auto on a
// terminal, else JSON. A level that there is not is info.
func (c *console) logger(format, level string) zerolog.Logger {
	w := c.stderr
	if c.logsToPeople = format == "console" || format == "auto" && isTerminal(os.Stderr); c.logsToPeople {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly}
	}
	least, err := zerolog.ParseLevel(level)
	if err != nil {
		least = zerolog.InfoLevel
	}
	return zerolog.New(w).Level(least).With().Timestamp().Logger()
}

func isTerminal(f *os.File) bool {
	st, err := f.Stat()
	if err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(st, null)
}

func version(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("version", flag.ContinueOnError)
	asJSON := f.Bool("json", false, "print it as JSON")
	if _, err := c.parse(f, args); err != nil {
		return err
	}
	if *asJSON {
		return writeJSON(c, struct {
			Version string `json:"version"`
		}{programVersion()})
	}
	_, err := fmt.Fprintln(c.stdout, "prorata "+programVersion())
	return err
}

// unnamedVersion is what a build calls itself that was told no version.
const unnamedVersion = "dev"

// programVersion is the version that manifests name: of the module, else of the
// commit, else unnamedVersion.
func programVersion() string {
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return unnamedVersion
	}
	if b.Main.Version != "" && b.Main.Version != "(devel)" {
		return b.Main.Version
	}
	for _, s := range b.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return unnamedVersion
}
