//go:build long

package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// dropper writes files into an inbox as people and programs do: in their own
// time, in parts, under temporary names, beside lock files, and wrong.
type dropper struct {
	dir    string
	draw   *rand.Rand
	today  time.Time
	drops  int
	orders []int          // by the drop that brought them
	kinds  map[string]int // files by what they are
	rows   int            // of the huge ones
	bodies [][]byte       // of the files that are whole, in order; one of the same bytes again is none
	export []string       // rows of the vendor's export so far
}

// soakAccounts is how many accounts of each billing type there are.
const soakAccounts = 20

// sum is the name of bytes in the archive.
func sum(body []byte) string {
	s := sha256.Sum256(body)
	return hex.EncodeToString(s[:])
}

// day is a date so many days before today.
func (d *dropper) day(before int) string { return d.today.AddDate(0, 0, -before).Format(time.DateOnly) }

// begin drops what every biller has: accounts and rates.
func (d *dropper) begin(t *testing.T) {
	var b strings.Builder
	b.WriteString("BillingAccountId,Name,BillingType,Currency,TaxRate,CommitmentStart,CommitmentEnd\n")
	for i := range soakAccounts {
		fmt.Fprintf(&b, "E%d,Åkes Bygg %d AB,EA,SEK,25,%s,%s\n", i, i, d.day(300), d.day(-300))
		fmt.Fprintf(&b, "P%d,Bergs El %d AB,PAYG-Invoice,USD,25,,\n", i, i)
		fmt.Fprintf(&b, "C%d,Cedersunds Väv %d AB,CSP,USD,25,,\n", i, i)
	}
	d.write(t, "begin", "accounts.csv", []byte(b.String()), 1)
	b.Reset()
	b.WriteString("Date,USD,SEK,\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%s,1.1%03d,11.%03d,\n", d.day(i), 7*i, 900-3*i)
	}
	d.write(t, "begin", "eurofxref-hist.csv", []byte(b.String()), 1)
}

// drop drops one file of a random kind.
func (d *dropper) drop(t *testing.T) {
	d.drops++
	n := d.drops
	order := d.order(n)
	sheets := order.csv()
	switch kind := d.draw.IntN(200); {
	case kind == 0:
		d.huge(t, n, 150_000)
	case kind < 6:
		d.huge(t, n, 15_000)
	case kind < 40:
		d.bad(t, n)
	case kind < 60:
		d.orders = append(d.orders, n)
		d.renamedIn(t, fmt.Sprintf("renamed %d.csv", n), sheets)
	case kind < 80: // a program has it open for longer than it must be quiet
		d.orders = append(d.orders, n)
		lock := filepath.Join(d.dir, fmt.Sprintf(".~lock.open %d.csv#", n))
		d.put(t, lock, nil)
		d.parts(t, "open", fmt.Sprintf("open %d.csv", n), sheets, 2, 1500*time.Millisecond)
		if err := os.Remove(lock); err != nil {
			t.Error(err)
		}
	case kind < 100:
		d.orders = append(d.orders, n)
		d.write(t, "workbook", fmt.Sprintf("order %d.xlsx", n), order.xlsx(t), 1+d.draw.IntN(4))
	case kind < 115:
		d.vendorExport(t, n)
	case kind < 125: // the same bytes again, under another name
		d.write(t, "again", fmt.Sprintf("again %d.csv", n), d.bodies[d.draw.IntN(len(d.bodies))], 1)
	case kind < 150:
		d.orders = append(d.orders, n)
		d.write(t, "order", fmt.Sprintf("order %d.csv", n), sheets, 1+d.draw.IntN(4))
	default: // for an order that may have come, or comes later
		name := fmt.Sprintf("request %d.csv", n)
		if d.draw.IntN(3) == 0 {
			name = filepath.Join("partner", "requests.csv") // a sender's, always of the same name
		}
		d.write(t, "requests", name, d.requests(n), 1+d.draw.IntN(2))
	}
}

// some is an order that came, or now and then one that may come, or never does.
func (d *dropper) some(n int) int {
	if len(d.orders) == 0 || d.draw.IntN(8) == 0 {
		return 1 + d.draw.IntN(n+20)
	}
	return d.orders[d.draw.IntN(len(d.orders))]
}

