package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
)

// The manual page and the completions are made from verbs and settings, so that
// they name what there is.

// completion is the verb that writes completions for a shell.
func completion(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("completion", flag.ContinueOnError)
	f.Bool("json", false, "as every verb takes it; it changes nothing")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	switch strings.Join(rest, " ") {
	case "bash":
		_, err = io.WriteString(c.stdout, bashCompletion())
	case "zsh":
		_, err = io.WriteString(c.stdout, zshCompletion())
	case "fish":
		_, err = io.WriteString(c.stdout, fishCompletion())
	default:
		err = usageError{"name a shell: bash, zsh or fish"}
	}
	return err
}

// flagsOf are the flags of a verb, by name: it is begun, and stops where it would
// read what it was given.
func flagsOf(v verb) (flags []*flag.Flag) {
	c := &console{stdout: io.Discard, stderr: io.Discard}
	c.describe = func(f *flag.FlagSet) { f.VisitAll(func(fl *flag.Flag) { flags = append(flags, fl) }) }
	_ = v.run(context.Background(), c, nil) // that it was not run is its error
	return flags
}

func dashed(v verb) string {
	var all []string
	for _, fl := range flagsOf(v) {
		all = append(all, "--"+fl.Name)
	}
	return strings.Join(all, " ")
}

func bashCompletion() string {
	var b strings.Builder
	fmt.Fprintf(&b, "_prorata() {\n  local word=${COMP_WORDS[COMP_CWORD]} flags=\n  case \"${COMP_WORDS[1]}\" in\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "    %s) flags='%s' ;;\n", v.name, dashed(v))
	}
	fmt.Fprintf(&b, `  esac
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "%s help" -- "$word"))
  elif [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$word"))
  else
    compopt -o default; COMPREPLY=()
  fi
}
complete -F _prorata prorata
`, strings.Join(verbNames(), " "))
	return b.String()
}

func zshCompletion() string {
	var b strings.Builder
	b.WriteString("#compdef prorata\nlocal -a verbs\nverbs=(\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "  '%s:%s'\n", v.name, strings.ReplaceAll(v.what, "'", `'\''`))
	}
	b.WriteString(")\nif (( CURRENT == 2 )); then\n  _describe verb verbs\n  return\nfi\ncase $words[2] in\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "  %s) [[ $PREFIX == -* ]] && compadd -- %s ;;\n", v.name, dashed(v))
	}
	b.WriteString("esac\n_files\n")
	return b.String()
}

func fishCompletion() string {
	var b strings.Builder
	for _, v := range verbs() {
		fmt.Fprintf(&b, "complete -c prorata -n __fish_use_subcommand -f -a %s -d %q\n", v.name, v.what)
		for _, fl := range flagsOf(v) {
			_, what := flag.UnquoteUsage(fl)
			fmt.Fprintf(&b, "complete -c prorata -n '__fish_seen_subcommand_from %s' -l %s -d %q\n", v.name, fl.Name, what)
		}
	}
	return b.String()
}

// manual is the verb that writes the manual page.
func manual(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("man", flag.ContinueOnError)
	f.Bool("json", false, "as every verb takes it; it changes nothing")
	if _, err := c.parse(f, args); err != nil {
		return err
	}
	_, err := io.WriteString(c.stdout, manualPage())
	return err
}

func manualPage() string {
	var b strings.Builder
	b.WriteString(".TH PRORATA 1 \"\" \"prorata\"\n.SH NAME\nprorata \\- the nightly job of a biller of Azure reservations\n" +
		".SH SYNOPSIS\n.B prorata\nVERB [\\fIarguments\\fR]\n.SH VERBS\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, ".TP\n\\fB%s\\fR %s\n%s\n", v.name, roff(v.args), roff(v.what))
		for _, fl := range flagsOf(v) {
			_, what := flag.UnquoteUsage(fl)
			fmt.Fprintf(&b, ".br\n\\fB%s\\fR \\- %s\n", roff("--"+fl.Name), roff(what))
		}
	}
	b.WriteString(".SH CONFIGURATION\n" +
		"prorata.yaml, beside where prorata is started or named by \\-\\-config, then the environment, then flags; the later wins.\n")
	for _, s := range settings {
		what := roff(s.doc)
		if s.fallback != "" {
			what += "; default " + roff(s.fallback)
		}
		fmt.Fprintf(&b, ".TP\n\\fB%s\\fR, %s\n%s\n", roff(s.key), s.variable(), what)
	}
	for _, l := range lists {
		fmt.Fprintf(&b, ".TP\n\\fB%s\\fR\n%s\n", roff(l.key), roff(l.doc))
	}
	fmt.Fprintf(&b, ".TP\n%s\nthe webhook's address\n", secretURL)
	b.WriteString(".SH EXIT STATUS\n")
	for _, e := range exitCodes {
		fmt.Fprintf(&b, ".TP\n%d\n%s\n", e.code, e.what)
	}
	b.WriteString(".SH FILES\n.TP\nLEDGER\nthe durable state; beside it .segments, .archive (every input), .waiting (files for the next night), " +
		".schedule.json, .notices.json and locks\n.TP\nINBOX/processed, INBOX/returned\nwhat was read, and what has refused rows, with a note\n")
	return b.String()
}

// exitCodes are what exit.go returns.
var exitCodes = []struct {
	code int
	what string
}{
	{exitDone, "done; nothing to do is done"},
	{exitFailed, "failed, or stopped by a signal: nothing was published"},
	{exitUsage, "the command line or the configuration is wrong"},
	{exitRefused, "published, with refused rows or files"},
	{exitOther, "of verify: what is kept is as it was, but another version of the program comes to something else"},
	{exitLocked, "the ledger is in use by another program"},
}

// roff keeps a text from being read as a request.
func roff(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\e`), "-", `\-`)
}
