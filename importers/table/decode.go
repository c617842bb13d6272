package table

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Decode returns a text file as UTF-8 without a byte order mark. It takes UTF-8,
// UTF-16 with or without a mark, and Windows-1252, which is what spreadsheet
// programs write (IMP-7). A NUL byte, or a byte that Windows-1252 does not have,
// is a Problem: such a file is not text.
func Decode(b []byte) ([]byte, *Problem) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		b = b[3:]
		if !utf8.Valid(b) {
			return nil, &Problem{"Encoding", "", "UTF-8, as the file says it is", "save the file again as CSV UTF-8"}
		}
	case bytes.HasPrefix(b, []byte("\xff\xfe")), zeros(b, 1):
		return utf16(b, unicode.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xfe\xff")), zeros(b, 0):
		return utf16(b, unicode.BigEndian)
	case !utf8.Valid(b):
		return windows1252(b)
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return nil, notText()
	}
	return b, nil
}

// zeros reports whether the bytes at odd (1) or even (0) offsets of the beginning
// are mostly zero and the others are not: UTF-16 without a mark.
func zeros(b []byte, odd int) bool {
	n, zero := min(len(b)&^1, 512), [2]int{}
	for i := range n {
		if b[i] == 0 {
			zero[i&1]++
		}
	}
	return n >= 4 && zero[odd] > n/3 && zero[1-odd] == 0
}

func utf16(b []byte, order unicode.Endianness) ([]byte, *Problem) {
	if len(b)%2 == 1 {
		return nil, &Problem{"Encoding", "", "UTF-16, two bytes for each character", "save the file again as CSV UTF-8"}
	}
	out, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(b)
	if err != nil || bytes.IndexByte(out, 0) >= 0 {
		return nil, notText()
	}
	return out, nil
}

// windows1252 takes what is not UTF-8. A file with more characters in UTF-8 than
// bytes that are none is UTF-8 with damage in it, or glued together of both: in
// Windows-1252 each of them would be two letters that nobody wrote.
func windows1252(b []byte) ([]byte, *Problem) {
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil || bytes.IndexByte(b, 0) >= 0 || bytes.Contains(out, []byte("\ufffd")) {
		return nil, notText()
	}
	characters, others := 0, 0
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if i += n; n > 1 {
			characters++
		} else if r == utf8.RuneError {
			others++
		}
	}
	if characters >= others {
		return nil, &Problem{"Encoding", "", "one encoding for the whole file: most of it is UTF-8, and some is not", "save the file again as CSV UTF-8"}
	}
	return out, nil
}

func notText() *Problem {
	return &Problem{"Encoding", "", "text in UTF-8, UTF-16 or Windows-1252", "save the file again as CSV UTF-8"}
}
