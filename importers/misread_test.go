package importers

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"prorata/importers/table"
)

// Files of which a campaign of random damage found that they were once read as
// something else, each refused with the code that says why.
func TestOnceMisread(t *testing.T) {
	for name, c := range map[string]struct{ file, code string }{
		"two columns grown together, and an empty one behind": {"BillingAccountId;Name;BillingType;Currency;TaxRateCommitmentStart\nE1;A;EA;SEK;25;\n", "UnknownColumn"},
		"a delimiter that became a letter":                    {"RequestId;RequestDate;Action;ReservationOrderId;Quantity;RequestedByxVendorAmountUSD\nR1;2026-11-21;Refund;o1;1;A;\n", "UnknownColumn"},
		"a short name misspelled":                             {"BillingAccountId,Name,BillingType,Currency,Cify\nE1,A,EA,SEK,Malmö\n", "UnknownColumn"},
		"an alias misspelled":                                 {"Konto-id;Namn;Kontotyp;Valuta;Momssat\nE1;A;EA;SEK;25\n", "UnknownColumn"},
		"Opening that looks like Charges":                     {"Kiod,BillingAccountId,Date,Currency,Amount\nLot,E1,2026-10-01,SEK,5.00\n", "UnknownColumn"},
		"Opening that looks like Charges, with notes":         {"Kiod,BillingAccountId,Date,Currency,Amount,Description\nLot,E1,2026-10-01,SEK,5.00,x\n", "UnknownColumn"},
		"Opening whose first column is torn":                  {"Ki\nnd,BillingAccountId,Date,Currency,Amount,ReservationOrderId,Quantity,ExpiresOn\nLot,E1,2026-10-01,SEK,5.00,,,\n", "UnknownColumn"},
		"a header torn in two":                                {"BillingAccountId,Name,BillingType,Currency,Ema\nil,TaxRate\nE1,A,EA,SEK,a@b\n,25\n", "Torn"},
		"UTF-8 with a byte that is none":                      {"BillingAccountId,Name,BillingType,Currency\nE1,Björk,EA,SEK\nE2,Gr\xc3sse,EA,SEK\n", "Encoding"},
		"JSON with a byte that is no UTF-8":                   {`[{"reservationOrderId":"` + "\xff" + `1"}]`, "BadContainer"},
		"Withdraws on a Refund":                               {"RequestId,RequestDate,Action,ReservationOrderId,Quantity,Reason,Withdraws\nR1,2026-11-02,Refund,o1,1,bough,t twice\n", "UnknownValue"},
	} {
		got := read(t, name, []byte(c.file))
		if !strings.Contains(got, fmt.Sprintf("refused Code=%q", c.code)) || strings.Contains(got, "\naccount") {
			t.Errorf("%s is not refused with %s:\n%s", name, c.code, got)
		}
	}
}

// A zip file that asks for what lies before its beginning is damaged; it is no error
// of reading, which would stop the night.
func TestZipBeforeItsBeginning(t *testing.T) {
	book := everyKind(t)
	at := bytes.LastIndex(book, []byte("PK\x05\x06"))
	for i := at; i < at+20; i++ {
		for bit := range 8 {
			bad := bytes.Clone(book)
			bad[i] ^= 1 << bit
			if got := read(t, "damaged", bad); strings.Count(got, "\n") < 1 {
				t.Errorf("byte %d, bit %d: %q", i, bit, got)
			}
		}
	}
}

// handed counts the rows that a file hands on.
func handed(t *testing.T, file []byte) (n int) {
	t.Helper()
	for _, line := range strings.Split(read(t, "file", file), "\n") {
		if strings.HasPrefix(line, "request ") || strings.HasPrefix(line, "invoice line ") {
			n++
		}
	}
	return n
}

