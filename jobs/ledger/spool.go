package ledger

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// spool keeps items in the order in which they come: a few in memory, many in a
// temporary file.
type spool struct {
	folder string // for the temporary file
	buf    []byte // of what is not yet in the file
	file   *os.File
	size   int64 // of the file
	items  int
}

const spoolMemory = 1 << 19

func newSpool(folder string) *spool { return &spool{folder: folder} }

// add takes an item, in parts; its bytes are copied.
func (s *spool) add(parts ...[]byte) error {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	s.buf = binary.AppendUvarint(s.buf, uint64(n))
	for _, p := range parts {
		s.buf = append(s.buf, p...)
	}
	s.items++
	if len(s.buf) < spoolMemory {
		return nil
	}
	return s.spill()
}

func (s *spool) spill() (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp(s.folder, "spool-*"+tempSuffix); err != nil {
			return fmt.Errorf("creating a temporary file beside the ledger: %w", err)
		}
	}
	if _, err := s.file.WriteAt(s.buf, s.size); err != nil {
		return fmt.Errorf("writing a temporary file beside the ledger: %w", err)
	}
	s.size += int64(len(s.buf))
	s.buf = s.buf[:0]
	return nil
}

// each walks over the items; an item is a view that holds until the next.
func (s *spool) each(visit func(item []byte) error) error {
	from := bufio.NewReaderSize(io.MultiReader(io.NewSectionReader(s.file, 0, s.size), bytes.NewReader(s.buf)), 1<<16)
	var item []byte
	for range s.items {
		n, err := binary.ReadUvarint(from)
		if err == nil {
			item = sized(item, int(n))
			_, err = io.ReadFull(from, item)
		}
		if err != nil {
			return fmt.Errorf("reading a temporary file beside the ledger: %w", err)
		}
		if err := visit(item); err != nil {
			return err
		}
	}
	return nil
}

// reset forgets all items.
func (s *spool) reset() { s.buf, s.size, s.items = s.buf[:0], 0, 0 }

// Close removes the temporary file.
func (s *spool) Close() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
	*s = spool{folder: s.folder}
}
