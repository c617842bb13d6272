package exporters

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"prorata/invoicing"
	"prorata/invoicing/reconcile"
)

// documentFiles is one kind of file in the folder documents/: one for each
// document, or for some.
type documentFiles struct {
	ending string // of the file names: ".json"
	// workers is how many are made and written at once. Most of the time of a
	// small file is waiting for the disk; a PDF is work, and needs memory.
	workers int
	// make returns the file of the i-th document, or nil where it has none. It is
	// called by several goroutines at once.
	make func(p *press, s *settled, i int) ([]byte, error)
	// cites is set where the file cites source rows, which the manifest must list.
	cites bool
}

// openDocuments is one kind of file being written.
type openDocuments struct {
	*documentFiles
	press *press
	name  string // of the folder, with a slash
	tasks chan documentTask
	wg    sync.WaitGroup
}

type documentTask struct {
	s *settled
	i int
}

func (k *documentFiles) open(p *press, name string) (part, error) {
	if err := os.MkdirAll(filepath.Join(p.dir, name), 0o755); err != nil {
		return nil, fmt.Errorf("making %s: %w", name, err)
	}
	o := &openDocuments{documentFiles: k, press: p, name: name, tasks: make(chan documentTask, k.workers)}
	for range k.workers {
		o.wg.Go(func() {
			for t := range o.tasks {
				o.write(t)
			}
		})
	}
	return o, nil
}

func (o *openDocuments) settlement(s *settled) {
	for i := range s.Documents {
		if o.cites {
			for _, source := range citedBy(o.press.night, &s.Documents[i]) {
				o.press.source(source)
			}
		}
		o.tasks <- documentTask{s, i}
	}
}

// write makes one file and writes it; once anything has failed there is no need to.
func (o *openDocuments) write(t documentTask) {
	if o.press.failed() != nil {
		return
	}
	d := &t.s.Documents[t.i]
	defer func() { // an impossible sum stops the folder, not the program
		if r := recover(); r != nil {
			o.press.fail(fmt.Errorf("document %s as %s: %v", d.Number, o.ending, r))
		}
	}()
	body, err := o.make(o.press, t.s, t.i)
	switch {
	case err != nil:
		o.press.fail(fmt.Errorf("document %s as %s: %w", d.Number, o.ending, err))
	case body != nil:
		o.press.writeWhole(o.name+documentFile(d.Account, d.Number)+o.ending, body)
	}
}

func (o *openDocuments) standing(*Standing)         {}
func (o *openDocuments) refusal(*invoicing.Fault)   {}
func (o *openDocuments) reconciled(*reconcile.Line) {}

func (o *openDocuments) close() {
	close(o.tasks)
	o.wg.Wait()
}

// citedBy are the rows that a document is from: those of its lines, and of the rates
// of its tax in SEK.
func citedBy(n *Night, d *invoicing.Document) (rows []invoicing.Source) {
	for i := range d.Lines {
		rows = append(rows, d.Lines[i].Sources...)
	}
	if t, ok := taxInSEK(n, d); ok {
		rows = append(rows, invoicing.RateRows(t.sek, t.own)...)
	}
	return rows
}