// IMP-8: an exchange of which one line is refused waits whole, and so does an invoice;
// the rest is read, whichever way leads through the file.
func TestRowsThatStandTogether(t *testing.T) {
	const requests = "RequestId,RequestDate,Action,ExchangeId,ReservationOrderId,Quantity,BillingAccountId,Term,BillingPlan,ProductType,Sku,Currency,Amount\n" +
		"R1,2026-11-02,Return,X1,o1,1,,,,,,,\nR2,2026-11-02,Purchase,X1,n1,1,E1,P1Y,Upfront,VirtualMachines,D2,SEK,%s\nR3,2026-11-02,Return,X2,o2,1,,,,,,,\n" +
		"R4,2026-11-02,Purchase,X2,n2,1,E1,P1Y,Upfront,VirtualMachines,D2,SEK,200\nR5,2026-11-02,Refund,,o3,1,,,,,,,\n"
	const invoices = "InvoiceNumber;BillingAccountId;IssueDate;Currency;LineNo;Description;NetAmount\nF1;E1;2026-01-01;SEK;1;a;100.00\nF1;E1;2026-01-01;SEK;2;b;%s\nF2;E1;2026-01-01;SEK;1;c;100.00\n"
	for _, c := range []struct {
		name, file, good, bad string
		waits, whole, one     int
	}{
		{"an exchange, plain", requests, "100", "-1", 1, 5, 3},
		{"an exchange, not plain", requests, "100", "x", 1, 5, 3},
		{"an exchange with a torn line", requests, "100", "1,0,0", 1, 5, 3},
		{"an invoice", invoices, "100.00", "1o0.00", 1, 3, 1},
		{"an invoice with a broken line", invoices, "100.00", `1"00.00`, 1, 3, 1},
	} {
		whole, part := []byte(fmt.Sprintf(c.file, c.good)), []byte(fmt.Sprintf(c.file, c.bad))
		if n := handed(t, whole); n != c.whole {
			t.Errorf("%s: %d rows are read when all are right, want %d", c.name, n, c.whole)
		}
		if n := handed(t, part); n != c.one {
			t.Errorf("%s: %d rows are read, want %d:\n%s", c.name, n, c.one, read(t, "part", part))
		}
		if n := strings.Count(read(t, "part", part), `Code="Waits"`); n != c.waits {
			t.Errorf("%s: %d rows wait, want %d", c.name, n, c.waits)
		}
	}
}

// A spreadsheet program that puts the day first makes 9 May of 09/05/2023, and leaves
// 09/21/2023 as it is. What it has made is not read.
func TestDatesTurnedRound(t *testing.T) {
	names, examples := header(transactionsMCA, func(Column) bool { return true })
	at := slices.Index(names, "EventDate")
	for name, dates := range map[string][]any{
		"a workbook":    {45055, 45024, "09/21/2023"},
		"Swedish dates": {"2023-05-09", "2023-04-07", "09/21/2023"},
		"German dates":  {"09.05.2023", "07.04.2023", "09/21/2023"},
	} {
		rows, cells := [][]any{anyOf(names)}, [][]string{names}
		for _, d := range dates {
			row, texts := anyOf(examples), slices.Clone(examples)
			row[at], texts[at] = d, fmt.Sprint(d)
			rows, cells = append(rows, row), append(cells, texts)
		}
		files := map[string][]byte{"CSV": csvOf(t, cells...), "XLSX": workbook(t, map[string][][]any{"A": rows}, []string{"A"})}
		if name == "a workbook" {
			delete(files, "CSV")
		}
		for container, file := range files {
			got := read(t, name, file)
			if strings.Count(got, `refused Code="AmbiguousDate"`) != 2 || strings.Count(got, "\npurchase")+strings.Count(got, "purchase Origin") < 1 || strings.Contains(got, "Date=2023-05-09") {
				t.Errorf("%s, %s:\n%s", name, container, got)
			}
		}
	}
}

func anyOf(texts []string) []any {
	out := make([]any, len(texts))
	for i, s := range texts {
		out[i] = s
	}
	return out
}

// Reference rates that were saved again where the decimal sign is a comma are read all the
// same; a comma in a file that has points is refused.
func TestRatesSavedAgain(t *testing.T) {
	const published = "Date,USD,JPY,IDR,\n2026-11-20,1.1694,178.835,19234.5,\n2026-11-19,1.165,N/A,19233,\n"
	want := records(t, []byte(published))
	saved := "Date;USD;JPY;IDR;\n2026-11-20;1,1694;178,835;19.234,5;\n19.11.2026;1,165;N/A;19.233;\n"
	if got := records(t, []byte(saved)); len(got) != 5 || !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
	if got := refusals(t, []byte(strings.Replace(published, "1.165,", "\"1,165\",", 1))); len(got) != 1 || got[0].Code != "NotANumber" || got[0].Column != "USD" {
		t.Errorf("refused %v", got)
	}
}

// A day on which no rate was published, of the currencies that the file has, is left out.
func TestDayWithoutRates(t *testing.T) {
	got := read(t, "file", []byte("Date,USD,CYP,\n2026-11-20,1.1694,N/A,\n2026-11-19,N/A,N/A,\n2026-11-18,,0.585,\n"))
	if !strings.Contains(got, "Date=2026-11-20 Currency=USD Value=1.1694") || !strings.Contains(got, "3 rows, 0 refused, 2 ignored") {
		t.Error(got)
	}
}

