package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"prorata/exporters"
	"prorata/invoicing"
	"prorata/jobs"
)

// writeReport tells a run on a terminal: what was read, what was decided, the
// money, the proof, and where the reports are.
func writeReport(w io.Writer, r *jobs.Report) error {
	if r.Healed != nil {
		fmt.Fprintf(w, "run %d had been cut off; it is finished:\n\n", r.Healed.Run)
		if err := writeReport(w, r.Healed); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	if r.Run == 0 {
		_, err := fmt.Fprintf(w, "nothing to do: %s, and the ledger is at %s already\n",
			invoicing.Counted(len(r.Files)-r.Unread, "file was read before", "files were read before"), r.AsOf)
		if r.Unread > 0 {
			_, err = fmt.Fprintf(w, "%s not be read: the log says why\n", invoicing.Counted(r.Unread, "file could", "files could"))
		}
		return err
	}
	dry := ""
	if r.DryRun {
		dry = " (dry run: nothing is kept)"
	}
	fmt.Fprintf(w, "run %d as of %s%s\n\n", r.Run, r.AsOf, dry)
	for _, table := range []columns{filesTable(r), decidedTable(r), moneyTable(r), reconciledTable(r), eInvoicingTable(r), warningsTable(r), expiringTable(r), proofTable(r)} {
		if len(table.rows) == 0 {
			continue
		}
		if err := table.write(w); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	if len(r.Again) > 0 {
		fmt.Fprintf(w, "%s nothing new: %s\n", invoicing.Counted(len(r.Again), "file was read before and has", "files were read before and have"), few(r.Again))
	}
	if r.Refused > 0 {
		fmt.Fprintf(w, "%s refused: rejected-rows.csv says what is wrong, cell by cell\n", invoicing.Counted(r.Refused, "row was", "rows were"))
	}
	if r.Unread > 0 {
		fmt.Fprintf(w, "%s not be read whole: rejected-rows.csv says why\n", invoicing.Counted(r.Unread, "file could", "files could"))
	}
	if r.Support > 0 {
		fmt.Fprintf(w, "%s open with the vendor: support-requests.csv lists what to send\n", invoicing.Counted(r.Support, "support request is", "support requests are"))
	}
	_, err := fmt.Fprintf(w, "reports in %s\n", r.Folder)
	return err
}

// few names the first of many names.
func few(names []string) string {
	const shown = 5
	says := graphic(strings.Join(names[:min(len(names), shown)], ", "))
	if more := len(names) - shown; more > 0 {
		says += fmt.Sprintf(" and %d more", more)
	}
	return says
}

func filesTable(r *jobs.Report) columns {
	t := columns{left: 2}
	if len(r.Files) == 0 {
		t.row("read nothing: no file is in the inbox that was not read before")
		return t
	}
	t.row("read", "as", "rows", "kept", "known", "ignored", "refused")
	for _, f := range r.Files {
		as := "not recognised"
		if f.Rows == 0 && !f.Unread {
			as = "nothing in it"
		}
		t.row(f.Name, cmp.Or(strings.Join(f.Kinds, ", "), as), strconv.Itoa(f.Rows), strconv.Itoa(f.Kept), strconv.Itoa(f.Known),
			strconv.Itoa(f.Ignored), strconv.Itoa(f.Refused))
	}
	return t
}

func decidedTable(r *jobs.Report) columns {
	t := columns{left: 1}
	total := 0
	for _, n := range r.Decided {
		total += n
	}
	t.row("decided", strconv.Itoa(total))
	for _, outcome := range []string{"Approved", "Rejected", "Held", "Withdrawn"} {
		if outcome == "Withdrawn" && r.Decided[outcome] == 0 {
			continue
		}
		t.row("  "+outcome, strconv.Itoa(r.Decided[outcome]))
	}
	if len(r.Reasons) > 0 { // of what was rejected, and of what is held
		t.row("reasons", "")
	}
	byCount := func(a, b string) int { return cmp.Or(r.Reasons[b]-r.Reasons[a], cmp.Compare(a, b)) }
	for _, reason := range slices.SortedFunc(maps.Keys(r.Reasons), byCount) {
		t.row("  "+reason, strconv.Itoa(r.Reasons[reason]))
	}
	if len(r.Documents) > 0 {
		t.row("issued", "")
	}
	for _, kind := range slices.Sorted(maps.Keys(r.Documents)) {
		t.row("  "+kind, strconv.Itoa(r.Documents[kind]))
	}
	return t
}

func moneyTable(r *jobs.Report) columns {
	t := columns{left: 1}
	if len(r.Money) == 0 {
		return t
	}
	t.row("money", "prorated", "fee", "refund", "prepayment credit", "held credit", "open reduced", "to cards", "paid out", "drawn", "expired")
	for _, c := range slices.Sorted(maps.Keys(r.Money)) {
		m := r.Money[c]
		t.row(c, m.Prorated.Number(), m.Fee.Number(), m.Refund.Number(), m.Lots.Number(), m.Held.Number(), m.OpenAmount.Number(),
			m.Card.Number(), m.Payout.Number(), m.Drawn.Number(), m.Expired.Number())
	}
	return t
}

// reconciledTable says what the night matched, and which breaks it opened and left
// open, by class (REC-2).
func reconciledTable(r *jobs.Report) columns {
	t := columns{left: 1}
	x := r.Reconciled
	if x == nil || x.Matched+x.Resolved+len(x.Opened)+len(x.Open) == 0 {
		return t
	}
	t.row("reconciled", "tonight", "open")
	t.row("  Matched", strconv.Itoa(x.Matched), "")
	for _, class := range slices.Sorted(maps.Keys(merged(x.Opened, x.Open))) {
		t.row("  "+class, strconv.Itoa(x.Opened[class]), strconv.Itoa(x.Open[class]))
	}
	t.row("  Resolved", strconv.Itoa(x.Resolved), "")
	return t
}

// expiringTable warns of credits that expire soon; credits.csv has them all.
func expiringTable(r *jobs.Report) columns {
	t := columns{left: 2}
	const most = 20
	for i, c := range r.Expiring {
		switch {
		case i == 0:
			t.row("unused, and expires soon", "account", "balance", "", "last day", "days left")
		case i == most:
			t.row(fmt.Sprintf("and %d more: credits.csv has them, what expires first at the top", len(r.Expiring)-most))
			return t
		}
		t.row(c.ID, c.Account, c.Balance.Number(), c.Balance.Code(), c.ExpiresOn, strconv.Itoa(c.DaysLeft))
	}
	return t
}

// eInvoicingTable says which documents are no e-invoices, and what would make them
// (DOC-6): they are issued as PDF and JSON all the same.
func eInvoicingTable(r *jobs.Report) columns {
	t := columns{left: 1}
	e := r.EInvoicing
	if e == nil || len(e.Lacking) == 0 {
		return t
	}
	t.row("e-invoices", "documents")
	t.row("  issued", strconv.Itoa(e.Issued))
	t.lacks("    ", e.Lacking, true)
	t.row("  sent as PDF, for they lack what Peppol asks for", strconv.Itoa(e.NotIssued))
	t.lacks("    ", e.Lacking, false)
	return t
}

// warningsTable says what must be known of documents, e-invoices or not.
func warningsTable(r *jobs.Report) columns {
	t := columns{left: 1}
	if len(r.Warnings) > 0 {
		t.row("warnings", "documents")
		t.lacks("  ", r.Warnings, true)
	}
	return t
}

// lacks has a row for each warning, or for each other rule.
func (t *columns) lacks(indent string, all []exporters.Lack, warnings bool) {
	for _, l := range all {
		if l.Warning != warnings {
			continue
		}
		says := l.Says
		if strings.Contains(l.Rule, "-") { // a rule of Peppol's, which its portals name; others are ours
			says += " (" + l.Rule + ")"
		}
		t.row(indent+says, strconv.Itoa(l.Documents))
	}
}

// merged has the keys of both.
func merged(a, b map[string]int) map[string]int {
	m := maps.Clone(a)
	if m == nil {
		m = map[string]int{}
	}
	maps.Copy(m, b)
	return m
}

// proofTable has a row for each line of the proof (OUT-8) and a column for each
// currency. A run whose proof does not hold stops before anything is kept, so
// every line that is shown holds, and one side is enough.
func proofTable(r *jobs.Report) columns {
	t := columns{left: 2}
	var currencies []string
	sums := map[string]map[string]string{}
	var says []string
	for _, l := range r.Proof {
		line := l.Line + "\x00" + l.Says
		if sums[line] == nil {
			sums[line] = map[string]string{}
			says = append(says, line)
		}
		if !slices.Contains(currencies, l.Currency) {
			currencies = append(currencies, l.Currency)
		}
		sums[line][l.Currency] = l.Left
	}
	slices.Sort(currencies)
	currencies = slices.DeleteFunc(currencies, func(c string) bool { return c == "" })
	holds := "its line holds"
	if n := len(r.Proof); n != 1 {
		holds = fmt.Sprintf("all %d lines hold", n)
	}
	t.row(append([]string{"", "proof: " + holds + ", to the cent", "rows"}, currencies...)...)
	for _, line := range says {
		letter, what, _ := strings.Cut(line, "\x00")
		cells := []string{letter, what, sums[line][""]}
		for _, c := range currencies {
			cells = append(cells, sums[line][c])
		}
		t.row(cells...)
	}
	return t
}
