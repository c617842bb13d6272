package ledger

import (
	"context"
	"fmt"
	"os"
)

// Whole checks that every segment that the last commit names, and every input, is
// there: a copy that was made while another process wrote may lack one that was
// merged into another meanwhile. It does not read them; reading checks their hashes.
func (l *Ledger) Whole() error {
	known, err := l.segments(context.Background(), l.db)
	if err != nil {
		return err
	}
	for _, list := range known {
		for _, s := range list {
			if _, err := os.Stat(s.path); err != nil {
				return fmt.Errorf("segment %d is missing: %w", s.id, err)
			}
		}
	}
	files, err := l.Files(0)
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, err := os.Stat(f.Path); err != nil {
			return fmt.Errorf("input %d, %s, is missing: %w", f.N, f.Name, err)
		}
	}
	return nil
}
