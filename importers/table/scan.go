package table

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// MaxRecord is the greatest length of one CSV record, in bytes.
const MaxRecord = 256 << 10

// Field is where one field of a record lies, without its quotes. Escaped says
// that it holds doubled quotes or a carriage return that is not part of its value.
type Field struct {
	Start, End int32
	Escaped    bool
}

// Scanner splits CSV bytes into records, as RFC 4180 and encoding/csv have it:
// a quote opens a quoted field only where the field begins. What it adds is
// that damage stays small: a record with bad quoting costs its first line, and
// the lines up to where the damage was found are read each on its own.
//
// It takes what lies in one buffer. A record that the buffer does not hold to its
// end is left, unless the buffer ends the file: see Rest.
type Scanner struct {
	buf     []byte
	pos     int
	final   bool // nothing follows the buffer
	delim   byte
	d8      uint64
	state   ScanState
	fields  []Field
	nFields int    // of the record, beyond what fields can hold
	rows    int    // records and blank lines taken so far
	fault   string // of the record
	scratch []byte
}

// ScanState is what a scanner has to know of the bytes before its buffer. The
// zero value is that of a buffer which begins with a record.
type ScanState struct {
	Lines int  // so many bytes on, a line end always ends the record
	Skip  bool // a line too long was refused: go on behind its end
}

// NewScanner makes a scanner of records with at most columns fields that count;
// further ones are counted, not kept.
func NewScanner(delim byte, columns int) *Scanner {
	return &Scanner{delim: delim, d8: eight(delim), fields: make([]Field, 0, max(columns, 1))}
}

// Reset gives the scanner a buffer. final says that the file ends with it.
func (s *Scanner) Reset(buf []byte, state ScanState, final bool) {
	s.buf, s.pos, s.final, s.state, s.rows = buf, 0, final, state, 0
}

// Rest returns what of the buffer was not taken, and the state there.
func (s *Scanner) Rest() ([]byte, ScanState) { return s.buf[s.pos:], s.state }

// Offset is how many bytes of the buffer were taken.
func (s *Scanner) Offset() int { return s.pos }

// Rows is how many rows were taken, as a spreadsheet counts them: blank lines too.
func (s *Scanner) Rows() int { return s.rows }

// Len is the number of fields of the record, also of those not kept.
func (s *Scanner) Len() int { return s.nFields }

// Fault is BadQuoting or TooLong where the record cannot be trusted, else empty.
func (s *Scanner) Fault() string { return s.fault }

// CutOff reports whether the file ends with the record and not with a line end or
// a closing quote: it may have been cut off within the last field.
func (s *Scanner) CutOff() bool {
	n := len(s.fields)
	return s.final && n > 0 && s.pos == len(s.buf) && int(s.fields[n-1].End) == len(s.buf)
}

// Next takes the next record that is not a blank line. It returns false at the
// end of the buffer, or before a record that the buffer does not hold to its end.
func (s *Scanner) Next() bool {
	for {
		if s.state.Skip && !s.skip() {
			return false
		}
		if s.pos >= len(s.buf) {
			return false
		}
		if n := s.blank(); n > 0 {
			s.advance(n)
			s.rows++
			continue
		}
		end, ok := s.record()
		if !ok {
			return false
		}
		s.advance(end - s.pos)
		s.rows++
		return true
	}
}

// skip leaves the rest of a line that was too long.
func (s *Scanner) skip() bool {
	i := bytes.IndexByte(s.buf[s.pos:], '\n')
	if i < 0 {
		s.pos = len(s.buf)
		return false
	}
	s.pos += i + 1
	s.state = ScanState{}
	return true
}

// blank returns the length of a blank line here, or 0.
func (s *Scanner) blank() int {
	b := s.buf[s.pos:]
	switch {
	case b[0] == '\n':
		return 1
	case b[0] == '\r' && len(b) > 1 && b[1] == '\n':
		return 2
	case b[0] == '\r' && len(b) == 1 && s.final:
		return 1
	}
	return 0
}

func (s *Scanner) advance(n int) {
	s.pos += n
	s.state.Lines = max(s.state.Lines-n, 0)
}

// record finds the fields of the record at pos and returns where the next one
// begins; ok is false where the buffer ends first and the file does not.
func (s *Scanner) record() (next int, ok bool) {
	s.fields, s.nFields, s.fault, s.scratch = s.fields[:0], 0, "", s.scratch[:0]
	limit := min(len(s.buf), s.pos+MaxRecord)
	at := s.pos
	for {
		var end int
		var fault string
		if at < limit && s.buf[at] == '"' {
			end, fault = s.quoted(at, limit)
		} else {
			end, fault = s.plain(at, limit)
		}
		if fault != "" {
			return s.damaged(end, fault)
		}
		if end >= limit {
			return s.cut(limit)
		}
		if s.buf[end] == '\n' {
			return end + 1, true
		}
		at = end + 1
	}
}

