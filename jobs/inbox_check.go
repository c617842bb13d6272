package jobs

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"prorata/importers"
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// MaxCheckFaults bounds what is told of one file at once; the night's
// rejected-rows.csv has all.
const MaxCheckFaults = 1000

// Checked is what reading a file finds, by itself: what contradicts the books is
// only known at night.
type Checked struct {
	Kinds                  []string
	Rows, Ignored, Refused int
	Faults                 []invoicing.Fault // at most MaxCheckFaults
	Sheets                 []importers.SheetReport

	requests map[money.Date]int // lines by their day
}

// CheckFile reads a file, by its name on the books and what is known of senders,
// and keeps nothing of it. One that cannot be read is told as a night tells it.
func CheckFile(ctx context.Context, name, path string, senders *Senders, progress Progress) (*Checked, error) {
	c, err := checkFile(ctx, name, path, senders, progress)
	if unreadable(path, err) {
		note := unreadNote(err, path)
		return checked(ctx, name, bytes.NewReader(note), int64(len(note)), senders)
	}
	return c, err
}

func checkFile(ctx context.Context, name, path string, senders *Senders, progress Progress) (*Checked, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file: name the files themselves", path)
	}
	f, err := openInput(path, true)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return checked(ctx, name, progress.reading("checking "+name, f, st.Size()), st.Size(), senders)
}

func checked(ctx context.Context, name string, r io.ReaderAt, size int64, senders *Senders) (*Checked, error) {
	c := &Checked{requests: map[money.Date]int{}}
	read, err := senders.reading(name).Read(ctx, name, r, size, 1, checkSink{importers.Nowhere, c})
	if err != nil {
		return nil, err
	}
	sum, kinds := read.Sum()
	c.Kinds, c.Sheets = kinds, read.Sheets
	c.Rows, c.Ignored, c.Refused = sum.Rows, sum.Ignored, sum.Refused
	return c, nil
}

// checkSink keeps what is refused, counts requests by their day, and nothing else.
type checkSink struct {
	importers.Sink
	c *Checked
}

// Request counts it.
func (s checkSink) Request(r *invoicing.Request) error {
	s.c.requests[r.Date]++
	return nil
}

// Refuse keeps the first faults.
func (s checkSink) Refuse(faults ...invoicing.Fault) error {
	s.c.Faults = append(s.c.Faults, faults[:min(len(faults), MaxCheckFaults-len(s.c.Faults))]...)
	return nil
}

// Place is where a fault stands, for a person: sheet, row, column, or the file.
func Place(f *invoicing.Fault) string {
	var where []string
	if f.Source.Sheet != "" {
		where = append(where, "sheet "+f.Source.Sheet)
	}
	if f.Source.Row > 0 {
		where = append(where, fmt.Sprintf("row %d", f.Source.Row))
	}
	if f.Column != "" {
		where = append(where, "column "+f.Column)
	}
	if len(where) == 0 {
		return "the file"
	}
	return strings.Join(where, ", ")
}

// note tells the sender of a file what is wrong with it, row by row. It is plain
// text, so that no spreadsheet program executes any of it (OUT-7).
func (c *Checked) note(name string) string {
	var b strings.Builder
	said := fmt.Sprintf("of %s %s refused; the others are taken.\nCorrect these and drop them again", invoicing.Counted(c.Rows, "row", "rows"),
		invoicing.Counted(c.Refused, "was", "were"))
	if c.Refused == 0 {
		said = "it could not be read whole.\nMend it and drop it again"
	}
	fmt.Fprintf(&b, "%s: %s; rows that were taken may stay in the file.\n\n", name, said)
	for i := range c.Faults {
		f := &c.Faults[i]
		fmt.Fprintf(&b, "%s: %q; expected %s (%s)\n", Place(f), f.Value, f.Expected, f.Code)
		if f.Fix != "" {
			fmt.Fprintf(&b, "  %s\n", f.Fix)
		}
	}
	if len(c.Faults) == MaxCheckFaults {
		b.WriteString("and more; rejected-rows.csv of the night has them all\n")
	}
	return b.String()
}
