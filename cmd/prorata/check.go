package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"

	"prorata/invoicing"
	"prorata/jobs"
)

// checkedAll is what check tells.
type checkedAll struct {
	Files []checkedFile `json:"files"`
	Night *previewed    `json:"night,omitempty"` // nil where only reading was asked for
}

// checkedFile is what check tells of one file.
type checkedFile struct {
	File    string         `json:"file"`
	Sheets  []checkedSheet `json:"sheets"`
	Rows    int            `json:"rows"`
	Known   int            `json:"known"`           // rows that the ledger has already
	Again   bool           `json:"again"`           // the ledger has this very file
	Since   string         `json:"since,omitempty"` // then: the file that told of its accounts or prices since
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
	Unknown []string        `json:"unknown_columns,omitempty"` // of which nothing is read
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

// check is the verb that reads files as a night would, says what is wrong with them
// and what the night would decide by them, and keeps nothing.
func check(ctx context.Context, c *console, args []string) error {
	f := flag.NewFlagSet("check", flag.ContinueOnError)
	said := c.settings(f, "ledger", "policy", "locale")
	asOf := f.String("as-of", "", "the `date` of the night that is previewed, as 2026-11-22; default today, in the configured zone")
	readOnly := f.Bool("read-only", false, "read the files by themselves, without a look at the ledger and what would be decided")
	asJSON := f.Bool("json", false, "print what was found as JSON")
	files, err := c.parse(f, args)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return usageError{"which files? give one or more, CSV, XLSX or JSON"}
	}
	cfg, err := said.resolve()
	if err != nil {
		return err
	}
	night, err := cfg.run(c)
	if err != nil {
		return err
	}
	if night.AsOf, err = c.dateOr(*asOf, "--as-of", cfg); err != nil {
		return err
	}
	all, err := checkAll(ctx, &night, files, *readOnly)
	if err != nil {
		return err
	}
	if *asJSON {
		err = writeJSON(c, all)
	} else {
		err = writeChecked(c, all)
	}
	if wrong := all.wrong(); err == nil && wrong > 0 {
		err = refusedRows{wrong}
	}
	return err
}

// checkAll reads the files one by one, and then all of them as a night.
func checkAll(ctx context.Context, night *jobs.Run, files []string, readOnly bool) (*checkedAll, error) {
	all := &checkedAll{Files: []checkedFile{}}
	var read []*jobs.Checked
	for _, path := range files {
		found, err := jobs.CheckFile(ctx, night.Senders.Shown(path), path, &night.Senders, night.Progress)
		if err != nil {
			return nil, fmt.Errorf("checking %s: %w", path, err)
		}
		all.Files, read = append(all.Files, checkedOf(path, found)), append(read, found)
	}
	if readOnly {
		return all, nil
	}
	p, err := night.Preview(ctx, files, read)
	if err != nil {
		return nil, fmt.Errorf("previewing the night: %w; --read-only reads the files by themselves", err)
	}
	for i := range all.Files {
		all.Files[i].byNight(&p.Files[i], p.Faults[i])
	}
	all.Night = previewedOf(p)
	return all, nil
}

// byNight adds what reading a file by itself does not find.
func (f *checkedFile) byNight(r *jobs.FileReport, faults []invoicing.Fault) {
	if f.Again, f.Since = r.Again, r.Since; f.Again {
		return
	}
	f.Known, f.Refused = r.Known, r.Refused
	f.Faults = faultsOf(faults) // by row; whoever mends a workbook goes through it sheet by sheet
	sheet := func(x checkedFault) int {
		return slices.IndexFunc(f.Sheets, func(s checkedSheet) bool { return s.Sheet == x.Sheet })
	}
	slices.SortStableFunc(f.Faults, func(a, b checkedFault) int { return sheet(a) - sheet(b) })
}

// wrong counts the rows that are refused, a file or sheet without any as one.
func (a *checkedAll) wrong() (rows int) {
	for i := range a.Files {
		f := &a.Files[i]
		if rows += f.Refused; f.Refused == 0 && len(f.Faults) > 0 {
			rows++
		}
	}
	return rows
}

func checkedOf(path string, found *jobs.Checked) checkedFile {
	f := checkedFile{File: path, Rows: found.Rows, Ignored: found.Ignored, Refused: found.Refused, Sheets: []checkedSheet{}, Faults: faultsOf(found.Faults)}
	for _, s := range found.Sheets {
		sheet := checkedSheet{Sheet: s.Sheet, Kind: s.Kind, Rows: s.Rows, Ignored: s.Ignored, Refused: s.Refused, Unknown: s.Unknown, Note: s.Note}
		for _, r := range s.Readings {
			sheet.Columns = append(sheet.Columns, checkedColumn{r.Column, r.As, r.By})
		}
		f.Sheets = append(f.Sheets, sheet)
	}
	return f
}

func faultsOf(faults []invoicing.Fault) []checkedFault {
	out := []checkedFault{}
	for _, x := range faults[:min(len(faults), jobs.MaxCheckFaults)] {
		out = append(out, checkedFault{x.Source.Sheet, x.Source.Row, x.Column, x.Value, x.Code, x.Expected, x.Fix})
	}
	return out
}

func writeChecked(to *console, all *checkedAll) error {
	c := *to
	c.stdout = terminal{to.stdout}
	for i := range all.Files {
		f := &all.Files[i]
		fmt.Fprintf(c.stdout, "%s: %s\n", graphic(f.File), verdict(f))
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
	if all.Night == nil {
		return nil
	}
	return all.Night.write(c.stdout)
}

func verdict(f *checkedFile) string {
	switch {
	case len(f.Faults) > 0 && f.Refused == 0:
		return "cannot be read"
	case len(f.Faults) > 0:
		return fmt.Sprintf("%s of %d to mend", invoicing.Counted(f.Refused, "row", "rows"), f.Rows)
	case f.Rows == 0:
		return "nothing in it"
	case f.Since != "":
		return fmt.Sprintf("was read before, and what %s has told of accounts and prices since stands; to go back to this one, save it with a change", f.Since)
	case f.Again:
		return "was read before; nothing in it is new"
	case f.Known > 0 && f.Known == f.Rows-f.Ignored:
		return "nothing wrong, and nothing new, in " + invoicing.Counted(f.Rows, "row", "rows")
	case f.Known > 0:
		return fmt.Sprintf("nothing wrong in %s, of which %s known", invoicing.Counted(f.Rows, "row", "rows"), invoicing.Counted(f.Known, "is", "are"))
	}
	return "nothing wrong in " + invoicing.Counted(f.Rows, "row", "rows")
}

func (c *console) checkedSheet(s *checkedSheet) {
	what := cmp.Or(s.Kind, "not recognised")
	if s.Kind == "" && s.Refused == 0 && s.Note != "" { // a page that is nothing to read
		fmt.Fprintf(c.stdout, "  %s: %s\n", s.Sheet, s.Note)
		return
	}
	if s.Sheet != "" {
		what = s.Sheet + ": " + what
	}
	fmt.Fprintf(c.stdout, "  %s, %s", what, invoicing.Counted(s.Rows, "row", "rows"))
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
	if len(s.Unknown) > 0 {
		fmt.Fprintf(c.stdout, "    no column of %s, and not read: %s\n", s.Kind, strings.Join(s.Unknown, ", "))
	}
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
