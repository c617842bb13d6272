package ledger

// current gives stored content in the form that this program writes, so that
// contents can be compared as bytes after the codec has got a new version.
func current(s shelf, content []byte) ([]byte, error) {
	head, _ := takeUvarint(content)
	if head>>4 == codecVersion {
		return content, nil
	}
	b := string(content)
	switch s {
	case onAccount:
		return again(b, decodeAccount, encodeAccount)
	case onRequest:
		return again(b, decodeRequest, encodeRequest)
	case onInvoice:
		return again(b, decodeRegisterRow, encodeRegisterRow)
	case onPrice:
		return again(b, decodePrice, encodePrice)
	case onRate:
		return again(b, decodeRate, encodeRate)
	}
	return again(b, decodeUsage, encodeUsage)
}

func again[T any](b string, decode func(string) (T, error), encode func([]byte, *T) []byte) ([]byte, error) {
	x, err := decode(b)
	if err != nil {
		return nil, err
	}
	return encode(nil, &x), nil
}
