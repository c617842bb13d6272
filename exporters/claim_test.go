package exporters

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
	"prorata/invoicing/reconcile"
)

func someClaims() *Claims {
	date := func(s string) money.Date { d, _ := money.ParseDate(s); return d }
	pages := []policy.Source{{Title: "Exchanges and refunds", Date: date("2020-06-12"), URL: "https://example.org/refunds"}}
	return &Claims{AsOf: date("2026-06-20"), Seller: Seller{Name: "Exempel Moln AB", Email: "faktura@example.com"}, Claims: []reconcile.Claim{
		{Break: "BRK-1", Class: reconcile.AmountDifference, Account: "BP-1", Order: "RO-1", Reservation: "RI-1", Quantity: 2, Action: "Refund",
			Requests: []string{"R1\nDifference: 0"}, RequestedBy: "=cmd()", RequestedOn: date("2026-06-01"), CreditedOn: date("2026-06-09"), Invoices: []string{"G02"},
			Expected: money.Must("224.38 EUR"), Credited: money.Must("200.00 EUR"), Difference: money.Must("-24.38 EUR"), Cause: "272 days remaining against 273",
			Steps: []invoicing.Step{{Rule: "PRO-2", What: "days remaining", Result: "273", How: "365 days - 92 used"}}, Policy: "As published", Sources: pages},
		{Break: "BRK-2", Class: reconcile.MissingAtVendor, Account: "BP-1", Order: "+RO-2", Quantity: 1, Action: "Exchange", NewProduct: "1 x D4s", Requests: []string{"R2"},
			RequestedOn: date("2026-06-01"), Expected: money.Must("0.62 EUR"), Difference: money.Must("-0.62 EUR"), Policy: "As published", Sources: pages},
		{Break: "BRK-3", Class: reconcile.CurrencyMismatch, Account: "BP-1", Order: "RO-3", Quantity: 1, Action: "Refund", Requests: []string{"R3"},
			RequestedOn: date("2026-06-01"), CreditedOn: date("2026-06-09"), Expected: money.Must("10.00 EUR"), Credited: money.Must("9 JPY"), Policy: "Our own"},
	}}
}

// OUT-9: what is sent has the fields of a support request, and per claim order,
// quantity, amounts, difference, the rule and its source. A cell adds no line.
func TestClaimText(t *testing.T) {
	text := someClaims().Text()
	for _, want := range []string{
		"Issue type        Billing\n", "Problem type      Reservation management\n", "Category          Exchanges and refunds\n", "Contact           faktura@example.com\n",
		"In EUR, 3 credits: 235.00 EUR expected, 200.00 EUR credited; credited less expected is -35.00 EUR\n", "In JPY, 1 credit: 0 JPY expected, 9 JPY credited",
		"\n1. Reservation order RO-1: credited too little\n", "   Quantity          2\n", "   Requested action  Refund on 2026-06-01, our request R1 Difference: 0 by =cmd()\n",
		"   Amount expected   224.38 EUR\n", "   Amount credited   200.00 EUR on 2026-06-09, invoice G02\n", "   Difference        -24.38 EUR\n",
		"     days remaining    273: 365 days - 92 used [PRO-2]\n", "   New product       1 x D4s\n", "   Amount credited   nothing\n",
		"\n3. Reservation order RO-3: credited in another currency\n",
		"The amounts expected in 1, 2 follow your published policy:\n   Exchanges and refunds, 2020-06-12\n   https://example.org/refunds\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	if t.Failed() || strings.Count(text, "\nDifference") > 0 {
		t.Log(text)
		t.Error("a cell added a line, or something is missing")
	}
}

// The workbook says the same: differences are formulas, cells that a spreadsheet
// program would execute are not (OUT-7), and its bytes depend on the claims alone.
func TestClaimWorkbook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "claim.xlsx")
	var first []byte
	for range 20 {
		var b bytes.Buffer
		if err := someClaims().Workbook(&b); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b.Bytes()
		}
		if !bytes.Equal(first, b.Bytes()) {
			t.Fatal("the same claims gave other bytes")
		}
	}
	if err := os.WriteFile(path, first, 0o600); err != nil {
		t.Fatal(err)
	}
	book := openWorkbook(t, path)
	for _, x := range []struct{ sheet, cell, want string }{
		{claimSheet, "B3", "Billing"}, {claimSheet, "B6", "Exempel Moln AB"}, {claimTable.name, "B2", "RO-1"}, {claimTable.name, "B3", "'+RO-2"},
		{claimTable.name, "J2", "224.38"}, {claimTable.name, "K2", "200"}, {claimTable.name, "L2", "-24.38"}, {claimTable.name, "L3", "-0.62"},
		{claimTable.name, "L4", ""}, {claimTable.name, "G3", "1 x D4s"}, {claimTable.name, "O2", "credited too little: 272 days remaining against 273"},
		{claimSteps.name, "F2", "365 days - 92 used"},
	} {
		if got := strings.TrimSuffix(rawCell(t, book, x.sheet, x.cell), ".00"); got != x.want {
			t.Errorf("%s!%s is %q, want %q", x.sheet, x.cell, got, x.want)
		}
	}
	if got := formulaOf(t, book, claimTable.name, "L2"); got != "K2-J2" {
		t.Errorf("the difference is %q, no formula over its amounts", got)
	}
}
