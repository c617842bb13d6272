package jobs

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"prorata/importers"
	"prorata/invoicing"
	"prorata/jobs/ledger"
)

// scratch reads the inbox into a ledger of its own, for as long as it is needed:
// of the vendor's exports only what is of an order that is asked for.
func (c *Compare) scratch(ctx context.Context) (l *ledger.Ledger, remove func(), err error) {
	temp, gone, err := temporary(os.TempDir())
	if err != nil {
		return nil, nil, err
	}
	if l, err = ledger.OpenScratch(filepath.Join(temp, "compare.db")); err != nil {
		gone()
		return nil, nil, err
	}
	remove = func() { l.Close(); gone() }
	if err = c.readInbox(ctx, l); err != nil {
		remove()
		return nil, nil, err
	}
	return l, remove, nil
}

// readInbox takes the files of the inbox in.
func (c *Compare) readInbox(ctx context.Context, l *ledger.Ledger) error {
	imp, err := l.BeginImport(ctx, ledger.Run{AsOf: c.AsOf})
	if err != nil {
		return err
	}
	defer imp.Rollback()
	files, err := c.openInbox(ctx)
	if err != nil {
		return fmt.Errorf("reading %s: %w", c.Inbox, err)
	}
	orders := map[string]bool{}
	for i, f := range files {
		c.Progress.tell("files read", int64(i), int64(len(files)))
		if err := f.read(ctx, imp, &c.Senders, orders); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if err := imp.Commit(); err != nil {
		return err
	}
	return c.logRefused(l, imp.Run())
}

// logRefused warns of the files of which something was refused.
func (c *Compare) logRefused(l *ledger.Ledger, run int) error {
	faulty, err := l.Faulty(run)
	if err != nil {
		return err
	}
	files, err := l.Files(run)
	if err != nil {
		return err
	}
	for _, f := range files {
		if faulty[f.N] {
			c.Log.Warn().Str("file", f.Name).Int("refused", f.Counts.Refused).
				Msg("something of a file of the inbox was refused; the comparison goes on without it: prorata check FILE says what is wrong, cell by cell")
		}
	}
	return nil
}

// inboxFile is a file of an inbox that is read where it lies.
type inboxFile struct {
	name, path string
	size       int64
	streamed   bool
}

// openInbox lists the files of the inbox that can be read: those that may have requests first.
func (c *Compare) openInbox(ctx context.Context) ([]inboxFile, error) {
	all, skipped, err := lookInto(c.Inbox)
	if err != nil {
		return nil, err
	}
	logSkipped(c.Log, skipped)
	var files []inboxFile
	for _, d := range all {
		f := inboxFile{name: d.shown(), path: d.in(c.Inbox)}
		err := d.unread
		if err == nil {
			err = f.with(func(in *os.File) (err error) {
				f.streamed, err = importers.Streamed(ctx, in, f.size)
				return err
			})
		}
		if d.unread != nil || unreadable(f.path, err) {
			c.Log.Warn().Err(err).Str("file", f.name).Msg("a file or a folder of the inbox cannot be read; the comparison goes on without it")
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		files = append(files, f)
	}
	slices.SortStableFunc(files, func(a, b inboxFile) int {
		if a.streamed != b.streamed {
			if a.streamed {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.name, b.name)
	})
	return files, nil
}

func (f *inboxFile) with(use func(*os.File) error) error {
	in, err := openInput(f.path, false)
	if err != nil {
		return err
	}
	defer in.Close()
	st, err := in.Stat()
	if err != nil {
		return err
	}
	f.size = st.Size()
	return use(in)
}

// read takes the rows of a file. Orders are those of the requests so far; of an
// export that is streamed, what is of no other order is left out.
func (f *inboxFile) read(ctx context.Context, imp *ledger.Import, senders *Senders, orders map[string]bool) error {
	return f.with(func(in *os.File) error {
		begun, err := imp.BeginScratch(f.name, f.size)
		if err != nil {
			return err
		}
		sink := &askedFor{Import: imp, orders: orders, all: !f.streamed}
		how := senders.reading(f.name)
		if f.streamed {
			how = how.Of(orders)
		}
		read, err := how.Read(ctx, f.name, in, f.size, begun.N, sink)
		if err != nil {
			return err
		}
		sum, _ := read.Sum()
		_, err = imp.EndFile(sum.Rows, 0, sum.Ignored+sum.LeftOut+sink.left, sum.Refused, nil)
		return err
	})
}

// askedFor is a sink that keeps what decisions need: no vendor's credits, and of
// streamed exports only rows of orders that requests have named.
type askedFor struct {
	*ledger.Import
	orders map[string]bool
	all    bool // nothing is left out
	left   int  // rows
}

// Request notes the order.
func (s *askedFor) Request(r *invoicing.Request) error {
	s.orders[r.Order] = true
	return s.Import.Request(r)
}

// Purchase keeps what is of an order that is asked for.
func (s *askedFor) Purchase(p *invoicing.Purchase) error {
	if s.all || s.orders[p.Order] {
		return s.Import.Purchase(p)
	}
	s.left++
	return nil
}

// VendorCredit keeps nothing of a streamed export: no decision looks at them.
func (s *askedFor) VendorCredit(v *invoicing.VendorCredit) error {
	if s.all {
		return s.Import.VendorCredit(v)
	}
	s.left++
	return nil
}
