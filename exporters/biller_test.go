package exporters

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"testing"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/invoicing/policy"
)

// A biller and a night that was truly settled: every way of writing documents, in
// both languages, so that what customers see is what the core decides.

func theSeller() Seller {
	return Seller{
		Name: "Molnkraft Återförsäljning AB", Address: "Sveavägen 44, 3 tr", PostalCode: "111 34", City: "Stockholm", Country: "SE",
		VATNumber: "SE556732170701", CompanyID: "5567321707", TaxStatus: "Godkänd för F-skatt", Endpoint: "0007:5567321707",
		Contact: "Kundreskontra", Email: "reskontra@molnkraft.example", Phone: "08-555 012 00", Website: "www.molnkraft.example",
		Bank: BankAccount{Bankgiro: "5050-1055", IBAN: "SE35 5000 0000 0549 1000 0003", BIC: "ESSESESS"},
		Logo: testLogo(), Accent: "#17406D", Shade: "#EEF2F6", Language: "sv",
		AccountNumbers: []AccountNumber{
			{"Receivable", "1510", "Kundfordringar"}, {"Revenue", "3041", "Försäljning tjänster"}, {"Revenue:EarlyTermination", "3590", "Avgift förtida uppsägning"},
			{"Revenue:ExpiredCredit", "3990", ""}, {"Liability:Tax", "2611", "Utgående moms"}, {"Liability:Prepayment", "2420", "Förskott från kunder"},
			{"Liability:HeldCredit", "2421", "Innestående krediter"}, {"Clearing:Card", "1580", "Kortfordringar"}, {"Clearing:Payout", "2490", "Utbetalningar"},
		},
	}
}

