package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"prorata/jobs/ledger"
)

// TestLockedLedger: a second program on a ledger says who holds it and ends with 4.
func TestLockedLedger(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ledger.db")
	l, err := ledger.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var out strings.Builder
	c := &console{stdout: &out, stderr: &out, now: time.Now, log: zerolog.Nop()}
	code := c.main(context.Background(), []string{"run", "--inbox", filepath.Join(dir, "inbox"), "--out", filepath.Join(dir, "out"), "--ledger", path, "--as-of", "2026-11-22"})
	if code != exitLocked || !strings.Contains(out.String(), fmt.Sprint(os.Getpid())) {
		t.Errorf("exit code %d, and it says %q", code, out.String())
	}
}
