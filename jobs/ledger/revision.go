package ledger

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"prorata/invoicing"
)

// FindRevision returns the run and the group that issued a revision, which keeps
// its invoice's number and so has none of ours (DOC-1): INV-77-R1. It reads every
// settlement that there is; run 0 is none.
func (l *Ledger) FindRevision(number string) (run int, group string, err error) {
	err = l.walk(onSettlement, nil, func(key, value []byte) error {
		if !bytes.Contains(value, []byte(number)) { // the codec writes a string as it is, where it first stands
			return nil
		}
		s, err := DecodeSettlement(string(value))
		if err != nil {
			return fmt.Errorf("settlement of %s: %w", groupOf(key), err)
		}
		if slices.ContainsFunc(s.Documents, func(d invoicing.Document) bool { return d.Number == number }) {
			run, group = int(binary.BigEndian.Uint32(key)), groupOf(key)
			return errStop
		}
		return nil
	})
	if err != nil {
		return 0, "", fmt.Errorf("looking up revision %q: %w", number, err)
	}
	return run, group, nil
}
