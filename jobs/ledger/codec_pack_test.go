package ledger

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestPackedIsUnpacked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "unit")
		body := bytes.Repeat(unit, rapid.IntRange(0, 2000).Draw(t, "times"))
		before := []byte("before")
		packed := pack(before, body)
		if !bytes.HasPrefix(packed, before) {
			t.Fatal("pack wrote over what was there")
		}
		packed = packed[len(before):]
		if back, err := unpack(packed); err != nil || back != string(body) {
			t.Fatalf("%d bytes came back as %d, %v", len(body), len(back), err)
		}
		if len(packed) > len(body)+packHead {
			t.Fatalf("%d bytes were packed to %d", len(body), len(packed))
		}
		at := rapid.IntRange(0, len(packed)-1).Draw(t, "at")
		packed[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		if back, err := unpack(packed); err == nil && back != string(body) || err != nil && !errors.Is(err, errDamaged) {
			t.Fatalf("byte %d damaged gave %d bytes, %v", at, len(back), err)
		}
	})
}

// What is damaged, or made to be, cannot ask for more memory than the bound.
func TestABombIsRefused(t *testing.T) {
	zeros := make([]byte, 1<<20)
	packed := pack(nil, zeros)
	if packed[0] != packedPlain {
		t.Errorf("a body that packs %d times is stored by method %d, not plain", len(zeros)/len(packed), packed[0])
	}
	bomb := []byte{packedS2, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 0} // says that it holds 256 MiB
	if _, err := unpack(bomb); !errors.Is(err, errDamaged) {
		t.Errorf("a bomb gave %v", err)
	}
}

func TestASettlementPacks(t *testing.T) {
	body := EncodeSettlement(nil, busyGroup(50))
	if packed := pack(nil, body); len(packed)*3 > len(body)*2 {
		t.Errorf("%d bytes were packed to %d, not to two thirds", len(body), len(packed))
	}
}

func BenchmarkPack(b *testing.B) {
	body := EncodeSettlement(nil, busyGroup(50))
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = pack(dst[:0], body)
	}
	b.ReportMetric(float64(len(dst)), "bytes")
}

func BenchmarkUnpack(b *testing.B) {
	packed := pack(nil, EncodeSettlement(nil, busyGroup(50)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := unpack(packed); err != nil {
			b.Fatal(err)
		}
	}
}
