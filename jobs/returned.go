package jobs

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"prorata/importers"
	"prorata/invoicing"
	"prorata/jobs/durable"
	"prorata/jobs/ledger"
)

// giveCopies lays out what a settled run refused, for its senders: a copy of each
// file with refused rows, its cells marked (IMP-8), in OUT/returned. The copies
// are a function of what was committed, as the run's folder is, so they are laid
// out before it and again after a crash.
func (r *Run) giveCopies(ctx context.Context, l *ledger.Ledger, run ledger.Run, folder string) error {
	faults, err := l.Refusals(run.N)
	if err != nil || len(faults) == 0 {
		return err
	}
	senders, err := sendersOf(run)
	if err != nil {
		return err
	}
	byFile := map[int][]invoicing.Fault{}
	for _, f := range faults {
		byFile[f.Source.File] = append(byFile[f.Source.File], f)
	}
	files, err := l.Files(run.N)
	if err != nil {
		return err
	}
	dir := filepath.Join(r.Out, returnedFolder)
	for _, f := range files {
		if len(byFile[f.N]) == 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		book, ext, err := returnedCopy(ctx, f.Path, byFile[f.N], senders.reading(f.Name))
		if err != nil {
			return fmt.Errorf("input %d, %s: %w", f.N, f.Name, err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("making the folder for returned files: %w", err)
		}
		if err := durable.Replace(durable.ReturnedWrite, filepath.Join(dir, copyName(folder, f.N, f.Name, ext)), durable.Shared, book); err != nil {
			return fmt.Errorf("returning input %d, %s: %w", f.N, f.Name, err)
		}
	}
	return nil
}

// returnedCopy makes the marked copy of a file. ext is the end of its name.
func returnedCopy(ctx context.Context, path string, faults []invoicing.Fault, how importers.Reading) (book []byte, ext string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, "", err
	}
	return how.Returned(ctx, f, st.Size(), faults)
}

// copyName names a copy by the run's folder, the number of the input and the
// sender's own name, as every file system can have it: 2026-11-22-001 3
// begäran.xlsx.
func copyName(folder string, n int, name, ext string) string {
	return fmt.Sprintf("%s %d %s%s", folder, n, strings.TrimRight(stem(plainFile(name)), " ."), ext)
}

// stem is the name of a file without its end, as far as it leaves room for what is
// put before or after it.
func stem(name string) string {
	base := strings.TrimSuffix(name, filepath.Ext(name))
	if len(base) > 120 {
		base = strings.ToValidUTF8(base[:120], "")
	}
	return base
}

// plainFile is a name as every file system can have it.
func plainFile(name string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsGraphic(c) || strings.ContainsRune(`/\:*?"<>|`, c) {
			return '_'
		}
		return c
	}, name)
}
