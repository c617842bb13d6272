package jobs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"prorata/jobs/ledger"
)

// rehearse runs the night on a copy of the ledger that is thrown away: all that
// it leaves is a folder of reports marked DRY.
func (r *Run) rehearse(ctx context.Context) (*Report, error) {
	temp, err := os.MkdirTemp(filepath.Dir(r.Ledger), ".prorata-dry-")
	if err != nil {
		return nil, fmt.Errorf("rehearsing: %w", err)
	}
	defer os.RemoveAll(temp)
	path := filepath.Join(temp, "dry.db")
	if err := ledger.Copy(r.Ledger, path); err != nil {
		return nil, err
	}
	l, err := ledger.Open(path)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return r.on(ctx, l)
}
