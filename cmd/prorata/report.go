package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"prorata/jobs"
)

// writeReport tells a run on a terminal: what was read, what was decided, the
// money, the proof, and where the reports are.
func writeReport(out io.Writer, r *jobs.Report) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if r.Run == 0 {
		again := len(r.Files)
		fmt.Fprintf(w, "nothing to do: %s, and the ledger is at %s already\n", counted(again, "file was read before", "files were read before"), r.AsOf)
		return w.Flush()
	}
	dry := ""
	if r.DryRun {
		dry = " (dry run: nothing is kept)"
	}
	fmt.Fprintf(w, "run %d as of %s%s\n\n", r.Run, r.AsOf, dry)
	writeFiles(w, r)
	writeDecided(w, r)
	writeMoney(w, r)
	if err := w.Flush(); err != nil {
		return err
	}
	writeProof(out, r)
	_, err := fmt.Fprintf(out, "\nreports in %s\n", r.Folder)
	return err
}

func writeFiles(w io.Writer, r *jobs.Report) {
	fmt.Fprintln(w, "read\trows\tkept\tknown\tignored\trefused\tas")
	for _, f := range r.Files {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\n", f.Name, f.Rows, f.Kept, f.Known, f.Ignored, f.Refused, cmp.Or(strings.Join(f.Kinds, ", "), "not recognised"))
	}
	if r.Refused > 0 {
		fmt.Fprintf(w, "\n%s refused: rejected-rows.csv says what is wrong, cell by cell\n", counted(r.Refused, "row was", "rows were"))
	}
	fmt.Fprintln(w)
}

func writeDecided(w io.Writer, r *jobs.Report) {
	total := 0
	for _, n := range r.Decided {
		total += n
	}
	fmt.Fprintf(w, "decided\t%d\t\n", total)
	for _, outcome := range []string{"Approved", "Rejected", "Held"} {
		fmt.Fprintf(w, "  %s\t%d\t\n", outcome, r.Decided[outcome])
	}
	for _, reason := range slices.SortedFunc(maps.Keys(r.Reasons), func(a, b string) int {
		return cmp.Or(r.Reasons[b]-r.Reasons[a], cmp.Compare(a, b))
	}) {
		fmt.Fprintf(w, "    %s\t%d\t\n", reason, r.Reasons[reason])
	}
	var documents []string
	for _, kind := range slices.Sorted(maps.Keys(r.Documents)) {
		documents = append(documents, fmt.Sprintf("%d %s", r.Documents[kind], kind))
	}
	fmt.Fprintf(w, "issued\t%s\n\n", cmp.Or(strings.Join(documents, ", "), "no documents"))
}

func writeMoney(w io.Writer, r *jobs.Report) {
	if len(r.Money) == 0 {
		return
	}
	fmt.Fprintln(w, "money\tprorated\tfee\trefund\tprepayment credit\theld credit\tdrawn\texpired\t")
	for _, c := range slices.Sorted(maps.Keys(r.Money)) {
		m := r.Money[c]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", c, m.Prorated.Number(), m.Fee.Number(), m.Refund.Number(), m.Lots.Number(),
			m.Held.Number(), m.Drawn.Number(), m.Expired.Number())
	}
	fmt.Fprintln(w)
}

// writeProof tells the proof in one line where all of it holds, and it always
// does: a run whose proof does not hold stops before anything is kept.
func writeProof(w io.Writer, r *jobs.Report) {
	held := 0
	for _, l := range r.Proof {
		if l.Holds {
			held++
		}
	}
	fmt.Fprintf(w, "proof  %d of %d lines hold, to the cent\n", held, len(r.Proof))
	for _, l := range r.Proof {
		if l.Left != "0" && strings.Trim(l.Left, "0.") != "" {
			fmt.Fprintf(w, "  %s  %-3s  %s: %s\n", l.Line, l.Currency, l.Says, l.Left)
		}
	}
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
