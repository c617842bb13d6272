package importers

import (
	"bytes"
	"fmt"
	"strings"

	"prorata/importers/table"
	"prorata/invoicing/money"
)

// The cells of a vendor's export have a fixed format. An empty cell that must not
// be is Missing.

func (c *cells) missing(col int, name string) {
	c.fault(col, name, nil, "Missing", "a value for "+name, "use the export as it is")
}

// noError refuses what a spreadsheet program has left in place of a value.
func (c *cells) noError(col int, name string, b []byte) {
	if table.IsErrorText(b) {
		c.fault(col, name, b, "CellError", "a value, not an error", "use the export as it is, or mend the formula")
	}
}

func (c *cells) date(col int, name string) money.Date {
	b := c.bytes(col)
	d, ok := fixedDate(b)
	switch {
	case len(b) == 0:
		c.missing(col, name)
	case !ok:
		c.fault(col, name, b, "NotADate", "a day of the calendar from 1990 through 2199, like 09/21/2023 or 2023-09-21", "use the export as it is")
	}
	return d
}

func (c *cells) whole(col int, name string) int {
	b := c.bytes(col)
	n, ok := parseWhole(b)
	switch {
	case len(b) == 0:
		c.missing(col, name)
	case !ok:
		c.fault(col, name, b, "NotANumber", "a whole number", "use the export as it is")
	}
	return n
}

// amount is unset where it is no number. Without a currency, which is a fault
// already, it is read all the same, for its sign and to say of it, too, what is wrong.
func (c *cells) amount(col int, name string, currency money.Currency) money.Money {
	b := c.bytes(col)
	if len(b) == 0 {
		c.missing(col, name)
		return money.Money{}
	}
	if currency.IsZero() {
		currency = money.USD
	}
	m, ok := parseAmount(b, currency)
	if !ok {
		c.fault(col, name, b, "NotANumber", "an amount of at most 13 digits before the decimal point, like -21.00", "use the export as it is")
	}
	return m
}

// charge is an amount that is charged or credited.
func (c *cells) charge(col int, name string, currency money.Currency) money.Money {
	m := c.amount(col, name, currency)
	if m.Decimals() > chargeDecimals {
		c.fault(col, name, c.bytes(col), "OutOfRange", fmt.Sprintf("an amount of at most %d decimals", chargeDecimals), "use the export as it is, or ask the vendor")
	}
	return m
}

func (c *cells) term(col int, name string) int {
	b := c.bytes(col)
	switch string(b) {
	case "P1Y":
		return 12
	case "P3Y":
		return 36
	case "":
		c.missing(col, name)
		return 0
	}
	months, ok := parseTerm(string(b))
	if !ok {
		c.fault(col, name, b, "NotATerm", "P1Y, P3Y or P5Y; also 1 Year, 3 Years, 12, 36, 60", "use the export as it is")
	}
	return months
}

// ids returns two cells that are different on every row, an order and an invoice
// (-1 for none), made of one piece of memory.
func (c *cells) ids(order int, name string, invoice int) (string, string) {
	a := c.bytes(order)
	var b []byte
	if invoice >= 0 {
		b = c.bytes(invoice)
	}
	if len(a) == 0 {
		c.missing(order, name)
	}
	c.noError(order, name, a)
	c.noError(invoice, "Invoice", b)
	if !isID(a) {
		c.fault(order, name, a, "TooLong", "an identifier of at most 200 characters, on one line", "use the export as it is")
		return "", ""
	}
	if !isID(b) {
		c.fault(invoice, "Invoice", b, "TooLong", "an identifier of at most 200 characters, on one line", "use the export as it is")
		return "", ""
	}
	both := c.string(a, b)
	return orderID(both[:len(a)]), both[len(a):]
}

// string joins bytes that no other row has: thousands of such strings share memory,
// which lasts as long as one of them.
func (c *cells) string(a, b []byte) string {
	const together = 1 << 16
	from := c.memory.Len()
	if from+len(a)+len(b) > c.memory.Cap() {
		c.memory = strings.Builder{}
		c.memory.Grow(together)
		from = 0
	}
	c.memory.Write(a)
	c.memory.Write(b)
	return c.memory.String()[from:]
}

// isID reports whether bytes will do as an identifier.
func isID(b []byte) bool {
	return len(b) <= 200 && isText(b) && bytes.IndexByte(b, '\n') < 0 && bytes.IndexByte(b, '\r') < 0 && bytes.IndexByte(b, '\t') < 0
}

// region is a region's canonical name.
func (c *cells) region(col int) string {
	w := c.word(col, "Region")
	if w.region == "" && w.text != "" {
		w.region = canonicalRegion(w.text)
	}
	return w.region
}

// productOf recognises the product type, once for each description and SKU that
// stand together.
func productOf(description, sku *word) string {
	if description.sku != sku {
		description.sku, description.product = sku, recogniseProduct(description.text, sku.text)
	}
	return description.product
}

// vendorCurrency remembers the last currency: a file has few.
type vendorCurrency struct {
	code     string
	currency money.Currency
}

func (v *vendorCurrency) of(c *cells, col int) money.Currency {
	b := c.bytes(col)
	if len(b) > 0 && v.code == string(b) {
		return v.currency
	}
	cur, err := money.ParseCurrency(string(b))
	switch {
	case len(b) == 0:
		c.missing(col, "Currency")
	case err != nil:
		c.fault(col, "Currency", b, "NotACurrency", "an ISO 4217 code, like USD", "use the export as it is")
	default:
		v.code, v.currency = string(b), cur
	}
	return cur
}
