package ledger

import "prorata/invoicing"

// The rows that importers bring: small blobs, by the million, without a table of
// strings. Writing one allocates nothing beyond dst; reading one, only New of a
// request, the terms of an account and the sources of an invoice line.

func encodeAccount(dst []byte, x *invoicing.Account) []byte {
	c := writer(dst, kindAccount)
	c.account(x)
	return c.out
}

func decodeAccount(b string) (x invoicing.Account, err error) {
	c := reader(b, kindAccount)
	c.account(&x)
	return x, c.end(kindAccount)
}

func encodePurchase(dst []byte, x *invoicing.Purchase) []byte {
	c := writer(dst, kindPurchase)
	c.purchase(x)
	return c.out
}

func decodePurchase(b string) (x invoicing.Purchase, err error) {
	c := reader(b, kindPurchase)
	c.purchase(&x)
	return x, c.end(kindPurchase)
}

func encodeVendorCredit(dst []byte, x *invoicing.VendorCredit) []byte {
	c := writer(dst, kindVendorCredit)
	c.vendorCredit(x)
	return c.out
}

func decodeVendorCredit(b string) (x invoicing.VendorCredit, err error) {
	c := reader(b, kindVendorCredit)
	c.vendorCredit(&x)
	return x, c.end(kindVendorCredit)
}

func encodeRequest(dst []byte, x *invoicing.Request) []byte {
	c := writer(dst, kindRequest)
	c.request(x)
	return c.out
}

func decodeRequest(b string) (x invoicing.Request, err error) {
	c := reader(b, kindRequest)
	c.request(&x)
	return x, c.end(kindRequest)
}

func encodeRegisterRow(dst []byte, x *invoicing.RegisterRow) []byte {
	c := writer(dst, kindRegisterRow)
	c.registerRow(x)
	return c.out
}

func decodeRegisterRow(b string) (x invoicing.RegisterRow, err error) {
	c := reader(b, kindRegisterRow)
	c.registerRow(&x)
	return x, c.end(kindRegisterRow)
}

func encodePrice(dst []byte, x *invoicing.Price) []byte {
	c := writer(dst, kindPrice)
	c.price(x)
	return c.out
}

func decodePrice(b string) (x invoicing.Price, err error) {
	c := reader(b, kindPrice)
	c.price(&x)
	return x, c.end(kindPrice)
}

func encodeRate(dst []byte, x *invoicing.Rate) []byte {
	c := writer(dst, kindRate)
	c.rate(x)
	return c.out
}

func decodeRate(b string) (x invoicing.Rate, err error) {
	c := reader(b, kindRate)
	c.rate(&x)
	return x, c.end(kindRate)
}

func encodeCharge(dst []byte, x *invoicing.Charge) []byte {
	c := writer(dst, kindCharge)
	c.charge(x)
	return c.out
}

func decodeCharge(b string) (x invoicing.Charge, err error) {
	c := reader(b, kindCharge)
	c.charge(&x)
	return x, c.end(kindCharge)
}

func encodeUsage(dst []byte, x *invoicing.Usage) []byte {
	c := writer(dst, kindUsage)
	c.usage(x)
	return c.out
}

func decodeUsage(b string) (x invoicing.Usage, err error) {
	c := reader(b, kindUsage)
	c.usage(&x)
	return x, c.end(kindUsage)
}

func encodeOpening(dst []byte, x *invoicing.Opening) []byte {
	c := writer(dst, kindOpening)
	c.opening(x)
	return c.out
}

func decodeOpening(b string) (x invoicing.Opening, err error) {
	c := reader(b, kindOpening)
	c.opening(&x)
	return x, c.end(kindOpening)
}
