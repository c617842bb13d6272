package table

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// cellType is what a cell says of its value.
type cellType uint8

const (
	aNumber cellType = iota
	aShared
	aBoolean
	anError
	aString
	unknownType
)

func cellTypeOf(b []byte) cellType {
	switch string(b) {
	case "", "n":
		return aNumber
	case "s":
		return aShared
	case "b":
		return aBoolean
	case "e":
		return anError
	case "str", "inlineStr", "d":
		return aString
	}
	return unknownType
}

// typed makes the text of a cell of its stored value: a shared one, or else behind
// the text of the row.
func (r *sheetReader) typed(kind cellType, as style, value []byte) (shared string, _ Mark, _ error) {
	switch kind {
	case aShared:
		value = bytes.TrimSpace(value)
		if len(value) > 9 || !allDigits(value) || number(value) >= r.book.shared.n || len(value) == 0 {
			return "", 0, bad("shared string " + string(value) + " is missing")
		}
		mark := IsText
		if r.book.struck[number(value)] {
			mark = IsStruck
		}
		return r.book.shared.get(number(value)), mark, nil
	case aBoolean:
		if truth(string(value)) {
			return "TRUE", IsText, nil
		}
		return "FALSE", IsText, nil
	case anError:
		r.text = append(r.text, value...)
		return "", IsError, nil
	case aString:
		r.text = append(r.text, unescaped(value)...)
		return "", IsText, nil
	case aNumber:
		return "", r.number(as, value), nil
	}
	return "", 0, bad("a cell of a type that there is not")
}

// unescaped writes the characters that stand as _x000D_ in a text, for XML has them not or
// would lose them.
func unescaped(text []byte) []byte {
	if !bytes.Contains(text, []byte("_x")) {
		return text
	}
	return escapes.ReplaceAllFunc(text, func(e []byte) []byte {
		n, _ := strconv.ParseUint(string(e[2:6]), 16, 16) // digits by the expression
		return utf8.AppendRune(nil, rune(n))
	})
}

var escapes = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// number makes the text of a number.
func (r *sheetReader) number(as style, value []byte) Mark {
	trimmed := bytes.TrimSpace(value)
	if len(trimmed) > shownDigits || as.percent || !digitsOnly(trimmed) {
		text, ok := plainNumber(string(trimmed), as.percent)
		if !ok {
			r.text = append(r.text, value...)
			return IsText
		}
		trimmed = []byte(text)
	}
	if as.pattern != "" && allDigits(trimmed) {
		if shown := as.shown(trimmed); allDigits(shown) { // zeros in front
			trimmed = shown
		} else {
			r.text = append(append(append(r.text, trimmed...), ' '), shown...)
			return IsLabelled
		}
	}
	r.text = append(r.text, trimmed...)
	if as.date {
		return IsDate
	}
	if as.scientific { // in a column of text what was typed may have been an id, like 12E5
		f, _ := strconv.ParseFloat(string(trimmed), 64) // digits, by now
		r.text = strconv.AppendFloat(append(r.text, ' '), f, 'E', -1, 64)
		return IsLabelled
	}
	if as.unit != "" {
		r.text = append(append(r.text, ' '), as.unit...)
	}
	return IsNumber
}

// shownDigits is how many digits of a number a spreadsheet program shows: it
// stores 1234.56 as 1234.5599999999999.
const shownDigits = 15

// plainNumber writes a stored number without an exponent, at shownDigits. A
// number shown as a percentage is written as such: 0.25 is 25%.
func plainNumber(s string, percent bool) (string, bool) {
	if len(s) <= shownDigits && !percent && digitsOnly(s) {
		return s, true
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	mantissa, exponent, hasExponent := strings.Cut(strings.ToUpper(s), "E")
	point := 0
	if hasExponent {
		var err error
		if point, err = strconv.Atoi(exponent); err != nil || point < -40 || point > 40 {
			return "", false
		}
	}
	if len(mantissa) > 40 || strings.HasPrefix(mantissa, "-") || !digitsOnly(mantissa) {
		return "", false
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	digits := whole + frac
	point += len(whole)
	suffix := ""
	if percent {
		point, suffix = point+2, "%"
	}
	lead := len(digits) - len(strings.TrimLeft(digits, "0"))
	digits, carry := roundDigits(digits[lead:], shownDigits)
	return sign + place(digits, point-lead+carry) + suffix, true
}

// roundDigits rounds a digit string to n digits, half up; carry is 1 where a
// digit was gained in front.
func roundDigits(digits string, n int) (string, int) {
	if len(digits) <= n {
		return digits, 0
	}
	b := []byte(digits[:n])
	if digits[n] < '5' {
		return string(b), 0
	}
	for i := n - 1; i >= 0; i-- {
		if b[i]++; b[i] <= '9' {
			return string(b), 0
		}
		b[i] = '0'
	}
	return "1" + string(b[:n-1]), 1
}

// place puts the decimal point behind the first point digits.
func place(digits string, point int) string {
	digits = strings.TrimRight(digits, "0")
	switch {
	case digits == "":
		return "0"
	case point <= 0:
		return "0." + strings.Repeat("0", -point) + digits
	case point >= len(digits):
		return digits + strings.Repeat("0", point-len(digits))
	}
	return digits[:point] + "." + digits[point:]
}

func digitsOnly[T string | []byte](s T) bool {
	dots := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
		case c == '.' && dots == 0:
			dots++
		case c != '-' || i > 0:
			return false
		}
	}
	return len(s) > 1 || len(s) == 1 && s[0] != '-' && s[0] != '.'
}

// IsPlainNumber reports whether a cell is a number that a spreadsheet program
// stores as it is: digits, at most one dot and a minus, few enough to be exact.
func IsPlainNumber(s string) bool { return len(s) <= shownDigits && digitsOnly(s) }
