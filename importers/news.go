package importers

import (
	"bytes"
	"io"

	"prorata/importers/table"
)

// maxNews is how many orders may have news. Of an export with more, little would be
// left out.
const maxNews = 1 << 17

// news are the orders of which an export has a line that an earlier one does not have
// (see After). All lines of any other order stand in the earlier one, as often or more
// often, and the sink has their rows. ok is false where that cannot be told, as where the
// earlier export cannot be read: then all is read.
func (e *export) news(rd *reader) (orders map[string]bool, ok bool, err error) {
	column := e.match.kind.vendor.byOrder
	if rd.before == nil || rd.orders != nil || column == 0 {
		return nil, false, nil
	}
	earlier, err := rd.before(e.match.kind.Name)
	if err != nil || earlier == nil || !e.sameHead(rd, earlier) {
		return nil, false, err
	}
	orders = map[string]bool{}
	scan := table.NewScanner(e.delim, len(e.header)+extraFields)
	ok, failed := table.Fresh(io.NewSectionReader(earlier, e.from, earlier.Size()-e.from), io.NewSectionReader(rd.in, e.from, rd.size-e.from), func(line []byte) bool {
		scan.Reset(line, table.ScanState{}, true)
		if !scan.Next() || e.rowCode(scan) != "" || scan.Offset() < len(line) {
			return false
		}
		order := bytes.TrimSpace(scan.Bytes(e.match.at[column]))
		orders[orderID(string(order))] = true
		return len(order) > 0 && len(orders) <= maxNews
	})
	return orders, ok && failed == nil, nil // where it is this file that failed, reading it fails again
}

// sameHead reports whether an earlier export begins with the same bytes, header and all.
func (e *export) sameHead(rd *reader, earlier *io.SectionReader) bool {
	if earlier.Size() < e.from {
		return false
	}
	was, is := make([]byte, e.from), make([]byte, e.from)
	return readFull(earlier, was, 0) == nil && readFull(rd.in, is, 0) == nil && bytes.Equal(was, is)
}
