package jobs

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What a kill has left is removed by the next; what a process works in is not,
// however long it does, nor what was just made and is not locked yet.
func TestTemporaryRemovesWhatAKillHasLeft(t *testing.T) {
	in := t.TempDir()
	old := time.Now().Add(-48 * time.Hour)
	busy, done, err := temporary(in)
	if err != nil {
		t.Fatal(err)
	}
	left, fresh, other := filepath.Join(in, temporaryPrefix+"left"), filepath.Join(in, temporaryPrefix+"fresh"), filepath.Join(in, "inbox")
	for _, dir := range []string{left, fresh, other} {
		if err := os.MkdirAll(filepath.Join(dir, "archive"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{busy, left, other} {
		if err := os.Chtimes(dir, old, old); err != nil {
			t.Fatal(err)
		}
	}
	next, remove, err := temporary(in)
	if err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]bool{busy: true, fresh: true, other: true, next: true, left: false} {
		if _, err := os.Stat(dir); (err == nil) != want {
			t.Errorf("%s: is there %v, want %v", dir, err == nil, want)
		}
	}
	done()
	remove()
	for _, dir := range []string{busy, next} {
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s is left behind", dir)
		}
	}
}
