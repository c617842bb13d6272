package jobs

import (
	"testing"

	"prorata/invoicing"
)

// A number of ours may be asked for in small letters; of two revisions whose names differ
// by these alone, for a customer's invoices may be called so, the one that was named is told.
func TestExplainFindsTheNameAsItIsWritten(t *testing.T) {
	s := &invoicing.Settlement{Documents: []invoicing.Document{{Number: "INV-7-R1"}, {Number: "inv-7-R1"}, {Number: "CN-2026-000001"}}}
	for id, want := range map[string]string{"INV-7-R1": "INV-7-R1", "inv-7-R1": "inv-7-R1", "cn-2026-000001": "CN-2026-000001"} {
		var e Explanation
		if !e.find(s, id, false) || e.Document.Number != want {
			t.Errorf("%s: found %+v", id, e.Document)
		}
	}
}
