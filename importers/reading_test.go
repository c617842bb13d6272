package importers

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
)

// A sender's own names for columns are known beside the sheet's own (IMP-7): what
// they send reads as if they had written those, and a fault names theirs.
func TestSendersColumns(t *testing.T) {
	how, err := NewReading("sv", map[string]string{"Vår ref": "RequestId", "Gäller order": "reservationorderid"})
	if err != nil {
		t.Fatal(err)
	}
	file := func(header, rows string) []byte { return []byte(header + "\n" + rows) }
	rows := "R1;03/04/2026;Refund;o1;1\nR2;04/04/2026;Refund;;1\n"
	theirs, ours := file("VÅR REF;RequestDate;Action;Gäller order;Quantity", rows), file("RequestId;RequestDate;Action;ReservationOrderId;Quantity", rows)
	if got, want := recordsIn(t, theirs, how), recordsIn(t, ours, how); len(got) != 1 || got[0] != want[0] {
		t.Errorf("reads %q, want %q", got, want)
	}
	if got := recordsIn(t, theirs, Reading{}); len(got) != 0 {
		t.Errorf("another sender's reads %q", got)
	}
	var r refusing
	if _, err := how.Read(context.Background(), "file", bytes.NewReader(theirs), int64(len(theirs)), 1, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.faults) != 1 || r.faults[0].Column != "Gäller order" {
		t.Errorf("refused %+v", r.faults)
	}
}

// What a profile says that cannot be is told with what can be.
func TestReadingThatCannotBe(t *testing.T) {
	for want, columns := range map[string]map[string]string{
		`no house sheet has a column "Belopp"; name one of BillingAccountId, Name`: {"Summa": "Belopp"},
		"each once":                       {"Vår ref": "RequestId", "vår_ref": "Quantity"},
		"expected the header of a column": {" ": "Quantity"},
	} {
		if _, err := NewReading("", columns); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", columns, err, want)
		}
	}
	if _, err := NewReading("tlh", nil); err == nil {
		t.Error("a locale that there is not")
	}
}

// Of some orders alone the rows of an export are read, however their ids are written;
// of the others nothing is said, but of lines that are none.
func TestOfSomeOrders(t *testing.T) {
	for _, k := range []*Kind{transactionsMCA, transactionsEA, partnerInvoice} {
		names, example := header(k, func(Column) bool { return true })
		row := func(order, currency string) []string {
			cells := slices.Clone(example)
			cells[slices.Index(names, "ReservationOrderId")], cells[slices.Index(names, "Currency")] = order, currency
			return cells
		}
		const guid = someOrder
		file := csvOf(t, names, row(guid, "USD"), row("o2", "USD"), row(strings.ToUpper(guid), "USD"), row(strings.ToLower(orderPath), "USD"), row("{"+guid+"}", "USD"), row("o2", "?"), row("o3", "?"), row("o3", "USD"))
		file = append(file, "torn,line\n"...)
		var r recorder
		report, err := Reading{}.Of(map[string]bool{guid: true, "o3": true}).Read(context.Background(), "file", bytes.NewReader(file), int64(len(file)), 1, &r)
		if err != nil {
			t.Fatal(err)
		}
		if s := report.Sheets[0]; s.Rows != 9 || s.LeftOut != 2 || s.Ignored != 0 || s.Refused != 2 {
			t.Errorf("%s: %+v\n%s", k.Name, s, strings.Join(r.lines, "\n"))
		}
	}
}
