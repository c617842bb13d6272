package ledger

// rowShelver puts rows, which come in any order, onto a shelf: as many as fit in
// memory are sorted and become a segment, while the next come.
type rowShelver struct {
	*change
	shelf   shelf
	limit   int
	now     sortRun
	spare   sortRun
	writing chan error
}

// newRowShelver makes one that takes as many bytes at a time as limit says, and as
// many again while it writes.
func newRowShelver(c *change, s shelf, limit int) *rowShelver {
	return &rowShelver{change: c, shelf: s, limit: limit}
}

func (r *rowShelver) add(key, value []byte) error {
	r.now.add(r.limit, key, value)
	if r.now.size() >= r.limit {
		return r.flush()
	}
	return nil
}

func (r *rowShelver) flush() error {
	if err := r.wait(); err != nil {
		return err
	}
	full := r.now
	r.now, r.spare = r.spare.emptied(), full
	done := make(chan error, 1)
	r.writing = done
	go func() { done <- r.shelve(full) }()
	return nil
}

func (r *rowShelver) shelve(full sortRun) error {
	full.sort()
	w, err := r.write(r.shelf)
	if err != nil {
		return err
	}
	for _, x := range full.recs {
		if err := w.add(full.item(x)); err != nil {
			w.abandon()
			return err
		}
	}
	return r.keep(w)
}

func (r *rowShelver) wait() error {
	if r.writing == nil {
		return nil
	}
	err := <-r.writing
	r.writing = nil
	return err
}

// begin begins to write what is left.
func (r *rowShelver) begin() error {
	if len(r.now.recs) == 0 {
		return nil
	}
	return r.flush()
}

// end writes what is left.
func (r *rowShelver) end() error {
	if err := r.begin(); err != nil {
		return err
	}
	return r.wait()
}