// testLogo is a mark of three rising bars.
func testLogo() []byte {
	m := image.NewNRGBA(image.Rect(0, 0, 240, 120))
	for x := range 240 {
		for y := range 120 {
			c := color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF}
			if bar := x / 45; bar < 3 && x%45 < 34 && y > 80-30*bar {
				c = color.NRGBA{0x17, uint8(0x40 + 40*bar), uint8(0x6D + 40*bar), 0xFF}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// customer is one account with one order and one refund of it.
type customer struct {
	account  invoicing.Account
	purchase invoicing.Purchase
	request  invoicing.Request
	invoices []invoicing.Invoice
}

func bought(account, order, on string, months int, plan invoicing.Plan, quantity int, amount string) invoicing.Purchase {
	return invoicing.Purchase{Origin: invoicing.FromSheet, Account: account, Order: order, Date: day(on), Product: "VirtualMachines", Sku: "Standard_D4s_v5",
		Region: "swedencentral", Term: months, Plan: plan, Quantity: quantity, Amount: money.Must(amount), Run: 1, Source: invoicing.Source{File: 1, Sheet: "Reservations", Row: 2}}
}

func asks(id, order, on string, quantity int) invoicing.Request {
	return invoicing.Request{ID: id, Date: day(on), Action: invoicing.Refund, Order: order, Quantity: quantity, Role: "Owner", Used: invoicing.UsedYes,
		VendorUSD: money.Must("400.00 USD"), Source: invoicing.Source{File: 3, Sheet: "Requests", Row: 2}}
}

func registered(number, account, order, on, net, rate, category string) invoicing.Invoice {
	m := money.Must(net)
	return invoicing.Invoice{Number: number, Account: account, IssueDate: day(on), Currency: m.Currency(), Lines: []invoicing.InvoiceLine{
		{No: 1, Kind: invoicing.ChargeLine, Description: "Reserved VM Instance, Standard_D4s_v5, SE Central", Order: order, Net: m, TaxRate: percent(rate),
			TaxCategory: category, Sources: []invoicing.Source{{File: 1, Sheet: "Invoices", Row: 2}}}}}
}

// customers are one of each billing type and tax category.
func customers() []customer {
	swedish := invoicing.Account{ID: "P1", Name: "Åkerö Bageri & Konditori AB", Type: policy.PAYGInvoice, Country: "SE", TaxRate: percent("25"), TaxID: "SE556012579001",
		Address: "Östra Hamngatan 7", PostalCode: "411 10", City: "Göteborg", EndpointID: "0007:5560125790", BuyerReference: "Märta Öhman", Email: "ekonomi@akero.example"}
	german := invoicing.Account{ID: "1e0a7a6c-55d1-4b0e-9f5b-0f3ad7a9c301", Name: "Müller & Söhne Maschinenbau GmbH", Type: policy.CSP, Country: "DE", TaxCategory: "AE",
		TaxID: "DE811907980", Address: "Königsallee 12", PostalCode: "40212", City: "Düsseldorf", EndpointID: "9930:DE811907980", BuyerReference: "4500017731"}
	prepaid := invoicing.Account{ID: "71234567", Name: "Region Norrsken", Type: policy.EA, Country: "SE", Address: "Storgatan 1", PostalCode: "972 38", City: "Luleå",
		Terms: []invoicing.CommitmentTerm{{Start: day("2025-01-01"), End: day("2028-12-31")}}}
	overage := invoicing.Account{ID: "80441122", Name: "Société Générale des Façades S.A.", Type: policy.EA, Country: "FR", TaxRate: percent("25"), TaxID: "FR40303265045",
		Address: "12 rue de l'Église", PostalCode: "75015", City: "Paris", EndpointID: "0009:30326504500017", BuyerReference: "REF-9"}
	card := invoicing.Account{ID: "BP-77", Name: "Northwind Traders Ltd", Type: policy.PAYGCard, Country: "GB", TaxCategory: "G", CardRef: "visa-4242",
		Address: "1 Harbour Street", PostalCode: "BS1 4DJ", City: "Bristol"}
	c := []customer{
		{account: swedish, purchase: bought("P1", "a1f3c9d2-0c7e-4f7e-8d43-5f0a9c1b2e01", "2026-03-01", 12, invoicing.Upfront, 3, "900.00 EUR"), request: asks("R-1001", "", "2026-06-01", 1)},
		{account: german, purchase: bought(german.ID, "b7de2c10-4a55-4f2a-9a51-77c0de10b002", "2026-01-01", 12, invoicing.Upfront, 2, "1200.00 USD"), request: asks("R-1002", "", "2026-04-11", 2)},
		{account: prepaid, purchase: bought("71234567", "c3b8a001-7d0a-4f51-9c64-1d2f5a60c003", "2025-02-28", 36, invoicing.Upfront, 1, "10000.00 SEK"), request: asks("R-1003", "", "2026-06-01", 1)},
		{account: overage, purchase: bought("80441122", "d94b0c11-1e9f-4f0c-8a3b-2c6e7f80d004", "2026-01-31", 36, invoicing.Monthly, 4, "240.00 EUR"), request: asks("R-1004", "", "2026-05-20", 4)},
		{account: card, purchase: bought("BP-77", "e5a07b33-9c2d-4e6b-b7a1-3f4d5e6fe005", "2026-05-01", 12, invoicing.Upfront, 1, "2400.00 USD"), request: asks("R-1005", "", "2026-05-30", 1)},
	}
	for i := range c {
		c[i].request.Order = c[i].purchase.Order
	}
	c[0].invoices = []invoicing.Invoice{registered("F 2026/17", "P1", c[0].purchase.Order, "2026-03-02", "900.00 EUR", "25", "S")}
	c[1].invoices = []invoicing.Invoice{registered("2026-0412", german.ID, c[1].purchase.Order, "2026-01-05", "1500.00 EUR", "0", "AE")}
	c[3].invoices = []invoicing.Invoice{registered("OV-2026-05", "80441122", c[3].purchase.Order, "2026-05-01", "240.00 EUR", "25", "S"),
		registered("OV-2026-06", "80441122", "another", "2026-05-31", "75.50 EUR", "25", "S")}
	c[4].invoices = []invoicing.Invoice{registered("C-5511", "BP-77", c[4].purchase.Order, "2026-05-01", "2400.00 USD", "0", "G")}
	c[4].invoices[0].CardRef = "visa-4242"
	return c
}

// settlementsOf settles each customer by himself on a date.
func settlementsOf(t testing.TB, all []customer, asOf string) (list []*invoicing.Settlement) {
	t.Helper()
	p, err := policy.Builtin("azure-2020")
	if err != nil {
		t.Fatal(err)
	}
	next := map[string]int{}
	for _, c := range all {
		b := &invoicing.Book{Group: c.account.ID, Accounts: []invoicing.Account{c.account}, Purchases: []invoicing.Purchase{c.purchase}, Invoices: c.invoices,
			Requests: []invoicing.Request{c.request}, States: []invoicing.State{{Account: c.account.ID}}}
		s, err := invoicing.Settle(b, invoicing.NewMarket(nil, nil), policy.Chain{{Policy: p}}, day(asOf))
		if err != nil {
			t.Fatal(err)
		}
		err = s.Assign(func(series string, _ int) (int, error) { next[series]++; return next[series], nil })
		if err != nil || len(s.Documents) == 0 {
			t.Fatalf("%s: %v, %d documents, reasons %v", c.account.ID, err, len(s.Documents), s.Decisions[0].Reasons.List())
		}
		list = append(list, s)
	}
	return list
}

// billedNight is the night of the customers.
func billedNight(t testing.TB) Night {
	rate := func(code, perEuro string) invoicing.Rate {
		return invoicing.Rate{Date: day("2026-06-01"), Currency: money.MustCurrency(code), Value: percent(perEuro)}
	}
	return Night{
		Run: 1, Folder: "2026-06-02-001", AsOf: day("2026-06-02"), Version: "1.2.3", Seller: theSeller(),
		Inputs:      []Input{{Number: 1, Name: "register.xlsx", Run: 1}, {Number: 3, Name: "begäran.xlsx", Run: 1}},
		Rates:       []invoicing.Rate{rate("SEK", "11.2015"), rate("USD", "1.0842")},
		Settlements: listed(settlementsOf(t, customers(), "2026-06-02")...),
	}
}

// longCustomer has an invoice of many lines and long names.
func longCustomer() customer {
	c := customers()[0]
	c.account.Name = "Stiftelsen för Långsiktig Förvaltning av Gemensamma Digitala Tillgångar i Västernorrlands, Jämtlands och Härjedalens Län"
	lines := c.invoices[0].Lines
	for i := range 70 {
		l := lines[0]
		l.No, l.Order, l.Net = i+2, fmt.Sprintf("övrig-%03d", i), money.Minor(int64(1234567+i*991), money.EUR)
		l.Description = fmt.Sprintf("Reserved VM Instance, Standard_E%ds_v5, %s", i, []string{"West Europe", "Norra Europa med ett mycket långt namn som inte ryms på en rad utan måste brytas någonstans"}[i%2])
		if i%5 == 0 {
			l.TaxRate = percent("12")
		}
		lines = append(lines, l)
	}
	c.invoices[0].Lines = lines
	return c
}
