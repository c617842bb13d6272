package exporters

import (
	"bytes"
	"fmt"
	"image"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/signintech/gopdf"
	"golang.org/x/text/unicode/bidi"

	"prorata/invoicing/money"
)

// typesetter puts text and rules on pages, in points from the upper left corner of
// an A4 page. It is the only code that knows the PDF library. The first thing that
// goes wrong is kept and everything after it does nothing.
//
// Fonts are embedded, with the glyphs that are used alone and a map back to
// Unicode, so that text can be searched and copied. A character that the fonts do
// not have (they have Latin, Greek, Cyrillic and Hebrew) is shown as a question mark.
type typesetter struct {
	pdf       gopdf.GoPdf
	accent    rgb
	shade     rgb
	face      face
	size      float64
	pages     int
	illegible bool // a question mark stands for a character
	err       error
}

// face is one of the two fonts.
type face string

// The faces.
const (
	regular face = "LiberationSans"
	bold    face = "LiberationSans-Bold"
)

type rgb struct{ r, g, b uint8 }

var (
	black = rgb{0x1A, 0x1D, 0x21}
	grey  = rgb{0x5F, 0x67, 0x70}
	rule  = rgb{0xD5, 0xD9, 0xDE}
	red   = rgb{0xB0, 0x1E, 0x1E}
	blush = rgb{0xFB, 0xEC, 0xEC}
)

// The page: A4 with its margins.
const (
	pageWidth   = 595.28
	pageHeight  = 841.89
	leftMargin  = 56.0
	rightMargin = 56.0
	rightEdge   = pageWidth - rightMargin
	textWidth   = rightEdge - leftMargin
)

// fonts are parsed once; a document starts from their copies.
var fonts = sync.OnceValues(func() (*gopdf.FontContainer, error) {
	c := &gopdf.FontContainer{}
	option := gopdf.TtfOption{OnGlyphNotFoundSubstitute: standIn}
	for _, f := range []struct {
		name face
		ttf  []byte
	}{{regular, liberationsansregular.TTF}, {bold, liberationsansbold.TTF}} {
		if err := c.AddTTFFontDataWithOption(string(f.name), f.ttf, option); err != nil {
			return nil, fmt.Errorf("reading the font %s: %w", f.name, err)
		}
	}
	return c, nil
})

// standIn is what is shown for a character that the fonts do not have: a hyphen that
// does not break is a hyphen.
func standIn(r rune) rune {
	if r == '\u2011' {
		return '-'
	}
	return '?'
}

// newTypesetter begins a PDF. Its date is that of the document: nothing in it
// comes from the clock (DOC-1).
func newTypesetter(s *Seller, title, subject string, on money.Date) *typesetter {
	t := &typesetter{accent: hexColour(s.Accent, rgb{0x1B, 0x3A, 0x5C}), shade: hexColour(s.Shade, rgb{0xF2, 0xF4, 0xF6})}
	container, err := fonts()
	if err != nil {
		t.err = err
		return t
	}
	t.pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: pageWidth, H: pageHeight}})
	year, month, day := on.Civil()
	t.pdf.SetInfo(gopdf.PdfInfo{Title: title, Subject: subject, Author: plainText(s.Name), Creator: "prorata", Producer: "prorata",
		CreationDate: time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)})
	for _, name := range []face{regular, bold} {
		if err := t.pdf.AddTTFFontFromFontContainer(string(name), container); err != nil {
			t.err = fmt.Errorf("using the font %s: %w", name, err)
		}
	}
	return t
}

// hexColour reads #RRGGBB; what is none is the fallback.
func hexColour(s string, fallback rgb) rgb {
	if !colour.MatchString(s) {
		return fallback
	}
	n, _ := strconv.ParseUint(s[1:], 16, 32) // the pattern has six hex digits
	return rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)}
}

// page begins a new page.
func (t *typesetter) page() {
	if t.err == nil {
		t.pdf.AddPage()
		t.pages++
		t.face = "" // the library begins each page anew
	}
}

// back goes to a page that was made, from 1.
func (t *typesetter) back(page int) {
	if t.err == nil {
		t.err = t.pdf.SetPage(page)
		t.face = ""
	}
}

// font chooses face and size for what follows.
func (t *typesetter) font(f face, size float64, ink rgb) {
	if t.err != nil {
		return
	}
	if t.face != f || t.size != size {
		t.err = t.pdf.SetFont(string(f), "", size)
		t.face, t.size = f, size
	}
	t.pdf.SetTextColor(ink.r, ink.g, ink.b)
}

// width is the width of a text in the chosen font.
func (t *typesetter) width(s string) float64 {
	if t.err != nil || s == "" {
		return 0
	}
	w, err := t.pdf.MeasureTextWidth(s)
	t.err = err
	return w
}

