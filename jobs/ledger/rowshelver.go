package ledger

// rowShelver puts rows, which come in any order, onto a shelf: as many as fit in
// memory are sorted and become a segment, while the next come. Of many rows it takes
// more at a time, so that what one file brings is few segments, which a first night
// need not merge (see compact).
type rowShelver struct {
	*change
	shelf   shelf
	limit   int // bytes taken at a time
	most    int // which limit grows to
	flushed int // segments
	now     sortRun
	spare   sortRun
	writing chan error
}

// sameLimit is how many segments are of one size before the next are twice as large.
const sameLimit = 8

// newRowShelver makes one that takes as many bytes at a time as limit says, later up to
// eight times as many, and as many again while it writes.
func newRowShelver(c *change, s shelf, limit int) *rowShelver {
	return &rowShelver{change: c, shelf: s, limit: limit, most: 8 * limit}
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
	if r.flushed++; r.flushed%sameLimit == 0 && r.limit < r.most {
		r.limit *= 2
	}
	done := make(chan error, 1)
	r.writing = done
	go func() { done <- r.shelve(full) }()
	return nil
}

func (r *rowShelver) shelve(full sortRun) error {
	full.sort()
	return r.segment(r.shelf, func(w *segmentWriter) error {
		return full.each(func(x sortRec) error { return w.add(full.item(x)) })
	})
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
