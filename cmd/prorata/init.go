package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"prorata/importers"
	"prorata/invoicing/policy"
	"prorata/jobs"
)

const (
	schemaName   = "prorata.schema.json"
	templateName = "template.xlsx" // beside the inbox: what lies in it is read
)

// initialise is the verb that makes a folder to begin with. It never writes over
// what is there.
func initialise(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("init", flag.ContinueOnError)
	asJSON := f.Bool("json", false, "print what was written as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	dir := "."
	switch len(rest) {
	case 0:
	case 1:
		dir = rest[0]
	default:
		return usageError{"name one folder"}
	}
	if err := os.MkdirAll(filepath.Join(dir, "inbox"), 0o755); err != nil {
		return fmt.Errorf("making the inbox: %w", err)
	}
	body, err := json.MarshalIndent(schema(), "", "  ")
	if err != nil {
		return err
	}
	var book bytes.Buffer
	if err := importers.Template(&book); err != nil {
		return err
	}
	files := []newFile{{filepath.Join(dir, configName), []byte(commented())}, {filepath.Join(dir, schemaName), append(body, '\n')}, {filepath.Join(dir, templateName), book.Bytes()}}
	if err := writeNew(files...); err != nil {
		return err
	}
	written := []string{filepath.Join(dir, "inbox")}
	for _, file := range files {
		written = append(written, file.name)
	}
	if *asJSON {
		return writeJSON(c, written)
	}
	_, err = fmt.Fprintf(c.stdout, "wrote %s\nnext: say what differs in %s; prorata config check; fill in a copy of %s and drop it into the inbox, with the vendor's exports; prorata run\n",
		strings.Join(written, ", "), filepath.Join(dir, configName), templateName)
	return err
}

// newFile is a file that is not there yet.
type newFile struct {
	name string
	body []byte
}

// writeNew writes files, all or none.
func writeNew(files ...newFile) error {
	for i, file := range files {
		if err := file.write(); err != nil {
			for _, written := range files[:i] {
				err = errors.Join(err, os.Remove(written.name))
			}
			return err
		}
	}
	return nil
}

func (n *newFile) write() error {
	f, err := os.OpenFile(n.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; move it away to begin anew", n.name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(n.body)
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(n.name))
	}
	return err
}

// commented is a prorata.yaml that says what each key is for, and changes nothing.
func commented() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# yaml-language-server: $schema=./%s\n", schemaName)
	b.WriteString("# What is commented out has the value shown, or none. A variable of the environment says it before this\n" +
		"# file does (PRORATA_LEDGER, PRORATA_JOBS_NIGHT_CRON), and a flag before both. Paths are beside this file.\n")
	section := ""
	for _, s := range settings {
		last := section
		indent := writeSection(&b, s.key, &section)
		if section != last && section == "" || strings.Count(s.key, ".") == 0 && last != "" {
			b.WriteString("\n")
		}
		value := s.fallback
		if value == "" {
			value = s.example
		}
		name := s.key[strings.LastIndexByte(s.key, '.')+1:]
		fmt.Fprintf(&b, "%-46s # %s\n", "#"+indent+name+": "+yamlText(s.kind, value), s.doc)
		if s.key == "zone" {
			writeLists(&b)
		}
		if s.key == "notices.expiring_days" {
			fmt.Fprintf(&b, "#  on: [%s] # which events are told; without it every one\n", strings.Join(jobs.Events, ", "))
		}
	}
	fmt.Fprintf(&b, "#  accounts: # for general-ledger.csv: an account of the books and all below it, and its number in the chart of accounts\n"+
		"#    - {account: \"Revenue:Reservations\", number: 3041, name: Reservationer}\n")
	return b.String()
}

// writeSection opens the sections that a key is in and returns its indent.
func writeSection(b *strings.Builder, key string, section *string) string {
	parts := strings.Split(key, ".")
	at := strings.Join(parts[:len(parts)-1], ".")
	if at != *section {
		open := strings.Split(*section, ".")
		for i, part := range parts[:len(parts)-1] {
			if i < len(open) && open[i] == part && strings.Join(open[:i], ".") == strings.Join(parts[:i], ".") {
				continue
			}
			if i == 0 {
				b.WriteString("\n")
			}
			fmt.Fprintf(b, "#%s%s:\n", strings.Repeat("  ", i), part)
		}
		*section = at
	}
	return strings.Repeat("  ", len(parts)-1)
}

func writeLists(b *strings.Builder) {
	fmt.Fprintf(b, "\n#policies: # the first holds from the beginning, each other from its date on (POL-3); built in are %s\n#  - id: %s\n#  - file: %s # extends one of them\n#    from: 2027-01-01\n",
		strings.Join(policy.IDs(), ", "), policy.DefaultID, "our-policy.yaml")
	b.WriteString("\n#series: # where a series begins in a year (DOC-1), for a biller that has issued documents before\n#  CN-2026: 4712\n#  INV-2026: 20117\n")
	b.WriteString("\n#senders: # what is known of who drops files into a folder of the inbox, where the files do not say it themselves\n" +
		"#  anna: {locale: sv, columns: {\"Vår ref\": RequestId}}\n")
}

// yamlText quotes what YAML would read as something else.
func yamlText(kind, v string) string {
	if kind == "count" || v != "" && strings.Trim(v, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_-") == "" {
		return v
	}
	return strconv.Quote(v)
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s) // of a setting, which was checked when it was said
	return n
}
