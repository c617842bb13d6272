package ledger

import (
	"bytes"
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// The shelf of orders answers which accounts know an order: its key is the hash of
// the order, its value an account that has a row of it. That two orders share a hash
// costs time, not truth: who looks an order up compares the rows.
const hashSize = 8

func hashOrder(b, order []byte) []byte {
	return binary.BigEndian.AppendUint64(b, xxhash.Sum64(order))
}

// boughtKey is the key of an order that an exchange bought, or of which units were
// brought in: no row on a shelf tells of it, the state of its account does.
func boughtKey(order string) []byte { return append(hashOrder(nil, []byte(order)), 0) }

// isBought reports whether a key is one of boughtKey. What follows the hash in a
// ledger of before, which had fingerprints of rows here, is not all zero.
func isBought(key []byte) bool {
	return len(key) > hashSize && len(bytes.Trim(key[hashSize:], "\x00")) == 0
}
