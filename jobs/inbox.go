package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"prorata/importers/table"
	"prorata/jobs/ledger"
)

// importInbox reads what waits and what lies in the inbox, in one transaction, and
// returns the number of the run; 0 where there is nothing to do: every file was
// read before and the as-of date is that of the last run.
func (r *Run) importInbox(ctx context.Context, l *ledger.Ledger, last ledger.Run) (int, []FileReport, error) {
	names, err := r.filesOfNight()
	if err != nil {
		return 0, nil, err
	}
	terms, err := r.keepTerms()
	if err != nil {
		return 0, nil, err
	}
	imp, err := l.BeginImport(ctx, ledger.Run{AsOf: r.AsOf, Version: r.Version, Terms: terms})
	if err != nil {
		return 0, nil, err
	}
	defer imp.Rollback()
	var files []FileReport
	into := &intake{imp: imp, senders: &r.Senders, progress: r.Progress}
	kept, stop := into.keepAhead(ctx, names)
	defer stop()
	fresh := last.N == 0 && len(names) > 0 || r.AsOf != last.AsOf
	for in := range kept {
		if errors.Is(in.err, fs.ErrNotExist) && !in.waiting {
			continue // taken back, or by ingest, meanwhile
		}
		if in.err != nil {
			return 0, nil, fmt.Errorf("%s: %w", in.name, in.err)
		}
		f, err := into.read(ctx, in.name, in.file)
		if err != nil {
			return 0, nil, fmt.Errorf("%s: %w", in.name, err)
		}
		if f.Unread = in.unread != nil; f.Unread {
			r.Log.Warn().Err(in.unread).Str("file", in.name).Msg("a file or a folder of the inbox cannot be read; the night goes on without it")
		}
		if in.waiting && f.Since != "" { // what stays in the inbox would be told each night
			r.Log.Info().Str("file", in.name).Str("since", f.Since).Msg("what a later file has told of accounts and prices stands; to go back to a file that was read before, save it with a change")
		}
		files = append(files, f)
		fresh = fresh || !f.Again && !f.Unread
	}
	if err := ctx.Err(); err != nil {
		return 0, nil, err
	}
	if !fresh {
		r.forget(names)
		return 0, files, nil
	}
	if err := imp.Commit(); err != nil {
		return 0, files, err
	}
	r.forget(names)
	return imp.Run(), files, nil
}

// intake takes files onto the books.
type intake struct {
	imp      *ledger.Import
	senders  *Senders
	progress Progress
	whole    bool // reads every row, also those that an earlier export had
	named    bool // a person named the files, if only by a link
}

// keptFile is a file of the night that the archive has.
type keptFile struct {
	toRead
	file ledger.File
	err  error
}

