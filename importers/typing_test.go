package importers

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/money"
)

func TestTerms(t *testing.T) {
	for text, want := range map[string]int{
		"P1Y": 12, "P3Y": 36, "P5Y": 60, "p3y": 36, "12": 12, "36": 36, "60": 60, "1 Year": 12, "3 Years": 36, "3Years": 36, "five years": 60,
		"one-year": 12, "P2Y": 0, "24": 0, "1 Month": 0, "1": 0, "": 0, "1 Yearly": 0, "13 Years": 0, "P1YX": 0, "1 Year maybe": 0,
	} {
		got, ok := parseTerm(text)
		if got != want && (ok || want != 0) || ok != (want != 0) {
			t.Errorf("%q is %d months (%t), want %d", text, got, ok, want)
		}
	}
}

// TestTermAndBillingCycle: what Partner Center writes, and what is not sold here.
func TestTermAndBillingCycle(t *testing.T) {
	for cell, want := range map[string]string{
		"One-Year commitment for monthly billing|":    "12 Monthly",
		"One-Year commitment for yearly billing|":     "12 Upfront",
		"Three-Year commitment for one-time billing|": "36 Upfront",
		"3 Years|Monthly": "36 Monthly",
		"3 Years|OneTime": "36 Upfront",
		"1 Year|Annual":   "12 Upfront",
		"36|Upfront":      "36 Upfront",
		"P5Y|triennial":   "60 Upfront",
		"Three-Year commitment for yearly billing|": "UnknownValue",
		"3 Years|Annual":               "UnknownValue",
		"1 Month Subscription|Monthly": "NotATerm",
		"|Monthly":                     "NotATerm",
		"1 Year|":                      "UnknownValue",
		"1 Year|now and then":          "UnknownValue",
	} {
		cycle, frequency, _ := strings.Cut(cell, "|")
		file := "CustomerId,InvoiceNumber,OrderDate,ChargeStartDate,ProductName,ChargeType,Quantity,Subtotal,Currency,TermAndBillingCycle,BillingFrequency,ReservationOrderId\n" +
			"c,i,2026-01-01,2026-01-01,p,New,1,5,USD," + cycle + "," + frequency + ",o\n"
		got := read(t, "p.csv", []byte(file))
		if term, plan, ok := strings.Cut(want, " "); ok {
			if !strings.Contains(got, "Term="+term+" Plan="+plan) {
				t.Errorf("%s is not %s:\n%s", cell, want, got)
			}
		} else if !strings.Contains(got, want) || !strings.Contains(got, "1 rows, 1 refused") {
			t.Errorf("%s is not refused as %s:\n%s", cell, want, got)
		}
	}
}

func TestFixedDates(t *testing.T) {
	for text, want := range map[string]string{
		"09/21/2023": "2023-09-21", "2023-09-21": "2023-09-21", "9/21/2023": "2023-09-21", "2/8/2018 12:00:00 AM": "2018-02-08",
		"2018-02-08T22:31:47.1751688Z": "2018-02-08", "2019-01-03T23:30:00-05:00": "2019-01-04",
		"21/09/2023": "", "02/30/2023": "", "21.09.2023": "", "45190": "", "": "", "09/21/23": "", "2023-09-2x": "", "xx/21/2023": "",
	} {
		if got, ok := fixedDate([]byte(text)); got.String() != want || ok != (want != "") {
			t.Errorf("%q is %s (%t), want %s", text, got, ok, want)
		}
	}
}

func TestWholeNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"1": "1", "1000000000": "1000000000", "2.0": "2", "2.": "2", "-3": "-3", "007": "7",
		"1000000001": "", "0.5": "", "": "", "-": "", "1e3": "", "+1": "", ".0": "",
	} {
		n, ok := parseWhole(text)
		if got := fmt.Sprint(n); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %s (%t), want %q", text, got, ok, want)
		}
	}
}

// TestAmountsOfEveryCurrency: no amount that a cell can hold is too large for a
// currency with more minor digits.
func TestAmountsOfEveryCurrency(t *testing.T) {
	for _, code := range []string{"JPY", "SEK", "KWD", "CLF"} {
		c := money.MustCurrency(code)
		for text, ok := range map[string]bool{
			"9999999999999": true, "-9999999999999": true, "0000000000000001": true, "99999999999999": false, "9999999999999999": false,
			"0.000000000001": true, "0.0000000000001": false, "1.2.3": false, "": false, "-": false, "1e5": false,
		} {
			if _, got := parseAmount(text, c); got != ok {
				t.Errorf("%q as %s: %t, want %t", text, code, got, ok)
			}
		}
	}
}