// A column of a house sheet's own is not taken for a misspelled one that the header has.
func TestColumnsOfTheirOwn(t *testing.T) {
	for _, file := range []string{
		"BillingAccountId,Date,Currency,Amount,Rate\nE1,2026-11-02,SEK,5,1.1\n",
		"Kind,BillingAccountId,Date,Currency,Amount,Namn\nHeld,E1,2026-11-02,SEK,5,x\n",
		"ReservationOrderId,BillingAccountId,PurchaseDate,Term,BillingPlan,ProductType,Sku,Quantity,Currency,Amount,Namn,Rate\no1,A,2026-03-01,P1Y,Upfront,VirtualMachines,D2,1,SEK,5,x,1\n",
	} {
		if got := refusals(t, []byte(file)); len(got) != 0 || len(records(t, []byte(file))) != 1 {
			t.Errorf("%s is refused as %v", file, got)
		}
	}
}

// A partner in Britain has saved a reconciliation again: every date has become one with the
// day first, and of a New line of 1 February the last day, 31/01/2029, alone says so. The
// line is refused with both readings; its purchase date is never read as 2 January.
func TestDayFirstInAColumnThatIsNotRead(t *testing.T) {
	names, examples := header(partnerInvoice, func(Column) bool { return true })
	for i, c := range partnerInvoice.Columns {
		if c.Type == table.Date {
			examples[i] = "01/02/2026"
		}
	}
	american := csvOf(t, append(names, "ChargeEndDate"), append(examples, "01/31/2029"))
	if got := records(t, american); len(got) != 1 || !strings.Contains(got[0], "Date=2026-01-02") {
		t.Fatalf("as the vendor exports it: %q", got)
	}
	british := csvOf(t, append(names, "ChargeEndDate"), append(examples, "31/01/2029"))
	got := refusals(t, british)
	if len(records(t, british)) != 0 || len(got) == 0 || got[0].Code != "AmbiguousDate" || !strings.Contains(got[0].Expected, "2026-01-02 or 2026-02-01") {
		t.Errorf("saved again in Britain: read %q, refused %v", records(t, british), got)
	}
}

// An export that was saved again with a currency's sign beside its amounts is read in
// Windows-1252 as in UTF-8.
func TestSignInWindows1252(t *testing.T) {
	names, examples := header(transactionsMCA, func(Column) bool { return true })
	examples[slices.Index(names, "Currency")], examples[slices.Index(names, "Amount")] = "EUR", "€7164.25"
	file := csvOf(t, names, examples)
	western, err := charmap.Windows1252.NewEncoder().Bytes(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := records(t, western), records(t, file); len(want) != 1 || !slices.Equal(got, want) {
		t.Errorf("read %q, refused %v; want %q", got, refusals(t, western), want)
	}
}

// Days of exchange rates are the first of a month, so that nothing settles 01/02/2026 where a
// reconciliation is saved again. The purchase is read without it: nothing is decided by it.
func TestRateDateThatNothingSettles(t *testing.T) {
	names, examples := header(partnerInvoice, func(Column) bool { return true })
	order, start, rate := slices.Index(names, "OrderDate"), slices.Index(names, "ChargeStartDate"), slices.Index(names, "PCToBCExchangeRateDate")
	examples[order], examples[start], examples[rate] = "21/02/2026", "21/02/2026", "01/02/2026"
	got := records(t, csvOf(t, names, examples))
	examples[rate] = ""
	if want := records(t, csvOf(t, names, examples)); len(want) != 1 || !slices.Equal(got, want) || !strings.Contains(want[0], "Date=2026-02-21") || !strings.Contains(want[0], "Rate=0.9174}") {
		t.Errorf("read %q, want %q", got, want)
	}
}

// A spreadsheet program makes 2 of the SKU id 0002, by which the current price of what has no
// ARM SKU name is found (PRO-7).
func TestSkuIdWithoutItsZeros(t *testing.T) {
	names, examples := header(partnerInvoice, func(Column) bool { return true })
	sku, product := slices.Index(names, "SkuId"), slices.Index(names, "ProductName")
	examples[sku], examples[product] = "0002", "SQL Database reserved capacity, 3 years"
	want := records(t, csvOf(t, names, examples))
	examples[sku] = "2"
	if got := records(t, csvOf(t, names, examples)); len(want) != 1 || !slices.Equal(got, want) || !strings.Contains(want[0], "DZH318Z0BQ3P:0002") {
		t.Errorf("read %q, want %q", got, want)
	}
}
