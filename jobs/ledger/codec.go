package ledger

import (
	"errors"
	"fmt"

	"prorata/invoicing"
	"prorata/invoicing/money"
)

// A blob is the stored form of one noun. It begins with a head, version<<4 | kind
// as a varint, so that a blob says what it is and stays readable for ever; the
// rest is its fields in the order in which its visitor (codec_nouns.go) names
// them. Same value, same bytes.
//
// There is one version for all nouns, because nouns contain nouns. To add a
// field: raise codecVersion and visit the field at the end of its noun under
// `if c.version >= N`. Never change what an older version reads; numbers of
// enumerations are stored, so they are never given to another name.
const codecVersion = 1

type kind uint64

const (
	kindSettlement kind = iota + 1
	kindStanding
	kindState
	kindAccount
	kindPurchase
	kindVendorCredit
	kindRequest
	kindRegisterRow
	kindPrice
	kindRate
	kindCharge
	kindUsage
	kindReconciled
	kindOpening
)

var kindNames = [...]string{
	"no", "settlement", "standing", "state", "account", "purchase", "vendor credit", "request", "invoice line", "price",
	"rate", "charge", "usage", "reconciliation of an order", "opening balance",
}

func (k kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint64(k))
}

// errDamaged is under every error of a blob that cannot be read.
var errDamaged = errors.New("damaged blob")

// codec visits the fields of a noun, either to append them to out or to read
// them from in. A visitor is written once and serves both ways.
type codec struct {
	version uint64
	writing bool
	out     []byte
	in      string
	at      int // of in
	size    int // of in, for messages
	date0   money.Date
	large   *large // nil in a small blob
	err     error  // of reading, the first one
}

// firstDate is what the first date of a blob is counted from.
var firstDate = money.DateOf(2020, 1, 1)

func writer(dst []byte, k kind) codec {
	c := codec{writing: true, version: codecVersion, out: dst, date0: firstDate}
	c.put(codecVersion<<4 | uint64(k))
	return c
}

func reader(b string, k kind) codec {
	c := codec{in: b, size: len(b), date0: firstDate}
	head := c.get()
	c.version = head >> 4
	switch got := kind(head & 15); {
	case c.err != nil:
	case got != k:
		c.fail("it is a " + got.String() + ", not a " + k.String())
	case c.version == 0 || c.version > codecVersion:
		c.fail("it is of version " + fmt.Sprint(c.version) + ", which this program does not know")
	}
	return c
}

// end is the error of a whole read; bytes that nobody asked for are one.
func (c *codec) end(k kind) error {
	if c.err == nil && c.at < len(c.in) {
		c.fail("bytes are left over")
	}
	if c.err != nil {
		return fmt.Errorf("reading a %s: %w", k, c.err)
	}
	return nil
}

// fail keeps the first error; what is read after it is zero.
func (c *codec) fail(why string) {
	if c.err == nil {
		c.err = fmt.Errorf("%w: %s (byte %d of %d)", errDamaged, why, c.at, c.size)
	}
	c.in, c.at = "", 0
}

// encodeSettlement appends a settlement without its Standing, which is stored apart.
func encodeSettlement(dst []byte, x *invoicing.Settlement) []byte {
	c := largeWriter(dst, kindSettlement)
	c.settlement(x)
	return c.written()
}

// DecodeSettlement reads a settlement; its Standing is empty. As with all of
// these, the strings of the result are views of b, a slice without elements is
// nil, and an error says that b is damaged.
func DecodeSettlement(b string) (x invoicing.Settlement, err error) {
	c := largeReader(b, kindSettlement)
	c.settlement(&x)
	return x, c.read(kindSettlement)
}

func encodeStanding(dst []byte, x *invoicing.Standing) []byte {
	c := largeWriter(dst, kindStanding)
	c.standing(x)
	return c.written()
}

func decodeStanding(b string) (x invoicing.Standing, err error) {
	c := largeReader(b, kindStanding)
	c.standing(&x)
	return x, c.read(kindStanding)
}

func encodeState(dst []byte, x *invoicing.State) []byte {
	c := largeWriter(dst, kindState)
	c.state(x)
	return c.written()
}

func decodeState(b string) (x invoicing.State, err error) {
	c := largeReader(b, kindState)
	c.state(&x)
	return x, c.read(kindState)
}