// requests are for some orders.
func (d *dropper) requests(n int) []byte {
	var b strings.Builder
	b.WriteString("RequestId,RequestDate,Action,ReservationOrderId,Quantity,RequesterRole,Used\n")
	for i := range 1 + d.draw.IntN(8) {
		fmt.Fprintf(&b, "R-%d-%d,%s,Refund,O-%d,1,Owner,Yes\n", n, i, d.day(1+d.draw.IntN(28)), d.some(n))
	}
	return []byte(b.String())
}

// huge drops a vendor's export of many purchases.
func (d *dropper) huge(t *testing.T, n, rows int) {
	var b strings.Builder
	b.WriteString(soakExport)
	for i := range rows {
		fmt.Fprintf(&b, "1200.00,Standard_D2s_v5,OneTime,P%d,USD,\"Reserved VM Instance, Standard_D2s_v5\",%s,Purchase,V-H%d,1,swedencentral,H-%d-%d,P1Y\n",
			i%soakAccounts, d.usDay(200), n, n, i)
	}
	d.rows += rows
	d.write(t, "huge", fmt.Sprintf("huge %d.csv", n), []byte(b.String()), 5)
}

// soakExport is the header of a vendor's export.
const soakExport = "Amount,ArmSkuName,BillingFrequency,BillingProfileId,Currency,Description,EventDate,EventType,InvoiceId,Quantity,Region,ReservationOrderId,Term\n"

func (d *dropper) usDay(before int) string {
	return d.today.AddDate(0, 0, -before).Format("01/02/2006")
}

// vendorExport drops an export that overlaps with those before it and has their
// name: refunds, some of which were asked for.
func (d *dropper) vendorExport(t *testing.T, n int) {
	for range 1 + d.draw.IntN(20) {
		o := d.order(d.some(n))
		d.export = append(d.export, fmt.Sprintf("-%d.%02d,Standard_D2s_v5,OneTime,%s,%s,\"Reserved VM Instance, Standard_D2s_v5\",%s,Refund,,1,swedencentral,%s,P1Y\n",
			o.amount*165/365/2, d.draw.IntN(100), o.account, o.currency, d.usDay(d.draw.IntN(20)), o.id))
	}
	d.write(t, "export", "ReservationTransactions_MCA.csv", []byte(soakExport+strings.Join(d.export[max(0, len(d.export)-200):], "")), 2)
}

// bad drops what is wrong in one way or another, or what must be left alone.
func (d *dropper) bad(t *testing.T, n int) {
	switch d.draw.IntN(6) {
	case 0:
		d.write(t, "bad", fmt.Sprintf("photo %d.jpg", n), fmt.Appendf([]byte{0xff, 0xd8, 0xff, 0}, "%d", n), 1)
	case 1:
		whole := d.order(n).xlsx(t)
		d.write(t, "bad", fmt.Sprintf("torn %d.xlsx", n), whole[:len(whole)/2], 1)
	case 2:
		d.put(t, filepath.Join(d.dir, fmt.Sprintf("empty %d.csv", n)), nil)
		d.kinds["left"]++
	case 3: // a copy that was given up
		half := d.order(n).csv()
		d.put(t, filepath.Join(d.dir, fmt.Sprintf("half %d.csv.part", n)), half[:len(half)*2/3])
		d.kinds["left"]++
	default:
		rows := string(d.requests(n)) + fmt.Sprintf("B-%d,%s,Refund,O-%d,one,Owner,Maybe\n", n, "2026-11-32", n)
		d.write(t, "bad", fmt.Sprintf("bad %d.csv", n), []byte(rows), 1)
	}
}

// write writes a whole file in parts, with pauses shorter than the time for which
// it must be quiet.
func (d *dropper) write(t *testing.T, kind, name string, body []byte, parts int) {
	d.parts(t, kind, name, body, parts, 300*time.Millisecond)
}

// parts writes a file with pauses. One whose name is in use is not dropped.
func (d *dropper) parts(t *testing.T, kind, name string, body []byte, parts int, pause time.Duration) {
	path := filepath.Join(d.dir, name)
	if _, err := os.Stat(path); err == nil {
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Error(err)
	}
	if kind != "again" {
		d.bodies = append(d.bodies, body)
	}
	d.kinds[kind]++
	f, err := os.Create(path)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	for i := range parts {
		if i > 0 {
			time.Sleep(time.Duration(1+d.draw.Int64N(int64(pause/time.Millisecond))) * time.Millisecond)
		}
		if _, err := f.Write(body[len(body)*i/parts : len(body)*(i+1)/parts]); err != nil {
			t.Error(err)
		}
	}
}

