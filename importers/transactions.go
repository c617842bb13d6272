package importers

import (
	"bytes"

	"prorata/importers/table"
	"prorata/invoicing"
	"prorata/invoicing/money"
)

// transactionsMCA and transactionsEA are the reservation transactions of Cost
// Management 2023-05-01 (IMP-1). MonetaryCommitment and Overage of an EA file are
// balances of the enrollment and are not read. Columns that say nothing to us
// are not declared.
var (
	transactionsMCA = &Kind{
		Name: "ReservationTransactionsMCA", Doc: "Cost Management reservation transactions 2023-05-01, Microsoft Customer Agreement",
		Columns: transactionColumns(
			Column{Name: "BillingProfileId", Required: true, Filled: true, Type: table.Text, Doc: "billing profile, or a path that ends in it", Example: "BP1"},
			Column{Name: "Invoice", Type: table.Text, Doc: "the vendor's invoice", Example: "E000000001"}),
		vendor: &vendorKind{newReader: func() func(*cells, *batch) { return (&transactionReader{enrollment: false}).read }, byOrder: txOrder},
	}
	transactionsEA = &Kind{
		Name: "ReservationTransactionsEA", Doc: "Cost Management reservation transactions 2023-05-01, Enterprise Agreement",
		Columns: transactionColumns(
			Column{Name: "CurrentEnrollmentId", Also: []string{"CurrentEnrollment"}, Type: table.Text, Doc: "enrollment that pays today", Example: "8611537"},
			Column{Name: "PurchasingEnrollment", Type: table.Text, Doc: "enrollment that bought, where the other is empty", Example: "8611537"}),
		OneOf:  []string{"CurrentEnrollmentId", "PurchasingEnrollment"},
		vendor: &vendorKind{newReader: func() func(*cells, *batch) { return (&transactionReader{enrollment: true}).read }, byOrder: txOrder},
	}
)

// The columns of transactions, in the order of transactionColumns.
const (
	txAmount = iota
	txSku
	txFrequency
	txCurrency
	txDescription
	txDate
	txEvent
	txQuantity
	txRegion
	txOrder
	txTerm
	txAccount // BillingProfileId, or CurrentEnrollmentId
	txOther   // Invoice, or PurchasingEnrollment
)

func transactionColumns(own ...Column) []Column {
	return append([]Column{
		{Name: "Amount", Required: true, Filled: true, Type: table.Numeric, Currency: "Currency", Doc: "net; one instalment of a Recurring order; below 0 for a Refund", Example: "7164.00"},
		{Name: "ArmSkuName", Required: true, Type: table.Text, Doc: "ARM SKU name", Example: "Standard_D2s_v5"},
		{Name: "BillingFrequency", Required: true, Type: table.Text, Doc: "OneTime or Recurring", Example: "OneTime"},
		{Name: "Currency", Required: true, Filled: true, Type: table.Text, Doc: "ISO 4217 code", Example: "USD"},
		{Name: "Description", Type: table.Text, Doc: "by which the product type is recognised", Example: "Reserved VM Instance, Standard_D2s_v5, US East, 3 Years"},
		{Name: "EventDate", Required: true, Filled: true, Type: table.Date, Doc: "09/21/2023 or 2023-09-21", Example: "09/21/2023"},
		{Name: "EventType", Required: true, Filled: true, Type: table.Text, Doc: "Purchase, Refund or Cancel", Example: "Purchase"},
		{Name: "Quantity", Required: true, Filled: true, Whole: true, Type: table.Numeric, Doc: "units", Example: "2"},
		{Name: "Region", Required: true, Type: table.Text, Doc: "ARM region name", Example: "westeurope"},
		{Name: "ReservationOrderId", Required: true, Filled: true, Type: table.Text, Doc: "the reservation order", Example: "a27c0f26-1f7b-5b8f-98c8-32128b192dd3"},
		{Name: "Term", Required: true, Type: table.Text, Doc: "P1Y, P3Y, P5Y, 12, 36 or 60", Example: "P3Y"},
	}, own...)
}

// transactionReader types the records of one goroutine.
type transactionReader struct {
	enrollment bool
	currency   vendorCurrency
}

