package table

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Number is what a cell can mean as a number, in the two conventions there are.
// Each reading is plain: digits, at most one dot, a leading minus.
type Number struct {
	Dot, Comma     string // with a decimal point; with a decimal comma
	HasDot, HasCom bool   // whether that reading is possible
	Unit           string // a currency sign or code beside the number: €, kr, USD; or %
	Nil            bool   // a dash, which is how accounting formats show 0
}

// ReadNumber reads a cell as a number as people and spreadsheet programs write
// it (IMP-7): `1 234,56`, `1,234.56`, `1.234,56`, `(12.00)`, `12.00-`, with
// non-breaking spaces, currency signs and codes.
func ReadNumber(s string) Number {
	if plain(s) {
		return plainReadings(s)
	}
	s = strings.Map(numberRune, s)
	s = strings.TrimSpace(s)
	negative := false
	if before, inside, ok := strings.Cut(s, "("); ok && strings.HasSuffix(inside, ")") && strings.IndexFunc(before, isNumeral) < 0 {
		negative, s = true, before+inside[:len(inside)-1] // ($12.00), and $(12.00) of accounting formats
	}
	s, unit, ok := cutUnit(s)
	if !ok {
		return Number{}
	}
	switch {
	case s == "-":
		return Number{Unit: unit, Nil: true}
	case negative:
	case strings.HasPrefix(s, "-"):
		negative, s = true, s[1:]
	case strings.HasSuffix(s, "-"):
		negative, s = true, s[:len(s)-1]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	if unit == "" {
		if s, unit, ok = cutUnit(s); !ok { // -$12.00
			return Number{}
		}
	}
	n := Number{Unit: unit}
	s = strings.TrimSpace(s)
	n.Dot, n.HasDot = readAs(s, '.', ',', negative)
	n.Comma, n.HasCom = readAs(s, ',', '.', negative)
	return n
}

// plain reports whether s has only digits, at most one dot and a leading minus.
func plain(s string) bool { return len(s) <= 40 && digitsOnly(s) }

// plainReadings is ReadNumber for the commonest cells, without copying them.
func plainReadings(s string) Number {
	n := Number{Dot: s, HasDot: true}
	digits := strings.TrimPrefix(s, "-")
	switch dot := strings.IndexByte(s, '.'); {
	case dot < 0:
		n.Comma, n.HasCom = s, true
	case strings.HasSuffix(s, "."):
		n.HasDot = false
	case len(s)-dot == 4 && len(digits) <= 7 && digits[0] != '0' && digits[0] != '.':
		n.Comma, n.HasCom = s[:dot]+s[dot+1:], true
	}
	return n
}

// numberRune makes one kind of each: spaces, minus signs, apostrophes.
func numberRune(r rune) rune {
	if r == '’' {
		return '\''
	}
	return plainRune(r)
}

// Plain writes an id, a number or a date with the characters of a keyboard: what pages
// and text programs put in the place of a hyphen or a space looks the same, and what
// stands between characters nobody sees.
func Plain(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return strings.TrimSpace(strings.Map(plainRune, s))
		}
	}
	return s
}

// IsDash reports whether a text is a dash, as people write where there is nothing.
func IsDash(s string) bool {
	return len(s) > 0 && len(s) <= 6 && strings.Trim(Plain(s), "-\u2014") == ""
}

// plainRune is the character of a keyboard, or -1 for none.
func plainRune(r rune) rune {
	switch {
	case r >= '\u2010' && r <= '\u2013' || r == '\u2212':
		return '-'
	case unicode.IsSpace(r):
		return ' '
	case unicode.Is(unicode.Cf, r):
		return -1
	}
	return r
}

// cutUnit takes a currency sign or code, or a percent sign, off either end.
func cutUnit(s string) (rest, unit string, ok bool) {
	if r, _ := utf8.DecodeLastRuneInString(strings.TrimSuffix(s, ".")); unicode.IsLetter(r) {
		s = strings.TrimSuffix(s, ".") // 12,50 kr.
	}
	if name, rest, ok := strings.Cut(s, ". "); ok && name != "" && strings.IndexFunc(name, isNumeral) < 0 {
		s = name + " " + rest // kr. 12,50
	}
	i := strings.IndexFunc(s, isNumeral)
	j := strings.LastIndexFunc(s, isNumeral)
	if i < 0 {
		return "", "", false
	}
	_, width := utf8.DecodeRuneInString(s[j:])
	before, after := strings.TrimSpace(s[:i]), strings.TrimSpace(s[j+width:])
	if before != "" && after != "" || !isUnit(before) || !isUnit(after) {
		return "", "", false
	}
	return s[i : j+width], before + after, true
}

func isNumeral(r rune) bool { return r >= '0' && r <= '9' || strings.ContainsRune("+-.,", r) }

func isUnit(s string) bool {
	if s == "%" || s == "" {
		return true
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Sc, r) {
			return false
		}
	}
	return utf8.RuneCountInString(s) <= 4
}

// readAs reads digits with one decimal sign and one grouping sign, or spaces or
// apostrophes for grouping. Groups are of three digits, the first of one to three.
func readAs(s string, dec, group byte, negative bool) (string, bool) {
	whole, frac, hasFrac := strings.Cut(s, string(dec))
	if hasFrac && (frac == "" || !allDigits(frac)) {
		return "", false
	}
	if i := strings.IndexAny(whole, string([]byte{group, ' ', '\''})); i >= 0 {
		groups := strings.Split(whole, whole[i:i+1])
		for k, g := range groups {
			if !allDigits(g) || k > 0 && len(g) != 3 || k == 0 && (len(g) > 3 || g == "" || g[0] == '0') {
				return "", false
			}
		}
		whole = strings.Join(groups, "")
	}
	if !allDigits(whole) || whole == "" && frac == "" {
		return "", false
	}
	out := whole
	if whole == "" {
		out = "0"
	}
	if hasFrac {
		out += "." + frac
	}
	if negative {
		out = "-" + out
	}
	return out, true
}

func allDigits[T string | []byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