// renamedIn drops a file under a temporary name and gives it its own when it is whole.
func (d *dropper) renamedIn(t *testing.T, name string, body []byte) {
	path := filepath.Join(d.dir, name)
	d.put(t, path+".part", body[:len(body)/2])
	time.Sleep(time.Duration(d.draw.IntN(2000)) * time.Millisecond)
	d.put(t, path+".part", body)
	d.bodies = append(d.bodies, body)
	d.kinds["renamed"]++
	if err := os.Rename(path+".part", path); err != nil {
		t.Error(err)
	}
}

func (d *dropper) put(t *testing.T, path string, body []byte) {
	if err := os.WriteFile(path, body, 0o644); err != nil {
		t.Error(err)
	}
}

// soakOrder is an order with its invoice.
type soakOrder struct {
	id, account, currency, funding, invoice, bought string
	amount                                          int
}

// order is the n-th order, always the same.
func (d *dropper) order(n int) soakOrder {
	o := soakOrder{fmt.Sprintf("O-%d", n), fmt.Sprintf("%c%d", "EPC"[n%3], n/3%soakAccounts), "USD", "", fmt.Sprintf("V-%d", n), d.day(200), 100 + n*37%9000}
	if n%3 == 0 {
		o.currency, o.funding, o.invoice = "SEK", "Prepayment", ""
	}
	return o
}

// tables are the order's house sheets, by name: rows of cells.
func (o soakOrder) tables() (names []string, sheets [][][]string) {
	amount := fmt.Sprintf("%d.00", o.amount)
	names, sheets = []string{"Reservations"}, [][][]string{{
		strings.Split("ReservationOrderId,BillingAccountId,PurchaseDate,Term,BillingPlan,ProductType,Sku,Region,Quantity,Currency,Amount,Funding,Invoice", ","),
		{o.id, o.account, o.bought, "P1Y", "Upfront", "VirtualMachines", "Standard_D2s_v5", "swedencentral", "2", o.currency, amount, o.funding, o.invoice},
	}}
	if o.invoice != "" {
		names, sheets = append(names, "Invoices"), append(sheets, [][]string{
			strings.Split("InvoiceNumber,BillingAccountId,IssueDate,Currency,LineNo,Description,ReservationOrderId,NetAmount", ","),
			{o.invoice, o.account, o.bought, o.currency, "1", "Reservation " + o.id, o.id, amount},
		})
	}
	return names, sheets
}

// csv is the order as one file, its tables below each other.
func (o soakOrder) csv() []byte {
	var b strings.Builder
	_, sheets := o.tables()
	for _, rows := range sheets {
		for _, cells := range rows {
			b.WriteString(strings.Join(cells, ",") + "\n")
		}
		b.WriteString("\n")
	}
	return []byte(b.String())
}

// xlsx is the order as a workbook.
func (o soakOrder) xlsx(t *testing.T) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name, body string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?>` + body))
		}
		if err != nil {
			t.Error(err)
		}
	}
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	var types, sheetList, relations strings.Builder
	names, sheets := o.tables()
	for i, rows := range sheets {
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i+1)
		fmt.Fprintf(&sheetList, `<sheet name="%s" sheetId="%d" r:id="r%d"/>`, names[i], i+1, i+1)
		fmt.Fprintf(&relations, `<Relationship Id="r%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, office, i+1)
		var data strings.Builder
		for r, cells := range rows {
			fmt.Fprintf(&data, `<row r="%d">`, r+1)
			for c, v := range cells {
				fmt.Fprintf(&data, `<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+c, r+1, html.EscapeString(v))
			}
			data.WriteString("</row>")
		}
		add(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), `<worksheet `+main+`><sheetData>`+data.String()+`</sheetData></worksheet>`)
	}
	add("xl/workbook.xml", `<workbook `+main+` xmlns:r="`+office+`"><sheets>`+sheetList.String()+`</sheets></workbook>`)
	add("xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+relations.String()+`</Relationships>`)
	add("_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="`+office+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	add("[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`+
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>`+types.String()+`</Types>`)
	if err := z.Close(); err != nil {
		t.Error(err)
	}
	return b.Bytes()
}
