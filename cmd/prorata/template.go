package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"strings"

	"prorata/importers"
)

// template is the verb that writes an empty workbook with the house sheets.
func template(_ context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("template", flag.ContinueOnError)
	asJSON := f.Bool("json", false, "print what was written as JSON")
	rest, err := c.parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 || !strings.HasSuffix(strings.ToLower(rest[0]), ".xlsx") {
		return usageError{"name the workbook to write, like requests.xlsx"}
	}
	var book bytes.Buffer
	if err := importers.Template(&book); err != nil {
		return err
	}
	if err := writeNew(newFile{rest[0], book.Bytes()}); err != nil {
		return err
	}
	if *asJSON {
		return writeJSON(c, struct {
			File string `json:"file"`
		}{rest[0]})
	}
	_, err = fmt.Fprintf(c.stdout, "%s: a sheet for each kind of row, and a page that explains the columns; prorata check %s finds nothing wrong with it\n", rest[0], rest[0])
	return err
}
