package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/klauspost/compress/s2"
)

// packedRows keeps the rows of a long sheet, in a few bytes each, between the two times
// that it is gone through: to unpack and to parse the workbook once more takes longer
// than all the rest. Many are kept in a temporary file.
type packedRows struct {
	need   []bool // by column: no other cells are kept; nil for all
	blocks []packedBlock
	tail   []byte // what is not in the file
	file   *os.File
	inFile int64 // bytes
	lost   bool  // they could not be kept

	plain, packed []byte // used again
}

type packedBlock struct{ rows, length int }

// maxPacked is how many bytes of rows are kept in memory.
const maxPacked = 4 << 20

// add keeps some rows.
func (p *packedRows) add(rows []Row) {
	if p.lost {
		return
	}
	p.plain = p.plain[:0]
	for i := range rows {
		p.plain = p.append(p.plain, &rows[i])
	}
	p.packed = s2.Encode(p.packed[:cap(p.packed)], p.plain)
	p.blocks = append(p.blocks, packedBlock{len(rows), len(p.packed)})
	if p.tail = append(p.tail, p.packed...); len(p.tail) >= maxPacked {
		p.lost = p.spill() != nil
	}
}

// spill moves what is in memory to the file, which no other process can open and which
// ends with this one, where the system can do so.
func (p *packedRows) spill() (err error) {
	if p.file == nil {
		if p.file, err = os.CreateTemp("", ".prorata-rows-*"); err != nil {
			return err
		}
		os.Remove(p.file.Name())
	}
	n, err := p.file.WriteAt(p.tail, p.inFile)
	p.inFile, p.tail = p.inFile+int64(n), p.tail[:0]
	return err
}

func (p *packedRows) close() {
	if p.file != nil {
		p.file.Close()
		os.Remove(p.file.Name()) // where it could not be removed while it was open
	}
	*p = packedRows{need: p.need, lost: true}
}

func (p *packedRows) append(b []byte, r *Row) []byte {
	b = binary.AppendUvarint(b, uint64(r.Number))
	b = appendText(b, r.Fault)
	n := len(r.Cells)
	if p.need != nil {
		n = min(n, len(p.need))
	}
	b = binary.AppendUvarint(b, uint64(n))
	for col := range n {
		if p.need == nil || p.need[col] {
			b = append(b, byte(r.Marks[col]))
			b = appendText(b, r.Cells[col])
		}
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// each calls f for the rows as they were added; they hold until the next.
func (p *packedRows) each(f func([]Row) error) error {
	var in io.Reader = bytes.NewReader(p.tail)
	if p.file != nil {
		in = io.MultiReader(io.NewSectionReader(p.file, 0, p.inFile), in)
	}
	var rows []Row
	for _, block := range p.blocks {
		p.packed = slices.Grow(p.packed[:0], block.length)[:block.length]
		if _, err := io.ReadFull(in, p.packed); err != nil {
			return fmt.Errorf("reading a temporary file: %w", err)
		}
		var err error
		if p.plain, err = s2.Decode(p.plain[:cap(p.plain)], p.packed); err != nil {
			return fmt.Errorf("reading a temporary file: %w", err)
		}
		rows = slices.Grow(rows[:0], block.rows)[:block.rows]
		u := unpacking{text: string(p.plain), need: p.need}
		for k := range rows {
			u.row(&rows[k])
		}
		if u.text != "" || u.damaged {
			return errors.New("reading a temporary file: it was changed")
		}
		if err := f(rows); err != nil {
			return err
		}
	}
	return nil
}

// unpacking reads the rows of a block; their cells are parts of its text.
type unpacking struct {
	text    string
	need    []bool
	damaged bool
}

func (u *unpacking) row(r *Row) {
	r.Number, r.Fault = u.number(), u.string()
	n := min(u.number(), MaxColumns)
	r.Cells, r.Marks = r.Cells[:0], r.Marks[:0]
	for col := range n {
		cell, mark := "", IsText
		if u.need == nil || u.need[col] {
			mark, cell = Mark(u.number()), u.string()
		}
		r.Cells, r.Marks = append(r.Cells, cell), append(r.Marks, mark)
	}
}

func (u *unpacking) string() string {
	n := u.number()
	if n > len(u.text) {
		u.damaged, n = true, 0
	}
	s := u.text[:n]
	u.text = u.text[n:]
	return s
}

// number reads a number as binary.Uvarint does.
func (u *unpacking) number() int {
	n := 0
	for i := 0; i < len(u.text) && i < binary.MaxVarintLen32; i++ {
		c := u.text[i]
		n |= int(c&0x7f) << (7 * i)
		if c < 0x80 {
			u.text = u.text[i+1:]
			return n
		}
	}
	u.damaged, u.text = true, ""
	return 0
}
