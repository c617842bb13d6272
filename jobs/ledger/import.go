package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"prorata/invoicing"
	"prorata/jobs/durable"
)

// Import is the first step of a run: it takes the rows of files, and one commit
// puts them on the books. It has the methods of a sink (see sink.go). One
// goroutine uses it.
//
// What a row does to the books does not depend on the order in which the files
// of a run come: only whose Source is kept does.
type Import struct {
	*change
	new Run

	stored  []*beingHashed // what Store took
	samples map[int64]bool // of it

	files   []File // of this run, by number
	next    int    // number of the next file
	reading *File  // between Begin and EndFile

	arrived arrived
	copies  *copies // rows that may repeat, of the file being read
	keyed   *sorter // rows with an id, of the run
	faults  *sorter // refusals of the run
	pending *sorter // its new requests

	openings *sorter // its new opening rows
	units    *sorter // the orders of which they bring units

	outside  map[Range]bool  // numbers of our series that invoices have
	credited map[string]bool // accounts with a credit in hand; true where this run touched it
	buf      []byte
	buf2     []byte
	done     bool
}

// arrived counts what the sink took of the file being read.
type arrived struct {
	rows    int // without usage, of which one item may stand for many rows
	usage   int
	refused int // of rows: taken by the sink and refused by it
	known   int
	kept    int              // purchases, vendor credits, charges
	keyed   int              // still to be judged
	rate    invoicing.Source // the row of the last rate: one row has those of many currencies
}

// BeginImport begins a run: the next number, the as-of date and what else Run
// says of it. The run exists when Commit has returned. The last run must be
// settled, and the as-of date not before its own (Outcomes).
func (l *Ledger) BeginImport(ctx context.Context, run Run) (*Import, error) {
	c, err := l.begin(ctx)
	if err != nil {
		return nil, err
	}
	i := &Import{change: c, new: run, samples: map[int64]bool{}}
	if err := i.start(); err != nil {
		c.rollback()
		return nil, err
	}
	return i, nil
}

func (i *Import) start() error {
	last, err := lastRun(i.ctx, i.tx)
	switch {
	case err != nil:
		return err
	case last.State == Imported:
		return fmt.Errorf("run %d is imported and not settled: settle it first", last.N)
	case i.new.AsOf.IsZero():
		return errors.New("the run has no as-of date")
	case i.new.AsOf < last.AsOf:
		return fmt.Errorf("the as-of date %s is before %s, that of the last run: choose that day or a later one", i.new.AsOf, last.AsOf)
	}
	i.new.N, i.new.State = last.N+1, Imported
	i.run = i.new.N
	if err := i.tx.QueryRowContext(i.ctx, "SELECT ifnull(max(n), 0) + 1 FROM file").Scan(&i.next); err != nil {
		return fmt.Errorf("numbering files: %w", err)
	}
	i.copies = newCopies(i)
	i.keyed = i.l.newSorter(4)
	i.faults = i.l.newSorter(8)
	i.pending = i.l.newSorter(4)
	i.openings = i.l.newSorter(16)
	i.units = i.l.newSorter(16)
	i.credited, err = i.shelves.credited()
	return err
}

// Run is the number of the run that is being imported.
func (i *Import) Run() int { return i.run }

// Begin gives a file of the archive its number; rows that the sink takes from
// then on until EndFile are its rows. Of a Known file there is nothing to read, and
// EndFile is not called. The name is kept to be shown, and is part of no path.
func (i *Import) Begin(name string, f File) (File, error) {
	if i.reading != nil {
		return File{}, fmt.Errorf("taking in %s: input %d, %s, has not ended", name, i.reading.N, i.reading.Name)
	}
	if f.Known {
		return f, nil
	}
	for _, other := range i.files {
		if f.SHA256 != "" && other.SHA256 == f.SHA256 {
			other.Known = true
			return other, nil
		}
	}
	f.N, f.Run, f.Name = i.next, i.run, name
	i.next++
	i.files = append(i.files, f)
	i.reading = &i.files[len(i.files)-1]
	i.arrived = arrived{}
	return f, nil
}

// Earlier returns the file of an earlier run that one of a kind most likely goes on
// from: the latest of which all rows are on the books, one of the same name before
// others.
func (i *Import) Earlier(kind, name string) (f File, ok bool, err error) {
	return i.l.oneFile(i.ctx, i.tx, "kinds = ? AND rows = kept + known ORDER BY name = ? DESC, n DESC", kind, name)
}

