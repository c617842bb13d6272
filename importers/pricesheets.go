package importers

import (
	"strings"

	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// The vendor's prices (IMP-4). Only rows that price a reservation concern us; a
// price sheet has a hundred others for each of these.
var (
	priceSheetEA = &Kind{
		Name: "PriceSheetEA", Doc: "Cost Management price sheet 2023-05-01, Enterprise Agreement",
		Columns: append(priceColumns("SkuID", "MeterRegion", "Term", "CurrencyCode", "UnitPrice", "PriceType", "EffectiveStartDate"),
			Column{Name: "EffectiveEndDate", Type: table.Date, Doc: "last day on which it holds", Example: "2026-12-31"},
			Column{Name: "Product", Type: table.Text, Doc: "name of the product, with its ARM SKU name", Example: "Reserved VM Instance, Standard_D2s_v5, EU West, 1 Year"},
			Column{Name: "EnrollmentNumber", Required: true, Filled: true, Type: table.Text, Doc: "the enrollment it is for", Example: "8611537"}),
		vendor: priceReaderOf(invoicing.FromPriceSheet),
	}
	priceSheetMCA = &Kind{
		Name: "PriceSheetMCA", Doc: "Cost Management price sheet 2023-05-01, Microsoft Customer Agreement",
		Columns: append(priceColumns("SkuId", "MeterRegion", "Term", "Currency", "UnitPrice", "PriceType", "EffectiveStartDate"),
			Column{Name: "EffectiveEndDate", Type: table.Date, Doc: "last day on which it holds", Example: "2026-12-31"},
			Column{Name: "Product", Type: table.Text, Doc: "name of the product, with its ARM SKU name", Example: "Reserved VM Instance, Standard_D2s_v5, EU West, 1 Year"},
			Column{Name: "BillingProfileId", Required: true, Filled: true, Type: table.Text, Doc: "the billing profile it is for, or a path that ends in it", Example: "BP1"},
			Column{Name: "TierMinimumUnits", Type: table.Numeric, Doc: "units from which it holds; rows above 0 are not read", Example: "0"}),
		vendor: priceReaderOf(invoicing.FromPriceSheet),
	}
	retailPrices = &Kind{
		Name: "RetailPrices", Doc: "the vendor's retail prices, as its interface lists them",
		Columns: append(priceColumns("armSkuName", "armRegionName", "reservationTerm", "currencyCode", "retailPrice", "type", "effectiveStartDate"),
			Column{Name: "effectiveEndDate", Type: table.Date, Doc: "last day on which it holds", Example: "2026-12-31"},
			Column{Name: "productName", Type: table.Text, Doc: "name of the product", Example: "Virtual Machines Dsv5 Series"},
			Column{Name: "unitPrice", Type: table.Numeric, Currency: "currencyCode", Doc: "the price, where retailPrice is empty", Example: "1447.00"},
			Column{Name: "tierMinimumUnits", Type: table.Numeric, Doc: "units from which it holds; rows above 0 are not read", Example: "0"}),
		OneOf:  []string{"retailPrice", "unitPrice"},
		vendor: priceReaderOf(invoicing.FromRetail),
	}
)

// The columns that every list of prices has, in the order of priceColumns, and
// those behind them.
const (
	prSku = iota
	prRegion
	prTerm
	prCurrency
	prPrice
	prType
	prFrom
	prTo
	prProduct
	prAccount // unitPrice, of retail prices
	prTier
)

func priceColumns(sku, region, term, currency, price, kind, from string) []Column {
	retail := kind == "type"
	return []Column{
		{Name: sku, Required: true, Type: table.Text, Doc: "the product: ARM SKU name, or the vendor's SKU id", Example: "Standard_D2s_v5"},
		{Name: region, Required: true, Type: table.Text, Doc: "the region; empty is every region", Example: "westeurope"},
		{Name: term, Required: true, Type: table.Text, Doc: "P1Y, P3Y, P5Y, 1 Year, 3 Years, 5 Years", Example: "P1Y"},
		{Name: currency, Required: true, Type: table.Text, Doc: "ISO 4217 code", Example: "USD"},
		{Name: price, Required: !retail, Type: table.Numeric, Currency: currency, Doc: "of one unit, for the whole term", Example: "1447.00"},
		{Name: kind, Required: true, Type: table.Text, Doc: "Reservation or ReservedInstance; other rows are not read", Example: "Reservation"},
		{Name: from, Required: !retail, Type: table.Date, Doc: "first day on which it holds", Example: "2026-01-01"},
	}
}

func priceReaderOf(origin invoicing.PriceOrigin) *vendorKind {
	return &vendorKind{newReader: func() func(*cells, *batch) { return (&priceReader{origin: origin}).read }}
}

// priceReader types the records of one goroutine.
type priceReader struct {
	origin   invoicing.PriceOrigin
	currency vendorCurrency
}

func (r *priceReader) read(c *cells, b *batch) {
	kind := c.word(prType, "PriceType").text
	if !c.isBad(prType) && (!isReservation(kind) || c.isHigherTier()) {
		b.ignore() // IMP-4: none of ours, whatever else is in it
		return
	}
	p := invoicing.Price{
		Origin: r.origin, Sku: r.sku(c), Region: c.region(prRegion), TermMonths: c.term(prTerm, "Term"),
		UnitPrice: r.price(c), From: c.dayOrNone(prFrom, "EffectiveStartDate"), To: c.dayOrNone(prTo, "EffectiveEndDate"), Source: c.source,
	}
	if r.origin == invoicing.FromPriceSheet {
		p.Account = r.account(c)
		if p.From == 0 && !c.isBad(prFrom) {
			c.missing(prFrom, "EffectiveStartDate")
		}
	}
	if p.To != 0 && p.To < p.From {
		c.fault(prTo, "EffectiveEndDate", c.bytes(prTo), "OutOfRange", "a day on or after "+p.From.String(), "use the export as it is")
	}
	if len(c.faults) > 0 {
		c.refuse(b)
		return
	}
	b.price(p)
}

func isReservation(kind string) bool {
	return strings.EqualFold(kind, "ReservedInstance") || strings.EqualFold(kind, "Reservation")
}

// isHigherTier reports whether a price holds from some quantity on only.
func (c *cells) isHigherTier() bool {
	if len(c.at) <= prTier || len(c.bytes(prTier)) == 0 {
		return false
	}
	d, err := money.ParseDecimal(string(c.bytes(prTier)))
	if err != nil {
		c.fault(prTier, "TierMinimumUnits", c.bytes(prTier), "NotANumber", "a number of units", "use the export as it is")
	}
	return d.Sign() > 0
}

// sku is the ARM SKU name, by which orders are told, where the product's name has
// it; else the vendor's own, written as in its invoices.
func (r *priceReader) sku(c *cells) string {
	if r.origin == invoicing.FromPriceSheet {
		if arm := armSku(c.word(prProduct, "Product").text); arm != "" {
			return arm
		}
	}
	sku := c.word(prSku, "Sku").text
	if sku == "" {
		c.missing(prSku, "Sku")
	}
	return strings.Replace(sku, "/", ":", 1)
}

func (r *priceReader) account(c *cells) string {
	id := c.word(prAccount, "BillingAccount").text
	if id == "" {
		c.missing(prAccount, "BillingAccount")
	}
	return vendorAccountID(id)
}

func (r *priceReader) price(c *cells) money.Money {
	col, name := prPrice, "UnitPrice"
	if r.origin == invoicing.FromRetail && len(c.bytes(col)) == 0 {
		col, name = prAccount, "unitPrice"
	}
	m := c.amount(col, name, r.currency.of(c, prCurrency))
	if m.IsSet() && m.Sign() <= 0 {
		c.fault(col, name, c.bytes(col), "OutOfRange", "a price above 0", "use the export as it is, or ask the vendor")
	}
	return m
}

// dayOrNone is a date, or zero where the cell is empty or says that there is no end.
func (c *cells) dayOrNone(col int, name string) money.Date {
	if b := c.bytes(col); len(b) == 0 || table.IsNoEnd(b) {
		return 0
	}
	return c.date(col, name)
}
