package jobs

import (
	"context"
	"fmt"
	"path/filepath"

	"prorata/jobs/ledger"
)

// rehearse runs the night on a copy of the ledger that is thrown away: all that
// it leaves is a folder of reports marked DRY.
func (r *Run) rehearse(ctx context.Context) (*Report, error) {
	l, remove, err := copyOf(r.Ledger)
	if err != nil {
		return nil, err
	}
	defer remove()
	return r.on(ctx, l)
}

// copyOf makes a copy of a ledger, or an empty one where there is none, for as
// long as it is needed: beside it its inputs need not be copied.
func copyOf(path string) (l *ledger.Ledger, remove func(), err error) {
	temp, gone, err := temporaryBeside(path)
	if err != nil {
		return nil, nil, fmt.Errorf("making a copy of the ledger to rehearse on: %w", err)
	}
	own := filepath.Join(temp, "dry.db")
	if err = ledger.Copy(path, own); err == nil {
		l, err = ledger.Open(own)
	}
	if err != nil {
		gone()
		return nil, nil, err
	}
	return l, func() { l.Close(); gone() }, nil
}
