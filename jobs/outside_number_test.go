package jobs

import (
	"context"
	"testing"

	"prorata/exporters"
)

// DOC-1: a biller's other system has used INV-2026-000001 and INV-2026-000002, and nobody
// has said where the series begins. No number is used twice: the invoice in the place of the first is
// INV-2026-000003, and the next night INV-2026-000004 stands for that one.
func TestNumbersOfInvoicesFromOutsideAreNotGivenAgain(t *testing.T) {
	const header = "RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequesterRole,Used\n"
	s := newShop(t)
	s.drop("accounts.csv", "BillingAccountId,Name,BillingType,Currency,TaxRate\nBP-1,Kund AB,PAYG-Invoice,USD,25\nBP-2,Annan AB,PAYG-Invoice,USD,25\n")
	s.drop("reservations.csv", "ReservationOrderId,BillingAccountId,PurchaseDate,Term,BillingPlan,ProductType,Sku,Region,Quantity,Currency,Amount,Invoice\n"+
		"O-1,BP-1,2026-11-01,P1Y,Upfront,VirtualMachines,Standard_D2s_v5,swedencentral,3,USD,900.00,\n"+
		"O-2,BP-2,2026-11-01,P1Y,Upfront,VirtualMachines,Standard_D2s_v5,swedencentral,3,USD,900.00,inv-2026-000002\n")
	s.drop("invoices.csv", "InvoiceNumber,BillingAccountId,IssueDate,Currency,LineNo,Description,ReservationOrderId,NetAmount,TaxRate\n"+
		"INV-2026-000001,BP-1,2026-11-01,USD,1,Reservation,O-1,900.00,25\n"+
		"INV-2025-000003,BP-1,2025-11-01,USD,1,Reservation,O-0,900.00,25\n")
	s.drop("requests.csv", header+"R-1,2026-11-20,Refund,O-1,1,Owner,Yes\n")
	s.formats = exporters.CSV
	if _, err := s.night(s.path("inbox"), 22); err != nil {
		t.Fatal(err)
	}
	s.drop("requests.csv", header+"R-2,2026-11-21,Refund,O-1,1,Owner,Yes\n")
	if _, err := s.night(s.path("inbox"), 23); err != nil {
		t.Fatal(err)
	}
	for number, replaces := range map[string]string{"INV-2026-000003": "INV-2026-000001", "INV-2026-000004": "INV-2026-000003"} {
		e, err := Explain(s.ledger(), number)
		if err != nil {
			t.Fatal(err)
		}
		if d := e.Document; d == nil || len(d.Replaces) != 1 || d.Replaces[0].Number != replaces {
			t.Errorf("%s: %+v", number, e.Document)
		}
	}
	if e, err := Explain(s.ledger(), "INV-2026-000001"); err != nil || len(e.Received) != 1 || e.Received[0].Standing != "INV-2026-000004" {
		t.Errorf("the invoice from outside is told as %+v, %v", e, err)
	}
	v, err := Verify(context.Background(), s.ledger(), s.path("out"), "test", nil)
	if err != nil || !v.clean() {
		t.Errorf("verify: %v %v, %v", v.Problems, v.Others, err)
	}
}
