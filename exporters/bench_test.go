package exporters

import (
	"fmt"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/policy"
)

// busyNight is the shape of a large night: 2,000 groups, 100,000 decisions,
// 130,000 documents, 190,000 lines, 620,000 postings. Every group is the same one
// under another name, so that making it costs next to nothing.
func busyNight() Night {
	const groups, decisions = 2000, 50
	night := theNight()
	night.Folder, night.DryRun = "2026-11-22-003", true
	night.Standings, night.Refusals = nil, nil
	s := busySettlement(decisions)
	night.Settlements = func(yield func(*invoicing.Settlement, error) bool) {
		for range groups {
			if !yield(s, nil) {
				return
			}
		}
	}
	return night
}

func busySettlement(decisions int) *invoicing.Settlement {
	account := "3f786850-e387-550f-dab8-36ed7e6dc881"
	s := &invoicing.Settlement{Group: account, AsOf: day("2026-11-22")}
	first := settlementOfBP1()
	for i := range decisions {
		d := first.Decisions[0]
		d.Request.ID = fmt.Sprintf("REQ-%09d", i)
		d.Request.Order = fmt.Sprintf("%08x-e387-550f-dab8-36ed7e6dc881", i)
		d.Account, d.Type = account, policy.CSP
		d.Sources = []invoicing.Source{{File: 3, Row: 1000 + i}, {File: 1, Row: 700000 + i}}
		d.Rules = invoicing.Cite(invoicing.POL2, invoicing.PRO1, invoicing.PRO2, invoicing.PRO3, invoicing.PRO7, invoicing.PRO8, invoicing.FEE1, invoicing.FEE3, invoicing.LIM1, invoicing.LIM5)
		d.Documents = nil
		for _, doc := range first.Documents[:[...]int{3, 0, 2, 0, 3, 0, 2, 0, 3, 0}[i%10]] {
			doc.Number = fmt.Sprintf("%s-%06d", doc.Number[:len(doc.Number)-7], len(s.Documents))
			doc.Account, doc.Requests = account, []string{d.Request.ID}
			doc.Lines = append([]invoicing.Line(nil), doc.Lines...)
			for j := range doc.Lines {
				doc.Lines[j].Order = d.Request.Order
			}
			s.Documents = append(s.Documents, doc)
			d.Documents = append(d.Documents, invoicing.Ref{New: len(s.Documents)})
		}
		s.Decisions = append(s.Decisions, d)
	}
	return s
}

// sizes is how many bytes of registers a night has, and their rows.
func sizes(b *testing.B, night Night) (bytes int64, rows int) {
	p := newPress(&night, b.TempDir(), CSV)
	p.print()
	if err := p.finish(); err != nil {
		b.Fatal(err)
	}
	for _, o := range p.written {
		bytes += o.Size
		rows += o.Rows
	}
	return bytes, rows
}

// BenchmarkRegisters publishes the registers of a large night, fsync included.
func BenchmarkRegisters(b *testing.B) {
	night := busyNight()
	bytes, rows := sizes(b, night)
	b.SetBytes(bytes)
	b.ReportAllocs()
	dir := b.TempDir()
	for b.Loop() {
		if _, err := Publish(night, dir, CSV); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows), "rows")
}

// BenchmarkCells is what one core makes of registers, without a disk or a hash.
func BenchmarkCells(b *testing.B) {
	night := busyNight()
	p := newPress(&night, b.TempDir(), CSV)
	s := busySettlement(50)
	made := &settled{Settlement: s}
	made.post()
	var n int64
	c := &cells{}
	c.flush = func(full []byte) []byte { n += int64(len(full)); return full[:0] }
	b.ReportAllocs()
	for b.Loop() {
		for _, r := range []*register{decisions, documents, documentLines, journal} {
			r.settlement(p, c, made)
		}
	}
	b.SetBytes((n + int64(len(c.buf))) / int64(b.N))
}

// BenchmarkDocuments writes a thousand documents in each format, with the fsyncs of
// the folder; two of three are invoices or credit notes, with an e-invoice each.
func BenchmarkDocuments(b *testing.B) {
	night := busyNight()
	night.Seller = theSeller()
	s := busySettlement(800)
	s.Documents = s.Documents[:1000]
	account := equipped(customers()[0]).account
	account.ID = s.Group
	s.Accounts = []invoicing.Account{account}
	night.Settlements = func(yield func(*invoicing.Settlement, error) bool) { yield(s, nil) }
	for _, format := range []Formats{JSON, PDF, UBL} {
		b.Run(format.String(), func(b *testing.B) {
			publishing(b, night, format, len(s.Documents), "documents/s")
		})
	}
}

// BenchmarkAudit writes the audit workbook of 2,000 decisions, with their documents.
func BenchmarkAudit(b *testing.B) {
	night := busyNight()
	s := busySettlement(2000)
	night.Settlements = func(yield func(*invoicing.Settlement, error) bool) { yield(s, nil) }
	publishing(b, night, Workbook, len(s.Decisions), "decisions/s")
}

func publishing(b *testing.B, night Night, format Formats, n int, unit string) {
	dir := b.TempDir()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Publish(night, dir, format); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), unit)
}
