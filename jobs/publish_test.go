package jobs

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"prorata/exporters"
)

// DOC-1: a revision keeps its invoice's number, and two enrollments may each have an
// invoice of one number. A night that restates both is published, with a file for each.
func TestTwoAccountsHaveAnInvoiceOfOneNumber(t *testing.T) {
	s := newShop(t)
	s.drop("accounts.csv", "BillingAccountId,Name,BillingType,Currency,TaxRate\nEA-100,Nordkraft AB,EA,USD,25\nEA-200,Sydkraft AB,EA,USD,25\n")
	s.drop("reservations.csv", "ReservationOrderId,BillingAccountId,PurchaseDate,Term,BillingPlan,ProductType,Sku,Region,Quantity,Currency,Amount,Funding,Invoice\n"+
		"O-1,EA-100,2026-01-01,P1Y,Upfront,VirtualMachines,Standard_D2s_v5,swedencentral,1,USD,365.00,Overage,A-17\n"+
		"O-2,EA-200,2026-01-01,P1Y,Upfront,VirtualMachines,Standard_D2s_v5,swedencentral,1,USD,730.00,Overage,A-17\n")
	s.drop("requests.csv", requestsCSV+"R-2,2026-01-07,Refund,O-2,1,Owner,Yes\n")
	s.formats = exporters.AllFormats
	if _, err := s.night(s.path("inbox"), 22); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(s.path("out", "2026-11-22-001", "documents.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	gross := map[string]string{} // by account; 6 of 365 days were used: 365 - 359 = 6.00, 730 - 718 = 12.00, with tax
	for _, r := range rows[1:] {
		if r[0] == "A-17-R1" {
			gross[r[3]] = r[7]
		}
	}
	if gross["EA-100"] != "7.50" || gross["EA-200"] != "15.00" {
		t.Errorf("restated to %v", gross)
	}
	files, err := os.ReadDir(s.path("out", "2026-11-22-001", "documents"))
	if err != nil {
		t.Fatal(err)
	}
	revisions := 0
	for _, f := range files {
		if strings.HasPrefix(f.Name(), "Revision-") && strings.HasSuffix(f.Name(), ".pdf") {
			revisions++
		}
	}
	if revisions != 2 {
		t.Errorf("%d revisions have a file, want 2", revisions)
	}
}
