package ledger

import (
	"encoding/binary"
	"fmt"

	"prorata/invoicing"
)

// wording is what purchases say of what was bought, the same few hundred things a
// million times over. Each is on a shelf of its own once, by number, and rows have
// the number: that makes a row half as long, which saves more than compressing it.
type wording struct{ product, sku, region, description string }

// A ledger has at most so many wordings, since all are held while rows are read;
// what comes then, or is longer, is spelled out in its row.
const (
	maxWordings    = 1 << 16
	longestWording = 1 << 10
)

func wordingOf(p *invoicing.Purchase) wording {
	return wording{p.Product, p.Sku, p.Region, p.Description}
}

func (w *wording) put(b []byte) []byte {
	return putText(putText(putText(putText(b, w.product), w.sku), w.region), w.description)
}

func takeWording(b []byte) (w wording, ok bool) {
	for _, to := range [...]*string{&w.product, &w.sku, &w.region, &w.description} {
		var s []byte
		if s, b, ok = takeText(b); !ok {
			return w, false
		}
		*to = string(s)
	}
	return w, len(b) == 0
}

// wordings reads the wordings on the books: number n is the nth.
func wordings(open func(shelf) (*cursor, error)) (all []wording, err error) {
	c, err := open(onWording)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	err = c.walk(nil, func(key, value []byte) error {
		w, ok := takeWording(value)
		if all = append(all, w); !ok || len(key) != 4 || int(binary.BigEndian.Uint32(key)) != len(all) {
			return fmt.Errorf("reading wording %d of purchases: %w", len(all), errDamaged)
		}
		return nil
	})
	return all, err
}

// wordNumbers gives wordings their numbers while rows come.
type wordNumbers struct {
	of    map[string]uint64
	fresh []string // not yet on their shelf
	buf   []byte
}

func newWordNumbers(c *change) (*wordNumbers, error) {
	all, err := wordings(c.open)
	n := &wordNumbers{of: make(map[string]uint64, len(all))}
	for i := range all {
		n.of[string(all[i].put(nil))] = uint64(i + 1)
	}
	return n, err
}

// number returns the number of a row's wording; 0 is none.
func (n *wordNumbers) number(p *invoicing.Purchase) uint64 {
	w := wordingOf(p)
	n.buf = w.put(n.buf[:0])
	at := n.of[string(n.buf)]
	if at == 0 && len(n.of) < maxWordings && len(n.buf) <= longestWording {
		at = uint64(len(n.of) + 1)
		n.fresh = append(n.fresh, string(n.buf))
		n.of[n.fresh[len(n.fresh)-1]] = at
	}
	return at
}

// write puts the new ones onto their shelf.
func (n *wordNumbers) write(c *change) error {
	if len(n.fresh) == 0 {
		return nil
	}
	return c.segment(onWording, func(to *segmentWriter) error {
		before := len(n.of) - len(n.fresh)
		for i, w := range n.fresh {
			if err := to.add(putNumber(nil, before+i+1), []byte(w)); err != nil {
				return err
			}
		}
		n.fresh = n.fresh[:0]
		return nil
	})
}
