package importers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/gocarina/gocsv"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

const bulkHeader = "Amount,ArmSkuName,BillingFrequency,BillingProfileId,BillingProfileName,Currency,Description,EventDate,EventType,Invoice," +
	"InvoiceId,InvoiceSectionId,InvoiceSectionName,PurchasingSubscriptionGuid,PurchasingSubscriptionName,Quantity,Region,ReservationOrderId,ReservationOrderName,Term\n"

// bulkRow is one row of 20 columns as the vendor writes it; the digits of order
// and invoice are set for each row.
const bulkRow = `0007164.00,Standard_E2as_v4,OneTime,BP107,"Kund 107, Göteborg AB",USD,"Reserved VM Instance, Standard_E2as_v4, germanywestcentral",02/27/2024,Purchase,E000000000,` +
	`/providers/Microsoft.Billing/invoices/E000000000,IS10,Section 10,b25c8ef4-78aa-5503-6607-69388d5165b0,Subscription 107,2,germanywestcentral,a27c0f26-1f7b-5b8f-98c8-000000000000,VM_RI_2024-02-27,P3Y` + "\n"

// endless is a file of any number of rows that is not in memory.
type endless struct{ rows int64 }

func (e endless) size() int64 { return int64(len(bulkHeader)) + e.rows*int64(len(bulkRow)) }

func (e endless) ReadAt(p []byte, at int64) (int, error) {
	n := 0
	if at < int64(len(bulkHeader)) {
		n = copy(p, bulkHeader[at:])
	}
	invoice, order := strings.Index(bulkRow, "E000000000"), strings.Index(bulkRow, "000000000000,VM")+3
	row := []byte(bulkRow)
	for n < len(p) {
		i, off := (at+int64(n)-int64(len(bulkHeader)))/int64(len(bulkRow)), int((at+int64(n)-int64(len(bulkHeader)))%int64(len(bulkRow)))
		for k, d := 8, i; k >= 0; k, d = k-1, d/10 {
			row[invoice+1+k], row[order+k] = byte('0'+d%10), byte('0'+d%10)
		}
		n += copy(p[n:], row[off:])
	}
	return n, nil
}

// tally counts purchases and watches the heap.
type tally struct {
	recorder
	rows int
	sum  money.Money
	last string
	peak uint64
}

