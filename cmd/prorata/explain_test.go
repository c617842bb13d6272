package main

import (
	"testing"

	"prorata/invoicing"
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