// What is charged is added up, and an amount holds 18 digits: with more than 5 decimals, as
// a formula leaves them, it is refused, on any sheet that charges. A price is not added.
func TestDecimalsOfACharge(t *testing.T) {
	for file, body := range map[string]string{
		"reservations.csv": "ReservationOrderId,BillingAccountId,PurchaseDate,Term,BillingPlan,ProductType,Sku,Quantity,Currency,Amount\nRO-1,A,2026-03-02,P1Y,Upfront,VirtualMachines,Standard_D4s_v5,1,SEK,",
		"partner.csv": "CustomerId,InvoiceNumber,OrderDate,ChargeStartDate,ProductName,ChargeType,Quantity,TermAndBillingCycle,BillingFrequency,ReservationOrderId,Currency,Subtotal\n" +
			"c,i,2026-01-01,2026-01-01,p,New,1,1 Year,OneTime,o,SEK,",
		"prices.csv": "Sku,Term,EffectiveFrom,Currency,UnitPrice\nStandard_D4s_v5,P1Y,2026-03-02,SEK,",
	} {
		if got := read(t, file, []byte(body+"1714.28571\n")); !strings.Contains(got, "1 rows, 0 refused") {
			t.Errorf("%s: five decimals are refused:\n%s", file, got)
		}
		got := read(t, file, []byte(body+"1714.285714\n"))
		if refused := strings.Contains(got, "OutOfRange") && strings.Contains(got, "an amount of at most 5 decimals"); refused != (file != "prices.csv") {
			t.Errorf("%s: six decimals:\n%s", file, got)
		}
	}
}

// TestCardNumbers is IMP-6: a number that passes Luhn is refused and never shown.
func TestCardNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"4111111111111111":         "************1111",
		"4111 1111 1111 1111":      "************1111",
		"4111-1111\u00a01111-1111": "************1111",
		"378282246310005":          "***********0005",
		"4111111111111112":         "", // fails Luhn
		"card_1N3T00":              "",
		"411111111111":             "", // too short
		"tok 4111111111111111":     "", // a token with digits in it is none
		"41111111111111111111":     "", // too long
	} {
		masked, is := maskCard(text)
		if is != (want != "") || is && masked != want {
			t.Errorf("%q: %q %t, want %q", text, masked, is, want)
		}
	}
	const file = "BillingAccountId,Name,BillingType,Currency,CardRef\nA,B,CSP,SEK,"
	for _, number := range []string{"4111111111111111", "4.11111111111111E+15", "4111 1111 1111 1111"} {
		got := read(t, "a.csv", []byte(file+number+"\n"))
		if !strings.Contains(got, "1 refused") || strings.Contains(got, "41111111") || strings.Contains(got, "4111 1111") {
			t.Errorf("%s is shown:\n%s", number, got)
		}
	}
}

// TestProducts is IMP-1 and ELG-2: the product type by description and SKU.
func TestProducts(t *testing.T) {
	for _, c := range []struct{ description, sku, want string }{
		{"Reserved VM Instance, Standard_D1, US East, 3 Years", "Standard_D1", "VirtualMachines"},
		{"Standard_DS1_v2 westus 1 Year", "Standard_DS1_v2", "VirtualMachines"},
		{"", "Standard_B1ls", "VirtualMachines"},
		{"Azure Red Hat OpenShift, 4 vCPU", "", "RedHatOsa"},
		{"Red Hat Enterprise Linux, 1-4 vCPU", "", "RedHat"},
		{"SUSE Linux Enterprise Server 1-2 vCPU", "Standard_x", "SuseLinux"},
		{"Azure Databricks, Pre-Purchase Plan", "", "Databricks"},
		{"Azure VMware Solution by CloudSimple, CS28", "", "VMwareCloudSimple"},
		{"Azure VMware Solution, AV36", "", "AVS"},
		{"SQL Database, vCore", "", "SqlDatabases"},
		{"Azure Synapse Analytics Pre-Purchase Plan", "", "SynapsePrePurchase"},
		{"Cosmos DB, 100 RU/s", "", "CosmosDb"},
		{"A thing of its own", "X1", invoicing.UnknownProduct},
		{"", "", invoicing.UnknownProduct},
	} {
		if got := recogniseProduct(c.description, c.sku); got != c.want {
			t.Errorf("%q, %q is %s, want %s", c.description, c.sku, got, c.want)
		}
	}
	for _, bad := range []string{"Column,How,Text,ProductType\nName,holds,x,RedHat\n", "Column,How,Text,ProductType\nSku,holds,x,Toaster\n", "a,b\n"} {
		if _, err := readProductRules(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// FuzzRead: no file makes a kind panic, and every row is accounted for.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.csv")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		got := read(t, "fuzz", file)
		for _, l := range strings.Split(got, "\n") {
			if strings.HasPrefix(l, "purchase ") && !strings.Contains(l, "Quantity=") || strings.HasPrefix(l, "credit ") && strings.Contains(l, "Amount=-") {
				t.Errorf("handed on: %s", l)
			}
		}
	})
}