// plain takes a field without quotes from at; it returns where its delimiter or
// line end stands, or limit.
func (s *Scanner) plain(at, limit int) (end int, fault string) {
	end = s.stop(at, limit)
	if end < limit && s.buf[end] == '"' {
		return end, "BadQuoting"
	}
	last := end
	if last > at && s.buf[last-1] == '\r' && (end == limit && s.final || end < limit && s.buf[end] == '\n') {
		last--
	}
	s.keep(Field{int32(at), int32(last), false})
	return end, ""
}

// quoted takes a quoted field that opens at at; it returns as plain does.
func (s *Scanner) quoted(at, limit int) (end int, fault string) {
	atEnd := limit == len(s.buf) && s.final
	last, escaped := s.closing(at+1, limit)
	if last < 0 {
		if atEnd {
			return limit, "BadQuoting" // it never closes
		}
		return limit, ""
	}
	if s.state.Lines > 0 && bytes.IndexByte(s.buf[at:last], '\n') >= 0 {
		return at, "BadQuoting" // the lines of a damaged record stand each on its own
	}
	end = last + 1
	if end < limit && s.buf[end] == '\r' {
		end++ // of the line end, or else it has no place here
		if end < limit && s.buf[end] != '\n' {
			return last, "BadQuoting"
		}
	} else if end < limit && s.buf[end] != s.delim && s.buf[end] != '\n' {
		return last, "BadQuoting"
	}
	s.keep(Field{int32(at + 1), int32(last), escaped})
	return end, ""
}

// closing returns where the quote stands that closes a field whose value begins
// at i, or -1, and whether the value needs unescaping.
func (s *Scanner) closing(i, limit int) (last int, escaped bool) {
	for {
		q := bytes.IndexByte(s.buf[i:limit], '"')
		if q < 0 {
			return -1, false
		}
		escaped = escaped || bytes.IndexByte(s.buf[i:i+q], '\r') >= 0
		if i += q; i+1 >= limit || s.buf[i+1] != '"' {
			return i, escaped
		}
		escaped, i = true, i+2
	}
}

func (s *Scanner) keep(f Field) {
	if len(s.fields) < cap(s.fields) {
		s.fields = append(s.fields, f)
	}
	s.nFields++
}

// cut ends a record at the limit: the end of the file ends it well, the end of
// the buffer leaves it, and MaxRecord refuses it.
func (s *Scanner) cut(limit int) (int, bool) {
	switch {
	case limit == s.pos+MaxRecord:
		return s.damaged(limit, "TooLong")
	case s.final:
		return limit, true
	}
	return 0, false
}

// damaged refuses the record whose fault was found at found: its first line is
// its row, and the lines up to found are read each on its own.
func (s *Scanner) damaged(found int, fault string) (int, bool) {
	i := bytes.IndexByte(s.buf[s.pos:], '\n')
	switch {
	case i >= 0 && i < MaxRecord:
		s.state.Lines = max(s.state.Lines, found-s.pos)
		s.fault = fault
		return s.pos + i + 1, true
	case s.final || len(s.buf)-s.pos >= MaxRecord:
		s.fault = fault
		s.state = ScanState{Skip: true}
		return min(len(s.buf), s.pos+MaxRecord), true
	}
	return 0, false
}

// Bytes returns field i, unescaped; empty where the record has no such field. It
// is valid until the next call of Next.
func (s *Scanner) Bytes(i int) []byte {
	if i < 0 || i >= len(s.fields) {
		return nil
	}
	f := s.fields[i]
	if !f.Escaped {
		return s.buf[f.Start:f.End]
	}
	from := len(s.scratch)
	s.scratch = unescape(s.scratch, s.buf[f.Start:f.End])
	return s.scratch[from:]
}

// unescape appends a quoted field's value: "" is a quote, and a line end is \n.
func unescape(to, b []byte) []byte {
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '"':
			i++ // its twin
			to = append(to, '"')
		case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
		default:
			to = append(to, b[i])
		}
	}
	return to
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

var newline8, quote8 = eight('\n'), eight('"')

func eight(c byte) uint64 { return ones * uint64(c) }

// stop returns the first delimiter, line end or quote from at, or limit. It looks
// at eight bytes at a time: this is where the time of a bulk file goes.
func (s *Scanner) stop(at, limit int) int {
	for ; at+8 <= limit; at += 8 {
		w := binary.LittleEndian.Uint64(s.buf[at:])
		d, n, q := w^s.d8, w^newline8, w^quote8
		if m := ((d-ones)&^d | (n-ones)&^n | (q-ones)&^q) & highs; m != 0 {
			return at + bits.TrailingZeros64(m)>>3
		}
	}
	for ; at < limit; at++ {
		if c := s.buf[at]; c == s.delim || c == '\n' || c == '"' {
			return at
		}
	}
	return limit
}