// put writes a text whose base line begins at x, y.
func (t *typesetter) put(x, y float64, s string) {
	if t.err != nil || s == "" {
		return
	}
	for _, r := range s {
		if r >= utf8.RuneSelf && !t.illegible {
			has, err := t.pdf.IsCurrFontContainGlyph(r)
			t.illegible = err == nil && !has && standIn(r) == '?'
		}
	}
	t.pdf.SetXY(x, y)
	t.err = t.pdf.Text(visual(s))
}

// visual is a line in the order in which its characters stand on paper: what is
// written from right to left is turned round, and the numbers in it are not. A line
// that begins so is read so.
func visual(line string) string {
	turned := strings.IndexFunc(line, isOf(bidi.R))
	if turned < 0 {
		return line
	}
	var p bidi.Paragraph
	if n, err := p.SetString(line); err != nil || n < len(line) {
		return line
	}
	order, err := p.Order()
	if err != nil {
		return line
	}
	var runs []string
	for i := range order.NumRuns() {
		run := order.Run(i)
		text := run.String()
		if run.Direction() == bidi.RightToLeft {
			text = bidi.ReverseString(text)
		}
		runs = append(runs, text)
	}
	if !strings.ContainsFunc(line[:turned], isOf(bidi.L)) {
		slices.Reverse(runs)
	}
	return strings.Join(runs, "")
}

// isOf tells the characters of a class of direction.
func isOf(class bidi.Class) func(rune) bool {
	return func(r rune) bool {
		p, _ := bidi.LookupRune(r)
		return p.Class() == class
	}
}

// putRight writes a text that ends at x.
func (t *typesetter) putRight(x, y float64, s string) { t.put(x-t.width(s), y, s) }

// line draws a thin rule from x to the right margin.
func (t *typesetter) line(x, y, thickness float64, c rgb) {
	if t.err == nil {
		t.pdf.SetLineWidth(thickness)
		t.pdf.SetStrokeColor(c.r, c.g, c.b)
		t.pdf.Line(x, y, rightEdge, y)
	}
}

// box fills a rectangle.
func (t *typesetter) box(x, y, w, h float64, c rgb) {
	if t.err == nil {
		t.pdf.SetFillColor(c.r, c.g, c.b)
		t.pdf.RectFromUpperLeftWithStyle(x, y, w, h, "F")
	}
}

// logo draws a picture into a space, whole and in its proportions.
func (t *typesetter) logo(picture []byte, x, y, w, h float64) {
	c, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if t.err != nil || err != nil || c.Width < 1 || c.Height < 1 {
		return // Seller.Check refuses such a logo; a document is issued without
	}
	scale := min(w/float64(c.Width), h/float64(c.Height))
	holder, err := gopdf.ImageHolderByBytes(picture)
	if err == nil {
		err = t.pdf.ImageByHolder(holder, x, y, &gopdf.Rect{W: float64(c.Width) * scale, H: float64(c.Height) * scale})
	}
	t.err = err
}

// wrap breaks a text into lines of a width in the chosen font, at blanks, and
// within a word only where it is wider than a line. It gives at most most lines;
// the last ends in an ellipsis where more would follow.
func (t *typesetter) wrap(s string, width float64, most int) []string {
	var lines []string
	line := ""
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }) { // not at a no-break space
		for {
			candidate := word
			if line != "" {
				candidate = line + " " + word
			}
			if t.width(candidate) <= width || t.err != nil {
				line = candidate
				break
			}
			if line != "" {
				lines, line = append(lines, line), ""
			} else {
				head := t.fit(word, width)
				lines, word = append(lines, head), word[len(head):]
			}
			if len(lines) >= most {
				lines[most-1] = t.ellipsis(lines[most-1], width)
				return lines
			}
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fit is as much of a word as a line takes, at least one character; a long id is
// broken at a hyphen.
func (t *typesetter) fit(word string, width float64) string {
	_, end := utf8.DecodeRuneInString(word)
	for i := range word {
		if i > end && t.width(word[:i]) > width {
			break
		}
		if i > 0 {
			end = i
		}
	}
	if hyphen := strings.LastIndexByte(word[:end], '-'); hyphen > end/2 {
		return word[:hyphen+1]
	}
	return word[:end]
}

// ellipsis shortens a line until it takes three dots.
func (t *typesetter) ellipsis(line string, width float64) string {
	for line != "" && t.width(line+"\u2026") > width {
		_, size := utf8.DecodeLastRuneInString(line)
		line = line[:len(line)-size]
	}
	return line + "\u2026"
}

// bytes ends the PDF.
func (t *typesetter) bytes() ([]byte, error) {
	if t.err != nil {
		return nil, t.err
	}
	return t.pdf.GetBytesPdfReturnErr()
}
