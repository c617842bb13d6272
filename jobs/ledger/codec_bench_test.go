package ledger

import (
	"fmt"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

const policyHash = "9f2c1f6f0a6d4f0f6f1e7c0d8a4b3c2e5d6f708192a3b4c5d6e7f8091a2b3c4d"

// busyGroup is a believable night of a busy partner customer: n refunds, each with
// a credit note and a new invoice.
func busyGroup(n int) *invoicing.Settlement {
	s := &invoicing.Settlement{Group: "a1b2c3d4-0001-4c5d-8e9f-000000000017", AsOf: money.DateOf(2026, 11, 22)}
	for i := range n {
		s.Decisions = append(s.Decisions, refund(s.Group, i))
		s.Documents = append(s.Documents, creditNote(s.Group, i), newInvoice(s.Group, i))
		s.Uses = append(s.Uses, invoicing.LimitUse{Account: s.Group, Date: s.AsOf, USD: sek(40000 + 37*i), Request: requestID(i)})
		s.Granted = append(s.Granted, invoicing.Credit{
			Kind: invoicing.HeldCreditKind, Account: s.Group, Amount: sek(70000 + 91*i), Used: sek(0), Expired: sek(0),
			GrantedOn: s.AsOf, Document: invoicing.Ref{New: 2*i + 2},
		})
	}
	return s
}

func sek(units int) money.Money { return money.Minor(int64(units), money.SEK) }
func requestID(i int) string    { return fmt.Sprintf("REQ-2026-%05d", 4100+i) }
func orderID(i int) string {
	return fmt.Sprintf("%08x-%04x-4d3e-9a7b-%012x", uint32(i+1)*2654435761, i*7919&0xffff, uint64(i+1)*0x9e3779b97f4a)
}

func refund(account string, i int) invoicing.Decision {
	start, day := money.DateOf(2026, 1, 1)+money.Date(i*3), money.DateOf(2026, 11, 20)
	price := sek(100000 + 7919*i)
	used := int(day - start)
	row := invoicing.Source{File: 14, Sheet: "Requests", Row: 2 + i}
	d := invoicing.Decision{
		Request: invoicing.Request{
			ID: requestID(i), Date: day, Action: invoicing.Refund, Order: orderID(i), Quantity: 1 + i%3,
			RequestedBy: "karin.öberg@nordvik.example", Role: "Owner", Used: invoicing.UsedYes, Reason: "workload moved", Source: row,
		},
		Account: account, Type: policy.CSP, Outcome: invoicing.Approved, PolicyID: "azure-2020", PolicyHash: policyHash,
		OrderQuantity: 5, ActiveQuantity: 5 - i%2, Start: start, End: start + 365, Plan: invoicing.Upfront, TermMonths: 12,
		Basis: invoicing.PurchaseBasis, Price: price.Of(int64(1+i%3), 5), PurchasePrice: price.Of(int64(1+i%3), 5),
		PeriodStart: start, PeriodEnd: start + 365, PeriodDays: 365, DaysUsed: used, DaysRemaining: 365 - used, DaysSince: used,
		Prorated: sek(52011 + 17*i), FeeBase: sek(52011 + 17*i), Fee: sek(6241 + 2*i), Refund: sek(45770 + 15*i),
		Remaining: sek(0), Canceled: sek(52011 + 17*i), LimitMeasured: money.Minor(int64(4210+3*i), money.USD),
		LimitRateDate: day, LimitUsed: money.Minor(int64(4210*i), money.USD), LimitRemaining: money.Minor(int64(5000000-4210*i), money.USD),
		MaxQuantity: -1, Original: invoicing.Ref{Number: fmt.Sprintf("G%09d", 70011+i)},
		Documents: []invoicing.Ref{{New: 2*i + 1}, {New: 2*i + 2}},
		Rules:     invoicing.Cite(invoicing.PRO1, invoicing.PRO2, invoicing.PRO3, invoicing.PRO8, invoicing.FEE1, invoicing.FEE3, invoicing.LIM1),
		Sources:   []invoicing.Source{row, {File: 3, Row: 1000 + 17*i}, {File: 5, Row: 88 + i}},
	}
	d.FeeRate, _ = money.ParseDecimal("0.12")
	d.LimitRate, _ = money.ParseDecimal("11.0485")
	d.LimitRateUSD, _ = money.ParseDecimal("1.1582")
	return d
}

func chargeLine(i int) invoicing.Line {
	return invoicing.Line{
		Kind: invoicing.ChargeLine, Order: orderID(i), Quantity: 5, Net: sek(100000 + 7919*i), TaxRate: money.NewDecimal(25, 0),
		Description: "Reserved VM Instance, Standard_D4s_v3, SE Central, 1 Year", TaxCategory: "S", Tax: sek(25000 + 1979*i),
		Rules: invoicing.Cite(invoicing.BILINV1, invoicing.DOC4), Sources: []invoicing.Source{{File: 3, Row: 1000 + 17*i}},
	}
}

func creditNote(account string, i int) invoicing.Document {
	return invoicing.Document{
		Type: invoicing.CreditNote, IssueDate: money.DateOf(2026, 11, 22), Account: account, Currency: money.SEK,
		Lines: []invoicing.Line{chargeLine(i)},
		Taxes: []invoicing.TaxGroup{{Rate: money.NewDecimal(25, 0), Category: "S", Net: sek(100000 + 7919*i), Tax: sek(25000 + 1979*i)}},
		Net:   sek(100000 + 7919*i), Tax: sek(25000 + 1979*i), Gross: sek(125000 + 9898*i),
		Cancels: []invoicing.Ref{{Number: fmt.Sprintf("G%09d", 70011+i)}}, Requests: []string{requestID(i)},
	}
}

func newInvoice(account string, i int) invoicing.Document {
	d := creditNote(account, i)
	d.Type, d.Cancels, d.Replaces = invoicing.InvoiceDoc, nil, d.Cancels
	source := []invoicing.Source{{File: 14, Sheet: "Requests", Row: 2 + i}}
	d.Lines = append(d.Lines, invoicing.Line{
		Kind: invoicing.RefundLine, Order: orderID(i), Quantity: 1, Net: sek(-52011 - 17*i), TaxRate: money.NewDecimal(25, 0), TaxCategory: "S",
		Description: "Refund of 1 unit, 42 of 365 days remain", Rules: invoicing.Cite(invoicing.PRO3), Sources: source,
	}, invoicing.Line{
		Kind: invoicing.FeeLine, Order: orderID(i), Quantity: 1, Net: sek(6241 + 2*i), TaxRate: money.NewDecimal(25, 0), TaxCategory: "S",
		Description: "Early termination fee, 12 % of 520.11 SEK", Rules: invoicing.Cite(invoicing.FEE1), Sources: source,
	})
	d.Left = []invoicing.LeftOver{{To: invoicing.ToHeldCredit, Amount: sek(57212 + 19*i)}}
	return d
}

func exportedPurchase() *invoicing.Purchase {
	return &invoicing.Purchase{
		Origin: invoicing.FromTransactions, Account: "a1b2c3d4-0001-4c5d-8e9f-000000000017", Order: orderID(7), Reservation: orderID(8),
		Date: money.DateOf(2026, 3, 14), Term: 12, Plan: invoicing.Upfront, Product: "VirtualMachines", Sku: "Standard_D4s_v3",
		Region: "swedencentral", Description: "Reserved VM Instance, Standard_D4s_v3, SE Central, 1 Year", Quantity: 3, Amount: sek(1234500),
		Invoice: "G000070018", Source: invoicing.Source{File: 3, Row: 123456},
	}
}

func BenchmarkEncodeSettlement(b *testing.B) {
	s := busyGroup(50)
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = encodeSettlement(dst[:0], s)
	}
	b.ReportMetric(float64(len(dst)), "bytes")
}

func BenchmarkDecodeSettlement(b *testing.B) {
	blob := string(encodeSettlement(nil, busyGroup(50)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeSettlement(blob); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodePurchase(b *testing.B) {
	p := exportedPurchase()
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = encodePurchase(dst[:0], p)
	}
	b.ReportMetric(float64(len(dst)), "bytes")
}

func BenchmarkDecodePurchase(b *testing.B) {
	blob := string(encodePurchase(nil, exportedPurchase()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodePurchase(blob); err != nil {
			b.Fatal(err)
		}
	}
}
