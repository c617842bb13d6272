package ledger

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// TestALargeInputIsCopiedWhole: piece by piece, the last one shorter than the others.
func TestALargeInputIsCopiedWhole(t *testing.T) {
	body := make([]byte, largeInput+copyPiece/2+3)
	for i := 0; i+8 <= len(body); i += 8 {
		binary.LittleEndian.PutUint64(body[i:], uint64(i)*0x9e3779b97f4a7c15)
	}
	from, to := filepath.Join(t.TempDir(), "from"), filepath.Join(t.TempDir(), "to")
	mustDo(t, os.WriteFile(from, body, 0o600))
	in, out := must(os.Open(from))(t), must(os.Create(to))(t)
	defer in.Close()
	defer out.Close()
	n := must(copyInto(out, in))(t)
	if got := must(os.ReadFile(to))(t); n != int64(len(body)) || !bytes.Equal(got, body) {
		t.Errorf("%d bytes are copied of %d, and %d are there, the same: %v", n, len(body), len(got), bytes.Equal(got, body))
	}
}
