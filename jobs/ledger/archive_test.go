package ledger

import (
	"bytes"
	"context"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// TestACopyWhileANightReads: it has what the last commit names, and nothing of the
// night, whose files still grow.
func TestACopyWhileANightReads(t *testing.T) {
	l := openTest(t)
	tryNight(l)
	i := must(l.BeginImport(context.Background(), Run{AsOf: november + 1}))(t)
	must(i.Store(strings.NewReader("more rows")))(t)
	to := filepath.Join(memoryFolder(t), "copy.db")
	mustDo(t, Copy(l.path, to))
	c := must(OpenReader(to))(t)
	defer c.Close()
	mustDo(t, c.Whole())
	names := must(c.parts())(t)
	for _, folder := range []string{c.segmentFolder(), c.archiveFolder()} {
		mustDo(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && path != sealOf(to) && !slices.Contains(names, path) {
				t.Errorf("the copy has %s", path)
			}
			return err
		}))
	}
	if len(names) < 2 {
		t.Errorf("the copy has %q alone", names)
	}
	mustDo(t, i.Rollback())
}
