package ledger

import "bytes"

// Segments of about one size are merged when there are more than maxTier of
// them, into one of the next size. So a search looks into few files, and no item
// is ever written again more often than there are sizes.
//
// Of larger sizes there may be more: a first night writes some dozens at once (4 to 32
// MiB each), which it would only write again. A factor of tierGrowth is between sizes:
// less than there may be of one, so that they are not merged with, and because of,
// the few per cent that the next nights bring.
const (
	maxTier      = 16
	maxLargeTier = 48
	tierGrowth   = 8
)

func mostOf(tier int) int {
	if tier == 0 {
		return maxTier
	}
	return maxLargeTier
}

// tier is 0 below a mebibyte, and one more for each factor of tierGrowth.
func tier(s *segment) (n int) {
	for size := int64(1 << 20); s.bytes >= size; size *= tierGrowth {
		n++
	}
	return n
}

// compact merges, shelf by shelf, the sizes that are full.
func (c *change) compact() error {
	for s := shelf(1); int(s) < len(shelfNames); s++ {
		tiers := map[int][]*segment{}
		most := 0
		for _, x := range c.shelves[s] {
			tiers[tier(x)] = append(tiers[tier(x)], x)
			most = max(most, tier(x))
		}
		for t := 0; t <= most; t++ {
			if len(tiers[t]) <= mostOf(t) {
				continue
			}
			if err := c.merge(s, tiers[t]); err != nil {
				return err
			}
		}
	}
	return nil
}

// merge replaces segments of a shelf by one.
func (c *change) merge(s shelf, old []*segment) error {
	from, err := newCursor(old)
	if err != nil {
		return err
	}
	defer from.Close()
	err = c.segment(s, func(to *segmentWriter) error { return copyItems(from, to, s.newestOnly()) })
	if err != nil {
		return err
	}
	c.takeOff(s, old)
	return nil
}

func copyItems(from *cursor, to *segmentWriter, newestOnly bool) error {
	if newestOnly {
		v := newest{c: from}
		for ok := v.Seek(nil); ok; ok = v.Next() {
			if err := to.add(v.key, v.value); err != nil {
				return err
			}
		}
		return from.Err()
	}
	for ok := from.Seek(nil); ok; ok = from.Next() {
		if err := to.add(from.Key(), from.Value()); err != nil {
			return err
		}
	}
	return from.Err()
}

// newest walks over a shelf whose values begin with the number of the run that
// wrote them, and gives of equal keys the one of the latest run.
type newest struct {
	c     *cursor
	key   []byte
	value []byte // with the run
	run   int
	max   int // the last run that counts; 0 is any
}

func (v *newest) Seek(key []byte) bool { return v.gather(v.c.Seek(key)) }

// Next moves on. The cursor already stands behind the current item.
func (v *newest) Next() bool { return v.gather(len(v.c.heap) > 0) }

func (v *newest) gather(ok bool) bool {
	for v.run = -1; ok && v.run < 0; {
		v.key = append(v.key[:0], v.c.Key()...)
		for ok && bytes.Equal(v.c.Key(), v.key) {
			if run, _ := takeUvarint(v.c.Value()); int(run) > v.run && (v.max == 0 || int(run) <= v.max) {
				v.run = int(run)
				v.value = append(v.value[:0], v.c.Value()...)
			}
			ok = v.c.Next()
		}
	}
	return v.run >= 0 && v.c.err == nil
}

// body is the value without the run.
func (v *newest) body() []byte {
	_, rest := takeUvarint(v.value)
	return rest
}

// find returns the newest body under a key; it is a view that holds until the next call.
func (v *newest) find(key []byte) (body []byte, run int, ok bool, err error) {
	if v.Seek(key) && bytes.Equal(v.key, key) {
		return v.body(), v.run, true, nil
	}
	return nil, 0, false, v.c.err
}