func BenchmarkTransactions(b *testing.B) {
	in := endless{100_000}
	b.SetBytes(in.size())
	for b.Loop() {
		if _, err := readFrom(context.Background(), "t.csv", in, in.size(), 1, &tally{sum: money.Zero(money.USD)}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRequests(b *testing.B) {
	var file strings.Builder
	file.WriteString("RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequesterRole,Used\n")
	for i := range 100_000 {
		fmt.Fprintf(&file, "C%d,2023-04-17,Refund,f0172ccb-32fb-52fd-d1de-0147c5e784d5,2,Owner,Yes\n", i)
	}
	in := strings.NewReader(file.String())
	for b.Loop() {
		if _, err := readFrom(context.Background(), "r.csv", in, in.Size(), 1, &silent{}); err != nil {
			b.Fatal(err)
		}
	}
}

// silent takes requests and keeps nothing.
type silent struct{ recorder }

func (*silent) Request(*invoicing.Request) error { return nil }

// TestLongWordsAreNotHeld: what an export says once, at length, is not remembered:
// only short strings are at hand, and the same string is the same word each time.
func TestLongWordsAreNotHeld(t *testing.T) {
	c := &cells{at: []int{0}, header: []string{"Description"}, seen: map[string]*word{}}
	say := func(text string) *word {
		c.row = &table.Row{Cells: []string{text}}
		return c.word(0, "Description")
	}
	for i := range 2 * quickWords {
		text := fmt.Sprintf("%08d%s%08d", i, strings.Repeat("x", i%2*maxWord), i)
		if first := say(text); first.text != text || say("another") == first || say(text).text != text {
			t.Fatalf("%.20s is read as %.20s", text, first.text)
		}
	}
	held := 0
	for _, w := range c.quick {
		if w != nil {
			held += len(w.text)
		}
	}
	if held == 0 || held > quickWords*maxWord/8 {
		t.Errorf("%d bytes are held", held)
	}
	if first := say("another"); say("something else") == first || say("another") != first {
		t.Error("the same string is two words, or two strings are one")
	}
}

// TestAmountsThatWerePaid: no invoice, charge or opening balance has more decimals than
// its currency; a formula whose cell shows 300.13 may hold 300.1275. Of tax that is no harm
// where it rounds to what the line gives.
func TestAmountsThatWerePaid(t *testing.T) {
	const (
		invoices = "InvoiceNumber,BillingAccountId,IssueDate,LineNo,Description,TaxRate,Currency,NetAmount,TaxAmount,OpenAmount\nF1,A,2026-11-01,1,x,25,"
		charges  = "BillingAccountId,Date,Description,Currency,Amount\nA,2026-11-01,x,"
		opening  = "Kind,BillingAccountId,Date,Currency,Amount\nHeld,A,2026-11-01,"
	)
	for file, column := range map[string]string{
		invoices + "SEK,1200.50,300.13,0": "", invoices + "SEK,1200.500,300.1300,": "", invoices + "KWD,5200.505,1300.126,": "", invoices + "JPY,1200,300,": "",
		invoices + "SEK,1200.505,300.13,": "NetAmount", invoices + "SEK,1200.51,300.1275,": "", invoices + "SEK,1200.51,300.1349,": "", invoices + "SEK,1200.51,300.1425,": "TaxAmount", invoices + "SEK,1200.50,300.13,0.001": "OpenAmount",
		invoices + "JPY,1200.5,300,": "NetAmount", charges + "SEK,12.345": "Amount", charges + "SEK,12.34": "", opening + "SEK,12.345": "Amount", opening + "SEK,12.34": "",
	} {
		got := ""
		for _, f := range refusals(t, []byte(file+"\n")) {
			got += f.Column
		}
		if got != column {
			t.Errorf("%s: refused for %q, want %q", file, got, column)
		}
	}
	if got := read(t, "invoices", []byte(invoices+"SEK,1200.51,300.1275,\n")); !strings.Contains(got, " Tax=300.13 SEK") {
		t.Errorf("tax with more decimals than its cell shows is read as\n%s", got)
	}
}

// TestTaxOfALine is DOC-4: a credit note copies the tax of the lines it cancels, so that a
// slip of the pen, or the tax of the whole invoice on one of its lines, is told. How an
// invoice rounded is its own affair.
func TestTaxOfALine(t *testing.T) {
	const header = "InvoiceNumber,BillingAccountId,IssueDate,Currency,LineNo,Description,NetAmount,TaxRate,TaxAmount,TaxCategory\nF1,A,2026-11-01,SEK,1,x,"
	for line, told := range map[string]bool{
		"5000.00,25,1250.00,S": false, "5000.00,25,1250.50,": false, "5000.00,25,,S": false, "-5000.00,25,-1250.00,S": false, "5000.00,0,0,Z": false, "5000.00,25,0,AE": false,
		"5000.00,25,12500.00,S": true, "5000.00,25,0,": true, "5000.00,25,-1250.00,S": true, "5000.00,25,1500.00,S": true, "5000.00,0,1250.00,S": true, "5000.00,25,1251.00,S": false, "2.00,25,1.00,S": false,
	} {
		got := refusals(t, []byte(header+line+"\n"))
		if told != (len(got) == 1 && got[0].Column == "TaxAmount") || !told && len(got) > 0 {
			t.Errorf("%s is refused as %v", line, got)
		}
	}
}