// read types one record. Every bad cell is a fault, not only the first.
func (t *transactionReader) read(c *cells, b *batch) {
	event := c.bytes(txEvent)
	purchase := string(event) == "Purchase" || bytes.EqualFold(event, []byte("Purchase"))
	switch {
	case purchase:
	case bytes.EqualFold(event, []byte("Refund")), bytes.EqualFold(event, []byte("Cancel")):
	case len(event) == 0:
		c.missing(txEvent, "EventType")
	default:
		c.fault(txEvent, "EventType", event, "UnknownValue", "Purchase, Refund or Cancel", "use the export as it is")
	}
	row := common{
		account: t.account(c), date: c.date(txDate, "EventDate"), quantity: c.whole(txQuantity, "Quantity"),
		amount: c.charge(txAmount, "Amount", t.currency.of(c, txCurrency)),
	}
	if t.enrollment {
		row.order, _ = c.ids(txOrder, "ReservationOrderId", -1)
	} else {
		row.order, row.invoice = c.ids(txOrder, "ReservationOrderId", txOther)
	}
	if purchase {
		t.purchase(c, b, &row)
		return
	}
	t.credit(c, b, &row, event)
}

// common is what purchases and credits have in common.
type common struct {
	account, order, invoice string
	date                    money.Date
	quantity                int
	amount                  money.Money
}

func (t *transactionReader) account(c *cells) string {
	w := c.word(txAccount, "BillingProfileId")
	if w.text == "" && t.enrollment {
		w = c.word(txOther, "PurchasingEnrollment")
	}
	if w.text == "" {
		name := "BillingProfileId"
		if t.enrollment {
			name = "CurrentEnrollmentId"
		}
		c.missing(txAccount, name)
		return ""
	}
	return vendorAccountID(w.text)
}

func (t *transactionReader) purchase(c *cells, b *batch, row *common) {
	plan, term := c.frequency(), c.term(txTerm, "Term")
	if row.amount.IsSet() && row.amount.Sign() <= 0 {
		c.fault(txAmount, "Amount", c.bytes(txAmount), "OutOfRange", "an amount above 0 on a Purchase", "use the export as it is, or ask the vendor")
	}
	if row.quantity < 1 {
		c.fault(txQuantity, "Quantity", c.bytes(txQuantity), "OutOfRange", "a whole number of 1 or more", "use the export as it is, or ask the vendor")
	}
	sku, description := c.word(txSku, "ArmSkuName"), c.word(txDescription, "Description")
	region := c.region(txRegion)
	if len(c.faults) > 0 {
		c.refuse(b)
		return
	}
	p := b.purchase()
	p.Origin, p.Account, p.Order, p.Date = invoicing.FromTransactions, row.account, row.order, row.date
	p.Term, p.Plan, p.Quantity, p.Amount, p.Invoice = term, plan, row.quantity, row.amount, row.invoice
	p.Sku, p.Region, p.Description, p.Product = sku.text, region, description.text, productOf(description, sku)
	p.Source = c.source
}

func (t *transactionReader) credit(c *cells, b *batch, row *common, event []byte) {
	if row.amount.Sign() > 0 && !c.isBad(txEvent) {
		c.fault(txAmount, "Amount", c.bytes(txAmount), "OutOfRange", "an amount below 0 on a "+string(event), "use the export as it is, or ask the vendor what it charges here")
	}
	if len(c.faults) > 0 {
		c.refuse(b)
		return
	}
	if row.amount.IsZero() {
		b.ignore() // it gives nothing back
		return
	}
	v := b.credit()
	v.Origin, v.Account, v.Order, v.Date, v.Event = invoicing.FromTransactions, row.account, row.order, row.date, "Refund"
	if bytes.EqualFold(event, []byte("Cancel")) {
		v.Event = "Cancel"
	}
	v.Quantity, v.Amount, v.Invoice, v.Source = row.quantity, row.amount.Abs(), row.invoice, c.source
}

// frequency is the billing plan of a transaction.
func (c *cells) frequency() invoicing.Plan {
	switch b := c.bytes(txFrequency); {
	case string(b) == "OneTime" || bytes.EqualFold(b, []byte("OneTime")):
		return invoicing.Upfront
	case bytes.EqualFold(b, []byte("Recurring")):
		return invoicing.Monthly
	case len(b) == 0:
		c.missing(txFrequency, "BillingFrequency")
	default:
		c.fault(txFrequency, "BillingFrequency", b, "UnknownValue", "OneTime or Recurring", "use the export as it is")
	}
	return 0
}
