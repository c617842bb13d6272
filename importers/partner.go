package importers

import (
	"strings"

	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// partnerInvoice is the invoice reconciliation of Partner Center, new commerce
// (IMP-2). Only lines with a reservation order concern us: positive ones are
// purchases, negative ones the vendor's credits, always by Subtotal.
var partnerInvoice = &Kind{
	Name: "PartnerInvoice", Doc: "Partner Center new-commerce invoice reconciliation",
	Columns: []Column{
		{Name: "CustomerId", Required: true, Type: table.Text, Doc: "the CSP customer: the billing account", Example: "9060d13d-c5ed-482e-b059-a15a38000000"},
		{Name: "InvoiceNumber", Required: true, Type: table.Text, Doc: "the vendor's invoice", Example: "G001234567"},
		{Name: "OrderDate", Required: true, Type: table.Date, Doc: "day of the order", Example: "2026-02-08"},
		{Name: "ChargeStartDate", Type: table.Date, Doc: "first day that the line charges for; the interface's lines of one-time orders have none", Example: "2026-02-08"},
		{Name: "ProductName", Required: true, Type: table.Text, Doc: "by which the product type is recognised", Example: "Reserved VM Instance, Standard_D1, AP East, 3 years"},
		{Name: "ProductId", Type: table.Text, Doc: "the vendor's product", Example: "DZH318Z0BQ3P"},
		{Name: "SkuId", Type: table.Text, Doc: "the vendor's SKU of the product", Example: "001F"},
		{Name: "ChargeType", Required: true, Type: table.Text, Doc: "New, AddQuantity, RemoveQuantity, Cancel, Convert, ...", Example: "New"},
		{Name: "Quantity", Required: true, Whole: true, Type: table.Numeric, Doc: "units", Example: "1"},
		{Name: "Subtotal", Required: true, Type: table.Numeric, Currency: "Currency", Doc: "net amount", Example: "1447.00"},
		{Name: "Currency", Required: true, Type: table.Text, Doc: "ISO 4217 code", Example: "USD"},
		{Name: "TermAndBillingCycle", Required: true, Type: table.Text, Doc: "term and billing plan", Example: "One-Year commitment for one-time billing"},
		{Name: "BillingFrequency", Type: table.Text, Doc: "billing plan, where the other is silent", Example: "Monthly"},
		{Name: "ReservationOrderId", Required: true, Type: table.Text, Doc: "the reservation order; empty on lines that are none of ours", Example: "a27c0f26-1f7b-5b8f-98c8-32128b192dd3"},
		{Name: "UnitPrice", Aside: true, Type: table.Numeric, Currency: "PricingCurrency", Doc: "price of a unit in the vendor's pricing currency; only the cause of a difference is sought in it", Example: "1447.00"},
		{Name: "PricingCurrency", Aside: true, Type: table.Text, Doc: "the vendor's pricing currency", Example: "USD"},
		{Name: "PCToBCExchangeRate", Aside: true, Type: table.Numeric, Doc: "from pricing to billing currency", Example: "0.9174"},
		{Name: "PCToBCExchangeRateDate", Aside: true, Type: table.Date, Doc: "day of that rate", Example: "2026-02-08"},
	},
	vendor: &vendorKind{newReader: func() func(*cells, *batch) { return new(partnerReader).read }, byOrder: pcOrder},
}

// The columns of a partner invoice, in their order.
const (
	pcCustomer = iota
	pcInvoice
	pcOrderDate
	pcChargeStart
	pcProductName
	pcProductID
	pcSkuID
	pcChargeType
	pcQuantity
	pcSubtotal
	pcCurrency
	pcTerm
	pcFrequency
	pcOrder
	pcUnitPrice
	pcPricingCurrency
	pcRate
	pcRateDate
)

type partnerReader struct{ currency vendorCurrency }

func (r *partnerReader) read(c *cells, b *batch) {
	if len(c.bytes(pcOrder)) == 0 {
		b.ignore() // IMP-2: none of ours, whatever else is in it
		return
	}
	row := common{
		account:  canonicalID(strings.TrimPrefix(c.word(pcCustomer, "CustomerId").text, "org:")), // as the API writes it
		quantity: c.whole(pcQuantity, "Quantity"),
		amount:   c.charge(pcSubtotal, "Subtotal", r.currency.of(c, pcCurrency)),
	}
	if row.account == "" {
		c.missing(pcCustomer, "CustomerId")
	}
	row.order, row.invoice = c.ids(pcOrder, "ReservationOrderId", pcInvoice)
	switch {
	case row.amount.Sign() < 0:
		r.credit(c, b, &row)
	case row.amount.Sign() > 0 || !row.amount.IsSet():
		r.purchase(c, b, &row)
	case len(c.faults) > 0:
		c.refuse(b)
	default:
		b.ignore() // it neither charges nor gives back
	}
}

func (r *partnerReader) purchase(c *cells, b *batch, row *common) {
	term, plan := c.termAndPlan()
	if row.quantity < 1 {
		c.fault(pcQuantity, "Quantity", c.bytes(pcQuantity), "OutOfRange", "a whole number of 1 or more on a line that charges", "use the export as it is, or ask the vendor")
	}
	date := c.purchaseDate(plan)
	product := c.word(pcProductName, "ProductName")
	sku := c.partnerSku(product.text)
	if len(c.faults) > 0 {
		c.refuse(b)
		return
	}
	p := b.purchase()
	p.Origin, p.Account, p.Order, p.Date, p.Invoice = invoicing.FromPartner, row.account, row.order, date, row.invoice
	p.Term, p.Plan, p.Quantity, p.Amount = term, plan, row.quantity, row.amount
	p.Sku, p.Region, p.Description, p.Product = sku, productRegion(product.text), product.text, recogniseProduct(product.text, sku)
	p.Pricing, p.Source = c.pricing(), c.source
}

// pricing is how the vendor made the amount of the line. It decides nothing, so a
// line that does not say it, or says it wrongly, is no worse for it.
func (c *cells) pricing() *invoicing.Pricing {
	currency, err := money.ParseCurrency(string(c.bytes(pcPricingCurrency)))
	if err != nil {
		return nil
	}
	unit, ok := parseAmount(c.bytes(pcUnitPrice), currency)
	rate, err := money.ParseDecimal(string(c.bytes(pcRate)))
	if !ok || err != nil || unit.Sign() <= 0 || rate.Sign() <= 0 {
		return nil
	}
	on, _ := fixedDate(c.bytes(pcRateDate))
	return &invoicing.Pricing{UnitPrice: unit, Rate: rate, On: on}
}

// credit is dated by the first day that it credits: OrderDate repeats the day of
// the order itself on many lines, and the match looks for the day of the credit.
func (r *partnerReader) credit(c *cells, b *batch, row *common) {
	col := pcChargeStart
	if len(c.bytes(col)) == 0 {
		col = pcOrderDate
	}
	row.date = c.date(col, "ChargeStartDate")
	event := c.word(pcChargeType, "ChargeType").text
	if len(c.faults) > 0 {
		c.refuse(b)
		return
	}
	v := b.credit()
	v.Origin, v.Account, v.Order, v.Date, v.Event = invoicing.FromPartner, row.account, row.order, row.date, event
	v.Quantity, v.Amount, v.Invoice, v.Source = row.quantity, row.amount.Abs(), row.invoice, c.source
	v.Pricing = c.pricing()
}

// purchaseDate is OrderDate, the day of purchase (PRO-1), for an upfront order and
// for the first instalment of a monthly one, which says New and may be charged
// from a few days later. A line that charges from a month or more after the order
// is a later instalment, whatever its ChargeType, and is dated by ChargeStartDate;
// without it one instalment could not be told from another.
func (c *cells) purchaseDate(plan invoicing.Plan) money.Date {
	if len(c.bytes(pcOrderDate)) == 0 {
		return c.date(pcChargeStart, "ChargeStartDate")
	}
	ordered := c.date(pcOrderDate, "OrderDate")
	if plan != invoicing.Monthly {
		return ordered
	}
	start := c.date(pcChargeStart, "ChargeStartDate")
	if ordered != 0 && start >= ordered.AddMonths(1) {
		return start
	}
	return ordered
}

// termAndPlan reads `One-Year commitment for monthly billing`, `1 Year`, `P3Y`:
// the term from the beginning, the plan from the rest or from BillingFrequency.
func (c *cells) termAndPlan() (int, invoicing.Plan) {
	cell := c.bytes(pcTerm)
	if !isText(cell) {
		c.fault(pcTerm, "TermAndBillingCycle", cell, "Encoding", "text in UTF-8, without control characters", badTextFix)
	}
	months, rest := leadingTerm(string(cell[:min(len(cell), 200)]))
	if months == 0 {
		var ok bool
		if months, ok = parseTerm(string(cell[:min(len(cell), 40)])); ok {
			rest = ""
		}
	}
	if months == 0 {
		c.fault(pcTerm, "TermAndBillingCycle", cell, "NotATerm", "a term of 1, 3 or 5 years, like One-Year commitment for monthly billing", "use the export as it is")
		return 0, 0
	}
	cycle := billingCycle(rest)
	if cycle == "" {
		if cycle = billingCycle(string(c.bytes(pcFrequency))); cycle == "" {
			c.fault(pcFrequency, "BillingFrequency", c.bytes(pcFrequency), "UnknownValue", "Monthly or OneTime, where TermAndBillingCycle does not say it", "use the export as it is")
			return months, 0
		}
	}
	switch {
	case cycle == "month":
		return months, invoicing.Monthly
	case cycle == "year" && months > 12:
		c.fault(pcTerm, "TermAndBillingCycle", cell, "UnknownValue", "a plan paid upfront or monthly; yearly payments of a longer term are not", "handle this order by hand")
		return months, 0
	}
	return months, invoicing.Upfront
}

// billingCycle finds the cycle in a text: month, year, once, or empty.
func billingCycle(s string) string {
	s = bareWord(s[:min(len(s), 200)])
	for _, w := range []struct{ text, cycle string }{
		{"month", "month"}, {"onetime", "once"}, {"upfront", "once"}, {"triennial", "once"}, {"annual", "year"}, {"yearly", "year"},
	} {
		if strings.Contains(s, w.text) {
			return w.cycle
		}
	}
	return ""
}

// partnerSku is the ARM SKU name in the product's name, else the vendor's product
// and SKU ids, as its price lists write them. A SKU id has four characters, of which a
// spreadsheet program drops the zeros in front: 0002 is 2 where an invoice was saved again.
func (c *cells) partnerSku(product string) string {
	if arm := armSku(product); arm != "" {
		return arm
	}
	id, sku := c.word(pcProductID, "ProductId").text, c.word(pcSkuID, "SkuId").text
	if id != "" && sku != "" {
		return id + ":" + strings.Repeat("0", max(4-len(sku), 0)) + sku
	}
	return id + sku
}

// armSku finds an ARM SKU name in a product's name: Reserved VM Instance,
// Standard_D1, AP East, 3 years. Empty where there is none.
func armSku(product string) string {
	for _, f := range strings.FieldsFunc(product, func(r rune) bool { return r == ',' || r == ' ' }) {
		if strings.HasPrefix(f, "Standard_") || strings.HasPrefix(f, "Basic_") {
			return f
		}
	}
	return ""
}

// productRegion is the region that a product's name says, by which its current price
// is found (PRO-7): AP East of Reserved VM Instance, Standard_D1, AP East, 3 years.
// The invoice has no column for it. Empty where the name says none.
func productRegion(product string) string {
	for part := range strings.SplitSeq(product, ",") {
		if region := meterRegions()[bareRegion(part)]; region != "" {
			return region
		}
	}
	return ""
}
