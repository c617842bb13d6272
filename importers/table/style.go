package table

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// style is how a cell is shown.
type style struct {
	percent, date bool   // a time of day is a date as well
	scientific    bool   // 1E+05
	pattern       string // how it shows a whole number where not by its digits alone: see patternOf
	unit          string // the currency sign or code beside the number
	struck        bool   // the cell is struck through
}

// What spreadsheet programs write at most: 65,490 formats of cells and a few hundred
// fonts, and 255 characters of a number format.
const (
	maxStyles     = 100_000
	longestFormat = 1 << 10 // bytes
)

// readStyles finds how cells are shown.
func (w *workbook) readStyles(part string) error {
	formats := map[string]string{"9": "%", "10": "%", "11": "E+", "48": "E+"} // 0%, 0.00%, 0.00E+00 and ##0.0E+0 are built in
	for _, built := range [][2]int{{14, 22}, {27, 36}, {45, 47}, {50, 58}} {
		for id := built[0]; id <= built[1]; id++ {
			formats[strconv.Itoa(id)] = "d"
		}
	}
	section := ""
	fonts := 0
	struck := map[string]bool{} // by font
	return w.each(part, func(_ *markup, e *token) error {
		if fonts+len(formats)+len(w.styles) > maxStyles {
			return bad("too many fonts and formats of cells")
		}
		switch name := string(e.name); name {
		case "fonts", "fills", "cellXfs", "cellStyles", "dxfs":
			section = name
		case "numFmt":
			code := attr(e, "formatCode")
			if len(code) > longestFormat {
				return bad("a number format too long")
			}
			formats[attr(e, "numFmtId")] = code
		case "font":
			fonts++
		case "strike":
			if section == "fonts" {
				val := attr(e, "val")
				struck[strconv.Itoa(fonts-1)] = val == "" || truth(val)
			}
		case "xf":
			if section == "cellXfs" {
				s := styleOf(formats[attr(e, "numFmtId")])
				s.struck = struck[attr(e, "fontId")]
				w.styles = append(w.styles, s)
			}
		}
		return nil
	})
}

// styleOf reads a number format. Colours and locales say nothing, and of the text in it
// only a currency does.
func styleOf(format string) style {
	unit := ""
	for _, text := range beside.FindAllString(format, -1) {
		if text = strings.TrimSpace(strings.Trim(strings.TrimPrefix(text, "[$"), `"\-`)); unit == "" && isCurrency(text) {
			unit = text
		}
	}
	s := style{unit: unit}
	if unit == "" {
		s.pattern = patternOf(format)
	}
	format, _, _ = strings.Cut(notShown.ReplaceAllString(format, ""), ";")
	s.percent, s.date = strings.Contains(format, "%"), strings.ContainsAny(format, "dDyY") || strings.Contains(strings.ToLower(format), ":mm")
	s.scientific = strings.Contains(format, "E+") || strings.Contains(format, "E-")
	return s
}

// What stands for a digit in a pattern.
const (
	aDigit   = '\x00' // 0 where the number has none
	anyDigit = '\x01' // nothing where it has none
)

// patternOf is what a number format shows of a whole number: its own text, like that of
// "R-"0000 or 000-00, and a mark for each digit. It is empty where the format shows the
// digits alone, or does anything else with them.
func patternOf(format string) string {
	var b strings.Builder
	for format = strings.Replace(format, "General", "#", 1); format != ""; {
		c, n := utf8.DecodeRuneInString(format)
		text := format[:n]
		format = format[n:]
		switch {
		case c == '0':
			text = string(aDigit)
		case c == '#':
			text = string(anyDigit)
		case c == '"':
			text, format, _ = strings.Cut(format, `"`)
		case c == '\\':
			_, n = utf8.DecodeRuneInString(format)
			text, format = format[:n], format[n:]
		case !strings.ContainsRune("-/() :", c):
			return ""
		}
		b.WriteString(text)
	}
	if b.Len() < 2 || b.Len() > 100 {
		return ""
	}
	return b.String()
}

// shown is what a cell shows of a whole number. Digits for which the pattern has no mark
// stand before the first.
func (s style) shown(digits []byte) []byte {
	out := make([]byte, 0, len(s.pattern)+len(digits))
	first := strings.IndexAny(s.pattern, string([]byte{aDigit, anyDigit}))
	for i := len(s.pattern) - 1; i >= 0; i-- { // from behind
		switch c := s.pattern[i]; {
		case c > anyDigit:
			out = append(out, c)
		case len(digits) > 0:
			out, digits = append(out, digits[len(digits)-1]), digits[:len(digits)-1]
		case c == aDigit:
			out = append(out, '0')
		}
		for ; i == first && len(digits) > 0; digits = digits[:len(digits)-1] {
			out = append(out, digits[len(digits)-1])
		}
	}
	slices.Reverse(out)
	return out
}

// beside is a text in a number format: "kr", [$€-407], or a sign as it is.
var beside = regexp.MustCompile(`"[^"]*"|\[\$[^\]-]*|\\?\p{Sc}`)

var notShown = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)

// style is the one that a cell names, or the first where it names none.
func (w *workbook) style(b []byte) style {
	if len(b) > 6 || !allDigits(b) {
		return style{}
	}
	if i := number(b); i < len(w.styles) {
		return w.styles[i]
	}
	return style{}
}