func (c *tally) Purchase(p *invoicing.Purchase) error {
	c.rows++
	c.sum = c.sum.Add(p.Amount)
	c.last = p.Order
	if c.rows%50_000 == 0 {
		c.peak = max(c.peak, heap())
	}
	return nil
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// TestAMillionRows streams 1 M rows of 20 columns in less than 64 MiB.
func TestAMillionRows(t *testing.T) {
	debug.FreeOSMemory()
	in := endless{1_000_000}
	sink := tally{sum: money.Zero(money.USD)}
	start := time.Now()
	report, err := readFrom(context.Background(), "transactions.csv", in, in.size(), 1, &sink)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d MiB in %v, heap at most %d MiB", in.size()>>20, time.Since(start), sink.peak>>20)
	if sink.rows != 1_000_000 || sink.sum.String() != "7164000000.00 USD" || sink.last != "a27c0f26-1f7b-5b8f-98c8-000000999999" {
		t.Errorf("%d rows, %s, last order %s", sink.rows, sink.sum, sink.last)
	}
	if s := report.Sheets[0]; s.Rows != 1_000_000 || s.Refused+s.Ignored != 0 {
		t.Errorf("report %+v", s)
	}
	if sink.peak > 64<<20 {
		t.Errorf("the heap was %d MiB", sink.peak>>20)
	}
}

// TestBulkStops: an error of the sink or of the context ends the reading.
func TestBulkStops(t *testing.T) {
	in := endless{100_000}
	full := errors.New("the disk is full")
	r := recorder{stop: full}
	if _, err := readFrom(context.Background(), "t.csv", in, in.size(), 1, &r); !errors.Is(err, full) || len(r.lines) != 1 {
		t.Errorf("got %v after %d rows", err, len(r.lines))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := readFrom(ctx, "t.csv", in, in.size(), 1, &recorder{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// failing is a file of which a part cannot be read.
type failing struct {
	*bytes.Reader
	from, to int64
}

var errDisk = errors.New("the disk has failed")

func (f failing) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > f.from && at < f.to {
		return 0, errDisk
	}
	return f.Reader.ReadAt(b, at)
}

// TestReadingFails: a disk that fails is an error, never a fault of the file.
func TestReadingFails(t *testing.T) {
	accounts, err := os.ReadFile("testdata/accounts.csv")
	if err != nil {
		t.Fatal(err)
	}
	book := workbook(t, map[string][][]any{"Charges": {{"BillingAccountId", "Date", "Currency", "Amount"}, {"A", "2026-01-01", "SEK", 5}}}, []string{"Charges"})
	for _, file := range [][]byte{accounts, book} {
		n := int64(len(file))
		for _, from := range []int64{0, n - 100} {
			var r recorder
			if _, err := readFrom(context.Background(), "f", failing{bytes.NewReader(file), from, from + 100}, n, 1, &r); !errors.Is(err, errDisk) || len(r.lines) > 0 {
				t.Errorf("%d bytes failing at %d: %v, %q", n, from, err, r.lines)
			}
		}
	}
	in := failing{bytes.NewReader(append([]byte(bulkHeader), bytes.Repeat([]byte(bulkRow), 20_000)...)), 5 << 20, 5<<20 + 1}
	if _, err := readFrom(context.Background(), "f", in, in.Size(), 1, &recorder{}); !errors.Is(err, errDisk) {
		t.Errorf("a bulk file: %v", err)
	}
}

// TestBulkAgreesWithGocsv reads generated transactions, with quotes, line breaks
// and damage, both ways: what is handed on is what gocsv decodes.
func TestBulkAgreesWithGocsv(t *testing.T) {
	type line struct {
		Amount  string `csv:"Amount"`
		Account string `csv:"BillingProfileId"`
		Name    string `csv:"BillingProfileName"`
		Text    string `csv:"Description"`
		Date    string `csv:"EventDate"`
		Event   string `csv:"EventType"`
		Order   string `csv:"ReservationOrderId"`
	}
	r := rand.New(rand.NewPCG(5, 6))
	var file bytes.Buffer
	file.WriteString(bulkHeader)
	texts := []string{`"Reserved VM Instance, Standard_D2s_v5"`, `"say ""SUSE"""`, "\"two\nlines\"", `plain`, `Ö`, `""`}
	for i := range 20_000 {
		amount, event := fmt.Sprintf("%d.%02d", 1+r.IntN(100_000), r.IntN(100)), "Purchase"
		if r.IntN(10) == 0 {
			amount, event = "-"+amount, "Refund"
		}
		text := texts[r.IntN(len(texts))]
		fmt.Fprintf(&file, "%s,Standard_D2s_v5,OneTime,BP%d,%s,EUR,%s,%02d/%02d/2025,%s,E%d,,,,,,%d,westeurope,order-%d,,P1Y\n",
			amount, r.IntN(50), text, text, 1+r.IntN(12), 1+r.IntN(28), event, i, 1+r.IntN(9), r.IntN(5000))
	}
	var lines []line
	if err := gocsv.UnmarshalBytes(file.Bytes(), &lines); err != nil {
		t.Fatal(err)
	}
	var got compared
	if _, err := readFrom(context.Background(), "t.csv", bytes.NewReader(file.Bytes()), int64(file.Len()), 1, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.rows) != len(lines) {
		t.Fatalf("%d rows, gocsv has %d", len(got.rows), len(lines))
	}
	for i, l := range lines {
		want := fmt.Sprint(l.Event, l.Account, l.Order, l.Date[6:], l.Date[:2], l.Date[3:5], strings.TrimPrefix(l.Amount, "-"))
		if l.Event == "Purchase" {
			want += l.Text
		}
		if got.rows[i] != want {
			t.Fatalf("row %d is %q, gocsv has %q", i+2, got.rows[i], want)
		}
	}
}

// compared writes down what the other way knows, too.
type compared struct {
	recorder
	rows []string
}

func (c *compared) Purchase(p *invoicing.Purchase) error {
	y, m, d := p.Date.Civil()
	c.rows = append(c.rows, fmt.Sprintf("Purchase%s%s%d%02d%02d%s%s", p.Account, p.Order, y, m, d, p.Amount.Number(), p.Description))
	return nil
}

func (c *compared) VendorCredit(v *invoicing.VendorCredit) error {
	y, m, d := v.Date.Civil()
	c.rows = append(c.rows, fmt.Sprintf("Refund%s%s%d%02d%02d%s", v.Account, v.Order, y, m, d, v.Amount.Number()))
	return nil
}

// TestBothWaysAgree: an export read whole, because it stands below a title row,
// gives what it gives streamed.
func TestBothWaysAgree(t *testing.T) {
	for _, name := range []string{"transactions-ea.csv", "partner-invoice.csv", "transactions-mca.csv"} {
		file, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		streamed := read(t, name, file)
		whole := read(t, name, append([]byte("Exported on 22 November\n"), file...))
		streamed, whole = withoutTexts(streamed), strings.Replace(withoutTexts(whole), savedNote, "", 1)
		for row := 30; row > 1; row-- {
			streamed = strings.ReplaceAll(streamed, fmt.Sprintf("Source=#1!%d\n", row), fmt.Sprintf("Source=#1!%d\n", row+1))
			streamed = strings.ReplaceAll(streamed, fmt.Sprintf("Source=#1!%d Column", row), fmt.Sprintf("Source=#1!%d Column", row+1))
		}
		if streamed != whole {
			t.Errorf("%s: streamed\n%s\nwhole\n%s", name, streamed, whole)
		}
	}
}

const savedNote = "not as the vendor exports it: read by the locale of its columns"

// withoutTexts leaves out what is said of a fault: each way knows other formats.
func withoutTexts(s string) string {
	lines := strings.SplitAfter(s, "\n")
	for i, l := range lines {
		if at := strings.Index(l, " Value="); at >= 0 && strings.HasPrefix(l, "  refused") {
			lines[i] = l[:at] + "\n"
		} else if at := strings.Index(l, " Expected="); at >= 0 {
			lines[i] = l[:at] + "\n"
		}
	}
	return strings.Join(lines, "")
}

// TestSavedAgain: an export whose dates a spreadsheet program has turned round is
// found out wherever in the file that shows.
func TestSavedAgain(t *testing.T) {
	var file bytes.Buffer
	file.WriteString(bulkHeader)
	for i := range 8000 {
		day := 1 + i%12 // until the last rows, nothing tells day from month
		if i > 7900 {
			day = 13
		}
		fmt.Fprintf(&file, "1.00,Standard_D2s_v5,OneTime,BP1,,EUR,,%02d/01/2025,Purchase,E%d,,,,,,1,westeurope,order-%d,,P1Y\n", day, i, i)
	}
	var got compared
	if _, err := readFrom(context.Background(), "t.csv", bytes.NewReader(file.Bytes()), int64(file.Len()), 1, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.rows) != 8000 || !strings.Contains(got.rows[4], "20250105") {
		t.Errorf("%d rows, the fifth is %s", len(got.rows), got.rows[4])
	}
}
