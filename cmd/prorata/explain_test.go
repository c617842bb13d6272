package main

import (
	"strings"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs"
)

// A customer's invoice is what it was until another replaces it, or, of overage, a
// revision restates it; a payment changes nothing of it.
func TestWhatStandsForAnInvoiceToday(t *testing.T) {
	for _, c := range []struct {
		standing string
		after    []invoicing.Document
		want     string
	}{
		{"F-1", nil, "it stands as it came in"},
		{"F-1", []invoicing.Document{{Number: "SET-2026-000001", Type: invoicing.SetOff}}, "it stands as it came in"},
		{"INV-2026-000004", []invoicing.Document{{Number: "INV-2026-000004", Type: invoicing.InvoiceDoc}}, "INV-2026-000004 stands for it today"},
		{"F-1", []invoicing.Document{{Number: "F-1-R1", Type: invoicing.InvoiceRevision}, {Number: "F-1-R2", Type: invoicing.InvoiceRevision},
			{Number: "CN-2026-000009", Type: invoicing.CreditMemo}}, "F-1-R2 restates it today"},
	} {
		r := &jobs.ReceivedInvoice{Invoice: invoicing.Invoice{Number: "F-1"}, After: c.after, Standing: c.standing}
		if got := standsToday(r); got != c.want {
			t.Errorf("%s, then %d documents: %q, want %q", c.standing, len(c.after), got, c.want)
		}
	}
}

// What stands on an invoice as still to be paid is told where the invoice is explained,
// and what an exchange asks for beyond what was cancelled (BIL-INV-2).
func TestExplainTellsWhatIsOwed(t *testing.T) {
	for _, c := range []struct{ owed, open, want string }{
		{"1653 JPY", "", "owed 1653 JPY by the customer, beyond what was cancelled (BIL-INV-2)"},
		{"-1653 JPY", "", "owed 1653 JPY no more: what is reversed had asked for it (BIL-INV-2)"},
		{"0 JPY", "53 JPY", "open 53 JPY to be paid, by what the register told (BIL-INV-2)"},
		{"", "", ""},
	} {
		d := &invoicing.Document{Type: invoicing.InvoiceDoc}
		if c.owed != "" {
			d.Owed = money.Must(c.owed)
		}
		if c.open != "" {
			d.Open = money.Must(c.open)
		}
		var b strings.Builder
		if writeLeft(&b, d); strings.Join(strings.Fields(b.String()), " ") != c.want {
			t.Errorf("owed %q, open %q: %q, want %q", c.owed, c.open, b.String(), c.want)
		}
	}
}
