package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"prorata/invoicing"
	"prorata/invoicing/money"
	"prorata/jobs/durable"
	"prorata/jobs/ledger"
)

// Ingest takes whole files out of the inbox, between nights: each is copied to
// where the next night takes it from, LEDGER.waiting, and is read at once, so
// that what is wrong with it goes back to its sender without waiting for the
// night. Then the file itself is moved to processed/DATE. It decides nothing and
// does not touch the books; nights do, one at a time.
//
// A file is first renamed into the inbox's .taken, from where a crash goes on:
// what is in none of the two places is not lost, and what is in both is the same
// bytes, which the books take once (IMP-9).
type Ingest struct {
	Inbox   string
	Ledger  string        // the ledger's file; it need not be there yet
	Date    money.Date    // of today: the name of the folder under processed
	Senders Senders       // how files are read
	Quiet   time.Duration // between the two looks at which a whole file is the same
	// Wait returns after that time, or with the context's error.
	Wait     func(context.Context, time.Duration) error
	Progress Progress // is told how far it has come
	Log      zerolog.Logger
}

// Ingested says what became of the files that were taken.
type Ingested struct {
	Files   []IngestedFile `json:"files"`
	Unready int            `json:"unready"`           // files that are not whole yet
	Refused int            `json:"refused"`           // rows
	Unread  int            `json:"unread"`            // files that could not be read whole
	Skipped []string       `json:"skipped,omitempty"` // links, what else is no file, folders in folders
}

// LogSkipped says what lies in the inbox and is never taken: once a night.
func (g *Ingested) LogSkipped(log zerolog.Logger) { logSkipped(log, g.Skipped) }

// IngestedFile is one file that was taken out of the inbox.
type IngestedFile struct {
	Name    string   `json:"name"`
	SHA256  string   `json:"sha256"`
	Kinds   []string `json:"kinds"`
	Rows    int      `json:"rows"`
	Refused int      `json:"refused"`
	Moved   string   `json:"moved"` // where the file is now
	Note    string   `json:"note,omitempty"`
}

// errUnready is what is returned of a file that changed while it was read.
var errUnready = errors.New("it changed while it was read")

// Do takes what is whole. A file that cannot be taken stays where it is, the
// others are taken, and the error names it.
func (g *Ingest) Do(ctx context.Context) (*Ingested, error) {
	out, err := g.do(ctx)
	if err != nil && ctx.Err() != nil {
		kept := "no file was taken out of the inbox"
		if out != nil && len(out.Files) > 0 {
			kept = fmt.Sprintf("%s taken, and waiting for the next night", invoicing.Counted(len(out.Files), "file was", "files were"))
		}
		err = &StoppedError{kept + "; the next ingest goes on with the others", err}
	}
	return out, err
}

func (g *Ingest) do(ctx context.Context) (*Ingested, error) {
	if err := os.MkdirAll(filepath.Dir(g.Ledger), 0o755); err != nil {
		return nil, fmt.Errorf("making the ledger's folder: %w", err)
	}
	held, err := ledger.Lock(g.Ledger, "inbox")
	if err != nil {
		return nil, fmt.Errorf("taking files out of the inbox: %w", err)
	}
	defer held.Close()
	if err := sweepWaiting(g.Ledger); err != nil {
		return nil, err
	}
	out := &Ingested{Files: []IngestedFile{}}
	whole, err := g.whole(ctx, out)
	if err != nil {
		return out, err
	}
	var problems []error
	for i := range whole {
		if err := g.claim(&whole[i]); err != nil {
			problems = append(problems, fmt.Errorf("taking %s out of the inbox: %w", whole[i].shown(), err))
		}
	}
	taken, _, err := lookInto(filepath.Join(g.Inbox, takenFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return out, errors.Join(problems...)
	}
	problems = append(problems, err)
	for i := range taken {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		switch err := g.take(ctx, &taken[i], out); {
		case errors.Is(err, errUnready):
			out.Unready++
		case err != nil:
			problems = append(problems, fmt.Errorf("taking %s in: %w", taken[i].shown(), err))
		}
	}
	return out, errors.Join(problems...)
}

// whole lists the files that are the same at two looks. An empty one is about to be written.
func (g *Ingest) whole(ctx context.Context, out *Ingested) ([]dropped, error) {
	first, skipped, err := lookInto(g.Inbox)
	if out.Skipped = skipped; err != nil || len(first) == 0 {
		return nil, err
	}
	g.Progress.tell("waiting whether what lies in the inbox still changes", 0, 0)
	if err := g.Wait(ctx, g.Quiet); err != nil {
		return nil, err
	}
	second, _, err := lookInto(g.Inbox)
	if err != nil {
		return nil, err
	}
	before := map[[2]string]dropped{}
	for _, d := range first {
		before[[2]string{d.sender, d.name}] = d
	}
	whole := slices.DeleteFunc(second, func(d dropped) bool {
		b, ok := before[[2]string{d.sender, d.name}]
		changed := d.unread == nil && (d.size == 0 || !ok || b.size != d.size || !b.when.Equal(d.when))
		if changed {
			out.Unready++
		}
		return changed
	})
	return whole, nil
}

// claim takes a file out of the reach of whoever drops files: a next one of the
// same name is another file. Of two that are claimed one after the other before a
// crash, the second waits its turn. One that cannot be opened, or whose name no copy can
// have, stays in sight of whoever dropped it, and can be replaced.
func (g *Ingest) claim(d *dropped) error {
	if d.unread != nil {
		return d.unread
	}
	if n := len(d.shown()); n > longestName {
		return fmt.Errorf("its name and its sender's have %d bytes, and together no more than %d are possible: give it a shorter one", n, longestName)
	}
	in, err := openInput(d.in(g.Inbox), false)
	if err != nil {
		return err
	}
	in.Close()
	to := d.in(filepath.Join(g.Inbox, takenFolder))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		return nil
	}
	return durable.Rename(durable.InboxClaim, d.in(g.Inbox), to)
}

