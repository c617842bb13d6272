package main

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"

	"prorata/importers"
	"prorata/invoicing"
	"prorata/jobs"
)

// checkedFile is what check tells of one file.
type checkedFile struct {
	File    string         `json:"file"`
	Sheets  []checkedSheet `json:"sheets"`
	Rows    int            `json:"rows"`
	Ignored int            `json:"ignored"`
	Refused int            `json:"refused"`
	Faults  []checkedFault `json:"faults"`
}

type checkedSheet struct {
	Sheet   string          `json:"sheet,omitempty"`
	Kind    string          `json:"kind"` // empty where it was not recognised
	Rows    int             `json:"rows"`
	Ignored int             `json:"ignored"`
	Refused int             `json:"refused"`
	Columns []checkedColumn `json:"columns,omitempty"`
	Note    string          `json:"note,omitempty"`
}

// checkedColumn is a column whose numbers or dates have a locale.
type checkedColumn struct {
	Column string `json:"column"`
	As     string `json:"as"`
	By     string `json:"by"`
}

type checkedFault struct {
	Sheet    string `json:"sheet,omitempty"`
	Row      int    `json:"row,omitempty"`
	Column   string `json:"column,omitempty"`
	Value    string `json:"value"`
	Code     string `json:"code"`
	Expected string `json:"expected"`
	Fix      string `json:"fix"`
}

// check is the verb that reads files as a night would and keeps nothing. What
// contradicts the books, and what would be decided, only a night knows.
func check(ctx context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("check", flag.ContinueOnError)
	locale := f.String("locale", "", "how numbers and dates are written that nothing else settles: sv, de, en-GB, en-US, ...")
	asJSON := f.Bool("json", false, "print what was found as JSON")
	files, err := c.parse(f, args)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return usageError{"which files? give one or more, CSV, XLSX or JSON"}
	}
	named, err := importers.ParseLocale(*locale)
	if err != nil {
		return usageError{err.Error()}
	}
	all := []checkedFile{}
	wrong := 0
	for _, path := range files {
		found, err := jobs.CheckFile(ctx, filepath.Base(path), path, named)
		if err != nil {
			return fmt.Errorf("checking %s: %w", path, err)
		}
		all = append(all, checkedOf(path, found))
		if wrong += found.Refused; found.Refused == 0 && len(found.Faults) > 0 {
			wrong++ // a file or sheet without a row
		}
	}
	if *asJSON {
		err = writeJSON(c, all)
	} else {
		err = writeChecked(c, all)
	}
	if err == nil && wrong > 0 {
		err = refusedRows{wrong}
	}
	return err
}

func checkedOf(path string, found *jobs.Checked) checkedFile {
	f := checkedFile{File: path, Rows: found.Rows, Ignored: found.Ignored, Refused: found.Refused, Sheets: []checkedSheet{}, Faults: []checkedFault{}}
	for _, s := range found.Sheets {
		sheet := checkedSheet{Sheet: s.Sheet, Kind: s.Kind, Rows: s.Rows, Ignored: s.Ignored, Refused: s.Refused, Note: s.Note}
		for _, r := range s.Readings {
			sheet.Columns = append(sheet.Columns, checkedColumn{r.Column, r.As, r.By})
		}
		f.Sheets = append(f.Sheets, sheet)
	}
	for i := range found.Faults {
		x := &found.Faults[i]
		f.Faults = append(f.Faults, checkedFault{x.Source.Sheet, x.Source.Row, x.Column, x.Value, x.Code, x.Expected, x.Fix})
	}
	return f
}

func writeChecked(c *console, all []checkedFile) error {
	for i := range all {
		f := &all[i]
		fmt.Fprintf(c.stdout, "%s: %s\n", f.File, verdict(f))
		for _, s := range f.Sheets {
			c.checkedSheet(&s)
		}
		for k := range f.Faults {
			c.checkedFault(&f.Faults[k])
		}
		if len(f.Faults) == jobs.MaxCheckFaults {
			fmt.Fprintf(c.stdout, "  and more: only the first %d are shown\n", jobs.MaxCheckFaults)
		}
	}
	return nil
}

func verdict(f *checkedFile) string {
	switch {
	case len(f.Faults) > 0 && f.Refused == 0:
		return "cannot be read"
	case len(f.Faults) > 0:
		return fmt.Sprintf("%s of %d to mend", counted(f.Refused, "row", "rows"), f.Rows)
	case f.Rows == 0:
		return "nothing in it"
	}
	return "nothing wrong in " + counted(f.Rows, "row", "rows")
}

func (c *console) checkedSheet(s *checkedSheet) {
	what := s.Kind
	if what == "" {
		what = "not recognised"
	}
	if s.Sheet != "" {
		what = s.Sheet + ": " + what
	}
	fmt.Fprintf(c.stdout, "  %s, %s", what, counted(s.Rows, "row", "rows"))
	if s.Ignored > 0 {
		fmt.Fprintf(c.stdout, ", %d of no concern", s.Ignored)
	}
	if s.Refused > 0 {
		fmt.Fprintf(c.stdout, ", %d refused", s.Refused)
	}
	if s.Note != "" {
		fmt.Fprintf(c.stdout, " (%s)", s.Note)
	}
	fmt.Fprintln(c.stdout)
	for _, r := range s.Columns {
		fmt.Fprintf(c.stdout, "    %s is read with %s, by %s\n", r.Column, r.As, r.By)
	}
}

func (c *console) checkedFault(f *checkedFault) {
	fmt.Fprintf(c.stdout, "  %s: %q; expected %s (%s)\n", place(f), f.Value, f.Expected, f.Code)
	if f.Fix != "" {
		fmt.Fprintf(c.stdout, "    %s\n", f.Fix)
	}
}

// place is where a fault stands, for a person.
func place(f *checkedFault) string {
	return jobs.Place(&invoicing.Fault{Column: f.Column, Source: invoicing.Source{Sheet: f.Sheet, Row: f.Row}})
}
