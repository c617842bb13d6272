package ledger

import "prorata/invoicing"

// The rows that importers bring: small blobs, by the million, without a table of
// strings. Writing one allocates nothing beyond dst; reading one, only New of a
// request, the terms of an account and the sources of an invoice line.

// EncodeAccount appends an account.
func EncodeAccount(dst []byte, x *invoicing.Account) []byte {
	c := writer(dst, kindAccount)
	c.account(x)
	return c.out
}

// DecodeAccount reads an account.
func DecodeAccount(b string) (x invoicing.Account, err error) {
	c := reader(b, kindAccount)
	c.account(&x)
	return x, c.end(kindAccount)
}

// EncodePurchase appends a purchase.
func EncodePurchase(dst []byte, x *invoicing.Purchase) []byte {
	c := writer(dst, kindPurchase)
	c.purchase(x)
	return c.out
}

// DecodePurchase reads a purchase.
func DecodePurchase(b string) (x invoicing.Purchase, err error) {
	c := reader(b, kindPurchase)
	c.purchase(&x)
	return x, c.end(kindPurchase)
}

// EncodeVendorCredit appends a vendor credit.
func EncodeVendorCredit(dst []byte, x *invoicing.VendorCredit) []byte {
	c := writer(dst, kindVendorCredit)
	c.vendorCredit(x)
	return c.out
}

// DecodeVendorCredit reads a vendor credit.
func DecodeVendorCredit(b string) (x invoicing.VendorCredit, err error) {
	c := reader(b, kindVendorCredit)
	c.vendorCredit(&x)
	return x, c.end(kindVendorCredit)
}

// EncodeRequest appends a request.
func EncodeRequest(dst []byte, x *invoicing.Request) []byte {
	c := writer(dst, kindRequest)
	c.request(x)
	return c.out
}

// DecodeRequest reads a request.
func DecodeRequest(b string) (x invoicing.Request, err error) {
	c := reader(b, kindRequest)
	c.request(&x)
	return x, c.end(kindRequest)
}

// EncodeRegisterRow appends a line of the invoice register.
func EncodeRegisterRow(dst []byte, x *invoicing.RegisterRow) []byte {
	c := writer(dst, kindRegisterRow)
	c.registerRow(x)
	return c.out
}

// DecodeRegisterRow reads a line of the invoice register.
func DecodeRegisterRow(b string) (x invoicing.RegisterRow, err error) {
	c := reader(b, kindRegisterRow)
	c.registerRow(&x)
	return x, c.end(kindRegisterRow)
}

// EncodePrice appends a price.
func EncodePrice(dst []byte, x *invoicing.Price) []byte {
	c := writer(dst, kindPrice)
	c.price(x)
	return c.out
}

// DecodePrice reads a price.
func DecodePrice(b string) (x invoicing.Price, err error) {
	c := reader(b, kindPrice)
	c.price(&x)
	return x, c.end(kindPrice)
}

// EncodeRate appends a rate.
func EncodeRate(dst []byte, x *invoicing.Rate) []byte {
	c := writer(dst, kindRate)
	c.rate(x)
	return c.out
}

// DecodeRate reads a rate.
func DecodeRate(b string) (x invoicing.Rate, err error) {
	c := reader(b, kindRate)
	c.rate(&x)
	return x, c.end(kindRate)
}

// EncodeCharge appends a charge.
func EncodeCharge(dst []byte, x *invoicing.Charge) []byte {
	c := writer(dst, kindCharge)
	c.charge(x)
	return c.out
}

// DecodeCharge reads a charge.
func DecodeCharge(b string) (x invoicing.Charge, err error) {
	c := reader(b, kindCharge)
	c.charge(&x)
	return x, c.end(kindCharge)
}

// EncodeUsage appends a day's usage.
func EncodeUsage(dst []byte, x *invoicing.Usage) []byte {
	c := writer(dst, kindUsage)
	c.usage(x)
	return c.out
}

// DecodeUsage reads a day's usage.
func DecodeUsage(b string) (x invoicing.Usage, err error) {
	c := reader(b, kindUsage)
	c.usage(&x)
	return x, c.end(kindUsage)
}

// EncodeOpening appends an opening row.
func EncodeOpening(dst []byte, x *invoicing.Opening) []byte {
	c := writer(dst, kindOpening)
	c.opening(x)
	return c.out
}

// DecodeOpening reads an opening row.
func DecodeOpening(b string) (x invoicing.Opening, err error) {
	c := reader(b, kindOpening)
	c.opening(&x)
	return x, c.end(kindOpening)
}