// Later returns the latest file of a kind that brought something new after another.
func (i *Import) Later(kind string, than File) (f File, ok bool, err error) {
	return i.l.oneFile(i.ctx, i.tx, "n > ? AND kept > 0 AND instr(char(10) || kinds || char(10), char(10) || ? || char(10)) > 0 ORDER BY n DESC", than.N, kind)
}

// EndFile ends the file: rows it had in all, of which known stood in the file that
// Earlier named, ignored concern nothing that is kept, and refused were refused by the
// reader; the sink has taken the others (of usage, one item may stand for many rows).
// It is an error where that does not add up (OUT-8 g). The counts returned are final for purchases, vendor
// credits and charges; of accounts, requests, invoices, prices, rates and usage,
// rows count as kept until Commit has compared the whole run: Files has the
// final counts.
// kinds are what it was read as.
func (i *Import) EndFile(rows, known, ignored, refused int, kinds []string) (FileCounts, error) {
	if i.reading == nil {
		return FileCounts{}, errors.New("ending a file: none is being read")
	}
	f := i.reading
	f.Kinds = kinds
	if err := i.copies.end(); err != nil {
		return FileCounts{}, fmt.Errorf("keeping the rows of input %d, %s: %w", f.N, f.Name, err)
	}
	a := i.arrived
	usage := 0
	if a.usage > 0 {
		usage = rows - a.rows - known - ignored - refused
	}
	if err := i.archive(f); err != nil {
		return FileCounts{}, fmt.Errorf("keeping input %d, %s, in the archive: %w", f.N, f.Name, err)
	}
	f.Counts = FileCounts{Rows: rows, Kept: a.kept + a.keyed + usage, Known: a.known + known, Ignored: ignored, Refused: refused + a.refused}
	if !f.Counts.holds() || usage < 0 {
		return FileCounts{}, fmt.Errorf("input %d, %s, has %d rows, but %d were taken, %d known, %d ignored and %d refused (OUT-8 g)",
			f.N, f.Name, rows, a.rows, known, ignored, refused)
	}
	i.reading = nil
	return f.Counts, nil
}

// Commit compares the rows with ids, of all files of the run, with each other and
// with the books, and commits the run.
func (i *Import) Commit() error {
	defer i.free()
	if i.reading != nil {
		return fmt.Errorf("committing run %d: input %d, %s, has not ended", i.run, i.reading.N, i.reading.Name)
	}
	if err := i.finish(); err != nil {
		return fmt.Errorf("committing the import of run %d: %w", i.run, errors.Join(err, i.rollback()))
	}
	i.done = true
	return nil
}

func (i *Import) finish() error {
	var orders errgroup.Group
	orders.Go(func() error { return i.shelve(onOrder, i.copies.orders) })
	if err := errors.Join(i.judge(), orders.Wait()); err != nil {
		return err
	}
	r := i.new
	if _, err := i.tx.ExecContext(i.ctx, "INSERT INTO run (n, as_of, state, terms, version) VALUES (?, ?, ?, ?, ?)",
		r.N, r.AsOf, Imported, r.Terms, r.Version); err != nil {
		return fmt.Errorf("writing the run: %w", err)
	}
	if err := i.writeOutside(); err != nil {
		return err
	}
	for _, f := range i.files {
		c := f.Counts
		if _, err := i.tx.ExecContext(i.ctx, "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			f.N, f.Run, f.Name, strings.Join(f.Kinds, "\n"), f.SHA256, f.Size, c.Rows, c.Kept, c.Known, c.Ignored, c.Refused, f.sample); err != nil {
			return fmt.Errorf("writing input %d, %s: %w", f.N, f.Name, err)
		}
	}
	if err := i.durable.Wait(); err != nil {
		return err
	}
	if err := durable.Folder(i.l.archiveFolder()); err != nil {
		return fmt.Errorf("making the archive durable: %w", err)
	}
	return i.commit(durable.ImportCommit)
}

// Rollback leaves the books as they were. After Commit it does nothing.
func (i *Import) Rollback() error {
	if i.done {
		return nil
	}
	i.free()
	return i.rollback()
}

func (i *Import) free() {
	i.durable.Wait()
	i.freeStored()
	i.copies.Close()
	i.keyed.Close()
	i.faults.Close()
	i.pending.Close()
	i.openings.Close()
	i.units.Close()
}
