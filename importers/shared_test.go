package importers

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prorata/invoicing"
)

// TestSharedSamples reads what the vendors publish, where that is at hand; .ci/run asks that it ran.
func TestSharedSamples(t *testing.T) {
	const dir = "../../shared/samples"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the samples are not here")
	}
	for path, want := range map[string]string{
		"finops-toolkit/EA_ActualCost_Small.csv":                                    "the nearest is ",
		"finops-toolkit/EA_NoRows.csv":                                              `kind "": 0 rows`,
		"portal/castai_reservations.csv":                                            "the nearest is ",
		"ecb/currency_converter_eurofxref.csv":                                      `kind "ExchangeRates": 1 rows, 0 refused`,
		"ecb/eurofxref-hist.csv":                                                    ", 0 refused, 0 ignored",
		"consumption/ReservationTransactionsListByBillingProfileId_2024-08-01.json": `purchase Origin=2 Account="Z76D-SGAF-BG7-TGB" Order="a838a8c3-a408-49e1-ac90-42cb95bff9b2" Date=2020-04-25 Term=36 Plan=Monthly Product="VirtualMachines" Sku="Standard_B1ls" Region="eastus"`,
		"consumption/ReservationTransactionsListByEnrollmentNumber_2023-05-01.json": `credit Origin=2 Account="123456" Order="00000000-0000-0000-0000-000000000000" Event="Refund" Date=2019-09-09 Quantity=1 Amount=21.00 USD`,
		"partner-center/OneTimeInvoiceLineItem_reservation.json":                    `kind "PartnerInvoice": 1 rows, 0 refused, 1 ignored`,
	} {
		f, err := os.Open(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		st, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		var r rateCounter
		report, err := readFrom(context.Background(), path, f, st.Size(), 1, &r)
		if err != nil || len(report.Sheets) != 1 {
			t.Fatalf("%s: %v %v", path, report, err)
		}
		s := report.Sheets[0]
		got := strings.Join(r.lines[:min(len(r.lines), 3)], "\n") + fmt.Sprintf("\nkind %q: %d rows, %d refused, %d ignored", s.Kind, s.Rows, s.Refused, s.Ignored)
		if !strings.Contains(got, want) || strings.HasPrefix(path, "ecb") && r.rates < 29 {
			t.Errorf("%s gives\n%s", path, got)
		}
	}
}

// rateCounter counts rates and writes down the rest.
type rateCounter struct {
	recorder
	rates int
}

func (r *rateCounter) Rate(*invoicing.Rate) error { r.rates++; return nil }
