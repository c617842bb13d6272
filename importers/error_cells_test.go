package importers

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"prorata/invoicing"
)

// A cell in which a formula has left an error is told as that, whatever the file and the column,
// and never taken for a value, or for one that is not there: an order whose invoice is #N/A
// would be credited with all others of which it is.
func TestAnErrorIsNoValue(t *testing.T) {
	// What decides nothing of the row that stands as an example.
	aside := []string{"PurchasingEnrollment", "ChargeStartDate", "ProductId", "SkuId", "SkuID", "ChargeType", "BillingFrequency", "UnitPrice", "unitPrice", "PricingCurrency",
		"PCToBCExchangeRate", "PCToBCExchangeRateDate", "ReservationId", "productName"}
	for _, k := range kinds {
		names, examples := header(k, func(Column) bool { return true })
		for i, c := range k.Columns {
			row := slices.Clone(examples)
			row[i] = "#N/A"
			file := csvOf(t, names, examples, row)
			told := slices.ContainsFunc(refusals(t, file), func(f invoicing.Fault) bool { return f.Source.Row == 3 && f.Column == c.Name && f.Value == "#N/A" })
			if !told && !(k.vendor != nil && slices.Contains(aside, c.Name)) {
				t.Errorf("%s: #N/A in %s is not told", k.Name, c.Name)
			}
		}
	}
}

// Of an error in PriceType it cannot be told whether the row prices a reservation: it is refused,
// not passed over as a row of another thing is.
func TestAnErrorInPriceType(t *testing.T) {
	const sheet = "SkuID,MeterRegion,Term,CurrencyCode,UnitPrice,PriceType,EffectiveStartDate,EnrollmentNumber\n" +
		"S1,westeurope,P1Y,USD,1447.00,ReservedInstance,01/01/2026,8611537\n" +
		"S2,westeurope,,USD,0.10,Consumption,01/01/2026,8611537\n" +
		"S3,westeurope,P1Y,USD,1300.00,#VALUE!,01/01/2026,8611537\n"
	var r refusing
	report, err := readFrom(context.Background(), "prices.csv", bytes.NewReader([]byte(sheet)), int64(len(sheet)), 1, &r)
	if err != nil {
		t.Fatal(err)
	}
	if s := report.Sheets[0]; s.Rows != 3 || s.Ignored != 1 || s.Refused != 1 || len(r.faults) != 1 || r.faults[0].Column != "PriceType" || r.faults[0].Code != "CellError" {
		t.Errorf("%+v, refused %+v", s, r.faults)
	}
}
