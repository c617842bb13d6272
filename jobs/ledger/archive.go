package ledger

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"

	"prorata/jobs/durable"
)

// The archive keeps every input under its SHA-256; names that come with files
// are never part of a path.

// archived is the place of an input: 64 hex digits, the first two a folder.
func (l *Ledger) archived(sum string) string {
	if len(sum) != 64 || strings.Trim(sum, "0123456789abcdef") != "" {
		return filepath.Join(l.archiveFolder(), "no-such-input")
	}
	return filepath.Join(l.archiveFolder(), sum[:2], sum)
}

// beingHashed is an input in the archive whose name, its hash, is not known yet.
type beingHashed struct {
	temp string // its name until then
	sum  string
	err  error
	done chan struct{} // closed when sum or err is there
}

// Store takes an input into the archive; Known says that a run before has read the
// same bytes. Its hash is taken while its rows are read, for that takes as long; only
// one that looks like another (see sampled), which will be the same, waits for it.
// Another goroutine than the one that takes the rows may call Store, one file after
// the other, before Commit or Rollback: what it asks the database is how things were
// when the run began.
func (i *Import) Store(r io.Reader) (File, error) {
	f, err := i.keepFile(r)
	if err != nil {
		return File{}, fmt.Errorf("copying it into the archive: %w", err)
	}
	return f, nil
}

// keepFile copies an input into the archive. Making 300 MB durable and hashing them
// takes as long as reading them, and happens meanwhile: the end of the file waits
// for the hash, the commit for the disk.
func (i *Import) keepFile(r io.Reader) (File, error) {
	tmp, err := os.CreateTemp(i.l.archiveFolder(), "input-*"+tempSuffix)
	if err != nil {
		return File{}, err
	}
	h := &beingHashed{temp: tmp.Name(), done: make(chan struct{})}
	i.stored = append(i.stored, h)
	f := File{Path: h.temp, hash: h}
	f.Size, err = copyInto(tmp, r)
	go func() {
		defer close(h.done)
		h.sum, h.err = FileSum(h.temp)
	}()
	if err == nil {
		f.sample, err = sampled(tmp, f.Size)
	}
	var known File
	if err == nil {
		known, err = i.readBefore(&f)
	}
	if err != nil || known.Known {
		return known, errors.Join(err, tmp.Close(), os.Remove(h.temp))
	}
	i.durable.Go(func() error {
		if err := errors.Join(durable.Step(durable.ArchiveSync, tmp.Sync), tmp.Close()); err != nil {
			return fmt.Errorf("making %s durable: %w", h.temp, err)
		}
		return nil
	})
	return f, nil
}

// readBefore looks up what has the same bytes as an input that was just copied; what
// it returns is Known where a run before has read them.
func (i *Import) readBefore(f *File) (known File, err error) {
	_, alike, err := i.l.oneFile(i.ctx, i.l.db, "size = ? AND ifnull(sample = ?, true)", f.Size, f.sample)
	if err != nil {
		return File{}, err
	}
	if alike || i.samples[f.sample] {
		if err := f.hashed(); err != nil {
			return File{}, err
		}
		known, ok, err := i.l.oneFile(i.ctx, i.l.db, "sha256 = ?", f.SHA256)
		if known.Known = ok; err != nil || ok {
			return known, err
		}
	}
	i.samples[f.sample] = true
	return File{}, nil
}

const (
	largeInput = 64 << 20 // bytes
	copyPiece  = 4 << 20
)

// copyInto copies an input, a large file by two goroutines, a piece after the other: until
// it is copied nothing is read, and most of that time the system makes room for what is
// written.
func copyInto(to *os.File, from io.Reader) (int64, error) {
	in, ok := from.(*os.File)
	if !ok {
		return io.Copy(to, from)
	}
	st, err := in.Stat()
	if err != nil {
		return 0, err
	}
	if st.Size() < largeInput {
		return io.Copy(to, from)
	}
	var next, size atomic.Int64
	var tasks errgroup.Group
	for range 2 {
		tasks.Go(func() error {
			buf := make([]byte, 1<<20)
			for {
				at := next.Add(copyPiece) - copyPiece
				if at >= st.Size() {
					return nil
				}
				n, err := io.CopyBuffer(io.NewOffsetWriter(to, at), io.NewSectionReader(in, at, copyPiece), buf)
				if size.Add(n); err != nil {
					return err
				}
			}
		})
	}
	err = tasks.Wait()
	return size.Load(), err
}

// sampled is a check sum of 64 KB of each megabyte of an input: where it differs, so do
// the inputs, and an export of which a row in a hundred has changed need not be hashed to
// tell that it is another.
func sampled(f *os.File, size int64) (int64, error) {
	const every = 1 << 20
	h, buf := xxhash.New(), make([]byte, 64<<10)
	for at := int64(0); at < size; at += every {
		n, err := f.ReadAt(buf, at)
		if err != nil && err != io.EOF {
			return 0, err
		}
		_, _ = h.Write(buf[:n]) // it returns no error
	}
	return int64(h.Sum64()), nil
}

// hashed waits for the hash of an input.
func (f *File) hashed() error {
	<-f.hash.done
	f.SHA256 = f.hash.sum
	return f.hash.err
}

// archive gives an input that was read the name of its hash; one that Store did not take stays where it is.
func (i *Import) archive(f *File) error {
	if f.hash == nil {
		return nil
	}
	if err := f.hashed(); err != nil {
		return err
	}
	kept := i.l.archived(f.SHA256)
	if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
		return err
	}
	// A file that a crash has left under this name may be cut off: it is replaced.
	if err := durable.Rename(durable.ArchiveRename, f.Path, kept); err != nil {
		return err
	}
	f.Path = kept
	i.durable.Go(func() error { return durable.Folder(filepath.Dir(kept)) })
	return nil
}

// freeStored removes what Store has copied and what has not got its name.
func (i *Import) freeStored() {
	for _, h := range i.stored {
		<-h.done
		os.Remove(h.temp)
	}
	i.stored = nil
}
