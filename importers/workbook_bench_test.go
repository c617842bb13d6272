package importers

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"
)

// BenchmarkWorkbook reads a vendor's export of 20 columns that was saved as a workbook:
// as we do, up to typed rows, and as excelize's Rows does, up to strings. Its texts
// stand in the cells, as excelize writes them, or in a list, as Excel does. The number
// of rows is ROWS, 30,000 without.
func BenchmarkWorkbook(b *testing.B) {
	rows := 30_000
	if n, err := strconv.Atoi(os.Getenv("ROWS")); err == nil {
		rows = n
	}
	for _, inline := range []bool{true, false} {
		file := savedExport(b, rows, inline)
		name := map[bool]string{true: "inline", false: "shared"}[inline]
		b.Run(name+"/ours", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				report, err := readFrom(context.Background(), name, bytes.NewReader(file), int64(len(file)), 1, Nowhere)
				if err != nil || report.Sheets[0].Rows != rows || report.Sheets[0].Refused != 0 {
					b.Fatal(report, err)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
		b.Run(name+"/excelize", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n := excelizeRows(b, file); n != rows+1 {
					b.Fatal(n)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func excelizeRows(b *testing.B, file []byte) (n int) {
	f, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{RawCellValue: true})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	rows, err := f.Rows("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			b.Fatal(err)
		}
		n++
	}
	return n
}

// exportColumns is the header of a real export, and what is not the same in each row.
var exportColumns = []string{
	"Amount", "ArmSkuName", "BillingFrequency", "BillingProfileId", "BillingProfileName", "Currency", "Description", "EventDate", "EventType", "Invoice",
	"InvoiceId", "InvoiceSectionId", "InvoiceSectionName", "PurchasingSubscriptionGuid", "PurchasingSubscriptionName", "Quantity", "Region", "ReservationOrderId", "ReservationOrderName", "Term",
}

// exportCell is a cell of such an export; a number is one in the workbook, too.
func exportCell(row, col int) (text string, number bool) {
	customer := row * 7919 % 1009
	switch exportColumns[col] {
	case "Amount":
		return fmt.Sprintf("%d.%02d", 100+row%9000, row%100), true
	case "ArmSkuName":
		return fmt.Sprintf("Standard_D%ds_v5", 2+row%32), false
	case "BillingFrequency":
		return "OneTime", false
	case "BillingProfileId":
		return fmt.Sprintf("BP%d", customer), false
	case "BillingProfileName", "InvoiceSectionName", "PurchasingSubscriptionName":
		return fmt.Sprintf("%s %d", exportColumns[col], customer), false
	case "Currency":
		return "USD", false
	case "Description":
		return fmt.Sprintf("Reserved VM Instance, Standard_D%ds_v5, germanywestcentral", 2+row%32), false
	case "EventDate":
		return strconv.Itoa(45000 + row%1000), true
	case "EventType":
		return "Purchase", false
	case "Invoice", "InvoiceId":
		return fmt.Sprintf("E%09d", row/10), false
	case "InvoiceSectionId":
		return fmt.Sprintf("IS%d", customer%50), false
	case "PurchasingSubscriptionGuid":
		return fmt.Sprintf("%08x-78aa-5503-6607-%012x", uint32(customer)*2654435761, customer*7919*104729), false
	case "Quantity":
		return strconv.Itoa(1 + row%4), true
	case "Region":
		return "germanywestcentral", false
	case "ReservationOrderId":
		return fmt.Sprintf("%08x-1f7b-5b8f-98c8-%012x", uint32(row)*2654435761, row*7919*104729), false
	case "ReservationOrderName":
		return fmt.Sprintf("VM_RI_%d", row), false
	}
	return "P3Y", false
}

// savedExport is a workbook with such an export.
func savedExport(b *testing.B, rows int, inline bool) []byte {
	b.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	part := func(name string) io.Writer {
		w, err := z.Create(name)
		if err != nil {
			b.Fatal(err)
		}
		return w
	}
	const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	const ns = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	for name, text := range map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
			`<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + kind + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook` + ns + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + kind + `worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + kind + `sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
	} {
		if _, err := io.WriteString(part(name), text); err != nil {
			b.Fatal(err)
		}
	}
	shared := map[string]int{}
	var texts []string
	sheet := part("xl/worksheets/sheet1.xml")
	fmt.Fprintf(sheet, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\r\n<worksheet%s><sheetData>", ns)
	line := []byte{}
	for r := range rows + 1 {
		line = fmt.Appendf(line[:0], `<row r="%d">`, r+1)
		for c, text := range exportColumns {
			number := false
			if r > 0 {
				text, number = exportCell(r, c)
			}
			switch {
			case number:
				line = fmt.Appendf(line, `<c r="%s"><v>%s</v></c>`, cellName(c, r+1), text)
			case inline:
				line = fmt.Appendf(line, `<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, cellName(c, r+1), text)
			default:
				n, ok := shared[text]
				if !ok {
					n = len(texts)
					shared[text], texts = n, append(texts, text)
				}
				line = fmt.Appendf(line, `<c r="%s" t="s"><v>%d</v></c>`, cellName(c, r+1), n)
			}
		}
		if _, err := sheet.Write(append(line, "</row>"...)); err != nil {
			b.Fatal(err)
		}
	}
	fmt.Fprint(sheet, "</sheetData></worksheet>")
	list := part("xl/sharedStrings.xml")
	fmt.Fprintf(list, `<sst%s>`, ns)
	for _, s := range texts {
		fmt.Fprintf(list, "<si><t>%s</t></si>", s)
	}
	fmt.Fprint(list, "</sst>")
	if err := z.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}
