package table

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	encoding "golang.org/x/text/encoding/unicode"
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
		return utf16(b, encoding.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xfe\xff")), zeros(b, 0):
		return utf16(b, encoding.BigEndian)
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

func utf16(b []byte, order encoding.Endianness) ([]byte, *Problem) {
	if len(b)%2 == 1 {
		return nil, &Problem{"Encoding", "", "UTF-16, two bytes for each character", "save the file again as CSV UTF-8"}
	}
	out, err := encoding.UTF16(order, encoding.UseBOM).NewDecoder().Bytes(b)
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
	if word := otherPage(b); word != nil {
		word, _ = charmap.Windows1252.NewDecoder().Bytes(word)
		return nil, &Problem{"Encoding", cutValue(string(word)), "text in UTF-8, UTF-16 or Windows-1252; this looks like another code page", "save the file again as CSV UTF-8"}
	}
	return out, nil
}

// otherPage finds a word that no language of Windows-1252 has, but a text of Poland (Spó³ka
// for Spółka), Russia, Greece, Japan or China read as such: one with a sign among its
// letters, or with five letters in a row of which none is ASCII. The names of customers go
// onto documents.
func otherPage(b []byte) (word []byte) {
	const signs = "\x86\x87\x89\x8b\x9b\xa1\xa2\xa3\xa5\xaf\xb3\xb8\xb9\xbc\xbd\xbe\xbf" // † ‡ ‰ ‹ › ¡ ¢ £ ¥ ¯ ³ ¸ ¹ ¼ ½ ¾ ¿
	letter, sign, high := false, false, 0
	for i, c := range b {
		switch r := charmap.Windows1252.DecodeByte(c); {
		case unicode.IsLetter(r):
			if high++; c < utf8.RuneSelf {
				high = 0
			}
			if sign || high == 5 {
				from, to := bytes.LastIndexAny(b[:i], " ,;|\t\n")+1, bytes.IndexAny(b[i:], " ,;|\t\r\n")
				if to < 0 {
					to = len(b) - i
				}
				return b[from : i+to]
			}
			letter = true
		case letter && strings.IndexByte(signs, c) >= 0:
			sign, high = true, 0
		default:
			letter, sign, high = false, false, 0
		}
	}
	return nil
}

func notText() *Problem {
	return &Problem{"Encoding", "", "text in UTF-8, UTF-16 or Windows-1252", "save the file again as CSV UTF-8"}
}
