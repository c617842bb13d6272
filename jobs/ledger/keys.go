package ledger

import (
	"encoding/binary"
	"strings"

	"prorata/invoicing/money"
)

// Keys: strings end in a zero byte, which none of them holds (see storable), so
// that the order of keys is the order of their parts; numbers are big-endian.

func putKey(b []byte, s string) []byte { return append(append(b, s...), 0) }

func putDate(b []byte, d money.Date) []byte {
	return binary.BigEndian.AppendUint32(b, uint32(d)^1<<31)
}

func putNumber(b []byte, n int) []byte { return binary.BigEndian.AppendUint32(b, uint32(n)) }

func takeDate(b []byte) money.Date { return money.Date(binary.BigEndian.Uint32(b) ^ 1<<31) }

// takeKey splits the first string off a key.
func takeKey(b []byte) (s, rest []byte) {
	for i, c := range b {
		if c == 0 {
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}

// takeUvarint splits a number off; of bytes that hold none it is 0.
func takeUvarint(b []byte) (n uint64, rest []byte) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint64(b[0]), b[1:]
	}
	n, w := binary.Uvarint(b)
	if w <= 0 {
		return 0, nil
	}
	return n, b[w:]
}

func putText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// takeText splits off what putText wrote; ok is false where it is cut off.
func takeText(b []byte) (s, rest []byte, ok bool) {
	n, rest := takeUvarint(b)
	if rest == nil || n > uint64(len(rest)) {
		return nil, nil, false
	}
	return rest[:n], rest[n:], true
}

// maxID is the longest id, in bytes, that a row may carry. Real ones have up to 60.
const maxID = 500

// storable reports whether an id can be part of a key.
func storable(id string) bool { return len(id) <= maxID && strings.IndexByte(id, 0) < 0 }