// keepAhead archives the files while the ones before are read. stop ends it.
func (in *intake) keepAhead(ctx context.Context, names []toRead) (kept <-chan keptFile, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	out := make(chan keptFile, 1)
	go func() {
		defer close(out)
		for _, n := range names {
			if ctx.Err() != nil {
				return
			}
			select {
			case out <- in.keepOrNote(n):
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, func() {
		cancel()
		for range out { // until it has ended: a rollback comes next
		}
	}
}

// keepOrNote archives a file. One that lies in the inbox and cannot be read stays
// there, for the next night, and keeps no other from this one: the archive has a note
// in its place, another in each run, which is refused as a damaged file is.
func (in *intake) keepOrNote(n toRead) keptFile {
	k := keptFile{toRead: n}
	if k.unread == nil {
		k.file, k.err = in.keep(n.name, n.path)
		if !n.waiting && unreadable(n.path, k.err) {
			k.unread = k.err
		}
	}
	if k.unread != nil {
		k.file, k.err = in.imp.Store(bytes.NewReader(unreadNote(k.unread, fmt.Sprintf("run %d, %s", in.imp.Run(), n.name))))
	}
	return k
}

// maxInput is the size of an input at most, for its copy has to fit beside it: a file can
// claim any size and hold nothing. An export of ten million purchases has 4 GB.
const maxInput = 32 << 30 // bytes

// openInput opens a file that is to be read in. Since it was looked at its name may have
// become that of a link, which is followed only where a person named it.
func openInput(path string, named bool) (*os.File, error) {
	look := os.Lstat
	if named {
		look = os.Stat
	}
	looked, err := look(path)
	if err != nil {
		return nil, err
	}
	if !looked.Mode().IsRegular() { // a fifo would wait for who writes into it
		return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("it is no file, but a link, a folder or the like")}
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // nor does it wait where one was put in its place since
	if err != nil {
		return nil, err
	}
	opened, err := f.Stat()
	switch {
	case err != nil:
	case !os.SameFile(looked, opened):
		err = &fs.PathError{Op: "open", Path: path, Err: errors.New("another file was put in its place")}
	case opened.Size() > maxInput:
		err = &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("it has %d GiB, and at most %d GiB are read: split it", opened.Size()>>30, maxInput>>30)}
	default:
		return f, nil
	}
	return nil, errors.Join(err, f.Close())
}

// unreadable reports whether an error is of a file that is there and cannot be read;
// else it is the archive that fails.
func unreadable(path string, err error) bool {
	var of *fs.PathError
	return errors.As(err, &of) && of.Path == path && !errors.Is(of, fs.ErrNotExist)
}

// unreadNote is what is read in place of a file that cannot be.
func unreadNote(err error, where string) []byte {
	var of *fs.PathError
	if errors.As(err, &of) {
		err = of.Err
	}
	return table.UnreadNote(err.Error(), where)
}

func (in *intake) keep(name, path string) (ledger.File, error) {
	f, err := openInput(path, in.named)
	if err != nil {
		return ledger.File{}, err
	}
	defer f.Close()
	in.progress.tell("keeping "+name, 0, 0)
	return in.imp.Store(f)
}

// since names the file whose accounts or prices, which are versions (IMP-10), stand in
// place of those of one that was read before; empty where none does. Whoever drops that
// again may mean to go back to it.
func (in *intake) since(f ledger.File) (string, error) {
	for _, kind := range f.Kinds {
		if kind == "Accounts" || kind == "Prices" {
			if later, ok, err := in.imp.Later(kind, f); ok || err != nil {
				return later.Name, err
			}
		}
	}
	return "", nil
}

// read reads one file from the archive: what is read is what is kept, whatever
// happens to the inbox meanwhile.
func (in *intake) read(ctx context.Context, name string, file ledger.File) (FileReport, error) {
	kept, err := in.imp.Begin(name, file)
	if err != nil {
		return FileReport{}, err
	}
	if kept.Known {
		again := fileReport(kept)
		again.Name = name // as it was dropped now
		again.Since, err = in.since(kept)
		return again, err
	}
	archived, err := os.Open(kept.Path)
	if err != nil {
		return FileReport{}, err
	}
	defer archived.Close()
	how := in.senders.reading(name)
	if !in.whole {
		var before *os.File
		defer func() { before.Close() }() // an error where none was opened
		how = how.After(func(kind string) (*io.SectionReader, error) {
			f, ok, err := in.imp.Earlier(kind, name)
			if err != nil || !ok {
				return nil, err
			}
			if before, err = os.Open(f.Path); err != nil {
				return nil, nil // then all is read; verify names what the archive lacks
			}
			return io.NewSectionReader(before, 0, f.Size), nil
		})
	}
	read, err := how.Read(ctx, name, in.progress.reading("reading "+name, archived, kept.Size), kept.Size, kept.N, in.imp)
	if err != nil {
		return FileReport{}, err
	}
	sum, kinds := read.Sum()
	kept.Kinds = kinds
	kept.Counts, err = in.imp.EndFile(sum.Rows, sum.LeftOut, sum.Ignored, sum.Refused, kinds)
	return fileReport(kept), err
}
