package jobs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The vendor's readings, each planted in the vendor's own files and found again on
// the ledger of a whole night (REC-2). All requests are of 2026-06-01.
//
// BP-1 pays by invoice in SEK, upfront from 2026-01-05: 36,543.00 x 218/365 =
// 21,825.68 are expected. M-1 is monthly: 1,200.00 x 14/31 = 541.94.
//
// CSP-1 bought 3 units at 1,200.37 USD, at 9.5137 SEK: 34,259.88. One of them, from
// 2026-01-01: 34,259.88 / 3 x 214/365 = 6,695.54, less a fee of 12 % = 5,892.08.
var plantedCauses = []struct {
	order, credited, rate, cause string
}{
	{"U-FULL", "36543.00", "", "the full price, as within the days of grace"},
	{"U-366", "21865.89", "", "a period of 366 days against 365"}, // x 219/366
	{"U-PRICE", "23956.71", "", "the current price"},              // 40,111.00 x 218/365
	{"U-DAY", "19643.11", "", "the exchange rate of 2026-06-10"},  // x 10.8/11.0 x 1.10/1.20
	{"M-1", "476.67", "", "the instalment before"},                // 1,100.00 x 13/30
	{"C-FEE", "6695.54", "9.5137", "no early termination fee"},
	{"C-DOWN", "5892.00", "9.5137", "rounded down twice, as partner invoices are"}, // 1,200.37 x 214/365 = 703.77; x 9.5137 = 6,695.45; less 803.45
	{"C-RATE", "6257.79", "10.1042", "the exchange rate of 2026-06-10"},            // x 10.1042/9.5137
	{"C-PAIR", "6677.24", "9.5137", "no early termination fee and a period of 366"},
}

const (
	mcaHeader     = "Amount,ArmSkuName,BillingFrequency,BillingProfileId,BillingProfileName,Currency,Description,EventDate,EventType,Invoice,InvoiceId,InvoiceSectionId,InvoiceSectionName,PurchasingSubscriptionGuid,PurchasingSubscriptionName,Quantity,Region,ReservationOrderId,ReservationOrderName,Term\n"
	partnerHeader = "CustomerId,InvoiceNumber,OrderDate,ChargeStartDate,ProductName,ChargeType,UnitPrice,Quantity,Subtotal,Currency,TermAndBillingCycle,BillingFrequency,PricingCurrency,PCToBCExchangeRate,PCToBCExchangeRateDate,ReservationOrderId\n"
)

func mcaRow(amount, frequency, date, event, order string) string {
	return fmt.Sprintf("%s,Standard_D4s_v5,%s,BP-1,Ångström AB,SEK,\"Reserved VM Instance, Standard_D4s_v5, SE Central, 1 Year\",%s,%s,,,IS,Lab,9d1c,Mät,1,swedencentral,%s,VM_RI,P1Y\n",
		amount, frequency, date, event, order)
}

func partnerRow(date, charge string, quantity int, subtotal, rate, rateDate, order string) string {
	return fmt.Sprintf("CSP-1,G01,01/01/2026,%s,\"Reserved VM Instance, Standard_D4s_v5, SE Central, 1 Year\",%s,1200.37,%d,%s,SEK,1 Year,OneTime,USD,%s,%s,%s\n",
		date, charge, quantity, subtotal, rate, rateDate, order)
}

// plantedInbox writes what a biller would have dropped by the night of 2026-06-20.
func plantedInbox(t *testing.T) string {
	files := map[string]string{
		"accounts.csv": "BillingAccountId,Name,BillingType,Currency,Country,TaxRate,TaxCategory\nBP-1,Ångström AB,PAYG-Invoice,SEK,SE,25,S\nCSP-1,Sjöbloms Bygg AB,CSP,SEK,SE,25,S\n",
		"rates.csv":    "Date,USD,SEK,\n2026-06-10,1.2000,10.8000,\n2026-06-01,1.1500,10.9500,\n2026-01-05,1.1000,11.0000,\n",
		"prices.csv":   "Sku,Region,Term,Currency,UnitPrice,EffectiveFrom\nStandard_D4s_v5,swedencentral,P1Y,SEK,40111.00,2026-01-01\n",
		"invoices.csv": "InvoiceNumber,BillingAccountId,IssueDate,Currency,LineNo,Description,ReservationOrderId,NetAmount,TaxRate,TaxAmount,TaxCategory\n",
		"requests.csv": "RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequestedBy,RequesterRole,Used\n",
		"mca.csv":      mcaHeader, "partner.csv": partnerHeader,
	}
	for i, p := range plantedCauses {
		files["requests.csv"] += fmt.Sprintf("R-%s,2026-06-01,Refund,%s,1,Åsa,Owner,Yes\n", p.order, p.order)
		switch account, net := "BP-1", "36543.00"; p.order[0] {
		case 'C':
			account, net = "CSP-1", "34259.88"
			files["partner.csv"] += partnerRow("01/01/2026", "New", 3, net, "9.5137", "01/01/2026", p.order) +
				partnerRow("06/10/2026", "Cancel", -1, "-"+p.credited, p.rate, "06/10/2026", p.order)
			fallthrough
		case 'U':
			if account == "BP-1" {
				files["mca.csv"] += mcaRow(net, "OneTime", "01/05/2026", "Purchase", p.order) + mcaRow("-"+p.credited, "OneTime", "06/10/2026", "Refund", p.order)
			}
			files["invoices.csv"] += fmt.Sprintf("F-%d,%s,2026-01-05,SEK,1,Azure reservation,%s,%s,25,,S\n", i, account, p.order, net)
		case 'M':
			for month, amount := range []string{"1000.00", "1100.00", "1200.00"} {
				files["mca.csv"] += mcaRow(amount, "Recurring", fmt.Sprintf("%02d/15/2026", 3+month), "Purchase", p.order)
			}
			files["mca.csv"] += mcaRow("-"+p.credited, "Recurring", "06/10/2026", "Refund", p.order)
			files["invoices.csv"] += fmt.Sprintf("F-%d,BP-1,2026-05-15,SEK,1,Azure reservation,%s,1200.00,25,,S\n", i, p.order)
		}
	}
	dir := t.TempDir()
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestPlantedCausesAreFoundOnALedger(t *testing.T) {
	report, path := oneNight(t, plantedInbox(t), t.TempDir(), "2026-06-20", builtin(t, "azure-2020"))
	if report.Refused > 0 || report.Decided["Approved"] != len(plantedCauses) {
		t.Fatalf("%d rows are refused; decided: %v %v", report.Refused, report.Decided, report.Reasons)
	}
	breaks, _, err := Breaks(path, BreakFilter{})
	if err != nil {
		t.Fatal(err)
	}
	causes := map[string]string{}
	for i := range breaks {
		causes[breaks[i].Order()] = fmt.Sprintf("%s: %s", breaks[i].Class, breaks[i].Cause())
	}
	for _, p := range plantedCauses {
		if got := causes[p.order]; !strings.HasPrefix(got, "AmountDifference: "+p.cause) {
			t.Errorf("%s: %q, want %q", p.order, got, p.cause)
		}
	}
	counts, of, err := Causes(path, BreakFilter{})
	if err != nil || of != len(plantedCauses) {
		t.Fatalf("%d differences, %v", of, err)
	}
	if counts[0].Cause != "exchange rate of another day" || counts[0].Count != 2 {
		t.Errorf("the most frequent cause is %+v", counts[0])
	}
}
