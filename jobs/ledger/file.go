package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// File is one input. Its number is the File of every Source that came from it.
type File struct {
	N      int // from 1 over all runs
	Run    int // that read it
	Name   string
	Kinds  []string // what it was read as, as EndFile was told; a kind has no line break
	SHA256 string   // in hex; of a file that is being read it may not be known yet
	Size   int64
	// Known says that Begin found the same bytes among the files read before (IMP-9):
	// then N, Run and Name are those of that time, and there is nothing to read.
	Known  bool
	Path   string // where the archive has it
	Counts FileCounts

	hash   *beingHashed // of one that Store took; nil of others
	sample int64        // of one that Store took, see sampled
}

// FileCounts says what became of the rows of a file (OUT-8 g): Rows = Kept +
// Known + Ignored + Refused.
type FileCounts struct {
	Rows    int
	Kept    int // are new
	Known   int // were on the books already, or say the same as another row (IMP-1, IMP-9)
	Ignored int // concern no reservation
	Refused int // bad rows and conflicts
}

// holds reports whether the counts add up.
func (c FileCounts) holds() bool { return c.Rows == c.Kept+c.Known+c.Ignored+c.Refused }

const fileColumns = "n, run, name, kinds, sha256, size, rows, kept, known, ignored, refused"

func (l *Ledger) scanFile(row scanner) (f File, err error) {
	c, kinds := &f.Counts, ""
	err = row.Scan(&f.N, &f.Run, &f.Name, &kinds, &f.SHA256, &f.Size, &c.Rows, &c.Kept, &c.Known, &c.Ignored, &c.Refused)
	if err == nil {
		f.Path = l.archived(f.SHA256)
		f.Kinds = strings.FieldsFunc(kinds, func(r rune) bool { return r == '\n' })
	}
	return f, err
}

// Files returns the files of a run, by number; run 0 is all runs.
func (l *Ledger) Files(run int) ([]File, error) {
	all, err := queried(l.db, l.scanFile, "SELECT "+fileColumns+" FROM file WHERE ?1 = 0 OR run = ?1 ORDER BY n", run)
	if err != nil {
		return nil, fmt.Errorf("reading the files of run %d: %w", run, err)
	}
	return all, nil
}

// FileByNumber returns a file; one that no file has is an error.
func (l *Ledger) FileByNumber(n int) (File, error) {
	f, ok, err := l.oneFile(context.Background(), l.db, "n = ?", n)
	if err == nil && !ok {
		err = fmt.Errorf("the ledger has no input %d", n)
	}
	return f, err
}

func (l *Ledger) oneFile(ctx context.Context, q querier, where string, args ...any) (File, bool, error) {
	f, err := l.scanFile(q.QueryRowContext(ctx, "SELECT "+fileColumns+" FROM file WHERE "+where+" LIMIT 1", args...))
	if errors.Is(err, sql.ErrNoRows) {
		return File{}, false, nil
	}
	if err != nil {
		return File{}, false, fmt.Errorf("looking up a file: %w", err)
	}
	return f, true, nil
}