// longestName is how many bytes the name of a file can have.
const longestName = 255

// take copies a claimed file to where the night takes it from, reads it, and
// moves it away.
func (g *Ingest) take(ctx context.Context, d *dropped, out *Ingested) error {
	claimed := d.in(filepath.Join(g.Inbox, takenFolder))
	g.Progress.tell("taking "+d.shown(), 0, 0)
	copied, sum, err := g.copy(d, claimed)
	if err != nil {
		return err
	}
	check, err := checkFile(ctx, d.shown(), copied, &g.Senders, g.Progress)
	if err != nil {
		return errors.Join(err, os.RemoveAll(filepath.Dir(copied)))
	}
	if err := accept(g.Ledger, copied, sum); err != nil {
		return err
	}
	f := IngestedFile{Name: d.shown(), SHA256: sum, Kinds: check.Kinds, Rows: check.Rows, Refused: check.Refused}
	if len(check.Faults) > 0 {
		if f.Note, err = g.giveBack(ctx, d, claimed, check); err != nil {
			return err
		}
	}
	dir := filepath.Join(g.Inbox, processedFolder, g.Date.String(), d.sender)
	if f.Moved, err = freeName(dir, d.name); err != nil {
		return err
	}
	if err := durable.Rename(durable.InboxMove, claimed, f.Moved); err != nil {
		return err
	}
	out.Files = append(out.Files, f)
	if out.Refused += f.Refused; f.Note != "" && f.Refused == 0 {
		out.Unread++
	}
	g.Log.Info().Str("file", f.Name).Str("sha256", sum).Strs("kinds", f.Kinds).Int("rows", f.Rows).Int("refused", f.Refused).Msg("taken out of the inbox")
	return durable.Folder(dir)
}

// copy copies a claimed file into a folder of its own beside those that wait. A
// file that is not the same before and after is not whole.
func (g *Ingest) copy(d *dropped, claimed string) (path, sum string, err error) {
	in, err := openInput(claimed, false)
	if err != nil {
		return "", "", err
	}
	defer in.Close()
	before, err := in.Stat()
	if err != nil {
		return "", "", err
	}
	if err := os.MkdirAll(waitingFolder(g.Ledger), 0o700); err != nil {
		return "", "", err
	}
	dir, err := os.MkdirTemp(waitingFolder(g.Ledger), ".copy-")
	if err != nil {
		return "", "", err
	}
	path = filepath.Join(dir, d.shown())
	err = durable.Step(durable.InboxCopy, func() error {
		sum, err = copySynced(path, in)
		return err
	})
	after, statErr := in.Stat()
	if err = errors.Join(err, statErr); err == nil && (after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime())) {
		err = errUnready
	}
	if err != nil {
		return "", "", errors.Join(err, os.RemoveAll(dir))
	}
	return path, sum, nil
}

// copySynced writes what is read to a new file, brings it to disk and returns its SHA-256.
func copySynced(path string, in io.Reader) (string, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, h), in)
	if err == nil {
		err = f.Sync()
	}
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, f.Close())
}

// freeName makes a folder and returns a path in it that nothing has yet: a name
// that clashes gets a number.
func freeName(dir, name string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		path := filepath.Join(dir, name)
		if n > 1 {
			path = filepath.Join(dir, fmt.Sprintf("%s (%d)%s", stem(name), n, filepath.Ext(name)))
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path, nil
		} else if err != nil {
			return "", err
		}
	}
}
