package ledger

import "testing"

// TestWhichOrdersWereBought: a key tells an order that an exchange bought from one
// that rows tell of, also in a ledger of before, whose keys went on behind the hash.
func TestWhichOrdersWereBought(t *testing.T) {
	hash := hashOrder(nil, []byte("o1"))
	for _, c := range []struct {
		what string
		key  []byte
		want bool
	}{
		{"a row", hash, false},
		{"an exchange", boughtKey("o1"), true},
		{"a row, before: its fingerprint", append(hash[:hashSize:hashSize], 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), false},
		{"an exchange, before", append(hash[:hashSize:hashSize], make([]byte, 12)...), true},
	} {
		if got := isBought(c.key); got != c.want {
			t.Errorf("%s: bought is %v, want %v", c.what, got, c.want)
		}
	}
}
