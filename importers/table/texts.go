package table

// texts is many texts, of which there may be millions: parts of a few long strings,
// eight bytes for each, and no pointers to follow.
type texts struct {
	blocks []string
	block  []byte // the one being filled
	places [][]textPlace
	n      int
}

type textPlace struct{ at, length uint32 } // at counts blocks of textBlock bytes and on

const (
	textBlock  = 1 << 20
	textPlaces = 1 << 12 // in a piece of the list, which never moves
)

// add adds a text, which may be read once it is sealed.
func (t *texts) add(s []byte) {
	if len(t.block)+len(s) >= textBlock {
		t.seal()
	}
	if t.n%textPlaces == 0 {
		t.places = append(t.places, make([]textPlace, 0, textPlaces))
	}
	last := &t.places[len(t.places)-1]
	*last = append(*last, textPlace{uint32(len(t.blocks)*textBlock + len(t.block)), uint32(len(s))})
	t.block = append(t.block, s...)
	t.n++
}

// seal makes what was added readable.
func (t *texts) seal() {
	t.blocks, t.block = append(t.blocks, string(t.block)), t.block[:0]
}

func (t *texts) get(i int) string {
	p := t.places[i/textPlaces][i%textPlaces]
	from := p.at % textBlock
	return t.blocks[p.at/textBlock][from : from+p.length]
}
