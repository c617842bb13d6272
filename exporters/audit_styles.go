package exporters

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"prorata/invoicing/money"
)

// look is what a cell of the audit workbook holds.
type look uint8

const (
	asText look = iota
	asWrapped
	asMoney
	asCount
	asDate
	asRate
	asShare
	asTitle
	asSubtitle
	asHeading
	asHeader
	asBand
	asNote
)

// ink says where a cell's value comes from, in the colours that finance uses:
// blue is an input, black a formula over inputs, grey a value that stands by itself.
type ink uint8

const (
	plain ink = iota
	given
	computed
	linked
	strong
)

// styleKey names one style of the workbook.
type styleKey struct {
	look     look
	ink      ink
	currency money.Currency
}

// auditStyles are the styles of a workbook, made as they are needed.
type auditStyles struct {
	book *excelize.File
	made map[styleKey]int
	err  error
}

const (
	inkDark   = "1F2A44"
	inkGiven  = "1F4FBF"
	inkLink   = "0B62A8"
	inkMuted  = "5B6472"
	fillHead  = "1F2A44"
	fillBand  = "DCE5F2"
	lineColor = "C9D2E0"
	textFont  = "Calibri"
)

func (s *auditStyles) of(l look, i ink) int { return s.get(styleKey{look: l, ink: i}) }

// money is the style of an amount: the minor digits of the currency, and its code.
func (s *auditStyles) money(c money.Currency, i ink) int { return s.get(styleKey{asMoney, i, c}) }

func (s *auditStyles) get(k styleKey) int {
	id, ok := s.made[k]
	if !ok {
		var err error
		if id, err = s.book.NewStyle(k.style()); err != nil && s.err == nil {
			s.err = fmt.Errorf("making a style of the audit workbook: %w", err)
		}
		s.made[k] = id
	}
	return id
}

func (k styleKey) style() *excelize.Style {
	font := &excelize.Font{Family: textFont, Size: 10, Color: inkDark}
	style := &excelize.Style{Font: font, Alignment: &excelize.Alignment{Vertical: "top"}}
	switch k.ink {
	case given:
		font.Color = inkGiven
	case computed:
		font.Color = "000000"
	case linked:
		font.Color, font.Underline = inkLink, "single"
	case strong:
		font.Bold = true
	}
	k.format(style)
	k.dress(style)
	return style
}

// format gives a number its format.
func (k styleKey) format(s *excelize.Style) {
	format := map[look]string{asDate: "yyyy-mm-dd", asCount: "#,##0", asRate: "0.0#####", asShare: `0.0"%"`}[k.look]
	if k.look == asMoney {
		format = "#,##0"
		if n := k.currency.Digits(); n > 0 {
			format += ".0000"[:n+1]
		}
		format += ` "` + k.currency.String() + `"`
	}
	if format != "" {
		s.CustomNumFmt = &format
		s.Alignment.Horizontal = "right"
	}
}

// dress gives headings and notes their looks.
func (k styleKey) dress(s *excelize.Style) {
	switch k.look {
	case asTitle:
		s.Font.Size, s.Font.Bold = 20, true
	case asSubtitle:
		s.Font.Size, s.Font.Color = 11, inkMuted
	case asHeading:
		s.Font.Size, s.Font.Bold = 13, true
		s.Border = []excelize.Border{{Type: "bottom", Color: inkDark, Style: 2}}
	case asHeader:
		s.Font.Bold, s.Font.Color = true, "FFFFFF"
		s.Fill = solid(fillHead)
		s.Alignment = &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true} // figures below it are flush right, words flush left
		s.Border = []excelize.Border{{Type: "left", Color: lineColor, Style: 1}, {Type: "right", Color: lineColor, Style: 1}}
	case asBand:
		s.Font.Bold = true
		s.Fill = solid(fillBand)
		s.Alignment = &excelize.Alignment{Vertical: "center"}
	case asNote:
		s.Font.Color, s.Font.Size = inkMuted, 9
		s.Alignment.WrapText = true
	case asWrapped:
		s.Alignment.WrapText, s.Alignment.Horizontal, s.Alignment.Indent = true, "left", 1
	case asText:
		s.Alignment.Horizontal, s.Alignment.Indent = "left", 1 // text beside a number would touch it
	}
}
