package ledger

import (
	"context"
	"fmt"
	"os"
)

// Whole checks that every segment that the last commit names, and every input, is
// there. It does not read them; reading checks their hashes.
func (l *Ledger) Whole() error {
	names, err := l.parts()
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := os.Stat(name); err != nil {
			return fmt.Errorf("a part of the ledger is missing: %w", err)
		}
	}
	return nil
}

// parts lists the files that the last commit names: segments and inputs.
func (l *Ledger) parts() (names []string, err error) {
	known, err := l.segments(context.Background(), l.db)
	if err != nil {
		return nil, err
	}
	for _, list := range known {
		for _, s := range list {
			names = append(names, s.path)
		}
	}
	files, err := l.Files(0)
	for _, f := range files {
		names = append(names, f.Path)
	}
	return names, err
}
