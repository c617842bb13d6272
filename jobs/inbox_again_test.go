package jobs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// vendorExport is an export of so many purchases and of the refunds of some orders.
func vendorExport(purchases int, refunds ...int) string {
	var b strings.Builder
	b.WriteString("Amount,ArmSkuName,BillingFrequency,BillingProfileId,Currency,Description,EventDate,EventType,Invoice,Quantity,Region,ReservationOrderId,Term\n")
	row := func(event string, order int, amount string) {
		fmt.Fprintf(&b, "%s,Standard_D2s_v5,OneTime,C1,USD,\"Reserved VM Instance, Standard_D2s_v5\",01/01/2026,%s,V%d,1,swedencentral,O-%d,P1Y\n", amount, event, order, order)
	}
	for n := range purchases {
		row("Purchase", n, "1200.00")
	}
	for _, n := range refunds {
		row("Refund", n, "-100.00")
	}
	return b.String()
}

// TestAnExportThatGoesOn: a night that takes from the export before what both say
// publishes, byte for byte, what one publishes that reads all of it.
func TestAnExportThatGoesOn(t *testing.T) {
	after := func(between func(*shop)) (*shop, string) {
		s := newShop(t)
		s.drop("vendor.csv", vendorExport(40, 3))
		if _, err := s.night(s.path("inbox"), 22); err != nil {
			t.Fatal(err)
		}
		between(s)
		s.drop("vendor.csv", strings.Replace(vendorExport(41, 3, 3, 7), ",1,swedencentral,O-9,", ",2,swedencentral,O-9,", 1))
		if _, err := s.night(s.path("inbox"), 23); err != nil {
			t.Fatal(err)
		}
		return s, s.published("2026-11-23-001")
	}
	kept := func(s *shop) []string {
		t.Helper()
		all, err := filepath.Glob(s.ledger() + ".archive/*/*")
		if err != nil || len(all) != 4 {
			t.Fatalf("the archive has %q (%v), want four files", all, err)
		}
		return all
	}
	s, taken := after(func(*shop) {})
	_, read := after(func(s *shop) {
		for _, path := range kept(s) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	})
	if taken != read {
		t.Errorf("what is published differs:\n%s\nand, where all is read:\n%s", taken, read)
	}
	if v, err := Verify(context.Background(), s.ledger(), s.path("out"), "test", nil); err != nil || len(v.Problems) > 0 {
		t.Errorf("verify, which reads all, finds %q (%v)", v.Problems, err)
	}

	// What is in the archive is taken for what was read: where it was changed to what the
	// next export says, that is not read. verify finds the night that had it.
	s, forged := after(func(s *shop) {
		for _, path := range kept(s) {
			body, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, []byte(strings.Replace(string(body), ",1,swedencentral,O-9,", ",2,swedencentral,O-9,", 1)), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	if forged == taken {
		t.Error("the export before is not looked at")
	}
	if v, err := Verify(context.Background(), s.ledger(), s.path("out"), "test", nil); err != nil || len(v.Problems) == 0 {
		t.Errorf("verify finds %q (%v)", v.Problems, err)
	}
}
